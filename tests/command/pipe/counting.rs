//! Of `-1` and `-N`: an end after so many messages.

use std::time::Duration;

use super::super::support::{Conn, Frame, Server, frame::opcode};
use super::{hear, talk};

const MS: Duration = Duration::from_millis(1);

/// All in one segment, so that what is too much is there already.
fn together(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(Frame::bytes).collect()
}

fn three() -> Vec<u8> {
    together(&[
        Frame::text("one"),
        Frame::binary("two"),
        Frame::text("three"),
    ])
}

#[test]
fn a_count_ends_the_run_at_once_and_what_is_too_much_is_not_written() {
    let cases: [(&str, &[&str], &str); 6] = [
        ("-1", &["-1"], "one\n"),
        ("-N 1", &["-N", "1"], "one\n"),
        ("-N 2", &["-N", "2"], "one\ntwo\n"),
        ("--count 2", &["--count", "2"], "one\ntwo\n"),
        ("--count=3", &["--count=3"], "one\ntwo\nthree\n"),
        ("raw", &["-N2", "--output", "raw"], "onetwo"),
    ];
    for (case, options, stdout) in cases {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.raw(three());
            assert_eq!(hear(conn).code, Some(1000), "{case}");
        });
        // stdin stays open: nothing but the count ends it.
        let output = talk(&server).args(options).stdin_stays_open().run();
        assert_eq!(output.stdout_seen(), stdout.as_bytes(), "{case}");
        output.stderr("").code(0);
        server.finish();
    }
}

#[test]
fn messages_count_from_the_open() {
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        // The greeting comes with the answer to the handshake.
        let greeting = Frame::text("greeting").bytes();
        conn.raw([head.switching(&[]).into_bytes(), greeting].concat());
        hear(conn);
    });
    let output = talk(&server).arg("-1").stdin("dropped\n").run();
    output.stdout("greeting\n").stderr("").code(0);
    server.finish();
}

#[test]
fn fragments_and_control_frames_do_not_count() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.raw(together(&[
            Frame::new(opcode::PONG, "x"),
            Frame::text("o").unfinished(),
            Frame::new(opcode::PING, "y"),
            Frame::continuation("n").unfinished(),
            Frame::continuation("e"),
            Frame::text("two"),
        ]));
        hear(conn);
    });
    let output = talk(&server).arg("-1").stdin_stays_open().run();
    output.stdout("one\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_count_does_not_wait_for_a_server_that_talks_on() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let more = Frame::text("more").bytes().repeat(1000);
        while conn.try_raw(&more).is_ok() {}
    });
    let output = talk(&server)
        .args(["-1", "--close-timeout", "0.2"])
        .stdin_stays_open()
        .run();
    output.stdout("more\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_count_waits_beyond_the_end_of_stdin() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").text("one");
        // Longer than the wait that there would be without a count.
        conn.stall(1800 * MS);
        conn.text("two");
        assert_eq!(hear(conn).code, Some(1000));
    });
    let output = talk(&server).args(["-N", "2"]).stdin("a\n").run();
    output.stdout("one\ntwo\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_count_that_is_not_reached_is_a_failure_of_lower_rank_than_others() {
    type Script = fn(&mut Conn<'_>);
    let short: Script = |conn| {
        conn.upgrade();
        conn.text("one").close(1000, "").expect_close();
        conn.finish();
    };
    let broken: Script = |conn| {
        conn.upgrade();
        conn.text("one").close(1011, "").expect_close();
        conn.finish();
    };
    let lost: Script = |conn| {
        conn.upgrade();
        conn.text("one").finish();
    };
    let silent: Script = |conn| {
        conn.upgrade();
        conn.text("one").stall(Duration::from_secs(10));
    };
    let cases: [(&str, &[&str], Script, i32); 5] = [
        ("1000", &[], short, 1),
        ("1011", &[], broken, 69),
        ("lost", &[], lost, 56),
        ("--max-time", &["-m", "0.4"], silent, 28),
        ("quiet", &["-q"], short, 1),
    ];
    for (case, options, script, code) in cases {
        let server = Server::accept(script);
        let output = talk(&server).args(["-N", "2"]).args(options).run();
        assert_eq!(output.stdout_seen(), b"one\n", "{case}");
        assert!(
            output.stderr_seen().starts_with("wstalk: error: "),
            "{case}: {}",
            output.stderr_seen()
        );
        assert_eq!(output.exit_code(), Some(code), "{case}");
        server.finish();
    }
}

#[test]
fn a_count_that_is_not_reached_says_how_far_it_came() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("one").close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).args(["-N", "3"]).run();
    output
        .stdout("one\n")
        .stderr(
            "wstalk: error: only 1 of the 3 messages that were waited for came\n\
             hint: the connection ended before that: -v tells how\n",
        )
        .code(1);
    server.finish();
}

#[test]
fn a_count_with_a_linger_is_refused_because_one_of_them_would_be_ignored() {
    for options in [
        &["-1", "--linger", "2"][..],
        &["-N", "2", "--linger", "-1"],
        &["-1", "-E"],
    ] {
        let server = Server::untouched();
        let output = talk(&server).args(options).run();
        assert_eq!(output.exit_code(), Some(2), "{options:?}");
        server.finish();
    }
}
