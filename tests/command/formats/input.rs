//! Of stdin: which messages each format makes of it.

use std::fs::File;
use std::time::Duration;

use super::super::support::{Command, Gate, Server, echo_server, wstalk};
use super::{Ear, Said, abreast, binary, closing, talk, text};

const FORMATS: [&str; 6] = ["lines", "nul", "whole", "chunks", "notation", "json"];

/// The options, stdin, and the messages.
type Case<'a> = (&'a str, &'a [u8], Vec<Said>);

#[track_caller]
fn become_messages(cases: &[Case<'_>]) {
    abreast(cases, |(options, stdin, expected)| {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(options.split(' '))
            .arg("-E")
            .stdin(stdin)
            .run();
        let case = format!("{options}: {}", stdin.escape_ascii());
        assert_eq!(output.stderr_seen(), "", "{case}");
        assert_eq!(output.exit_code(), Some(0), "{case}");
        server.finish();
        let expected: Vec<Said> = expected.iter().cloned().chain([closing()]).collect();
        assert_eq!(ear.said(), expected, "{case}");
    });
}

fn texts(all: &[&str]) -> Vec<Said> {
    all.iter().map(|one| text(one)).collect()
}

fn binaries(all: &[&[u8]]) -> Vec<Said> {
    all.iter().map(binary).collect()
}

#[test]
fn lines_end_with_a_line_feed_and_text_with_its_carriage_return() {
    let lines = "--input lines";
    let bytes = "--input lines -b";
    become_messages(&[
        (lines, b"a\nb\r\n\n\r\nc", texts(&["a", "b", "", "", "c"])),
        (lines, b"a\r\r\nb\rc\0\r", texts(&["a\r", "b\rc\0\r"])),
        (
            lines,
            b"/ping\n{\"text\":1\n",
            texts(&["/ping", "{\"text\":1"]),
        ),
        (
            bytes,
            b"a\r\n\n\xff\0\n\r",
            binaries(&[b"a\r", b"", b"\xff\0", b"\r"]),
        ),
        ("-b", b"a\n", binaries(&[b"a"])),
    ]);
}

#[test]
fn pieces_end_with_a_zero_byte_and_keep_everything_else() {
    let (nul, bytes) = ("--input nul", "--input nul -b");
    become_messages(&[
        (
            nul,
            b"a\0b\r\n\0\0\n\0c",
            texts(&["a", "b\r\n", "", "\n", "c"]),
        ),
        (nul, b"\0\0", texts(&["", ""])),
        (nul, b"a\r\0", texts(&["a\r"])),
        (nul, b"a\n", texts(&["a\n"])),
        ("-0", b"a\nb\0c\r\n", texts(&["a\nb", "c\r\n"])),
        (
            bytes,
            b"\xff\n\0\0\xc3",
            binaries(&[b"\xff\n", b"", b"\xc3"]),
        ),
        ("-0 -b", b"\xff\0", binaries(&[b"\xff"])),
    ]);
}

#[test]
fn all_of_stdin_is_one_message() {
    let (whole, bytes) = ("--input whole", "--input whole -b");
    become_messages(&[
        (whole, b"a\r\nb\0\n\n", texts(&["a\r\nb\0\n\n"])),
        (whole, b"\n", texts(&["\n"])),
        (whole, b"\r\n", texts(&["\r\n"])),
        (whole, b"\0", texts(&["\0"])),
        (whole, b"a\r", texts(&["a\r"])),
        (bytes, b"a\r\n\xff\0", binaries(&[b"a\r\n\xff\0"])),
    ]);
}

#[test]
fn a_read_is_a_message() {
    let (chunks, bytes) = ("--input chunks", "--input chunks -b");
    become_messages(&[
        (chunks, b"a\r\nb\0\n", texts(&["a\r\nb\0\n"])),
        (bytes, b"a\r\n\xff\0", binaries(&[b"a\r\n\xff\0"])),
    ]);
}

#[test]
fn lines_of_the_notation_are_messages() {
    let notation = "--input notation";
    become_messages(&[
        (notation, b"a\nb\r\n\nc", texts(&["a", "b", "", "c"])),
        (notation, b"/text  a \n/text", texts(&[" a ", ""])),
        (
            notation,
            b"{\"a\":\r\n [1,\r\n2]}\r\nb\n",
            texts(&["{\"a\":\n [1,\n2]}", "b"]),
        ),
        (notation, b"{\"a\":\n\t1\n}", texts(&["{\"a\":\n\t1\n}"])),
        (notation, b"[not\n{]\n", texts(&["[not", "{]"])),
        (
            notation,
            b"//x\n/binary 00ff\n/base64 /w==\n/string \"\\r\"\n/json [ 1 ]\n",
            vec![
                text("/x"),
                binary([0, 255]),
                binary([255]),
                text("\r"),
                text("[1]"),
            ],
        ),
        (
            notation,
            b"/ping k\n/pong\n/ping /binary ff\na\n",
            vec![
                Said::Ping(b"k".to_vec()),
                Said::Pong(Vec::new()),
                Said::Ping(vec![255]),
                text("a"),
            ],
        ),
    ]);
}

#[test]
fn lines_of_json_are_messages() {
    let json = "--input json";
    become_messages(&[
        (
            json,
            b"{\"text\":\"a\"}\n{\"text\":\"\"}",
            texts(&["a", ""]),
        ),
        (
            json,
            br#" {"text": "\u0000\r\n\ud83c\udf89/ping"} "#,
            texts(&["\0\r\n🎉/ping"]),
        ),
        (json, b"{\"text\":\"a\"}\r\n", texts(&["a"])),
        (
            json,
            b"{\"json\":{ \"b\" : 1.50, \"a\":[ ] }}\n{\"json\":\"a b\"}\n{\"json\":null}",
            texts(&["{\"b\":1.50,\"a\":[]}", "\"a b\"", "null"]),
        ),
        (
            json,
            b"{\"base64\":\"AP8=\"}\n{\"base64\":\"\"}\n",
            binaries(&[b"\0\xff", b""]),
        ),
        (
            json,
            b"{\"ping\":\"k\"}\n{\"pong\":\"\"}\n{\"wait_ms\":1}\n{\"text\":\"a\"}",
            vec![Said::Ping(b"k".to_vec()), Said::Pong(Vec::new()), text("a")],
        ),
    ]);
}

#[test]
fn the_same_file_becomes_the_same_messages_as_a_pipe() {
    for (format, content) in [
        ("lines", "a\nb"),
        ("nul", "a\0b"),
        ("notation", "a\nb"),
        ("json", "{\"text\":\"a\"}\n{\"text\":\"b\"}"),
    ] {
        let ear = Ear::default();
        let server = ear.server();
        let command = talk(&server).args(["--input", format, "-E"]);
        let path = command.home().join("input");
        std::fs::write(&path, content).expect("a file");
        let file = File::open(path).expect("a file");
        command.stdin_from(file).run().stderr("").code(0);
        server.finish();
        assert_eq!(ear.said(), [text("a"), text("b"), closing()], "{format}");
    }
}

/// A way to say nothing.
type End = (&'static str, fn(Command) -> Command);

#[test]
fn of_an_empty_stdin_nothing_is_sent_in_any_format() {
    let ends: [End; 3] = [
        ("closed", Command::stdin_closed),
        ("null device", Command::stdin_empty),
        ("a pipe", |command| command.stdin("")),
    ];
    let formats = FORMATS.map(|format| (format, false)).into_iter();
    let binary = FORMATS[..4].iter().map(|format| (*format, true));
    let formats: Vec<_> = formats.chain(binary).collect();
    let cases: Vec<_> = formats
        .iter()
        .flat_map(|format| ends.iter().map(move |end| (*format, *end)))
        .collect();
    abreast(&cases, |((format, binary), (end, stdin))| {
        let ear = Ear::default();
        let server = ear.server();
        let command = stdin(wstalk()).args([server.url(), "--input", format, "-E"]);
        let command = command.args(binary.then_some("-b"));
        command.run().stdout("").stderr("").code(0);
        server.finish();
        assert_eq!(ear.said(), [closing()], "{format} {binary} {end}");
    });
}

#[test]
fn chunks_go_out_as_they_come_and_no_character_is_torn() {
    let server = echo_server();
    let mut running = talk(&server).args(["--input", "chunks", "-E"]).start();
    running.send("a\n").wait_stdout("a\n\n");
    running.send(b"b\xf0").wait_stdout("b\n");
    running.send(b"\x9f\x8e\x89c").wait_stdout("🎉c\n");
    running.send("x").wait_stdout("x\n").close_stdin();
    running.finish().stderr("").code(0);

    let server = echo_server();
    let mut running = talk(&server)
        .args(["--input", "chunks", "-b", "-E"])
        .start();
    running.send(b"b\xf0").wait_stdout(b"b\xf0\n");
    running.send(b"\x9f").wait_stdout(b"\x9f\n").close_stdin();
    running.finish().stderr("").code(0);
}

#[test]
fn characters_and_line_ends_may_come_in_pieces() {
    for (format, pieces, expected) in [
        ("lines", ["a\u{e9}".as_bytes(), b"\r", b"\n"], "a\u{e9}"),
        ("lines", [b"\xf0\x9f", b"\x8e", b"\x89\n"], "🎉"),
        ("nul", [b"\xf0\x9f", b"\x8e\x89\r\n", b"\0"], "🎉\r\n"),
        ("notation", [b"/str", b"ing \"\\", b"r\"\r\n"], "\r"),
        ("notation", [b"/text \xf0\x9f", b"\x8e\x89", b"\n"], "🎉"),
        ("json", [b"{\"text\":\"\xc3", b"\xa9\"", b"}\n"], "é"),
    ] {
        let server = echo_server();
        let mut running = talk(&server)
            .args(["--input", format, "--output", "raw", "-E"])
            .start();
        // Read at once or apart: that must make no difference.
        for piece in pieces {
            running.send(piece);
        }
        running.wait_stdout(expected).close_stdin();
        running.finish().stderr("").code(0);
    }
}

#[test]
fn a_line_goes_out_before_the_next_one_comes_in_every_format() {
    for (format, one, two) in [
        ("nul", "one\0", "two\0"),
        ("notation", "one\n", "/text two\n"),
        ("json", "{\"text\":\"one\"}\n", "{\"json\":\"two\"}\n"),
    ] {
        let server = echo_server();
        let mut running = talk(&server)
            .args(["--input", format, "--output", "raw", "-E"])
            .start();
        running.send(one).wait_stdout("one");
        running.send(two);
        running.wait_stdout(if format == "json" { "\"two\"" } else { "two" });
        running.close_stdin();
        running.finish().stderr("").code(0);
    }
}

#[test]
fn the_whole_of_stdin_is_a_message_only_at_its_end() {
    let (ear, came) = (Ear::default(), Gate::default());
    let (theirs, gate) = (ear.clone(), came.clone());
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("open");
        theirs.listen(conn);
        gate.open();
    });
    let mut running = talk(&server).args(["--input", "whole", "-E"]).start();
    running.send("a\n").wait_stdout("open\n").send("b\n");
    assert!(ear.said().is_empty());
    running.close_stdin();
    came.pass("the message");
    running.finish().stderr("").code(0);
    server.finish();
    assert_eq!(ear.said(), [text("a\nb\n"), closing()]);
}

#[test]
fn options_that_a_format_would_ignore_are_refused() {
    let cases: [&[&str]; 12] = [
        &["--input", "notation", "-b"],
        &["--input", "json", "-b"],
        &["--json", "-b"],
        &["--json", "--input", "lines"],
        &["--json", "--output", "lines"],
        &["-0", "--json"],
        &["-0", "--input", "lines"],
        &["-0", "--output", "raw"],
        &["--input", "lines", "--pace"],
        &["--pace"],
        &["-w", "1", "--input", "json"],
        &["--input", "words"],
    ];
    abreast(&cases, |options| {
        let server = Server::untouched();
        let output = talk(&server).args(*options).run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.starts_with("wstalk: error: "),
            "{options:?}: {stderr}"
        );
        assert_eq!(output.exit_code(), Some(2), "{options:?}: {stderr}");
        server.finish();
    });
}

#[test]
fn what_dash_x_says_comes_first_in_every_format() {
    for (format, stdin) in [
        ("nul", "in\0"),
        ("whole", "in"),
        ("chunks", "in"),
        ("notation", "in"),
        ("json", "{\"text\":\"in\"}"),
    ] {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(["--input", format, "-E", "-x", "/wait 100ms", "-x", "first"])
            .stdin(stdin)
            .within(Duration::from_secs(10))
            .run();
        output.stdout("").stderr("").code(0);
        server.finish();
        assert_eq!(
            ear.said(),
            [text("first"), text("in"), closing()],
            "{format}"
        );
    }
}

#[test]
fn a_stdin_that_cannot_be_read_is_told_in_every_format() {
    abreast(&FORMATS, |format| {
        let ear = Ear::default();
        let server = ear.server();
        let directory = File::open("/").expect("a directory");
        let output = talk(&server)
            .args(["--input", format])
            .stdin_from(directory)
            .run();
        output
            .stdout("")
            .stderr_first_line("wstalk: error: cannot read stdin: is a directory")
            .code(26);
        server.finish();
        assert_eq!(ear.said(), [closing()], "{format}");
    });
}

#[test]
fn nesting_of_any_depth_is_taken() {
    let deep = format!("{}{}", "[".repeat(300_000), "]".repeat(300_000));
    for (format, stdin) in [
        ("json", format!("{{\"json\":{deep}}}")),
        ("notation", format!("/json {deep}")),
        ("notation", deep.clone()),
    ] {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(["--input", format, "-E"])
            .stdin(stdin)
            .run();
        output.stdout("").stderr("").code(0);
        server.finish();
        assert!(ear.said() == [text(&deep), closing()], "{format}");
    }
}
