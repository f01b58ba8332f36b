//! Lines of `--input json`: what each asks for.
//!
//! An object with one member says what to send, or to wait. An object with a
//! member `event` is an event as `--output json` and `--record` write them: what
//! was sent then is sent again, all else is skipped, so that a recording is input
//! as it is. Anything else is an error that names its column and what was expected.
//! Pure: no clock is asked and nothing is read.

use std::time::Duration;

use crate::duration::LONGEST;
use crate::json::{self, JsonError, Member};
use crate::message::{Message, close_payload};
use crate::nearest::nearest;
use crate::notation;

/// The only version of the events that there is.
const VERSION: f64 = 1.0;

/// What an object may have: one of these alone, but for an event.
const FORMS: [&str; 8] = [
    "text", "json", "base64", "ping", "pong", "close", "wait_ms", "event",
];

/// What a line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// To send a message, which may be put on the wire.
    Send {
        message: Message,
        /// When it was sent, in milliseconds since that run began, if it was.
        ms: Option<f64>,
    },
    /// What follows waits that long.
    Wait(Duration),
    /// A connection was open then, in milliseconds since that run began.
    Opened { ms: Option<f64> },
    /// Nothing: a blank line, or an event that is not to be done again.
    Skip,
}

/// Why a line is no input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct JsonInputError {
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

/// Reads a line.
///
/// # Errors
/// Everything that is none of the forms, a control frame that may not be sent, and
/// an event of another version.
pub fn parse(line: &str) -> Result<Input, JsonInputError> {
    if line.trim_ascii().is_empty() {
        return Ok(Input::Skip);
    }
    let object = Object::read(line, line)?;
    match object.get("event") {
        Some(name) => event(&object, name),
        None => form(&object),
    }
}

/// The members of an object, and where they stand: an event's, too, for whoever reads
/// all that one says.
pub(crate) struct Object<'a> {
    line: &'a str,
    text: &'a str,
    members: Vec<(String, Member<'a>)>,
}

/// An object with one member, which says what to do.
fn form(object: &Object<'_>) -> Result<Input, JsonInputError> {
    object.only(&FORMS)?;
    let [(name, member)] = &object.members[..] else {
        return Err(match object.members.get(1) {
            None => object.error(object.text, format!("expected {}", one_of(&FORMS))),
            Some((name, second)) => {
                let message = format!("a second member \"{name}\": expected one alone");
                object.error(second.name, message)
            }
        });
    };
    let message = match name.as_str() {
        "text" => Message::Text(object.string(member)?),
        "json" => Message::Text(object.value(member, json::compact(member.value))?),
        "base64" => Message::Binary(object.base64(member)?),
        "ping" => Message::Ping(object.string(member)?.into()),
        "pong" => Message::Pong(object.string(member)?.into()),
        "close" => close(object.line, member)?,
        _ => return wait(object, member).map(Input::Wait),
    };
    object.sendable(member, message, None)
}

/// No longer than any other duration of ours.
fn wait(object: &Object<'_>, member: &Member<'_>) -> Result<Duration, JsonInputError> {
    let seconds = object.milliseconds(member)? / 1000.0;
    let time = Duration::try_from_secs_f64(seconds).ok();
    time.filter(|time| *time <= LONGEST).ok_or_else(|| {
        let longest = LONGEST.as_millis();
        object.error(
            member.value,
            format!("the wait is too long: the longest is {longest} ms"),
        )
    })
}

/// `{"code":1000,"reason":"bye"}`, where `null` is as good as nothing.
fn close(line: &str, member: &Member<'_>) -> Result<Message, JsonInputError> {
    let object = Object::read(line, member.value)?;
    object.only(&["code", "reason"])?;
    let given = |name: &str| object.get(name).filter(|member| member.value != "null");
    let code = given("code")
        .map(|member| object.code(member))
        .transpose()?;
    let reason = given("reason").map(|member| object.string(member));
    let reason = reason.transpose()?.unwrap_or_default();
    if code.is_none() && !reason.is_empty() {
        return Err(object.error(member.value, "a reason needs a code: expected \"code\""));
    }
    Ok(Message::Close(close_payload(code, &reason)))
}

/// What an event asks for: only what the user sent is sent again.
fn event(object: &Object<'_>, name: &Member<'_>) -> Result<Input, JsonInputError> {
    object.known_version()?;
    let ms = object.get("ms").map(|member| object.milliseconds(member));
    let ms = ms.transpose()?;
    let message = match object.string(name)?.as_str() {
        "open" => return Ok(Input::Opened { ms }),
        "message" if object.is_sent()? => object.message()?,
        "ping" if object.is_sent()? => Message::Ping(object.payload()?),
        _ => return Ok(Input::Skip),
    };
    object.sendable(name, message, ms)
}

impl<'a> Object<'a> {
    /// Takes apart what stands somewhere in `line`.
    pub(crate) fn read(line: &'a str, text: &'a str) -> Result<Self, JsonInputError> {
        let mut object = Object {
            line,
            text,
            members: Vec::new(),
        };
        for member in object.json(text, json::members(text))? {
            let name = object.json(member.name, json::string(member.name))?;
            object.members.push((name, member));
        }
        Ok(object)
    }

    /// The member of that name; of several, the last, as most readers have it.
    pub(crate) fn get(&self, name: &str) -> Option<&Member<'a>> {
        let found = self.members.iter().rfind(|(found, _)| found == name)?;
        Some(&found.1)
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&Member<'a>, JsonInputError> {
        let missing = || self.error(self.text, format!("an event without \"{name}\""));
        self.get(name).ok_or_else(missing)
    }

    /// Holds the names against those that there are.
    fn only(&self, names: &[&'static str]) -> Result<(), JsonInputError> {
        let unknown = |(name, _): &&(String, Member<'_>)| !names.contains(&name.as_str());
        let Some((name, member)) = self.members.iter().find(unknown) else {
            return Ok(());
        };
        let shown: String = name.chars().take(32).collect();
        let message = format!("no member \"{shown}\": expected {}", one_of(names));
        let near = nearest(&shown, names.iter().copied());
        Err(JsonInputError {
            hint: match near {
                Some(near) => Some(format!("did you mean \"{near}\"?")),
                None if names == FORMS => {
                    Some("{\"json\":…} sends a JSON value, {\"text\":\"…\"} any text".into())
                }
                None => None,
            },
            ..self.error(member.name, message)
        })
    }

    pub(crate) fn string(&self, member: &Member<'_>) -> Result<String, JsonInputError> {
        self.value(member, json::string(member.value))
    }

    pub(crate) fn base64(&self, member: &Member<'_>) -> Result<Vec<u8>, JsonInputError> {
        let text = self.string(member)?;
        notation::base64(&text).map_err(|error| self.error(member.value, error.message))
    }

    /// Not negative, and finite.
    pub(crate) fn milliseconds(&self, member: &Member<'_>) -> Result<f64, JsonInputError> {
        let is_number = member.value.starts_with(|c: char| c.is_ascii_digit());
        let number = member.value.parse::<f64>().ok();
        let number = number.filter(|number| is_number && number.is_finite());
        let message = "expected a number of milliseconds, 0 or more";
        number.ok_or_else(|| self.error(member.value, message))
    }

    pub(crate) fn code(&self, member: &Member<'_>) -> Result<u16, JsonInputError> {
        let message = "expected a close code: a whole number";
        let code = member.value.parse();
        code.map_err(|_| self.error(member.value, message))
    }

    /// Refuses an event of another version.
    pub(crate) fn known_version(&self) -> Result<(), JsonInputError> {
        match self.get("v") {
            Some(version) if version.value.parse() != Ok(VERSION) => {
                let message = "an event of a version that is not known here: expected 1";
                Err(self.error(version.value, message))
            }
            _ => Ok(()),
        }
    }

    /// Whether an event is of something that was sent.
    pub(crate) fn is_sent(&self) -> Result<bool, JsonInputError> {
        let member = self.needed("direction")?;
        match self.string(member)?.as_str() {
            "sent" => Ok(true),
            "received" => Ok(false),
            _ => Err(self.error(member.value, "expected \"sent\" or \"received\"")),
        }
    }

    /// The data message of an event.
    pub(crate) fn message(&self) -> Result<Message, JsonInputError> {
        let kind = self.needed("type")?;
        match self.string(kind)?.as_str() {
            "binary" => Ok(Message::Binary(self.payload()?)),
            "text" => match String::from_utf8(self.payload()?) {
                Ok(text) => Ok(Message::Text(text)),
                Err(_) => Err(self.error(kind.value, "the payload of a text has to be UTF-8")),
            },
            _ => Err(self.error(kind.value, "expected \"text\" or \"binary\"")),
        }
    }

    /// What an event carries: text as `data`, or anything as `base64`.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, JsonInputError> {
        match (self.get("data"), self.get("base64")) {
            (Some(data), _) => Ok(self.string(data)?.into()),
            (None, Some(base64)) => self.base64(base64),
            (None, None) => {
                let message = "an event without a payload: expected \"data\" or \"base64\"";
                Err(self.error(self.text, message))
            }
        }
    }

    /// Refuses what RFC 6455 does not let anybody send.
    fn sendable(
        &self,
        member: &Member<'_>,
        message: Message,
        ms: Option<f64>,
    ) -> Result<Input, JsonInputError> {
        match message.check_sendable() {
            Ok(()) => Ok(Input::Send { message, ms }),
            Err(error) => Err(JsonInputError {
                hint: error.hint().map(str::to_owned),
                ..self.error(member.value, error.to_string())
            }),
        }
    }

    fn value<T>(
        &self,
        member: &Member<'_>,
        result: Result<T, JsonError>,
    ) -> Result<T, JsonInputError> {
        self.json(member.value, result)
    }

    /// The place of an error in a part of the line, as one in the line.
    fn json<T>(&self, part: &str, result: Result<T, JsonError>) -> Result<T, JsonInputError> {
        result.map_err(|error| {
            let begin = self.error(part, error.message);
            let before = if error.line == 1 { begin.column } else { 1 };
            JsonInputError {
                column: before + error.column - 1,
                ..begin
            }
        })
    }

    /// An error at the beginning of a part of the line.
    fn error(&self, part: &str, message: impl Into<String>) -> JsonInputError {
        let at = part.as_ptr().addr() - self.line.as_ptr().addr();
        JsonInputError {
            column: self.line[..at].chars().count() + 1,
            message: message.into(),
            hint: None,
        }
    }
}

fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("one of {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{CODES_HINT, Kind};
    use crate::render::{self, Event};
    use crate::ws::Direction;
    use proptest::prelude::*;

    fn text(text: &str) -> Message {
        Message::Text(text.into())
    }

    fn complaint(line: &str) -> (String, Option<String>) {
        let error = parse(line).expect_err(line);
        (error.to_string(), error.hint)
    }

    #[test]
    fn an_object_with_one_member_says_what_to_send() {
        let closing = |code, reason| Message::Close(close_payload(code, reason));
        for (line, message) in [
            (r#"{"text":"a\n\u00e9"}"#, text("a\né")),
            (r#" { "text" : "" } "#, text("")),
            (r#"{"t\u0065xt":"x"}"#, text("x")),
            (
                r#"{"json": {"b": 1.0, "a": 1e400, "b": "x y"} }"#,
                text(r#"{"b":1.0,"a":1e400,"b":"x y"}"#),
            ),
            (r#"{"json":null}"#, text("null")),
            (r#"{"base64":"AQL/"}"#, Message::Binary(vec![1, 2, 255])),
            (r#"{"base64":"AQL_"}"#, Message::Binary(vec![1, 2, 255])),
            (r#"{"ping":"k"}"#, Message::Ping(b"k".into())),
            (r#"{"pong":""}"#, Message::Pong(Vec::new())),
            (r#"{"close":{}}"#, closing(None, "")),
            (
                r#"{"close":{"code":null,"reason":null}}"#,
                closing(None, ""),
            ),
            (r#"{"close":{"code":1000}}"#, closing(Some(1000), "")),
            (
                r#"{"close":{"reason":"bye","code":4999}}"#,
                closing(Some(4999), "bye"),
            ),
        ] {
            let ms = None;
            assert_eq!(parse(line), Ok(Input::Send { message, ms }), "{line}");
        }
    }

    #[test]
    fn waits_are_in_milliseconds_and_bounded() {
        for (line, micros) in [
            (r#"{"wait_ms":200}"#, 200_000),
            (r#"{"wait_ms":0.5}"#, 500),
            (r#"{"wait_ms":1e3}"#, 1_000_000),
            (r#"{"wait_ms":0}"#, 0),
        ] {
            let time = Duration::from_micros(micros);
            assert_eq!(parse(line), Ok(Input::Wait(time)), "{line}");
        }
        for (value, message) in [
            ("-1", "expected a number of milliseconds, 0 or more"),
            ("\"1\"", "expected a number of milliseconds, 0 or more"),
            ("null", "expected a number of milliseconds, 0 or more"),
            ("1e999", "expected a number of milliseconds, 0 or more"),
            (
                "1e300",
                "the wait is too long: the longest is 4294967295000 ms",
            ),
        ] {
            let expected = format!("column 12: {message}");
            let line = format!("{{\"wait_ms\":{value}}}");
            assert_eq!(complaint(&line), (expected, None));
        }
    }

    #[test]
    fn of_events_only_what_was_sent_is_sent_again() {
        let sent = |message, ms| Input::Send {
            message,
            ms: Some(ms),
        };
        for (line, expected) in [
            (
                r#"{"v":1,"ms":41.3,"event":"message","direction":"sent","n":1,"type":"text","bytes":1,"data":"é"}"#,
                sent(text("é"), 41.3),
            ),
            (
                r#"{"ms":1,"event":"message","direction":"sent","type":"binary","data":"é"}"#,
                sent(Message::Binary("é".into()), 1.0),
            ),
            (
                r#"{"ms":1,"event":"message","direction":"sent","type":"text","base64":"w6k="}"#,
                sent(text("é"), 1.0),
            ),
            (
                r#"{"ms":2.5,"event":"ping","direction":"sent","base64":"/w==","later":1}"#,
                sent(Message::Ping(vec![255]), 2.5),
            ),
            (
                r#"{"ms":34.1,"event":"open"}"#,
                Input::Opened { ms: Some(34.1) },
            ),
            (r#"{"event":"open"}"#, Input::Opened { ms: None }),
            (r#"{"event":"message","direction":"received"}"#, Input::Skip),
            (r#"{"event":"ping","direction":"received"}"#, Input::Skip),
            (
                r#"{"event":"pong","direction":"sent","data":"k"}"#,
                Input::Skip,
            ),
            (r#"{"event":"close","direction":"sent"}"#, Input::Skip),
            (r#"{"v":1,"event":"end"}"#, Input::Skip),
            (r#"{"event":"of later days","text":5}"#, Input::Skip),
            ("", Input::Skip),
            (" \t\r", Input::Skip),
        ] {
            assert_eq!(parse(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_column() {
        let forms = one_of(&FORMS);
        for (line, expected) in [
            ("hello", "column 1: expected value".into()),
            ("[1]", "column 1: expected an object".into()),
            (
                "{\"text\":\"é",
                "column 10: the text ends inside a string".into(),
            ),
            (
                "{\"text\":\"a\"} x",
                "column 14: trailing characters".into(),
            ),
            (" {}", format!("column 1: expected {forms}")),
            (
                "{\"text\":\"é\",\"ping\":\"\"}",
                "column 13: a second member \"ping\": expected one alone".into(),
            ),
            (
                "{\"text\":5}",
                "column 9: expected a string in double quotes".into(),
            ),
            (
                "{\"text\":\"é\\ud800\"}",
                "column 17: unexpected end of hex escape".into(),
            ),
            (
                "{\"base64\":\"A\"}",
                "column 11: the base64 text is cut short".into(),
            ),
            ("{\"close\":1000}", "column 10: expected an object".into()),
            (
                "{\"close\":{\"code\":\"1000\"}}",
                "column 18: expected a close code: a whole number".into(),
            ),
            (
                "{\"close\":{\"code\":-1}}",
                "column 18: expected a close code: a whole number".into(),
            ),
            (
                "{\"close\":{\"reason\":\"x\"}}",
                "column 10: a reason needs a code: expected \"code\"".into(),
            ),
        ] {
            assert_eq!(complaint(line), (expected, None), "{line}");
        }
    }

    #[test]
    fn an_event_that_lacks_something_is_told_with_its_column() {
        for (line, expected) in [
            (
                "{\"event\":5}",
                "column 10: expected a string in double quotes",
            ),
            (
                "{\"v\":2,\"event\":\"end\"}",
                "column 6: an event of a version that is not known here: expected 1",
            ),
            (
                "{\"event\":\"message\"}",
                "column 1: an event without \"direction\"",
            ),
            (
                "{\"event\":\"ping\",\"direction\":\"up\"}",
                "column 29: expected \"sent\" or \"received\"",
            ),
            (
                "{\"event\":\"ping\",\"direction\":\"sent\"}",
                "column 1: an event without a payload: expected \"data\" or \"base64\"",
            ),
            (
                "{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"blob\",\"data\":\"\"}",
                "column 46: expected \"text\" or \"binary\"",
            ),
            (
                "{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"text\",\"base64\":\"/w==\"}",
                "column 46: the payload of a text has to be UTF-8",
            ),
        ] {
            assert_eq!(complaint(line), (expected.to_owned(), None), "{line}");
        }
    }

    #[test]
    fn what_may_not_be_sent_and_near_misses_have_a_hint() {
        let long = "é".repeat(63);
        for (line, message, hint) in [
            (
                "{\"txet\":1}".to_owned(),
                format!("column 2: no member \"txet\": expected {}", one_of(&FORMS)),
                Some("did you mean \"text\"?"),
            ),
            (
                "{\"id\":1}".into(),
                format!("column 2: no member \"id\": expected {}", one_of(&FORMS)),
                Some("{\"json\":…} sends a JSON value, {\"text\":\"…\"} any text"),
            ),
            (
                "{\"evnet\":\"open\"}".into(),
                format!("column 2: no member \"evnet\": expected {}", one_of(&FORMS)),
                Some("did you mean \"event\"?"),
            ),
            (
                "{\"close\":{\"resaon\":\"\"}}".into(),
                "column 11: no member \"resaon\": expected one of \"code\", \"reason\"".into(),
                Some("did you mean \"reason\"?"),
            ),
            (
                "{\"close\":{\"code\":1005}}".into(),
                "column 10: close code 1005 may not be sent".into(),
                Some(CODES_HINT),
            ),
            (
                format!("{{\"ping\":\"{long}\"}}"),
                "column 9: the data has 126 bytes, and a control frame carries at most 125".into(),
                None,
            ),
        ] {
            let hint = hint.map(str::to_owned);
            assert_eq!(complaint(&line), (message, hint));
        }
    }

    /// The line of what was sent.
    fn line_of(message: &Message) -> String {
        let direction = Direction::Sent;
        let (kind, bytes) = match message {
            Message::Text(text) => (Kind::Text, text.as_bytes()),
            Message::Binary(bytes) | Message::Ping(bytes) => (Kind::Binary, &bytes[..]),
            _ => unreachable!("not sent again"),
        };
        let event = match message {
            Message::Ping(data) => Event::Ping { direction, data },
            _ => Event::Message {
                direction,
                n: 7,
                kind,
                bytes,
            },
        };
        let mut out = Vec::new();
        render::event(&mut out, Duration::from_micros(12_345), None, &event);
        String::from_utf8(out).unwrap()
    }

    fn nearly_a_line() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "{",
            "}",
            "\"",
            ":",
            ",",
            "\"text\":",
            "\"json\":",
            "\"base64\":",
            "\"ping\":",
            "\"close\":",
            "\"wait_ms\":",
            "\"event\":\"message\"",
            "\"event\":\"ping\"",
            "\"direction\":\"sent\"",
            "\"type\":\"text\"",
            "\"data\":",
            "\"code\":",
            "\"reason\":",
            "\"v\":",
            "\"ms\":",
            "1000",
            "-1e999",
            "0.5",
            "null",
            "\"é\"",
            "\"AQ==\"",
            "\\ud800",
            "[",
            "]",
            " ",
            "\n",
            "😀",
        ]);
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn what_is_written_of_the_sent_is_read_as_the_same(
            any_text in any::<String>(),
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            data in prop::collection::vec(any::<u8>(), 0..=125),
        ) {
            let messages = [
                Message::Text(any_text.clone()),
                Message::Binary(any_text.into_bytes()),
                Message::Binary(bytes),
                Message::Ping(data),
            ];
            for message in messages {
                let line = line_of(&message);
                let ms = Some(12.345);
                prop_assert_eq!(parse(&line), Ok(Input::Send { message, ms }));
            }
        }

        #[test]
        fn any_line_is_read_or_refused_within_its_length(
            any_line in any::<String>(),
            near in nearly_a_line(),
        ) {
            for line in [any_line, near.clone(), format!("{{{near}}}")] {
                if let Err(error) = parse(&line) {
                    prop_assert!(error.column <= line.chars().count() + 1, "{:?} {}", line, error);
                }
            }
        }
    }
}
