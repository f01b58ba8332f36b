//! The files that a transcript may send: those beside it and below.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Action, Error};
use crate::message::{Kind, Message};
use crate::script;

/// Where files may be, and how large.
#[derive(Clone, Debug)]
pub struct Files {
    /// What paths are relative to.
    pub folder: PathBuf,
    /// They may not be anywhere but below; links are followed first.
    pub root: PathBuf,
    /// In bytes.
    pub largest: u64,
}

impl Files {
    /// A file as a message.
    ///
    /// # Errors
    /// `Input` when it is somewhere else, is no regular file, is too large or not what it
    /// should be; `Io` when it cannot be read.
    pub fn read(&self, kind: Kind, path: &str) -> Result<Message, Error> {
        self.check(path)?;
        let full = self.folder.join(path);
        script::read_message(kind, &full.to_string_lossy(), self.largest)
    }

    /// Whether a file may be read, and is there.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub fn check(&self, path: &str) -> Result<(), Error> {
        let unreadable = |cause| Error::Io {
            action: Action::Read,
            medium: path.to_owned(),
            cause,
        };
        let wrong = |message: &str, hint: &str| Error::Input {
            place: path.to_owned(),
            message: message.into(),
            hint: hint.into(),
        };
        let found = fs::canonicalize(self.folder.join(path)).map_err(unreadable)?;
        let root = fs::canonicalize(&self.root).map_err(unreadable)?;
        if !is_below(&found, &root) {
            return Err(wrong(
                "this file is not in the transcript's folder",
                "--file-root DIR allows another folder",
            ));
        }
        match fs::metadata(&found).map_err(unreadable)?.is_file() {
            true => Ok(()),
            false => Err(wrong("this is no regular file", "")),
        }
    }
}

fn is_below(path: &Path, root: &Path) -> bool {
    path.starts_with(root)
}
