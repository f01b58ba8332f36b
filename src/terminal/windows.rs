//! A terminal as Windows has it: a console, with modes of its input and of its output.

use std::ffi::OsStr;
use std::io;
use std::os::windows::io::AsHandle;

use winapi_util::HandleRef;
use winapi_util::console::{mode, set_mode};

use super::{Aside, SignalKeys, Window};

/// Ctrl-C is no key (`ENABLE_PROCESSED_INPUT`).
const SIGNALS: u32 = 0x1;
/// Keys are gathered to lines (`ENABLE_LINE_INPUT`).
const LINES: u32 = 0x2;
/// They are shown (`ENABLE_ECHO_INPUT`).
const ECHO: u32 = 0x4;
/// Escape sequences are understood (`ENABLE_VIRTUAL_TERMINAL_PROCESSING`).
const SEQUENCES: u32 = 0x4;

/// The console's input that does not do this any more, see the module's head. Whoever
/// drops it gives it back as it was found.
pub struct Held {
    found: u32,
    /// What is not done meanwhile.
    aside: u32,
}

impl Held {
    /// Keys that were typed before stay.
    ///
    /// # Errors
    /// When stdin is no console.
    pub fn begin(_stdin: impl AsHandle, without: Aside) -> io::Result<Self> {
        Held::without(match without {
            Aside::Lines => LINES | ECHO,
            Aside::LinesAndSignals => LINES | ECHO | SIGNALS,
        })
    }

    /// Nothing that is typed is shown; it is gathered to lines all the same.
    ///
    /// # Errors
    /// When stdin is no console.
    pub fn unseen() -> io::Result<Self> {
        Held::without(ECHO)
    }

    fn without(aside: u32) -> io::Result<Self> {
        let found = mode(HandleRef::stdin())?;
        let held = Held { found, aside };
        held.raw();
        Ok(held)
    }

    /// Gives the console back as it was found, until [`Held::renew`].
    pub fn give_back(&self) {
        let _ = set_mode(HandleRef::stdin(), self.found);
    }

    /// Holds a console that was given back.
    pub fn renew(&mut self) {
        self.raw();
    }

    /// Leaves each key as it is to who reads.
    pub fn raw(&self) {
        let _ = set_mode(HandleRef::stdin(), self.found & !self.aside);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// The console's input as it was at some moment.
pub struct Found(u32);

impl Found {
    /// As it is now; nothing if stdin is no console.
    pub fn now() -> Option<Self> {
        mode(HandleRef::stdin()).ok().map(Found)
    }

    /// Whether it is set otherwise now.
    pub fn is_changed(&self) -> bool {
        mode(HandleRef::stdin()).is_ok_and(|now| now != self.0)
    }

    /// Sets it as it was.
    pub fn restore(&self) {
        let _ = set_mode(HandleRef::stdin(), self.0);
    }
}

impl SignalKeys {
    /// Those of a console: nothing can be stopped there.
    pub fn of(_stdin: impl AsHandle) -> Self {
        SignalKeys {
            interrupt: Some('\x03'),
            suspend: None,
        }
    }
}

/// The size of a console's window now; 24 rows of 80 columns where nobody knows.
pub fn window(console: impl AsHandle) -> Window {
    let size = terminal_size::terminal_size_of(console);
    size.map_or(Window::default(), |(columns, rows)| {
        Window::of(rows.0, columns.0)
    })
}

/// Whether a console takes no more than lines; those that take more are asked to.
pub fn is_dumb(_: Option<&OsStr>) -> bool {
    let takes = |stream: HandleRef| match mode(&stream) {
        Ok(found) => set_mode(&stream, found | SEQUENCES).is_ok(),
        // No console, so nobody asks.
        Err(_) => true,
    };
    !takes(HandleRef::stdout()) | !takes(HandleRef::stderr())
}

/// Nothing can be stopped here.
pub fn stop_group() {}

/// What is pasted comes as keys here, of which none is left over.
pub fn drop_paste() {}
