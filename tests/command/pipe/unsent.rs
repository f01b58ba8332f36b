//! Of lines that were read and that the server did not get: exit 55, with counts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::support::{Conn, Frame, Gate, Output, ReceivedFrame, Server, frame::opcode};
use super::talk;

const LINE: usize = 64 * 1024;

/// Whole data messages in what a client sent until it left.
fn whole_messages(mut bytes: &[u8]) -> usize {
    let mut messages = 0;
    while let Some((frame, used)) = ReceivedFrame::parse(bytes) {
        messages += usize::from(frame.fin && frame.opcode <= opcode::BINARY);
        bytes = &bytes[used..];
    }
    messages
}

/// The numbers in what stderr says of messages that did not go out: surely
/// sent, perhaps, and surely not.
#[track_caller]
fn counts(stderr: &str) -> [usize; 3] {
    let line = stderr
        .lines()
        .find(|line| {
            line.starts_with("wstalk: error: not everything that was read could be sent: ")
        })
        .unwrap_or_else(|| panic!("no line tells of what was not sent:\n{stderr}"));
    let words = line.split([' ', ',']);
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    numbers
        .try_into()
        .unwrap_or_else(|_| panic!("not three numbers: {line}"))
}

/// Lines that go nowhere, until `end` ends the connection; the whole messages
/// that the server could still read, and the output.
fn stuck(end: impl Fn(&mut Conn<'_>) -> Vec<u8> + Send + Sync + 'static) -> (usize, usize, Output) {
    let (gate, read) = (Gate::default(), Arc::new(Mutex::new(Vec::new())));
    let (full, rest) = (gate.clone(), Arc::clone(&read));
    let server = Server::accept(move |conn| {
        conn.upgrade();
        full.pass("a full way");
        *rest.lock().expect("a sound lock") = end(conn);
    });
    let mut running = talk(&server).start();
    let line = "x".repeat(LINE - 1) + "\n";
    let lines = line.repeat(500);
    let taken = running.send_within(Duration::from_millis(1500), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    gate.open();
    let output = running.finish();
    server.finish();
    let bytes = read.lock().expect("a sound lock");
    (taken / LINE, whole_messages(&bytes), output)
}

#[test]
fn a_server_that_closes_while_lines_are_unsent_is_told_with_counts() {
    for (code, exit) in [(1000, 55), (1001, 55), (1011, 69)] {
        let (taken, heard, output) = stuck(move |conn| {
            conn.close(code, "");
            conn.read_to_end()
        });
        let [surely, perhaps, not] = counts(output.stderr_seen());
        assert_eq!(surely, 0, "{code}: no pong came");
        assert_eq!(perhaps, heard, "{code}: handed over, and heard");
        assert!(not > 0, "{code}: nothing is unsent");
        assert!(perhaps + not <= taken + 1, "{code}: more than was read");
        output.stdout("").code(exit);
    }
}

#[test]
fn a_connection_that_breaks_while_lines_are_unsent_is_told_with_counts() {
    let (taken, _, output) = stuck(|conn| {
        conn.reset();
        Vec::new()
    });
    let [surely, perhaps, not] = counts(output.stderr_seen());
    assert_eq!(surely, 0, "no pong came");
    assert!(not > 0, "nothing is unsent");
    assert!(perhaps + not <= taken + 1, "more than was read");
    // How the connection ended goes before what that cost.
    output
        .stdout("")
        .stderr_contains("the connection was lost: ")
        .code(56);
}

#[test]
fn what_dash_x_has_not_sent_counts_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one").close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server)
        .args([
            "-x", "one", "-x", "/wait 10", "-x", "two", "-x", "/ping", "-x", "three",
        ])
        .run();
    assert_eq!(counts(output.stderr_seen()), [0, 1, 2]);
    output.stdout("").code(55);
    server.finish();
}

#[test]
fn dash_x_after_a_close_that_came_with_the_answer_is_told() {
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        let answer = head.switching(&[]);
        conn.raw([answer.as_bytes(), &Frame::close(1000, "").bytes()].concat());
        conn.expect_close();
        conn.finish();
    });
    let output = talk(&server).args(["-x", "one", "-x", "two"]).run();
    // Whether they were before the Close was read, depends.
    let [_, sent, unsent] = counts(output.stderr_seen());
    assert_eq!(sent + unsent, 2, "{}", output.stderr_seen());
    output.stdout("").code(55);
    server.finish();
}

#[test]
fn lines_that_were_sent_are_no_loss_when_the_server_closes() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one").expect_text("two");
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).stdin("one\ntwo\n").run();
    output.stdout("").stderr("").code(0);
    server.finish();
}
