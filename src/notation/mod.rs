//! The notation: one line, one message. What the prompt accepts, the screen
//! shows, a transcript holds and a check expects.
//!
//! Pure: no file is read and no clock asked; `/file` and `/wait` are handed to
//! the caller. The law, held by properties: for every message, control data of at
//! most 125 bytes, [`parse_line`] gives back what [`print()`] was given; and what is
//! printed is one line without anything that could move a terminal's cursor.

mod parse;
pub(crate) mod part;
mod print;

use std::fmt;
use std::time::Duration;

use crate::message::{Kind, Message};

pub use crate::visible::must_escape;
pub use parse::{Parser, parse_block, parse_line};
pub(crate) use print::{is_plain, literal, write_inside};
pub use print::{print, write};

/// What a line of the notation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Message(Message),
    /// The content of a file, to be read by the caller, as one message.
    File {
        kind: Kind,
        path: String,
    },
    /// What follows waits that long.
    Wait(Duration),
}

/// Why a line is not in the notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotationError {
    /// Where in the line, counted from 1 in characters.
    pub column: usize,
    /// How many lines before this one the JSON value began that the error is
    /// about, which is the line to name; 0 if it is about this line alone.
    pub lines_back: usize,
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// Bytes in base64 as `/base64` takes them: either alphabet, with or without
/// padding. For the other places where bytes are written so.
///
/// # Errors
/// Everything else; the column counts from the beginning of `text`.
pub fn base64(text: &str) -> Result<Vec<u8>, NotationError> {
    part::base64(part::Part { text, column: 1 })
}

/// A command of the notation, for help and completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// With its slash.
    pub name: &'static str,
    /// What may follow, as a usage line writes it.
    pub arguments: &'static str,
    /// One line, lower case, without a full stop.
    pub about: &'static str,
}

impl Command {
    /// A command with its arguments, and what it is for.
    pub const fn new(name: &'static str, arguments: &'static str, about: &'static str) -> Self {
        Command {
            name,
            arguments,
            about,
        }
    }
}

/// Every command, in the order in which help lists them.
pub const COMMANDS: &[Command] = &[
    Command::new(
        "/text",
        "[TEXT]",
        "send TEXT whatever it starts with; alone, the empty text",
    ),
    Command::new(
        "/string",
        "\"TEXT\"",
        "send a JSON string as text, for line breaks and outer blanks",
    ),
    Command::new(
        "/json",
        "VALUE",
        "check a JSON value and send it without white space",
    ),
    Command::new(
        "/binary",
        "[HEX]",
        "send a binary message, in pairs of hex digits",
    ),
    Command::new("/base64", "[BASE64]", "send a binary message"),
    Command::new(
        "/file",
        "[--text] PATH",
        "send a file's content as one message",
    ),
    Command::new(
        "/ping",
        "[DATA]",
        "send a ping; DATA may be /string, /binary or /base64",
    ),
    Command::new("/pong", "[DATA]", "send a pong nobody asked for"),
    Command::new("/close", "[CODE [REASON]]", "start the closing handshake"),
    Command::new(
        "/wait",
        "DURATION",
        "let what follows wait: 5, 0.5 (seconds), 800ms, 2m",
    ),
];

impl NotationError {
    fn new(column: usize, message: impl Into<String>) -> NotationError {
        NotationError {
            column,
            lines_back: 0,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> NotationError {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for NotationError {
    /// The column is left out where it is the line's beginning; the hint always,
    /// because it stands on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column > 1 {
            write!(f, "column {}: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotationError {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use super::*;
    use crate::message::close_payload;
    use proptest::prelude::*;

    /// The message of a line, for the tests of whatever holds messages against others.
    #[track_caller]
    pub(crate) fn message(line: &str) -> Message {
        match parse_line(line) {
            Ok(Line::Message(message)) => message,
            other => panic!("{line:?} is {other:?}"),
        }
    }

    #[test]
    fn an_error_names_its_column_only_inside_the_line() {
        assert_eq!(NotationError::new(1, "no").to_string(), "no");
        assert_eq!(
            NotationError::new(9, "no").with_hint("yes").to_string(),
            "column 9: no"
        );
    }

    #[test]
    fn every_command_of_the_table_is_known_to_the_parser() {
        for command in COMMANDS {
            if let Err(error) = parse_line(command.name) {
                assert!(!error.message.starts_with("unknown"), "{error}");
            }
        }
    }

    fn round_trip(message: &Message) -> Result<(), TestCaseError> {
        let line = print(message);
        prop_assert!(!line.chars().any(must_escape), "{:?}", line);
        prop_assert_eq!(
            parse_line(&line),
            Ok(Line::Message(message.clone())),
            "{}",
            line
        );
        let mut parser = Parser::default();
        prop_assert_eq!(
            parser.push(&line),
            Ok(Some(Line::Message(message.clone()))),
            "{}",
            line
        );
        prop_assert_eq!(line.trim(), line.as_str());
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            round_trip(&Message::Text(text))?;
        }

        #[test]
        fn any_awkward_text_comes_back(text in awkward()) {
            round_trip(&Message::Text(text))?;
        }

        #[test]
        fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            round_trip(&Message::Binary(bytes))?;
        }

        #[test]
        fn any_control_data_comes_back(data in control_data()) {
            round_trip(&Message::Ping(data.clone()))?;
            round_trip(&Message::Pong(data))?;
        }

        #[test]
        fn any_close_payload_comes_back(payload in close()) {
            round_trip(&Message::Close(payload))?;
        }

        #[test]
        fn whatever_is_understood_prints_as_a_line_that_means_the_same(line in awkward_line()) {
            if let Ok(Line::Message(message)) = parse_line(&line) {
                round_trip(&message)?;
            }
        }

        #[test]
        fn an_error_lies_within_the_line(line in awkward_line()) {
            if let Err(error) = parse_line(&line) {
                prop_assert!(error.column >= 1, "{}", error);
                prop_assert!(error.column <= line.chars().count() + 1, "{:?}: {}", line, error);
            }
        }

        #[test]
        fn the_parser_never_panics_and_agrees_with_single_lines(lines in prop::collection::vec(awkward_line(), 0..6)) {
            let mut parser = Parser::default();
            for line in &lines {
                let was_open = parser.is_open();
                let result = parser.push(line);
                if !was_open && !parser.is_open() {
                    prop_assert_eq!(result.is_ok(), parse_line(line).is_ok());
                }
            }
            prop_assert_eq!(parser.is_open(), parser.finish().is_err());
        }
    }

    fn awkward() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "/",
            "//",
            "{",
            "[",
            "}",
            "]",
            "\"",
            "\\",
            ":",
            ",",
            "1",
            "tr",
            "-",
            " ",
            "\t",
            "\n",
            "\r",
            "\0",
            "\u{7f}",
            "\u{85}",
            "\u{9b}",
            "\u{a0}",
            "\u{61c}",
            "\u{200e}",
            "\u{202e}",
            "\u{2028}",
            "\u{2029}",
            "\u{2066}",
            "\u{3000}",
            "\u{feff}",
            "a",
            "é",
            "😀",
            "\u{301}",
            "\u{200b}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{e0041}",
            "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
            "/text",
            "/string",
            "\\u",
            "/binary ",
            "\x1b[2J",
            "\"a\":",
        ]);
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn awkward_line() -> impl Strategy<Value = String> {
        let mut starts: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        starts.extend([
            "",
            "",
            "/close 1000",
            "/close /binary",
            "/ping /string",
            "/pong /base64",
            "/file --text",
            "{",
        ]);
        let start = prop::sample::select(starts);
        let rest = prop_oneof![
            awkward(),
            prop::collection::vec(
                prop::sample::select(vec!["0", "f", "A", "=", "-", "_", " ", "g", "é"]),
                0..9
            )
            .prop_map(|pieces| pieces.concat()),
            (0..6000u32).prop_map(|number| number.to_string()),
        ];
        (start, prop::sample::select(vec!["", " ", "  ", "\t"]), rest)
            .prop_map(|(start, blank, rest)| format!("{start}{blank}{rest}"))
    }

    fn control_data() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..=125),
            awkward().prop_map(String::into_bytes),
        ]
        .prop_filter("a control frame carries 125 bytes", |data| {
            data.len() <= 125
        })
    }

    fn close() -> impl Strategy<Value = Vec<u8>> {
        let reason = prop_oneof![
            awkward(),
            any::<String>(),
            Just("x".repeat(123)),
            Just("x".repeat(124))
        ];
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..140),
            (990..5010u16, reason).prop_map(|(code, reason)| close_payload(Some(code), &reason)),
        ]
    }
}
