//! The files that a transcript may send: those beside it and below.
//!
//! A file is looked at, opened, and looked at again: whoever puts a link in its place in
//! between gets nothing from elsewhere sent.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::{Action, Error};
use crate::message::{Kind, Message};
use crate::same_file::is_same_file;
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
        let opened = File::open(&full).map_err(|cause| unreadable(path, cause))?;
        self.check_opened(&opened, path)?;
        script::message_in(opened, kind, &full.to_string_lossy(), self.largest)
    }

    /// Whether a file may be read, and is there.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub fn check(&self, path: &str) -> Result<(), Error> {
        self.find(path).map(drop)
    }

    /// What stands at a path, if it may be read.
    fn find(&self, path: &str) -> Result<fs::Metadata, Error> {
        let unreadable = |cause| unreadable(path, cause);
        let found = fs::canonicalize(self.folder.join(path)).map_err(unreadable)?;
        let root = fs::canonicalize(&self.root).map_err(unreadable)?;
        if !is_below(&found, &root) {
            return Err(wrong(
                path,
                "this file is not in the transcript's folder",
                "--file-root DIR allows another folder",
            ));
        }
        let found = fs::metadata(&found).map_err(unreadable)?;
        match found.is_file() {
            true => Ok(found),
            false => Err(wrong(path, "this is no regular file", "")),
        }
    }

    /// Whether an open file is the one at a path that may be read.
    fn check_opened(&self, opened: &File, path: &str) -> Result<(), Error> {
        let found = self.find(path)?;
        let opened = opened.metadata().map_err(|cause| unreadable(path, cause))?;
        match is_same_file(&found, &opened) {
            true => Ok(()),
            false => Err(wrong(path, "this file changed while it was opened", "")),
        }
    }
}

fn is_below(path: &Path, root: &Path) -> bool {
    path.starts_with(root)
}

fn unreadable(path: &str, cause: std::io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: path.to_owned(),
        cause,
    }
}

fn wrong(path: &str, message: &str, hint: &str) -> Error {
    Error::Input {
        place: path.to_owned(),
        message: message.into(),
        hint: hint.into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn what_was_opened_has_to_be_what_stands_there() {
        let folder = tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("t")).unwrap();
        fs::write(path("t/a"), "mine").unwrap();
        fs::write(path("secret"), "not mine").unwrap();
        let files = Files {
            folder: path("t"),
            root: path("t"),
            largest: 100,
        };
        let own = File::open(path("t/a")).unwrap();
        files.check_opened(&own, "a").unwrap();
        assert_eq!(
            files.read(Kind::Text, "a").unwrap(),
            Message::Text("mine".into())
        );
        // As if a link had stood there just then.
        let other = File::open(path("secret")).unwrap();
        let error = files.check_opened(&other, "a").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a: this file changed while it was opened"
        );
        assert!(files.check_opened(&other, "../secret").is_err());
    }
}
