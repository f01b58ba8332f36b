//! What stands behind `<`.

use super::super::steps::{Expectation, Expected, Order, Step};
use super::super::written::Written;
use super::super::{Place, Problem, first_word, shorten};
use super::{Mark, Parser, slips};
use crate::duration;
use crate::nearest::nearest;
use crate::pattern::FORMS;

/// What can be expected beside messages.
const ENDS: [&str; 3] = ["/close", "/lost", "/silence"];

impl<'a> Parser<'a> {
    pub(super) fn expect(
        &mut self,
        mark: &Mark<'a>,
        client: usize,
    ) -> Result<Expectation, Problem> {
        let (order, rest, place) = ordered(mark)?;
        if order == Order::Perhaps && self.passes_over(client) {
            return Err(Problem::new(
                place,
                "behind `< ...` nothing can be what may come or not",
                "`< ...` has passed over whatever came: leave one of the two out",
            ));
        }
        if rest == "..." {
            return match order {
                Order::Next => Ok(Expectation::of(order, Expected::Anything)),
                Order::Among | Order::Perhaps => Err(Problem::new(
                    place,
                    "`...` stands alone behind `<`",
                    "`< ...` lets anything come before the next expectation",
                )),
            };
        }
        let word = first_word(rest);
        if order == Order::Among && ENDS.contains(&word) {
            return Err(Problem::new(
                place,
                format!("`{word}` cannot come in any order"),
                "write it on a line with `<`",
            ));
        }
        let what = match self.end(rest, place)? {
            Some(end) => end,
            None => self.message(rest, place)?,
        };
        Ok(Expectation::of(order, what))
    }

    /// What is expected beside messages, if this is such a line.
    pub(super) fn end(&self, rest: &str, place: Place) -> Result<Option<Expected>, Problem> {
        Ok(Some(match first_word(rest) {
            "/close" => self.close(rest, place)?,
            "/lost" => lost(rest, place)?,
            "/silence" => self.silence(rest, place)?,
            _ => return Ok(None),
        }))
    }

    /// Whether the last line of a client lets anything come.
    fn passes_over(&self, client: usize) -> bool {
        let mut steps = self.transcript.steps.iter().rev();
        let last = steps.find(|step| step.client == client);
        let last = last.and_then(Step::expectation);
        last.is_some_and(|last| last.what == Expected::Anything)
    }

    fn message(&mut self, rest: &'a str, place: Place) -> Result<Expected, Problem> {
        let written = self.lines.written(rest, place)?;
        self.know(written.template())?;
        check_pattern(rest, &written)?;
        if self.is_set(written.template()) {
            written.pattern(self.given)?;
        }
        Ok(Expected::Message(written))
    }

    fn close(&self, rest: &str, place: Place) -> Result<Expected, Problem> {
        // Alone it is any Close frame, of which the notation knows nothing.
        let written = Written::read(rest, place);
        self.know(written.template())?;
        written.check_closing()?;
        Ok(Expected::Close(written))
    }

    fn silence(&self, rest: &str, place: Place) -> Result<Expected, Problem> {
        let written = Written::read(rest, place);
        let text = self.fixed(written.template())?;
        match duration::parse(text.trim()) {
            Ok(time) => Ok(Expected::Silence(time)),
            Err(error) => Err(Problem::new(
                written.template().place(),
                error.to_string(),
                "for example `< /silence 500ms`",
            )),
        }
    }
}

/// The order that stands before a pattern.
fn ordered<'a>(mark: &Mark<'a>) -> Result<(Order, &'a str, Place), Problem> {
    let order = match mark.rest.chars().next() {
        Some('&') if mark.is_tight => Order::Among,
        Some('?') if mark.is_tight => Order::Perhaps,
        _ => return Ok((Order::Next, mark.rest, mark.place)),
    };
    let rest = &mark.rest[1..];
    let behind = |characters: usize| Place {
        column: mark.place.column + characters,
        ..mark.place
    };
    match rest.strip_prefix([' ', '\t']) {
        Some(pattern) => Ok((order, pattern, behind(2))),
        None if rest.is_empty() => Ok((order, rest, behind(1))),
        None => Err(Problem::new(
            behind(1),
            format!("a blank is missing after `<{}`", &mark.rest[..1]),
            "`<& PATTERN` expects in any order, `<? PATTERN` what may come or not",
        )),
    }
}

fn lost(rest: &str, place: Place) -> Result<Expected, Problem> {
    match rest == "/lost" {
        true => Ok(Expected::Lost),
        false => Err(Problem::new(
            place,
            "`/lost` takes nothing",
            "it expects the end of the connection without a close frame",
        )),
    }
}

/// Looks whether a line is a pattern, whatever its variables are.
pub(super) fn check_pattern(rest: &str, written: &Written) -> Result<(), Problem> {
    let pattern = written.check_pattern();
    pattern.map_err(|problem| named(rest, problem))
}

/// An unknown form may be a slip for one that is no pattern of messages.
fn named(rest: &str, problem: Problem) -> Problem {
    let word = first_word(rest);
    let is_known = FORMS.contains(&word) || !word.starts_with('/') || word.starts_with("//");
    match nearest(word, ENDS.into_iter().chain(FORMS.iter().copied())) {
        Some(near) if !is_known => Problem {
            message: format!("unknown pattern `{}`", shorten(word)),
            hint: Some(format!("did you mean `{near}`?")),
            ..problem
        },
        _ => slips::of_command(rest, problem),
    }
}
