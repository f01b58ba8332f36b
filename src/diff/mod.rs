//! Why a received message is not what a pattern asks for, as lines for people.
//!
//! Each line says where, what was expected and what came. Whatever a payload holds,
//! a line has no character that a terminal obeys or that nobody sees, and what is of
//! a payload stands in quotes or brackets of its own, which it cannot leave: behind a
//! `…` outside of quotes something was left out by us. Pure; time is in proportion to
//! the message and to the depth of what is expected.

mod bytes;
mod distance;
mod json;
mod show;
mod text;

use crate::json::{Others, check};
use crate::message::{Kind, Message, MessageRef};
use crate::pattern::{Form, Pattern};

pub use distance::distance;

/// The most lines that tell of differences; one more says how many there are beside.
pub const MAX_LINES: usize = 10;

/// What keeps a message from matching, a line for each place; nothing if it matches.
pub fn diff(pattern: &Pattern, message: MessageRef<'_>) -> Vec<String> {
    if pattern.matches(message) {
        return Vec::new();
    }
    match (pattern.form(), message) {
        (Form::Exact(Message::Text(expected)), MessageRef::Text(found)) => {
            vec![text::difference(expected, found)]
        }
        (Form::JsonSubset(_) | Form::JsonEqual(_), MessageRef::Text(found)) => {
            of_json(pattern, found)
        }
        (Form::Match(regex), MessageRef::Text(_)) => {
            vec![format!("no match for {}", show::plain(regex.as_str()))]
        }
        (form, message) => match (expected_bytes(form, message), data(message)) {
            (Some(expected), Some(found)) => bytes::differences(expected, found),
            _ => vec![format!("expected {}, came {}", asked(form), kind(message))],
        },
    }
}

/// What is different in two parts of JSON texts that have been checked: all of the
/// second is held against all of the first.
pub fn values(expected: &str, found: &str) -> Vec<String> {
    json::lines(expected, found, Others::Refused, "not expected")
}

/// Text that is no JSON is told as that: nothing in it has a place.
fn of_json(pattern: &Pattern, found: &str) -> Vec<String> {
    if let Err(error) = check(found) {
        let shown = show::text(found);
        return match found.trim_start().starts_with(['{', '[']) {
            true => vec![format!("expected JSON, came text that is none: {error}")],
            false => vec![format!("expected JSON, came the text {shown}")],
        };
    }
    let Some((expected, others)) = pattern.json() else {
        return Vec::new();
    };
    json::lines(expected, found, others, "not allowed by /json")
}

/// The bytes that are asked for, if the message is of the kind that has them.
fn expected_bytes<'p>(form: &'p Form, message: MessageRef<'_>) -> Option<bytes::Expected<'p>> {
    match (form, message) {
        (Form::Binary(bytes), MessageRef::Binary(_))
        | (Form::Ping(bytes), MessageRef::Ping(_))
        | (Form::Pong(bytes), MessageRef::Pong(_)) => Some(bytes::Expected::Gaps(bytes)),
        (Form::Exact(Message::Binary(bytes)), MessageRef::Binary(_))
        | (Form::Exact(Message::Ping(bytes)), MessageRef::Ping(_))
        | (Form::Exact(Message::Pong(bytes)), MessageRef::Pong(_))
        | (Form::Exact(Message::Close(bytes)), MessageRef::Close(_)) => {
            Some(bytes::Expected::Exactly(bytes))
        }
        _ => None,
    }
}

/// The payload of whatever is compared byte by byte.
fn data<'m>(message: MessageRef<'m>) -> Option<&'m [u8]> {
    match message {
        MessageRef::Text(_) => None,
        MessageRef::Binary(data)
        | MessageRef::Ping(data)
        | MessageRef::Pong(data)
        | MessageRef::Close(data) => Some(data),
    }
}

/// The kind of message that is asked for.
fn asked(form: &Form) -> &'static str {
    match form {
        Form::Exact(message) => kind(message.into()),
        Form::JsonSubset(_) | Form::JsonEqual(_) => "JSON",
        Form::Match(_) | Form::Any(Some(Kind::Text)) => "text",
        Form::Binary(_) | Form::Any(Some(Kind::Binary)) => "binary",
        Form::Ping(_) => "a ping",
        Form::Pong(_) => "a pong",
        Form::Any(None) => "text or binary",
    }
}

/// What a message is, in a sentence.
fn kind(message: MessageRef<'_>) -> &'static str {
    match message {
        MessageRef::Text(_) => "text",
        MessageRef::Binary(_) => "binary",
        MessageRef::Ping(_) => "a ping",
        MessageRef::Pong(_) => "a pong",
        MessageRef::Close(_) => "a Close frame",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::notation::tests::message;
    use crate::visible::{is_visible, width};
    use proptest::prelude::*;

    fn lines(pattern: &str, found: &str) -> Vec<String> {
        diff(&Pattern::parse(pattern).unwrap(), (&message(found)).into())
    }

    /// A pattern, a message, and what is told of it.
    type Row = (&'static str, &'static str, &'static [&'static str]);

    const JSON: &[Row] = &[
        (r#"{"a":1}"#, r#"{"a":1.0,"b":2}"#, &[]),
        (
            r#"{"user":{"name":"ann"},"items":[1,2,3]}"#,
            r#"{"user":{"name":"bob"},"items":[1,2]}"#,
            &[
                r#"$.user.name: expected "ann", came "bob""#,
                "$.items: expected 3 elements, came 2",
                "$.items[2]: missing, expected 3",
            ],
        ),
        (
            r#"{"n":5}"#,
            r#"{"n":"5"}"#,
            &[r#"$.n: expected the number 5, came the string "5""#],
        ),
        (
            r#"{"n":null}"#,
            r#"{"n":{ "a" : [ ] }}"#,
            &[r#"$.n: expected null, came the object {"a":[]}"#],
        ),
        (
            r#"{"n":true}"#,
            r#"{"n":[1]}"#,
            &["$.n: expected true, came the array [1]"],
        ),
        (r#"{"a":1}"#, "{}", &["$.a: missing, expected 1"]),
        (
            r#"/json {"a":1}"#,
            r#"{"a":1,"extra":[2]}"#,
            &["$.extra: not allowed by /json, came [2]"],
        ),
        ("/json 5", "5.5", &["$: expected 5, came 5.5"]),
        (
            "[1]",
            "[1,2]",
            &[
                "$: expected 1 element, came 2",
                "$[1]: not expected, came 2",
            ],
        ),
        (
            r#"{"a b":{"é":1,"1":2,"it's":3}}"#,
            r#"{"a b":{"é":2,"1":3,"it's":4}}"#,
            &[
                "$['a b'].é: expected 1, came 2",
                "$['a b']['1']: expected 2, came 3",
                r"$['a b']['it\'s']: expected 3, came 4",
            ],
        ),
        ("{}", "hello", &[r#"expected JSON, came the text "hello""#]),
        (
            "{}",
            "/text {\"a\" 1}",
            &["expected JSON, came text that is none: line 1, column 6: expected `:`"],
        ),
        ("{}", "/binary 7b 7d", &["expected JSON, came binary"]),
    ];

    #[test]
    fn json_is_told_by_place() {
        for (pattern, found, expected) in JSON {
            assert_eq!(lines(pattern, found), *expected, "{pattern} and {found}");
        }
    }

    #[test]
    fn messages_of_other_kinds_are_told_by_kind() {
        for (pattern, found, line) in [
            ("hello", "/binary 68", "expected text, came binary"),
            ("/match x", "/ping x", "expected text, came a ping"),
            ("/binary 01", "x", "expected binary, came text"),
            ("/any", "/pong", "expected text or binary, came a pong"),
            ("/any-text", "/binary", "expected text, came binary"),
            ("/any-binary", "x", "expected binary, came text"),
            (
                "/ping /binary ??",
                "/pong x",
                "expected a ping, came a pong",
            ),
            (
                "/pong k",
                "/close 1000",
                "expected a pong, came a Close frame",
            ),
            ("/match ^tock \\d+$", "tick", "no match for ^tock \\d+$"),
            (
                "hello",
                "hallo",
                r#"character 2: expected "hello", came "hallo""#,
            ),
        ] {
            assert_eq!(lines(pattern, found), [line], "{pattern} and {found}");
        }
    }

    #[test]
    fn bytes_are_told_by_number() {
        let table: [(&str, &str, &[&str]); 8] = [
            ("/binary 01 ?? 03", "/binary 01 02 03", &[]),
            (
                "/binary 01 ?? 01 04",
                "/binary 01 02 ff 04",
                &["byte 3: expected 01, came ff"],
            ),
            (
                "/binary 01 ?? 01 04...",
                "/binary 00 02 ff 05 06",
                &["byte 1: expected 01, came 00 (and 2 more)"],
            ),
            (
                "/binary 01 02...",
                "/binary 01",
                &["expected at least 2 bytes, came 1"],
            ),
            ("/binary 01", "/binary 01 02", &["expected 1 byte, came 2"]),
            (
                "/base64 AQI",
                "/binary 02 02 03",
                &["expected 2 bytes, came 3", "byte 1: expected 01, came 02"],
            ),
            ("/ping k", "/ping x", &["byte 1: expected 6b, came 78"]),
            ("/pong /binary ??", "/pong", &["expected 1 byte, came 0"]),
        ];
        for (pattern, found, expected) in table {
            assert_eq!(lines(pattern, found), expected, "{pattern} and {found}");
        }
    }

    #[test]
    fn after_ten_lines_the_others_are_counted() {
        let array = |element: &str| format!("[{}]", [element; 15].join(","));
        let found = lines(&array("1"), &array("2"));
        assert_eq!(found.len(), MAX_LINES + 1);
        assert_eq!(found[9], "$[9]: expected 1, came 2");
        assert_eq!(found[10], "… and 5 more");
    }

    #[test]
    fn long_values_are_cut_and_long_strings_shown_where_they_differ() {
        let long = "x".repeat(100);
        let shown = |text: &str| format!("\"{text}\"…");
        assert_eq!(
            lines(
                r#"{"a":1,"b":[2]}"#,
                &format!(r#"{{"a":"{long}","b":{{"c":"{long}"}}}}"#)
            ),
            [
                format!(
                    "$.a: expected the number 1, came the string {}",
                    shown(&long[..59])
                ),
                format!(
                    "$.b: expected the array [2], came the object {{\"c\":{}",
                    shown(&long[..54])
                ),
            ]
        );
        assert_eq!(
            lines(
                &format!(r#"{{"a":"{long}y"}}"#),
                &format!(r#"{{"a":"{long}z"}}"#)
            ),
            [format!(
                "$.a: character 101: expected …\"{0}y\", came …\"{0}z\"",
                &long[..16]
            )]
        );
        let deep = format!("{}1{}", r#"{"name":"#.repeat(50), "}".repeat(50));
        let other = deep.replace('1', "2");
        let line = &lines(&deep, &other)[0];
        assert!(line.starts_with("$….name.name"), "{line}");
        assert!(line.ends_with(".name: expected 1, came 2"), "{line}");
    }

    #[test]
    fn nothing_that_came_drives_a_terminal_or_leaves_its_quotes() {
        let found = "{\"a\":\"\u{202e}\\u001b[2J\\\", came \\\"x\",\"\\u001b'] : ok\":1,\"b\u{200b}\":\"\u{301}\"}";
        assert_eq!(
            lines(r#"/json {"a":"x"}"#, found),
            [
                r#"$.a: expected "x", came "\u202e\u001b[2J\", came \"x""#,
                r"$['\u001b\'] : ok']: not allowed by /json, came 1",
                r#"$['b\u200b']: not allowed by /json, came "́""#,
            ]
        );
        assert_eq!(
            lines("ok", "/string \"\\u001b[2Jok\\\" (it is)\""),
            [r#"character 1: expected "ok", came "\u001b[2Jok\" (it is)""#]
        );
    }

    #[test]
    fn values_are_held_against_each_other_whole() {
        assert_eq!(values("{\"a\":1}", "{\"a\":1.0}"), [] as [&str; 0]);
        assert_eq!(
            values("{\"a\":1}", "{\"a\":2,\"b\":null}"),
            ["$.a: expected 1, came 2", "$.b: not expected, came null"]
        );
    }

    proptest! {
        #[test]
        fn a_message_that_does_not_match_has_lines_that_are_harmless(pattern in pattern(), found in found()) {
            let pattern = Pattern::parse(&pattern).unwrap();
            for message in [MessageRef::Text(&found), MessageRef::Binary(found.as_bytes()), MessageRef::Ping(found.as_bytes())] {
                let lines = diff(&pattern, message);
                prop_assert_eq!(lines.is_empty(), pattern.matches(message));
                prop_assert_eq!(distance(&pattern, message) == 0, lines.is_empty());
                prop_assert!(lines.len() <= MAX_LINES + 1);
                for line in lines {
                    prop_assert!(is_visible(&line), "{:?}", line);
                    prop_assert!(width(&line) < 320, "{}", line);
                }
            }
        }
    }

    fn pattern() -> impl Strategy<Value = String> {
        prop::sample::select(vec![
            "{}",
            r#"{"a":1}"#,
            r#"{"a":["b",{"c":null}]}"#,
            r#"/json {"a":"x"}"#,
            "/json [1,2,3]",
            "/json 1",
            "hello",
            "",
            "/binary 5b ?? ...",
            "/binary 5b",
            "/ping /binary ??",
            "/match ^[ab]$",
            "/any",
            "/any-binary",
        ])
        .prop_map(str::to_owned)
    }

    fn found() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "1",
            "é",
            " ",
            "\"a\":",
            "null",
            "[1,2]",
            "{\"a\":1}",
            "\u{1b}",
            "\u{202e}",
            "\u{301}",
            "\\u001b",
            "{\"a\":[\"b\",{\"c\":\"\u{200b}\"}],\"\u{feff}\":0}",
            "hello",
            "日本",
            "\"\u{301}\u{301}x\"",
        ]);
        let pieces = prop::collection::vec(pieces, 0..10).prop_map(|pieces| pieces.concat());
        prop_oneof![
            pieces,
            any::<String>(),
            ".{0,200}".prop_map(|text| format!("{{\"a\":{text:?}}}"))
        ]
    }
}
