//! A part of a line that knows where it stands, and the literals that can be
//! written in one: JSON strings and values, hex, base64. Whatever is wrong with a
//! literal is told with its column in the line.

use data_encoding::{BASE64_NOPAD, DecodeKind};

use super::NotationError;
use crate::json::{self, JsonError};

/// Part of a line, with the place where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) column: usize,
}

impl<'a> Part<'a> {
    /// The first word, and all that follows one blank after it.
    pub(crate) fn split(self) -> (Part<'a>, Part<'a>) {
        let (word, rest) = self.text.split_once(is_blank).unwrap_or((self.text, ""));
        let blank = usize::from(word.len() < self.text.len());
        let column = self.column + word.chars().count() + blank;
        (Part { text: word, ..self }, Part { text: rest, column })
    }

    /// Without the blanks before it.
    pub(crate) fn trimmed_start(self) -> Part<'a> {
        let text = self.text.trim_start_matches(is_blank);
        // Blanks are single bytes, so that bytes are characters here.
        let column = self.column + self.text.len() - text.len();
        Part { text, column }
    }

    /// Without the blanks around it.
    pub(crate) fn trimmed(self) -> Part<'a> {
        let part = self.trimmed_start();
        Part {
            text: part.text.trim_end_matches(is_blank),
            ..part
        }
    }

    /// An error at the beginning of this part.
    pub(crate) fn error(self, message: impl Into<String>) -> NotationError {
        NotationError::new(self.column, message)
    }

    /// An error at a character of this part.
    pub(crate) fn error_at(self, index: usize, message: impl Into<String>) -> NotationError {
        NotationError::new(self.column + index, message)
    }

    fn half_byte(self, index: usize) -> NotationError {
        self.error_at(index, "a byte needs two hex digits")
    }

    /// An error where the JSON in this part goes wrong. An argument of a program
    /// may hold line breaks, and columns start anew after each.
    pub(crate) fn json_error(self, error: &JsonError, message: String) -> NotationError {
        let before = if error.line == 1 { self.column } else { 1 };
        NotationError::new(before + error.column - 1, message)
    }
}

/// A JSON string literal.
pub(crate) fn string(argument: Part<'_>) -> Result<String, NotationError> {
    json::string(argument.text).map_err(|error| {
        argument
            .json_error(&error, format!("not a JSON string: {}", error.message))
            .with_hint(r#"for example `/string "two\nlines"`"#)
    })
}

/// A JSON value, in compact form.
pub(crate) fn json(argument: Part<'_>) -> Result<String, NotationError> {
    json::compact(argument.text)
        .map_err(|error| argument.json_error(&error, format!("not JSON: {}", of_value(&error))))
}

/// Pairs of hex digits, with or without blanks between them.
pub(crate) fn hex(argument: Part<'_>) -> Result<Vec<u8>, NotationError> {
    let mut bytes = Vec::with_capacity(argument.text.len() / 2);
    let mut first: Option<(usize, u8)> = None;
    for (index, c) in argument.text.chars().enumerate() {
        match (hex_digit(c), first.take()) {
            (Some(low), Some((_, high))) => bytes.push(high << 4 | low),
            (Some(high), None) => first = Some((index, high)),
            (None, None) if is_blank(c) => {}
            (None, Some((at, _))) if is_blank(c) => return Err(argument.half_byte(at)),
            (None, _) => return Err(argument.error_at(index, format!("`{c}` is not a hex digit"))),
        }
    }
    match first {
        Some((at, _)) => Err(argument.half_byte(at)),
        None => Ok(bytes),
    }
}

pub(crate) fn hex_digit(c: char) -> Option<u8> {
    u8::try_from(c.to_digit(16)?).ok()
}

/// Either alphabet of RFC 4648, with or without padding.
pub(crate) fn base64(argument: Part<'_>) -> Result<Vec<u8>, NotationError> {
    let argument = argument.trimmed();
    let body = argument.text.trim_end_matches('=');
    let is_symbol = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    if let Some((index, c)) = body.chars().enumerate().find(|&(_, c)| !is_symbol(c)) {
        return Err(argument.error_at(index, format!("`{c}` is not a base64 character")));
    }
    let padding = argument.text.len() - body.len();
    if padding > 2 || (padding > 0 && !argument.text.len().is_multiple_of(4)) {
        return Err(argument.error_at(body.len(), "the base64 padding is wrong"));
    }
    let standard = body.replace('-', "+").replace('_', "/");
    BASE64_NOPAD.decode(standard.as_bytes()).map_err(|error| {
        let what = match error.kind {
            DecodeKind::Trailing => "the last base64 character has bits of no byte",
            _ => "the base64 text is cut short",
        };
        argument.error_at(error.position, what)
    })
}

/// The blanks that separate; others are part of what they stand in.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// The beginning of what was written, short enough for an error.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(32) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A JSON error with its place in the value, which may not be that in the line.
pub(crate) fn of_value(error: &JsonError) -> String {
    format!(
        "{} (line {}, column {} of the value)",
        error.message, error.line, error.column
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::message::Message;
    use crate::notation::tests::message;
    use crate::notation::{Line, parse_line};
    use proptest::prelude::*;

    fn refusal(line: &str) -> String {
        parse_line(line).unwrap_err().to_string()
    }

    #[test]
    fn a_string_literal_is_text() {
        assert_eq!(
            message(r#"/string "a\nb""#),
            Message::Text("a\nb".to_owned())
        );
        assert_eq!(
            message(r#"/string   " \u00e9 "  "#),
            Message::Text(" é ".to_owned())
        );
        let table = [
            (
                "/string",
                "column 8: not a JSON string: expected a string in double quotes",
            ),
            (
                "/string x",
                "column 9: not a JSON string: expected a string in double quotes",
            ),
            (
                "/string \"é\" x",
                "column 13: not a JSON string: trailing characters",
            ),
        ];
        for (line, error) in table {
            assert_eq!(refusal(line), error, "{line}");
        }
        assert!(parse_line(r#"/string "\ud800""#).is_err());
    }

    #[test]
    fn json_is_checked_and_sent_compact() {
        assert_eq!(
            message("/json { \"a b\" : 1.0 }"),
            Message::Text("{\"a b\":1.0}".to_owned())
        );
        assert_eq!(message("/json 1"), Message::Text("1".to_owned()));
        let table = [
            (
                "/json {\"a\": x}",
                "column 13: not JSON: expected value (line 1, column 7 of the value)",
            ),
            (
                "/json [",
                "column 7: not JSON: the text ends inside a list (line 1, column 1 of the value)",
            ),
            (
                "/json",
                "column 6: not JSON: the text ends inside a value (line 1, column 1 of the value)",
            ),
        ];
        for (line, error) in table {
            assert_eq!(refusal(line), error, "{line}");
        }
    }

    #[test]
    fn hex_takes_blanks_between_pairs_and_nowhere_else() {
        for line in [
            "/binary 01 02 ff",
            "/binary 0102FF",
            "/binary  01\t02ff ",
            "/binary 0102 ff",
        ] {
            assert_eq!(message(line), Message::Binary(vec![1, 2, 255]), "{line}");
        }
        assert_eq!(message("/binary"), Message::Binary(vec![]));
        let table = [
            ("/binary 0", "column 9: a byte needs two hex digits"),
            ("/binary 01 2 03", "column 12: a byte needs two hex digits"),
            ("/binary 01 xy", "column 12: `x` is not a hex digit"),
            ("/binary 0x01", "column 10: `x` is not a hex digit"),
            ("/binary é", "column 9: `é` is not a hex digit"),
            ("/ping /binary 0g", "column 16: `g` is not a hex digit"),
        ];
        for (line, error) in table {
            assert_eq!(refusal(line), error, "{line}");
        }
    }

    #[test]
    fn base64_takes_both_alphabets_with_or_without_padding() {
        let table: [(&str, &[u8]); 7] = [
            ("/base64", b""),
            ("/base64 AQL/", b"\x01\x02\xff"),
            ("/base64 AQL_", b"\x01\x02\xff"),
            ("/base64 -_-_", b"\xfb\xff\xbf"),
            ("/base64 AQ==", b"\x01"),
            ("/base64 AQ", b"\x01"),
            ("/base64  AQI= ", b"\x01\x02"),
        ];
        for (line, bytes) in table {
            assert_eq!(message(line), Message::Binary(bytes.to_vec()), "{line}");
        }
    }

    #[test]
    fn base64_that_is_not_exact_is_refused() {
        let table = [
            ("/base64 AQ=", "column 11: the base64 padding is wrong"),
            ("/base64 ====", "column 9: the base64 padding is wrong"),
            ("/base64 AQL/A", "column 13: the base64 text is cut short"),
            (
                "/base64 AR==",
                "column 10: the last base64 character has bits of no byte",
            ),
            ("/base64 AQ L/", "column 11: ` ` is not a base64 character"),
            ("/base64 A=Q=", "column 10: `=` is not a base64 character"),
            ("/base64 Aé", "column 10: `é` is not a base64 character"),
        ];
        for (line, error) in table {
            assert_eq!(refusal(line), error, "{line}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back_from_both_encodings(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let encodings = [
                format!("/base64 {}", data_encoding::BASE64.encode(&bytes)),
                format!("/base64 {}", data_encoding::BASE64URL_NOPAD.encode(&bytes)),
                format!("/binary {}", data_encoding::HEXUPPER.encode(&bytes)),
            ];
            for line in encodings {
                prop_assert_eq!(parse_line(&line), Ok(Line::Message(Message::Binary(bytes.clone()))));
            }
        }
    }
}
