//! The lines of a transcript, and JSON that goes over several of them.

use super::super::template::{Context, Slot, Template};
use super::super::written::{Written, begins_json};
use super::super::{Place, Problem};
use super::mark;
use crate::json::{self, Nesting, Scan};
use crate::notation::must_escape;

/// A line, without its line break and the blanks at its end; or a part of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
}

/// The lines that are neither empty nor comments.
pub(super) struct Lines<'a> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::str::Split<'a, char>>>,
}

impl<'a> Line<'a> {
    pub(super) fn is_indented(&self) -> bool {
        self.text.starts_with([' ', '\t'])
    }

    /// The first word, and what follows it without the blanks between.
    pub(super) fn split(&self) -> (&'a str, Line<'a>) {
        let end = self.text.find([' ', '\t']).unwrap_or(self.text.len());
        (&self.text[..end], self.part(end).trimmed())
    }

    /// From a byte on.
    pub(super) fn part(&self, from: usize) -> Line<'a> {
        let column = self.place.column + self.text[..from].chars().count();
        Line {
            text: &self.text[from..],
            place: Place {
                column,
                ..self.place
            },
        }
    }

    /// Without the blanks before it.
    pub(super) fn trimmed(&self) -> Line<'a> {
        let text = self.text.trim_start_matches([' ', '\t']);
        self.part(self.text.len() - text.len())
    }

    pub(super) fn template(&self) -> Template {
        Template::new(self.text, self.place)
    }

    pub(super) fn problem(&self, message: &str, hint: &str) -> Problem {
        Problem::new(self.place, message, hint)
    }
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Lines {
            rest: text.split('\n').enumerate().peekable(),
        }
    }

    pub(super) fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let (index, text) = self.rest.next()?;
            let text = bare(text);
            let shown = text.trim_start_matches([' ', '\t']);
            if !shown.is_empty() && !shown.starts_with('#') {
                let place = Place {
                    line: index + 1,
                    column: 1,
                };
                return Some(Line { text, place });
            }
        }
    }

    /// A message that begins with this text, and goes on in the next lines if it is JSON.
    pub(super) fn written(&mut self, text: &'a str, place: Place) -> Result<Written, Problem> {
        if let Some(at) = text.find(|c: char| must_escape(c) && c != '\t') {
            let column = place.column + text[..at].chars().count();
            return Err(Problem::new(
                Place { column, ..place },
                "a control character stands here that nobody would see",
                "`/string \"…\"` spells it out",
            ));
        }
        if !begins_json(text) {
            return Ok(Written::read(text, place));
        }
        let mut source = text.to_owned();
        let mut nesting = Nesting::default();
        nesting.feed(&sample(text, place));
        while !nesting.is_closed() {
            let next = self.rest.peek().map(|(_, next)| bare(next));
            let Some(next) = next.filter(|next| !nesting.in_string() && goes_on(next)) else {
                return Err(unfinished(&source, place, nesting.in_string()));
            };
            self.rest.next();
            source.push('\n');
            source.push_str(next);
            nesting.feed(&sample(next, place));
        }
        let written = Written::read(&source, place);
        written.check_json()?;
        Ok(written)
    }
}

fn bare(line: &str) -> &str {
    line.trim_end_matches([' ', '\t', '\r'])
}

/// Whether a line can be part of JSON that began above.
fn goes_on(line: &str) -> bool {
    let place = Place { line: 1, column: 1 };
    !line.is_empty() && mark(&Line { text: line, place }).is_none()
}

/// A line of JSON with something in the places of its variables.
fn sample(line: &str, place: Place) -> String {
    let filled = Template::new(line, place).fill_by(Context::Json, &mut |_, slot| {
        Some(match slot {
            Slot::JsonValue => "\"\"".into(),
            _ => String::new(),
        })
    });
    filled.map_or_else(|_| line.to_owned(), |filled| filled.text)
}

/// Why JSON that does not end is none.
fn unfinished(source: &str, place: Place, in_string: bool) -> Problem {
    let hint = "`/text` before it takes it as it is, JSON or not";
    let lines: Vec<String> = source.split('\n').map(|line| sample(line, place)).collect();
    let text = lines.join("\n");
    match json::scan(&text) {
        Scan::Invalid(error) => {
            let written = Written::read(source, place);
            written
                .check_json()
                .err()
                .unwrap_or_else(|| Problem::new(place, error.message, hint))
        }
        _ if in_string => Problem::new(
            place,
            "the JSON value that begins here has a string that its line does not close",
            hint,
        ),
        _ => Problem::new(
            place,
            "the JSON value that begins here is not complete",
            hint,
        ),
    }
}
