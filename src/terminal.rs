//! A terminal: its window, and its keys, which are all left to us for a while.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

/// What a terminal does with keys by itself.
pub enum Aside {
    /// It shows them, and gathers lines.
    Lines,
    /// It makes signals of some, too.
    LinesAndSignals,
}

/// A terminal that does not do this any more. Whoever drops it gives the terminal back
/// as it was found; nothing waits for what is still to be printed, which may take as
/// long as it likes.
pub struct Held {
    device: OwnedFd,
    found: Termios,
}

impl Held {
    /// Keys that were typed before stay.
    ///
    /// # Errors
    /// When this is no terminal, or not ours.
    pub fn begin(device: impl AsFd, without: &Aside) -> io::Result<Self> {
        let device = device.as_fd().try_clone_to_owned()?;
        let found = tcgetattr(&device)?;
        let mut held = found.clone();
        held.local_modes.remove(without.modes());
        tcsetattr(&device, OptionalActions::Now, &held)?;
        Ok(Held { device, found })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // There is nothing to restore on a terminal that has gone.
        let _ = tcsetattr(&self.device, OptionalActions::Now, &self.found);
    }
}

impl Aside {
    fn modes(&self) -> LocalModes {
        let lines = LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN;
        match self {
            Aside::Lines => lines,
            Aside::LinesAndSignals => lines | LocalModes::ISIG,
        }
    }
}

/// The size of a terminal's window, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub rows: usize,
    pub columns: usize,
}

impl Default for Window {
    /// The size of the terminals that all others are modelled on.
    fn default() -> Self {
        Window {
            rows: 24,
            columns: 80,
        }
    }
}

/// The size of a terminal's window now; 24 rows of 80 columns where nobody knows.
pub fn window(terminal: impl AsFd) -> Window {
    let Ok(size) = tcgetwinsize(terminal) else {
        return Window::default();
    };
    let known = |given: u16, default| match given {
        0 => default,
        given => usize::from(given),
    };
    let default = Window::default();
    Window {
        rows: known(size.ws_row, default.rows),
        columns: known(size.ws_col, default.columns),
    }
}
