//! What the drivers of a server can be asked to do.

use crate::display::Display;
use crate::goal::Goal;
use crate::pipe::{Format, Linger, Reading};
use crate::prompt::DeskSettings;

/// What a server's pipe is asked to do.
#[derive(Clone, Debug)]
pub struct PipeSettings {
    pub reading: Reading,
    pub format: Format,
    /// How messages are shown, where they are.
    pub display: Display,
    /// Tell of pings and pongs.
    pub ping_pong: bool,
    /// How long to stay once stdin has ended and everything is sent.
    pub linger: Linger,
    /// What the run waits for, from whichever client.
    pub goal: Goal,
}

/// What a server's prompt is asked to do.
#[derive(Clone, Debug)]
pub struct PromptSettings {
    /// The largest file that is sent, in bytes.
    pub max_message: u64,
    pub goal: Goal,
    pub desk: DeskSettings,
}
