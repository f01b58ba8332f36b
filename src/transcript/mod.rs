//! Transcripts (`*.wst`): a conversation as it would read on screen, which is a test of
//! the server.
//!
//! Here is how one is written of a session (`/save`), and how a session is read back
//! from a recording. Pure: whoever asks opens the files. What is written passes against
//! the same server, given the variables that it names, as far as the server says the
//! same again; where that is doubtful, a comment says what to do.

mod line;
mod mask;
mod opening;
mod recording;
mod variable;
mod volatile;
mod write;

use std::time::{Duration, SystemTime};

pub use mask::SHORTEST;
pub use opening::{Opening, Request};
pub use recording::{Recording, RecordingError};
pub use write::write;

use crate::message::MessageRef;

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
