//! What our side says: a client its `>` lines, a server what the `<` lines expect.

use std::time::{Duration, Instant};

use super::expect::capture;
use super::pending::{Asked, Pending, Wants};
use super::{Course, Pass, Passed, Side};
use crate::engine::{Moment, Peers};
use crate::message::Message;
use crate::notation::Line;
use crate::pattern::Pattern;
use crate::report::Failure;
use crate::script;
use crate::transcript::{Closing, Expectation, Expected, Matter, Order, Problem, Step, Written};

/// How much longer a server is silent than its client expects, whose time begins when
/// what was said before has arrived: else the two would race. Who goes on has looked for
/// long enough.
const GRACE: Duration = Duration::from_millis(100);

/// What a line of the client's side comes to.
enum Saying {
    Message(Message),
    Wait(Duration),
}

impl Course {
    /// A client's line.
    pub(super) fn say(
        &mut self,
        step: &Step,
        written: &Written,
        peers: &mut Peers,
        moment: &Moment,
    ) -> Passed {
        match self.saying(step, written, moment)? {
            Saying::Wait(time) => Ok(self.pass_in(time, moment)),
            Saying::Message(message) => self.queue(step, &message, peers, moment),
        }
    }

    /// Reads the line with the values that its variables have now, and the file that it names.
    fn saying(
        &self,
        step: &Step,
        written: &Written,
        moment: &Moment,
    ) -> Result<Saying, Box<Failure>> {
        let line = written.line(&self.variables);
        let line = line.map_err(|problem| self.problem(step, problem, moment.now))?;
        Ok(match line {
            Line::Wait(time) => Saying::Wait(time),
            Line::Message(message) => Saying::Message(message),
            Line::File { kind, path } => {
                let read = self.files.read(kind, &path);
                Saying::Message(read.map_err(|error| self.error(step, &error, moment.now))?)
            }
        })
    }

    /// Passes a line so long after it was reached.
    fn pass_in(&self, time: Duration, moment: &Moment) -> Pass {
        match self.reached.checked_add(time) {
            Some(end) if end <= moment.now => Pass::Done(end),
            end => Pass::Waits(end),
        }
    }

    /// Gives a message to the writer, as soon as that has room.
    fn queue(
        &mut self,
        step: &Step,
        message: &Message,
        peers: &mut Peers,
        moment: &Moment,
    ) -> Passed {
        if let Err(error) = message.check_sendable() {
            return Err(self.unsaid(step, &error.to_string(), error.hint(), moment.now));
        }
        let seat = &self.seats[step.client];
        let writer = seat.peer().and_then(|peer| peers.writer(peer));
        let Some(writer) = writer.filter(|writer| !writer.is_closing()) else {
            return Err(self.unsaid_at_the_end(step, moment.now));
        };
        if !writer.has_room() {
            let end = self.reached.checked_add(seat.timeout);
            if end.is_some_and(|end| end <= moment.quiet) {
                let why = "this cannot be sent: the other end does not read";
                return Err(self.unsaid(step, why, None, moment.now));
            }
            return Ok(Pass::Waits(end));
        }
        script::queue(message, writer);
        // A server has no limits, and answers as fast as it can.
        self.is_queued = self.side == Side::Client;
        self.sent(step.client, message, moment.now);
        Ok(Pass::Done(moment.now))
    }

    /// A server's side of a line that a client sends: it has to come, for which there is
    /// no limit, because nobody knows who sits there.
    pub(super) fn hear(&mut self, step: &Step, written: &Written, moment: &Moment) -> Passed {
        if self.pending.is_none() {
            let wants = self.heard(step, written, moment)?;
            let Some(wants) = wants else {
                return Ok(Pass::Done(moment.now));
            };
            self.pending = Some(Pending::of(Asked::endless(self.at, wants)));
        }
        self.wait(step, Order::Next, moment)
    }

    /// What a line has to come as; nothing for one that says nothing.
    fn heard(
        &self,
        step: &Step,
        written: &Written,
        moment: &Moment,
    ) -> Result<Option<Wants>, Box<Failure>> {
        let message = match self.saying(step, written, moment)? {
            Saying::Wait(_) => return Ok(None),
            Saying::Message(message) => message,
        };
        Ok(Some(match message {
            Message::Close(payload) if payload.is_empty() => Wants::Close(Closing::Any),
            Message::Close(payload) => Wants::Close(Closing::Exact(payload)),
            // JSON may be spelled in any way.
            Message::Text(text) if text.starts_with(['{', '[']) => {
                let equal = Pattern::parse(&format!("/json {text}"));
                Wants::Message(equal.unwrap_or_else(|_| Pattern::exact(Message::Text(text))))
            }
            message => Wants::Message(Pattern::exact(message)),
        }))
    }

    /// A server's side of a line that a client expects.
    pub(super) fn answer(
        &mut self,
        step: &Step,
        expectation: &Expectation,
        peers: &mut Peers,
        moment: &Moment,
    ) -> Passed {
        match &expectation.what {
            Expected::Anything => Ok(Pass::Done(moment.now)),
            Expected::Silence(time) => Ok(self.keep_silent(step, *time, moment)),
            Expected::Lost => {
                if let Some(peer) = self.seats[step.client].peer() {
                    peers.cut(peer);
                }
                Ok(Pass::Done(moment.now))
            }
            Expected::Close(written) => {
                let closing = written.closing(&self.variables);
                let closing = closing.map_err(|problem| self.problem(step, problem, moment.now))?;
                Ok(self.close_with(step, &closing, peers, moment.now))
            }
            Expected::Message(_) => self.answer_with(step, expectation, peers, moment),
        }
    }

    fn keep_silent(&self, step: &Step, time: Duration, moment: &Moment) -> Pass {
        let grace = match self.seats[step.client].front() {
            Some(_) => Duration::ZERO,
            None => GRACE,
        };
        self.pass_in(time.saturating_add(grace), moment)
    }

    /// Sends a Close frame, unless the client's has been answered.
    fn close_with(
        &mut self,
        step: &Step,
        closing: &Closing,
        peers: &mut Peers,
        now: Instant,
    ) -> Pass {
        let payload = closing.example();
        let peer = self.seats[step.client].peer();
        let writer = peer.and_then(|peer| peers.writer(peer));
        if let Some(writer) = writer.filter(|writer| !writer.is_closing()) {
            let message = Message::Close(payload);
            script::queue(&message, writer);
            self.sent(step.client, &message, now);
        }
        Pass::Done(now)
    }

    /// Sends what the line expects, as often as it does.
    fn answer_with(
        &mut self,
        step: &Step,
        expectation: &Expectation,
        peers: &mut Peers,
        moment: &Moment,
    ) -> Passed {
        let message = match self.literal(expectation) {
            Ok(Some(message)) => message,
            // What may come or not, and has no example, does not.
            Ok(None) => return Ok(Pass::Done(moment.now)),
            Err(problem) => return Err(self.problem(step, problem, moment.now)),
        };
        let seat = &mut self.seats[step.client];
        if let Message::Pong(data) = &message
            && seat.pinged.as_ref() == Some(data)
        {
            // It went out when the ping came.
            seat.pinged = None;
            return Ok(Pass::Done(moment.now));
        }
        while self.said < expectation.times {
            match self.queue(step, &message, peers, moment)? {
                Pass::Done(_) => self.said += 1,
                waits @ Pass::Waits(_) => return Ok(waits),
            }
        }
        Ok(Pass::Done(moment.now))
    }

    /// What is sent, from which variables are captured as a client would.
    fn literal(&mut self, expectation: &Expectation) -> Result<Option<Message>, Problem> {
        let message = expectation.literal(&self.variables)?;
        if let Some(message) = &message {
            let matter = Matter::Message(message.into());
            capture(&expectation.facts, matter, &mut self.variables);
        }
        Ok(message)
    }
}
