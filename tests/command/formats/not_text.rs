//! Of stdin that is not UTF-8 and should be: the place is told, and no server ever
//! sees such a message whole.

use super::super::support::echo_server;
use super::{Ear, Said, abreast, binary, closing, talk, text};

/// The options, stdin, the messages before it, its place, and what is said of it.
type Row = (
    &'static str,
    &'static [u8],
    &'static [&'static str],
    &'static str,
    &'static str,
);

const ROWS: [Row; 9] = [
    (
        "--input lines",
        b"a\nb\xffc\nd\n",
        &["a"],
        "stdin, line 2",
        "byte 2",
    ),
    (
        "--input lines",
        b"a\n\nb\xc3\n",
        &["a", ""],
        "stdin, line 3",
        "byte 2",
    ),
    (
        "--input lines",
        b"\xed\xa0\x80\n",
        &[],
        "stdin, line 1",
        "byte 1",
    ),
    (
        "--input lines",
        b"a\n\xc3",
        &["a"],
        "stdin, line 2",
        "--binary",
    ),
    (
        "--input nul",
        b"a\n\0b\xff\0c\0",
        &["a\n"],
        "stdin, message 2",
        "byte 2",
    ),
    ("-0", b"a\0\xc3", &["a"], "stdin, message 2", "--binary"),
    ("--input whole", b"a\n\xff\n", &[], "stdin", "byte 3"),
    ("--input whole", b"a\n\xc3", &[], "stdin", "--binary"),
    ("--input chunks", b"a\n\xffb\n", &[], "stdin", "byte 3"),
];

#[test]
fn text_that_is_not_utf8_is_named_with_its_line_and_byte() {
    abreast(&ROWS, |(options, stdin, sent, place, named)| {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server).args(options.split(' ')).stdin(stdin).run();
        let case = format!("{options}: {}", stdin.escape_ascii());
        let stderr = output.stderr_seen();
        let begins = format!("wstalk: error: {place}: not valid UTF-8 at byte ");
        assert!(stderr.starts_with(&begins), "{case}: {stderr}");
        assert!(stderr.contains(named), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(65), "{case}");
        server.finish();
        let sent = sent.iter().map(|one| text(one));
        let sent: Vec<Said> = sent.chain([closing()]).collect();
        assert_eq!(ear.said(), sent, "{case}");
    });
}

#[test]
fn chunks_that_end_inside_a_character_are_told_with_the_place_in_the_stream() {
    let server = echo_server();
    let mut running = talk(&server).args(["--input", "chunks"]).start();
    running.send("ab").wait_stdout("ab\n");
    running.send(b"c\xc3").wait_stdout("c\n").close_stdin();
    running
        .finish()
        .stdout("ab\nc\n")
        .stderr_contains("wstalk: error: stdin: not valid UTF-8 at byte 4\n")
        .code(65);
}

#[test]
fn bad_utf8_within_a_fragment_keeps_all_of_its_message_back() {
    for (format, end) in [("lines", "\n"), ("nul", "\0")] {
        for length in [10, 1000, 250_000, 700_000] {
            let long = "x".repeat(length);
            let before = format!("good{end}{long}");
            let stdin = [before.as_bytes(), b"\xff", end.as_bytes(), b"bad"].concat();
            let ear = Ear::default();
            let server = ear.server();
            let output = talk(&server).args(["--input", format]).stdin(stdin).run();
            let named = format!("2: not valid UTF-8 at byte {}\n", length + 1);
            output.stdout("").stderr_contains(&named).code(65);
            server.finish();
            assert_eq!(ear.said(), [text("good"), closing()], "{format} {length}");
            assert_eq!(ear.fragments(), [(4, true)], "{format} {length}");
        }
    }
}

#[test]
fn bad_utf8_beyond_a_fragment_never_lets_the_server_see_a_whole_message() {
    let lengths = [1_100_000, 3_000_000];
    let cases: Vec<_> = [("lines", "\n"), ("nul", "\0"), ("whole", "")]
        .into_iter()
        .flat_map(|format| lengths.map(|length| (format, length)))
        .collect();
    abreast(&cases, |((format, end), length)| {
        for bad in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80"] {
            let rest = format!("{end}after{end}");
            let long = "é".repeat(length / 2);
            let stdin = [long.as_bytes(), bad, rest.as_bytes()].concat();
            let ear = Ear::default();
            let server = ear.server();
            let output = talk(&server).args(["--input", format]).stdin(stdin).run();
            // A character that the line's end tears is told at that end.
            let stderr = output.stderr_seen().to_owned();
            let at = |byte: usize| stderr.contains(&format!("UTF-8 at byte {byte}\n"));
            assert!(at(length + 1) || at(length + 2), "{format}: {stderr}");
            output.stdout("").code(65);
            server.finish();
            let said = ear.said();
            assert_eq!(said.last(), Some(&closing()), "{format}");
            let whole = said
                .iter()
                .find(|one| !matches!(one, Said::Cut(_) | Said::Close(..)));
            assert!(whole.is_none(), "{format} {length}: {whole:.100?}");
            let all_last = ear.fragments().iter().any(|(_, last)| *last);
            assert!(!all_last, "{format} {length}");
        }
    });
}

#[test]
fn the_place_of_bad_utf8_is_exact_however_long_the_line() {
    for length in [255_999, 256 * 1024, 300_000, 1_048_576, 2_000_001] {
        let stdin = [&b"\n"[..], "x".repeat(length).as_bytes(), b"\xc3x\n"].concat();
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server).stdin(stdin).run();
        let expected = format!(
            "wstalk: error: stdin, line 2: not valid UTF-8 at byte {}\n",
            length + 1
        );
        assert_eq!(
            output.stderr_seen().split_inclusive('\n').next(),
            Some(&*expected)
        );
        output.stdout("").code(65);
        server.finish();
    }
}

#[test]
fn binary_input_is_never_wrong() {
    let ear = Ear::default();
    let server = ear.server();
    let output = talk(&server)
        .args(["-b", "-E"])
        .stdin(b"\xff\n\xc3\n")
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
    assert_eq!(ear.said(), [binary([255]), binary([0xc3]), closing()]);
}
