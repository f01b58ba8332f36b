//! Of the gap between two connections: stdin is left alone, nobody is waited for
//! who wants to leave, and what was not sent is told.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::{Gate, Running, Server};
use super::talk;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// A run in the gap after its first connection, which got `1`; the server is
/// called no more.
fn in_the_gap(options: &[&str]) -> (Running, Server) {
    lost_after("1\n", options)
}

/// A run that is in the gap with `two`, surely unsent.
fn in_the_gap_with_a_line_unsent(options: &[&str]) -> (Running, Server) {
    lost_after("1\n/wait 9\ntwo\n", options)
}

/// These options, and `--reconnect` unless it is among them.
fn reconnecting<'a>(options: &[&'a str]) -> Vec<&'a str> {
    let among = options
        .iter()
        .any(|option| option.starts_with("--reconnect"));
    let more = (!among).then_some("--reconnect");
    options.iter().copied().chain(more).collect()
}

fn lost_after(input: &str, options: &[&str]) -> (Running, Server) {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("1");
        conn.reset();
    });
    let mut running = talk(&server)
        .args(reconnecting(options))
        .args(["--input", "notation"])
        .start();
    running
        .send(input)
        .wait_stderr_contains("; connecting again in ");
    (running, server)
}

#[test]
fn stdin_is_not_read_in_the_gap() {
    let (mut running, server) = in_the_gap(&[]);
    let lines = "x".repeat(65535) + "\n";
    let taken = running.send_within(400 * MS, lines.repeat(100));
    assert!(taken <= 2 << 20, "{taken} bytes went nowhere");
    running.signal(Signal::INT);
    running.finish().code(130);
    server.finish();
}

#[test]
fn a_signal_in_the_gap_ends_it_at_once() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let (mut running, server) = in_the_gap(&[]);
        let began = Instant::now();
        running.signal(signal);
        let output = running.finish();
        assert!(began.elapsed() < 450 * MS, "{:?}", began.elapsed());
        output.stdout("").code(code);
        server.finish();
    }
}

const UNSENT: &str = "wstalk: error: not everything that was read could be sent: \
                      0 messages surely sent, 1 perhaps, 1 surely not\n";

#[test]
fn who_leaves_in_the_gap_says_what_was_not_sent() {
    let (mut running, server) = in_the_gap_with_a_line_unsent(&[]);
    running.signal(Signal::INT);
    running.finish().stderr_contains(UNSENT).code(130);
    server.finish();
}

#[test]
fn the_limit_of_the_run_holds_in_the_gap() {
    // The gap may be over, and the next one have begun: nobody answers.
    let (running, server) = in_the_gap_with_a_line_unsent(&["-m", "1"]);
    let began = Instant::now();
    let output = running.finish();
    assert!(began.elapsed() < 2500 * MS, "{:?}", began.elapsed());
    output
        .stderr_contains("wstalk: error: the whole run took longer than 1 s\n")
        .stderr_contains(UNSENT)
        .code(28);
    server.finish();
}

#[test]
fn who_gives_up_says_what_was_not_sent() {
    let (running, server) = in_the_gap_with_a_line_unsent(&["--reconnect=1"]);
    let output = running.finish();
    output
        .stderr_contains("wstalk: error: cannot connect to ")
        .stderr_contains(UNSENT)
        .code(7);
    server.finish();
}

#[test]
fn a_reader_that_goes_away_in_the_gap_ends_it_at_once() {
    let (mut running, server) = in_the_gap(&[]);
    let began = Instant::now();
    running.close_stdout();
    let output = running.finish();
    assert!(began.elapsed() < 450 * MS, "{:?}", began.elapsed());
    output.code(0);
    server.finish();
}

/// A run whose second connection does not come to be, with `two` surely unsent.
fn opening_again(options: &[&str]) -> (Running, Server) {
    let called = Gate::default();
    let calls = called.clone();
    let server = Server::accept_many(2, move |conn| {
        if conn.number() == 1 {
            conn.upgrade();
            conn.expect_text("1");
            return conn.reset();
        }
        conn.read_head();
        calls.open();
        conn.stall(10 * SECOND);
    });
    let mut running = talk(&server)
        .args(reconnecting(options))
        .args(["--input", "notation"])
        .start();
    running.send("1\n/wait 9\ntwo\n");
    called.pass("another try");
    (running, server)
}

#[test]
fn a_signal_while_another_connection_opens_ends_it_at_once() {
    let (mut running, server) = opening_again(&[]);
    let began = Instant::now();
    running.signal(Signal::TERM);
    let output = running.finish();
    assert!(began.elapsed() < SECOND, "{:?}", began.elapsed());
    output.stdout("").code(143);
    server.finish();
}

#[test]
fn the_gap_does_not_spin() {
    let (mut running, server) = in_the_gap(&[]);
    let before = running.context_switches();
    std::thread::sleep(400 * MS);
    let switches = running.context_switches() - before;
    assert!(switches < 20, "{switches} switches in a gap");
    running.signal(Signal::TERM);
    running.finish().code(143);
    server.finish();
}

#[test]
fn who_gives_up_on_a_try_that_takes_too_long_says_what_was_not_sent() {
    let (running, server) = opening_again(&["--reconnect=1", "--connect-timeout", "1"]);
    running.finish().stderr_contains(UNSENT).code(28);
    server.finish();
}

#[test]
fn who_leaves_while_another_connection_opens_says_what_was_not_sent() {
    let (mut running, server) = opening_again(&[]);
    running.signal(Signal::INT);
    running.finish().stderr_contains(UNSENT).code(130);
    server.finish();
}

#[test]
fn the_limit_of_the_run_holds_while_another_connection_opens() {
    let (running, server) = opening_again(&["-m", "2"]);
    running
        .finish()
        .stderr_contains("wstalk: error: the whole run took longer than 2 s\n")
        .stderr_contains(UNSENT)
        .code(28);
    server.finish();
}
