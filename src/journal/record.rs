//! The file of `--record`: lines, whole ones only.
//!
//! It is created as every file of ours ([`crate::new_file`]). Lines are gathered and
//! written once a turn of the engine. When the disk is full, or fails, the file is cut
//! back to its last whole line, and what follows is dropped: the conversation goes on.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use crate::error::{Action, Error};
use crate::masker::Masker;
use crate::new_file;

/// Lines are written when they come to so many bytes, at the latest.
const BATCH: usize = 64 * 1024;

/// See the module's head.
pub struct Record<F: Medium = File> {
    file: F,
    name: String,
    batch: Vec<u8>,
    /// Bytes of the file up to the end of its last whole line.
    whole: u64,
    broken: bool,
    masker: Arc<Masker>,
    /// What broke it, until it is taken.
    cause: Option<io::Error>,
}

/// Where lines go.
pub trait Medium: Write {
    /// Forgets what is behind the first `length` bytes.
    ///
    /// # Errors
    /// The system's.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Medium for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

impl Record {
    /// Creates the file, for its owner alone.
    ///
    /// # Errors
    /// `Io` when it cannot be created, most of all because it exists.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let file = new_file::create(path)?;
        Ok(Record::on(file, path.display().to_string()))
    }
}

impl<F: Medium> Record<F> {
    fn on(file: F, name: String) -> Self {
        Record {
            file,
            name,
            batch: Vec::new(),
            whole: 0,
            broken: false,
            masker: Arc::default(),
            cause: None,
        }
    }

    /// Secrets are masked in each line.
    #[must_use]
    pub fn masked(mut self, masker: Arc<Masker>) -> Self {
        self.masker = masker;
        self
    }

    /// Adds a line, which ends with a line feed.
    pub fn push(&mut self, line: &[u8]) {
        let masked = match self.masker.is_empty() {
            true => None,
            false => Some(
                self.masker
                    .event(&String::from_utf8_lossy(line))
                    .into_owned(),
            ),
        };
        let line = masked.as_ref().map_or(line, |masked| masked.as_bytes());
        if self.batch.len() + line.len() > BATCH {
            self.flush();
        }
        match line.len() > BATCH {
            true => self.write(line),
            false if !self.broken => self.batch.extend_from_slice(line),
            false => {}
        }
    }

    /// Writes what was added: to be called once a turn, and at the end.
    pub fn flush(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        self.write(&batch);
        batch.clear();
        self.batch = batch;
    }

    /// What went wrong with writing, once: it is to be told at once.
    pub fn take_error(&mut self) -> Option<Error> {
        let cause = self.cause.take()?;
        Some(not_written(self.name.clone(), cause))
    }

    fn write(&mut self, lines: &[u8]) {
        if self.broken || lines.is_empty() {
            return;
        }
        let (written, result) = write_on(&mut self.file, lines);
        let last = memchr::memrchr(b'\n', &lines[..written]);
        self.whole += last.map_or(0, |last| last as u64 + 1);
        if let Err(cause) = result {
            self.broken = true;
            self.cause = Some(cause);
            // A disk that fails here, too, keeps a part of a line.
            let _ = self.file.cut(self.whole);
        }
    }
}

impl<F: Medium> Drop for Record<F> {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Writes until all is written or something fails; how much was.
fn write_on(file: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while written < bytes.len() {
        match file.write(&bytes[written..]) {
            Ok(0) => return (written, Err(ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

fn not_written(name: String, cause: io::Error) -> Error {
    Error::Io {
        action: Action::Write,
        medium: name,
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hint::hint;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::tempdir;

    /// Takes so many bytes, a few at a time, then is full.
    struct Disk {
        room: usize,
        step: usize,
        bytes: Vec<u8>,
        calls: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.calls += 1;
            let count = bytes.len().min(self.step).min(self.room);
            self.room -= count;
            self.bytes.extend_from_slice(&bytes[..count]);
            match count {
                0 => Err(ErrorKind::StorageFull.into()),
                count => Ok(count),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Medium for Disk {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.truncate(length as usize);
            Ok(())
        }
    }

    fn on_disk(room: usize, step: usize) -> Record<Disk> {
        let disk = Disk {
            room,
            step,
            bytes: Vec::new(),
            calls: 0,
        };
        Record::on(disk, "r.jsonl".into())
    }

    #[test]
    fn a_new_file_is_its_owners_alone_and_has_what_was_flushed() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let mut record = Record::create(&path).unwrap();
        record.push(b"one\n");
        assert_eq!(fs::read(&path).unwrap(), b"");
        record.push(b"two\n");
        record.flush();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\n");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(record.take_error().is_none());
    }

    #[test]
    fn what_exists_is_neither_overwritten_nor_reached_through_a_link() {
        let folder = tempdir().unwrap();
        let [file, link, dangling] =
            ["file", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&file, "mine").unwrap();
        symlink(&file, &link).unwrap();
        symlink(folder.path().join("nothing"), &dangling).unwrap();
        for path in [&file, &link, &dangling] {
            let error = Record::create(path).err().expect("it exists");
            assert_eq!(error.exit_code(), 23);
            let told = error.to_string();
            let expected = format!("cannot write {}: file exists", path.display());
            assert_eq!(told, expected);
            let hint = hint(&error, None).unwrap();
            assert!(hint.contains("nothing is ever overwritten"), "{hint}");
        }
        assert_eq!(fs::read(&file).unwrap(), b"mine");
        assert!(!folder.path().join("nothing").exists());
    }

    #[test]
    fn a_full_disk_keeps_whole_lines_and_is_told_of_once() {
        for step in [1, 3, 100] {
            for (room, kept) in [(0, ""), (3, ""), (4, "one\n"), (11, "one\ntwo\n")] {
                let mut record = on_disk(room, step);
                for line in ["one\n", "two\n", "three\n"] {
                    record.push(line.as_bytes());
                }
                record.flush();
                let error = record.take_error().expect("the disk is full");
                assert_eq!(error.to_string(), "cannot write r.jsonl: no storage space");
                assert!(record.take_error().is_none());
                record.file.room = 100;
                record.push(b"four\n");
                record.push(&[b'x'; 2 * BATCH]);
                record.flush();
                assert!(record.take_error().is_none());
                assert_eq!(record.file.bytes, kept.as_bytes());
                assert!(record.batch.is_empty());
            }
        }
    }

    #[test]
    fn little_is_held_back_and_long_lines_are_written_at_once_in_their_order() {
        let mut record = on_disk(usize::MAX, usize::MAX);
        let line = [&[b'a'; 999][..], b"\n"].concat();
        let mut expected = Vec::new();
        for _ in 0..100 {
            record.push(&line);
            expected.extend_from_slice(&line);
            assert!(record.batch.len() <= BATCH);
        }
        assert_eq!(record.file.calls, 1);
        let long = [&[b'b'; BATCH][..], b"\n"].concat();
        record.push(&long);
        record.push(&line);
        record.flush();
        expected.extend_from_slice(&[long, line].concat());
        assert!(record.file.bytes == expected);
        assert_eq!(record.file.calls, 4);
    }
}
