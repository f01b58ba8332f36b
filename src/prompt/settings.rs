//! What a prompt can be asked to do.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use crate::display::Display;
use crate::engine::Nudge;
use crate::goal::Goal;
use crate::run_limit::RunLimit;
use crate::script::Step;
use crate::secret::Secret;
use crate::stats::Stats;
use crate::view::Onlookers;
use crate::view::Switch;

/// What a prompt is asked to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sent first, on connect.
    pub script: Vec<Step>,
    /// The payload of our Close frame.
    pub close: Vec<u8>,
    /// What the run waits for.
    pub goal: Goal,
    /// Connect again when the connection is lost, so many times in a row at most.
    pub reconnect: Option<Option<u32>>,
    /// The largest file that is sent, in bytes.
    pub max_message: u64,
    pub limit: RunLimit,
    /// The recording of the session, if there is one.
    pub record: Option<PathBuf>,
    pub desk: DeskSettings,
}

/// What is asked of the terminal, whatever the messages are for.
#[derive(Clone, Debug)]
pub struct DeskSettings {
    /// Show pings and pongs.
    pub ping_pong: bool,
    /// How messages are shown.
    pub display: Display,
    /// Where lines are remembered.
    pub history: Option<PathBuf>,
    /// What is said of the line editor.
    pub inputrc: InputrcFiles,
    /// What no remembered line may hold.
    pub secrets: Vec<Secret>,
    /// stderr is the same screen: notices must not damage the line.
    pub notices_on_screen: bool,
}

/// Where readline's settings are, which the line editor follows.
#[derive(Clone, Debug, Default)]
pub struct InputrcFiles {
    /// The first that can be read counts.
    pub paths: Vec<PathBuf>,
    /// What `~/` is in them.
    pub home: Option<PathBuf>,
    /// The terminal's name.
    pub term: String,
}

/// What a prompt needs beside its settings.
pub struct Seat {
    /// What ends the editor.
    pub nudge: Nudge,
    /// What counts for `/status`.
    pub stats: Rc<RefCell<Stats>>,
    /// Whether frames are shown.
    pub frames: Switch,
    pub onlookers: Onlookers,
}
