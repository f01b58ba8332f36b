//! The file of a history, which several prompts may use at once.
//!
//! A line is written as soon as it is entered, as a whole, at the end. The file is
//! private (0600). It is written only if it is a regular file that is empty or begins
//! as a history does, so that no other file is ever damaged or waited for. A link
//! is followed if its target is the user's own, and never replaced: when rows are
//! thrown out, the target is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::text::{self, HEAD, Rows};
use super::{MAX_BYTES, MAX_LINE, MAX_LINES};
use crate::net::io_cause;
use crate::same_file::is_same_file;

/// Only the end of a larger file is read, in bytes.
const MAX_READ: u64 = 2 * MAX_BYTES as u64;
const PRIVATE: u32 = 0o600;
/// How often, and after what pause, a file that another prompt holds is tried again.
const TRIES: u32 = 1000;
const PAUSE: Duration = Duration::from_millis(2);

/// Why lines cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(in crate::prompt) enum Trouble {
    #[error("{} is no regular file", .0.display())]
    NoFile(PathBuf),
    #[error("{} is no history of wstalk", .0.display())]
    NoHistory(PathBuf),
    #[error("{} is a link to a file of somebody else, or to nothing", .0.display())]
    Link(PathBuf),
    #[error("{}: {}", .path.display(), io_cause(.cause))]
    Io { path: PathBuf, cause: io::Error },
}

/// A file that can be written.
#[derive(Debug)]
pub(super) struct HistoryFile {
    /// Not that of a link.
    path: PathBuf,
}

#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) lines: Vec<String>,
    pub(super) file: Option<HistoryFile>,
}

/// Reads the lines, makes the file if there is none, and throws out what it holds in
/// vain.
///
/// # Errors
/// Why it cannot be written, and the lines, where they could be read.
pub(super) fn load(path: &Path) -> Result<Loaded, (Vec<String>, Trouble)> {
    let path = resolve(path).map_err(|trouble| (Vec::new(), trouble))?;
    let opened = open(&path);
    match opened {
        Ok(mut file) => {
            let locked = lock(&file);
            let rows = read(&mut file).map_err(|cause| (Vec::new(), Trouble::io(&path, cause)))?;
            if locked && rows.has_waste && is_still(&file, &path) {
                // It stays as it is, and is no shorter.
                let _ = replace(&path, &rows.lines);
            }
            Ok(Loaded {
                lines: rows.lines,
                file: Some(HistoryFile { path }),
            })
        }
        Err(trouble) => Err((read_only(&path), trouble)),
    }
}

impl HistoryFile {
    /// Adds a line.
    ///
    /// # Errors
    /// When it could not be written whole.
    pub(super) fn append(&self, line: &str) -> Result<(), Trouble> {
        let path = &self.path;
        for _ in 0..TRIES {
            let file = open(path)?;
            let _locked = lock(&file);
            // Meanwhile another prompt may have put a shorter one in its place.
            if is_still(&file, path) {
                return add(&file, line).map_err(|cause| Trouble::io(path, cause));
            }
        }
        Err(Trouble::io(path, ErrorKind::ResourceBusy.into()))
    }
}

impl Trouble {
    fn io(path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        Trouble::Io { path, cause }
    }
}

/// The file itself, where this is a link; its folder is made.
fn resolve(path: &Path) -> Result<PathBuf, Trouble> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder {
        let mut builder = fs::DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(folder);
        made.map_err(|cause| Trouble::io(path, cause))?;
    }
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    if !is_link {
        return Ok(path.to_owned());
    }
    let own = |found: &fs::Metadata| found.uid() == rustix::process::geteuid().as_raw();
    match fs::canonicalize(path) {
        Ok(target) if fs::metadata(&target).is_ok_and(|found| own(&found)) => Ok(target),
        _ => Err(Trouble::Link(path.to_owned())),
    }
}

/// Opens the file to read it and to add to it, if it is a history.
fn open(path: &Path) -> Result<File, Trouble> {
    // Opening alone may wait, or have effects.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Trouble::NoFile(path.to_owned()));
    }
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(PRIVATE)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(|cause| Trouble::io(path, cause))?;
    let found = file.metadata().map_err(|cause| Trouble::io(path, cause))?;
    if !found.is_file() {
        return Err(Trouble::NoFile(path.to_owned()));
    }
    if !is_history(&file, found.len()) {
        return Err(Trouble::NoHistory(path.to_owned()));
    }
    if found.permissions().mode() & 0o077 != 0 {
        // Somebody else's stays as it is.
        let _ = file.set_permissions(fs::Permissions::from_mode(PRIVATE));
    }
    Ok(file)
}

fn is_history(file: &File, length: u64) -> bool {
    let mut head = Vec::new();
    let read = file.take(HEAD.len() as u64).read_to_end(&mut head);
    read.is_ok() && (length == 0 || head == HEAD.as_bytes())
}

/// The lines of a file that can only be read.
fn read_only(path: &Path) -> Vec<String> {
    // Opening anything else could wait.
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Vec::new();
    }
    let history = File::open(path).ok().filter(|file| is_history(file, 1));
    let rows = history.and_then(|mut file| read(&mut file).ok());
    rows.unwrap_or_default().lines
}

fn read(file: &mut File) -> io::Result<Rows> {
    let length = file.metadata()?.len();
    let head = HEAD.len() as u64;
    let start = length.saturating_sub(MAX_READ).max(head);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    Read::by_ref(file).take(MAX_READ).read_to_end(&mut bytes)?;
    let mut rows = &bytes[..];
    if start > head {
        // The first of them may have lost its beginning.
        let end = rows.iter().position(|byte| *byte == b'\n');
        rows = end.map_or(&[], |end| &rows[end..]);
    }
    let keeps = |line: &str| line.len() <= MAX_LINE;
    let mut rows = text::read(rows, MAX_LINES, MAX_BYTES, keeps);
    rows.has_waste |= start > head;
    Ok(rows)
}

/// Keeps other prompts from writing until the file is closed; whether it could.
fn lock(file: &File) -> bool {
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return true,
            Err(Errno::WOULDBLOCK | Errno::INTR) => thread::sleep(PAUSE),
            // Some network file systems have no locks.
            Err(_) => return false,
        }
    }
    false
}

fn is_still(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(there)) => is_same_file(&open, &there),
        _ => false,
    }
}

fn add(mut file: &File, line: &str) -> io::Result<()> {
    let length = file.metadata()?.len();
    let mut bytes = String::new();
    if length == 0 {
        bytes.push_str(HEAD);
    } else if !ends_with_line_break(file)? {
        // Somebody was killed while writing, or the disk was full.
        bytes.push('\n');
    }
    bytes.push_str(&text::row(line));
    let written = file.write(bytes.as_bytes())?;
    if written < bytes.len() {
        let _ = file.set_len(length);
        return Err(ErrorKind::StorageFull.into());
    }
    Ok(())
}

fn ends_with_line_break(mut file: &File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Puts a file with these lines alone in the place of this one.
fn replace(path: &Path, lines: &[String]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE)
        .open(&beside)?;
    let rows: String = lines.iter().map(|line| text::row(line)).collect();
    let written = file
        .write_all(HEAD.as_bytes())
        .and_then(|()| file.write_all(rows.as_bytes()))
        .and_then(|()| file.sync_data())
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn place() -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("state/history");
        (folder, path)
    }

    fn lines_of(path: &Path) -> Vec<String> {
        load(path).unwrap().lines
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_added_is_there_again_and_private() {
        let (_folder, path) = place();
        let file = load(&path).unwrap().file.unwrap();
        for line in ["one", "two\nlines", "\\n"] {
            file.append(line).unwrap();
        }
        assert_eq!(lines_of(&path), ["one", "two\nlines", "\\n"]);
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }

    #[test]
    fn double_rows_are_thrown_out_when_the_file_is_loaded() {
        let (_folder, path) = place();
        let file = load(&path).unwrap().file.unwrap();
        for line in ["one", "two", "one"] {
            file.append(line).unwrap();
        }
        let inode = fs::metadata(&path).unwrap().ino();
        assert_eq!(lines_of(&path), ["two", "one"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "#V2\ntwo\none\n");
        assert_ne!(fs::metadata(&path).unwrap().ino(), inode);
        assert_eq!(mode(&path), 0o600);
        // Who had loaded it before goes on in the new one.
        file.append("three").unwrap();
        assert_eq!(lines_of(&path), ["two", "one", "three"]);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_torn_row_does_not_take_the_next_with_it() {
        let (_folder, path) = place();
        let file = load(&path).unwrap().file.unwrap();
        fs::write(&path, "#V2\ntorn").unwrap();
        file.append("whole").unwrap();
        assert_eq!(lines_of(&path), ["torn", "whole"]);
        fs::remove_file(&path).unwrap();
        file.append("anew").unwrap();
        assert_eq!(lines_of(&path), ["anew"]);
    }

    #[test]
    fn prompts_that_write_at_once_lose_nothing() {
        let (_folder, path) = place();
        load(&path).unwrap();
        thread::scope(|scope| {
            for writer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    for n in 0..50 {
                        let file = load(path).unwrap().file.unwrap();
                        file.append(&format!("{writer} {n} {}", "x".repeat(500)))
                            .unwrap();
                        file.append("the same").unwrap();
                    }
                });
            }
        });
        let lines = lines_of(&path);
        assert_eq!(lines.len(), 201);
        let whole = |line: &String| line.len() > 500 || line == "the same";
        assert!(lines.iter().all(whole));
    }

    #[test]
    fn what_is_no_history_stays_as_it_is() {
        let (folder, path) = place();
        fs::create_dir(path.parent().unwrap()).unwrap();
        let text = folder.path().join("notes.txt");
        fs::write(&text, "mine\nmine\n").unwrap();
        let binary = folder.path().join("binary");
        fs::write(&binary, [0u8, 255, 10, 255]).unwrap();
        let fifo = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let dangling = folder.path().join("dangling");
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        let inside = text.join("history");
        for (path, word) in [
            (folder.path(), "no regular file"),
            (&text, "no history"),
            (&binary, "no history"),
            (&fifo, "no regular file"),
            (Path::new("/dev/zero"), "no regular file"),
            (&dangling, "link"),
            (&inside, "exists"),
        ] {
            let (lines, trouble) = load(path).unwrap_err();
            assert!(lines.is_empty());
            assert!(trouble.to_string().contains(word), "{trouble}");
        }
        assert_eq!(fs::read(&text).unwrap(), b"mine\nmine\n");
    }

    #[test]
    fn a_link_of_ones_own_is_followed_and_stays() {
        let (folder, path) = place();
        fs::create_dir(path.parent().unwrap()).unwrap();
        let target = folder.path().join("elsewhere");
        fs::write(&target, "#V2\na\na\n").unwrap();
        symlink(&target, &path).unwrap();
        let file = load(&path).unwrap().file.unwrap();
        file.append("b").unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "#V2\na\nb\n");
    }

    #[test]
    fn of_a_huge_file_only_the_end_is_read() {
        let (_folder, path) = place();
        fs::create_dir(path.parent().unwrap()).unwrap();
        let mut file = File::create(&path).unwrap();
        file.write_all(b"#V2\nfirst\n").unwrap();
        file.set_len(1 << 30).unwrap();
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(b"\nlast\n").unwrap();
        assert_eq!(lines_of(&path), ["last"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "#V2\nlast\n");
    }
}
