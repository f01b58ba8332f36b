//! The notation in both directions: lines of any text, and any message.
//!
//! Proves that parsing never panics and places its errors inside the line; that
//! every message prints as one line without control characters that parses to
//! the same message, alone and in a parser; that a JSON value over several lines
//! is exactly those lines; and that the parser says the same of a line as
//! `parse_line` does, when no value is open.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::json::{Scan, scan};
use wstalk::message::{MAX_CONTROL, Message};
use wstalk::notation::{Line, Parser, must_escape, parse_block, parse_line, print};

fuzz_target!(|bytes: &[u8]| {
    for message in messages(bytes) {
        assert_comes_back(&message);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = parse_block(text);
    assert_is_understood_or_refused(text);
    let lines: Vec<&str> = text.split('\n').collect();
    lines
        .iter()
        .copied()
        .for_each(assert_is_understood_or_refused);
    assert_lines_are_read_in_order(&lines);
});

/// Every kind of message that these bytes can be.
fn messages(bytes: &[u8]) -> Vec<Message> {
    let control = &bytes[..bytes.len().min(MAX_CONTROL)];
    let mut messages = vec![
        Message::Binary(bytes.to_vec()),
        Message::Ping(control.to_vec()),
        Message::Pong(control.to_vec()),
        Message::Close(bytes.to_vec()),
        Message::Close(control.to_vec()),
    ];
    if let Ok(text) = std::str::from_utf8(bytes) {
        messages.push(Message::Text(text.to_owned()));
    }
    messages
}

fn assert_comes_back(message: &Message) {
    let line = print(message);
    assert!(!line.chars().any(must_escape), "{line:?}");
    assert_eq!(line.trim(), line, "outer blanks get lost");
    let meant = Ok(Line::Message(message.clone()));
    assert_eq!(parse_line(&line), meant, "{line}");
    assert_eq!(Parser::default().push(&line), meant.map(Some), "{line}");
    assert_eq!(parse_block(&line), Ok(Line::Message(message.clone())));
}

fn assert_is_understood_or_refused(line: &str) {
    match parse_line(line) {
        Ok(Line::Message(message)) => assert_comes_back(&message),
        Ok(Line::File { path, .. }) => assert!(!path.is_empty()),
        Ok(Line::Wait(_)) => {}
        Err(error) => {
            let end = line.chars().count() + 1;
            assert!((1..=end).contains(&error.column), "{line:?}: {error}");
            assert_eq!(error.lines_back, 0, "{line:?}: {error}");
        }
    }
}

/// Gives the lines to a parser, and holds it to what it says of its state.
fn assert_lines_are_read_in_order(lines: &[&str]) {
    let mut parser = Parser::default();
    let mut open: Vec<&str> = Vec::new();
    for line in lines {
        let result = parser.push(line);
        let alone = open.is_empty();
        open.push(line);
        match result {
            Ok(Some(read)) if alone => assert_eq!(parse_line(line), Ok(read)),
            Ok(Some(read)) => assert_is_json(&open, &read),
            Ok(None) => assert!(parse_line(open[0]).is_err(), "{line:?} was whole"),
            Err(error) => assert_eq!(error.lines_back, open.len() - 1, "{error}"),
        }
        if !parser.is_open() {
            open.clear();
        }
        assert_eq!(parser.lines(), open.len());
        assert_eq!(parser.len(), open.join("\n").len());
    }
    assert_eq!(parser.finish().is_err(), !open.is_empty());
    assert!(!parser.is_open());
}

fn assert_is_json(lines: &[&str], read: &Line) {
    let source = lines.join("\n");
    assert_eq!(scan(&source), Scan::Complete, "{source}");
    assert_eq!(*read, Line::Message(Message::Text(source)));
}
