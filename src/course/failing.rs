//! What is told of a line that failed: enough to find the fault without a second run.

use std::time::Instant;

use super::Course;
use super::seat::{Seat, State, What};
use crate::error::Error;
use crate::message::{Message, MessageRef};
use crate::notation;
use crate::render;
use crate::report::{self, Failure, Said};
use crate::transcript::{Fact, Origin, Place, Problem, Step};
use crate::ws::Fault;

/// So many bytes of a payload are printed at most; a report cuts them further.
const SHOWN: usize = 256 * 1024;

/// What to do about a failure, where the lines are those of a file and where they are
/// options.
pub(super) struct Hint {
    pub(super) in_file: &'static str,
    pub(super) as_option: &'static str,
}

const ALLOW_LARGER: Hint = Hint {
    in_file: "`max-message-size SIZE` under `connect` allows larger ones",
    as_option: "--max-message-size allows larger ones",
};

impl Course {
    /// A line that cannot be understood with the values that its variables have.
    pub(super) fn problem(&self, step: &Step, problem: Problem, now: Instant) -> Box<Failure> {
        let place = match problem.place.line {
            0 => step.place,
            _ => problem.place,
        };
        Box::new(Failure {
            hint: problem.hint,
            ..self.failure(place, step.client, problem.message, now)
        })
    }

    /// The connection was not opened.
    pub(super) fn not_connected(
        &self,
        step: &Step,
        error: &Error,
        hint: Option<String>,
        now: Instant,
    ) -> Box<Failure> {
        let mut failure = self.failure(step.place, step.client, error.to_string(), now);
        failure.exit_code = error.exit_code();
        failure.kind = error.kind();
        failure.hint = hint;
        failure.close = None;
        if let Error::Refused(refusal) = error.bare() {
            let body = &refusal.body.bytes;
            let body = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]).into_owned();
            failure.received = Some(body).filter(|body| !body.trim().is_empty());
        }
        Box::new(failure)
    }

    /// A fact of the opening handshake does not hold.
    pub(super) fn opening_is_otherwise(
        &self,
        step: &Step,
        fact: &Fact,
        what: &str,
        now: Instant,
    ) -> Box<Failure> {
        let seat = &self.seats[step.client];
        let greeting = &seat.greeting;
        let is_of_status = fact.is_of_opening() == Some("status");
        Box::new(Failure {
            hint: seat.hint.clone().filter(|_| is_of_status),
            expected: Some(fact.source.clone()),
            received: greeting.body.clone().filter(|body| !body.trim().is_empty()),
            ..self.failure(
                fact.place,
                step.client,
                format!("`{}` does not hold: {what}", fact.source),
                now,
            )
        })
    }

    /// Something could not be said.
    pub(super) fn unsaid(
        &self,
        step: &Step,
        why: &str,
        hint: Option<&str>,
        now: Instant,
    ) -> Box<Failure> {
        Box::new(Failure {
            hint: hint.map(str::to_owned),
            ..self.failure(step.place, step.client, why.to_owned(), now)
        })
    }

    /// The same because of an error of its own.
    pub(super) fn error(&self, step: &Step, error: &Error, now: Instant) -> Box<Failure> {
        Box::new(Failure {
            exit_code: error.exit_code(),
            kind: error.kind(),
            ..self.failure(step.place, step.client, error.to_string(), now)
        })
    }

    /// The play ended before the transcript did.
    pub fn unfinished(&self, why: &str, now: Instant) -> Box<Failure> {
        let step = self.at_hand().or(self.transcript.steps.last());
        let (place, client) = step.map_or((Place { line: 1, column: 1 }, 0), |step| {
            (step.place, step.client)
        });
        Box::new(self.failure(place, client, why.to_owned(), now))
    }

    /// The opening handshake of a client is not the one of the transcript.
    pub fn greeted_otherwise(
        &self,
        client: usize,
        place: Place,
        what: &str,
        now: Instant,
    ) -> Box<Failure> {
        Box::new(self.failure(place, client, what.to_owned(), now))
    }

    /// Nothing can be said any more on a connection.
    pub(super) fn unsaid_at_the_end(&self, step: &Step, now: Instant) -> Box<Failure> {
        let seat = &self.seats[step.client];
        let end = seat.end_that_waits();
        let how = end.map_or_else(|| self.how_it_ended(seat), |end| self.in_words(end));
        let text = format!("this cannot be sent: {how}");
        let mut failure = self.failure(step.place, step.client, text, now);
        self.blame(&mut failure, end);
        Box::new(failure)
    }

    /// Who breaks the protocol fails by that, whatever was expected.
    pub(super) fn blame(&self, failure: &mut Failure, what: Option<&What>) {
        let Some(What::Broken(fault, _)) = what else {
            return;
        };
        let error = Error::Protocol(fault.clone());
        failure.exit_code = error.exit_code();
        failure.kind = error.kind();
        if let Fault::TooLarge { .. } = fault {
            failure.hint = Some(self.hint_of(&ALLOW_LARGER));
        }
    }

    pub(super) fn hint_of(&self, hint: &Hint) -> String {
        match self.transcript.source.origin() {
            Origin::File => hint.in_file.to_owned(),
            Origin::Options => hint.as_option.to_owned(),
        }
    }

    /// How a connection came to its end.
    pub(super) fn how_it_ended(&self, seat: &Seat) -> String {
        match (&seat.state, &seat.end) {
            (State::Refused, _) => "the upgrade was refused".into(),
            (_, Some(end)) => end.clone(),
            (_, None) => "the connection is over".into(),
        }
    }

    /// What came, where its kind alone counts: its text stands beside.
    pub(super) fn in_words(&self, what: &What) -> String {
        match what {
            What::Message(message) if message.is_data() => "a message came".into(),
            What::Message(message) => self.ended_by(message),
            What::Lost(text) => text.clone(),
            What::Broken(fault, _) => {
                format!("the {} broke the protocol: {fault}", self.side.other())
            }
        }
    }

    /// A Close frame in words, or a ping or pong in the notation.
    pub(super) fn ended_by(&self, message: &Message) -> String {
        match message {
            Message::Close(payload) => {
                format!(
                    "the {} closed with {}",
                    self.side.other(),
                    render::close(payload)
                )
            }
            message => printed(message.into()),
        }
    }

    /// What every failure has.
    pub(super) fn failure(
        &self,
        place: Place,
        client: usize,
        message: String,
        now: Instant,
    ) -> Failure {
        let last = self.log.iter().map(|(at, said)| Said {
            age: now.saturating_duration_since(*at),
            ..said.clone()
        });
        Failure {
            place: Some(report::Place {
                line: place.line,
                column: place.column,
            }),
            source: self.transcript.line(place.line).to_owned(),
            message,
            expected: None,
            received: None,
            differences: Vec::new(),
            last: last.collect(),
            close: self.seats[client].end.clone(),
            hint: None,
            recording: None,
            exit_code: 1,
            kind: Failure::EXPECTATION,
        }
    }
}

/// A message in the notation.
pub(super) fn printed(message: MessageRef<'_>) -> String {
    let mut text = String::new();
    notation::write(message, &mut text);
    text
}
