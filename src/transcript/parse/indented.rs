//! Lines that are indented: they speak of the line above.

use std::time::Duration;

use super::super::fact::{Fact, Matter};
use super::super::steps::{Act, Connect, ConnectOption, Expectation, Expected, Setting, Step};
use super::super::template::{Template, Variables};
use super::super::written::Written;
use super::super::{Miss, Problem, shorten};
use super::lines::Line;
use super::{Parser, slips};
use crate::duration;
use crate::message::MessageRef;
use crate::notation::Line as Sent;
use crate::size;

/// Options under `connect`, at most: no server reads so long a request.
const MAX_SETTINGS: usize = 1_000;

/// So often may a message be expected in a row.
const MAX_TIMES: u32 = 1_000_000;

impl<'a> Parser<'a> {
    pub(super) fn take_indented(&mut self, line: &Line<'a>) -> Result<(), Problem> {
        let line = line.trimmed();
        let Some(mut step) = self.transcript.steps.pop() else {
            return Err(line.problem(
                "this line is indented, and there is none above that it speaks of",
                "lines that begin something stand at the margin",
            ));
        };
        let result = match &mut step.act {
            Act::Connect(connect) => self.under_connect(&line, connect),
            Act::Open(answer) => match line.split() {
                ("example", rest) => header_example(&rest).map(|pair| answer.examples.push(pair)),
                _ => self.fact(&line, true).map(|fact| answer.facts.push(fact)),
            },
            Act::Expect(expectation) => self.under_expectation(&line, expectation),
            Act::Send(_) => Err(line.problem(
                "nothing can be said of a line that sends",
                "facts and `let` stand under a line with `<`; what is sent begins with `> `",
            )),
        };
        self.transcript.steps.push(step);
        result
    }

    fn under_connect(&mut self, line: &Line<'a>, connect: &mut Connect) -> Result<(), Problem> {
        let (word, rest) = line.split();
        match word {
            "timeout" => connect.timeout = self.time(&rest, "timeout 5s")?,
            "ignore" => {
                let written = self.lines.written(rest.text, rest.place)?;
                self.know(written.template())?;
                written.check_pattern()?;
                connect.ignored.push(written);
            }
            _ => {
                let setting = self.setting(line)?;
                if connect.settings.len() == MAX_SETTINGS {
                    return Err(line.problem(&format!("more than {MAX_SETTINGS} options"), ""));
                }
                connect.settings.push(setting);
            }
        }
        Ok(())
    }

    /// An option of the opening handshake.
    fn setting(&self, line: &Line<'a>) -> Result<Setting, Problem> {
        let (word, rest) = line.split();
        let known = ConnectOption::ALL.iter().find(|(name, _)| *name == word);
        let Some((_, option)) = known else {
            return Err(slips::under_connect(word, line));
        };
        match (option.takes_value(), rest.text.is_empty()) {
            (true, true) => {
                return Err(rest.problem(&format!("the value of `{word}` is missing"), ""));
            }
            (false, false) => {
                return Err(rest.problem(
                    &format!("`{word}` takes no value"),
                    "there are no comments behind anything",
                ));
            }
            _ => {}
        }
        let value = rest.template();
        self.know(&value)?;
        self.check_setting(*option, &value)?;
        Ok(Setting {
            place: line.place,
            option: *option,
            value,
        })
    }

    /// What can be said of an option's value before it is used.
    fn check_setting(&self, option: ConnectOption, value: &Template) -> Result<(), Problem> {
        let wrong = |message: String, hint: &str| Err(Problem::new(value.place(), message, hint));
        let text = value.source();
        match option {
            ConnectOption::Header
            | ConnectOption::User
            | ConnectOption::Bearer
            | ConnectOption::Cookie
                if text.starts_with('@') =>
            {
                wrong(
                    format!("`{}` takes no file here", option.name()),
                    "a transcript names no secrets and reads no files for them: `{{token}}`, and --secret token=@FILE",
                )
            }
            ConnectOption::Header if !text.contains([':', ';']) => wrong(
                "there is no colon in it".into(),
                "`header NAME: VALUE`; `header NAME:` leaves one out",
            ),
            ConnectOption::User if !text.contains(':') => wrong(
                "the password is missing".into(),
                "`user NAME:PASSWORD`, better `user NAME:{{password}}` with --secret password",
            ),
            ConnectOption::ConnectTimeout => match duration::parse(&self.fixed(value)?) {
                Ok(time) if !time.is_zero() => Ok(()),
                Ok(_) => wrong("a limit of nothing cannot be kept".into(), ""),
                Err(error) => wrong(error.to_string(), ""),
            },
            ConnectOption::MaxMessageSize => match size::parse(&self.fixed(value)?) {
                Ok(_) => Ok(()),
                Err(error) => wrong(error.to_string(), ""),
            },
            _ => Ok(()),
        }
    }

    fn time(&self, rest: &Line<'_>, example: &str) -> Result<Duration, Problem> {
        let text = self.fixed(&rest.template())?;
        match duration::parse(text.trim()) {
            Ok(time) if time.is_zero() => {
                Err(rest.problem("a limit of nothing cannot be kept", ""))
            }
            Ok(time) => Ok(time),
            Err(error) => {
                Err(rest.problem(&error.to_string(), &format!("for example `{example}`")))
            }
        }
    }

    fn fact(&mut self, line: &Line<'_>, of_opening: bool) -> Result<Fact, Problem> {
        if !Fact::begins(line.text) {
            return Err(slips::of_expectation(line, of_opening));
        }
        let fact = Fact::parse(line.text, line.place)?;
        for template in fact.templates() {
            self.know(template)?;
        }
        if let (Some(word), false) = (fact.is_of_opening(), of_opening) {
            return Err(line.problem(
                &format!("`{word}` is a fact of the opening handshake"),
                "it stands under `open`",
            ));
        }
        if let Some(name) = fact.sets() {
            self.set.insert(name.to_owned());
        }
        Ok(fact)
    }

    fn under_expectation(
        &mut self,
        line: &Line<'a>,
        expectation: &mut Expectation,
    ) -> Result<(), Problem> {
        let takes_facts = matches!(expectation.what, Expected::Message(_) | Expected::Close(_));
        let (word, rest) = line.split();
        match word {
            "within" => match expectation.what {
                Expected::Anything | Expected::Silence(_) => Err(line.problem(
                    "nothing is waited for here",
                    "`within` stands under the expectation that follows",
                )),
                _ => {
                    expectation.within = Some(self.time(&rest, "within 3s")?);
                    Ok(())
                }
            },
            _ if !takes_facts => Err(line.problem(
                "nothing can be said of this line",
                "facts stand under a line that expects a message",
            )),
            "times" => {
                expectation.times = self.times(&rest, expectation)?;
                Ok(())
            }
            "example" => {
                expectation.example = Some(self.example(&rest, expectation)?);
                Ok(())
            }
            _ => {
                let fact = self.fact(line, false)?;
                expectation.facts.push(fact);
                Ok(())
            }
        }
    }

    fn times(&self, rest: &Line<'_>, expectation: &Expectation) -> Result<u32, Problem> {
        if let Expected::Close(_) = expectation.what {
            return Err(rest.problem("a Close frame comes once", ""));
        }
        let text = self.fixed(&rest.template())?;
        match text.trim().parse() {
            Ok(times @ 1..=MAX_TIMES) => Ok(times),
            _ => Err(rest.problem(
                &format!(
                    "`{}` is not a number from 1 to {MAX_TIMES}",
                    shorten(text.trim())
                ),
                "`times 3` expects three in a row",
            )),
        }
    }

    /// The line that a server sends where the pattern does not say it.
    fn example(&mut self, rest: &Line<'a>, expectation: &Expectation) -> Result<Written, Problem> {
        let written = self.lines.written(rest.text, rest.place)?;
        self.know(written.template())?;
        written.check_line()?;
        let Expected::Message(expected) = &expectation.what else {
            return Err(rest.problem("a Close frame needs no example", ""));
        };
        if !self.is_set(written.template()) || !self.is_set(expected.template()) {
            return Ok(written);
        }
        let sent = written.line(self.given)?;
        let Sent::Message(message) = &sent else {
            return Err(rest.problem("an example is a message", ""));
        };
        if !expected.pattern(self.given)?.matches(message.into()) {
            return Err(rest.problem(
                "the example is not what the line above expects",
                "it has to match the pattern and all its facts",
            ));
        }
        let known = |fact: &&Fact| fact.templates().all(|template| self.is_set(template));
        for fact in expectation.facts.iter().filter(known) {
            holds(fact, message.into(), self.given, rest)?;
        }
        Ok(written)
    }

    /// Sees that what a server sends for a line is what the line expects: facts may
    /// stand below the example.
    pub(super) fn check_example(&self, step: &Step) -> Result<(), Problem> {
        let Some(expectation) = step.expectation() else {
            return Ok(());
        };
        let Some(example) = &expectation.example else {
            return Ok(());
        };
        if !self.is_set(example.template()) {
            return Ok(());
        }
        let Sent::Message(message) = example.line(self.given)? else {
            return Ok(());
        };
        let known = |fact: &&Fact| fact.templates().all(|template| self.is_set(template));
        let place = example.template().place();
        let line = Line { text: "", place };
        for fact in expectation.facts.iter().filter(known) {
            holds(fact, (&message).into(), self.given, &line)?;
        }
        Ok(())
    }
}

fn holds(
    fact: &Fact,
    message: MessageRef<'_>,
    given: &Variables,
    line: &Line<'_>,
) -> Result<(), Problem> {
    match fact.check(Matter::Message(message), &mut given.clone()) {
        Ok(()) => Ok(()),
        Err(Miss::Problem(problem)) => Err(problem),
        Err(Miss::Otherwise(what)) => Err(line.problem(
            &format!("the example is not what `{}` says: {what}", fact.source),
            "it has to match the pattern and all its facts",
        )),
    }
}

/// `NAME: VALUE`
fn header_example(rest: &Line<'_>) -> Result<(String, Template), Problem> {
    match rest.text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            let part = rest.part(name.len() + 1).trimmed();
            Ok((
                name.trim().to_owned(),
                Template::new(value.trim(), part.place),
            ))
        }
        _ => Err(rest.problem(
            "an example under `open` is a header",
            "`example Server: nginx/1.22`",
        )),
    }
}
