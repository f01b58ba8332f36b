//! A terminal as Unix has it.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpgrp, kill_current_process_group};
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, isatty, tcgetattr,
    tcgetpgrp, tcgetwinsize, tcsetattr,
};

use super::{Aside, SignalKeys, Window};

/// The terminal of the process, whatever its streams are.
const DEVICE: &str = "/dev/tty";
/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// A paste of which nothing more comes for so long is over.
const PASTE_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};
/// Longer than this no rest of a paste is thrown away.
const PASTE_TIME: Duration = Duration::from_secs(10);

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
            None => open(DEVICE.into()).ok()?.into(),
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

/// The size of a terminal's window now; 24 rows of 80 columns where nobody knows.
pub fn window(terminal: impl AsFd) -> Window {
    let Ok(size) = tcgetwinsize(terminal) else {
        return Window::default();
    };
    Window::of(size.ws_row, size.ws_col)
}

/// Whether the terminal of that name takes no more than lines.
pub fn is_dumb(term: Option<&OsStr>) -> bool {
    term.is_none_or(|term| term == "dumb")
}

/// Opens the terminal of the process to read and to write.
///
/// # Errors
/// When it has none.
pub fn open_own() -> io::Result<File> {
    open(own_path())
}

fn open(path: PathBuf) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// By the name of its own, because poll does not know the other one here.
#[cfg(target_vendor = "apple")]
fn own_path() -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let named = |device| rustix::termios::ttyname(device, Vec::new()).ok();
    let name = [stdin(), stdout(), stderr()].into_iter().find_map(named);
    let name = name.map(|name| std::ffi::OsString::from_vec(name.into_bytes()).into());
    name.unwrap_or_else(|| DEVICE.into())
}

#[cfg(not(target_vendor = "apple"))]
fn own_path() -> PathBuf {
    DEVICE.into()
}

/// Stops the process and those it was started with, until somebody lets them go on: as
/// the key does by itself, so a group that nobody would wake goes on at once.
pub fn stop_group() {
    let _ = kill_current_process_group(Signal::TSTP);
}

/// Reads the rest of a paste over: it must not count as typed.
pub fn drop_paste() {
    let until = Instant::now() + PASTE_TIME;
    let mut seen = Vec::new();
    let mut bytes = [0; 4096];
    while Instant::now() < until {
        let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
        if !matches!(poll(&mut fds, Some(&PASTE_PAUSE)), Ok(1..)) {
            return;
        }
        let Ok(count @ 1..) = rustix::io::read(stdin(), &mut bytes) else {
            return;
        };
        seen.extend_from_slice(&bytes[..count]);
        if seen
            .windows(PASTE_END.len())
            .any(|window| window == PASTE_END)
        {
            return;
        }
        let over = seen.len().saturating_sub(PASTE_END.len());
        seen.drain(..over);
    }
}
