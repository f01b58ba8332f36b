//! What a command that has ended left behind, and the exact assertions on it.
//!
//! Promises that a failed assertion shows the command line, both streams and
//! how it ended, and that no exit code goes unchecked.

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tempfile::TempDir;

/// Longer streams are cut in the middle when shown.
const SHOWN: usize = 8 * 1024;

/// A command that has ended. Its code must be checked with [`Output::code`]
/// or read with [`Output::exit_code`]; dropping it unchecked panics.
#[derive(Debug)]
pub struct Output {
    told: Told,
    status: ExitStatus,
    home: TempDir,
    code_checked: Cell<bool>,
}

impl Output {
    pub fn new(told: Told, status: ExitStatus, home: TempDir) -> Self {
        Self {
            told,
            status,
            home,
            code_checked: Cell::new(false),
        }
    }

    #[track_caller]
    pub fn stdout(self, expected: &str) -> Self {
        self.stdout_bytes(expected.as_bytes())
    }

    #[track_caller]
    pub fn stdout_bytes(self, expected: impl AsRef<[u8]>) -> Self {
        self.check_stream("stdout", &self.told.stdout, expected.as_ref());
        self
    }

    #[track_caller]
    pub fn stderr(self, expected: &str) -> Self {
        self.check_stream("stderr", &self.told.stderr, expected.as_bytes());
        self
    }

    #[track_caller]
    pub fn stderr_contains(self, expected: &str) -> Self {
        if memchr::memmem::find(&self.told.stderr, expected.as_bytes()).is_none() {
            self.fail(&format!("stderr does not contain {expected:?}"));
        }
        self
    }

    #[track_caller]
    pub fn stderr_first_line(self, expected: &str) -> Self {
        let first = self.stderr_seen().lines().next().unwrap_or_default();
        if first != expected {
            self.fail(&format!("the first line of stderr is not {expected:?}"));
        }
        self
    }

    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        self.code_checked.set(true);
        if self.status.code() != Some(expected) {
            self.fail(&format!("the exit code is not {expected}"));
        }
        self
    }

    /// All of stdout, for assertions that are not exact.
    pub fn stdout_seen(&self) -> &[u8] {
        &self.told.stdout
    }

    /// All of stderr. Panics if it is not UTF-8.
    #[track_caller]
    pub fn stderr_seen(&self) -> &str {
        match std::str::from_utf8(&self.told.stderr) {
            Ok(text) => text,
            Err(error) => self.fail(&format!("stderr is not UTF-8: {error}")),
        }
    }

    /// The exit code, None if a signal ended the program; counts as checked.
    pub fn exit_code(&self) -> Option<i32> {
        self.code_checked.set(true);
        self.status.code()
    }

    /// The home directory that the command had: there while this value lives.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    #[track_caller]
    fn check_stream(&self, name: &str, seen: &[u8], expected: &[u8]) {
        if seen != expected {
            let expected = shown(expected);
            self.fail(&format!("{name} differs; expected:\n{expected}"));
        }
    }

    #[track_caller]
    fn fail(&self, problem: &str) -> ! {
        let ended = self.status.to_string();
        panic!("{}", self.told.report(problem, &ended));
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.code_checked.get() && !std::thread::panicking() {
            self.fail("nobody checked the exit code: end with .code(n)");
        }
    }
}

/// What a command was called with and what it has printed.
#[derive(Clone, Debug)]
pub struct Told {
    pub command: Vec<PathBuf>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Told {
    /// The text of a failure: the problem, then everything there is to know.
    pub fn report(&self, problem: &str, ended: &str) -> String {
        let words: Vec<String> = self.command.iter().map(|word| quoted(word)).collect();
        format!(
            "{problem}\ncommand: {}\nended: {ended}\nstdout:\n{}stderr:\n{}",
            words.join(" "),
            shown(&self.stdout),
            shown(&self.stderr),
        )
    }
}

/// Bytes for a person: one row a line, everything unusual escaped, an absent
/// final newline visible by the absence of `\n`.
pub fn shown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "  (nothing)\n".to_owned();
    }
    if bytes.len() > SHOWN {
        let (head, tail) = (&bytes[..SHOWN / 2], &bytes[bytes.len() - SHOWN / 2..]);
        let cut = bytes.len() - SHOWN;
        return format!("{}  ... {cut} bytes ...\n{}", rows(head), rows(tail));
    }
    rows(bytes)
}

fn rows(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let escaped = escape(line);
        writeln!(text, "  | {escaped}").expect("a string takes everything");
    }
    text
}

fn escape(line: &[u8]) -> String {
    let mut text = String::new();
    for chunk in line.utf8_chunks() {
        text.extend(chunk.valid().chars().flat_map(visible));
        text.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    text
}

/// Quotes stay as they are: JSON is to be read, not to be pasted.
fn visible(character: char) -> Vec<char> {
    match character {
        '"' | '\'' => vec![character],
        other => other.escape_debug().collect(),
    }
}

fn quoted(word: &Path) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("{text:?}")
}
