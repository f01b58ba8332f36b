//! From lines to messages.
//!
//! Every line is understood whole or refused with its column; nothing is guessed
//! and nothing dropped. An open JSON value is the only state, and it may grow
//! without limit here: the caller bounds it, by [`Parser::len`].

use super::part::{Part, base64, hex, json, of_value, shorten, string};
use super::{COMMANDS, Line, NotationError};
use crate::duration;
use crate::json::{JsonError, Nesting, Scan, scan};
use crate::message::{CODES_HINT, Kind, Message, close_payload};
use crate::nearest::nearest;

/// Below this many bytes an open value is scanned after each of its lines, so that
/// a mistake is reported at once; above it only when it may be complete or has
/// doubled, so that a long document costs time in proportion to its length.
const SCAN_ALWAYS: usize = 4096;

/// Understands line after line, and JSON values that run over several.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    open: Option<Open>,
}

/// A JSON value that is not complete yet.
#[derive(Clone, Debug)]
struct Open {
    source: String,
    lines: usize,
    nesting: Nesting,
    next_scan: usize,
}

impl Parser {
    /// Takes the next line, without its line break. `None` means that it belongs
    /// to a JSON value that is still open.
    ///
    /// # Errors
    /// What [`parse_line`] refuses, but for beginnings of JSON; a line that leaves
    /// a JSON string open; and in an open value, an empty line or one that makes
    /// it something else than JSON (in a long value this may be noticed some lines
    /// later). The value is then dropped.
    pub fn push(&mut self, line: &str) -> Result<Option<Line>, NotationError> {
        if let Some(mut open) = self.open.take() {
            open.add(line);
            return self.go_on(open, line);
        }
        if may_be_json(line) && scan(line) == Scan::Incomplete {
            return self.go_on(Open::new(line), line);
        }
        plain_or_command(line).map(Some)
    }

    /// Says that there are no more lines, or that something else stands here.
    ///
    /// # Errors
    /// If a JSON value is open, which is dropped.
    pub fn finish(&mut self) -> Result<(), NotationError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        Err(match scan(&open.source) {
            Scan::Invalid(error) => open.broken(&error),
            _ => open.error("is not complete"),
        })
    }

    /// Whether the last line left a JSON value open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The lines of the open value so far; 0 if none is open.
    pub fn lines(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.lines)
    }

    /// The bytes of the open value so far; 0 if none is open.
    #[allow(
        clippy::len_without_is_empty,
        reason = "`is_open` is that question here"
    )]
    pub fn len(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.source.len())
    }

    /// Looks whether an open value is complete with its last line, which this is.
    fn go_on(&mut self, mut open: Open, line: &str) -> Result<Option<Line>, NotationError> {
        if line.trim().is_empty() {
            return Err(open.error("has an empty line inside"));
        }
        if open.is_due() {
            match scan(&open.source) {
                Scan::Complete => return Ok(Some(text(open.source))),
                Scan::Invalid(error) => return Err(open.broken(&error)),
                Scan::Incomplete => open.next_scan = open.source.len() * 2,
            }
        }
        if open.nesting.in_string() {
            return Err(open.error("has a string that its line does not close"));
        }
        self.open = Some(open);
        Ok(None)
    }
}

/// Understands a line that has to be complete in itself.
///
/// # Errors
/// Unknown commands, arguments that are not what the command takes, and JSON that
/// is not complete.
pub fn parse_line(line: &str) -> Result<Line, NotationError> {
    if may_be_json(line) && scan(line) == Scan::Incomplete {
        return Err(NotationError::new(1, "the JSON value is not complete")
            .with_hint("`/text` before it sends it as it is"));
    }
    plain_or_command(line)
}

/// Understands a pasted block, less one final line break: a single line as
/// [`parse_line`] does, several as the text that they are, JSON or not.
///
/// # Errors
/// As [`parse_line`], for a single line.
pub fn parse_block(block: &str) -> Result<Line, NotationError> {
    let block = block.strip_suffix('\n').unwrap_or(block);
    let block = block.strip_suffix('\r').unwrap_or(block);
    if block.contains(['\n', '\r']) {
        return Ok(text(block));
    }
    parse_line(block)
}

fn may_be_json(line: &str) -> bool {
    line.starts_with(['{', '['])
}

/// A second slash takes the first one's meaning away.
fn plain_or_command(line: &str) -> Result<Line, NotationError> {
    match line.strip_prefix('/') {
        None => Ok(text(line)),
        Some(rest) if rest.starts_with('/') => Ok(text(rest)),
        Some(_) => command(Part {
            text: line,
            column: 1,
        }),
    }
}

/// What the command is known by is its first word alone.
fn command(line: Part<'_>) -> Result<Line, NotationError> {
    let (name, argument) = line.split();
    let message = match name.text {
        "/text" => return Ok(text(argument.text)),
        "/file" => return file(argument),
        "/wait" => return wait(argument),
        "/string" => Message::Text(string(argument)?),
        "/json" => Message::Text(json(argument)?),
        "/binary" => Message::Binary(hex(argument)?),
        "/base64" => Message::Binary(base64(argument)?),
        "/ping" => sendable(Message::Ping(data(argument)?), argument)?,
        "/pong" => sendable(Message::Pong(data(argument)?), argument)?,
        "/close" => close(argument.trimmed_start())?,
        _ => return Err(unknown(name)),
    };
    Ok(Line::Message(message))
}

fn text(text: impl Into<String>) -> Line {
    Line::Message(Message::Text(text.into()))
}

/// An unknown command may be a text: it is said how that is sent.
fn unknown(name: Part<'_>) -> NotationError {
    let shown = shorten(name.text);
    let verbatim = format!("`/{shown}` sends the text `{shown}`");
    let hint = match nearest(name.text, COMMANDS.iter().map(|command| command.name)) {
        Some(near) => format!("did you mean `{near}`? {verbatim}"),
        None => verbatim,
    };
    name.error(format!("unknown command `{shown}`"))
        .with_hint(hint)
}

/// `[--text] PATH`; the path is all the rest, blanks too.
fn file(argument: Part<'_>) -> Result<Line, NotationError> {
    let mut path = argument.trimmed_start();
    let mut kind = Kind::Binary;
    if path.text.starts_with("--") {
        let (option, rest) = path.split();
        if option.text != "--text" {
            let shown = shorten(option.text);
            return Err(option
                .error(format!("`/file` has no option `{shown}`"))
                .with_hint(format!(
                    "`--text` sends text; a file of that name is `./{shown}`"
                )));
        }
        kind = Kind::Text;
        path = rest.trimmed_start();
    }
    if path.text.is_empty() {
        return Err(path
            .error("the path is missing")
            .with_hint("`/file [--text] PATH`"));
    }
    let path = path.text.to_owned();
    Ok(Line::File { kind, path })
}

fn wait(argument: Part<'_>) -> Result<Line, NotationError> {
    let argument = argument.trimmed();
    duration::parse(argument.text)
        .map(Line::Wait)
        .map_err(|error| argument.error(error.to_string()))
}

/// The data of a control frame: all of the argument, or a form that starts with a
/// slash.
fn data(argument: Part<'_>) -> Result<Vec<u8>, NotationError> {
    let form = argument.trimmed_start();
    if !form.text.starts_with('/') {
        return Ok(argument.text.as_bytes().to_vec());
    }
    let (name, inner) = form.split();
    match name.text {
        "/string" => Ok(string(inner)?.into_bytes()),
        "/binary" => hex(inner),
        "/base64" => base64(inner),
        _ => Err(name
            .error(format!("data cannot be `{}`", shorten(name.text)))
            .with_hint("`/string`, `/binary` or `/base64`; data that starts with a slash is `/string \"/…\"`")),
    }
}

/// `[CODE [REASON]]`, or a payload in hex.
fn close(argument: Part<'_>) -> Result<Message, NotationError> {
    if argument.text.is_empty() {
        return Ok(Message::Close(Vec::new()));
    }
    let (code, rest) = argument.split();
    // The payload as it came from a server: what may be sent is asked elsewhere.
    if code.text == "/binary" {
        return hex(rest).map(Message::Close);
    }
    if !code.text.bytes().all(|byte| byte.is_ascii_digit()) {
        let shown = shorten(code.text);
        return Err(code
            .error(format!("`{shown}` is not a close code"))
            .with_hint("`/close [CODE [REASON]]`, for example `/close 1000 bye`"));
    }
    let Ok(number) = code.text.parse() else {
        let message = format!("close code {} may not be sent", shorten(code.text));
        return Err(code.error(message).with_hint(CODES_HINT));
    };
    sendable(
        Message::Close(close_payload(Some(number), rest.text)),
        argument,
    )
}

/// Refuses what RFC 6455 does not let anybody send.
fn sendable(message: Message, argument: Part<'_>) -> Result<Message, NotationError> {
    match message.check_sendable() {
        Ok(()) => Ok(message),
        Err(error) => Err(NotationError {
            hint: error.hint().map(str::to_owned),
            ..argument.error(error.to_string())
        }),
    }
}

impl Open {
    fn new(line: &str) -> Open {
        let mut nesting = Nesting::default();
        nesting.feed(line);
        Open {
            source: line.to_owned(),
            lines: 1,
            nesting,
            // The beginning has just been scanned.
            next_scan: line.len() * 2,
        }
    }

    fn add(&mut self, line: &str) {
        self.source.push('\n');
        self.source.push_str(line);
        self.lines += 1;
        self.nesting.feed(line);
    }

    fn is_due(&self) -> bool {
        let length = self.source.len();
        self.nesting.is_closed()
            || (self.lines > 1 && length < SCAN_ALWAYS)
            || length >= self.next_scan
    }

    fn error(&self, what: &str) -> NotationError {
        NotationError {
            lines_back: self.lines - 1,
            ..NotationError::new(1, format!("the JSON value that begins here {what}"))
                .with_hint("`/text` before a line sends it as it is, JSON or not")
        }
    }

    /// The column counts where the error is in the last line; else the first line is named.
    fn broken(&self, error: &JsonError) -> NotationError {
        let column = if error.line == self.lines {
            error.column
        } else {
            1
        };
        NotationError {
            column,
            ..self.error(&format!("is not JSON: {}", of_value(error)))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::message;
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn refusal(line: &str) -> (String, Option<String>) {
        let error = parse_line(line).unwrap_err();
        (error.to_string(), error.hint)
    }

    #[test]
    fn text_is_what_is_no_command() {
        let table = [
            ("", ""),
            ("hello", "hello"),
            (" /ping ", " /ping "),
            ("//rest", "/rest"),
            ("//", "/"),
            ("///x", "//x"),
            ("/text", ""),
            ("/text ", ""),
            ("/text  {", " {"),
            ("/text\t/x", "/x"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("{\"a\":1} ", "{\"a\":1} "),
            ("{\"a\":1} x", "{\"a\":1} x"),
            ("[info] up", "[info] up"),
            ("{1}", "{1}"),
        ];
        for (line, text) in table {
            assert_eq!(message(line), Message::Text(text.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_file_is_binary_unless_it_is_said_to_be_text() {
        let table = [
            ("/file a.bin", Kind::Binary, "a.bin"),
            ("/file  my file ", Kind::Binary, "my file "),
            ("/file --text  a b.txt", Kind::Text, "a b.txt"),
            ("/file ./--text", Kind::Binary, "./--text"),
        ];
        for (line, kind, path) in table {
            let path = path.to_owned();
            assert_eq!(parse_line(line), Ok(Line::File { kind, path }), "{line}");
        }
        assert_eq!(refusal("/file").0, "column 6: the path is missing");
        assert_eq!(refusal("/file --text ").0, "column 14: the path is missing");
        assert_eq!(
            refusal("/file --txt a").0,
            "column 7: `/file` has no option `--txt`"
        );
    }

    #[test]
    fn control_data_is_all_that_follows_or_one_of_three_forms() {
        let table: [(&str, &[u8]); 8] = [
            ("/ping", b""),
            ("/ping ", b""),
            ("/ping k", b"k"),
            ("/ping two words ", b"two words "),
            ("/ping {", b"{"),
            (r#"/ping /string "/\n""#, b"/\n"),
            ("/ping  /binary 00 ff", b"\x00\xff"),
            ("/ping /base64 AQ==", b"\x01"),
        ];
        for (line, data) in table {
            assert_eq!(message(line), Message::Ping(data.to_vec()), "{line}");
        }
        assert_eq!(message("/pong k"), Message::Pong(b"k".to_vec()));
        assert_eq!(refusal("/ping /x y").0, "column 7: data cannot be `/x`");
        assert_eq!(refusal("/pong //x").0, "column 7: data cannot be `//x`");
    }

    #[test]
    fn control_data_over_125_bytes_is_refused_with_its_length() {
        assert!(parse_line(&format!("/ping {}", "x".repeat(125))).is_ok());
        for line in [
            format!("/ping {}", "x".repeat(126)),
            format!("/pong {}", "é".repeat(63)),
            format!("/ping /binary {}", "00".repeat(126)),
        ] {
            assert_eq!(
                refusal(&line).0,
                "column 7: the data has 126 bytes, and a control frame carries at most 125"
            );
        }
    }

    #[test]
    fn a_close_takes_an_allowed_code_and_a_short_reason() {
        let table: [(&str, &[u8]); 9] = [
            ("/close", b""),
            ("/close ", b""),
            ("/close 1000", b"\x03\xe8"),
            ("/close 1000 ", b"\x03\xe8"),
            ("/close  4999 bye  there", b"\x13\x87bye  there"),
            ("/close 1000 /x", b"\x03\xe8/x"),
            ("/close /binary", b""),
            ("/close /binary 03", b"\x03"),
            ("/close /binary 03 ee ff", b"\x03\xee\xff"),
        ];
        for (line, payload) in table {
            assert_eq!(message(line), Message::Close(payload.to_vec()), "{line}");
        }
    }

    #[test]
    fn a_close_that_may_not_be_sent_says_what_may() {
        for code in [
            "999", "1004", "1005", "1006", "1015", "2999", "5000", "65536", "0",
        ] {
            let (error, hint) = refusal(&format!("/close {code} x"));
            assert_eq!(
                error,
                format!("column 8: close code {code} may not be sent")
            );
            assert_eq!(hint.unwrap(), CODES_HINT);
        }
        assert_eq!(
            refusal(&format!("/close 1000 {}", "x".repeat(124))).0,
            "column 8: the close reason has 124 bytes, and at most 123 can be sent"
        );
        for word in ["bye", "+1000", "-1", "/base64", "1000x"] {
            let error = refusal(&format!("/close {word}")).0;
            assert_eq!(error, format!("column 8: `{word}` is not a close code"));
        }
    }

    #[test]
    fn a_wait_takes_a_duration() {
        assert_eq!(
            parse_line("/wait 800ms"),
            Ok(Line::Wait(Duration::from_millis(800)))
        );
        assert_eq!(
            parse_line("/wait  2m "),
            Ok(Line::Wait(Duration::from_secs(120)))
        );
        assert_eq!(
            refusal("/wait").0,
            "column 6: a duration is missing: write seconds (5, 0.5), 800ms or 2m"
        );
        assert_eq!(
            refusal("/wait -1").0,
            "column 7: a duration cannot be negative"
        );
    }

    #[test]
    fn an_unknown_command_names_the_nearest_and_how_to_send_it() {
        let table = [
            (
                "/pign x",
                "/pign",
                "did you mean `/ping`? `//pign` sends the text `/pign`",
            ),
            (
                "/textual",
                "/textual",
                "did you mean `/text`? `//textual` sends the text `/textual`",
            ),
            ("/foo", "/foo", "`//foo` sends the text `/foo`"),
            ("/", "/", "`//` sends the text `/`"),
            ("/ text", "/", "`//` sends the text `/`"),
        ];
        for (line, name, hint) in table {
            let (error, found) = refusal(line);
            assert_eq!(error, format!("unknown command `{name}`"));
            assert_eq!(found.unwrap(), hint);
        }
        let (error, _) = refusal(&format!("/{}", "é".repeat(100_000)));
        assert_eq!(error, format!("unknown command `/{}…`", "é".repeat(31)));
    }

    #[test]
    fn a_single_line_has_to_hold_all_of_its_json() {
        for line in ["{", "[1,", "{\"a\":\"b", "[1."] {
            let error = parse_line(line).unwrap_err();
            assert_eq!(error.to_string(), "the JSON value is not complete");
            assert_eq!(error.hint.unwrap(), "`/text` before it sends it as it is");
        }
    }

    #[test]
    fn json_goes_on_until_it_is_complete_and_keeps_its_line_breaks() {
        let mut parser = Parser::default();
        assert_eq!(parser.push("{\"a\": ["), Ok(None));
        assert!(parser.is_open());
        assert_eq!(parser.push("  \"]}\\\"\","), Ok(None));
        assert_eq!((parser.lines(), parser.len()), (2, 17));
        let whole = "{\"a\": [\n  \"]}\\\"\",\n 1 ]}";
        assert_eq!(parser.push(" 1 ]}"), Ok(Some(text(whole))));
        assert!(!parser.is_open());
        assert_eq!((parser.lines(), parser.len()), (0, 0));
        assert_eq!(
            parser.push("/ping"),
            Ok(Some(Line::Message(Message::Ping(vec![]))))
        );
        assert_eq!(parser.finish(), Ok(()));
    }

    #[test]
    fn a_continuation_is_never_a_command() {
        let mut parser = Parser::default();
        parser.push("[").unwrap();
        let error = parser.push("/ping").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the JSON value that begins here is not JSON: expected value (line 2, column 1 of the value)"
        );
        assert_eq!(
            parser.push("/ping"),
            Ok(Some(Line::Message(Message::Ping(vec![]))))
        );
    }

    #[test]
    fn an_open_value_that_goes_wrong_names_its_first_line() {
        let table: [(&[&str], usize, usize, &str); 6] = [
            (&["{", ""], 1, 1, "begins here has an empty line inside"),
            (
                &["{", "\"a\":", " \t"],
                2,
                1,
                "begins here has an empty line inside",
            ),
            (
                &["[", "1", "] x"],
                2,
                3,
                "begins here is not JSON: trailing characters (line 3, column 3 of the value)",
            ),
            (
                &["{\"a\":1,", "  é: 2,"],
                1,
                3,
                "begins here is not JSON: key must be a string (line 2, column 3 of the value)",
            ),
            (
                &["{\"a\": \"b"],
                0,
                1,
                "begins here has a string that its line does not close",
            ),
            (
                &["{", "\"a\": \"b"],
                1,
                1,
                "begins here has a string that its line does not close",
            ),
        ];
        for (lines, lines_back, column, message) in table {
            let mut parser = Parser::default();
            let error = lines
                .iter()
                .find_map(|line| parser.push(line).err())
                .unwrap();
            assert_eq!(error.message, format!("the JSON value that {message}"));
            assert_eq!((error.lines_back, error.column), (lines_back, column));
            assert!(!parser.is_open());
        }
    }

    #[test]
    fn the_end_of_input_inside_a_value_is_an_error() {
        let mut parser = Parser::default();
        parser.push("[").unwrap();
        parser.push("1,").unwrap();
        let error = parser.finish().unwrap_err();
        assert_eq!(
            error.message,
            "the JSON value that begins here is not complete"
        );
        assert_eq!(error.lines_back, 1);
        assert_eq!(parser.finish(), Ok(()));
    }

    #[test]
    fn a_hundred_thousand_lines_are_not_scanned_again_for_each() {
        let mut parser = Parser::default();
        parser.push("[").unwrap();
        for _ in 0..100_000 {
            assert_eq!(parser.push("  {\"name\": \"value\"},"), Ok(None));
        }
        assert_eq!(parser.lines(), 100_001);
        let Ok(Some(Line::Message(Message::Text(whole)))) = parser.push("0]") else {
            panic!("the value is complete");
        };
        assert_eq!(whole.lines().count(), 100_002);
    }

    #[test]
    fn a_mistake_in_a_long_value_is_noticed_before_it_has_doubled() {
        let mut parser = Parser::default();
        parser.push("[").unwrap();
        for _ in 0..1_000 {
            parser.push("\"0123456789\",").unwrap();
        }
        let length = parser.len();
        parser.push("oops").unwrap();
        let error = loop {
            match parser.push("\"0123456789\",") {
                Ok(_) => assert!(parser.len() <= length * 2),
                Err(error) => break error,
            }
        };
        assert!(
            error
                .message
                .ends_with("(line 1002, column 1 of the value)"),
            "{error}"
        );
    }

    #[test]
    fn a_pasted_block_is_one_message() {
        assert_eq!(parse_block("/ping k\n"), parse_line("/ping k"));
        assert_eq!(parse_block("hi\r\n"), Ok(text("hi")));
        assert_eq!(parse_block("/ping\n/pong\n"), Ok(text("/ping\n/pong")));
        assert_eq!(parse_block("{\n\n}\n"), Ok(text("{\n\n}")));
        assert_eq!(parse_block("a\n\n"), Ok(text("a\n")));
        assert_eq!(parse_block(""), Ok(text("")));
        assert!(parse_block("{\n").is_err());
    }

    proptest! {
        #[test]
        fn a_value_over_several_lines_is_its_source(members in prop::collection::vec("[a-z\\[\\]{}é]{0,9}", 1..9)) {
            let members: Vec<String> = members.iter().map(|name| format!("  \"{name}\": [\n{{}}\n]")).collect();
            let source = format!("{{\n{}\n}}", members.join(",\n"));
            let mut parser = Parser::default();
            let mut lines = source.lines().peekable();
            while let Some(line) = lines.next() {
                let expected = lines.peek().is_none().then(|| text(source.as_str()));
                prop_assert_eq!(parser.push(line), Ok(expected));
            }
        }
    }
}
