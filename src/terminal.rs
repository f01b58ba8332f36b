//! A terminal: its window; its keys, which are all left to us for a while; and how it was
//! found, for the case that nobody gives it back.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::getpgrp;
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, isatty, tcgetattr,
    tcgetpgrp, tcgetwinsize, tcsetattr,
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

/// The terminal of a process as it was at some moment.
pub struct Found {
    device: OwnedFd,
    modes: Termios,
}

impl Found {
    /// As it is now; nothing if there is none.
    pub fn now() -> Option<Self> {
        let ours = [stdin(), stdout(), stderr()];
        let device = match ours.into_iter().find(|device| isatty(device)) {
            Some(device) => device.try_clone_to_owned().ok()?,
            None => {
                let mut options = OpenOptions::new();
                options.read(true).write(true).open("/dev/tty").ok()?.into()
            }
        };
        let modes = tcgetattr(&device).ok()?;
        Some(Found { device, modes })
    }

    /// Whether it is set otherwise now, and ours to set: in the background it is the
    /// shell's.
    pub fn is_changed(&self) -> bool {
        let is_ours = tcgetpgrp(&self.device).is_ok_and(|group| group == getpgrp());
        is_ours && tcgetattr(&self.device).is_ok_and(|now| !is_same(&now, &self.modes))
    }

    /// Sets it as it was.
    pub fn restore(&self) {
        if self.is_changed() {
            // There is nothing to restore on a terminal that has gone.
            let _ = tcsetattr(&self.device, OptionalActions::Now, &self.modes);
        }
    }

    /// To write to.
    pub fn device(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

fn is_same(one: &Termios, other: &Termios) -> bool {
    (one.local_modes, one.input_modes) == (other.local_modes, other.input_modes)
        && (one.output_modes, one.control_modes) == (other.output_modes, other.control_modes)
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
