//! A JSON object in the making: members appended to a line of bytes.
//!
//! What needs no escape is copied in runs. Beside what JSON asks for, everything
//! that could drive a terminal is written as an escape, so that a line is safe on
//! a screen as it is, and means the same.

use std::io::Write;
use std::time::Duration;

use data_encoding::BASE64;

use crate::notation::must_escape;

/// Bytes that are looked at together; a loop over so many vectorises.
const STEP: usize = 16;

/// An object whose members are written one after the other.
pub(super) struct Object<'a>(pub(super) &'a mut Vec<u8>);

impl Object<'_> {
    /// The name of a member whose value follows; `{` or `,` is before it already.
    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// A member that is written as it is.
    pub(super) fn literal(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.extend_from_slice(json.as_bytes());
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        string(self.0, text);
    }

    /// The text, or `null`.
    pub(super) fn optional(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.literal(name, "null"),
        }
    }

    /// A text under the first name, or bytes that are none under the second.
    pub(super) fn bytes(&mut self, text: &str, base64: &str, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(valid) => self.text(text, valid),
            Err(_) => {
                self.name(base64);
                self.0.push(b'"');
                let start = self.0.len();
                let length = BASE64.encode_len(bytes.len());
                self.0.resize(start + length, 0);
                BASE64.encode_mut(bytes, &mut self.0[start..]);
                self.0.push(b'"');
            }
        }
    }

    pub(super) fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        digits(self.0, number);
    }

    /// In milliseconds, to the microsecond.
    pub(super) fn milliseconds(&mut self, name: &str, time: Duration) {
        self.name(name);
        milliseconds(self.0, time);
    }

    /// Members inside of a member. The first has no `,` before it, so it is cut.
    pub(super) fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        let start = self.0.len();
        members(self);
        match self.0.get_mut(start) {
            Some(comma) => *comma = b'{',
            None => self.0.push(b'{'),
        }
        self.0.push(b'}');
    }

    /// Pairs of texts.
    pub(super) fn pairs<'t>(
        &mut self,
        name: &str,
        pairs: impl Iterator<Item = (&'t str, impl AsRef<str>)>,
    ) {
        self.name(name);
        self.0.push(b'[');
        for (number, (one, other)) in pairs.enumerate() {
            self.0
                .extend_from_slice(if number > 0 { b",[" } else { b"[" });
            string(self.0, one);
            self.0.push(b',');
            string(self.0, other.as_ref());
            self.0.push(b']');
        }
        self.0.push(b']');
    }
}

/// See [`Object::milliseconds`].
pub(super) fn milliseconds(out: &mut Vec<u8>, time: Duration) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    digits(out, micros / 1000);
    let [a, b, c] = [100, 10, 1].map(|place| b'0' + (micros / place % 10) as u8);
    out.extend_from_slice(&[b'.', a, b, c]);
}

fn digits(out: &mut Vec<u8>, number: u64) {
    // Writing into a vector cannot fail.
    let _ = write!(out, "{number}");
}

/// A string literal.
fn string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while let Some(found) = next_special(rest.as_bytes()) {
        // Special bytes begin a character, so this is where one begins.
        let (plain, special) = rest.split_at(found);
        out.extend_from_slice(plain.as_bytes());
        let mut letters = special.chars();
        if let Some(c) = letters.next() {
            escape(out, c);
        }
        rest = letters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

/// Where the first byte is that may begin what has to be escaped.
fn next_special(bytes: &[u8]) -> Option<usize> {
    let position = |bytes: &[u8]| bytes.iter().position(|&byte| SPECIAL[usize::from(byte)]);
    // In JSON there is mostly one near.
    let near = bytes.len().min(STEP);
    if let Some(found) = position(&bytes[..near]) {
        return Some(found);
    }
    let clean = bytes[near..]
        .chunks_exact(STEP)
        .take_while(|chunk| {
            let any = |any, &byte: &u8| any | is_special(byte);
            !chunk.iter().fold(false, any)
        })
        .count();
    let from = near + clean * STEP;
    Some(from + position(&bytes[from..])?)
}

/// [`is_special`] of each byte.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        special[byte] = is_special(byte as u8);
        byte += 1;
    }
    special
};

/// Control characters, quotes and backslashes, and the bytes that begin what
/// [`must_escape`] has beyond ASCII (U+0080 to 009F, 061C, 200E to 2069, FEFF).
const fn is_special(byte: u8) -> bool {
    // Without jumps, so that a loop over it vectorises.
    (byte < 0x20)
        | (byte == b'"')
        | (byte == b'\\')
        | (byte == 0x7f)
        | (byte == 0xc2)
        | (byte == 0xd8)
        | (byte == 0xe2)
        | (byte == 0xef)
}

/// The character, as an escape if it has to be one.
fn escape(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        // All of these are in the first plane: four digits do.
        c if must_escape(c) => _ = write!(out, "\\u{:04x}", u32::from(c)),
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_are_escaped_as_json_and_terminals_want_it() {
        for (text, expected) in [
            ("", r#""""#),
            ("plain, ünïcode 🎉 \u{ac}", "\"plain, ünïcode 🎉 \u{ac}\""),
            (r#"{"a":"\n"}"#, r#""{\"a\":\"\\n\"}""#),
            ("a\r\n\tb\0", r#""a\r\n\tb\u0000""#),
            ("\x1b[2J\x7f\u{9b}1m", r#""\u001b[2J\u007f\u009b1m""#),
            (
                "\u{202e}x\u{2028}\u{feff}\u{61c}",
                r#""\u202ex\u2028\ufeff\u061c""#,
            ),
            ("0123456789abcdef\"", r#""0123456789abcdef\"""#),
            ("0123456789abcde\"f", r#""0123456789abcde\"f""#),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    #[test]
    fn every_character_that_must_be_escaped_is_found_by_its_first_byte() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            if must_escape(c) {
                let first = c.encode_utf8(&mut [0; 4]).as_bytes()[0];
                assert!(is_special(first), "{c:?}");
            }
        }
    }

    #[test]
    fn times_have_three_decimals() {
        for (micros, expected) in [(0, "0.000"), (41_304, "41.304"), (1_000_060, "1000.060")] {
            let mut out = Vec::new();
            milliseconds(&mut out, Duration::from_micros(micros));
            assert_eq!(out, expected.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn a_string_is_read_back_as_it_was(text in any::<String>(), more in "[ -~é]{0,40}") {
            let text = format!("{more}{text}{more}");
            let read: String = serde_json::from_str(&written(&text)).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
