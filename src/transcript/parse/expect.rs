//! What stands behind `<`.

use super::super::steps::{Expectation, Expected, Order, Step};
use super::super::written::Written;
use super::super::{Place, Problem, shorten};
use super::{Mark, Parser, problem, slips};
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
            return Err(problem(
                place,
                "behind `< ...` nothing can be what may come or not",
                "`< ...` has passed over whatever came: leave one of the two out",
            ));
        }
        if rest == "..." {
            return match order {
                Order::Next => Ok(Expectation::of(order, Expected::Anything)),
                Order::Among | Order::Perhaps => Err(problem(
                    place,
                    "`...` stands alone behind `<`",
                    "`< ...` lets anything come before the next expectation",
                )),
            };
        }
        let word = rest.split([' ', '\t']).next().unwrap_or_default();
        let what = match word {
            "/close" | "/lost" | "/silence" if order == Order::Among => {
                return Err(problem(
                    place,
                    &format!("`{word}` cannot come in any order"),
                    "write it on a line with `<`",
                ));
            }
            "/close" => self.close(rest, place)?,
            "/lost" => lost(rest, place)?,
            "/silence" => self.silence(rest, place)?,
            _ => self.message(rest, place)?,
        };
        Ok(Expectation::of(order, what))
    }

    /// Whether the last line of a client lets anything come.
    fn passes_over(&self, client: usize) -> bool {
        let mut steps = self.transcript.steps.iter().rev();
        let last = steps.find(|step| step.client == client);
        let last = last.and_then(Step::expectation);
        last.is_some_and(|last| last.what == Expected::Anything)
    }

    /// A pattern that may have line breaks in it, and goes on nowhere.
    pub(super) fn expect_whole(&mut self, mark: &Mark<'_>) -> Result<Expectation, Problem> {
        let rest = mark.rest;
        let word = rest.split([' ', '\t']).next().unwrap_or_default();
        let what = match word {
            "..." if rest == word => Expected::Anything,
            "/close" => self.close(rest, mark.place)?,
            "/lost" => lost(rest, mark.place)?,
            "/silence" => self.silence(rest, mark.place)?,
            _ => {
                let written = Written::read(rest, mark.place);
                written
                    .check_pattern()
                    .map_err(|problem| named(rest, problem))?;
                Expected::Message(written)
            }
        };
        Ok(Expectation::of(Order::Next, what))
    }

    fn message(&mut self, rest: &'a str, place: Place) -> Result<Expected, Problem> {
        let written = self.lines.written(rest, place)?;
        self.know(written.template())?;
        let known = |problem: Problem| named(rest, problem);
        written.check_pattern().map_err(known)?;
        if self.is_set(written.template()) {
            written.pattern(self.given)?;
        }
        Ok(Expected::Message(written))
    }

    fn close(&mut self, rest: &str, place: Place) -> Result<Expected, Problem> {
        // Alone it is any Close frame, of which the notation knows nothing.
        let written = Written::read(rest, place);
        self.know(written.template())?;
        written.check_closing()?;
        Ok(Expected::Close(written))
    }

    fn silence(&mut self, rest: &str, place: Place) -> Result<Expected, Problem> {
        let written = Written::read(rest, place);
        let text = self.fixed(written.template())?;
        match duration::parse(text.trim()) {
            Ok(time) => Ok(Expected::Silence(time)),
            Err(error) => Err(problem(
                written.template().place(),
                &error.to_string(),
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
    let column = mark.place.column + 1;
    match rest.strip_prefix([' ', '\t']) {
        Some(pattern) => Ok((
            order,
            pattern,
            Place {
                column: column + 1,
                ..mark.place
            },
        )),
        None if rest.is_empty() => Ok((
            order,
            rest,
            Place {
                column,
                ..mark.place
            },
        )),
        None => Err(problem(
            Place {
                column,
                ..mark.place
            },
            &format!("a blank is missing after `<{}`", &mark.rest[..1]),
            "`<& PATTERN` expects in any order, `<? PATTERN` what may come or not",
        )),
    }
}

fn lost(rest: &str, place: Place) -> Result<Expected, Problem> {
    match rest == "/lost" {
        true => Ok(Expected::Lost),
        false => Err(problem(
            place,
            "`/lost` takes nothing",
            "it expects the end of the connection without a close frame",
        )),
    }
}

/// An unknown form may be a slip for one that is no pattern of messages.
fn named(rest: &str, problem: Problem) -> Problem {
    let word = rest.split([' ', '\t']).next().unwrap_or_default();
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
