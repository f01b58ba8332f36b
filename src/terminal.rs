//! A terminal whose keys are all left to us, for a while.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize,
    tcsetattr,
};

/// What a terminal does with keys by itself.
#[derive(Clone, Copy)]
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
    aside: Aside,
}

impl Held {
    /// Keys that were typed before stay.
    ///
    /// # Errors
    /// When this is no terminal, or not ours.
    pub fn begin(device: impl AsFd, without: Aside) -> io::Result<Self> {
        let device = device.as_fd().try_clone_to_owned()?;
        let found = tcgetattr(&device)?;
        let held = Held {
            device,
            found,
            aside: without,
        };
        held.hold()?;
        Ok(held)
    }

    /// Gives the terminal back as it was found, until [`Held::renew`].
    pub fn give_back(&self) {
        // There is nothing to restore on a terminal that has gone.
        let _ = tcsetattr(&self.device, OptionalActions::Now, &self.found);
    }

    /// Holds a terminal that was given back. It may be different now: then that is how
    /// it will be left.
    pub fn renew(&mut self) {
        if let Ok(found) = tcgetattr(&self.device) {
            self.found = found;
        }
        let _ = self.hold();
    }

    /// Leaves each key as it is to who reads, after somebody else had the terminal.
    pub fn raw(&self) {
        let mut raw = self.found.clone();
        raw.local_modes.remove(Aside::LinesAndSignals.modes());
        raw.input_modes.remove(
            InputModes::BRKINT
                | InputModes::ICRNL
                | InputModes::INPCK
                | InputModes::ISTRIP
                | InputModes::IXON,
        );
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        let _ = tcsetattr(&self.device, OptionalActions::Now, &raw);
    }

    fn hold(&self) -> io::Result<()> {
        let mut held = self.found.clone();
        held.local_modes.remove(self.aside.modes());
        Ok(tcsetattr(&self.device, OptionalActions::Now, &held)?)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Aside {
    fn modes(self) -> LocalModes {
        let lines = LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN;
        match self {
            Aside::Lines => lines,
            Aside::LinesAndSignals => lines | LocalModes::ISIG,
        }
    }
}

/// Characters that a terminal makes signals of; `None` for what is switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalKeys {
    pub interrupt: Option<char>,
    pub suspend: Option<char>,
}

impl SignalKeys {
    /// Those of this terminal, none for what is no terminal.
    pub fn of(device: impl AsFd) -> Self {
        let Ok(modes) = tcgetattr(device) else {
            return SignalKeys::default();
        };
        let key = |index| Some(char::from(modes.special_codes[index])).filter(|key| *key != '\0');
        SignalKeys {
            interrupt: key(SpecialCodeIndex::VINTR),
            suspend: key(SpecialCodeIndex::VSUSP),
        }
    }
}

/// Rows and columns of a window, where they are known.
pub fn window(device: impl AsFd) -> Option<(u16, u16)> {
    let size = tcgetwinsize(device).ok()?;
    Some((size.ws_row, size.ws_col)).filter(|(rows, columns)| *rows > 0 && *columns > 0)
}
