//! Where a text stops being JSON: the parser's errors with our places, which are counted
//! in characters, and in our words.

/// Where a text stops being JSON, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct JsonError {
    /// Counted from 1, in `\n`.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
}

impl JsonError {
    /// The parser's error, its place counted in characters.
    pub(super) fn new(text: &str, error: &serde_json::Error) -> JsonError {
        let line = error.line().max(1);
        let source = text
            .split('\n')
            .nth(line - 1)
            .unwrap_or_default()
            .as_bytes();
        // The parser counts bytes, people count characters.
        let before = source.get(..error.column()).unwrap_or(source);
        let column = before
            .iter()
            .filter(|&&byte| byte & 0xc0 != 0x80)
            .count()
            .max(1);
        JsonError {
            line,
            column,
            message: in_our_words(&error.to_string()),
        }
    }

    /// An error at a byte of the text, which has to be a character's first.
    pub(super) fn at(text: &str, byte: usize, message: &str) -> JsonError {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError {
            line: before.matches('\n').count() + 1,
            column: before.chars().count() - before[..line_start].chars().count() + 1,
            message: message.to_owned(),
        }
    }
}

/// The parser's message without its position, which we give in characters.
fn in_our_words(message: &str) -> String {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(what, _)| what);
    message.replace("EOF while parsing", "the text ends inside")
}
