//! Patterns: which messages a line asks for (`--until`, `--expect`, `/filter`,
//! `ignore` and the `<` lines of a transcript).
//!
//! A pattern is a line of the notation, and matches the message that it would
//! send; beside that a JSON object or array matches whatever says at least that,
//! and there are a few forms that only a pattern has. Pure. Whatever is received,
//! matching does not panic, recurses no deeper than the pattern is nested, holds at
//! most a copy of one string or number of the message, and takes time in
//! proportion to its length and to the size of the pattern.
//!
//! Regular expressions match characters, but `\w`, `\d`, `\s`, `\b` and `(?i)` are
//! ASCII's: the tables of Unicode would add half a megabyte to the program.
//!
//! A pattern speaks of one message. What a transcript can expect beside messages
//! (a Close frame, a lost connection, silence) is not here.

mod bytes;
mod parse;

use std::fmt;

use regex_lite::Regex;

use crate::json;
use crate::message::{Kind, Message, MessageRef};
use crate::notation::{NotationError, print};

pub use bytes::Bytes;
pub use parse::{FORMS, MAX_REGEX, quoted};

/// A line that messages are held against.
#[derive(Debug, Clone)]
pub struct Pattern {
    line: String,
    form: Form,
}

/// What a pattern asks of a message.
#[derive(Debug, Clone)]
pub enum Form {
    /// That it is this one.
    Exact(Message),
    /// That it is a binary message of such bytes.
    Binary(Bytes),
    /// That it is a ping with such data.
    Ping(Bytes),
    /// That it is a pong with such data.
    Pong(Bytes),
    /// That it is text, namely JSON that says at least this.
    JsonSubset(json::Value),
    /// That it is text, namely JSON that says just this.
    JsonEqual(json::Value),
    /// That it is text and this is found in it.
    Match(Regex),
    /// That it is a data message, perhaps of this kind.
    Any(Option<Kind>),
}

impl Pattern {
    /// What to write where nothing matched, because this is stricter than it looks.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.form {
            Form::Exact(Message::Text(_)) => Some(
                "a text is compared whole: /match REGEX looks for a part of it, {\"a\":1} for JSON that has this member",
            ),
            Form::Exact(_) | Form::Binary(_) => Some(
                "bytes are compared whole: `??` stands for any byte, a final `...` for any rest",
            ),
            Form::JsonEqual(_) => Some("/json allows no other members: leave it out to allow them"),
            _ => None,
        }
    }

    /// Understands a line, without its line break; a JSON value may have line
    /// breaks inside.
    ///
    /// # Errors
    /// Unknown forms; arguments that are not what the form takes; a line that
    /// begins like JSON and is none, because as text it would hardly be what was
    /// meant; JSON that [`json::Value::parse`] refuses; a regular expression that
    /// is none or needs more than [`MAX_REGEX`]; what is sent but never received
    /// (`/file`, `/wait`), and what is no message (`/close`, `/lost`, `/silence`).
    pub fn parse(line: &str) -> Result<Pattern, NotationError> {
        let form = parse::form(line)?;
        let line = line.to_owned();
        Ok(Pattern { line, form })
    }

    /// What asks for just this message.
    pub fn exact(message: Message) -> Pattern {
        let line = match &message {
            // What would be understood in another way says what it is.
            Message::Text(text) if text.starts_with(['{', '[']) => format!("/text {text}"),
            message => print(message),
        };
        let form = Form::Exact(message);
        Pattern { line, form }
    }

    /// Whether a message is one that the pattern asks for.
    pub fn matches(&self, message: MessageRef<'_>) -> bool {
        match (&self.form, message) {
            (Form::Exact(expected), message) => MessageRef::from(expected) == message,
            (Form::Binary(bytes), MessageRef::Binary(data))
            | (Form::Ping(bytes), MessageRef::Ping(data))
            | (Form::Pong(bytes), MessageRef::Pong(data)) => bytes.matches(data),
            (Form::JsonSubset(value), MessageRef::Text(text)) => value.is_subset_of(text),
            (Form::JsonEqual(value), MessageRef::Text(text)) => value.equals(text),
            (Form::Match(regex), MessageRef::Text(text)) => regex.is_match(text),
            (Form::Any(kind), MessageRef::Text(_)) => *kind != Some(Kind::Binary),
            (Form::Any(kind), MessageRef::Binary(_)) => *kind != Some(Kind::Text),
            _ => false,
        }
    }

    /// Whether the payload of data messages of this kind decides. If not, an empty
    /// one can stand for any, and nobody needs to hold it whole.
    pub fn reads(&self, kind: Kind) -> bool {
        match &self.form {
            Form::Exact(Message::Text(_))
            | Form::JsonSubset(_)
            | Form::JsonEqual(_)
            | Form::Match(_) => kind == Kind::Text,
            Form::Exact(Message::Binary(_)) | Form::Binary(_) => kind == Kind::Binary,
            Form::Exact(_) | Form::Ping(_) | Form::Pong(_) | Form::Any(_) => false,
        }
    }

    /// The JSON value that it asks for, as it was written, and what else an object of
    /// the message may hold; `None` if it asks for something else.
    pub fn json(&self) -> Option<(&str, json::Others)> {
        match &self.form {
            Form::JsonSubset(_) => Some((&self.line, json::Others::Allowed)),
            Form::JsonEqual(_) => {
                let (_, value) = self.line.split_once([' ', '\t'])?;
                Some((value, json::Others::Refused))
            }
            _ => None,
        }
    }

    /// What it asks for, taken apart.
    pub fn form(&self) -> &Form {
        &self.form
    }
}

impl fmt::Display for Pattern {
    /// The line as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::notation::tests::message;
    use proptest::prelude::*;

    fn pattern(line: &str) -> Pattern {
        Pattern::parse(line).unwrap()
    }

    /// A pattern, messages that match it (in the notation), others.
    const TABLE: &[(&str, &[&str], &[&str])] = &[
        (
            "hello",
            &["hello", "/text hello"],
            &["hello ", "Hello", "/binary 68 65 6c 6c 6f"],
        ),
        ("", &["/text"], &["/binary", "/text  "]),
        ("//any", &["//any"], &["/text any", "/text"]),
        ("/text {", &["/text {"], &["{}"]),
        ("/text {}", &["{}"], &["{\"a\":1}", "{ }"]),
        (r#"/string "a\nb ""#, &[r#"/string "a\nb ""#], &["a"]),
        ("5", &["5"], &["5.0", "\"5\""]),
        ("\"x\"", &["\"x\""], &["x"]),
        ("true", &["true"], &["/text true "]),
        (r#" {"a":1}"#, &[r#" {"a":1}"#], &[r#"{"a":1}"#]),
        (
            r#"{"type":"end","n":null}"#,
            &[
                r#"{"n":null,"type":"end","more":[1]}"#,
                r#" { "type":"end", "n":null}"#,
            ],
            &[r#"{"type":"end"}"#, "/text {", "end", "/binary 7b 7d"],
        ),
        (
            "[1,{}]",
            &["[1.0,{\"a\":2}]"],
            &["[1]", "[1,{},3]", "[1,[]]"],
        ),
        ("[\n 1\n]", &["[1]"], &["[]"]),
        (
            r#"/json {"a":1}"#,
            &[r#"{ "a":1e0 }"#],
            &[r#"{"a":1,"b":2}"#, "{}"],
        ),
        (
            "/json 5",
            &["5", "5.0", "50e-1", " 5"],
            &["5.1", "\"5\"", "5 5"],
        ),
        ("/json \"x\"", &["\"x\"", r#""\u0078""#], &["x"]),
        (
            "/binary 01 ?? 03",
            &["/binary 01 02 03"],
            &["/binary 01 02", "/ping /binary 01 02 03"],
        ),
        (
            "/binary 01...",
            &["/base64 AQI", "/binary 01"],
            &["/binary 02 01", "/binary"],
        ),
        ("/binary", &["/binary"], &["/binary 00", "/text"]),
        ("/base64 AQI=", &["/binary 01 02"], &["/binary 01"]),
        ("/ping k", &["/ping k"], &["/pong k", "/ping", "k"]),
        (
            "/pong /binary ?? 62",
            &["/pong ab"],
            &["/ping ab", "/pong abc"],
        ),
        ("/pong /string \"a b\"", &["/pong a b"], &["/pong a"]),
        ("/pong", &["/pong"], &["/pong x"]),
        (
            "/match ^tock \\d+$",
            &["tock 12"],
            &["tock", "a tock 1", "/binary 74 6f 63 6b 20 31"],
        ),
        ("/match b", &["abc"], &["a", "/ping b"]),
        (
            "/match (?i)^é.HALLO\\b",
            &["éßhallo é"],
            &["É hallo", "éßhallo_"],
        ),
        (
            "/any",
            &["x", "/text", "/binary"],
            &["/ping", "/pong", "/close"],
        ),
        ("/any-text", &["x", "/text"], &["/binary 78"]),
        ("/any-binary ", &["/binary 78", "/binary"], &["x"]),
    ];

    #[test]
    fn a_pattern_matches_what_it_says_and_nothing_else() {
        for (line, matching, others) in TABLE {
            let pattern = pattern(line);
            for matching in *matching {
                let message = message(matching);
                assert!(pattern.matches((&message).into()), "{line} and {matching}");
            }
            for other in *others {
                let message = message(other);
                assert!(!pattern.matches((&message).into()), "{line} and {other}");
            }
            assert_eq!(pattern.to_string(), *line);
        }
    }

    #[test]
    fn the_payload_of_a_kind_that_is_not_read_does_not_decide() {
        for (line, matching, others) in TABLE {
            let pattern = pattern(line);
            for written in matching.iter().chain(*others) {
                let message = message(written);
                let (kind, empty) = match message {
                    Message::Text(_) => (Kind::Text, MessageRef::Text("")),
                    Message::Binary(_) => (Kind::Binary, MessageRef::Binary(b"")),
                    _ => continue,
                };
                let whole = pattern.matches((&message).into());
                assert!(
                    pattern.reads(kind) || pattern.matches(empty) == whole,
                    "{line}"
                );
            }
        }
        assert!(!pattern("/any").reads(Kind::Text));
        assert!(!pattern("{}").reads(Kind::Binary));
        assert!(!pattern("/pong").reads(Kind::Text));
    }

    #[test]
    fn a_pattern_that_drives_others_mad_takes_linear_time() {
        let text = "a".repeat(20_000);
        assert!(!pattern("/match ^(a+)+$b").matches(MessageRef::Text(&text)));
        assert!(!pattern("/match (a|aa)*c").matches(MessageRef::Text(&text)));
    }

    proptest! {
        #[test]
        fn any_message_that_is_no_json_is_matched_by_its_line_alone(text in "\\PC{0,20}|[/{\\[\" a1]{0,6}", other in "\\PC{0,3}") {
            let line = print(&Message::Text(text.clone()));
            if let Ok(pattern) = Pattern::parse(&line) {
                prop_assert!(pattern.matches(MessageRef::Text(&text)), "{}", line);
                prop_assert_eq!(pattern.matches(MessageRef::Text(&other)), text == other);
            } else {
                prop_assert!(line.starts_with(['{', '[']), "{}", line);
            }
        }

        #[test]
        fn any_bytes_are_matched_by_their_line(data in prop::collection::vec(any::<u8>(), 0..100)) {
            for message in [Message::Binary(data.clone()), Message::Ping(data.clone()), Message::Pong(data)] {
                prop_assert!(pattern(&print(&message)).matches((&message).into()));
            }
        }

        #[test]
        fn no_line_makes_the_parser_panic_and_errors_lie_within_it(line in awkward()) {
            if let Err(error) = Pattern::parse(&line) {
                prop_assert!(error.column >= 1);
                prop_assert!(error.column <= line.chars().count() + 1, "{:?}: {}", line, error);
            }
        }
    }

    fn awkward() -> impl Strategy<Value = String> {
        let start =
            prop::sample::select([FORMS, &["{", "[", "", "/", "//", "/ping /binary"]].concat());
        (
            start,
            "[ \t]?",
            "[\\PC?.\\[\\](){}|*+\\\\\"0-9a-f/é\n -]{0,12}",
        )
            .prop_map(|(start, blank, rest)| format!("{start}{blank}{rest}"))
    }
}
