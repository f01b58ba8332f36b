//! What a pipe can be asked to do.

use super::Linger;
use crate::message::Kind;
use crate::render::Style;
use crate::run_limit::RunLimit;
use crate::script::Step;

/// What a pipe is asked to do.
#[derive(Clone, Debug)]
pub struct Settings {
    pub source: Source,
    pub format: Format,
    /// The colours of stdout, where they are wanted.
    pub style: Style,
    /// Sent first, on connect.
    pub script: Vec<Step>,
    pub linger: Linger,
    /// Stop after so many data messages.
    pub count: Option<u64>,
    /// The payload of our Close frame.
    pub close: Vec<u8>,
    pub limit: RunLimit,
}

/// Where the messages come from that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The lines of stdin, as messages of this kind.
    Lines(Kind),
    /// The other end: each data message goes back as it came. stdin is not read.
    Echo,
}

/// How received messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The payload and a line feed.
    Lines,
    /// The payload.
    Raw,
    /// As a person reads it: escaped, in the notation.
    Shown,
    /// Not at all.
    Nothing,
}
