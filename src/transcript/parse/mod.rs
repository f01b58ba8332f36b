//! From the text of a transcript to its steps.
//!
//! Line by line; a line belongs to the one above if it is indented, and JSON goes on
//! until it is complete. The first thing that cannot be understood is the error: nothing
//! is guessed, and nothing is left for later but the values of variables that are
//! captured.

mod clients;
mod expect;
mod indented;
mod lines;
mod options;
mod slips;

use std::collections::BTreeSet;

use super::steps::{Act, Source, Step, Transcript};
use super::template::{Context, Template, Variables, unknown};
use super::written::Written;
use super::{Place, Problem, variable};
use lines::{Line, Lines};
pub use options::Spoken;

/// Lines that do something, at most: each takes some hundred bytes.
const MAX_STEPS: usize = 1_000_000;

impl Transcript {
    /// Understands a file. `given` are the variables of the command line; their values
    /// are used where all of a line's variables have one, so that what they make of it
    /// is an error now and not later.
    ///
    /// # Errors
    /// The first line that is not what the language has; a variable that no line above
    /// and no option sets.
    pub fn parse(text: &str, given: &Variables) -> Result<Transcript, Problem> {
        let mut parser = Parser::new(text, given);
        while let Some(line) = parser.lines.next() {
            parser.take(line)?;
        }
        parser.finish()
    }
}

struct Parser<'a> {
    lines: Lines<'a>,
    given: &'a Variables,
    /// What lines above capture.
    set: BTreeSet<String>,
    transcript: Transcript,
    /// The client that connected last.
    latest: Option<usize>,
    /// Clients that have sent their Close frame.
    closed: BTreeSet<usize>,
}

/// The mark at a line's beginning, and what it says of whom.
struct Mark<'a> {
    name: &'a str,
    /// `>` or `<`.
    sign: char,
    /// Behind the sign, and where it stands.
    rest: &'a str,
    place: Place,
    /// Nothing stands between the sign and the rest.
    is_tight: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, given: &'a Variables) -> Self {
        Parser {
            lines: Lines::new(text),
            given,
            set: BTreeSet::new(),
            transcript: Transcript {
                source: Source::of_text(text),
                ..Transcript::default()
            },
            latest: None,
            closed: BTreeSet::new(),
        }
    }

    fn take(&mut self, line: Line<'a>) -> Result<(), Problem> {
        if line.is_indented() {
            return self.take_indented(&line);
        }
        self.leave()?;
        if self.transcript.steps.len() == MAX_STEPS {
            return Err(line.problem(
                &format!("more than {MAX_STEPS} lines that do something"),
                "`times N` under an expectation is for many messages in a row",
            ));
        }
        let (word, rest) = line.split();
        match word {
            "connect" => return self.connect(&line, rest),
            "open" => return self.open(&line, rest),
            _ => {}
        }
        let Some(mark) = mark(&line) else {
            return Err(slips::at_margin(&line, &self.transcript.clients));
        };
        let client = self.client(&mark, line.place)?;
        let act = match mark.sign {
            '>' => Act::Send(self.send(&mark, client)?),
            _ => Act::Expect(self.expect(&mark, client)?),
        };
        self.push(&line, client, act);
        Ok(())
    }

    /// Nothing more is said of the line above.
    fn leave(&self) -> Result<(), Problem> {
        match self.transcript.steps.last() {
            Some(step) => self.check_example(step),
            None => Ok(()),
        }
    }

    fn push(&mut self, line: &Line<'_>, client: usize, act: Act) {
        self.transcript.steps.push(Step {
            client,
            place: line.place,
            act,
        });
    }

    /// What stands behind `>`.
    fn send(&mut self, mark: &Mark<'a>, client: usize) -> Result<Written, Problem> {
        self.may_send(mark.place, client)?;
        let written = self.lines.written(mark.rest, mark.place)?;
        self.know(written.template())?;
        slips::check_sent(mark.rest, &written)?;
        if self.is_set(written.template()) {
            written.line(self.given)?;
        }
        self.note_close(mark.rest, client);
        Ok(written)
    }

    /// Remembers that nothing follows: a Close frame is the last that may be sent
    /// (RFC 6455 section 5.5.1).
    fn note_close(&mut self, text: &str, client: usize) {
        if text.starts_with("/close") {
            self.closed.insert(client);
        }
    }

    fn may_send(&self, place: Place, client: usize) -> Result<(), Problem> {
        if self.closed.contains(&client) {
            return Err(Problem::new(
                place,
                "nothing can be sent after `/close`",
                "let `/close` be the last line of this client",
            ));
        }
        Ok(())
    }

    /// Whether the command line sets all variables of a part.
    fn is_set(&self, template: &Template) -> bool {
        template
            .names()
            .iter()
            .all(|(name, _)| self.given.get(name).is_some() && !self.set.contains(*name))
    }

    /// Sees that every variable of a part will have a value.
    fn know(&self, template: &Template) -> Result<(), Problem> {
        for (name, place) in template.names() {
            if self.given.get(name).is_none() && !self.set.contains(name) {
                let known = self
                    .set
                    .iter()
                    .map(String::as_str)
                    .chain(self.given.names());
                return Err(unknown(name, place, known));
            }
        }
        Ok(())
    }

    /// A value that has to be known before anything runs.
    fn fixed(&self, template: &Template) -> Result<String, Problem> {
        match template.fill(Context::Text, self.given) {
            Ok(filled) => Ok(filled.text),
            Err(problem) => Err(Problem {
                hint: Some(
                    "here only the command line sets variables: --variable NAME=VALUE".into(),
                ),
                ..problem
            }),
        }
    }

    fn finish(self) -> Result<Transcript, Problem> {
        self.leave()?;
        let transcript = self.transcript;
        match transcript.clients.is_empty() {
            true => Err(Problem::new(
                Place { line: 1, column: 1 },
                "no client connects",
                "`connect URL` begins a transcript",
            )),
            false => Ok(transcript),
        }
    }
}

/// The mark of a line: `>` or `<`, perhaps with a name before it.
fn mark<'a>(line: &Line<'a>) -> Option<Mark<'a>> {
    let at = line.text.find(['>', '<'])?;
    let name = &line.text[..at];
    let sign = line.text[at..].chars().next()?;
    let rest = &line.text[at + 1..];
    let is_end = rest.is_empty() || rest.starts_with([' ', '\t']);
    let is_order = sign == '<' && rest.starts_with(['&', '?']);
    ((name.is_empty() || variable::is_name(name)) && (is_end || is_order)).then(|| Mark {
        name,
        sign,
        rest: rest.strip_prefix([' ', '\t']).unwrap_or(rest),
        place: Place {
            column: line.place.column + name.len() + 1 + usize::from(rest.starts_with([' ', '\t'])),
            ..line.place
        },
        is_tight: !is_end,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::{ConnectOption, Expected, Order, Value};
    use super::clients::MAX_CLIENTS;
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const LOGIN: &str = include_str!("login.wst");

    /// Lines under `connect`, and how the error begins.
    const ERRORS: &[(&str, &str)] = &[
        (
            "conect ws://x",
            "2:1: unknown word `conect`; did you mean `connect`?",
        ),
        (
            ">hello",
            "2:1: a blank is missing after `>`; write `> hello`",
        ),
        ("hello", "2:1: unknown word `hello`; a line is"),
        (
            "ws://x",
            "2:1: unknown word `ws://x`; `connect ws://x` connects there",
        ),
        ("// a", "2:1: unknown word `//`; `#` begins a comment"),
        ("sleep 1", "2:1: unknown word `sleep`; `> /wait 1s` waits"),
        (
            "/close 1000",
            "2:1: unknown word `/close`; `> ` before it sends it",
        ),
        (
            "header A: b",
            "2:1: unknown word `header`; `header` stands under `connect`",
        ),
        (
            "status == 101",
            "2:1: unknown word `status`; it is indented under the line",
        ),
        ("a>b", "2:2: a blank is missing after `a>`; write `a> b`"),
        (
            "  Authorization: Bearer x",
            "2:3: `connect` has no option `Authorization:`; `header Authorization: …` sends",
        ),
        (
            "  -H A: b",
            "2:3: `connect` has no option `-H`; `header` is its name here",
        ),
        (
            "  > a",
            "2:3: `connect` has no option `>`; lines that send or expect stand at the margin",
        ),
        (
            "  within 3s",
            "2:3: `connect` has no option `within`; `timeout 3s` limits",
        ),
        (
            "open\n  status 101",
            "3:10: unknown word `101`; an operator is missing before it",
        ),
        ("open\n  header A: b", "3:13: unknown word `b`; one of `=="),
        (
            "> /match a",
            "2:3: `/match` cannot be sent; `< /match` expects it",
        ),
        (
            "< /regex a",
            "2:3: unknown pattern `/regex`; did you mean `/match`?",
        ),
        (
            "< a\n  .b == 1",
            "3:3: unknown word `.b`; `$.b` is this member of the JSON",
        ),
        (
            "< a\n  exists $.b",
            "3:3: unknown word `exists`; what it speaks of stands first: `$.path exists …`",
        ),
        (
            "< a\n  timeout 3s",
            "3:3: unknown word `timeout`; `within 3s` limits this line",
        ),
        (
            "< a\n  $.b =~ c",
            "3:7: unknown word `=~`; did you mean `~`?",
        ),
        ("< a\n  $.b[ == 1", "3:8: not a JSONPath: expected a name"),
        (
            "< a\n  $.b type == \"array\"",
            "3:12: `== \"array\"` is not a type of JSON; `type` has no operator",
        ),
        (
            "< ...\n  within 3s",
            "3:3: nothing is waited for here; `within` stands under the expectation that follows",
        ),
        (
            "  heder A: b",
            "2:3: `connect` has no option `heder`; did you mean `header`?",
        ),
        (
            "  --insecure",
            "2:3: `connect` has no option `--insecure`; what weakens trust",
        ),
        (
            "  proxy x",
            "2:3: `connect` has no option `proxy`; what weakens trust",
        ),
        ("  header A", "2:10: there is no colon in it"),
        ("  header @/etc/passwd", "2:10: `header` takes no file here"),
        ("  user ann", "2:8: the password is missing"),
        ("  timeout 5x", "2:11: "),
        ("  location yes", "2:12: `location` takes no value"),
        ("  origin", "2:9: the value of `origin` is missing"),
        (
            "  ignore {\"a\"",
            "2:10: the JSON value that begins here is not complete",
        ),
        (
            "connect ws://y",
            "2:9: a client without a name has connected before",
        ),
        ("open\nopen", "3:1: `open` stands there twice"),
        ("> a\nopen", "3:1: `open` comes before what is said"),
        (
            "open\n  status = 101",
            "3:10: unknown word `=`; `==` compares",
        ),
        (
            "open\n  statuss == 101",
            "3:3: unknown word `statuss`; did you mean `status`?",
        ),
        ("open\n  time < fast", "3:10: "),
        (
            "open\n  time exists",
            "3:8: `time` is compared with a duration",
        ),
        (
            "> {\"a\":1",
            "2:3: the JSON value that begins here is not complete",
        ),
        (
            "> {\"a\":1\n> b",
            "2:3: the JSON value that begins here is not complete",
        ),
        (
            "> {\"a\":1\n\n}",
            "2:3: the JSON value that begins here is not complete",
        ),
        ("> {\n  \"a\" 1\n}", "3:7: not JSON: "),
        ("> [hello] world", "2:4: not JSON: "),
        (
            "> {\"a\":\"b\n\"}",
            "2:3: the JSON value that begins here has a string that its line does not close",
        ),
        (
            "> /pnig",
            "2:3: unknown command `/pnig`; did you mean `/ping`?",
        ),
        ("> /binary 0", "2:11: a byte needs two hex digits"),
        ("> /close 1006", "2:10: close code 1006 may not be sent"),
        ("> /close\n> a", "3:3: nothing can be sent after `/close`"),
        (
            "< /lots",
            "2:3: unknown pattern `/lots`; did you mean `/lost`?",
        ),
        ("< /lost now", "2:3: `/lost` takes nothing"),
        ("< /silence soon", "2:12: "),
        ("< /match (", "2:10: not a regular expression"),
        ("<& /close", "2:4: `/close` cannot come in any order"),
        (
            "< ...\n<? a",
            "3:4: behind `< ...` nothing can be what may come or not",
        ),
        ("<?x", "2:3: a blank is missing after `<?`"),
        ("<? ...", "2:4: `...` stands alone behind `<`"),
        (
            "< {{x}}",
            "2:3: the variable `x` is not set; `--variable x=VALUE`",
        ),
        (
            "< {\"a\":\"{{bsae}}\"}",
            "2:9: the variable `bsae` is not set; did you mean `{{base}}`?",
        ),
        ("< a\n  $.x = 1", "3:7: unknown word `=`"),
        ("< a\n  $.x == hello", "3:10: not JSON: "),
        (
            "< a\n  status == 101",
            "3:3: `status` is a fact of the opening handshake",
        ),
        (
            "< a\n  $.x type strng",
            "3:12: `strng` is not a type of JSON; did you mean `string`?",
        ),
        (
            "< a\n  $.x exists 1",
            "3:14: `1` follows a word that takes nothing",
        ),
        (
            "< a\n  let 1x = $.a",
            "3:7: `1x` is not a name for a variable",
        ),
        ("< a\n  let x $.a", "3:9: `=` is missing"),
        (
            "< a\n  let x = $.a == 1",
            "3:15: `let` takes a value as it is",
        ),
        (
            "< a\n  withn 3s",
            "3:3: unknown word `withn`; did you mean `within`?",
        ),
        ("< a\n  within 0", "3:10: a limit of nothing"),
        ("< a\n  times 0", "3:9: `0` is not a number"),
        ("< ...\n  $.a == 1", "3:3: nothing can be said of this line"),
        (
            "< /match ^a\n  example b",
            "3:11: the example is not what the line above expects",
        ),
        (
            "< /match ^a\n  example ab\n  text == \"ac\"",
            "3:11: the example is not what `text == \"ac\"` says: text is \"ab\"",
        ),
        (
            "> a\n  $.a == 1",
            "3:3: nothing can be said of a line that sends",
        ),
        (
            "bob> a",
            "2:1: no client `bob` is connected; `connect bob URL` comes first",
        ),
        ("> a\u{7}b", "2:4: a control character stands here"),
    ];

    fn given() -> Variables {
        let mut variables = Variables::default();
        variables.set("base", Value::given("ws://localhost:1"));
        variables.set("token", Value::given("t0"));
        variables
    }

    fn parse(text: &str) -> Result<Transcript, Problem> {
        Transcript::parse(text, &given())
    }

    /// The error of a file that begins with a connection, as `line:column: message; hint`.
    fn error(text: &str) -> String {
        let text = format!("connect {{{{base}}}}\n{text}");
        match parse(&text) {
            Ok(transcript) => panic!("{text}: {transcript:?}"),
            Err(Problem {
                place,
                message,
                hint,
            }) => {
                let hint = hint.map_or(String::new(), |hint| format!("; {hint}"));
                format!("{}:{}: {message}{hint}", place.line, place.column)
            }
        }
    }

    #[test]
    fn a_whole_transcript_is_understood() {
        let transcript = parse(LOGIN).unwrap();
        assert_eq!(transcript.clients, [""]);
        let Act::Connect(connect) = &transcript.steps[0].act else {
            panic!()
        };
        assert_eq!(connect.url.source(), "{{base}}/chat");
        assert_eq!(connect.timeout, Duration::from_secs(5));
        assert_eq!(connect.ignored.len(), 1);
        let options: Vec<ConnectOption> = connect
            .settings
            .iter()
            .map(|setting| setting.option)
            .collect();
        assert_eq!(options, [ConnectOption::Subprotocol, ConnectOption::Header]);
        let Act::Open(answer) = &transcript.steps[1].act else {
            panic!()
        };
        assert_eq!(answer.facts.len(), 4);
        let expectations: Vec<&super::super::Expectation> = transcript
            .steps
            .iter()
            .filter_map(Step::expectation)
            .collect();
        assert_eq!(expectations[0].facts.len(), 2);
        assert_eq!(expectations[0].facts[1].sets(), Some("sid"));
        assert_eq!(expectations[1].what, Expected::Anything);
        assert_eq!(expectations[2].within, Some(Duration::from_secs(3)));
        assert_eq!(expectations[3].order, Order::Among);
        assert_eq!(
            expectations[7].what,
            Expected::Silence(Duration::from_millis(500))
        );
        let last = transcript.steps.last().unwrap();
        assert_eq!(
            (last.place.line, transcript.line(last.place.line)),
            (33, "< /close 1000")
        );
    }

    #[test]
    fn errors_name_the_place_and_the_cure() {
        let wrong = ERRORS.iter().filter_map(|(text, expected)| {
            let error = error(text);
            (!error.starts_with(expected)).then(|| format!("{text}: {error}"))
        });
        assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn examples_are_held_against_facts_with_variables_in_them() {
        let text = "connect {{base}}\n< {\"a\":1}\n  example {\"a\":1,\"t\":\"{{token}}\"}\n  $.t == \"{{token}}\"";
        assert!(parse(text).is_ok());
        let error = error("< {\"a\":1}\n  example {\"a\":1,\"t\":\"x\"}\n  $.t == \"{{token}}\"");
        assert!(
            error.starts_with("3:11: the example is not what `$.t"),
            "{error}"
        );
    }

    #[test]
    fn several_clients_have_names() {
        let transcript = parse("connect alice ws://x\nconnect bob ws://x\nopen alice\nalice> hi\nbob< hi\nbob<& a\nbob<? b\nbob< ...").unwrap();
        assert_eq!(transcript.clients, ["alice", "bob"]);
        let clients: Vec<usize> = transcript.steps.iter().map(|step| step.client).collect();
        assert_eq!(clients, [0, 1, 0, 0, 1, 1, 1, 1]);
        let error = |text: &str| parse(text).unwrap_err().message;
        assert_eq!(
            error("connect alice ws://x\nconnect bob ws://x\n> hi"),
            "several clients are connected, and this line is for one"
        );
        assert_eq!(
            error("connect alice ws://x\nconnect alice ws://x"),
            "the client `alice` has connected before"
        );
        assert_eq!(
            error("connect alice ws://x\nalicia> hi"),
            "no client `alicia` is connected"
        );
        assert_eq!(error(""), "no client connects");
        assert_eq!(error("> hi"), "no client is connected");
        assert_eq!(
            error("  hi"),
            "this line is indented, and there is none above that it speaks of"
        );
    }

    #[test]
    fn blanks_line_ends_and_comments_mean_nothing() {
        let transcript = parse("\u{feff}# c\r\nconnect ws://x\t\r\n\r\n   # c\r\n>\r\n> a  \r\n< {\r\n  \"a\": 1\r\n}\r\n").unwrap();
        let line = |step: &Step| match &step.act {
            Act::Send(written) => format!("{:?}", written.line(&Variables::default()).unwrap()),
            Act::Expect(expectation) => match &expectation.what {
                Expected::Message(written) => written.template().source().to_owned(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let lines: Vec<String> = transcript.steps[1..].iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "Message(Text(\"\"))",
                "Message(Text(\"a\"))",
                "{\n  \"a\": 1\n}"
            ]
        );
    }

    #[test]
    fn what_nobody_needs_has_a_limit() {
        let clients = |count: usize| -> String {
            let line = |n| format!("connect c{n} ws://x\n");
            (0..count).map(line).collect()
        };
        assert!(parse(&clients(MAX_CLIENTS)).is_ok());
        let error = parse(&clients(MAX_CLIENTS + 1)).unwrap_err();
        assert_eq!(
            (error.place.line, error.message.as_str()),
            (1001, "more than 1000 clients")
        );
        let text = format!("connect ws://x\n{}", ">\n".repeat(MAX_STEPS));
        let error = parse(&text).unwrap_err();
        assert_eq!(error.place.line, MAX_STEPS + 1);
        for line in ["  $.a ~ ", "  $.", "< /match "] {
            let error = error_of_long(line);
            assert!(error.contains(" of more than 65536 bytes"), "{error}");
        }
    }

    fn error_of_long(line: &str) -> String {
        error(&format!("< a\n{line}{}", "a".repeat(70_000)))
    }

    #[test]
    fn many_variables_in_a_line_take_their_time_once() {
        let count = 200_000;
        let text = format!(
            "connect ws://x\n> [\n{}0]\n",
            "{{base}},\"{{token}}\",\n".repeat(count)
        );
        let mut given = given();
        given.set("base", Value::given("1"));
        let transcript = Transcript::parse(&text, &given).unwrap();
        let Act::Send(written) = &transcript.steps[1].act else {
            panic!();
        };
        let names = written.template().names();
        let (name, place) = names[2 * count - 1];
        assert_eq!((name, place.line, place.column), ("token", count + 2, 11));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic_and_errors_lie_within_it(lines in prop::collection::vec(awkward(), 0..12)) {
            let text = lines.join("\n");
            if let Err(problem) = parse(&text) {
                let line = text.split('\n').nth(problem.place.line - 1);
                let length = line.map(|line| line.chars().count());
                prop_assert!(length.is_some_and(|length| problem.place.column <= length + 1), "{text:?}: {problem:?}");
            }
        }
    }

    fn awkward() -> impl Strategy<Value = String> {
        let start = prop::sample::select(vec![
            "connect ",
            "connect a ",
            "open",
            "> ",
            "< ",
            "<& ",
            "<? ",
            "a> ",
            "  header ",
            "  ignore ",
            "  $.",
            "  text ",
            "  let ",
            "  within ",
            "  times ",
            "  example ",
            "> {",
            "< [",
            "\t",
            "",
            "> /",
            "< /match ",
            "  header A: ",
        ]);
        (start, "[a-z{}\\[\\]\"'$.:=<>~ /0-9é?&@\u{7}-]{0,16}")
            .prop_map(|(start, rest)| format!("{start}{rest}"))
    }
}
