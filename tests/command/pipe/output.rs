//! Of stdout: what is written there, when, and what if it cannot be.

use std::fs::{File, OpenOptions};
use std::time::Duration;

use super::super::support::{Conn, Frame, Gate, LengthForm, Server, program, wstalk};
use super::{hear, talk};

/// Says `all`, closes, and waits for the answer.
fn says(conn: &mut Conn<'_>, all: &[Frame]) {
    conn.upgrade();
    for frame in all {
        conn.send(frame);
    }
    conn.close(1000, "").expect_close();
    conn.finish();
}

fn every_kind_of_message() -> Vec<Frame> {
    vec![
        Frame::text("one"),
        Frame::text(""),
        Frame::text("two\nthree"),
        Frame::binary([0, 255, 10, 27]),
        Frame::text("fr").unfinished(),
        Frame::new(9, "a ping between"),
        Frame::continuation("").unfinished(),
        Frame::continuation("agments"),
        Frame::text("{\"a\":\"\u{1b}[2J\"}"),
        Frame::text("é").length_in(LengthForm::Shortest),
    ]
}

/// Answers the ping that stands in every kind of message.
fn says_every_kind(conn: &mut Conn<'_>) {
    conn.upgrade();
    for frame in every_kind_of_message() {
        conn.send(&frame);
    }
    conn.expect_pong("a ping between");
    conn.close(1000, "").expect_close();
    conn.finish();
}

#[test]
fn a_message_is_written_as_it_is_and_a_line_feed_behind_it() {
    let cases: [(&str, &[&str], &[u8]); 3] = [
        (
            "default",
            &[],
            b"one\n\ntwo\nthree\n\x00\xff\n\x1b\nfragments\n{\"a\":\"\x1b[2J\"}\n\xc3\xa9\n",
        ),
        (
            "lines",
            &["--output", "lines"],
            b"one\n\ntwo\nthree\n\x00\xff\n\x1b\nfragments\n{\"a\":\"\x1b[2J\"}\n\xc3\xa9\n",
        ),
        (
            "raw",
            &["--output", "raw"],
            b"onetwo\nthree\x00\xff\n\x1bfragments{\"a\":\"\x1b[2J\"}\xc3\xa9",
        ),
    ];
    for (case, options, expected) in cases {
        let server = Server::accept(says_every_kind);
        let output = talk(&server).args(options).run();
        assert_eq!(output.stdout_seen(), expected, "{case}");
        output.stderr("").code(0);
        server.finish();
    }
}

#[test]
fn colours_never_reach_a_pipe() {
    let server = Server::accept(|conn| says(conn, &[Frame::text("plain")]));
    let output = talk(&server)
        .args(["--color", "always"])
        .env("CLICOLOR_FORCE", "1")
        .run();
    output.stdout("plain\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_message_is_written_when_it_has_come() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("one").expect_text("go");
        // Of a message that has begun, what is there is there.
        conn.send(&Frame::text("tw").unfinished()).expect_text("on");
        conn.send(&Frame::continuation("o"));
        hear(conn);
    });
    let mut running = talk(&server).arg("-E").start();
    running.wait_stdout("one\n").send("go\n");
    running.wait_stdout("tw").send("on\n");
    running.wait_stdout("o\n").close_stdin();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn a_message_that_is_cut_short_gets_no_line_feed_and_is_told() {
    let cases: [(&str, Frame, &str, &str); 3] = [
        (
            "between frames",
            Frame::text("part").unfinished(),
            "whole\npart",
            "message 2 was cut short after 4 bytes",
        ),
        (
            "inside a frame",
            Frame::text("part").claiming(100),
            "whole\npart",
            "message 2 was cut short after 4 bytes",
        ),
        (
            "binary",
            Frame::binary("ab").unfinished(),
            "whole\nab",
            "message 2 was cut short after 2 bytes",
        ),
    ];
    for (case, cut, stdout, told) in cases {
        for quiet in [&[][..], &["-q"]] {
            let cut = cut.clone();
            let server = Server::accept(move |conn| {
                conn.upgrade();
                conn.text("whole").send(&cut).finish();
            });
            let output = talk(&server).args(quiet).stdin_stays_open().run();
            assert_eq!(output.stdout_seen(), stdout.as_bytes(), "{case}");
            let stderr = output.stderr_seen();
            assert!(stderr.contains(told), "{case} {quiet:?}: {stderr}");
            output.code(56);
            server.finish();
        }
    }
}

#[test]
fn stdout_can_be_a_file_which_goes_on_where_it_was() {
    let server = Server::accept(|conn| says(conn, &[Frame::text("one"), Frame::text("two")]));
    let command = talk(&server);
    let path = command.home().join("file");
    std::fs::write(&path, "before\n").expect("a file");
    let file = OpenOptions::new().append(true).open(&path);
    let output = command.stdout_to(file.expect("a file to append to")).run();
    let written = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(written, "before\none\ntwo\n");
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_large_message_goes_to_a_file_whole() {
    let text = "0123456789abcdef".repeat(300_000);
    let frame = Frame::text(&text);
    let server = Server::accept(move |conn| says(conn, &[Frame::text("one"), frame.clone()]));
    let command = talk(&server);
    let path = command.home().join("file");
    let file = File::create(&path).expect("a file");
    let output = command.stdout_to(file).run();
    let written = std::fs::read_to_string(&path).expect("a file");
    assert!(written == format!("one\n{text}\n"), "the file differs");
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_full_disk_is_told_and_ends_the_run() {
    type Script = fn(&mut Conn<'_>);
    let cases: [(&str, Script); 3] = [
        ("a message", |conn| {
            conn.upgrade();
            conn.text("lost");
            assert_eq!(hear(conn).code, Some(1001), "a message");
        }),
        ("a large message", |conn| {
            conn.upgrade();
            conn.text("x".repeat(1024 * 1024));
            assert_eq!(hear(conn).code, Some(1001), "a large message");
        }),
        ("just before the end", |conn| {
            says(conn, &[Frame::text("lost")]);
        }),
    ];
    for (case, script) in cases {
        let server = Server::accept(script);
        let full = OpenOptions::new().write(true).open("/dev/full");
        let output = talk(&server)
            .stdin_stays_open()
            .stdout_to(full.expect("a full device"))
            .run();
        // A message whose rest is not waited for may be told as cut short.
        let stderr = output.stderr_seen();
        let expected = "wstalk: error: cannot write stdout: no space left on device\n";
        assert!(stderr.ends_with(expected), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(23), "{case}");
        server.finish();
    }
}

#[test]
fn nothing_to_write_is_no_failure_of_a_full_disk() {
    let server = Server::accept(|conn| says(conn, &[]));
    let full = OpenOptions::new().write(true).open("/dev/full");
    let output = talk(&server).stdout_to(full.expect("a full device")).run();
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_in_peace() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for _ in 0..1000 {
            conn.text("first of many");
        }
        assert_eq!(hear(conn).code, Some(1001));
    });
    let pipeline = r#"{ "$0" "$@"; echo "code $?" >&2; } | head -n 1"#;
    let output = program("/bin/sh")
        .args(["-c", pipeline, env!("CARGO_BIN_EXE_wstalk"), server.url()])
        .stdin_stays_open()
        .run();
    output.stdout("first of many\n").stderr("code 0\n").code(0);
    server.finish();
}

#[test]
fn a_reader_that_leaves_is_noticed_and_the_server_told() {
    type Script = fn(&mut Conn<'_>, &Gate);
    let cases: [(&str, &[&str], Script); 4] = [
        ("idle", &[], |_, _| {}),
        ("counting", &["-N", "5"], |_, _| {}),
        ("lingering for ever", &["--linger", "-1"], |_, _| {}),
        ("while messages come", &[], |conn, left| {
            left.pass("the reader's end");
            for _ in 0..1000 {
                conn.text("more");
            }
        }),
    ];
    for (case, options, script) in cases {
        let left = Gate::default();
        let gone = left.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("first");
            script(conn, &gone);
            assert_eq!(hear(conn).code, Some(1001), "{case}");
        });
        let mut running = talk(&server).args(options).start();
        running.wait_stdout("first\n").close_stdout();
        left.open();
        let output = running.finish();
        assert_eq!(output.stderr_seen(), "", "{case}");
        assert_eq!(output.exit_code(), Some(0), "{case}");
        server.finish();
    }
}

#[test]
fn a_reader_that_leaves_inside_a_message_ends_the_run_without_a_word() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.send(&Frame::text("part").unfinished());
        assert_eq!(hear(conn).code, Some(1001));
    });
    let mut running = talk(&server).start();
    running.wait_stdout("part").close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn a_reader_that_leaves_while_it_holds_everybody_back_ends_the_run() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let message = Frame::text("x".repeat(100_000)).bytes();
        while conn.try_raw(&message).is_ok() {}
    });
    let mut running = talk(&server)
        .args(["--close-timeout", "0.2"])
        .stdout_unread()
        .start();
    // So much has been read that the rest of the way is being filled.
    running.read_stdout_bytes(4_000_000);
    running.wait_stdout_length(4_000_000).close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn what_was_not_sent_to_a_server_is_no_loss_when_the_reader_left() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("first");
        conn.stall(Duration::from_secs(15));
    });
    let mut running = wstalk()
        .arg(server.url())
        .args(["--close-timeout", "0.2"])
        .start();
    running.wait_stdout("first\n");
    let lines = "a line\n".repeat(10_000_000);
    let taken = running.send_within(Duration::from_secs(2), lines);
    assert!(taken < 70_000_000, "nothing held stdin back");
    running.close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
}
