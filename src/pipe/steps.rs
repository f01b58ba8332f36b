//! Lines that say what to send: the notation, and JSON.
//!
//! A line has to be whole before it can be understood, so it is held, up to a
//! limit. Nothing behind a line that is wrong is sent.

use std::time::Duration;

use memchr::memchr;

use super::lines::Rest;
use crate::error::Error;
use crate::event_input::{self, Input, JsonInputError};
use crate::message::Message;
use crate::notation::{Line, Parser};
use crate::script::{Step, Undoable};

/// How the lines are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Notation,
    /// JSON objects, those of a recording too; `paced` keeps its times.
    Json {
        paced: bool,
    },
}

/// Reads lines, and makes steps of them.
pub(super) struct Steps {
    language: Language,
    parser: Parser,
    /// When the connection of the recording was open, in milliseconds.
    opened: Option<f64>,
    line: u64,
    /// The beginning of a line that is longer than the buffer.
    held: Vec<u8>,
    /// The largest message, in bytes.
    limit: u64,
    ended: bool,
}

/// What a line came to.
pub(super) enum Next {
    Line(Line),
    /// A message of a recording, so long after its connection was open.
    At(Duration, Message),
    /// A line that asks for nothing, or goes on in the next.
    Nothing,
    /// The rest of the line is not here yet.
    Coming,
    /// There are no more lines.
    Ended,
}

impl Steps {
    pub(super) fn new(language: Language, limit: u64) -> Self {
        Steps {
            language,
            parser: Parser::default(),
            opened: None,
            line: 0,
            held: Vec::new(),
            limit,
            ended: false,
        }
    }

    /// Whether the end has been read.
    pub(super) fn is_over(&self) -> bool {
        self.ended
    }

    /// How many data messages the lines in `bytes` ask for, up to one that is
    /// wrong: for the end of a run.
    pub(super) fn count(&self, bytes: &[u8]) -> u64 {
        let mut rest = Steps {
            held: self.held.clone(),
            parser: self.parser.clone(),
            ..*self
        };
        let mut messages = 0;
        let mut at = 0;
        while let Ok((next, count)) = rest.next(&bytes[at..], Rest::Ended) {
            at += count;
            messages += match next {
                Next::Line(Line::File { .. }) => 1,
                Next::Line(Line::Message(message)) | Next::At(_, message) => {
                    u64::from(message.is_data())
                }
                Next::Line(Line::Wait(_)) | Next::Nothing => 0,
                Next::Coming | Next::Ended => break,
            };
        }
        messages
    }

    /// The step of the line that was taken last, with its file read.
    ///
    /// # Errors
    /// What cannot be sent, with the line's number.
    pub(super) fn step(&self, line: Line) -> Result<Step, Error> {
        Step::of(line, self.limit).map_err(|undoable| match undoable {
            Undoable::File(error) => self.in_line(error),
            Undoable::Message(error) => self.wrong(0, &error, error.hint().map(str::to_owned)),
        })
    }

    /// Takes the next line off `bytes`; what it came to, and how many bytes it
    /// was.
    ///
    /// # Errors
    /// At a line that is wrong, with its number.
    pub(super) fn next(&mut self, bytes: &[u8], rest: Rest) -> Result<(Next, usize), Error> {
        let Some(end) = memchr(b'\n', bytes) else {
            return self.without_end(bytes, rest);
        };
        let next = self.whole(&bytes[..end])?;
        Ok((next, end + 1))
    }

    fn without_end(&mut self, bytes: &[u8], rest: Rest) -> Result<(Next, usize), Error> {
        match rest {
            Rest::MayFollow => Ok((Next::Coming, 0)),
            Rest::Full => {
                self.hold(bytes)?;
                Ok((Next::Coming, bytes.len()))
            }
            Rest::Ended if bytes.is_empty() && self.held.is_empty() => {
                self.ended = true;
                let finished = self.parser.finish();
                finished
                    .map_err(|error| self.wrong(error.lines_back, &error, error.hint.clone()))?;
                Ok((Next::Ended, 0))
            }
            Rest::Ended => {
                let next = self.whole(bytes)?;
                Ok((next, bytes.len()))
            }
        }
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), Error> {
        // An escape takes six bytes for one; an event has members besides.
        let most = self.limit.saturating_mul(6).saturating_add(4096);
        if (self.held.len() + self.parser.len() + bytes.len()) as u64 > most {
            let limit = self.limit;
            let message = format!("longer than a message of {limit} bytes can be written");
            let hint = "--max-message-size allows more".to_owned();
            self.line += 1;
            return Err(self.wrong(self.parser.lines(), &message, Some(hint)));
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    fn whole(&mut self, end: &[u8]) -> Result<Next, Error> {
        if self.held.is_empty() && self.parser.len() == 0 {
            return self.understand(end);
        }
        self.hold(end)?;
        let line = std::mem::take(&mut self.held);
        self.understand(&line)
    }

    fn understand(&mut self, line: &[u8]) -> Result<Next, Error> {
        self.line += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = str::from_utf8(line).map_err(|error| {
            let message = format!("not valid UTF-8 at byte {}", error.valid_up_to() + 1);
            let hint = "/binary and /base64 write bytes as text".to_owned();
            self.wrong(0, &message, Some(hint))
        })?;
        match self.language {
            Language::Notation => self.notation(line),
            Language::Json { paced } => self.json(line, paced),
        }
    }

    fn notation(&mut self, line: &str) -> Result<Next, Error> {
        let back = self.parser.lines();
        let parsed = self.parser.push(line);
        let parsed =
            parsed.map_err(|error| self.wrong(error.lines_back, &error, error.hint.clone()))?;
        match parsed {
            None => Ok(Next::Nothing),
            Some(Line::Message(message)) => self.message(message, back),
            Some(line) => Ok(Next::Line(line)),
        }
    }

    fn json(&mut self, line: &str, paced: bool) -> Result<Next, Error> {
        let input = event_input::parse(line);
        let form = || "a line is an object, as {\"text\":\"hi\"}".to_owned();
        let wrong = |error: JsonInputError| {
            self.wrong(0, &error, error.hint.clone().or_else(|| Some(form())))
        };
        match input.map_err(wrong)? {
            Input::Skip => Ok(Next::Nothing),
            Input::Wait(time) => Ok(Next::Line(Line::Wait(time))),
            Input::Opened { ms } => {
                self.opened = self.opened.or(ms);
                Ok(Next::Nothing)
            }
            Input::Send { message, ms } => match (self.message(message, 0)?, ms) {
                (Next::Line(Line::Message(message)), Some(ms)) if paced => {
                    Ok(Next::At(self.since_opened(ms), message))
                }
                (next, _) => Ok(next),
            },
        }
    }

    /// A message that began so many lines back.
    fn message(&self, message: Message, back: usize) -> Result<Next, Error> {
        let (length, limit) = (message.len(), self.limit);
        if length as u64 > limit {
            let text = format!("the message has {length} bytes, more than the {limit} allowed");
            let hint = "--max-message-size allows more".to_owned();
            return Err(self.wrong(back, &text, Some(hint)));
        }
        Ok(Next::Line(Line::Message(message)))
    }

    /// When a message of a recording was sent. Without its opening, the first
    /// message is the beginning.
    fn since_opened(&mut self, ms: f64) -> Duration {
        let opened = *self.opened.get_or_insert(ms);
        let since = Duration::try_from_secs_f64((ms - opened).max(0.0) / 1000.0);
        since.unwrap_or(Duration::MAX)
    }

    /// The error of a file, with the line that names it.
    fn in_line(&self, error: Error) -> Error {
        let line = format!("stdin, line {}", self.line);
        match error {
            Error::Io {
                action,
                medium,
                cause,
            } => Error::Io {
                action,
                medium: format!("{medium} ({line})"),
                cause,
            },
            Error::Input {
                place,
                message,
                hint,
            } => Error::Input {
                place: format!("{line}: {place}"),
                message,
                hint,
            },
            other => other,
        }
    }

    /// The error of the line at hand, or of one so many lines before it.
    fn wrong(&self, back: usize, message: &dyn std::fmt::Display, hint: Option<String>) -> Error {
        Error::Input {
            place: format!("stdin, line {}", self.line.saturating_sub(back as u64)),
            message: message.to_string(),
            hint: hint.unwrap_or_default(),
        }
    }
}
