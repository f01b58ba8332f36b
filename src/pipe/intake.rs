//! From stdin to the writer, in the format that was asked for.

use std::io;
use std::time::Instant;

use super::chunks::Chunks;
use super::lines::{BadLine, Delimiter, Lines, Rest};
use super::steps::{Language, Next, Steps};
use crate::engine::{Input, Pollable};
use crate::error::{Action, Error};
use crate::message::Kind;
use crate::script::{Script, Step};
use crate::ws::Outlet;

/// How stdin is cut into messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A message ends with this. The limit is in bytes.
    Delimited {
        kind: Kind,
        delimiter: Delimiter,
        limit: u64,
    },
    /// What is read at once is a message.
    Chunks(Kind),
    /// A line says what to send; the limit of a message is in bytes.
    Steps { language: Language, limit: u64 },
}

/// stdin on its way into messages.
pub(crate) struct Intake {
    input: Input,
    cutter: Cutter,
    /// The writer had no room for all that was read.
    stalled: bool,
}

enum Cutter {
    Lines(Lines),
    Chunks(Chunks),
    /// What the lines ask for is done one after the other.
    Steps(Steps, Script),
}

impl Intake {
    /// # Errors
    /// `Io` when there is no thread for a stdin that needs one.
    pub(crate) fn new(reading: Reading) -> Result<Self, Error> {
        Ok(Intake {
            input: Input::stdin().map_err(unreadable)?,
            cutter: match reading {
                Reading::Delimited {
                    kind,
                    delimiter,
                    limit,
                } => Cutter::Lines(Lines::new(kind, delimiter, limit)),
                Reading::Chunks(kind) => Cutter::Chunks(Chunks::new(kind)),
                Reading::Steps { language, limit } => {
                    Cutter::Steps(Steps::new(language, limit), Script::default())
                }
            },
            stalled: false,
        })
    }

    /// Whether everything has been given to the writer.
    pub(crate) fn is_over(&self) -> bool {
        let steps_over = match &self.cutter {
            Cutter::Steps(steps, script) => steps.is_over() && script.is_over(),
            Cutter::Lines(_) | Cutter::Chunks(_) => true,
        };
        self.input.is_ended() && self.input.bytes().is_empty() && steps_over
    }

    /// Whether stdin itself asked to close.
    pub(crate) fn has_closed(&self) -> bool {
        self.script().is_some_and(Script::has_closed)
    }

    /// When the line comes that waits for its time.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.script()?.deadline()
    }

    /// The rest of the message whose beginning was queued last is not wanted.
    pub(crate) fn skip_rest(&mut self) {
        if let Cutter::Lines(lines) = &mut self.cutter {
            lines.skip_rest();
        }
    }

    fn script(&self) -> Option<&Script> {
        match &self.cutter {
            Cutter::Steps(_, script) => Some(script),
            Cutter::Lines(_) | Cutter::Chunks(_) => None,
        }
    }

    /// What to wait for.
    pub(crate) fn wants(&self) -> Option<Pollable<'_>> {
        // What waits already is sent before more is read.
        let waits = self.deadline().is_some() || self.stalled;
        self.input.wants().filter(|_| !waits)
    }

    /// Whether there is more to take as soon as the writer has room.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled
    }

    /// Reads what is in stdin just now: when the other end has ended it, that
    /// tells whether there was more to send.
    pub(crate) fn look_ahead(&mut self) {
        // An error leaves what was read before.
        let _ = self.input.read_what_is_there();
    }

    /// Messages that were read, as far as that can be told, and that the writer
    /// has not been given.
    pub(crate) fn not_given(&self) -> u64 {
        let bytes = self.input.bytes();
        match &self.cutter {
            Cutter::Lines(lines) => lines.count(bytes),
            Cutter::Chunks(_) => u64::from(!bytes.is_empty()),
            Cutter::Steps(steps, script) => steps.count(bytes) + script.unsent(),
        }
    }

    /// Reads if stdin is `readable`, and queues what there is, as far as the
    /// writer has room; how many data messages that were.
    ///
    /// # Errors
    /// `Io` when stdin cannot be read, `Input` when it is not what its format
    /// says; everything before that place has been queued.
    pub(crate) fn take<O: Outlet>(
        &mut self,
        readable: bool,
        writer: &mut O,
        now: Instant,
    ) -> Result<u64, Error> {
        if readable && !self.stalled && self.input.wants().is_some() {
            self.input.read().map_err(unreadable)?;
        }
        let messages = self.cut(writer, now)?;
        self.stalled = !writer.has_room();
        Ok(messages)
    }

    /// Makes messages of what was read.
    fn cut<O: Outlet>(&mut self, writer: &mut O, now: Instant) -> Result<u64, Error> {
        let input = &mut self.input;
        let rest = match (input.is_ended(), input.is_full()) {
            (true, _) => Rest::Ended,
            (false, true) => Rest::Full,
            (false, false) => Rest::MayFollow,
        };
        match &mut self.cutter {
            Cutter::Lines(lines) => {
                let taken = lines.take(input.bytes(), rest, writer);
                let taken = taken.map_err(|bad| bad_line(&bad, lines.delimiter()))?;
                input.consume(taken.bytes);
                Ok(taken.messages)
            }
            Cutter::Chunks(chunks) => {
                let taken = chunks.take(input.bytes(), input.is_ended(), writer);
                let count = taken.map_err(|byte| {
                    not_text("stdin".into(), byte, "--binary sends binary messages")
                })?;
                input.consume(count);
                Ok(u64::from(count > 0))
            }
            Cutter::Steps(steps, script) => {
                let mut doing = Doing {
                    script,
                    writer,
                    now,
                };
                doing.steps(input, steps, rest)
            }
        }
    }
}

/// Does what lines ask for, one after the other.
struct Doing<'a> {
    script: &'a mut Script,
    writer: &'a mut dyn Outlet,
    now: Instant,
}

impl Doing<'_> {
    /// Takes lines as far as the writer has room; how many data messages were
    /// queued.
    fn steps(&mut self, input: &mut Input, steps: &mut Steps, rest: Rest) -> Result<u64, Error> {
        let mut messages = self.script.run(self.writer, self.now);
        while self.script.is_over() && self.writer.has_room() && !self.writer.is_closing() {
            let (next, count) = steps.next(input.bytes(), rest)?;
            input.consume(count);
            match next {
                Next::Line(line) => self.script.push(steps.step(line)?),
                Next::At(time, message) => self.script.push(Step::SendAt(time, message)),
                Next::Nothing => {}
                Next::Coming | Next::Ended => break,
            }
            messages += self.script.run(self.writer, self.now);
        }
        Ok(messages)
    }
}

fn unreadable(cause: io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: "stdin".into(),
        cause,
    }
}

fn bad_line(bad: &BadLine, delimiter: Delimiter) -> Error {
    let place = |line| match delimiter {
        Delimiter::LineFeed => format!("stdin, line {line}"),
        Delimiter::Nul => format!("stdin, message {line}"),
        Delimiter::End => "stdin".into(),
    };
    match bad {
        BadLine::NotText { line, byte } => not_text(
            place(*line),
            *byte,
            "--binary sends lines as binary messages",
        ),
        BadLine::TooLong { line, limit } => Error::Input {
            place: place(*line),
            message: format!(
                "longer than {limit} bytes, and it has to be held whole for --fragment 0, --record or JSON"
            ),
            hint: "--max-message-size allows more".into(),
        },
    }
}

fn not_text(place: String, byte: u64, hint: &str) -> Error {
    Error::Input {
        place,
        message: format!("not valid UTF-8 at byte {byte}"),
        hint: hint.into(),
    }
}
