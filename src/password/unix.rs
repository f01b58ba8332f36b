//! The terminal to ask on, as Unix has it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use crate::engine::Pollable;
use crate::terminal::{Aside, Held, open_own};

/// Left as it was found when it is dropped.
pub(super) struct Device {
    file: File,
    _held: Held,
}

impl Device {
    pub(super) const NAME: &str = "/dev/tty";

    /// # Errors
    /// When there is no terminal.
    pub(super) fn hold() -> io::Result<Self> {
        let file = open_own()?;
        let _held = Held::begin(&file, Aside::LinesAndSignals)?;
        Ok(Device { file, _held })
    }

    /// # Errors
    /// The system's.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())
    }

    /// To wait for.
    pub(super) fn pollable(&self) -> Pollable<'_> {
        self.file.as_fd()
    }

    /// What was typed next, or nothing at the end. No more than this: what follows Enter
    /// is somebody else's.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        let count = self.file.read(&mut byte)?;
        Ok((count > 0).then_some(byte[0]))
    }
}
