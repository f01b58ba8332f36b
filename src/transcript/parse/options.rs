//! A conversation whose lines are options of the command line (`--execute`, `--expect`).
//!
//! Each is whole in itself: it may have line breaks in it and goes on in no other, and
//! nothing is indented under it. Braces are braces, because nothing sets a variable.

use std::borrow::Cow;

use super::super::steps::{Act, Expectation, Expected, Order, Source, Transcript};
use super::super::template::Variables;
use super::super::written::Written;
use super::super::{Place, Problem, variable};
use super::expect::check_pattern;
use super::lines::Line;
use super::{Parser, slips};

/// What one option says: that something is sent, or expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken<'a> {
    Sent(&'a str),
    Expected(&'a str),
}

/// The only client.
const CLIENT: usize = 0;

impl Transcript {
    /// The conversation of one client that connects there, says and expects this.
    ///
    /// # Errors
    /// As [`Transcript::parse`]; the line of the place counts the options from 2 on.
    pub fn of_options(url: &str, spoken: &[Spoken<'_>]) -> Result<Transcript, Problem> {
        let given = Variables::default();
        let first = format!("connect {}", variable::escape(url));
        let mut parser = Parser::new(&first, &given);
        if let Some(line) = parser.lines.next() {
            parser.take(line)?;
        }
        let mut lines = vec![format!("connect {url}")];
        for (index, spoken) in spoken.iter().enumerate() {
            let text = spoken.as_line();
            let place = Place {
                line: index + 2,
                column: 1,
            };
            let act = parser.option(spoken, place)?;
            parser.push(&Line { text: &text, place }, CLIENT, act);
            lines.push(text);
        }
        let mut transcript = parser.finish()?;
        transcript.source = Source::of_options(&lines);
        Ok(transcript)
    }
}

impl<'a> Spoken<'a> {
    fn as_line(&self) -> String {
        match self {
            Spoken::Sent(text) => format!("> {text}"),
            Spoken::Expected(text) => format!("< {text}"),
        }
    }

    /// So that no braces are taken for a variable.
    fn escaped(&self) -> Cow<'a, str> {
        let (Spoken::Sent(text) | Spoken::Expected(text)) = *self;
        variable::escape(text)
    }
}

impl Parser<'_> {
    /// The act of an option whose line begins there.
    fn option(&mut self, spoken: &Spoken<'_>, line: Place) -> Result<Act, Problem> {
        let text = spoken.escaped();
        // Behind the mark that a file would have.
        let place = Place { column: 3, ..line };
        Ok(match spoken {
            Spoken::Sent(_) => Act::Send(self.sent_option(&text, place)?),
            Spoken::Expected(_) => {
                let what = self.expected_option(&text, place)?;
                Act::Expect(Expectation::of(Order::Next, what))
            }
        })
    }

    fn sent_option(&mut self, text: &str, place: Place) -> Result<Written, Problem> {
        self.may_send(place, CLIENT)?;
        let written = Written::read(text, place);
        slips::check_sent(text, &written)?;
        self.note_close(text, CLIENT);
        Ok(written)
    }

    fn expected_option(&self, text: &str, place: Place) -> Result<Expected, Problem> {
        if text == "..." {
            return Ok(Expected::Anything);
        }
        if let Some(end) = self.end(text, place)? {
            return Ok(end);
        }
        let written = Written::read(text, place);
        check_pattern(text, &written)?;
        Ok(Expected::Message(written))
    }
}
