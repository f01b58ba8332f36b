//! Of an end that is slower than the other: it is waited for, in bounded memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::support::{Frame, Gate, Server, echo_server, frame::opcode, standstill};
use super::talk;

/// The most that may be resident beside the program's own file, whatever is streamed.
const MEMORY: u64 = 8 * 1024 * 1024;

const MESSAGE: usize = 16 * 1024;
const MESSAGES: usize = 4096;

/// The n-th message: its number, then filling.
fn message(n: usize) -> String {
    let mut text = format!("{n} ");
    text.push_str(&"x".repeat(MESSAGE - text.len()));
    text
}

#[test]
fn a_slow_reader_holds_the_server_back_and_gets_everything() {
    let count = Arc::new(AtomicUsize::new(0));
    let sent = Arc::clone(&count);
    let server = Server::accept(move |conn| {
        conn.upgrade();
        for n in 0..MESSAGES {
            conn.text(message(n));
            sent.store(n + 1, Ordering::Release);
        }
        conn.expect_text("done").close(1000, "").expect_close();
        conn.finish();
    });
    let mut running = talk(&server).stdout_unread().start();
    let held = standstill(&count);
    assert!(held < MESSAGES, "nothing held the server back");
    let stuck = running.peak_memory();
    running.read_stdout();
    running.wait_stdout_length(MESSAGES * (MESSAGE + 1));
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{stuck} while stuck, {memory} in all");
    running.send("done\n");
    let output = running.finish();
    let expected: String = (0..MESSAGES).map(|n| message(n) + "\n").collect();
    assert!(
        output.stdout_seen() == expected.as_bytes(),
        "stdout differs"
    );
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_reader_that_takes_a_little_at_a_time_gets_everything() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for n in 0..2000 {
            conn.text(format!("message {n}"));
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let mut running = talk(&server).stdin_stays_open().stdout_unread().start();
    let expected: String = (0..2000).map(|n| format!("message {n}\n")).collect();
    for piece in expected.as_bytes().chunks(97) {
        running.read_stdout_bytes(piece.len()).wait_stdout(piece);
    }
    running.finish().stdout(&expected).stderr("").code(0);
    server.finish();
}

/// A server that reads nothing until the gate opens, then everything, and
/// counts bytes and messages; it closes after `messages`.
fn late_reader(gate: &Gate, messages: usize) -> (Server, Arc<AtomicUsize>) {
    let bytes = Arc::new(AtomicUsize::new(0));
    let (gate, heard) = (gate.clone(), Arc::clone(&bytes));
    let server = Server::accept(move |conn| {
        conn.upgrade();
        gate.pass("the word to read");
        for n in 0..messages {
            let (kind, payload) = conn.read_message();
            let expected = message(n);
            assert_eq!(kind, opcode::TEXT);
            assert!(payload == expected.as_bytes(), "message {n} differs");
            heard.fetch_add(payload.len(), Ordering::AcqRel);
        }
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    (server, bytes)
}

#[test]
fn a_server_that_does_not_read_holds_stdin_back_and_gets_everything() {
    let gate = Gate::default();
    let (server, heard) = late_reader(&gate, MESSAGES);
    let mut running = talk(&server).arg("-E").start();
    let stdin: String = (0..MESSAGES).map(|n| message(n) + "\n").collect();
    let taken = running.send_within(Duration::from_millis(1500), &stdin);
    assert!(taken < stdin.len(), "nothing held stdin back");
    assert_eq!(heard.load(Ordering::Acquire), 0);
    let stuck = running.peak_memory();
    gate.open();
    running.send(&stdin[taken..]);
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{stuck} while stuck, {memory} in all");
    running.close_stdin();
    running.finish().stdout("").stderr("").code(0);
    server.finish();
    assert_eq!(heard.load(Ordering::Acquire), MESSAGES * MESSAGE);
}

#[test]
fn one_endless_line_does_not_grow_memory() {
    const LENGTH: usize = 64 * 1024 * 1024;
    let heard = Arc::new(AtomicUsize::new(0));
    let bytes = Arc::clone(&heard);
    let done = Gate::default();
    let all = done.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        loop {
            let frame = conn.read_frame();
            assert!(frame.payload.len() <= 1024 * 1024, "a large fragment");
            bytes.fetch_add(frame.payload.len(), Ordering::AcqRel);
            if frame.fin {
                break;
            }
        }
        all.open();
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut running = talk(&server).arg("-E").start();
    let part = "x".repeat(1024 * 1024);
    for _ in 0..LENGTH / part.len() {
        running.send(&part);
    }
    running.send("\n");
    done.pass("the end of the line");
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{memory}");
    running.close_stdin();
    running.finish().stdout("").stderr("").code(0);
    server.finish();
    assert_eq!(heard.load(Ordering::Acquire), LENGTH);
}

#[test]
fn one_endless_message_does_not_grow_memory() {
    const LENGTH: usize = 64 * 1024 * 1024;
    let server = Server::accept(|conn| {
        conn.upgrade();
        // The header says its length before a byte has come.
        conn.send(&Frame::text("x").claiming(LENGTH as u64));
        let part = "x".repeat(1024 * 1024);
        for _ in 1..LENGTH / part.len() {
            conn.raw(&part);
        }
        conn.raw(&part[1..]);
        conn.expect_text("done").close(1000, "").expect_close();
        conn.finish();
    });
    let mut running = talk(&server).start();
    running.wait_stdout_length(LENGTH + 1);
    let memory = running.peak_memory();
    assert!(memory < MEMORY, "{memory}");
    running.send("done\n");
    let output = running.finish();
    assert_eq!(output.stdout_seen().len(), LENGTH + 1);
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn both_directions_flood_at_once() {
    let server = echo_server();
    let count = 40_000;
    let lines: String = (0..count)
        .map(|n| format!("{n} {}\n", "y".repeat(n % 700)))
        .collect();
    let mut running = talk(&server)
        .args(["-N", &count.to_string()])
        .stdin(&lines)
        .stdout_unread()
        .start();
    // The reader begins when everything between it and stdin is full.
    running.read_stdout_bytes(1).wait_stdout("0");
    running.read_stdout().wait_stdout_length(lines.len());
    let output = running.finish();
    assert!(output.stdout_seen() == lines.as_bytes(), "the echo differs");
    output.stderr("").code(0);
}
