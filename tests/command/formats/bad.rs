//! Of stdin that is not what its format says: exit 65 with the place and what was
//! expected; what stands before it is sent, and nothing else.

use super::super::support::Server;
use super::{Ear, Said, abreast, closing, talk, text};

const ERROR: &str = "wstalk: error: ";

/// Runs with this stdin; the error must stand at `place` and hold `named`, and
/// the server must hear `sent` and a Close.
struct Case<'a> {
    options: &'a str,
    stdin: &'a [u8],
    sent: Vec<Said>,
    place: &'a str,
    named: &'a str,
}

impl Case<'_> {
    #[track_caller]
    fn run(&self) {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(self.options.split(' '))
            .stdin(self.stdin)
            .run();
        let begin = &self.stdin[..self.stdin.len().min(80)];
        let case = format!("{}: {}", self.options, begin.escape_ascii());
        let stderr = output.stderr_seen().to_owned();
        let begins = format!("{ERROR}{}: ", self.place);
        assert!(stderr.starts_with(&begins), "{case}: {stderr}");
        assert!(stderr.contains(self.named), "{case}: {stderr}");
        assert!(stderr.len() < 1000, "{case}: {stderr}");
        assert_eq!(output.stdout_seen(), b"", "{case}");
        assert_eq!(output.exit_code(), Some(65), "{case}");
        server.finish();
        let sent: Vec<Said> = self.sent.iter().cloned().chain([closing()]).collect();
        let said = ear.said();
        assert!(said == sent, "{case}: {said:.200?}");
    }
}

/// A line that is wrong, between two that are not or cut at the end of stdin: by
/// turns.
#[track_caller]
fn wrong(options: &str, good: &str, cases: &[(&[u8], &str)]) {
    let cases: Vec<_> = cases.iter().enumerate().collect();
    abreast(&cases, |(number, (line, named))| {
        let rest = match number % 2 {
            0 => format!("\n{good}\n"),
            _ => String::new(),
        };
        let stdin = [good.as_bytes(), b"\n", line, rest.as_bytes()].concat();
        let case = Case {
            options,
            stdin: &stdin,
            sent: vec![text("good")],
            place: "stdin, line 2",
            named,
        };
        case.run();
    });
}

#[test]
fn lines_that_are_no_notation_are_told_with_what_was_expected() {
    let long = format!("/ping {}", "x".repeat(126));
    let reason = format!("/close 1000 {}", "x".repeat(124));
    wrong(
        "--input notation",
        "good",
        &[
            (b"/nonsense", "/nonsense"),
            (b"/pnig", "/ping"),
            (b"/help", "/help"),
            (b"/match x", "/match"),
            (b"/binary 0", "column"),
            (b"/binary 0g", "column 10"),
            (b"/base64 !", "column"),
            (b"/base64 AQ=", "column"),
            (b"/string x", "column"),
            (b"/string \"\\ud800\"", "column"),
            (b"/json {\"a\":}", "column"),
            (b"/json", "column"),
            (b"/wait soon", "soon"),
            (b"/wait -1", "negative"),
            (b"/close 1006", "1006"),
            (b"/close 999", "999"),
            (b"/close 5000", "5000"),
            (b"/close bye", "bye"),
            (b"/close /binary 03", "one byte"),
            (long.as_bytes(), "125"),
            (reason.as_bytes(), "123"),
            (b"a\xffb", "byte 2"),
            (b"/file", "path"),
        ],
    );
}

#[test]
fn lines_that_are_no_json_input_are_told_with_what_was_expected() {
    let long = format!("{{\"ping\":\"{}\"}}", "x".repeat(126));
    let many = format!("{{\"pong\":\"{}\"}}", "é".repeat(63));
    let reason = format!(
        "{{\"close\":{{\"code\":1000,\"reason\":\"{}\"}}}}",
        "x".repeat(124)
    );
    wrong(
        "--input json",
        "{\"text\":\"good\"}",
        &[
            (b"hello", "column 1"),
            (b"{", "column"),
            (b"{}", "\"text\""),
            (b"[]", "expected an object"),
            (b"\"text\"", "expected an object"),
            (b"1", "expected an object"),
            (b"null", "expected an object"),
            (b"{\"text\":\"a\"", "column"),
            (b"{\"text\":\"a\"}}", "column"),
            (b"{\"text\":\"a\"} {\"text\":\"b\"}", "column"),
            (b"{\"text\":\"a\",}", "column"),
            (b"{'text':'a'}", "column"),
            (b"{\"text\":\"a\xff\"}", "byte 11"),
            (b"{\"text\":\"\\ud800\"}", "column"),
            (b"{\"text\":\"a\tb\"}", "column"),
            (b"{\"text\":1}", "string"),
            (b"{\"text\":null}", "string"),
            (b"{\"text\":{}}", "string"),
            (b"{\"txt\":\"a\"}", "\"text\""),
            (b"{\"Text\":\"a\"}", "\"text\""),
            (b"{\"text\":\"a\",\"ping\":\"b\"}", "\"ping\""),
            (b"{\"text\":\"a\",\"comment\":\"b\"}", "\"comment\""),
            (b"{\"text\":\"a\",\"text\":\"b\"}", "\"text\""),
            (b"{\"base64\":\"!\"}", "column"),
            (b"{\"base64\":\"AQ=\"}", "column"),
            (b"{\"base64\":1}", "string"),
            (b"{\"ping\":1}", "string"),
            (long.as_bytes(), "125"),
            (many.as_bytes(), "125"),
            (b"{\"wait_ms\":\"1\"}", "milliseconds"),
            (b"{\"wait_ms\":-1}", "milliseconds"),
            (b"{\"wait_ms\":null}", "milliseconds"),
            (b"{\"close\":1000}", "expected an object"),
            (b"{\"close\":null}", "expected an object"),
            (b"{\"close\":{\"code\":1006}}", "1006"),
            (b"{\"close\":{\"code\":999}}", "999"),
            (b"{\"close\":{\"code\":70000}}", "close code"),
            (b"{\"close\":{\"code\":\"1000\"}}", "close code"),
            (b"{\"close\":{\"code\":1000.5}}", "close code"),
            (b"{\"close\":{\"reason\":\"x\"}}", "\"code\""),
            (b"{\"close\":{\"code\":1000,\"why\":\"x\"}}", "\"reason\""),
            (b"{\"close\":{\"code\":1000,\"reason\":1}}", "string"),
            (reason.as_bytes(), "123"),
        ],
    );
}

#[test]
fn events_that_cannot_be_done_again_are_told() {
    wrong(
        "--input json",
        "{\"text\":\"good\"}",
        &[
            (b"{\"v\":2,\"ms\":1,\"event\":\"message\",\"direction\":\"sent\",\"n\":1,\"type\":\"text\",\"bytes\":1,\"data\":\"a\"}", "version"),
            (b"{\"v\":2,\"event\":\"new\"}", "version"),
            (b"{\"v\":\"1\",\"event\":\"open\"}", "version"),
            (b"{\"event\":1}", "string"),
            (b"{\"event\":\"message\"}", "\"direction\""),
            (b"{\"event\":\"message\",\"direction\":\"sent\"}", "\"type\""),
            (b"{\"event\":\"message\",\"direction\":\"out\",\"type\":\"text\",\"data\":\"\"}", "\"sent\""),
            (b"{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"text\"}", "\"data\""),
            (b"{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"blob\",\"data\":\"\"}", "\"binary\""),
            (b"{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"text\",\"base64\":\"/w==\"}", "UTF-8"),
            (b"{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"binary\",\"base64\":\"/w\x00\"}", "column"),
            (b"{\"ms\":\"1\",\"event\":\"open\"}", "milliseconds"),
            // As a recording looks whose disk was full.
            (b"{\"v\":1,\"ms\":4.1,\"event\":\"message\",\"direction\":\"sent\",\"n\":1,\"ty", "column"),
        ],
    );
}

#[test]
fn a_value_over_several_lines_is_named_by_its_first() {
    let cases: [(&[u8], &str); 8] = [
        (b"good\n{\"a\":\n1,\n\n\"b\":2}\ngood\n", "empty line"),
        (b"good\n{\"a\":\n1,\nb}\ngood\n", "column"),
        (b"good\n[1,\n2,\n3\n", "not complete"),
        (b"good\n[1,\n2,\n3", "not complete"),
        (b"good\n[", "not complete"),
        (b"good\n{\"a\":\"b\nc\"}\ngood\n", "string"),
        (b"good\n{\"a\":\n\xff}\ngood\n", "byte 1"),
        (b"good\n{\"a\":\n1}}\ngood\n", ""),
    ];
    abreast(&cases, |(stdin, named)| {
        // What is not UTF-8 is no part of any value yet.
        let place = match stdin.contains(&255) {
            true => "stdin, line 3",
            false => "stdin, line 2",
        };
        Case {
            options: "--input notation",
            stdin,
            sent: vec![text("good")],
            place,
            named,
        }
        .run();
    });
}

#[test]
fn a_file_named_in_the_notation_that_cannot_be_sent_stops_as_other_errors_do() {
    let cases: [(&str, i32, &str); 3] = [
        (
            "/file missing",
            26,
            "missing (stdin, line 2): no such file or directory",
        ),
        ("/file .", 26, ". (stdin, line 2): is a directory"),
        (
            "/file --text bytes",
            65,
            "stdin, line 2: bytes: not valid UTF-8 at byte 3",
        ),
    ];
    for (line, code, named) in cases {
        let ear = Ear::default();
        let server = ear.server();
        let command = talk(&server).args(["--input", "notation"]);
        std::fs::write(command.home().join("bytes"), b"ab\xff").expect("a file");
        let output = command.stdin(format!("good\n{line}\nafter\n")).run();
        let stderr = output.stderr_seen();
        assert!(stderr.contains(named), "{line}: {stderr}");
        assert_eq!(output.exit_code(), Some(code), "{line}: {stderr}");
        server.finish();
        assert_eq!(ear.said(), [text("good"), closing()], "{line}");
    }
}

#[test]
fn bad_input_of_a_server_that_keeps_silent_does_not_outlast_the_close_timeout() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("good").expect_close();
        conn.swallow();
    });
    let output = talk(&server)
        .args(["--close-timeout", "0.3"])
        .stdin(b"good\n\xff\n")
        .run();
    output
        .stdout("")
        .stderr_contains("stdin, line 2: ")
        .code(65);
    server.finish();
}

#[test]
fn a_value_that_grows_too_long_is_named_by_its_first_line() {
    let cases = [
        // It would never end.
        format!("good\n[\n{}", "1,\n".repeat(30_000)),
        // Its last line is longer than the buffer.
        format!("good\n[\n1,\n{}", "1, ".repeat(200_000)),
        // It ends, and is a message that is too long.
        format!("good\n[\n{}1]\ngood\n", "1,\n".repeat(500)),
    ];
    abreast(&cases, |stdin| {
        Case {
            options: "--input notation --max-message-size 1000",
            stdin: stdin.as_bytes(),
            sent: vec![text("good")],
            place: "stdin, line 2",
            named: "--max-message-size",
        }
        .run();
    });
}

#[test]
fn what_is_quoted_of_bad_input_cannot_drive_a_terminal_and_is_short() {
    let long = format!("/{}", "x".repeat(100_000));
    let cases: [(&str, &[u8]); 6] = [
        ("notation", b"/\x1b[2J\xc2\x9b31m"),
        ("notation", b"/binary \x1b[2J"),
        ("notation", b"/file \x1b[2J"),
        ("notation", long.as_bytes()),
        ("json", b"{\"\\u001b[2J\\u202e\":1}"),
        ("json", b"{\"close\":{\"\\u001b[2J\":1}}"),
    ];
    abreast(&cases, |(format, line)| {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server).args(["--input", format]).stdin(line).run();
        let stderr = output.stderr_seen();
        let odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!stderr.contains(odd), "{stderr:?}");
        assert!(
            stderr.starts_with(ERROR) && stderr.len() < 1000,
            "{stderr:.2000}"
        );
        assert!(
            [Some(65), Some(26)].contains(&output.exit_code()),
            "{stderr}"
        );
        server.finish();
        assert_eq!(ear.said(), [closing()]);
    });
}
