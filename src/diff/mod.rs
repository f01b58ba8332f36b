//! Why a received message is not what a pattern asks for, as lines for people.
//!
//! Each line says where, what was expected and what came. Whatever a payload holds,
//! a line has no character that a terminal obeys or that nobody sees, and what is of
//! a payload stands in quotes or brackets of its own, which it cannot leave: behind a
//! `…` outside of quotes something was left out by us. Pure; time is in proportion to
//! the message and to the depth of what is expected.

mod bytes;
mod distance;
mod json;
mod show;
mod text;

use crate::json::{Others, check};
use crate::message::{Kind, Message, MessageRef};
use crate::pattern::{Form, Pattern};

pub use distance::distance;

/// The most lines that tell of differences; one more says how many there are beside.
pub const MAX_LINES: usize = 10;

/// What keeps a message from matching, a line for each place; nothing if it matches.
pub fn diff(pattern: &Pattern, message: MessageRef<'_>) -> Vec<String> {
    if pattern.matches(message) {
        return Vec::new();
    }
    match (pattern.form(), message) {
        (Form::Exact(Message::Text(expected)), MessageRef::Text(found)) => {
            vec![text::difference(expected, found)]
        }
        (Form::JsonSubset(_) | Form::JsonEqual(_), MessageRef::Text(found)) => {
            of_json(pattern, found)
        }
        (Form::Match(regex), MessageRef::Text(_)) => {
            vec![format!("no match for {}", show::plain(regex.as_str()))]
        }
        (form, message) => match (expected_bytes(form, message), data(message)) {
            (Some(expected), Some(found)) => bytes::differences(expected, found),
            _ => vec![format!("expected {}, came {}", asked(form), kind(message))],
        },
    }
}

/// What is different in two parts of JSON texts that have been checked: all of the
/// second is held against all of the first.
pub fn values(expected: &str, found: &str) -> Vec<String> {
    json::lines(expected, found, Others::Refused, "not expected")
}

fn of_json(pattern: &Pattern, found: &str) -> Vec<String> {
    if let Err(error) = check(found) {
        let shown = show::text(found);
        return match found.trim_start().starts_with(['{', '[']) {
            true => vec![format!("expected JSON, came text that is none: {error}")],
            false => vec![format!("expected JSON, came the text {shown}")],
        };
    }
    let Some((expected, others)) = pattern.json() else {
        return Vec::new();
    };
    json::lines(expected, found, others, "not allowed by /json")
}

/// The bytes that are asked for, if the message is of the kind that has them.
fn expected_bytes<'p>(form: &'p Form, message: MessageRef<'_>) -> Option<bytes::Expected<'p>> {
    match (form, message) {
        (Form::Binary(bytes), MessageRef::Binary(_))
        | (Form::Ping(bytes), MessageRef::Ping(_))
        | (Form::Pong(bytes), MessageRef::Pong(_)) => Some(bytes::Expected::Gaps(bytes)),
        (Form::Exact(Message::Binary(bytes)), MessageRef::Binary(_))
        | (Form::Exact(Message::Ping(bytes)), MessageRef::Ping(_))
        | (Form::Exact(Message::Pong(bytes)), MessageRef::Pong(_))
        | (Form::Exact(Message::Close(bytes)), MessageRef::Close(_)) => {
            Some(bytes::Expected::Exactly(bytes))
        }
        _ => None,
    }
}

fn data<'m>(message: MessageRef<'m>) -> Option<&'m [u8]> {
    match message {
        MessageRef::Text(_) => None,
        MessageRef::Binary(data)
        | MessageRef::Ping(data)
        | MessageRef::Pong(data)
        | MessageRef::Close(data) => Some(data),
    }
}

/// The kind of message that is asked for.
fn asked(form: &Form) -> &'static str {
    match form {
        Form::Exact(message) => kind(message.into()),
        Form::JsonSubset(_) | Form::JsonEqual(_) => "JSON",
        Form::Match(_) | Form::Any(Some(Kind::Text)) => "text",
        Form::Binary(_) | Form::Any(Some(Kind::Binary)) => "binary",
        Form::Ping(_) => "a ping",
        Form::Pong(_) => "a pong",
        Form::Any(None) => "text or binary",
    }
}

fn kind(message: MessageRef<'_>) -> &'static str {
    match message {
        MessageRef::Text(_) => "text",
        MessageRef::Binary(_) => "binary",
        MessageRef::Ping(_) => "a ping",
        MessageRef::Pong(_) => "a pong",
        MessageRef::Close(_) => "a Close frame",
    }
}
