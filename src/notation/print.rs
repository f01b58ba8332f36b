//! From a message to its line.
//!
//! What is written is always one line and never holds a character that
//! a terminal obeys or that hides what the reader sees; it can be read back.

use std::fmt::Write as _;

use crate::json::{Scan, scan};
use crate::message::{
    MAX_REASON, Message, MessageRef, close_code, close_reason, is_allowed_on_wire,
};
use crate::visible::{Sight, is_visible, push_escape};

/// The line of a message.
pub fn print(message: &Message) -> String {
    let mut line = String::new();
    write(message, &mut line);
    line
}

/// Appends the line of a message, owned or on loan, without a line break.
pub fn write<'a>(message: impl Into<MessageRef<'a>>, out: &mut String) {
    match message.into() {
        MessageRef::Text(text) => write_text(text, out),
        MessageRef::Binary(bytes) => write_binary(bytes, out),
        MessageRef::Ping(data) => write_control("/ping", data, out),
        MessageRef::Pong(data) => write_control("/pong", data, out),
        MessageRef::Close(payload) => write_close(payload, out),
    }
}

/// As it is, unless it would be read otherwise.
fn write_text(text: &str, out: &mut String) {
    if text.is_empty() {
        out.push_str("/text");
    } else if !is_plain(text) {
        out.push_str("/string ");
        write_string(text, out);
    } else {
        if text.starts_with('/') {
            out.push('/');
        } else if text.starts_with(['{', '[']) && scan(text) == Scan::Incomplete {
            out.push_str("/text ");
        }
        out.push_str(text);
    }
}

/// Whether text can stand in a line as it is, but for what it starts with. Blanks
/// are those of Unicode: whoever trims a line may use any rule.
pub(crate) fn is_plain(text: &str) -> bool {
    text.trim().len() == text.len() && is_visible(text)
}

/// A text as a JSON string literal, on one line and harmless.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    write_string(text, &mut literal);
    literal
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    write_inside(text, out);
    out.push('"');
}

/// Appends what stands between the quotes of a text's literal.
pub(crate) fn write_inside(text: &str, out: &mut String) {
    let mut sight = Sight::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if sight.hides(c) => push_escape(c, out),
            c => out.push(c),
        }
    }
}

/// Pairs of hex digits, without formatting: a message may be long.
fn write_binary(bytes: &[u8], out: &mut String) {
    out.push_str("/binary");
    out.reserve(bytes.len() * 3);
    for byte in bytes {
        out.push(' ');
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
}

/// In the plainest form that is read back.
fn write_control(name: &str, data: &[u8], out: &mut String) {
    out.push_str(name);
    if data.is_empty() {
        return;
    }
    out.push(' ');
    match std::str::from_utf8(data) {
        Ok(text) if is_plain(text) && !text.starts_with('/') => out.push_str(text),
        Ok(text) => {
            out.push_str("/string ");
            write_string(text, out);
        }
        Err(_) => write_binary(data, out),
    }
}

/// With code and reason where these say all of it, else in hex.
fn write_close(payload: &[u8], out: &mut String) {
    out.push_str("/close");
    if payload.is_empty() {
        return;
    }
    out.push(' ');
    let Some((code, reason)) = expressible(payload) else {
        return write_binary(payload, out);
    };
    push_formatted(out, format_args!("{code}"));
    if !reason.is_empty() {
        out.push(' ');
        out.push_str(reason);
    }
}

/// The code and reason of a payload that `/close CODE REASON` can write.
fn expressible(payload: &[u8]) -> Option<(u16, &str)> {
    let code = close_code(payload).filter(|&code| is_allowed_on_wire(code))?;
    let reason = std::str::from_utf8(close_reason(payload)).ok()?;
    let fits = reason.len() <= MAX_REASON && is_plain(reason) && !reason.starts_with('/');
    fits.then_some((code, reason))
}

fn push_formatted(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::message::close_payload;

    #[test]
    fn text_is_written_as_it_is_unless_it_would_be_read_otherwise() {
        let table = [
            ("hello  world", "hello  world"),
            ("", "/text"),
            ("/ping", "//ping"),
            ("/", "//"),
            ("//x", "///x"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("{\"a\":", "/text {\"a\":"),
            ("[", "/text ["),
            ("[1.", "/text [1."),
            ("{not json", "{not json"),
            ("[info] started", "[info] started"),
            ("\"quoted\" \\n", "\"quoted\" \\n"),
            ("é😀", "é😀"),
        ];
        for (text, line) in table {
            assert_eq!(print(&Message::Text(text.to_owned())), line);
        }
    }

    #[test]
    fn text_that_a_terminal_would_obey_or_hide_is_a_string_literal() {
        let table = [
            ("a\nb", r#"/string "a\nb""#),
            ("{\n}", r#"/string "{\n}""#),
            ("\t\r\"\\", r#"/string "\t\r\"\\""#),
            (" x", r#"/string " x""#),
            ("x ", r#"/string "x ""#),
            ("x\u{3000}", "/string \"x\u{3000}\""),
            ("\x1b[2J", r#"/string "\u001b[2J""#),
            ("a\u{7f}\u{9b}b", r#"/string "a\u007f\u009bb""#),
            (
                "a\u{202e}b\u{2028}c\u{feff}",
                r#"/string "a\u202eb\u2028c\ufeff""#,
            ),
            ("/\n", r#"/string "/\n""#),
            ("\u{301}", r#"/string "\u0301""#),
            ("\"\u{301}", "\"\u{301}"),
            ("a\u{200b}b\u{e0041}", r#"/string "a\u200bb\udb40\udc41""#),
        ];
        for (text, line) in table {
            assert_eq!(print(&Message::Text(text.to_owned())), line);
        }
    }

    #[test]
    fn binary_is_written_in_pairs_of_lower_case_hex() {
        assert_eq!(print(&Message::Binary(vec![])), "/binary");
        assert_eq!(print(&Message::Binary(vec![1, 2, 255])), "/binary 01 02 ff");
    }

    #[test]
    fn control_data_takes_the_plainest_form_that_reads_back() {
        let table: [(&[u8], &str); 7] = [
            (b"", "/ping"),
            (b"k", "/ping k"),
            (b"{", "/ping {"),
            (b"a b", "/ping a b"),
            (b"/binary 00", r#"/ping /string "/binary 00""#),
            (b" \x00", r#"/ping /string " \u0000""#),
            (b"\xff\x00", "/ping /binary ff 00"),
        ];
        for (data, line) in table {
            assert_eq!(print(&Message::Ping(data.to_vec())), line);
        }
        assert_eq!(print(&Message::Pong(b"k".to_vec())), "/pong k");
    }

    #[test]
    fn a_close_is_written_with_code_and_reason_where_that_says_it_all() {
        let table: [(&[u8], &str); 9] = [
            (b"", "/close"),
            (b"\x03\xe8", "/close 1000"),
            (b"\x03\xe8bye there", "/close 1000 bye there"),
            (b"\x03\xe8/bye", "/close /binary 03 e8 2f 62 79 65"),
            (b"\x03\xe8 x", "/close /binary 03 e8 20 78"),
            (b"\x03\xe8\n", "/close /binary 03 e8 0a"),
            (b"\x03\xe8\xff", "/close /binary 03 e8 ff"),
            (b"\x03\xee", "/close /binary 03 ee"),
            (b"\x03", "/close /binary 03"),
        ];
        for (payload, line) in table {
            assert_eq!(print(&Message::Close(payload.to_vec())), line);
        }
        let long = print(&Message::Close(close_payload(Some(1000), &"x".repeat(124))));
        assert!(long.starts_with("/close /binary 03 e8 78"), "{long}");
    }

    #[test]
    fn a_loan_is_written_without_being_owned() {
        let mut out = String::from("< ");
        write(MessageRef::Text("hi"), &mut out);
        assert_eq!(out, "< hi");
    }
}
