//! Parts of a transcript with variables in them, and what the variables stand for.
//!
//! Pure. What a variable becomes depends on where it stands: within a string of JSON
//! escaped text, elsewhere in JSON a value, in a regular expression the text taken
//! literally, and everywhere else the text. So no value can be read as anything but a
//! value, whatever it holds. Errors in what came of it are led back to where they
//! stand in the file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::variable::{Piece, pieces};
use super::{Place, Problem, shorten};
use crate::json::{self, JsonError, Nesting};
use crate::nearest::nearest;
use crate::notation::{NotationError, literal, write_inside};
use crate::pattern::quoted;

/// A part of a transcript in which variables may stand. It may have several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    place: Place,
}

/// How variables are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    Text,
    Json,
    Regex,
}

/// Where in its context a variable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Text,
    /// Within the quotes of a JSON string.
    JsonString,
    /// Between the tokens of JSON.
    JsonValue,
    Regex,
}

/// A template whose variables were replaced.
#[derive(Clone, Debug)]
pub struct Filled {
    pub text: String,
    template: Template,
    /// Where each piece begins, in characters of the text and of the template, and
    /// whether it is the same in both.
    pieces: Vec<(usize, usize, bool)>,
}

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    text: String,
    /// The same as a JSON value.
    json: String,
}

/// Names and what they stand for.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Value>);

impl Template {
    pub fn new(text: impl Into<String>, place: Place) -> Self {
        let text = text.into();
        Template { text, place }
    }

    /// As it stands in the file.
    pub fn source(&self) -> &str {
        &self.text
    }

    /// Where it begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The names in it, each with its place.
    pub fn names(&self) -> Vec<(&str, Place)> {
        let mut place = self.place;
        let mut names = Vec::new();
        for piece in pieces(&self.text) {
            if let Piece::Variable(name) = piece {
                names.push((name, place));
            }
            let breaks = match piece {
                Piece::Text(text) => text.rsplit_once('\n'),
                Piece::Escaped(_) | Piece::Variable(_) => None,
            };
            if let Some((above, beside)) = breaks {
                place.line += above.matches('\n').count() + 1;
                place.column = beside.chars().count() + 1;
            } else {
                place.column += length(&piece);
            }
        }
        names
    }

    /// Whether no variable stands in it.
    pub(super) fn is_constant(&self) -> bool {
        !pieces(&self.text).any(|piece| matches!(piece, Piece::Variable(_)))
    }

    /// Puts values in the places of the variables.
    ///
    /// # Errors
    /// When one has no value.
    pub fn fill(&self, context: Context, variables: &Variables) -> Result<Filled, Problem> {
        self.fill_by(context, &mut |name, slot| {
            variables
                .get(name)
                .map(|value| value.written(slot).into_owned())
        })
    }

    /// The same with values from elsewhere.
    pub(super) fn fill_by(
        &self,
        context: Context,
        lookup: &mut dyn FnMut(&str, Slot) -> Option<String>,
    ) -> Result<Filled, Problem> {
        let mut filled = Filled {
            text: String::with_capacity(self.text.len()),
            template: self.clone(),
            pieces: Vec::new(),
        };
        let mut nesting = Nesting::default();
        let (mut from, mut to) = (0, 0);
        for piece in pieces(&self.text) {
            let written: Cow<'_, str> = match piece {
                Piece::Text(text) => text.into(),
                Piece::Escaped(inner) => format!("{{{{{inner}}}}}").into(),
                Piece::Variable(name) => {
                    let slot = match context {
                        Context::Text => Slot::Text,
                        Context::Regex => Slot::Regex,
                        Context::Json if nesting.in_string() => Slot::JsonString,
                        Context::Json => Slot::JsonValue,
                    };
                    let unset = || unset(name, self.place_of(from));
                    lookup(name, slot).ok_or_else(unset)?.into()
                }
            };
            let same = matches!(piece, Piece::Text(_));
            if same {
                nesting.feed(&written);
            }
            filled.pieces.push((to, from, same));
            filled.text.push_str(&written);
            from += length(&piece);
            to += written.chars().count();
        }
        Ok(filled)
    }

    /// The place of a character, counted from 0.
    fn place_of(&self, index: usize) -> Place {
        let before: String = self.text.chars().take(index).collect();
        match before.rsplit_once('\n') {
            None => Place {
                line: self.place.line,
                column: self.place.column + index,
            },
            Some((above, beside)) => Place {
                line: self.place.line + above.matches('\n').count() + 1,
                column: beside.chars().count() + 1,
            },
        }
    }
}

impl Filled {
    /// Where in the file a character of the text comes from, counted from 0.
    pub fn place(&self, index: usize) -> Place {
        let piece = self.pieces.iter().rev().find(|(to, _, _)| *to <= index);
        let source = match piece {
            Some((to, from, true)) => from + index - to,
            Some((_, from, false)) => *from,
            None => 0,
        };
        self.template.place_of(source)
    }

    /// An error of the notation in this text, which stood behind so many characters
    /// that are not part of it.
    pub fn problem(&self, error: &NotationError, before: usize) -> Problem {
        let start = self.template.place;
        let place = match error.column.checked_sub(before + 1) {
            Some(index) => self.place(index),
            None => Place {
                column: (start.column + error.column).saturating_sub(before + 1),
                ..start
            },
        };
        Problem {
            place,
            message: error.message.clone(),
            hint: error.hint.clone(),
        }
    }

    /// An error of JSON in this text.
    pub(super) fn json_problem(&self, error: &JsonError, hint: &str) -> Problem {
        let lines: usize = self
            .text
            .split('\n')
            .take(error.line - 1)
            .map(|line| line.chars().count() + 1)
            .sum();
        let place = self.place(lines + error.column - 1);
        Problem::new(place, format!("not JSON: {}", error.message), hint)
    }

    /// Any other error at the beginning of it.
    pub fn wrong(&self, message: impl Into<String>, hint: &str) -> Problem {
        Problem::new(self.template.place, message, hint)
    }
}

impl Value {
    /// What the command line says: JSON if it is some, else a text.
    pub fn given(text: &str) -> Self {
        let json = match json::compact(text) {
            Ok(json) => json,
            Err(_) => literal(text),
        };
        let text = text.to_owned();
        Value { text, json }
    }

    /// The source of a JSON value that was received.
    pub fn captured(source: &str) -> Self {
        let text = match json::string(source) {
            Ok(text) => text,
            Err(_) => source.to_owned(),
        };
        let json = source.to_owned();
        Value { text, json }
    }

    fn written(&self, slot: Slot) -> Cow<'_, str> {
        match slot {
            Slot::Text => (&self.text).into(),
            Slot::JsonValue => (&self.json).into(),
            Slot::Regex => quoted(&self.text).into(),
            Slot::JsonString => {
                let mut inner = String::new();
                write_inside(&self.text, &mut inner);
                inner.into()
            }
        }
    }
}

impl Variables {
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Sets it to what it was: perhaps nothing.
    pub fn put_back(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => self.set(name, value),
            None => _ = self.0.remove(name),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// That a variable has no value, which may be a slip.
pub(super) fn unknown<'a>(
    name: &str,
    place: Place,
    known: impl IntoIterator<Item = &'a str>,
) -> Problem {
    let mut problem = unset(name, place);
    match nearest(name, known) {
        Some(near) => problem.hint = Some(format!("did you mean `{{{{{near}}}}}`?")),
        None if name == "base" => problem.hint = Some("--url URL sets it".into()),
        None => {}
    }
    problem
}

fn unset(name: &str, place: Place) -> Problem {
    let name = shorten(name);
    Problem::new(
        place,
        format!("the variable `{name}` is not set"),
        format!(
            "`--variable {name}=VALUE` or `--secret {name}` sets it, or `let {name} = $.…` under a line above; `{{{{!{name}}}}}` is the text"
        ),
    )
}

/// How many characters a piece takes in the template.
fn length(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Text(text) => text.chars().count(),
        Piece::Escaped(inner) => inner.chars().count() + "{{!}}".len(),
        Piece::Variable(name) => name.len() + "{{}}".len(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.set("n", Value::captured("5"));
        variables.set("s", Value::captured(r#""a\"b""#));
        variables.set("o", Value::captured(r#"{"x":[1]}"#));
        variables.set("t", Value::given("a.b"));
        variables.set("i", Value::given("7"));
        variables
    }

    fn template(text: &str) -> Template {
        Template::new(text, Place { line: 3, column: 5 })
    }

    #[test]
    fn a_variable_becomes_what_its_place_can_take() {
        let table = [
            (
                Context::Text,
                "x {{s}} {{n}} {{o}} y",
                r#"x a"b 5 {"x":[1]} y"#,
            ),
            (
                Context::Json,
                r#"{"a":"{{s}}","b":{{s}},"c":{{n}},"d":"{{n}}","e":{{o}},"f":{{t}},"g":{{i}}}"#,
                r#"{"a":"a\"b","b":"a\"b","c":5,"d":"5","e":{"x":[1]},"f":"a.b","g":7}"#,
            ),
            (Context::Regex, "^{{t}}$", r"^a\.b$"),
            (
                Context::Text,
                "{{!n}} {{!!n}} {{ n }} {{}}",
                "{{n}} {{!n}} {{ n }} {{}}",
            ),
            (Context::Json, r#"{"{{t}}":{{{n}}}}"#, r#"{"a.b":{5}}"#),
        ];
        for (context, text, expected) in table {
            let filled = template(text).fill(context, &variables()).unwrap();
            assert_eq!(filled.text, expected, "{text}");
        }
    }

    #[test]
    fn places_lead_back_to_the_file() {
        let filled = template("ab{{o}}c\nd{{n}}e")
            .fill(Context::Text, &variables())
            .unwrap();
        assert_eq!(filled.text, "ab{\"x\":[1]}c\nd5e");
        let place = |index| {
            let Place { line, column } = filled.place(index);
            (line, column)
        };
        assert_eq!(place(1), (3, 6));
        assert_eq!(place(2), (3, 7));
        assert_eq!(place(8), (3, 7));
        assert_eq!(place(11), (3, 12));
        assert_eq!(place(13), (4, 1));
        assert_eq!(place(14), (4, 2));
        assert_eq!(place(15), (4, 7));
    }

    #[test]
    fn what_is_not_set_is_told_with_its_place() {
        let problem = template("a\nb {{nn}}")
            .fill(Context::Text, &variables())
            .unwrap_err();
        assert_eq!((problem.place.line, problem.place.column), (4, 3));
        assert_eq!(problem.message, "the variable `nn` is not set");
        let problem = unknown("nn", problem.place, variables().names());
        assert_eq!(problem.hint.unwrap(), "did you mean `{{n}}`?");
    }
}
