//! From received messages to stdout, in the format that was asked for.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use super::settings::Format;
use crate::display::{Display, Messages};
use crate::engine::{Moment, Output, Pollable, Waker};
use crate::error::{Action, Error};
use crate::journal::SharedJournal;
use crate::message::MessageRef;
use crate::notation;
use crate::ws::{Assembler, Direction, Piece};

/// How long stdout may take for what is left when everything else is over.
pub(crate) const OUTPUT_TIME: Duration = Duration::from_secs(5);
/// The same after a signal.
pub(crate) const HURRIED_OUTPUT_TIME: Duration = Duration::from_millis(500);

/// What has been received, on its way to stdout.
pub(crate) struct Delivery {
    format: Format,
    /// For the format that is for people.
    messages: Messages,
    /// Who speaks, where there may be several.
    client: Option<u64>,
    output: Output,
    journal: SharedJournal,
    assembler: Assembler,
    /// The message at hand was cut off by the end of its connection.
    cut: bool,
    /// Something of the message at hand has been delivered, and not its end.
    inside: bool,
    /// Nobody listens: the reader of stdout has gone, or it cannot be written.
    unheard: bool,
}

impl Delivery {
    pub(crate) fn new(
        format: Format,
        display: &Display,
        journal: SharedJournal,
        waker: Waker,
    ) -> Self {
        Delivery {
            format,
            messages: Messages::new(display),
            client: None,
            output: Output::stdout(waker),
            journal,
            assembler: Assembler::default(),
            cut: false,
            inside: false,
            unheard: false,
        }
    }

    /// Whether what is delivered from now on is of no interest.
    pub(crate) fn is_unheard(&self) -> bool {
        self.unheard
    }

    /// Whether to wait with more until something has been written.
    pub(crate) fn is_full(&self) -> bool {
        !self.unheard && (self.output.is_full() || self.journal.is_full())
    }

    /// Whether there is something to hand over that is not held back.
    pub(crate) fn is_waiting(&self) -> bool {
        self.journal.is_waiting() && !self.output.is_full()
    }

    /// Whether everything has been written.
    pub(crate) fn is_done(&self) -> bool {
        self.unheard || self.output.is_empty() && !self.journal.is_waiting()
    }

    /// What to poll for room.
    pub(crate) fn wants(&self) -> Option<Pollable<'_>> {
        self.output.wants()
    }

    /// What to watch for a reader that goes away.
    pub(crate) fn reader(&self) -> Option<Pollable<'_>> {
        self.output.reader().filter(|_| !self.unheard)
    }

    /// What is delivered from now on is of this client.
    pub(crate) fn speaks(&mut self, client: u64) {
        self.client = Some(client);
    }

    /// A part of a data message.
    pub(crate) fn data(&mut self, piece: &Piece<'_>, at: Instant) {
        if std::mem::take(&mut self.cut)
            && let Format::Lines(end) = self.format
        {
            // What was cut must not become the beginning of this one.
            self.output.push(&[end]);
        }
        self.inside = !piece.last;
        match self.format {
            Format::Lines(end) if piece.last => self.output.push_ended(piece.bytes, end),
            Format::Lines(_) | Format::Raw => self.output.push(piece.bytes),
            Format::Events | Format::Nothing => {}
            Format::Shown | Format::Notation => {
                if let Some((kind, bytes)) = self.assembler.push(piece) {
                    let message = MessageRef::data(kind, bytes);
                    let line = match self.format {
                        Format::Shown => {
                            self.messages
                                .line(Direction::Received, self.client, message, at)
                        }
                        _ => line(message),
                    };
                    self.output.push(line.as_bytes());
                }
            }
        }
    }

    /// The message at hand will not be completed.
    pub(crate) fn interrupted(&mut self) {
        self.cut |= std::mem::take(&mut self.inside);
        self.assembler = Assembler::default();
    }

    /// A ping or a pong; false where the format has no room for it.
    pub(crate) fn control(&mut self, message: MessageRef<'_>, at: Instant) -> bool {
        let line = match self.format {
            Format::Shown => self
                .messages
                .line(Direction::Received, self.client, message, at),
            Format::Notation => line(message),
            // An event of its own tells of it.
            Format::Events => return true,
            Format::Lines(_) | Format::Raw | Format::Nothing => return false,
        };
        self.output.push(line.as_bytes());
        true
    }

    /// Writes what was delivered, as far as it is taken.
    pub(crate) fn hand_over(&mut self, moment: &Moment) -> Option<Error> {
        if self.unheard {
            // Nobody reads on.
            self.pass_events();
            return None;
        }
        if !self.output.is_full() {
            self.pass_events();
        }
        let mut result = self.output.hand_over();
        if result.is_ok() && moment.output && self.output.reader_has_gone() {
            result = Err(ErrorKind::BrokenPipe.into());
        }
        self.failure(result)
    }

    /// Writes what is left within `time`; more may follow.
    pub(crate) fn drain(&mut self, time: Duration) -> Option<Error> {
        self.end(Output::drain, time)
    }

    /// Writes what is left within `time`; nothing may follow.
    pub(crate) fn finish(&mut self, time: Duration) -> Option<Error> {
        self.end(Output::finish, time)
    }

    fn end(
        &mut self,
        write: impl FnOnce(&mut Output, Instant) -> io::Result<()>,
        time: Duration,
    ) -> Option<Error> {
        self.pass_events();
        if self.unheard {
            return None;
        }
        let result = write(&mut self.output, Instant::now() + time);
        self.failure(result)
    }

    fn pass_events(&mut self) {
        let output = &mut self.output;
        let unheard = self.unheard;
        self.journal.tell(|journal| {
            journal.pass_lines(|lines| {
                if !unheard {
                    output.push(lines);
                }
            });
        });
    }

    fn failure(&mut self, result: io::Result<()>) -> Option<Error> {
        let cause = result.err()?;
        self.unheard = true;
        // Whoever read has seen enough: no error of anybody.
        (cause.kind() != ErrorKind::BrokenPipe).then(|| Error::Io {
            action: Action::Write,
            medium: "stdout".into(),
            cause,
        })
    }
}

/// The message in the notation, with a line feed.
fn line(message: MessageRef<'_>) -> String {
    let mut line = String::new();
    notation::write(message, &mut line);
    line.push('\n');
    line
}
