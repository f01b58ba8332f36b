//! A command as a sentence: what is run, with what around it, and how it ends.
//!
//! Promises that the program sees nothing of the environment that the tests
//! run in but `PATH`, has a fresh home and working directory, and that nothing
//! runs longer than its limit.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::collector::Allowance;
use super::output::Output;
use super::running::Running;
use super::terminal::Terminal;

/// Long enough for a busy machine: a test that waits this long has failed.
const LIMIT: Duration = Duration::from_secs(20);

/// The program under test.
pub fn wstalk() -> Command {
    program(env!("CARGO_BIN_EXE_wstalk"))
}

/// Any other program, for what stands beside the one under test.
pub fn program(path: impl AsRef<Path>) -> Command {
    Command {
        words: vec![path.as_ref().to_owned()],
        environment: BTreeMap::new(),
        stdin: Stdin::Default,
        stdout: Stdout::Read(Allowance::Everything),
        limit: LIMIT,
        home: TempDir::new().expect("a home for the command"),
    }
}

#[derive(Debug)]
#[must_use = "a command does nothing until .run(), .start() or .in_terminal()"]
pub struct Command {
    words: Vec<PathBuf>,
    environment: BTreeMap<OsString, OsString>,
    stdin: Stdin,
    stdout: Stdout,
    limit: Duration,
    home: TempDir,
}

#[derive(Debug)]
enum Stdin {
    /// Empty for a run, an open pipe for a conversation.
    Default,
    Bytes(Vec<u8>),
    Closed,
    Empty,
    Open,
    From(File),
}

#[derive(Debug)]
enum Stdout {
    Read(Allowance),
    To(File),
}

impl Command {
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.words.push(PathBuf::from(word.as_ref()));
        self
    }

    pub fn args<W: AsRef<OsStr>>(self, words: impl IntoIterator<Item = W>) -> Self {
        words.into_iter().fold(self, Self::arg)
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let (name, value) = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.environment.insert(name, value);
        self
    }

    /// These bytes, then the end of the file.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Stdin::Bytes(bytes.as_ref().to_owned());
        self
    }

    /// No descriptor 0 at all.
    pub fn stdin_closed(mut self) -> Self {
        self.stdin = Stdin::Closed;
        self
    }

    /// The null device.
    pub fn stdin_empty(mut self) -> Self {
        self.stdin = Stdin::Empty;
        self
    }

    /// A pipe on which nothing comes and which is not closed.
    pub fn stdin_stays_open(mut self) -> Self {
        self.stdin = Stdin::Open;
        self
    }

    pub fn stdin_from(mut self, file: File) -> Self {
        self.stdin = Stdin::From(file);
        self
    }

    /// stdout goes to a file or device; the output's stdout is then empty.
    pub fn stdout_to(mut self, file: File) -> Self {
        self.stdout = Stdout::To(file);
        self
    }

    /// A reader that stands still until [`Running::read_stdout`], or
    /// [`Running::read_stdout_bytes`], or the end.
    pub fn stdout_unread(mut self) -> Self {
        self.stdout = Stdout::Read(Allowance::Bytes(0));
        self
    }

    /// The limit of a run; in a conversation the limit of each wait.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The directory that is `HOME` and the working directory, to put files in
    /// before the start.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs to the end. Panics when that does not come within the limit.
    #[track_caller]
    pub fn run(mut self) -> Output {
        if matches!(self.stdin, Stdin::Default) {
            self.stdin = Stdin::Empty;
        }
        self.start().finish()
    }

    /// Starts a conversation.
    #[track_caller]
    pub fn start(mut self) -> Running {
        let mut command = self.prepared();
        let (stdin, input) = match std::mem::replace(&mut self.stdin, Stdin::Default) {
            Stdin::Bytes(bytes) => (Stdio::piped(), Some(bytes)),
            Stdin::Default | Stdin::Open => (Stdio::piped(), None),
            Stdin::Closed | Stdin::Empty => (Stdio::null(), None),
            Stdin::From(file) => (file.into(), None),
        };
        let (stdout, allowance) = match self.stdout {
            Stdout::Read(allowance) => (Stdio::piped(), allowance),
            Stdout::To(file) => (file.into(), Allowance::Everything),
        };
        command.stdin(stdin).stdout(stdout).stderr(Stdio::piped());
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("cannot start {:?}: {error}", self.words),
        };
        let running = Running::new(child, self.words, self.home, self.limit, allowance);
        match input {
            Some(bytes) => running.fed_with(bytes),
            None => running,
        }
    }

    /// Starts the program in a terminal of this size.
    #[track_caller]
    pub fn in_terminal(self, rows: u16, columns: u16) -> Terminal {
        let environment = self.variables();
        Terminal::start(
            self.words,
            environment,
            self.home,
            self.limit,
            (rows, columns),
        )
    }

    /// The process without its streams.
    fn prepared(&self) -> std::process::Command {
        let mut command = match self.stdin {
            Stdin::Closed => without_stdin(&self.words),
            _ => with_words(&self.words),
        };
        command
            .env_clear()
            .envs(self.variables())
            .current_dir(self.home.path());
        command
    }

    fn variables(&self) -> BTreeMap<OsString, OsString> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut all = BTreeMap::from([
            ("PATH".into(), path),
            ("HOME".into(), self.home.path().as_os_str().to_owned()),
            ("TERM".into(), "xterm-256color".into()),
            ("LANG".into(), "C.UTF-8".into()),
        ]);
        all.extend(self.environment.clone());
        all
    }
}

fn with_words(words: &[PathBuf]) -> std::process::Command {
    let mut command = std::process::Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

/// Only a shell can close the descriptor without unsafe code of ours; it is
/// replaced by the program, which keeps its process id.
fn without_stdin(words: &[PathBuf]) -> std::process::Command {
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", r#"exec "$0" "$@" <&-"#]).args(words);
    command
}
