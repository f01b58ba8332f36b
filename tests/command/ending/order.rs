//! Of the exit code when several things went wrong: the first in the order of
//! the contract, while stderr tells of all of them.
//!
//! Wrong usage stands alone: nothing has begun then.

use std::fs::File;
use std::time::Duration;

use rustix::process::Signal;

use super::super::support::events::events;
use super::super::support::{Conn, Frame, Gate, Output, Server};
use super::{each_at_once, hear, talk};

const BAD_LINE: &[u8] = b"one\n\xff\n";
const NOT_TEXT: &str = "wstalk: error: stdin, line 2: not valid UTF-8 at byte 1\n";
const FULL: &str = "wstalk: error: cannot write stdout: ";
const UNSENT: &str = "wstalk: error: not everything that was read could be sent: ";

/// A frame with a reserved opcode.
fn illegal() -> Frame {
    Frame::new(3, "")
}

/// All of these begin a line on stderr, and this is the exit code.
#[track_caller]
fn assert_told(output: Output, lines: &[&str], code: i32) {
    let stderr = output.stderr_seen();
    for line in lines {
        let line = line.trim_end();
        assert!(
            stderr.lines().any(|told| told.starts_with(line)),
            "no {line:?} in:\n{stderr}"
        );
    }
    output.code(code);
}

/// A server that hears our Close, says so, and does not answer.
fn deaf_to_the_close() -> (Server, Gate) {
    let closed = Gate::default();
    let seen = closed.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("hello");
        while conn.read_frame().opcode != 8 {}
        seen.open();
        conn.stall(Duration::from_secs(15));
    });
    (server, closed)
}

#[test]
fn a_signal_goes_before_input_that_is_wrong() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let (server, closed) = deaf_to_the_close();
        let mut running = talk(&server).args(["--close-timeout", "20"]).start();
        running.send(BAD_LINE);
        closed.pass("our Close");
        running.signal(signal);
        assert_told(running.finish(), &[NOT_TEXT], code);
        server.finish();
    }
}

#[test]
fn a_signal_goes_before_stdout_that_cannot_be_written() {
    let (server, closed) = deaf_to_the_close();
    let full = File::create("/dev/full").expect("a full device");
    let mut running = talk(&server)
        .args(["--close-timeout", "20"])
        .stdout_to(full)
        .start();
    closed.pass("our Close");
    running.signal(Signal::TERM);
    assert_told(running.finish(), &[FULL], 143);
    server.finish();
}

#[test]
fn a_signal_goes_before_what_could_not_be_sent() {
    let heard = Gate::default();
    let came = heard.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.expect_text("one");
        came.open();
        assert_eq!(hear(conn).close, Some(1001));
    });
    let mut running = talk(&server).args(TWO).start();
    heard.pass("the first message");
    running.signal(Signal::INT);
    assert_told(running.finish(), &[UNSENT], 130);
    server.finish();
}

#[test]
fn wrong_input_goes_before_stdout_that_cannot_be_written() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one");
        assert_eq!(conn.expect_close().0, Some(1000));
        // What still comes is to be written.
        conn.text("late").close(1000, "").finish();
    });
    let full = File::create("/dev/full").expect("a full device");
    let output = talk(&server).stdin(BAD_LINE).stdout_to(full).run();
    assert_told(output, &[NOT_TEXT, FULL], 65);
    server.finish();
}

#[test]
fn wrong_input_goes_before_what_the_connection_came_to() {
    type Script = fn(&mut Conn<'_>);
    let breaks: Script = |conn| {
        conn.upgrade();
        conn.expect_text("one").expect_close();
        conn.send(&illegal()).finish();
    };
    let stays: Script = |conn| {
        conn.upgrade();
        conn.expect_text("one").expect_close();
        conn.stall(Duration::from_secs(15));
    };
    for (options, script, told) in [
        (
            &[][..],
            breaks,
            "wstalk: error: the server broke the protocol: ",
        ),
        (
            &["-m", "0.5", "--close-timeout", "20"],
            stays,
            "wstalk: error: the whole run took longer than 0.5 s",
        ),
    ] {
        let server = Server::accept(script);
        let output = talk(&server).args(options).stdin(BAD_LINE).run();
        assert_told(output, &[NOT_TEXT, told], 65);
        server.finish();
    }
}

#[test]
fn stdin_that_cannot_be_read_goes_before_what_the_connection_came_to() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_close();
        conn.send(&illegal()).finish();
    });
    let folder = File::open("/").expect("a folder");
    let output = talk(&server).stdin_from(folder).run();
    let told = [
        "wstalk: error: cannot read stdin: ",
        "wstalk: error: the server broke the protocol: ",
    ];
    assert_told(output, &told, 26);
    server.finish();
}

#[test]
fn stdout_that_cannot_be_written_goes_before_the_servers_1011() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.raw([Frame::text("x").bytes(), Frame::close(1011, "").bytes()].concat());
        conn.expect_close();
        conn.finish();
    });
    let full = File::create("/dev/full").expect("a full device");
    let output = talk(&server).stdin_stays_open().stdout_to(full).run();
    assert_told(output, &[FULL], 23);
    server.finish();
}

#[test]
fn a_reader_that_went_away_is_no_error_before_the_servers_1011_either() {
    let gate = Gate::default();
    let gone = gate.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("x");
        gone.pass("a reader that has gone");
        // Its Close may be on its way already.
        drop(conn.try_raw(Frame::close(1011, "").bytes()));
        hear(conn);
    });
    let mut running = talk(&server).start();
    running.wait_stdout("x\n").close_stdout();
    gate.open();
    let output = running.finish();
    let code = output.exit_code();
    // Who left first is not for us to say.
    assert!(matches!(code, Some(0 | 69)), "{code:?}");
    server.finish();
}

/// A server that reads nothing but the handshake, until `end`.
fn full_way(end: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> (Server, Gate) {
    let gate = Gate::default();
    let full = gate.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        full.pass("a full way");
        end(conn);
    });
    (server, gate)
}

#[test]
fn what_the_connection_came_to_goes_before_what_could_not_be_sent() {
    type Script = fn(&mut Conn<'_>);
    let lines = ("x".repeat(65535) + "\n").repeat(400);
    let stays: Script = |conn| conn.stall(Duration::from_secs(15));
    let cases: [(&'static [&str], Script, &str, i32); 5] = [
        (
            &["--close-timeout", "0.5"],
            |conn| conn.close(4000, "").stall(Duration::from_secs(15)),
            "wstalk: error: the server closed the connection with 4000",
            69,
        ),
        (
            &[],
            |conn| conn.reset(),
            "wstalk: error: the connection was lost: ",
            56,
        ),
        (
            &["--close-timeout", "0.5"],
            |conn| conn.send(&illegal()).stall(Duration::from_secs(15)),
            "wstalk: error: the server broke the protocol: ",
            76,
        ),
        (
            &["-m", "4"],
            stays,
            "wstalk: error: the whole run took longer than 4 s",
            28,
        ),
        (
            &["--ping-interval", "0.3", "--ping-timeout", "0.5"],
            stays,
            "wstalk: error: the answer to a ping took longer than 0.5 s",
            28,
        ),
    ];
    each_at_once(cases.into(), move |(options, end, told, code)| {
        let (server, gate) = full_way(end);
        let mut running = talk(&server).args(options).start();
        let taken = running.offer_within(Duration::from_millis(800), &lines);
        assert!(taken < lines.len(), "nothing held stdin back");
        gate.open();
        assert_told(running.finish(), &[told, UNSENT], code);
        server.finish();
    });
}

/// Says hello, and closes with 1000 before `two` is sent.
fn closes_early() -> Server {
    Server::accept(|conn| {
        conn.upgrade();
        conn.text("hello").expect_text("one");
        conn.close(1000, "").expect_close();
        conn.finish();
    })
}

const TWO: [&str; 6] = ["-x", "one", "-x", "/wait 20", "-x", "two"];

#[test]
fn what_could_not_be_sent_goes_before_what_did_not_come() {
    for options in [&["-N", "2"][..], &["--until", "x"], &["-w", "9", "-N", "2"]] {
        let server = closes_early();
        let output = talk(&server).args(TWO).args(options).run();
        assert_told(output, &[UNSENT], 55);
        server.finish();
    }
}

#[test]
fn what_was_wanted_and_came_forgives_what_could_not_be_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("hello");
        hear(conn);
    });
    let output = talk(&server).args(TWO).arg("-1").run();
    output.stdout("hello\n").stderr("").code(0);
    server.finish();
}

#[test]
fn the_last_event_has_the_exit_code_of_the_run() {
    let server = closes_early();
    let output = talk(&server)
        .args(TWO)
        .args(["-N", "2", "--output", "json"])
        .run();
    let events = events(output.stdout_seen());
    let end = events.last().expect("an end");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &55.into()));
    output.code(55);
    server.finish();
}
