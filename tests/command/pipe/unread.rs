//! Of readers that stop reading: stderr under `-vv`, and the stdout of an echo.

#[cfg(target_os = "linux")]
use std::io::{Seek, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::super::support::frame::opcode;
use super::super::support::{Conn, Frame, Server};

/// The program with pipes that nobody reads unless a test does.
struct Unread {
    child: Child,
    /// Kept open: a reader that has gone is another case.
    _stderr: Option<ChildStderr>,
    stdout: Option<ChildStdout>,
}

impl Unread {
    fn start(server: &Server, options: &[&str]) -> Self {
        Self::start_with(server, options, Stdio::null())
    }

    fn start_with(server: &Server, options: &[&str], stdin: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wstalk"))
            .env_clear()
            .arg(server.url())
            .args(options)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self {
            _stderr: child.stderr.take(),
            stdout: child.stdout.take(),
            child,
        }
    }

    /// Its end, which must come within this time.
    #[track_caller]
    fn ends_within(&mut self, limit: Duration) -> ExitStatus {
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the program did not end within {limit:?}");
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        // It has ended, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says this until the client has gone or takes nothing for some seconds.
fn floods(conn: &mut Conn<'_>, frame: &Frame) {
    let bytes = frame.bytes().repeat(1000);
    while conn.try_raw(&bytes).is_ok() {}
}

#[test]
fn a_stderr_that_nobody_reads_does_not_outlast_the_limit_of_the_run() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        floods(conn, &Frame::new(opcode::PONG, "x".repeat(100)));
    });
    let mut unread = Unread::start(&server, &["-vv", "-m", "1", "--linger", "-1"]);
    let status = unread.ends_within(Duration::from_secs(15));
    assert_eq!(status.code(), Some(28));
    server.finish();
}

#[test]
#[cfg(target_os = "linux")]
fn a_stderr_that_nobody_reads_holds_stdin_back() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.swallow();
    });
    let mut lines = tempfile::tempfile().expect("a file");
    let text = "a short line\n".repeat(1_000_000);
    lines.write_all(text.as_bytes()).expect("a file with room");
    lines.rewind().expect("a file");
    let mut unread = Unread::start_with(&server, &["-vv", "-m", "2"], lines.into());
    let status = format!("/proc/{}/status", unread.child.id());
    let mut peak = 0;
    while unread.child.try_wait().expect("a child of ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!((1..40 * 1024).contains(&peak), "{peak} KiB");
    assert_eq!(unread.ends_within(Duration::from_secs(1)).code(), Some(28));
    server.finish();
}

#[test]
fn an_echo_whose_reader_has_gone_ends_though_the_server_does_not_read() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        floods(conn, &Frame::text("x".repeat(100)));
    });
    let options = ["--echo", "--output", "lines", "--close-timeout", "1"];
    let mut unread = Unread::start(&server, &options);
    // What is to be there when the reader goes: a client that waits for room
    // on both sides.
    std::thread::sleep(Duration::from_secs(1));
    unread.stdout = None;
    let status = unread.ends_within(Duration::from_secs(10));
    assert_eq!(status.code(), Some(0));
    server.finish();
}
