//! The file of a history, where the ways are missing that keep it private and whole: there
//! is none.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

/// Why lines cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(in crate::prompt) enum Trouble {
    #[error("{} cannot be kept private on Windows", .0.display())]
    NotPrivate(PathBuf),
}

/// A file that can be written.
#[derive(Debug)]
pub(super) struct HistoryFile(Infallible);

#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) lines: Vec<String>,
    pub(super) file: Option<HistoryFile>,
}

/// # Errors
/// Always.
pub(super) fn load(path: &Path) -> Result<Loaded, (Vec<String>, Trouble)> {
    Err((Vec::new(), Trouble::NotPrivate(path.to_owned())))
}

impl HistoryFile {
    pub(super) fn append(&self, _: &str) -> Result<(), Trouble> {
        match self.0 {}
    }
}
