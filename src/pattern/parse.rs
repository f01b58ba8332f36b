//! From a line to what it asks for.

use regex_lite::{Regex, RegexBuilder};

use super::{Bytes, Form};
use crate::json;
use crate::message::{Kind, MAX_CONTROL, NotSendable};
use crate::nearest::nearest;
use crate::notation::part::{Part, of_value, shorten};
use crate::notation::{Line, NotationError, parse_line};

/// The most memory that a compiled regular expression may take, in bytes. A search
/// takes time in proportion to it and to the text.
pub const MAX_REGEX: usize = 1 << 20;

/// The longest regular expression, in bytes: understanding it takes memory many times its
/// length.
const MAX_EXPRESSION: usize = 64 * 1024;

/// The commands that a pattern may begin with, for help and completion.
pub const FORMS: &[&str] = &[
    "/text",
    "/string",
    "/json",
    "/binary",
    "/base64",
    "/ping",
    "/pong",
    "/match",
    "/any",
    "/any-text",
    "/any-binary",
];

const A_PATTERN_IS: &str = "a pattern is a message as it would be sent, or `/match REGEX`, `/any`, `/any-text`, `/any-binary`";

const A_REGEX_IS: &str =
    "a backslash takes a character literally, as in `\\(`; there is no look-around and no `\\p`";

/// What a line asks for; its errors are those of [`super::Pattern::parse`].
pub(super) fn form(line: &str) -> Result<Form, NotationError> {
    if line.starts_with(['{', '[']) {
        return value(whole(line)).map(Form::JsonSubset).map_err(|error| {
            error.with_hint("`/text` before a line matches it as it is, JSON or not")
        });
    }
    if !line.starts_with('/') || line.starts_with("//") {
        return exact(line);
    }
    let (name, argument) = whole(line).split();
    match name.text {
        "/text" | "/string" | "/base64" => exact(line),
        "/binary" => Bytes::parse(argument).map(Form::Binary),
        "/ping" => control(line, argument, Form::Ping),
        "/pong" => control(line, argument, Form::Pong),
        "/json" => value(argument).map(Form::JsonEqual),
        "/match" => regex(argument).map(Form::Match),
        "/any" => alone(argument, Form::Any(None)),
        "/any-text" => alone(argument, Form::Any(Some(Kind::Text))),
        "/any-binary" => alone(argument, Form::Any(Some(Kind::Binary))),
        _ => Err(no_pattern(name)),
    }
}

/// The message that the line would send.
fn exact(line: &str) -> Result<Form, NotationError> {
    match parse_line(line)? {
        Line::Message(message) => Ok(Form::Exact(message)),
        Line::File { .. } | Line::Wait(_) => Err(no_pattern(whole(line))),
    }
}

fn whole(line: &str) -> Part<'_> {
    Part {
        text: line,
        column: 1,
    }
}

/// A control frame, the data of which may be bytes with gaps.
fn control(
    line: &str,
    argument: Part<'_>,
    form: impl FnOnce(Bytes) -> Form,
) -> Result<Form, NotationError> {
    let data = argument.trimmed_start();
    let (name, inner) = data.split();
    if name.text != "/binary" {
        return exact(line);
    }
    let bytes = Bytes::parse(inner)?;
    if bytes.min_len() > MAX_CONTROL {
        let error = NotSendable::ControlTooLong(bytes.min_len());
        return Err(data.error(error.to_string()));
    }
    Ok(form(bytes))
}

fn value(argument: Part<'_>) -> Result<json::Value, NotationError> {
    json::Value::parse(argument.text).map_err(|error| {
        argument.json_error(&error, format!("not a JSON pattern: {}", of_value(&error)))
    })
}

/// Bounded in length and in what it is compiled to: it may come from a server's value.
fn regex(argument: Part<'_>) -> Result<Regex, NotationError> {
    if argument.text.is_empty() {
        return Err(argument
            .error("the regular expression is missing")
            .with_hint("`/match REGEX` searches in text; `/any-text` matches any"));
    }
    if argument.text.len() > MAX_EXPRESSION {
        let message = format!("a regular expression of more than {MAX_EXPRESSION} bytes");
        return Err(argument.error(message));
    }
    RegexBuilder::new(argument.text)
        .size_limit(MAX_REGEX)
        .build()
        .map_err(|error| {
            argument
                .error(format!("not a regular expression: {error}"))
                .with_hint(A_REGEX_IS)
        })
}

/// A regular expression that finds this text alone.
pub fn quoted(text: &str) -> String {
    regex_lite::escape(text)
}

/// A form that takes no argument.
fn alone(argument: Part<'_>, form: Form) -> Result<Form, NotationError> {
    let argument = argument.trimmed();
    if argument.text.is_empty() {
        return Ok(form);
    }
    let shown = shorten(argument.text);
    Err(argument
        .error(format!("`{shown}` follows a pattern that takes nothing"))
        .with_hint(A_PATTERN_IS))
}

/// A command that is known elsewhere is told as that.
fn no_pattern(name: Part<'_>) -> NotationError {
    let shown = shorten(name.text);
    let message = match name.text {
        "/file" | "/wait" => format!("`{shown}` is for sending and no pattern"),
        "/close" | "/lost" | "/silence" => {
            format!("`{shown}` is no message: only a transcript can expect it")
        }
        _ => return unknown(name, &shown),
    };
    name.error(message).with_hint(A_PATTERN_IS)
}

/// What may be a text: it is said how that is matched.
fn unknown(name: Part<'_>, shown: &str) -> NotationError {
    let verbatim = format!("`/{shown}` matches the text `{shown}`");
    let hint = match nearest(name.text, FORMS.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {verbatim}"),
        None => verbatim,
    };
    name.error(format!("unknown pattern `{shown}`"))
        .with_hint(hint)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    fn assert_errors(table: &[(&str, usize, &str)]) {
        for &(line, column, message) in table {
            let error = Pattern::parse(line).unwrap_err();
            assert_eq!(
                (error.column, error.message.as_str()),
                (column, message),
                "{line}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_by_name() {
        assert_errors(&[
            (
                "/close 1000",
                1,
                "`/close` is no message: only a transcript can expect it",
            ),
            (
                "/lost",
                1,
                "`/lost` is no message: only a transcript can expect it",
            ),
            (
                "/silence 5",
                1,
                "`/silence` is no message: only a transcript can expect it",
            ),
            ("/file x", 1, "`/file` is for sending and no pattern"),
            ("/wait 5", 1, "`/wait` is for sending and no pattern"),
            ("/foo bar", 1, "unknown pattern `/foo`"),
            ("/any x", 6, "`x` follows a pattern that takes nothing"),
            (
                "/any-text  x",
                12,
                "`x` follows a pattern that takes nothing",
            ),
        ]);
    }

    #[test]
    fn broken_json_is_refused_where_it_breaks() {
        assert_errors(&[
            (
                "{\"a\":",
                5,
                "not a JSON pattern: the text ends inside a value (line 1, column 5 of the value)",
            ),
            (
                "[debug] x",
                2,
                "not a JSON pattern: expected value (line 1, column 2 of the value)",
            ),
            (
                "{\"a\":1,\"a\":2}",
                8,
                "not a JSON pattern: the object has this member twice (line 1, column 8 of the value)",
            ),
            (
                "/json",
                6,
                "not a JSON pattern: the text ends inside a value (line 1, column 1 of the value)",
            ),
            (
                "/json {} {}",
                10,
                "not a JSON pattern: trailing characters (line 1, column 4 of the value)",
            ),
            (
                "/string a",
                9,
                "not a JSON string: expected a string in double quotes",
            ),
        ]);
    }

    #[test]
    fn broken_bytes_are_refused_where_they_break() {
        assert_errors(&[
            (
                "/binary ff ?",
                12,
                "a byte is two hex digits, or `??` for any",
            ),
            ("/base64 A", 9, "the base64 text is cut short"),
            (
                "/ping /binary ff .. 01",
                18,
                "`...` can only stand at the end",
            ),
            ("/ping /json 1", 7, "data cannot be `/json`"),
        ]);
    }

    #[test]
    fn a_broken_or_huge_regular_expression_is_refused() {
        let not = "not a regular expression";
        assert_errors(&[
            ("/match", 7, "the regular expression is missing"),
            (
                "/match é(a",
                8,
                &format!("{not}: found open group without closing ')'"),
            ),
            (
                "/match \\pL",
                8,
                &format!("{not}: Unicode character classes are not supported"),
            ),
            (
                "/match (a{999}){999}",
                8,
                &format!("{not}: compiled regex exceeded size limit"),
            ),
            (
                "/match (?=a)",
                8,
                &format!("{not}: look-around is not supported"),
            ),
            (
                &format!("/match {}", "(".repeat(60_000)),
                8,
                &format!("{not}: pattern has too much nesting"),
            ),
        ]);
    }

    #[test]
    fn a_hint_names_the_nearest_pattern_or_another_way() {
        let verbatim = "`/text` before a line matches it as it is, JSON or not";
        let table = [
            (
                "/mtach x",
                "did you mean `/match`? `//mtach` matches the text `/mtach`",
            ),
            (
                "/anytext",
                "did you mean `/any`? `//anytext` matches the text `/anytext`",
            ),
            ("/foo", "`//foo` matches the text `/foo`"),
            ("/file x", A_PATTERN_IS),
            ("/close", A_PATTERN_IS),
            ("[done]", verbatim),
            ("{", verbatim),
            (
                "/match",
                "`/match REGEX` searches in text; `/any-text` matches any",
            ),
            ("/match [", A_REGEX_IS),
        ];
        for (line, hint) in table {
            let error = Pattern::parse(line).unwrap_err();
            assert_eq!(error.hint.as_deref(), Some(hint), "{line}");
        }
    }

    #[test]
    fn control_data_with_gaps_ends_at_125_bytes_too() {
        let line = |count| format!("/pong /binary {}...", "?? ".repeat(count));
        assert!(Pattern::parse(&line(125)).is_ok());
        let error = Pattern::parse(&line(126)).unwrap_err();
        let message = "the data has 126 bytes, and a control frame carries at most 125";
        assert_eq!((error.column, error.message.as_str()), (7, message));
    }

    #[test]
    fn every_form_of_the_list_is_known() {
        for name in FORMS {
            if let Err(error) = Pattern::parse(name) {
                assert!(!error.message.starts_with("unknown"), "{error}");
            }
        }
    }
}
