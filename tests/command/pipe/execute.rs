//! Of `-x`: lines of the notation, sent first.

use std::path::Path;
use std::time::{Duration, Instant};

use super::super::support::{Conn, Frame, Server, frame::opcode, wstalk};
use super::{hear, talk};

fn a_file(home: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(home.join(name), bytes).expect("a file in the home");
}

#[test]
fn every_line_of_the_notation_is_sent() {
    let cases: [(&str, u8, &[u8]); 29] = [
        ("hello there", opcode::TEXT, b"hello there"),
        ("", opcode::TEXT, b""),
        ("//ping", opcode::TEXT, b"/ping"),
        ("///", opcode::TEXT, b"//"),
        ("/text", opcode::TEXT, b""),
        ("/text /ping", opcode::TEXT, b"/ping"),
        ("/text {\"a\":", opcode::TEXT, b"{\"a\":"),
        ("/string \"a\\nb\\u00e9\"", opcode::TEXT, b"a\nb\xc3\xa9"),
        ("/string \"\"", opcode::TEXT, b""),
        (
            "/json { \"b\" : 1.50, \"a\": [ ] }",
            opcode::TEXT,
            b"{\"b\":1.50,\"a\":[]}",
        ),
        ("/json \"x y\"", opcode::TEXT, b"\"x y\""),
        ("{ \"a\" : 1 }", opcode::TEXT, b"{ \"a\" : 1 }"),
        ("{\"a\":\n 1}", opcode::TEXT, b"{\"a\":\n 1}"),
        ("[not json", opcode::TEXT, b"[not json"),
        ("/binary 01 02 ff", opcode::BINARY, &[1, 2, 255]),
        ("/binary 0102Ff", opcode::BINARY, &[1, 2, 255]),
        ("/binary", opcode::BINARY, b""),
        ("/base64 AQL/", opcode::BINARY, &[1, 2, 255]),
        ("/file bytes", opcode::BINARY, b"\xff\n\n"),
        ("/file with blank", opcode::BINARY, b"blank"),
        ("/file --text text", opcode::TEXT, b"t\xc3\xa9xt\n"),
        ("/ping", opcode::PING, b""),
        ("/ping some  data", opcode::PING, b"some  data"),
        ("/ping /binary 00 ff", opcode::PING, &[0, 255]),
        ("/ping /string \"/a\\n\"", opcode::PING, b"/a\n"),
        ("/pong", opcode::PONG, b""),
        ("/pong /base64 AQL/", opcode::PONG, &[1, 2, 255]),
        ("/close", opcode::CLOSE, b""),
        ("/close 4001 bye  now", opcode::CLOSE, b"\x0f\xa1bye  now"),
    ];
    for (line, kind, payload) in cases {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            let frame = conn.read_frame();
            assert_eq!(
                (frame.opcode, frame.payload.as_slice()),
                (kind, payload),
                "{line:?}"
            );
            assert!(frame.fin, "{line:?}");
            if kind == opcode::CLOSE {
                conn.frame(opcode::CLOSE, payload).finish();
            } else {
                assert!(hear(conn).frames.is_empty(), "{line:?}");
            }
        });
        let command = talk(&server).args(["-E", "-x", line]);
        a_file(command.home(), "bytes", b"\xff\n\n");
        a_file(command.home(), "with blank", b"blank");
        a_file(command.home(), "text", b"t\xc3\xa9xt\n");
        let output = command.run();
        assert_eq!(output.stderr_seen(), "", "{line:?}");
        assert_eq!(output.exit_code(), Some(0), "{line:?}");
        server.finish();
    }
}

#[test]
fn lines_are_sent_in_order_and_before_stdin() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one")
            .expect_ping("two")
            .expect_binary([3]);
        conn.expect_text("-four").expect_text("stdin");
        hear(conn);
    });
    let output = talk(&server)
        .args([
            "-x",
            "one",
            "-x",
            "/ping two",
            "--execute",
            "/binary 03",
            "-x",
            "-four",
            "-E",
        ])
        .stdin("stdin\n")
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn a_wait_holds_back_what_follows_and_reading_goes_on() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("meanwhile").expect_text("one");
        let began = Instant::now();
        conn.expect_text("two");
        let waited = began.elapsed();
        assert!(waited > Duration::from_millis(450), "{waited:?}");
        conn.expect_text("stdin");
        hear(conn);
    });
    let mut running = talk(&server)
        .args(["-x", "one", "-x", "/wait 500ms", "-x", "two", "-E"])
        .start();
    running.send("stdin\n").close_stdin();
    running.wait_stdout("meanwhile\n");
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn a_last_wait_stays_that_long() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        let began = Instant::now();
        hear(conn);
        let stayed = began.elapsed();
        assert!(stayed > Duration::from_millis(450), "{stayed:?}");
    });
    let output = talk(&server).args(["-x", "/wait 0.5", "-E"]).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn nothing_follows_a_close() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.expect_close(), (Some(1000), "bye".to_owned()));
        conn.text("last words").close(1000, "").finish();
    });
    let output = talk(&server)
        .args(["-x", "/close 1000 bye"])
        .stdin("dropped\n")
        .run();
    output.stdout("last words\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_pong_to_our_ping_is_not_written() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_ping("k").pong("k").text("text");
        hear(conn);
    });
    let output = talk(&server).args(["-x", "/ping k", "-1"]).run();
    output.stdout("text\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_line_that_is_not_in_the_notation_is_wrong_usage_and_nothing_is_connected() {
    let long = format!("/ping {}", "x".repeat(126));
    let reason = format!("/close 1000 {}", "x".repeat(124));
    // The line, and what the message must name.
    let cases: [(&str, &str); 17] = [
        ("/pnig", "/ping"),
        ("/help", "/help"),
        ("/binary 0", "column 9"),
        ("/binary 0g", "column"),
        ("/base64 !", "column"),
        ("/string hello", "column"),
        ("/string \"a", "column"),
        ("/json {\"a\":}", "line 1, column"),
        ("/json", "/json"),
        ("{\"a\":", "/text"),
        ("/wait soon", "soon"),
        ("/wait", "duration"),
        ("/file", "path"),
        ("/close 1006", "1006"),
        ("/close 999", "999"),
        (&reason, "123"),
        (&long, "125"),
    ];
    for (line, named) in cases {
        let server = Server::untouched();
        let output = talk(&server).args(["-x", "good", "-x", line]).run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.starts_with("wstalk: error: --execute "),
            "{line}: {stderr}"
        );
        assert!(stderr.contains(named), "{line}: no {named:?} in: {stderr}");
        assert_eq!(output.stdout_seen(), b"", "{line}");
        assert_eq!(output.exit_code(), Some(2), "{line}");
        server.finish();
    }
}

#[test]
fn a_line_after_close_is_wrong_usage() {
    let server = Server::untouched();
    let output = talk(&server).args(["-x", "/close", "-x", "late"]).run();
    output.stdout("").stderr_contains("wstalk: error: ").code(2);
    server.finish();
}

#[test]
fn a_file_that_cannot_be_sent_is_told_before_anything_is_connected() {
    for (line, code, named) in [
        (
            "/file missing",
            26,
            "cannot read missing: no such file or directory",
        ),
        ("/file .", 26, "cannot read .: is a directory"),
        ("/file --text bytes", 65, "bytes: not valid UTF-8 at byte 3"),
    ] {
        let server = Server::untouched();
        let command = wstalk().args([server.url(), "-x", line]);
        a_file(command.home(), "bytes", b"ab\xff");
        let output = command.run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.starts_with(&format!("wstalk: error: {named}\n")),
            "{line}: {stderr}"
        );
        assert_eq!(output.exit_code(), Some(code), "{line}");
        server.finish();
    }
}

#[test]
fn a_large_file_goes_out_in_fragments() {
    let content: Vec<u8> = (0..2_500_000_u32).map(|n| (n % 251) as u8).collect();
    let expected = content.clone();
    let server = Server::accept(move |conn: &mut Conn<'_>| {
        conn.upgrade();
        let said = hear(conn);
        let lengths: Vec<usize> = said
            .frames
            .iter()
            .map(|frame| frame.payload.len())
            .collect();
        assert_eq!(lengths, [1_048_576, 1_048_576, 402_848]);
        assert!(
            said.messages()[0] == (opcode::BINARY, expected.clone()),
            "the message differs"
        );
    });
    let command = talk(&server).args(["-E", "-x", "/file large"]);
    a_file(command.home(), "large", &content);
    command.run().stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn replies_to_the_lines_are_waited_for_as_to_those_of_stdin() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("ask").stall(Duration::from_millis(1300));
        conn.send(&Frame::text("answer"));
        hear(conn);
    });
    let output = talk(&server).args(["-x", "ask"]).stdin_closed().run();
    output.stdout("answer\n").stderr("").code(0);
    server.finish();
}
