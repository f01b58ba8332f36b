//! A recording (docs/events.md) as what happened: line by line, so that no more is held
//! than what is handed back and one line.

use std::io::{self, BufRead, Read};
use std::time::Duration;

use super::{Happening, Opening};
use crate::event_input::{JsonInputError, Object};
use crate::message::{Message, MessageRef, close_payload};

/// What a recording says of a session.
#[derive(Clone, Debug, Default)]
pub struct Recording(Vec<(Duration, Recorded)>);

#[derive(Clone, Debug)]
enum Recorded {
    Connected(Box<Opening>),
    Sent(Message),
    Received(Message),
    Lost,
}

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("{0}")]
    Io(io::Error),
    #[error("line {line}: {message}")]
    Line {
        /// Counted from 1.
        line: usize,
        message: String,
    },
}

/// What is known while reading.
#[derive(Default)]
struct Reading {
    found: Vec<(Duration, Recorded)>,
    /// The data of pings that the server sent and we have not answered.
    pings: Vec<Vec<u8>>,
}

impl Recording {
    /// Reads lines up to `limit` bytes. A recording knows no options: `request` gives
    /// the opening for a URL as the recording shows it, secrets masked, if it is one that
    /// is known. Refusals are passed over: a recording does not say of which URL.
    ///
    /// # Errors
    /// When reading fails; when a line is too long, or no event of a recording. A last
    /// line without its end is passed over: it is being written.
    pub fn read(
        mut input: impl BufRead,
        limit: usize,
        request: &mut dyn FnMut(&str) -> Option<Opening>,
    ) -> Result<Self, RecordingError> {
        let mut reading = Reading::default();
        let mut held = Vec::new();
        for number in 1.. {
            let wrong = |message: String| RecordingError::Line {
                line: number,
                message,
            };
            held.clear();
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            let mut line = input.by_ref().take(most);
            line.read_until(b'\n', &mut held)
                .map_err(RecordingError::Io)?;
            match held.strip_suffix(b"\n") {
                None if held.len() > limit => {
                    return Err(wrong(format!("it has more than {limit} bytes")));
                }
                None => break,
                Some(line) => {
                    let line = str::from_utf8(line).map_err(|_| wrong("it is not UTF-8".into()))?;
                    let added = reading.add(line, request);
                    added.map_err(|error| wrong(error.to_string()))?;
                }
            }
        }
        Ok(Recording(reading.found))
    }

    /// What happened, for [`super::Session`].
    pub fn happenings(&self) -> Vec<(Duration, Happening<'_>)> {
        let lent = self.0.iter().map(|(at, recorded)| {
            let happening = match recorded {
                Recorded::Connected(opening) => Happening::Connected(opening),
                Recorded::Sent(message) => Happening::Sent(MessageRef::from(message)),
                Recorded::Received(message) => Happening::Received(MessageRef::from(message)),
                Recorded::Lost => Happening::Lost,
            };
            (*at, happening)
        });
        lent.collect()
    }
}

impl Reading {
    fn add(
        &mut self,
        line: &str,
        request: &mut dyn FnMut(&str) -> Option<Opening>,
    ) -> Result<(), JsonInputError> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let object = Object::read(line, line)?;
        object.known_version()?;
        let event = object.string(object.needed("event")?)?;
        let ms = object.get("ms").map(|member| object.milliseconds(member));
        let seconds = ms.transpose()?.unwrap_or_default() / 1000.0;
        let at = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        if let Some(recorded) = self.event(&object, &event, request)? {
            self.found.push((at, recorded));
        }
        Ok(())
    }

    fn event(
        &mut self,
        object: &Object<'_>,
        event: &str,
        request: &mut dyn FnMut(&str) -> Option<Opening>,
    ) -> Result<Option<Recorded>, JsonInputError> {
        Ok(match event {
            "open" => {
                let url = object.string(object.needed("url")?)?;
                let mut opening = request(&url).unwrap_or_else(|| Opening::of_url(url));
                let chosen = object
                    .get("subprotocol")
                    .filter(|name| name.value != "null");
                opening.subprotocol = chosen.map(|name| object.string(name)).transpose()?;
                self.pings.clear();
                Some(Recorded::Connected(opening.into()))
            }
            "message" => Some(directed(object, object.message()?)?),
            "ping" => self.ping(object)?,
            "pong" => self.pong(object)?,
            "close" => Some(close(object)?),
            _ => None,
        })
    }

    fn ping(&mut self, object: &Object<'_>) -> Result<Option<Recorded>, JsonInputError> {
        let data = object.payload()?;
        if object.is_sent()? {
            return Ok(Some(Recorded::Sent(Message::Ping(data))));
        }
        self.pings.push(data);
        Ok(None)
    }

    /// Those that answer pings are nobody's doing.
    fn pong(&mut self, object: &Object<'_>) -> Result<Option<Recorded>, JsonInputError> {
        let data = object.payload()?;
        if !object.is_sent()? {
            return Ok(Some(Recorded::Received(Message::Pong(data))));
        }
        let Some(place) = self.pings.iter().position(|ping| *ping == data) else {
            return Ok(Some(Recorded::Sent(Message::Pong(data))));
        };
        self.pings.drain(..=place);
        Ok(None)
    }
}

fn directed(object: &Object<'_>, message: Message) -> Result<Recorded, JsonInputError> {
    Ok(match object.is_sent()? {
        true => Recorded::Sent(message),
        false => Recorded::Received(message),
    })
}

fn close(object: &Object<'_>) -> Result<Recorded, JsonInputError> {
    let code = object.needed("code")?;
    let code = match code.value {
        "null" => None,
        _ => Some(object.code(code)?),
    };
    let reason = match (object.get("reason"), object.get("reason_base64")) {
        (Some(reason), _) => object.string(reason)?.into_bytes(),
        (None, Some(reason)) => object.base64(reason)?,
        (None, None) => Vec::new(),
    };
    if code == Some(1006) && reason.is_empty() && !object.is_sent()? {
        return Ok(Recorded::Lost);
    }
    let mut payload = close_payload(code, "");
    payload.extend(reason);
    directed(object, Message::Close(payload))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::transcript::{Session, write};
    use std::time::UNIX_EPOCH;

    fn read(lines: &str) -> Result<Recording, RecordingError> {
        Recording::read(lines.as_bytes(), 1000, &mut |_| None)
    }

    fn written(recording: &Recording) -> Vec<String> {
        let happenings = recording.happenings();
        let session = Session {
            saved: UNIX_EPOCH,
            happenings: &happenings,
        };
        let written = write(&session);
        let lines = written
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn a_recording_is_a_session() {
        let lines = r#"{"v":1,"ms":34.1,"event":"open","url":"ws://h/?token=***","status":101,"subprotocol":null,"later":1}
{"v":1,"ms":41.3,"event":"message","direction":"sent","n":1,"type":"text","bytes":7,"data":"{\"a\":1}"}
{"v":1,"ms":50.0,"event":"message","direction":"received","n":1,"type":"binary","bytes":3,"base64":"AQL/"}
{"v":1,"ms":51.0,"event":"ping","direction":"received","data":"s"}
{"v":1,"ms":51.0,"event":"pong","direction":"sent","data":"s"}
{"v":1,"ms":52.0,"event":"pong","direction":"sent","data":"mine"}
{"v":1,"ms":58.9,"event":"ping","direction":"sent","data":"k"}
{"v":1,"ms":60.1,"event":"pong","direction":"received","data":"k","rtt_ms":1.2}

{"v":1,"ms":9000,"event":"close","direction":"received","code":1006,"reason":"","clean":false}
{"v":1,"ms":9001,"event":"reconnect","attempt":1,"gap_ms":5,"unsent":0}
{"v":1,"ms":9002,"event":"refused","status":503,"reason":"x","headers":[],"body":"","body_cut":false}
{"v":1,"ms":9003,"event":"open","url":"ws://h/?token=***","status":101,"subprotocol":"a"}
{"v":1,"ms":9004,"event":"close","direction":"received","code":null,"reason":"","clean":true}
{"v":1,"ms":9004,"event":"close","direction":"sent","code":null,"reason":"","clean":true}
{"v":1,"ms":9005,"event":"end","exit":0,"error":null,"sent":1,"received":1}
{"v":1,"ms":9006,"event":"mess"#;
        let expected = [
            "connect c1 ws://h/?token={{token}}",
            "open",
            "  status == 101",
            "c1> {\"a\":1}",
            "c1< /binary 01 02 ff",
            "c1> /pong mine",
            "c1> /ping k",
            "c1< /pong k",
            "c1< /lost",
            "  within 20s",
            "connect c2 ws://h/?token={{token}}",
            "open",
            "  status == 101",
            "  subprotocol == \"a\"",
            "c2< /close",
        ];
        assert_eq!(written(&read(lines).unwrap()), expected);
    }

    #[test]
    fn what_is_no_recording_is_told_with_its_line() {
        let long = format!("\n{}\n", "x".repeat(1001));
        for (lines, expected) in [
            ("\nhello\n", "line 2: column 1: expected value"),
            ("{}\n", "line 1: column 1: an event without \"event\""),
            (
                "{\"v\":2,\"event\":\"end\"}\n",
                "line 1: column 6: an event of a version that is not known here: expected 1",
            ),
            (
                "{\"event\":\"ping\",\"data\":\"\"}\n",
                "line 1: column 1: an event without \"direction\"",
            ),
            (&long, "line 2: it has more than 1000 bytes"),
        ] {
            assert_eq!(read(lines).unwrap_err().to_string(), expected);
        }
        let error = Recording::read(&b"\xff\n"[..], 10, &mut |_| None).unwrap_err();
        assert_eq!(error.to_string(), "line 1: it is not UTF-8");
    }
}
