//! Of an end that is slower than the others, where messages are held whole or
//! told as events: it is waited for, in bounded memory. Linux tells the memory.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::events::{events, recording};
use super::super::support::{Frame, Gate, Server, frame::opcode, standstill, wstalk};
use super::talk;

/// The most that may be resident where small messages are streamed.
const MEMORY: u64 = 24 * 1024 * 1024;

const MESSAGE: usize = 16 * 1024;
const MESSAGES: usize = 2048;

/// A server that says much and counts how much it was let.
fn floods() -> (Server, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&count);
    let server = Server::accept(move |conn| {
        conn.upgrade();
        let message = "x".repeat(MESSAGE);
        for n in 0..MESSAGES {
            conn.text(&message);
            sent.store(n + 1, Ordering::Release);
        }
        conn.close(1000, "");
        conn.swallow();
    });
    (server, count)
}

#[test]
fn a_reader_that_stands_still_holds_the_server_back_in_every_format() {
    for format in ["json", "notation", "nul"] {
        let (server, count) = floods();
        let mut running = talk(&server)
            .args(["--output", format])
            .stdout_unread()
            .start();
        let held = standstill(&count);
        assert!(held < MESSAGES, "{format}: nothing held the server back");
        let stuck = running.peak_memory();
        assert!(stuck < MEMORY, "{format}: {stuck}");
        running.read_stdout().wait_stdout_length(MESSAGES * MESSAGE);
        let output = running.finish();
        if format == "json" {
            let found = events(output.stdout_seen());
            let messages = found.iter().filter(|event| event["event"] == "message");
            assert_eq!(messages.count(), MESSAGES);
        }
        output.stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_reader_of_events_that_stands_still_holds_stdin_back_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.swallow();
    });
    let mut running = talk(&server)
        .args(["--json", "-m", "10"])
        .stdout_unread()
        .start();
    let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(MESSAGE));
    let lines = line.repeat(MESSAGES);
    let taken = running.send_within(Duration::from_millis(1500), &lines);
    // The server takes everything: what is not read is what is told of it.
    assert!(taken < lines.len() / 2, "nothing held stdin back: {taken}");
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{memory}");
    drop(running);
    drop(server);
}

#[test]
fn a_server_that_does_not_read_holds_stdin_back_in_every_format() {
    for (format, line) in [
        (
            "json",
            format!("{{\"text\":\"{}\"}}\n", "x".repeat(MESSAGE)),
        ),
        ("notation", "x".repeat(MESSAGE) + "\n"),
        ("nul", "x".repeat(MESSAGE) + "\0"),
        ("chunks", "x".repeat(MESSAGE) + "\n"),
        ("whole", "x".repeat(MESSAGE)),
    ] {
        let gate = Gate::default();
        let read = gate.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            read.pass("the word to read");
            conn.within(Duration::from_secs(20)).swallow();
        });
        let mut running = talk(&server)
            .args(["--input", format, "--no-compression"])
            .start();
        let lines = line.repeat(MESSAGES);
        let taken = running.send_within(Duration::from_millis(400), &lines);
        assert!(taken < lines.len(), "{format}: nothing held stdin back");
        let memory = running.peak_memory();
        assert!(memory < MEMORY, "{format}: {memory}");
        drop(running);
        gate.open();
        server.finish();
    }
}

#[test]
fn much_goes_through_lines_both_ways_in_little_memory() {
    const LINE: usize = 1024 * 1024;
    const LINES: usize = 64;
    let mut echo = wstalk().args(["listen", "--echo", "0"]).start();
    echo.wait_stderr_contains("\n");
    let told = echo.stderr_so_far();
    let url = told
        .trim_end()
        .strip_prefix("listening on ")
        .expect("a URL");
    let mut running = wstalk()
        .args([url, "--no-compression"])
        .within(Duration::from_secs(30))
        .start();
    let line = "x".repeat(LINE - 1) + "\n";
    for _ in 0..LINES {
        running.send(&line);
    }
    running.wait_stdout_length(LINE * LINES);
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{memory}");
    running.close_stdin();
    let output = running.finish();
    assert_eq!(output.stdout_seen().len(), LINE * LINES);
    output.stderr("").code(0);
    echo.signal(Signal::TERM);
    echo.finish().stdout("").code(0);
}

#[test]
fn small_frames_that_become_long_events_do_not_grow_memory() {
    for (case, options, frame) in [
        ("messages", &["--json"][..], Frame::text("")),
        ("pings", &["--json"], Frame::new(opcode::PING, "")),
        (
            "notation",
            &["--output", "notation", "-P"],
            Frame::new(opcode::PONG, "\n"),
        ),
    ] {
        let count = Arc::new(AtomicUsize::new(0));
        let sent = Arc::clone(&count);
        let server = Server::accept(move |conn| {
            conn.upgrade();
            let frames = frame.bytes().repeat(10_000);
            while conn.try_raw(&frames).is_ok() {
                sent.fetch_add(frames.len(), Ordering::AcqRel);
            }
        });
        let mut running = talk(&server).args(options).stdout_unread().start();
        standstill(&count);
        let memory = running.peak_memory();
        assert!(memory < MEMORY, "{case}: {memory}");
        running.signal(Signal::KILL);
        assert_eq!(running.finish().exit_code(), None);
        server.finish();
    }
}

#[test]
fn a_reader_that_never_reads_does_not_outlast_the_limit_of_the_run() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let message = Frame::text("x".repeat(MESSAGE)).bytes();
        while conn.try_raw(&message).is_ok() {}
    });
    let (_unread, stdout) = std::io::pipe().expect("a pipe");
    let began = Instant::now();
    let output = talk(&server)
        .args(["--json", "-m", "0.5", "--record", "r"])
        .stdin_stays_open()
        .stdout_to(OwnedFd::from(stdout).into())
        .run();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    let found = recording(output.home().join("r"));
    let end = found.last().expect("events");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &23.into()));
    output.stderr_contains("cannot write stdout: ").code(23);
    server.finish();
}
