//! The line of a message in a transcript, without the mark before it: what was sent
//! as it has to be typed, what was received as the pattern that expects it.
//!
//! One line, but for JSON that stood on several. Whatever a message holds, no line of
//! it can be taken for another of the transcript: a line break that is not one between
//! the tokens of JSON is escaped.

use std::borrow::Cow;

use super::secrets::Secrets;
use crate::json::{self, Scan, scan};
use crate::message::{MessageRef, close_code, close_reason};
use crate::notation::{self, is_plain};
use crate::visible::must_escape;

/// What stands in a transcript for something that hides a secret's bytes.
const HIDDEN: u8 = b'*';

/// A line, and what has to be said of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Bytes of secrets are left out, for which no variable can stand: then this has
    /// others in their places.
    pub(super) cut: Option<String>,
}

/// What to type, to send this.
pub(super) fn sent(message: MessageRef<'_>, secrets: &Secrets) -> Line {
    match message {
        MessageRef::Text(text) if is_block(text) => whole(secrets.json(text)),
        MessageRef::Binary(bytes) => {
            let cut = cut(bytes, secrets);
            let text = cut.clone().unwrap_or_else(|| printed(message));
            Line { text, cut }
        }
        message => either(message, secrets),
    }
}

/// What expects this: of JSON, that at least so much is said.
pub(super) fn received(message: MessageRef<'_>, secrets: &Secrets) -> Line {
    match message {
        MessageRef::Text(text) => match pattern(text) {
            Some(source) => whole(secrets.json(&source)),
            None => either(message, secrets),
        },
        MessageRef::Binary(bytes) => {
            let mut line = printed(message);
            let places = secrets.in_bytes(bytes);
            for place in places.iter().flat_map(|(start, end)| *start..*end) {
                let digits = "/binary ".len() + place * "00 ".len();
                line.replace_range(digits..digits + 2, "??");
            }
            let cut = cut(bytes, secrets);
            Line { text: line, cut }
        }
        message => either(message, secrets),
    }
}

/// The line of bytes without those of secrets; nothing if there are none.
fn cut(bytes: &[u8], secrets: &Secrets) -> Option<String> {
    let places = secrets.in_bytes(bytes);
    if places.is_empty() {
        return None;
    }
    let mut bytes = bytes.to_vec();
    for (start, end) in places {
        bytes[start..end].fill(HIDDEN);
    }
    Some(printed(MessageRef::Binary(&bytes)))
}

/// Whether a text is JSON of one line or several which can stand as it is, to the
/// last byte.
fn is_block(text: &str) -> bool {
    let is_whole = |line: &str| !line.trim().is_empty() && line.trim_end() == line;
    let is_shown = |c: char| !must_escape(c) || matches!(c, '\n' | '\t');
    text.starts_with(['{', '['])
        && text.split('\n').all(is_whole)
        && text.chars().all(is_shown)
        && scan(text) == Scan::Complete
}

/// The JSON that a text is, as a pattern of it can stand in lines; nothing if it is no
/// object or array, or can be no pattern.
fn pattern(text: &str) -> Option<Cow<'_, str>> {
    let source = text.trim_matches([' ', '\t', '\r', '\n']);
    if !source.starts_with(['{', '[']) || json::Value::parse(source).is_err() {
        return None;
    }
    let lines: Vec<&str> = source
        .split('\n')
        .map(|line| line.trim_end_matches([' ', '\t', '\r']))
        .collect();
    let is_bad = |line: &&str| line.is_empty() || line.contains('\r');
    if lines.iter().any(is_bad) || lines.len() == 1 && source.contains('\t') {
        return json::compact(source).ok().map(Cow::Owned);
    }
    Some(match lines.len() {
        1 => Cow::Borrowed(source),
        _ => Cow::Owned(lines.join("\n")),
    })
}

/// What sends a message and expects exactly it.
fn either(message: MessageRef<'_>, secrets: &Secrets) -> Line {
    let text = match message {
        MessageRef::Text(text) => exact(text, secrets),
        MessageRef::Ping(data) => control("/ping", data, message, secrets),
        MessageRef::Pong(data) => control("/pong", data, message, secrets),
        MessageRef::Close(payload) => close(payload, secrets),
        MessageRef::Binary(_) => printed(message),
    };
    whole(text)
}

fn exact(text: &str, secrets: &Secrets) -> String {
    if text.is_empty() {
        return "/text".into();
    }
    if !is_plain(text) {
        return format!("/string {}", secrets.literal(text));
    }
    let masked = secrets.text(text);
    if masked.starts_with('/') {
        return format!("/{masked}");
    }
    // JSON, its beginning and a variable; and what any messages may come before.
    match masked.starts_with(['{', '[']) || masked.starts_with("...") {
        true => format!("/text {masked}"),
        false => masked,
    }
}

fn control(name: &str, data: &[u8], message: MessageRef<'_>, secrets: &Secrets) -> String {
    match str::from_utf8(data) {
        Ok("") | Err(_) => printed(message),
        Ok(text) if is_plain(text) && !text.starts_with('/') => {
            format!("{name} {}", secrets.text(text))
        }
        Ok(text) => format!("{name} /string {}", secrets.literal(text)),
    }
}

fn close(payload: &[u8], secrets: &Secrets) -> String {
    let printed = printed(MessageRef::Close(payload));
    let code = close_code(payload).map(|code| code.to_string());
    let bare = code.map_or("/close".into(), |code| format!("/close {code}"));
    match (
        printed.strip_prefix(&bare),
        str::from_utf8(close_reason(payload)),
    ) {
        (Some(rest), Ok(reason)) if !rest.is_empty() && rest[1..] == *reason => {
            format!("{bare} {}", secrets.text(reason))
        }
        _ => printed,
    }
}

fn printed(message: MessageRef<'_>) -> String {
    let mut line = String::new();
    notation::write(message, &mut line);
    line
}

fn whole(text: String) -> Line {
    Line { text, cut: None }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::message::{Message, close_payload};
    use crate::notation::{Line as Typed, Parser};
    use crate::pattern::Pattern;
    use crate::transcript::round_trip;
    use crate::transcript::variable::{Piece, pieces};
    use proptest::prelude::*;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("token", "hunter2");
        secrets
    }

    /// What a line means when its variables have their values.
    fn filled(line: &str) -> String {
        let part = |piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Escaped(inner) => format!("{{{{{inner}}}}}"),
            Piece::Variable("token") => "hunter2".to_owned(),
            Piece::Variable(name) => panic!("{name} in {line}"),
        };
        pieces(line).map(part).collect()
    }

    fn typed(line: &str) -> Message {
        let mut parser = Parser::default();
        let mut lines = line.split('\n').map(|line| parser.push(line).unwrap());
        match lines.find_map(|line| line) {
            Some(Typed::Message(message)) if lines.next().is_none() => message,
            other => panic!("{line:?} is {other:?}"),
        }
    }

    #[test]
    fn text_is_written_so_that_it_means_nothing_else() {
        let table = [
            ("hello", "hello", "hello"),
            ("", "/text", "/text"),
            ("...", "/text ...", "/text ..."),
            ("/any", "//any", "//any"),
            ("# no comment", "# no comment", "# no comment"),
            (" a", "/string \" a\"", "/string \" a\""),
            ("a\n> b", "/string \"a\\n> b\"", "/string \"a\\n> b\""),
            ("[info] up", "/text [info] up", "/text [info] up"),
            ("{\"a\":", "/text {\"a\":", "/text {\"a\":"),
            ("{{x}}", "/text {{!x}}", "/text {{!x}}"),
            ("a {{!x}}", "a {{!!x}}", "a {{!!x}}"),
            ("hunter2", "/text {{token}}", "/text {{token}}"),
            ("is hunter2", "is {{token}}", "is {{token}}"),
            (
                "{\"p\":\"hunter2\"}",
                "{\"p\":\"{{token}}\"}",
                "{\"p\":\"{{token}}\"}",
            ),
            (
                "{\"a\": 1}\n",
                "/string \"{\\\"a\\\": 1}\\n\"",
                "{\"a\": 1}",
            ),
            ("{\n\t\"a\": 1\n}", "{\n\t\"a\": 1\n}", "{\n\t\"a\": 1\n}"),
            (
                "{\r\n\"a\": 1 \r\n}",
                "/string \"{\\r\\n\\\"a\\\": 1 \\r\\n}\"",
                "{\n\"a\": 1\n}",
            ),
            ("{\n\n}", "/string \"{\\n\\n}\"", "{}"),
            ("[\r1]", "/string \"[\\r1]\"", "[1]"),
            (
                "[\"\u{202e}\"]",
                "/string \"[\\\"\\u202e\\\"]\"",
                "[\"\\u202e\"]",
            ),
            (
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"a\":2}",
                "/text {\"a\":1,\"a\":2}",
            ),
            ("5", "5", "5"),
        ];
        for (text, typed, expected) in table {
            let secrets = secrets();
            assert_eq!(sent(MessageRef::Text(text), &secrets).text, typed);
            assert_eq!(received(MessageRef::Text(text), &secrets).text, expected);
        }
    }

    #[test]
    fn control_frames_and_bytes_hide_secrets_too() {
        let secrets = secrets();
        let bytes = MessageRef::Binary(b"\x01hunter2\xff");
        let hidden = "/binary 01 2a 2a 2a 2a 2a 2a 2a ff";
        let cut = |text: &str| Line {
            text: text.into(),
            cut: Some(hidden.into()),
        };
        assert_eq!(sent(bytes, &secrets), cut(hidden));
        let open = "/binary 01 ?? ?? ?? ?? ?? ?? ?? ff";
        assert_eq!(received(bytes, &secrets), cut(open));
        let closing = close_payload(Some(4001), "no hunter2");
        for (message, line) in [
            (MessageRef::Ping(b"hunter2"), "/ping {{token}}"),
            (
                MessageRef::Pong(b"/hunter2"),
                "/pong /string \"/{{token}}\"",
            ),
            (MessageRef::Ping(b""), "/ping"),
            (MessageRef::Pong(b"\xff"), "/pong /binary ff"),
            (MessageRef::Close(&closing), "/close 4001 no {{token}}"),
            (MessageRef::Close(b""), "/close"),
            (MessageRef::Close(b"\x03\xe8"), "/close 1000"),
            (MessageRef::Close(b"\x03"), "/close /binary 03"),
            (MessageRef::Close(b"\x03\xee"), "/close /binary 03 ee"),
        ] {
            assert_eq!(sent(message, &secrets).text, line);
            assert_eq!(received(message, &secrets).text, line);
        }
    }

    fn awkward() -> impl Strategy<Value = String> {
        round_trip::awkward(&["hunter2", "\\u0068unter2"])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_was_sent_is_typed_by_its_line(text in awkward(), data in prop::collection::vec(any::<u8>(), 0..=125)) {
            let messages = [
                Message::Text(text),
                Message::Binary(data.clone()),
                Message::Ping(data.clone()),
                Message::Pong(data),
            ];
            for message in messages {
                let line = sent((&message).into(), &secrets()).text;
                let back = typed(&filled(&line));
                match (&message, &back) {
                    // A secret may have been spelled otherwise.
                    (Message::Text(text), Message::Text(back)) if text.starts_with(['{', '[']) && text != back => {
                        prop_assert!(json::Value::parse(text).is_ok_and(|value| value.equals(back)) || text.contains("\\u0068"));
                    }
                    _ => prop_assert_eq!(message, back, "{}", line),
                }
            }
        }

        #[test]
        fn what_was_received_is_matched_by_its_line(text in awkward(), other in awkward(), data in prop::collection::vec(any::<u8>(), 0..=125)) {
            let messages = [
                Message::Text(text.clone()),
                Message::Binary(data.clone()),
                Message::Ping(data.clone()),
                Message::Pong(data),
            ];
            for message in messages {
                let line = received((&message).into(), &secrets()).text;
                let pattern = Pattern::parse(&filled(&line)).unwrap();
                prop_assert!(pattern.matches((&message).into()), "{}", line);
                if pattern_of_json(&line) {
                    continue;
                }
                prop_assert_eq!(pattern.matches(MessageRef::Text(&other)), message == Message::Text(other.clone()), "{}", line);
            }
        }

        #[test]
        fn no_line_but_a_part_of_json_begins_anew(text in awkward()) {
            for line in [sent(MessageRef::Text(&text), &secrets()), received(MessageRef::Text(&text), &secrets())] {
                let shown = |c: char| !must_escape(c) || matches!(c, '\n' | '\t');
                prop_assert!(line.text.chars().all(shown), "{:?}", line.text);
                for more in line.text.split('\n').skip(1) {
                    let first = more.trim_start().chars().next();
                    prop_assert!(first.is_some_and(|c| "\"{}[],:-0123456789tfn".contains(c)), "{:?}", line.text);
                    prop_assert_eq!(more.trim_end(), more);
                }
            }
        }
    }

    fn pattern_of_json(line: &str) -> bool {
        line.starts_with(['{', '['])
    }
}
