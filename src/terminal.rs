//! A terminal whose keys are all left to us, for a while.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

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
