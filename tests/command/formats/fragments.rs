//! Of `--fragment`: how long messages go out, in every format.

use super::super::support::{Server, frame::opcode};
use super::{Ear, Said, abreast, binary, closing, numbers, talk, text};

const MIB: usize = 1024 * 1024;

/// Text of exactly so many bytes, in characters of one to four bytes.
fn odd_text(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes);
    for c in "aé€🎉".chars().cycle() {
        if text.len() + c.len_utf8() > bytes {
            break;
        }
        text.push(c);
    }
    text.push_str(&"z".repeat(bytes - text.len()));
    text
}

/// The lengths of frames that such a message becomes.
fn expected_lengths(length: usize, size: usize) -> Vec<(usize, bool)> {
    if length <= size {
        return vec![(length, true)];
    }
    let full = (length - 1) / size;
    let mut all = vec![(size, false); full];
    all.push((length - full * size, true));
    all
}

#[track_caller]
fn assert_said(case: &str, ear: &Ear, expected: &[Said]) {
    let said = ear.said();
    let lengths: Vec<String> = said.iter().map(|one| format!("{one:.60?}")).collect();
    assert!(said == expected, "{case}: {lengths:.1000?}");
}

#[test]
fn longer_messages_go_out_in_fragments_of_that_size() {
    let lengths = [0, 1, 6, 7, 8, 14, 15, 124, 125, 126, 250, 1000];
    let cases: Vec<(&str, usize, &str)> = ["lines", "nul", "notation", "json"]
        .into_iter()
        .flat_map(|format| [("1", 1), ("7", 7), ("125", 125)].map(|(o, n)| (o, n, format)))
        .collect();
    abreast(&cases, |(option, size, format)| {
        let texts: Vec<String> = lengths.iter().map(|length| odd_text(*length)).collect();
        let lines: Vec<String> = texts
            .iter()
            .map(|text| match *format {
                "nul" => format!("{text}\0"),
                "json" => format!("{{\"text\":\"{text}\"}}\n"),
                _ => format!("{text}\n"),
            })
            .collect();
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(["--input", format, "--fragment", option, "-E"])
            .stdin(lines.concat())
            .run();
        output.stdout("").stderr("").code(0);
        server.finish();
        let expected: Vec<Said> = texts
            .iter()
            .map(|one| text(one))
            .chain([closing()])
            .collect();
        let case = format!("{format} {option}");
        assert_said(&case, &ear, &expected);
        let frames: Vec<(usize, bool)> = lengths
            .iter()
            .flat_map(|length| expected_lengths(*length, *size))
            .collect();
        assert_eq!(ear.fragments(), frames, "{case}");
    });
}

#[test]
fn lines_longer_than_any_buffer_arrive_whole_in_every_format() {
    let length = MIB + 12_345;
    let long = odd_text(length);
    let json = format!("{{\"text\":\"{long}\"}}\n");
    let cases: Vec<(&str, &str, usize, String)> = ["lines", "nul", "whole", "notation", "json"]
        .into_iter()
        .flat_map(|format| {
            [("64k", 64 * 1024), ("1M", MIB), ("0", usize::MAX)].map(|(o, n)| {
                let stdin = match format {
                    "lines" | "notation" => format!("{long}\nend"),
                    "nul" => format!("{long}\0end"),
                    "json" => format!("{json}{{\"text\":\"end\"}}"),
                    _ => long.clone(),
                };
                (format, o, n, stdin)
            })
        })
        .collect();
    abreast(&cases, |(format, option, size, stdin)| {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args([
                "--input",
                format,
                "--fragment",
                option,
                "-E",
                "--no-compression",
            ])
            .stdin(stdin)
            .run();
        output.stdout("").stderr("").code(0);
        server.finish();
        let mut expected = vec![Said::Text(long.clone())];
        let mut frames = expected_lengths(length, *size);
        if *format != "whole" {
            expected.push(text("end"));
            frames.push((3, true));
        }
        expected.push(closing());
        let case = format!("{format} {option}");
        assert_said(&case, &ear, &expected);
        assert_eq!(ear.fragments(), frames, "{case}");
    });
}

#[test]
fn long_binary_lines_arrive_whole() {
    let mut long: Vec<u8> = (0..MIB + 77).map(|n| (n % 251 + 1) as u8).collect();
    long.retain(|byte| *byte != b'\n');
    for (format, end) in [("lines", b'\n'), ("nul", 0)] {
        let stdin = [&long[..], &[b'\r', end, 255, end]].concat();
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(["--input", format, "-b", "-E", "--fragment", "64k"])
            .stdin(stdin)
            .run();
        output.stdout("").stderr("").code(0);
        server.finish();
        let first = [&long[..], b"\r"].concat();
        assert_said(format, &ear, &[binary(first), binary([255]), closing()]);
    }
}

#[test]
fn without_fragments_a_line_that_is_too_long_is_an_error_that_names_it() {
    let (fits, long) = ("f".repeat(1000), "l".repeat(1001));
    let line = |text: &str| format!("{{\"text\":\"{text}\"}}\n");
    let cases: Vec<(&str, &str, String)> = vec![
        ("lines", "stdin, line 2: ", format!("{fits}\n{long}\nno\n")),
        ("lines", "stdin, line 2: ", format!("{fits}\r\n{long}")),
        ("nul", "stdin, message 2: ", format!("{fits}\0{long}\0no\0")),
        (
            "notation",
            "stdin, line 2: ",
            format!("{fits}\n{long}\nno\n"),
        ),
        (
            "json",
            "stdin, line 2: ",
            format!("{}{}", line(&fits), line(&long)),
        ),
    ];
    abreast(&cases, |(format, place, stdin)| {
        let ear = Ear::default();
        let server = ear.server();
        let options = ["--fragment", "0", "--max-message-size", "1000", "-E"];
        let output = talk(&server)
            .args(["--input", format])
            .args(options)
            .stdin(stdin)
            .run();
        let stderr = output.stderr_seen();
        let begins = format!("wstalk: error: {place}");
        assert!(stderr.starts_with(&begins), "{format}: {stderr}");
        assert!(stderr.contains("--max-message-size"), "{format}: {stderr}");
        assert_eq!(output.exit_code(), Some(65), "{format}: {stderr}");
        server.finish();
        assert_said(format, &ear, &[text(&fits), closing()]);
    });
}

#[test]
fn without_fragments_nothing_goes_out_of_a_line_that_is_too_long() {
    for (length, part) in [(300_000, "inside a buffer"), (3_000_000, "many buffers")] {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server)
            .args(["--fragment", "0", "--max-message-size", "250000", "-E"])
            .stdin(format!("first\n{}\nno\n", "x".repeat(length)))
            .run();
        output
            .stdout("")
            .stderr_contains("wstalk: error: stdin, line 2: ")
            .code(65);
        server.finish();
        assert_said(part, &ear, &[text("first"), closing()]);
    }
}

#[test]
fn a_limit_that_holds_for_what_is_received_leaves_streamed_lines_alone() {
    let ear = Ear::default();
    let server = ear.server();
    let output = talk(&server)
        .args(["--max-message-size", "10", "-E"])
        .stdin(format!("{}\n", "x".repeat(100)))
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
    assert_said("lines", &ear, &[text(&"x".repeat(100)), closing()]);
}

#[test]
fn a_compressed_message_with_bad_utf8_is_never_ended_either() {
    for (length, begun) in [(100_000, false), (3_000_000, true)] {
        let server = Server::accept(move |conn| {
            conn.upgrade_with(&[("Sec-WebSocket-Extensions", "permessage-deflate")]);
            let mut seen = false;
            loop {
                let frame = conn.read_frame();
                if frame.opcode == opcode::CLOSE {
                    conn.frame(opcode::CLOSE, frame.payload).finish();
                    break;
                }
                assert!(!frame.fin, "a whole message");
                seen = true;
            }
            assert!(begun || !seen, "{length}: a part was sent");
        });
        let noise: String = numbers(1)
            .take(length)
            .map(|n| char::from(b'!' + (n % 90) as u8))
            .collect();
        let stdin = [noise.as_bytes(), b"\xff\nmore\n"].concat();
        let output = talk(&server).stdin(stdin).run();
        let named = format!("stdin, line 1: not valid UTF-8 at byte {}", length + 1);
        output.stdout("").stderr_contains(&named).code(65);
        server.finish();
    }
}

#[test]
fn without_fragments_the_whole_of_stdin_has_the_limit_too() {
    let ear = Ear::default();
    let server = ear.server();
    let output = talk(&server)
        .args(["--input", "whole", "--fragment", "0"])
        .args(["--max-message-size", "300k"])
        .stdin("x".repeat(300 * 1024 + 1))
        .run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: stdin: longer than 307200 bytes")
        .code(65);
    server.finish();
    assert_said("whole", &ear, &[closing()]);
}
