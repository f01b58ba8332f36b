//! Of stdout: what each format writes of messages, pings and pongs.

use std::time::Duration;

use super::super::support::{Frame, Server, echo_server, frame::opcode, wstalk};
use super::{Said, abreast, binary, says, talk, text};

/// Messages of every kind, with a ping between two fragments and a pong that
/// nobody asked for.
fn server_that_says_all() -> Server {
    Server::accept(|conn| {
        conn.upgrade();
        conn.text("one").text("").text("two\nthree\r\n");
        conn.binary([0, 255, 10, 27]);
        conn.send(&Frame::text("fr").unfinished());
        conn.ping("a \u{1b}[2J ping");
        conn.send(&Frame::continuation("").unfinished());
        conn.send(&Frame::continuation("agments"));
        conn.pong([255]).text("/x").text("{\"a\":").binary("");
        conn.text("\u{1b}[2J\u{9b}31m\u{202e}");
        conn.expect_pong("a \u{1b}[2J ping");
        conn.close(1000, "").expect_close();
        conn.finish();
    })
}

const LINES: &[u8] = b"one\n\ntwo\nthree\r\n\n\0\xff\n\x1b\nfragments\n/x\n{\"a\":\n\n\
    \x1b[2J\xc2\x9b31m\xe2\x80\xae\n";
const NUL: &[u8] = b"one\0\0two\nthree\r\n\0\0\xff\n\x1b\0fragments\0/x\0{\"a\":\0\0\
    \x1b[2J\xc2\x9b31m\xe2\x80\xae\0";
const RAW: &[u8] = b"onetwo\nthree\r\n\0\xff\n\x1bfragments/x{\"a\":\x1b[2J\xc2\x9b31m\xe2\x80\xae";
const NOTATION: &[u8] = b"one\n/text\n/string \"two\\nthree\\r\\n\"\n/binary 00 ff 0a 1b\n\
    fragments\n//x\n/text {\"a\":\n/binary\n\
    /string \"\\u001b[2J\\u009b31m\\u202e\"\n";
const NOTATION_P: &[u8] = b"one\n/text\n/string \"two\\nthree\\r\\n\"\n/binary 00 ff 0a 1b\n\
    /ping /string \"a \\u001b[2J ping\"\nfragments\n/pong /binary ff\n\
    //x\n/text {\"a\":\n/binary\n\
    /string \"\\u001b[2J\\u009b31m\\u202e\"\n";

#[test]
fn each_format_writes_what_it_promises() {
    let cases: [(&str, &[u8]); 7] = [
        ("--output lines", LINES),
        ("--output nul", NUL),
        ("-0", NUL),
        ("--output raw", RAW),
        ("--output notation", NOTATION),
        ("--output notation -P", NOTATION_P),
        ("--output notation --color always --input whole", NOTATION),
    ];
    abreast(&cases, |(options, expected)| {
        let server = server_that_says_all();
        let output = talk(&server).args(options.split(' ')).run();
        let seen = output.stdout_seen();
        let shown = seen.escape_ascii();
        assert!(seen == *expected, "{options}: {shown}");
        output.stderr("").code(0);
        server.finish();
    });
}

#[test]
fn pings_that_a_format_has_no_room_for_are_told_on_stderr() {
    let cases: [(&str, &[u8]); 4] = [
        ("--output lines -P", LINES),
        ("--output nul -P", NUL),
        ("-0 -P", NUL),
        ("--output raw -P", RAW),
    ];
    abreast(&cases, |(options, expected)| {
        let server = server_that_says_all();
        let output = talk(&server).args(options.split(' ')).run();
        assert!(output.stdout_seen() == *expected, "{options}");
        let stderr = output.stderr_seen();
        let lines: Vec<&str> = stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{options}: {stderr}");
        assert!(lines[0].starts_with("* ping "), "{options}: {stderr}");
        assert!(lines[1].starts_with("* pong "), "{options}: {stderr}");
        assert!(!stderr.contains('\u{1b}'), "{options}: {stderr:?}");
        output.code(0);
        server.finish();
    });
}

#[test]
fn messages_of_the_notation_and_of_json_are_flushed_as_they_come() {
    for (format, one) in [
        ("notation", "/text {\n"),
        ("nul", "{\0"),
        ("raw", "{"),
        ("lines", "{\n"),
    ] {
        let server = echo_server();
        let mut running = talk(&server).args(["--output", format, "-E"]).start();
        running.send("{\n").wait_stdout(one);
        running.send("{\n").wait_stdout(one).close_stdin();
        running.finish().stderr("").code(0);
    }
    let server = echo_server();
    let mut running = talk(&server).args(["--json", "-E"]).start();
    running.wait_stdout_contains("\"event\":\"open\"");
    running.send("{\"text\":\"a b\"}\n");
    running.wait_stdout_contains("\"direction\":\"received\",\"n\":1,\"type\":\"text\"");
    running.close_stdin();
    running.finish().stderr("").code(0);
}

#[test]
fn a_message_that_is_cut_is_told_and_no_line_of_it_is_written() {
    for format in ["notation", "json"] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("whole");
            conn.send(&Frame::text("part").unfinished()).finish();
        });
        let output = talk(&server)
            .args(["--output", format])
            .stdin_stays_open()
            .run();
        let stdout = String::from_utf8_lossy(output.stdout_seen()).into_owned();
        assert!(!stdout.contains("part"), "{format}: {stdout}");
        assert!(stdout.contains("whole"), "{format}: {stdout}");
        output
            .stderr_contains("message 2 was cut short after 4 bytes")
            .code(56);
        server.finish();
    }
}

#[test]
fn a_format_that_holds_messages_whole_has_a_limit_and_names_it() {
    for format in ["notation", "json"] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("x".repeat(100)).text("x".repeat(101));
            let frame = conn.read_frame();
            assert_eq!(
                (frame.opcode, &frame.payload[..2]),
                (opcode::CLOSE, &b"\x03\xf1"[..])
            );
            conn.finish();
        });
        let output = talk(&server)
            .args(["--output", format, "--max-message-size", "100"])
            .stdin_stays_open()
            .run();
        let stdout = String::from_utf8_lossy(output.stdout_seen()).into_owned();
        assert!(stdout.contains(&"x".repeat(100)), "{format}: {stdout}");
        assert!(!stdout.contains(&"x".repeat(101)), "{format}: {stdout}");
        output.stderr_contains("--max-message-size").code(76);
        server.finish();
    }
}

#[test]
fn at_a_terminal_only_bytes_that_were_asked_for_get_through() {
    let cases: [(&str, bool); 6] = [
        ("--output lines", true),
        ("--output raw", true),
        ("--output nul", true),
        ("--output notation -P", false),
        ("--output json", false),
        ("--json", false),
    ];
    abreast(&cases, |(options, raw)| {
        let server = Server::accept(|conn| {
            conn.upgrade_with(&[("X-Odd", "a\u{9b}31m")]);
            let odd = [
                text("\u{1b}[31mred\u{7f}\u{9b}2J\u{202e}"),
                Said::Ping(b"\x1b[32m".to_vec()),
                binary("\u{1b}[33m"),
                text("done"),
            ];
            says(conn, &odd);
        });
        let mut terminal = wstalk()
            .args([server.url(), "-q"])
            .args(options.split(' '))
            .in_terminal(40, 200);
        terminal.wait_for_text("done");
        let printed = terminal.printed();
        let printed = String::from_utf8_lossy(&printed);
        let through = printed.contains("\u{1b}[31mred\u{7f}\u{9b}2J\u{202e}");
        assert_eq!(through, *raw, "{options}: {printed:?}");
        if !raw {
            let odd = |c: char| c.is_control() && !"\r\n".contains(c);
            let found = printed.chars().find(|c| odd(*c) || *c == '\u{202e}');
            assert_eq!(found, None, "{options}: {printed:?}");
        }
        assert_eq!(terminal.finish().code, 0, "{options}");
        server.finish();
    });
}

#[test]
fn a_terminal_shows_the_notation_as_a_pipe_gets_it() {
    let server = server_that_says_all();
    let terminal = wstalk()
        .args([server.url(), "--output", "notation", "-q"])
        .in_terminal(24, 100);
    let finished = terminal.finish();
    let expected = String::from_utf8(NOTATION.to_vec()).expect("UTF-8");
    assert_eq!(finished.screen, expected.trim_end());
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn an_echo_prints_what_it_was_told_to_print() {
    let cases: [(&[&str], &[u8]); 4] = [
        (&[], b""),
        (&["--output", "nul"], b"a\nb\0"),
        (&["--output", "notation"], b"/string \"a\\nb\"\n"),
        (&["--output", "raw"], b"a\nb"),
    ];
    for (options, expected) in cases {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("a\nb").expect_text("a\nb");
            conn.close(1000, "").expect_close();
            conn.finish();
        });
        let output = talk(&server)
            .arg("--echo")
            .args(options)
            .within(Duration::from_secs(10))
            .run();
        output.stdout_bytes(expected).stderr("").code(0);
        server.finish();
    }
}
