//! Of the way back: what one run writes, another one reads, and sends the same.

use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::super::support::events::{events, recording};
use super::super::support::{Server, echo_server};
use super::{Ear, Said, binary, closing, numbers, says, talk, text};

/// What means something in the notation, and what a terminal obeys.
const PARTS: [&str; 24] = [
    "/",
    "//",
    "/text",
    "/string ",
    "/ping",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    " ",
    "\t",
    "\r",
    "\n",
    "\0",
    "\u{1b}[2J",
    "\u{85}",
    "\u{202e}",
    "\u{feff}",
    "\u{2028}",
    "é🎉",
    "a",
    "1,",
];

/// Text that looks like something else.
const LOOK_LIKE_ELSE: [&str; 42] = [
    "",
    " ",
    "\n",
    "\r",
    "a\r",
    "\ra",
    "a\r\n",
    "\r\nb",
    "/",
    "//",
    "///",
    "/text",
    "/text ",
    "/nothing",
    "/close",
    "{",
    "[",
    "{\"a\":",
    "{}",
    "{} ",
    " {}",
    "{\"a\":\n1}",
    "[1,\n2]",
    "{\"a\":\"",
    "{\"a\":1}\n",
    "[",
    "\"",
    "\\",
    "\\n",
    "\0",
    "a\0b",
    "\u{7f}",
    "\u{9b}31m",
    "\u{1b}[31m",
    "\u{feff}a",
    "> a",
    "< a",
    "* a",
    "# a",
    "\u{10ffff}",
    "\u{a0}",
    "{{a}}",
];

/// Messages that are hard to write down: those that look like something else,
/// and others made by chance of what does.
fn nasty_messages() -> Vec<Said> {
    let mut all: Vec<Said> = LOOK_LIKE_ELSE.into_iter().map(text).collect();
    all.push(Said::Text("é".repeat(35_000)));
    all.push(Said::Text("{\"a\":".repeat(1000)));
    all.push(binary([]));
    all.push(binary("text"));
    all.push(binary([0, 10, 13, 255]));
    all.push(Said::Binary(
        (0..70_000_u32).map(|n| (n % 256) as u8).collect(),
    ));
    let mut numbers = numbers(7);
    let mut next = |below: usize| numbers.next().expect("no end") % below;
    for _ in 0..300 {
        let count = next(7);
        let made: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
        all.push(match next(5) {
            0 => Said::Binary(made.into_bytes().into_iter().rev().collect()),
            _ => Said::Text(made),
        });
    }
    all
}

/// What a run prints of a server that says all these.
#[track_caller]
fn printed(messages: &[Said], options: &[&str]) -> Vec<u8> {
    let all = messages.to_vec();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        says(conn, &all);
    });
    let output = talk(&server).args(options).stdin_stays_open().run();
    let stdout = output.stdout_seen().to_vec();
    output.stderr("").code(0);
    server.finish();
    stdout
}

/// What a server hears of this stdin.
#[track_caller]
fn sent(stdin: impl AsRef<[u8]>, options: &[&str]) -> Vec<Said> {
    let ear = Ear::default();
    let server = ear.server();
    let output = talk(&server).args(options).arg("-E").stdin(stdin).run();
    output.stdout("").stderr("").code(0);
    server.finish();
    ear.said()
}

#[track_caller]
fn assert_same(found: &[Said], expected: &[Said]) {
    for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found == expected;
        assert!(same, "{number}: {found:.200?} is not {expected:.200?}");
    }
    let mut rest = found.iter().skip(expected.len());
    assert_eq!(rest.next(), Some(&closing()));
    assert_eq!(rest.next(), None);
}

#[test]
fn the_notation_of_what_came_is_the_notation_of_the_same_messages() {
    let all = nasty_messages();
    let lines = printed(&all, &["--output", "notation"]);
    let count = lines.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(count, all.len(), "not a line a message");
    assert_same(&sent(&lines, &["--input", "notation"]), &all);
    // The line ends of other systems make no difference.
    let text = String::from_utf8(lines).expect("the notation is UTF-8");
    assert!(!text.contains('\r'));
    let lines = text.replace('\n', "\r\n");
    assert_same(&sent(lines, &["--input", "notation"]), &all);
}

#[test]
fn pings_and_pongs_come_back_through_the_notation_too() {
    let all = [
        Said::Ping(Vec::new()),
        Said::Ping(b" a ".to_vec()),
        Said::Ping(b"/binary 00".to_vec()),
        Said::Ping(b"/".to_vec()),
        Said::Pong(b"\r".to_vec()),
        Said::Pong(vec![0, 255]),
        Said::Ping(vec![b'x'; 125]),
    ];
    let lines = printed(&all, &["--output", "notation", "-P"]);
    assert_same(&sent(lines, &["--input", "notation"]), &all);
}

/// The line of `--input json` that sends what an event tells of.
fn input_line(event: &Value) -> Option<String> {
    let data = &event["data"];
    let base64 = match data.as_str() {
        Some(text) => json!(BASE64.encode(text.as_bytes())),
        None => event["base64"].clone(),
    };
    let line = match (event["event"].as_str()?, event["type"].as_str()) {
        ("message", Some("text")) => json!({ "text": data }),
        ("message", _) => json!({ "base64": base64 }),
        _ => return None,
    };
    Some(format!("{line}\n"))
}

#[test]
fn events_made_into_input_send_the_same_messages() {
    let all = nasty_messages();
    let lines = printed(&all, &["--json"]);
    let found = events(&lines);
    let lines: String = found.iter().filter_map(input_line).collect();
    assert_same(&sent(lines, &["--input", "json"]), &all);
}

#[test]
fn a_zero_byte_keeps_messages_apart_that_have_none() {
    let mut all = nasty_messages();
    all.retain(|said| matches!(said, Said::Text(text) if !text.contains('\0')));
    let stdin = printed(&all, &["--output", "nul"]);
    assert_same(&sent(stdin, &["--input", "nul"]), &all);
    let stdin = printed(&all, &["-0"]);
    assert_same(&sent(stdin, &["--input", "nul"]), &all);
}

#[track_caller]
fn assert_recorded(found: &[Value], direction: &str, count: usize) {
    let numbers: Vec<u64> = found
        .iter()
        .filter(|event| event["event"] == "message" && event["direction"] == direction)
        .filter_map(|event| event["n"].as_u64())
        .collect();
    let expected: Vec<u64> = (1..=count as u64).collect();
    assert_eq!(numbers, expected, "{direction}");
}

/// Sends these lines of the notation to an echo server, and records it.
#[track_caller]
fn record(stdin: &[u8], count: usize, path: &Path) {
    let server = echo_server();
    let output = talk(&server)
        .args(["--input", "notation", "--output", "raw"])
        .args(["-N", &count.to_string()])
        .arg("--record")
        .arg(path)
        .stdin(stdin)
        .run();
    output.stderr("").code(0);
}

#[test]
fn a_recording_is_input_that_sends_the_same_messages_again() {
    let all = nasty_messages();
    let lines = printed(&all, &["--output", "notation"]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording");
    record(&lines, all.len(), &path);
    let found = recording(&path);
    assert_recorded(&found, "sent", all.len());
    assert_recorded(&found, "received", all.len());
    let again = std::fs::read(&path).expect("a recording");
    assert_same(&sent(again, &["--input", "json"]), &all);
}

#[test]
fn a_recording_has_our_pings_and_not_those_that_were_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording");
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.ping("theirs").expect_pong("theirs").text("go");
        conn.expect_ping([0, 255])
            .pong([0, 255])
            .expect_text("a")
            .expect_pong("ours")
            .answer_close();
    });
    let mut running = talk(&server)
        .args(["--input", "notation", "-E", "--record"])
        .arg(&path)
        .start();
    running.wait_stdout("go\n");
    running
        .send("/ping /binary 00 ff\na\n/pong ours\n")
        .close_stdin();
    running.finish().stdout("go\n").stderr("").code(0);
    server.finish();
    let again = std::fs::read(&path).expect("a recording");
    let expected = [Said::Ping(vec![0, 255]), Said::Text("a".into())];
    assert_same(&sent(again, &["--input", "json"]), &expected);
}

#[test]
fn messages_as_long_as_they_may_be_come_back_too() {
    const LIMIT: [&str; 2] = ["--max-message-size", "300000"];
    for all in [
        [Said::Text("\u{1b}".repeat(300_000))],
        [Said::Binary(vec![255; 300_000])],
    ] {
        let lines = printed(&all, &["--output", "notation", LIMIT[0], LIMIT[1]]);
        let found = sent(lines, &["--input", "notation", LIMIT[0], LIMIT[1]]);
        assert_same(&found, &all);
        let lines = printed(&all, &["--json", LIMIT[0], LIMIT[1]]);
        let lines: String = events(lines).iter().filter_map(input_line).collect();
        let found = sent(lines, &["--input", "json", LIMIT[0], LIMIT[1]]);
        assert_same(&found, &all);
    }
}
