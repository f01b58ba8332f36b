//! Of the end of stdin: how long replies are waited for.

use std::time::{Duration, Instant};

use super::super::support::{Command, Conn, Frame, Gate, Server, abreast, wstalk};
use super::{hear, talk};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// What the default's notice says.
const NOTICE: &str = "* no reply within 5 s of the last message (--linger, -1)\n";

/// How long the client stays from now until its Close, which is answered.
fn stays(conn: &mut Conn<'_>) -> Duration {
    let began = Instant::now();
    hear(conn);
    began.elapsed()
}

/// Runs all of them at once.
fn at_once(cases: Vec<Box<dyn FnOnce() + Send>>) {
    abreast(cases.len(), cases, |case| case());
}

/// A run of `stdin` against `script` that ends well; returns nothing else than
/// failures, which name the case.
fn ends_well(
    case: &'static str,
    command: Command,
    (stdin, stdout, stderr): (&'static str, &'static str, &'static str),
    script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
) -> Box<dyn FnOnce() + Send> {
    Box::new(move || {
        let server = Server::upgraded(script);
        let output = command.arg(server.url()).stdin(stdin).run();
        let streams = (output.stdout_seen(), output.stderr_seen());
        assert_eq!(streams, (stdout.as_bytes(), stderr), "{case}");
        assert_eq!(output.exit_code(), Some(0), "{case}");
        server.finish();
    })
}

#[track_caller]
fn assert_between(found: Duration, least: Duration, most: Duration, case: &str) {
    assert!(least <= found && found <= most, "{case}: {found:?}");
}

#[test]
fn a_message_without_reply_is_waited_for_five_seconds_and_said_so() {
    let least = 5 * SECOND - 100 * MS;
    at_once(vec![
        ends_well("no reply", wstalk(), ("a\n", "", NOTICE), move |conn| {
            conn.expect_text("a");
            assert_between(stays(conn), least, 9 * SECOND, "no reply");
        }),
        ends_well(
            "a reply to an earlier message",
            // So that it has certainly come before the last message goes out.
            wstalk().args(["-x", "/wait 0.5"]),
            ("a\nb\n", "early\n", NOTICE),
            move |conn| {
                conn.text("early").expect_text("a").expect_text("b");
                assert_between(stays(conn), least, 9 * SECOND, "earlier");
            },
        ),
        ends_well(
            "control frames are no reply",
            wstalk(),
            ("a\n", "", NOTICE),
            move |conn| {
                conn.expect_text("a").ping("p").pong("q").expect_pong("p");
                assert_between(stays(conn), least, 9 * SECOND, "control frames");
            },
        ),
        ends_well("quiet", wstalk().arg("-q"), ("a\n", "", ""), move |conn| {
            conn.expect_text("a");
            assert_between(stays(conn), least, 9 * SECOND, "quiet");
        }),
        ends_well(
            "a reply at the last moment",
            wstalk(),
            ("a\n", "late\n", ""),
            move |conn| {
                conn.expect_text("a").stall(4 * SECOND);
                conn.text("late");
                assert_between(stays(conn), 900 * MS, 4 * SECOND, "last moment");
            },
        ),
    ]);
}

#[test]
fn after_a_reply_a_second_of_quiet_ends_the_run() {
    at_once(vec![
        ends_well("one reply", wstalk(), ("a\n", "b\n", ""), |conn| {
            conn.expect_text("a").text("b");
            assert_between(stays(conn), 900 * MS, 4 * SECOND, "one reply");
        }),
        ends_well(
            "each reply starts it anew",
            wstalk(),
            ("a\n", "1\n2\n3\n4\n", ""),
            |conn| {
                conn.expect_text("a");
                for reply in ["1", "2", "3", "4"] {
                    conn.stall(500 * MS);
                    conn.text(reply);
                }
                assert_between(stays(conn), 900 * MS, 4 * SECOND, "anew");
            },
        ),
        ends_well(
            "so does a part of a reply",
            wstalk(),
            ("a\n", "12345\n", ""),
            |conn| {
                conn.expect_text("a");
                conn.raw([0x81, 5]);
                for digit in b"12345" {
                    conn.stall(400 * MS);
                    conn.raw([*digit]);
                }
                assert_between(stays(conn), 900 * MS, 4 * SECOND, "a part");
            },
        ),
        ends_well("nothing sent", wstalk(), ("", "", ""), |conn| {
            assert_between(stays(conn), 900 * MS, 4 * SECOND, "nothing sent");
        }),
    ]);
}

#[test]
fn replies_that_come_later_are_all_written() {
    const COUNT: usize = 200;
    let server = Server::accept(|conn| {
        conn.upgrade();
        let asked: Vec<_> = (0..COUNT).map(|_| conn.read_message().1).collect();
        conn.stall(300 * MS);
        for message in asked {
            conn.text(message);
        }
        hear(conn);
    });
    let lines: String = (0..COUNT).map(|n| format!("{n}\n")).collect();
    let output = talk(&server).stdin(&lines).run();
    output.stdout(&lines).stderr("").code(0);
    server.finish();
}

#[test]
fn linger_says_how_long_and_needs_no_notice() {
    let short = |conn: &mut Conn<'_>| {
        conn.expect_text("a");
        assert_between(stays(conn), 250 * MS, 900 * MS, "300 ms");
    };
    let reply = |conn: &mut Conn<'_>| {
        conn.expect_text("a").stall(1500 * MS);
        conn.text("b");
        assert_between(stays(conn), 1900 * MS, 4900 * MS, "2 s");
    };
    let zero = |conn: &mut Conn<'_>| {
        conn.expect_text("a");
        assert_between(stays(conn), Duration::ZERO, 900 * MS, "0");
    };
    at_once(vec![
        ends_well("0.3", linger("0.3"), ("a\n", "", ""), short),
        ends_well("300ms", linger("300ms"), ("a\n", "", ""), short),
        ends_well("2s", linger("2s"), ("a\n", "b\n", ""), reply),
        ends_well("0", linger("0"), ("a\n", "", ""), zero),
        ends_well("-E", wstalk().arg("-E"), ("a\n", "", ""), zero),
        ends_well(
            "--exit-on-eof",
            wstalk().arg("--exit-on-eof"),
            ("a\n", "", ""),
            zero,
        ),
    ]);
}

fn linger(value: &str) -> Command {
    wstalk().args(["--linger", value])
}

#[test]
fn linger_minus_one_stays_until_the_server_closes() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").text("b").stall(1800 * MS);
        conn.text("c").close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).args(["--linger", "-1"]).stdin("a\n").run();
    output.stdout("b\nc\n").stderr("").code(0);
    server.finish();
}

#[test]
fn what_still_comes_after_our_close_is_written() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a");
        assert_eq!(conn.expect_close(), (Some(1000), String::new()));
        conn.text("late").send(&Frame::text("la").unfinished());
        conn.send(&Frame::continuation("ter"));
        conn.close(1000, "").finish();
    });
    let output = talk(&server).arg("-E").stdin("a\n").run();
    output.stdout("late\nlater\n").stderr("").code(0);
    server.finish();
}

#[test]
fn the_clock_stands_still_while_stdout_is_blocked() {
    const SIZE: usize = 20_000_000;
    let reads = Gate::default();
    let resumed = reads.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.expect_text("a");
        conn.text("x".repeat(SIZE));
        assert!(resumed.is_open(), "nothing held the server back");
        assert_between(stays(conn), 200 * MS, 4 * SECOND, "after the last byte");
    });
    let mut running = talk(&server)
        .args(["--linger", "0.3"])
        .stdout_unread()
        .start();
    running.send("a\n").close_stdin();
    running.read_stdout_bytes(1).wait_stdout("x");
    // Longer than the linger: what is to be seen is that it does not end it.
    std::thread::sleep(800 * MS);
    reads.open();
    running.read_stdout().wait_stdout_length(SIZE + 1);
    running.finish().stderr("").code(0);
    server.finish();
}
