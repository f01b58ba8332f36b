//! The terminal to ask on, as Windows has it: stdin and stderr, if they are consoles.
//!
//! A console gathers the line, and Ctrl-C is a signal meanwhile. A thread reads one line
//! and no more, because what follows Enter is somebody else's.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crate::engine::{Feed, Pollable};
use crate::terminal::Held;

/// Left as it was found when it is dropped.
pub(super) struct Device {
    line: Feed,
    _held: Held,
}

impl Device {
    pub(super) const NAME: &str = "the console";

    /// # Errors
    /// When there is no console.
    pub(super) fn hold() -> io::Result<Self> {
        if !io::stderr().is_terminal() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let _held = Held::unseen()?;
        let line = Feed::start(Line::default())?;
        Ok(Device { line, _held })
    }

    /// # Errors
    /// The system's.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        let mut stderr = io::stderr();
        stderr.write_all(text.as_bytes())
    }

    /// To wait for.
    pub(super) fn pollable(&self) -> Pollable<'_> {
        self.line.pollable()
    }

    /// What was typed next, or nothing at the end.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        let count = self.line.read(&mut byte)?;
        Ok((count > 0).then_some(byte[0]))
    }
}

/// One line of stdin.
#[derive(Default)]
struct Line {
    text: Option<io::Cursor<Vec<u8>>>,
}

impl Read for Line {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.text.is_none() {
            let mut text = Vec::new();
            io::stdin().lock().read_until(b'\n', &mut text)?;
            self.text = Some(io::Cursor::new(text));
        }
        self.text.as_mut().map_or(Ok(0), |text| text.read(room))
    }
}
