//! Of more than anybody can hold: nothing grows with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Conn, Frame, Gate, frame::opcode, standstill};
use super::{AT_ONCE, BOTH, Case, Site, Way, abreast, assert_bounded, forever, hold};

/// How long a flood may take, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

const MILLION: usize = 1_000_000;
const MANY: usize = 200_000;

/// Sends this `count` times.
fn times(conn: &mut Conn<'_>, frame: &Frame, count: usize) {
    const BATCH: usize = 10_000;
    let batch = frame.bytes().repeat(BATCH);
    for _ in 0..count / BATCH {
        conn.raw(&batch);
    }
}

/// Closes as it should be done, having sent everything.
fn close(conn: &mut Conn<'_>) {
    conn.close(1000, "");
    assert_eq!(conn.expect_close().0, Some(1000));
    conn.finish();
}

/// Between the first fragment and the last, this `count` times.
fn inside_a_message(name: &str, count: usize, frame: Frame) -> Case {
    Case::upgraded(name, move |conn| {
        conn.send(&Frame::text("a").unfinished());
        times(conn, &frame, count);
        conn.send(&Frame::continuation("z"));
        close(conn);
    })
    .takes(Duration::ZERO, SOON)
}

#[test]
fn a_million_empty_fragments_of_one_message_cost_nothing() {
    let empty = Frame::continuation("").unfinished();
    hold(&[inside_a_message("empty", MILLION, empty).prints("az\n")]);
}

#[test]
fn a_flood_of_small_frames_costs_nothing() {
    let byte = Frame::continuation("b").unfinished();
    let whole = format!("a{}z\n", "b".repeat(MANY));
    let pong = Frame::new(opcode::PONG, "unasked");
    let lines = "\n".repeat(MANY);
    let messages = Case::upgraded("empty messages", |conn| {
        times(conn, &Frame::text(""), MANY);
        close(conn);
    });
    hold(&[
        inside_a_message("fragments of a byte", MANY, byte).prints(whole),
        inside_a_message("pongs", MANY, pong).prints("az\n"),
        messages.prints(lines).takes(Duration::ZERO, SOON),
    ]);
}

/// Runs against a server that sends a letter and, when that was seen, empty
/// fragments of the same message for ever. Nothing comes of them, but the
/// clock and signals must go on.
#[track_caller]
fn assert_ends(way: Way, options: &[&str], signal: Option<Signal>, code: i32) {
    let site = Site::new();
    let seen = Gate::default();
    let go = seen.clone();
    let server = site.upgraded(way, move |conn| {
        conn.send(&Frame::text("a").unfinished());
        go.pass("the letter on stdout");
        let empty = Frame::continuation("").unfinished().bytes();
        forever(conn, empty.repeat(8 * 1024));
    });
    let (command, watch) = site.talk(&server);
    let mut running = command.args(options).within(AT_ONCE).start();
    running.wait_stdout("a");
    seen.open();
    if let Some(signal) = signal {
        running.signal(signal);
    }
    running.finish().stdout("a").code(code);
    assert_bounded(&format!("empty for ever, {way:?}"), watch.peak());
    server.finish();
}

#[test]
fn empty_fragments_without_end_meet_the_limit_of_the_run() {
    abreast(&BOTH, |&way| assert_ends(way, &["-m", "1"], None, 28));
}

#[test]
fn empty_fragments_without_end_do_not_hold_up_a_signal() {
    let options = ["--close-timeout", "0.5"];
    abreast(&BOTH, |&way| {
        assert_ends(way, &options, Some(Signal::TERM), 143);
    });
}

const PINGS: usize = 100_000;

/// Pings that have a number, and are as long as they may be.
fn ping(number: usize) -> Vec<u8> {
    Frame::new(opcode::PING, format!("{number:0125}")).bytes()
}

/// Reads pongs until the last ping has its own; returns how many came.
fn pongs(conn: &mut Conn<'_>) -> usize {
    let mut heard = 0;
    let mut last = None;
    while last != Some(PINGS - 1) {
        let frame = conn.read_frame();
        assert_eq!(frame.opcode, opcode::PONG, "not a pong: {frame:?}");
        let number: usize = frame.text().parse().expect("a number that we sent");
        assert!(last < Some(number), "{number} after {last:?}");
        last = Some(number);
        heard += 1;
    }
    heard
}

#[test]
fn a_flood_of_pings_that_reads_no_pongs_keeps_one() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let server = site.upgraded(way, |conn| {
            for first in (0..PINGS).step_by(1000) {
                let batch: Vec<u8> = (first..first + 1000).flat_map(ping).collect();
                conn.raw(batch);
            }
            let heard = pongs(conn);
            assert!(heard < PINGS, "nothing held the pongs back");
            close(conn);
        });
        let (command, watch) = site.talk(&server);
        command.within(SOON).run().stdout("").stderr("").code(0);
        assert_bounded(&format!("pings, {way:?}"), watch.peak());
        server.finish();
    });
}

/// More than the system's buffers hold.
const MESSAGES: usize = 300_000;

/// A message with its number.
fn numbered(number: usize) -> String {
    format!("{number:060}")
}

#[test]
fn a_flood_of_tiny_messages_waits_for_a_slow_reader() {
    const BATCH: usize = 1000;
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let count = Arc::new(AtomicUsize::new(0));
        let sent = Arc::clone(&count);
        let server = site.upgraded(way, move |conn| {
            for first in (0..MESSAGES).step_by(BATCH) {
                let numbers = first..first + BATCH;
                let batch = numbers.flat_map(|n| Frame::text(numbered(n)).bytes());
                conn.raw(batch.collect::<Vec<u8>>());
                sent.store(first + BATCH, Ordering::Release);
            }
            close(conn);
        });
        let (command, watch) = site.talk(&server);
        let mut running = command.within(SOON).stdout_unread().start();
        let held = standstill(&count);
        assert!(held < MESSAGES, "{way:?}: nothing held the server back");
        // A little at a time at first, then all of it.
        for number in 0..100 {
            running.read_stdout_bytes(61);
            running.wait_stdout(numbered(number) + "\n");
        }
        let output = running.finish();
        let expected: String = (0..MESSAGES).map(|n| numbered(n) + "\n").collect();
        let same = output.stdout_seen() == expected.as_bytes();
        assert!(same, "{way:?}: stdout differs");
        output.stderr("").code(0);
        assert_bounded(&format!("a slow reader, {way:?}"), watch.peak());
        server.finish();
    });
}

/// A server that does not read while this floods stdin.
fn unread(name: &str, stdin: impl AsRef<[u8]>) -> Case {
    Case::upgraded(name, |conn| conn.stall(SOON))
        .options(&["-m", "2"])
        .stdin(stdin)
        .fails(28, "the whole run took longer than 2 s")
        .takes(Duration::from_secs(2), Duration::from_secs(6))
}

const FLOOD: usize = 32 * 1024 * 1024;

#[test]
fn a_server_that_never_reads_holds_a_flood_of_stdin_until_the_limit() {
    hold(&[
        unread("short lines", "0123456\n".repeat(FLOOD / 8)),
        unread("one line", "x".repeat(FLOOD)),
        unread("one binary line", "x".repeat(FLOOD)).options(&["-b"]),
        unread("empty lines", "\n".repeat(FLOOD / 2)),
    ]);
}

/// It was read, so it is counted: nothing is lost in silence.
#[test]
fn what_the_limit_of_the_run_left_unsent_is_told() {
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let server = site.upgraded(way, |conn| conn.stall(SOON));
        let (command, watch) = site.talk(&server);
        let stdin = format!("{}\n", "x".repeat(1023)).repeat(64 * 1024);
        let output = command.args(["-m", "1"]).stdin(stdin).within(SOON).run();
        let told = "not everything that was read could be sent: ";
        let output = output.stderr_contains(told);
        output.code(28);
        assert_bounded(&format!("unsent, {way:?}"), watch.peak());
        server.finish();
    });
}
