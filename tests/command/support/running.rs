//! A command that is running, to talk with.
//!
//! Promises that every wait has the command's limit and fails with what was
//! printed so far, and that the process is gone once this value is: it is
//! killed by its own id and reaped.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, ChildStdin};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::collector::{Allowance, Collector, Waited};
use super::output::{Output, Told, shown};
use super::process;
use super::wait::{Deadline, set_non_blocking, write_until};

/// How long a killed program's last words may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

#[derive(Debug)]
#[must_use = "a conversation ends with .finish()"]
pub struct Running {
    words: Vec<PathBuf>,
    limit: Duration,
    home: Option<TempDir>,
    child: Child,
    exited: Receiver<()>,
    stdin: Option<ChildStdin>,
    stdout: Stream,
    stderr: Stream,
}

/// A stream of the program and how much of it the test has waited for.
#[derive(Debug)]
struct Stream {
    name: &'static str,
    collector: Collector,
    taken: usize,
}

impl Running {
    pub fn new(
        mut child: Child,
        words: Vec<PathBuf>,
        home: TempDir,
        limit: Duration,
        stdout: Allowance,
    ) -> Self {
        let stdin = child.stdin.take();
        Self {
            words,
            limit,
            home: Some(home),
            exited: process::notice_exit(&child),
            stdout: Stream::new("stdout", child.stdout.take().map(OwnedFd::from), stdout),
            stderr: Stream::new(
                "stderr",
                child.stderr.take().map(OwnedFd::from),
                Allowance::Everything,
            ),
            child,
            stdin,
        }
    }

    /// Writes all of stdin from a thread, then closes it. What a program that
    /// ends early did not read is no failure.
    pub fn fed_with(mut self, bytes: Vec<u8>) -> Self {
        let mut stdin = self.stdin.take().expect("a stdin that is a pipe");
        std::thread::spawn(move || drop(stdin.write_all(&bytes)));
        self
    }

    /// Writes to stdin. Panics if the program does not take all of it in time.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref();
        let taken = self.send_within(self.limit, bytes);
        if taken < bytes.len() {
            self.fail(&format!("stdin took {taken} of {} bytes", bytes.len()));
        }
        self
    }

    /// Writes to stdin what the program takes within `limit`, and returns how
    /// many bytes that were: for a program that is held back.
    #[track_caller]
    pub fn send_within(&mut self, limit: Duration, bytes: impl AsRef<[u8]>) -> usize {
        let Some(stdin) = self.stdin.as_mut() else {
            self.fail("stdin is closed or no pipe");
        };
        set_non_blocking(&*stdin);
        match write_until(stdin, bytes.as_ref(), Deadline::after(limit)) {
            Ok(taken) => taken,
            Err(error) => self.fail(&format!("stdin could not be written: {error}")),
        }
    }

    /// The same for a program that may have ended before: then nothing counts
    /// as taken.
    #[track_caller]
    pub fn offer_within(&mut self, limit: Duration, bytes: impl AsRef<[u8]>) -> usize {
        let Some(stdin) = self.stdin.as_mut() else {
            self.fail("stdin is closed or no pipe");
        };
        set_non_blocking(&*stdin);
        match write_until(stdin, bytes.as_ref(), Deadline::after(limit)) {
            Ok(taken) => taken,
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            Err(error) => self.fail(&format!("stdin could not be written: {error}")),
        }
    }

    pub fn close_stdin(&mut self) -> &mut Self {
        self.stdin = None;
        self
    }

    /// Waits until stdout goes on with exactly this, after what was waited for
    /// before. Fails at once on anything else.
    #[track_caller]
    pub fn wait_stdout(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        let result = self.stdout.wait_next(expected.as_ref(), self.limit);
        self.or_fail(result)
    }

    /// The same for stderr.
    #[track_caller]
    pub fn wait_stderr(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        let result = self.stderr.wait_next(expected.as_ref(), self.limit);
        self.or_fail(result)
    }

    /// Waits until this stands anywhere in stdout.
    #[track_caller]
    pub fn wait_stdout_contains(&mut self, expected: &str) -> &mut Self {
        let result = self.stdout.wait_anywhere(expected, self.limit);
        self.or_fail(result)
    }

    /// Waits until this stands anywhere in stderr.
    #[track_caller]
    pub fn wait_stderr_contains(&mut self, expected: &str) -> &mut Self {
        let result = self.stderr.wait_anywhere(expected, self.limit);
        self.or_fail(result)
    }

    /// Waits until so many bytes of stdout have been read, since the start.
    #[track_caller]
    pub fn wait_stdout_length(&mut self, length: usize) -> &mut Self {
        let result = self.stdout.wait_length(length, self.limit);
        self.or_fail(result)
    }

    /// What came on stderr so far: wait for it first.
    #[track_caller]
    pub fn stderr_so_far(&self) -> String {
        match String::from_utf8(self.stderr.collector.bytes()) {
            Ok(text) => text,
            Err(error) => self.fail(&format!("stderr is not UTF-8: {error}")),
        }
    }

    /// The same of stdout.
    #[track_caller]
    pub fn stdout_so_far(&self) -> String {
        match String::from_utf8(self.stdout.collector.bytes()) {
            Ok(text) => text,
            Err(error) => self.fail(&format!("stdout is not UTF-8: {error}")),
        }
    }

    /// Waits until nobody can write to stderr any more; false if that did not
    /// come in time. A program that has ended has let go of it.
    pub fn stderr_ends_within(&self, limit: Duration) -> bool {
        self.stderr.collector.wait_end(Deadline::after(limit))
    }

    /// Ends the standstill of [`super::Command::stdout_unread`].
    pub fn read_stdout(&mut self) -> &mut Self {
        self.stdout.collector.allow(Allowance::Everything);
        self
    }

    /// Lets so many more bytes of stdout be read, and not one beyond.
    pub fn read_stdout_bytes(&mut self, count: usize) -> &mut Self {
        self.stdout.collector.allow(Allowance::Bytes(count));
        self
    }

    /// The reader of stdout goes away. It has gone on return.
    #[track_caller]
    pub fn close_stdout(&mut self) -> &mut Self {
        self.stdout.collector.close();
        if !process::wait_unread(&self.child, Deadline::after(self.limit)) {
            self.fail("stdout has another reader");
        }
        self
    }

    /// The process is ours and not reaped before the end, so the id is its own.
    #[track_caller]
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        if let Err(error) = kill_process(Pid::from_child(&self.child), signal) {
            self.fail(&format!("{signal:?} could not be sent: {error}"));
        }
        self
    }

    /// The most memory that was resident so far, in bytes, beside the program's own file.
    /// Linux only.
    #[track_caller]
    pub fn peak_memory(&self) -> u64 {
        match process::peak_memory(&self.child) {
            Some(bytes) => bytes,
            None => self.fail("no VmHWM: the program has ended"),
        }
    }

    /// How often threads of the program that still exist were switched away
    /// from, waiting or not. Linux only.
    #[track_caller]
    pub fn context_switches(&self) -> u64 {
        match process::context_switches(&self.child) {
            Some(count) => count,
            None => self.fail("no context switches: the program has ended"),
        }
    }

    /// The processor time that it has taken. Linux only.
    #[track_caller]
    pub fn processor_time(&self) -> Duration {
        match process::processor_time(self.child.id()) {
            Some(time) => time,
            None => self.fail("no processor time: the program has ended"),
        }
    }

    /// Waits for the program to end, stdin as it is: close it first where the
    /// program waits for that. All of stdout is read now.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        let deadline = Deadline::after(self.limit);
        self.read_stdout();
        if self.exited.recv_timeout(deadline.remaining()).is_err() {
            let problem = format!("the program did not end within {:?}", self.limit);
            self.fail_killing(&problem);
        }
        for stream in [&self.stdout, &self.stderr] {
            if !stream.collector.wait_end(deadline) {
                let name = stream.name;
                self.fail(&format!("the program has ended, but {name} was kept open"));
            }
        }
        let status = self.child.wait().expect("a child to reap");
        let home = self.home.take().expect("a home until the end");
        Output::new(self.told(), status, home)
    }

    fn told(&self) -> Told {
        Told {
            command: self.words.clone(),
            stdout: self.stdout.collector.bytes(),
            stderr: self.stderr.collector.bytes(),
        }
    }

    #[track_caller]
    fn or_fail(&mut self, result: Result<(), String>) -> &mut Self {
        if let Err(problem) = result {
            self.fail(&problem);
        }
        self
    }

    #[track_caller]
    fn fail(&self, problem: &str) -> ! {
        panic!("{}", self.told().report(problem, "still in conversation"));
    }

    #[track_caller]
    fn fail_killing(&mut self, problem: &str) -> ! {
        self.end();
        let deadline = Deadline::after(LAST_WORDS);
        self.stdout.collector.wait_end(deadline);
        self.stderr.collector.wait_end(deadline);
        panic!("{}", self.told().report(problem, "killed by the test"));
    }

    /// Errors say that it has ended already, which is what is wanted.
    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Stream {
    fn new(name: &'static str, fd: Option<OwnedFd>, allowance: Allowance) -> Self {
        let collector = match fd {
            Some(fd) => Collector::start(fd, allowance),
            None => Collector::elsewhere(),
        };
        Self {
            name,
            collector,
            taken: 0,
        }
    }

    fn wait_next(&mut self, expected: &[u8], limit: Duration) -> Result<(), String> {
        let taken = self.taken;
        let differs =
            |bytes: &[u8]| !expected.starts_with(&bytes[..bytes.len().min(expected.len())]);
        let mut wrong = false;
        let waited = self.collector.wait_until(Deadline::after(limit), |bytes| {
            wrong = differs(&bytes[taken..]);
            wrong || bytes.len() - taken >= expected.len()
        });
        if waited == Waited::Fulfilled && !wrong {
            self.taken += expected.len();
            return Ok(());
        }
        let why = if wrong {
            "something else came"
        } else {
            reason(waited)
        };
        let (name, expected) = (self.name, shown(expected));
        Err(format!(
            "waiting for {name} to go on after {taken} bytes: {why}; expected:\n{expected}"
        ))
    }

    fn wait_anywhere(&self, expected: &str, limit: Duration) -> Result<(), String> {
        let finder = memchr::memmem::Finder::new(expected);
        let waited = self
            .collector
            .wait_until(Deadline::after(limit), |bytes| finder.find(bytes).is_some());
        self.fulfilled(waited, &format!("{expected:?}"))
    }

    fn wait_length(&self, length: usize, limit: Duration) -> Result<(), String> {
        let waited = self
            .collector
            .wait_until(Deadline::after(limit), |bytes| bytes.len() >= length);
        self.fulfilled(waited, &format!("{length} bytes"))
    }

    fn fulfilled(&self, waited: Waited, expected: &str) -> Result<(), String> {
        match waited {
            Waited::Fulfilled => Ok(()),
            _ => Err(format!(
                "waiting for {expected} in {}: {}",
                self.name,
                reason(waited)
            )),
        }
    }
}

fn reason(waited: Waited) -> &'static str {
    match waited {
        Waited::Fulfilled => "it came",
        Waited::Ended => "the stream ended",
        Waited::TimedOut => "the time limit passed",
    }
}
