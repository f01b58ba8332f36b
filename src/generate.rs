//! The completions of shells, and the manual.
//!
//! Both are made from the command line's description by a test and kept in the repository
//! (`completions/`, `docs/wstalk.1`); the program carries them compressed by `build.rs`, and
//! nothing of what makes them.

use std::io::{self, Write};

use flate2::read::DeflateDecoder;

use crate::cli::Shell;

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Completions(Shell),
    Manual,
}

impl Page {
    fn compressed(self) -> &'static [u8] {
        match self {
            Page::Completions(Shell::Bash) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/wstalk.bash"))
            }
            Page::Completions(Shell::Zsh) => include_bytes!(concat!(env!("OUT_DIR"), "/_wstalk")),
            Page::Completions(Shell::Fish) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/wstalk.fish"))
            }
            Page::Completions(Shell::PowerShell) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/_wstalk.ps1"))
            }
            Page::Completions(Shell::Elvish) => {
                include_bytes!(concat!(env!("OUT_DIR"), "/wstalk.elv"))
            }
            Page::Manual => include_bytes!(concat!(env!("OUT_DIR"), "/wstalk.1")),
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// Where the stream cannot be written.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        io::copy(&mut DeflateDecoder::new(self.compressed()), out)?;
        out.flush()
    }
}
