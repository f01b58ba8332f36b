//! Transcripts (`*.wst`): a conversation as it would read on screen, which is a test of
//! the server, and its double.
//!
//! Here is how one is understood ([`Transcript::parse`]), what its facts mean, how one is
//! written of a session (`/save`), and how a session is read back from a recording. Pure:
//! whoever asks opens the files. What is written passes against the same server, given
//! the variables that it names, as far as the server says the same again; where that is
//! doubtful, a comment says what to do.

mod fact;
mod line;
mod look;
mod opening;
mod parse;
mod playable;
mod recording;
#[cfg(test)]
mod round_trip;
mod secrets;
mod steps;
mod template;
mod variable;
mod volatile;
mod write;
mod written;

use std::time::{Duration, SystemTime};

pub use fact::{Fact, Greeting, Matter, Miss};
pub use opening::{Opening, Request};
pub use parse::Spoken;
pub use recording::{Recording, RecordingError};
pub use steps::{
    Act, Answer, Connect, ConnectOption, Expectation, Expected, Order, Origin, Setting, Source,
    Step, TIMEOUT, Transcript,
};
pub use template::{Context, Filled, Template, Value, Variables};
pub use variable::is_name;
pub use write::write;
pub use written::{Closing, Written};

use crate::message::MessageRef;

/// A place in a file, counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// Why a transcript cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// In one line.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// What is to be written down.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The time of day now.
    pub saved: SystemTime,
    /// In their order. What stands before the first [`Happening::Connected`] belongs to no
    /// connection, and is left out.
    pub happenings: &'a [(Duration, Happening<'a>)],
}

/// What happened, each with the time since the start.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// A connection was opened: the one before has ended, if there was one.
    Connected(&'a Opening),
    /// The user sent it: neither the answer to a ping nor that to a Close.
    Sent(MessageRef<'a>),
    /// It came. Pings, and pongs that answer no ping of the user, are left out.
    Received(MessageRef<'a>),
    /// The connection ended without a Close frame from the server.
    Lost,
}

impl Problem {
    /// An empty hint is none.
    fn new(place: Place, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Problem {
            place,
            message: message.into(),
            hint: Some(hint.into()).filter(|hint| !hint.is_empty()),
        }
    }
}

/// What a text begins with, up to a blank.
fn first_word(text: &str) -> &str {
    text.split([' ', '\t']).next().unwrap_or_default()
}

/// The beginning of a word or value of the file, short enough for an error.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(48) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
