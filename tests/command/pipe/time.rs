//! Of `--max-time`: whatever the run is at, it ends, and says why.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use super::super::support::{Conn, Frame, Gate, Server};
use super::{hear, talk};

const SAID: &str =
    "wstalk: error: the whole run took longer than 0.4 s\nhint: --max-time sets the limit\n";

const LONG: Duration = Duration::from_secs(15);

const UNSENT: &str = "wstalk: error: not everything that was read could be sent: 0 messages surely sent, 0 perhaps, 1 surely not\n";

#[test]
fn a_limit_ends_the_run_in_every_phase() {
    type Script = fn(&mut Conn<'_>);
    let cases: [(&str, &[&str], Script); 6] = [
        ("connecting", &[], |conn| _ = conn.swallow()),
        ("idle", &[], |conn| {
            conn.upgrade();
            conn.swallow();
        }),
        ("lingering", &["-x", "a", "--linger", "-1"], |conn| {
            conn.upgrade();
            conn.swallow();
        }),
        ("counting", &["-1"], |conn| {
            conn.upgrade();
            conn.swallow();
        }),
        ("waiting", &["-x", "/wait 20", "-x", "a"], |conn| {
            conn.upgrade();
            conn.swallow();
        }),
        (
            "closing",
            &["-x", "/close", "--close-timeout", "20"],
            |conn| {
                conn.upgrade();
                conn.expect_close();
                conn.stall(LONG);
            },
        ),
    ];
    for (case, options, script) in cases {
        let server = Server::accept(script);
        let began = Instant::now();
        let output = talk(&server)
            .args(["-m", "0.4"])
            .args(options)
            .stdin_stays_open()
            .run();
        let took = began.elapsed();
        let unsent = match case {
            "waiting" => UNSENT,
            _ => "",
        };
        assert_eq!(output.stderr_seen(), format!("{SAID}{unsent}"), "{case}");
        assert_eq!(output.exit_code(), Some(28), "{case}");
        assert!(Duration::from_millis(390) < took, "{case}: {took:?}");
        assert!(took < Duration::from_secs(4), "{case}: {took:?}");
        server.finish();
    }
}

#[test]
fn a_limit_ends_a_run_whose_server_does_not_read() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.stall(LONG);
    });
    let output = talk(&server)
        .args(["-m", "0.4"])
        .stdin("a line\n".repeat(3_000_000))
        .run();
    // What was read and not sent is told too.
    output
        .stdout("")
        .stderr_contains("the whole run took longer than 0.4 s")
        .code(28);
    server.finish();
}

#[test]
fn a_limit_ends_a_run_whose_reader_does_not_read() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let message = Frame::text("x".repeat(100_000)).bytes();
        while conn.try_raw(&message).is_ok() {}
    });
    let (_unread, stdout) = std::io::pipe().expect("a pipe");
    let began = Instant::now();
    let output = talk(&server)
        .args(["-m", "0.4"])
        .stdin_stays_open()
        .stdout_to(OwnedFd::from(stdout).into())
        .run();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    // What had come and was not written makes it a failure of stdout too.
    output
        .stderr_contains("wstalk: error: the whole run took longer than 0.4 s\n")
        .stderr_contains("wstalk: error: cannot write stdout: ")
        .code(23);
    server.finish();
}

#[test]
fn a_limit_that_is_not_reached_changes_nothing() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        hear(conn);
    });
    let output = talk(&server).args(["-m", "1m", "-E"]).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn what_came_before_the_limit_is_written() {
    let read = Gate::default();
    let there = read.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("in time");
        there.pass("the reader");
        conn.swallow();
    });
    let mut running = talk(&server).args(["-m", "0.5"]).start();
    running.wait_stdout("in time\n");
    read.open();
    let output = running.finish().stdout("in time\n");
    output
        .stderr_contains("the whole run took longer than 0.5 s")
        .code(28);
    server.finish();
}
