//! Of `--no-close`: at our end the connection is dropped, without a Close frame
//! and with everything written before.

use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Gate, Server};
use super::{hear, talk};

const LINE: usize = 64 * 1024;

/// The client must say this, and leave without a Close frame.
fn server_that_is_dropped(texts: &'static [&str], case: &str) -> Server {
    let case = case.to_owned();
    Server::accept(move |conn| {
        conn.upgrade();
        let heard = hear(conn);
        assert_eq!(heard.close, None, "{case}");
        let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        assert_eq!(heard.messages, texts, "{case}");
    })
}

#[test]
fn no_end_of_ours_sends_a_close_frame() {
    let cases: [(&[&str], &'static [&str], i32); 5] = [
        (&["-E"], &["a", "b"], 0),
        (&["--linger", "0.1"], &["a", "b"], 0),
        (&["-m", "0.5", "--linger", "-1"], &["a", "b"], 28),
        (&["-w", "0.1", "-x", "x"], &["x"], 0),
        (&["-w", "0.1", "-x", "x", "-1"], &["x"], 1),
    ];
    for (options, texts, code) in cases {
        let server = server_that_is_dropped(texts, &format!("{options:?}"));
        let output = talk(&server)
            .args(options)
            .arg("--no-close")
            .stdin("a\nb\n")
            .run();
        assert_eq!(output.exit_code(), Some(code), "{options:?}");
        let stderr = output.stderr_seen();
        assert_eq!(stderr.is_empty(), code == 0, "{options:?}: {stderr}");
        server.finish();
    }
}

#[test]
fn neither_does_a_signal_nor_a_count_nor_a_reader_that_goes() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.expect_text("a").text("b");
            assert_eq!(hear(conn).close, None);
        });
        let mut running = talk(&server).arg("--no-close").start();
        running.send("a\n").wait_stdout("b\n").signal(signal);
        running.finish().stderr("").code(code);
        server.finish();
    }
    for options in [&["-1"][..], &["--until", "b"]] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("b");
            assert_eq!(hear(conn).close, None);
        });
        let output = talk(&server)
            .args(options)
            .arg("--no-close")
            .stdin_stays_open()
            .run();
        output.stdout("b\n").stderr("").code(0);
        server.finish();
    }
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("b");
        assert_eq!(hear(conn).close, None);
    });
    let mut running = talk(&server).arg("--no-close").start();
    running.wait_stdout("b\n").close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn what_waits_is_written_before_the_connection_is_dropped() {
    const COUNT: usize = 300;
    let server = Server::accept(|conn| {
        conn.upgrade();
        // Long enough for the way to be full.
        conn.stall(Duration::from_secs(1));
        let heard = hear(conn);
        assert_eq!((heard.close, heard.begun), (None, false));
        assert_eq!(heard.messages.len(), COUNT);
        assert!(heard.messages.iter().all(|line| line.len() == LINE));
    });
    let lines = ("x".repeat(LINE) + "\n").repeat(COUNT);
    let output = talk(&server).args(["--no-close", "-E"]).stdin(lines).run();
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn input_that_is_wrong_is_told_and_the_connection_dropped() {
    let server = server_that_is_dropped(&["a"], "a bad line");
    let output = talk(&server).arg("--no-close").stdin(b"a\n\xff\nb\n").run();
    output
        .stdout("")
        .stderr_contains("stdin, line 2: ")
        .code(65);
    server.finish();
}

#[test]
fn a_line_of_the_notation_that_closes_still_closes() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.answer_close(), (Some(4001), "bye".to_owned()));
    });
    let output = talk(&server)
        .args(["--no-close", "-x", "/close 4001 bye"])
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn the_servers_close_is_answered_all_the_same() {
    for (code, exit) in [(1000, 0), (1011, 69)] {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.close(code, "");
            assert_eq!(conn.expect_close().0, Some(code));
            conn.finish();
        });
        let output = talk(&server).arg("--no-close").stdin_stays_open().run();
        assert_eq!(output.exit_code(), Some(exit), "{code}");
        server.finish();
    }
}

#[test]
fn a_server_that_does_not_read_cannot_hold_a_dropped_connection() {
    let full = Gate::default();
    let gate = full.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        gate.pass("the end");
    });
    let mut running = talk(&server)
        .args(["--no-close", "--close-timeout", "0.5"])
        .within(Duration::from_secs(7))
        .start();
    let lines = ("x".repeat(LINE - 1) + "\n").repeat(400);
    let taken = running.send_within(Duration::from_millis(800), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    running.signal(Signal::TERM);
    let output = running.finish();
    full.open();
    output
        .stderr_contains("not everything that was read could be sent: ")
        .code(143);
    server.finish();
}

#[test]
fn neither_can_it_when_what_was_wanted_has_come() {
    let full = Gate::default();
    let gate = full.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        gate.pass("a full way");
        conn.text("b").stall(Duration::from_secs(15));
    });
    let mut running = talk(&server)
        .args(["--no-close", "--close-timeout", "0.5", "-1"])
        .within(Duration::from_secs(7))
        .start();
    let lines = ("x".repeat(LINE - 1) + "\n").repeat(400);
    let taken = running.send_within(Duration::from_millis(800), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    full.open();
    running.finish().stdout("b\n").stderr("").code(0);
    server.finish();
}
