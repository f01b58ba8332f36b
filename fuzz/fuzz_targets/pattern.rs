//! Patterns, and messages held against them.
//!
//! The input is text: its first line is a pattern, the rest a message. Proves that
//! parsing never panics and places its errors inside the line; that no message
//! makes matching panic; that the pattern is its own line again; that what equals
//! a JSON value also holds it as a subset; that text which is JSON equals itself;
//! and that a payload which is said not to be read does not decide.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::json::Value;
use wstalk::message::{Kind, MessageRef};
use wstalk::pattern::Pattern;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    assert_values_agree(line, rest);
    match Pattern::parse(line) {
        Ok(pattern) => assert_matching(&pattern, line, rest),
        Err(error) => {
            assert!(error.column >= 1, "{error}");
            assert!(error.column <= line.chars().count() + 1, "{line}: {error}");
        }
    }
});

fn assert_matching(pattern: &Pattern, line: &str, rest: &str) {
    assert_eq!(pattern.to_string(), line);
    let text = pattern.matches(MessageRef::Text(rest));
    let binary = pattern.matches(MessageRef::Binary(rest.as_bytes()));
    assert!(!(text && binary) || !pattern.reads(Kind::Text), "{line}");
    if !pattern.reads(Kind::Text) {
        assert_eq!(text, pattern.matches(MessageRef::Text("")), "{line}");
    }
    if !pattern.reads(Kind::Binary) {
        assert_eq!(binary, pattern.matches(MessageRef::Binary(b"")), "{line}");
    }
    let data = rest.as_bytes();
    assert!(!(pattern.matches(MessageRef::Ping(data)) && pattern.matches(MessageRef::Pong(data))));
}

fn assert_values_agree(line: &str, rest: &str) {
    let (Ok(one), other) = (Value::parse(line), Value::parse(rest)) else {
        return;
    };
    assert!(one.equals(line) && one.is_subset_of(line), "{line}");
    let equal = one.equals(rest);
    assert!(!equal || one.is_subset_of(rest), "{line} and {rest}");
    if let Ok(other) = other {
        assert_eq!(equal, other.equals(line), "{line} and {rest}");
        assert_eq!(equal, one == other, "{line} and {rest}");
    }
}
