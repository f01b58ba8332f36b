//! Of long lines, and of lines that are no text.

use std::sync::{Arc, Mutex};

use super::super::support::{Server, echo_server, frame::opcode};
use super::{Said, hear, talk};

const MEBIBYTE: usize = 1024 * 1024;

/// A server that keeps what it heard.
fn server_that_keeps() -> (Server, Arc<Mutex<Said>>) {
    let kept = Arc::new(Mutex::new(Said::default()));
    let heard = Arc::clone(&kept);
    let server = Server::accept(move |conn| {
        conn.upgrade();
        *heard.lock().expect("a sound lock") = hear(conn);
    });
    (server, kept)
}

/// Text of so many bytes, not all of one byte a character.
fn long_text(length: usize) -> String {
    let mut text: String = "0123456789äöü€🎉".repeat(length / 23);
    while text.len() < length {
        text.push('.');
    }
    assert_eq!(text.len(), length);
    text
}

#[test]
fn a_long_line_is_one_message_in_fragments_of_a_mebibyte() {
    let cases: [(&str, usize, &[usize]); 5] = [
        ("just one fragment", MEBIBYTE, &[MEBIBYTE]),
        ("a byte more", MEBIBYTE + 1, &[MEBIBYTE, 1]),
        ("3 MiB", 3 * MEBIBYTE, &[MEBIBYTE; 3]),
        (
            "an odd length",
            2 * MEBIBYTE + 12_345,
            &[MEBIBYTE, MEBIBYTE, 12_345],
        ),
        ("less than a fragment", 700_000, &[700_000]),
    ];
    for (case, length, lengths) in cases {
        for (option, kind) in [("-E", opcode::TEXT), ("-Eb", opcode::BINARY)] {
            let (server, kept) = server_that_keeps();
            let text = long_text(length);
            let stdin = format!("before\n{text}\nafter\n");
            let output = talk(&server).arg(option).stdin(stdin).run();
            output.stdout("").stderr("").code(0);
            server.finish();
            let said = kept.lock().expect("a sound lock");
            let messages = said.messages();
            assert_eq!(messages.len(), 3, "{case} {option}");
            assert_eq!(messages[0], (kind, b"before".to_vec()), "{case} {option}");
            assert!(
                messages[1] == (kind, text.into_bytes()),
                "{case} {option}: the message differs"
            );
            assert_eq!(messages[2], (kind, b"after".to_vec()), "{case} {option}");
            let long = &said.frames[1..said.frames.len() - 1];
            let found: Vec<usize> = long.iter().map(|frame| frame.payload.len()).collect();
            assert_eq!(found, lengths, "{case} {option}");
        }
    }
}

#[test]
fn a_long_line_keeps_its_carriage_returns_but_the_last() {
    let (server, kept) = server_that_keeps();
    // One stands at every place where a buffer may end.
    let text = "a\rb\r\r".repeat(200_000);
    let output = talk(&server)
        .arg("-E")
        .stdin(format!("{text}\r\n{text}"))
        .run();
    output.stdout("").stderr("").code(0);
    server.finish();
    let texts = kept.lock().expect("a sound lock").texts();
    assert_eq!(texts.len(), 2);
    assert!(texts[0] == text && texts[1] == text, "a message differs");
}

#[test]
fn a_long_line_comes_back_as_it_went() {
    let server = echo_server();
    let text = long_text(5 * MEBIBYTE) + "\n";
    let output = talk(&server).arg("-1").stdin(&text).run();
    assert!(output.stdout_seen() == text.as_bytes(), "the echo differs");
    output.stderr("").code(0);
}

/// What stderr says of a line that is not text.
fn complaint(line: usize, byte: usize) -> String {
    format!(
        "wstalk: error: stdin, line {line}: not valid UTF-8 at byte {byte}\n\
         hint: --binary sends lines as binary messages\n"
    )
}

type Texts = &'static [&'static str];

#[test]
fn a_line_that_is_no_text_is_named_and_nothing_is_sent_from_there_on() {
    let cases: [(&str, &[u8], Texts, usize, usize); 9] = [
        ("a stray byte", b"good\nbad\xff\nnever\n", &["good"], 2, 4),
        ("the first line", b"\xffbad\nnever\n", &[], 1, 1),
        ("the last line", b"a\n\nbad\x80", &["a", ""], 3, 4),
        ("a half character", b"a\nx\xe2\x82\nnever\n", &["a"], 2, 2),
        ("half at the end", b"a\nx\xe2\x82", &["a"], 2, 2),
        ("an overlong form", b"a\n\xc0\xaf\n", &["a"], 2, 1),
        ("a surrogate", b"a\n\xed\xa0\x80\n", &["a"], 2, 1),
        ("beyond Unicode", b"a\n\xf4\x90\x80\x80\n", &["a"], 2, 1),
        ("a character cut by the end", b"\xc3\n\xa9\n", &[], 1, 1),
    ];
    for (case, stdin, sent, line, byte) in cases {
        let (server, kept) = server_that_keeps();
        let output = talk(&server).stdin(stdin).run();
        output.stdout("").stderr(&complaint(line, byte)).code(65);
        server.finish();
        let said = kept.lock().expect("a sound lock");
        assert_eq!(said.texts(), sent, "{case}");
        assert_eq!(said.frames.len(), sent.len(), "{case}");
    }
}

#[test]
fn every_line_before_one_that_is_no_text_is_sent() {
    let (server, kept) = server_that_keeps();
    let good: Vec<String> = (0..50_000).map(|n| format!("line {n}")).collect();
    let mut stdin = good.join("\n").into_bytes();
    stdin.extend_from_slice(b"\nb\xe4d\nnever\n");
    let output = talk(&server).stdin(stdin).run();
    output.stdout("").stderr(&complaint(50_001, 2)).code(65);
    server.finish();
    assert_eq!(kept.lock().expect("a sound lock").texts(), good);
}

#[test]
fn a_long_line_that_is_no_text_is_never_seen_whole() {
    // Up to the size of a fragment nothing of it is sent.
    for (case, length, begun) in [
        ("200 KiB", 200 * 1024, false),
        ("700 KiB", 700 * 1024, false),
        ("just below a fragment", MEBIBYTE - 1, false),
        ("3 MiB", 3 * MEBIBYTE, true),
    ] {
        let (server, kept) = server_that_keeps();
        let mut stdin = b"good\n".to_vec();
        stdin.resize(stdin.len() + length, b'x');
        stdin.extend_from_slice(b"\xff\nnever\n");
        let output = talk(&server).stdin(stdin).run();
        output.stdout("").stderr(&complaint(2, length + 1)).code(65);
        server.finish();
        let said = kept.lock().expect("a sound lock");
        assert_eq!(said.texts(), ["good"], "{case}");
        assert_eq!(said.frames.len() > 1, begun, "{case}");
    }
}
