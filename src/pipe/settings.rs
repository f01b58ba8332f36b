//! What a pipe can be asked to do.

use super::ending::Stay;
use super::intake::Reading;
use crate::display::Display;
use crate::goal::Goal;
use crate::run_limit::RunLimit;
use crate::script::Step;

/// What a pipe is asked to do.
#[derive(Clone, Debug)]
pub struct Settings {
    pub source: Source,
    pub format: Format,
    /// How messages are shown, where they are.
    pub display: Display,
    /// Tell of pings and pongs.
    pub ping_pong: bool,
    /// Sent first, on connect.
    pub script: Vec<Step>,
    pub stay: Stay,
    pub goal: Goal,
    /// The payload of our Close frame.
    pub close: Vec<u8>,
    pub limit: RunLimit,
    /// Connect again when the connection is lost; give up after so many tries in
    /// a row, or never.
    pub reconnect: Option<Option<u32>>,
}

/// Where the messages come from that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Stdin(Reading),
    /// The other end: each data message goes back as it came. stdin is not read.
    Echo,
    /// The lines of the script alone.
    Nothing,
}

/// How received messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The payload and this byte.
    Lines(u8),
    /// The payload.
    Raw,
    /// A line of the notation.
    Notation,
    /// The lines of the journal: every event, not messages alone.
    Events,
    /// As a person reads it: escaped, in the notation, perhaps cut.
    Shown,
    /// Not at all.
    Nothing,
}

impl Format {
    /// Whether a message has to be whole before it is written.
    pub fn holds_messages(self) -> bool {
        matches!(self, Format::Notation | Format::Events | Format::Shown)
    }
}
