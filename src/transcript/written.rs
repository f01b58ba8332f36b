//! Messages and patterns as a transcript writes them, with variables in them.
//!
//! Pure. Which form a line has is decided before its variables are replaced: a value
//! that begins with a slash or a brace is still a value.

use super::template::{Context, Filled, Slot, Template, Variables};
use super::{Place, Problem};
use crate::json;
use crate::message::{Message, close_code, close_payload};
use crate::notation::{Line, parse_line};
use crate::pattern::{self, Pattern};

const JSON_HINT: &str = "JSON wants double quotes around names and texts, and no comma before `}` or `]`; `/text` before the line takes it as it is";

/// What is meant by a code that no Close frame has (RFC 6455 section 7.4.1).
const NO_CODE_HINT: &str = "`/lost` is an end without a close frame (1006), `/close /binary` a close frame without a code (1005)";

/// What stands in the places of variables when a line is looked at before it is
/// reached: one of these makes a good line of every good template.
const SAMPLES: [&str; 4] = ["0", "00", "1000", "AAAA"];

/// A message, or what is expected of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    form: Form,
    argument: Template,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// The argument is the text.
    Text,
    /// The argument is the text, and JSON.
    Json,
    /// The argument is the data.
    Ping,
    Pong,
    /// What stands before the argument, and what this is.
    Command(String, Context),
}

/// What is expected of a Close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    Any,
    Code(u16),
    /// The whole payload.
    Exact(Vec<u8>),
}

impl Written {
    /// Tells the form of a line, which may go on on others if it is JSON.
    pub(super) fn read(text: &str, place: Place) -> Self {
        let at = |from: usize| {
            let column = place.column + text[..from].chars().count();
            Template::new(&text[from..], Place { column, ..place })
        };
        let with = |form, from| Written {
            form,
            argument: at(from),
        };
        if text.starts_with("//") {
            return with(Form::Text, 1);
        }
        if !text.starts_with('/') {
            return match begins_json(text) {
                true => with(Form::Json, 0),
                false => with(Form::Text, 0),
            };
        }
        let name = text.split([' ', '\t']).next().unwrap_or(text);
        let from = (name.len() + 1).min(text.len());
        let command =
            |context, from: usize| with(Form::Command(text[..from].into(), context), from);
        match name {
            "/text" => with(Form::Text, from),
            "/string" | "/json" => command(Context::Json, from),
            "/match" => command(Context::Regex, from),
            "/ping" | "/pong" => {
                let data = text[from..].trim_start_matches([' ', '\t']);
                match data.split([' ', '\t']).next() {
                    Some("/string") => command(Context::Json, from),
                    Some(word) if word.starts_with('/') => command(Context::Text, from),
                    _ if name == "/ping" => with(Form::Ping, from),
                    _ => with(Form::Pong, from),
                }
            }
            _ => command(Context::Text, from),
        }
    }

    /// The part in which variables stand.
    pub fn template(&self) -> &Template {
        &self.argument
    }

    /// What the line sends.
    ///
    /// # Errors
    /// As `notation::parse_line`, with the place in the file, and for variables that
    /// are not set.
    pub fn line(&self, variables: &Variables) -> Result<Line, Problem> {
        self.to_line(self.argument.fill(self.context(), variables)?)
    }

    /// What the line expects.
    ///
    /// # Errors
    /// As [`Pattern::parse`], with the place in the file, and for variables that are
    /// not set.
    pub fn pattern(&self, variables: &Variables) -> Result<Pattern, Problem> {
        self.to_pattern(self.argument.fill(self.context(), variables)?)
    }

    /// What the line expects of a Close frame.
    ///
    /// # Errors
    /// As [`Written::line`].
    pub fn closing(&self, variables: &Variables) -> Result<Closing, Problem> {
        self.to_closing(self.argument.fill(self.context(), variables)?)
    }

    /// Whether it says every byte, and not only what a message is like.
    pub(super) fn is_literal(&self) -> bool {
        let literal = self.check(|filled| {
            let pattern = self.to_pattern(filled.clone())?;
            match pattern.form() {
                pattern::Form::Exact(_)
                | pattern::Form::JsonSubset(_)
                | pattern::Form::JsonEqual(_) => Ok(()),
                pattern::Form::Binary(bytes)
                | pattern::Form::Ping(bytes)
                | pattern::Form::Pong(bytes)
                    if bytes.exact().is_some() =>
                {
                    Ok(())
                }
                _ => Err(filled.wrong("", "")),
            }
        });
        literal.is_ok()
    }

    /// Looks whether the line can be sent, whatever its variables are.
    pub(super) fn check_line(&self) -> Result<(), Problem> {
        self.check(|filled| self.to_line(filled).map(drop))
    }

    /// Looks whether the line is a pattern, whatever its variables are.
    pub(super) fn check_pattern(&self) -> Result<(), Problem> {
        self.check(|filled| self.to_pattern(filled).map(drop))
    }

    /// Looks whether it is JSON, whatever its variables are.
    pub(super) fn check_json(&self) -> Result<(), Problem> {
        self.check(|filled| {
            json::check(&filled.text).map_err(|error| filled.json_problem(&error, JSON_HINT))
        })
    }

    pub(super) fn check_closing(&self) -> Result<(), Problem> {
        self.check(|filled| self.to_closing(filled).map(drop))
    }

    fn check(&self, read: impl Fn(Filled) -> Result<(), Problem>) -> Result<(), Problem> {
        try_samples(&self.argument, self.context(), read)
    }

    fn context(&self) -> Context {
        match &self.form {
            Form::Json => Context::Json,
            Form::Command(_, context) => *context,
            Form::Text | Form::Ping | Form::Pong => Context::Text,
        }
    }

    fn to_line(&self, filled: Filled) -> Result<Line, Problem> {
        let message = match &self.form {
            Form::Text => Message::Text(filled.text),
            Form::Json => {
                json::check(&filled.text)
                    .map_err(|error| filled.json_problem(&error, JSON_HINT))?;
                Message::Text(filled.text)
            }
            Form::Ping => sendable(Message::Ping(filled.text.clone().into()), &filled)?,
            Form::Pong => sendable(Message::Pong(filled.text.clone().into()), &filled)?,
            Form::Command(head, _) => {
                return parse_line(&format!("{head}{}", filled.text))
                    .map_err(|error| filled.problem(&error, head.chars().count()));
            }
        };
        Ok(Line::Message(message))
    }

    fn to_pattern(&self, filled: Filled) -> Result<Pattern, Problem> {
        let exact = |message| Ok(Pattern::exact(message));
        match &self.form {
            Form::Text => exact(Message::Text(filled.text)),
            Form::Ping => exact(sendable(
                Message::Ping(filled.text.clone().into()),
                &filled,
            )?),
            Form::Pong => exact(sendable(
                Message::Pong(filled.text.clone().into()),
                &filled,
            )?),
            Form::Json => {
                json::Value::parse(&filled.text)
                    .map_err(|error| filled.json_problem(&error, JSON_HINT))?;
                Pattern::parse(&filled.text).map_err(|error| filled.problem(&error, 0))
            }
            Form::Command(head, _) => Pattern::parse(&format!("{head}{}", filled.text))
                .map_err(|error| filled.problem(&error, head.chars().count())),
        }
    }

    fn to_closing(&self, filled: Filled) -> Result<Closing, Problem> {
        if filled.text.trim().is_empty() {
            return Ok(Closing::Any);
        }
        let is_code = filled.text.trim().parse::<u16>().is_ok();
        let is_bytes = filled.text.trim_start().starts_with("/binary");
        let wrong = |problem: Problem| match is_code {
            true => Problem {
                hint: Some(NO_CODE_HINT.into()),
                ..problem
            },
            false => problem,
        };
        match self.to_line(filled).map_err(wrong)? {
            Line::Message(Message::Close(payload)) => Ok(match close_code(&payload) {
                Some(code) if payload.len() == 2 && !is_bytes => Closing::Code(code),
                _ => Closing::Exact(payload),
            }),
            Line::Message(_) | Line::File { .. } | Line::Wait(_) => Ok(Closing::Any),
        }
    }
}

impl Closing {
    /// The payload of such a Close frame.
    pub fn example(&self) -> Vec<u8> {
        match self {
            Closing::Any => close_payload(Some(1000), ""),
            Closing::Code(code) => close_payload(Some(*code), ""),
            Closing::Exact(payload) => payload.clone(),
        }
    }

    /// Whether a Close frame with this payload is such a one.
    pub fn matches(&self, payload: &[u8]) -> bool {
        match self {
            Closing::Any => true,
            Closing::Code(code) => close_code(payload) == Some(*code),
            Closing::Exact(expected) => payload == expected,
        }
    }
}

/// Whether a line begins like JSON, and not with a variable.
pub(super) fn begins_json(text: &str) -> bool {
    text.starts_with(['{', '['])
        && !matches!(
            super::variable::pieces(text).next(),
            Some(super::variable::Piece::Variable(_) | super::variable::Piece::Escaped(_))
        )
}

/// Reads a template with samples for its variables: the first that does decides, or
/// else the error of the first.
pub(super) fn try_samples(
    template: &Template,
    context: Context,
    read: impl Fn(Filled) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let with = |sample: &str| {
        let filled = template.fill_by(context, &mut |_, slot| {
            Some(match slot {
                Slot::JsonValue => format!("\"{sample}\""),
                _ => sample.to_owned(),
            })
        })?;
        read(filled)
    };
    let [first, others @ ..] = SAMPLES;
    let result = with(first);
    match result.is_ok() || template.is_constant() {
        true => result,
        false => others
            .iter()
            .find_map(|sample| with(sample).ok())
            .map_or(result, Ok),
    }
}

fn sendable(message: Message, filled: &Filled) -> Result<Message, Problem> {
    match message.check_sendable() {
        Ok(()) => Ok(message),
        Err(error) => Err(filled.wrong(error.to_string(), error.hint().unwrap_or_default())),
    }
}
