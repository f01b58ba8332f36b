//! A transcript as it is played: line after line, on one side of the conversation.
//!
//! Who drives the engine lends what happens to a [`Course`] and lets it have its turn;
//! it queues what its side says, and waits for what the other side has to say. Each
//! client has a queue of its own, which is bounded: beyond that its network is held
//! back. Nothing is judged by the moment at which somebody looked: a limit has passed
//! when everything that had come by then was delivered ([`Moment::quiet`]), so that
//! what came in time is never called late.

mod connect;
mod expect;
mod failing;
mod files;
mod pending;
mod say;
mod seat;
mod silence;
mod unmet;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crate::engine::{Ended, Moment, PeerId, Peers};
use crate::error::Error;
use crate::masker::Masker;
use crate::message::{Message, MessageRef};
use crate::open::Handshake;
use crate::render;
use crate::report::{Failure, LAST, Said};
use crate::transcript::{Act, Connect, Expected, Problem, Step, Transcript, Variables};
use crate::ws::{Direction, Fault, Received};
pub use files::Files;
use pending::Pending;
use seat::{Item, Seat, State, What};

/// Which side of the conversation is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

impl Side {
    /// What the other end is called.
    fn other(self) -> &'static str {
        match self {
            Side::Client => "server",
            Side::Server => "client",
        }
    }

    /// As the transcript has it, which is written for the client.
    fn reads(self, direction: Direction) -> Direction {
        match (self, direction) {
            (Side::Client, direction) => direction,
            (Side::Server, Direction::Received) => Direction::Sent,
            (Side::Server, Direction::Sent) => Direction::Received,
        }
    }
}

/// How a client comes to its connection.
pub trait Host {
    /// Begins to open one as `connect` says; none is opened where clients come by
    /// themselves.
    ///
    /// # Errors
    /// When the line cannot be understood with these variables.
    fn connect(
        &mut self,
        connect: &Connect,
        variables: &Variables,
        peers: &mut Peers,
    ) -> Result<Option<PeerId>, Problem>;

    /// The hint of an error in opening a connection.
    fn hint(&self, error: &Error) -> Option<String>;
}

/// See the module's head.
pub struct Course {
    transcript: Arc<Transcript>,
    side: Side,
    files: Files,
    masker: Arc<Masker>,
    variables: Variables,
    /// One for each client.
    seats: Vec<Seat>,
    /// The line that is at hand, and since when.
    at: usize,
    reached: Instant,
    /// What it waits for, if it expects something.
    pending: Option<Pending>,
    deadline: Option<Instant>,
    /// Since when it is silent, where that is expected.
    silent_since: Option<Instant>,
    /// How often the line at hand was said.
    said: u32,
    /// Something was queued that the engine has not sent: no time runs before.
    is_queued: bool,
    /// Lines that expected something and got it.
    met: u64,
    log: VecDeque<(Instant, Said)>,
}

/// What became of a line.
enum Pass {
    /// It was reached by the end of this.
    Done(Instant),
    /// Until something happens, or the deadline has come.
    Waits(Option<Instant>),
}

type Passed = Result<Pass, Box<Failure>>;

impl Course {
    /// A course that begins now.
    pub fn new(
        transcript: Arc<Transcript>,
        side: Side,
        variables: Variables,
        files: Files,
        masker: Arc<Masker>,
    ) -> Self {
        Course {
            seats: transcript
                .clients
                .iter()
                .map(|name| Seat::new(name))
                .collect(),
            transcript,
            side,
            files,
            masker,
            variables,
            at: 0,
            reached: Instant::now(),
            pending: None,
            deadline: None,
            silent_since: None,
            said: 0,
            is_queued: false,
            met: 0,
            log: VecDeque::new(),
        }
    }

    /// How many lines expected something and got it.
    pub fn met(&self) -> u64 {
        self.met
    }

    /// When the line at hand has waited for long enough.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether the next turn has to follow at once: what was queued is sent by then, and
    /// the time that an answer may take begins.
    pub fn hurries(&self) -> bool {
        self.is_queued
    }

    /// Whether this connection's messages are taken.
    pub fn takes(&self, peer: PeerId) -> bool {
        self.seats
            .iter()
            .all(|seat| seat.peer() != Some(peer) || !seat.is_full())
    }

    /// A client's connection is open.
    pub fn opened(&mut self, client: usize, peer: PeerId, handshake: &Handshake) {
        let Some(seat) = self.seats.get_mut(client) else {
            return;
        };
        seat.state = State::Open(peer);
        seat.greeting = connect::accepted(handshake);
    }

    /// The client of a connection.
    pub fn client_of(&self, peer: PeerId) -> Option<usize> {
        self.seats.iter().position(|seat| match seat.state {
            State::Opening(known) | State::Open(known) => known == peer,
            _ => false,
        })
    }

    /// A client was turned away, as the transcript wants it.
    pub fn turned_away(&mut self, client: usize) {
        if let Some(seat) = self.seats.get_mut(client) {
            seat.state = State::Refused;
        }
    }

    /// A client's connection was not opened.
    pub fn not_opened(&mut self, client: usize, error: Error) {
        let Some(seat) = self.seats.get_mut(client) else {
            return;
        };
        if let Error::Refused(refusal) = error.bare() {
            seat.greeting = connect::refused(refusal);
        }
        seat.end = Some(error.to_string());
        seat.state = State::Failed(error);
    }

    /// Something was received.
    pub fn received(&mut self, client: usize, at: Instant, received: &Received<'_>) {
        let (log, masker, side) = (&mut self.log, &self.masker, self.side);
        let Some(seat) = self.seats.get_mut(client) else {
            return;
        };
        let name = seat.name.clone();
        seat.receive(at, received, |message| {
            // A flood of pings would leave nothing else to see.
            if !matches!(message, MessageRef::Ping(_)) {
                note(
                    log,
                    masker,
                    at,
                    name,
                    side.reads(Direction::Received),
                    message,
                );
            }
        });
    }

    /// The other end broke the protocol.
    pub fn broken(&mut self, client: usize, at: Instant, fault: &Fault) {
        if let Some(seat) = self.seats.get_mut(client) {
            seat.broken(at, fault.clone(), None);
        }
    }

    /// A connection is over.
    pub fn ended(&mut self, client: usize, at: Instant, ended: &Ended) {
        let text = match self.side {
            Side::Client => render::closed(ended),
            Side::Server => render::closed_by_client(ended),
        };
        if let Some(seat) = self.seats.get_mut(client) {
            seat.over(at, ended, text);
        }
    }

    /// Goes on as far as it can: the end of the transcript, or what failed. Nothing yet
    /// if it has to wait.
    pub fn turn(
        &mut self,
        peers: &mut Peers,
        host: &mut dyn Host,
        moment: &Moment,
    ) -> Option<Result<(), Box<Failure>>> {
        let transcript = self.transcript.clone();
        if std::mem::take(&mut self.is_queued) && self.at_hand().is_some_and(is_of_an_answer) {
            self.reached = self.reached.max(moment.now);
        }
        while let Some(step) = transcript.steps.get(self.at) {
            if self.is_queued && is_of_an_answer(step) {
                return None;
            }
            match self.pass(step, peers, host, moment) {
                Ok(Pass::Done(at)) => {
                    self.at += 1;
                    self.reached = at.max(self.reached);
                    self.pending = None;
                    self.deadline = None;
                    self.silent_since = None;
                    self.said = 0;
                }
                Ok(Pass::Waits(until)) => {
                    self.deadline = until;
                    return None;
                }
                Err(failure) => return Some(Err(failure)),
            }
        }
        Some(self.leftover(moment.now))
    }

    /// Why a connection could not be opened, if that is why it failed.
    pub fn into_error(self) -> Option<Error> {
        self.seats.into_iter().find_map(|seat| match seat.state {
            State::Failed(error) => Some(error),
            _ => None,
        })
    }

    /// The line at hand, and where it stands.
    pub fn at_hand(&self) -> Option<&Step> {
        self.transcript.steps.get(self.at)
    }

    /// Goes on with a line: what `>` and `<` mean depends on the side that we play.
    fn pass(
        &mut self,
        step: &Step,
        peers: &mut Peers,
        host: &mut dyn Host,
        moment: &Moment,
    ) -> Passed {
        match (&step.act, self.side) {
            (Act::Connect(connect), _) => self.connect(step, connect, peers, host, moment),
            (Act::Open(answer), Side::Client) => self.open(step, answer, moment),
            (Act::Open(answer), Side::Server) => self.opened_by_us(step, answer, moment),
            (Act::Send(written), Side::Client) => self.say(step, written, peers, moment),
            (Act::Send(written), Side::Server) => self.hear(step, written, moment),
            (Act::Expect(expectation), Side::Client) => self.expect(step, expectation, moment),
            (Act::Expect(expectation), Side::Server) => {
                self.answer(step, expectation, peers, moment)
            }
        }
    }

    /// At the end: nothing may be left that no line took.
    pub fn leftover(&self, now: Instant) -> Result<(), Box<Failure>> {
        for (client, seat) in self.seats.iter().enumerate() {
            let steps = self.transcript.steps.iter();
            let Some(last) = steps.rev().find(|step| step.client == client) else {
                continue;
            };
            let last_word = last.expectation().map(|expectation| &expectation.what);
            let is_open_ended = match (last_word, self.side) {
                (Some(Expected::Anything), Side::Client) => true,
                // A server drops the connection itself.
                (Some(Expected::Lost), Side::Server) => continue,
                _ => false,
            };
            let passes = |item: &Item| match is_open_ended {
                // Whatever may come, it has to be of the protocol.
                true => !matches!(item.what, What::Broken(..)),
                false => !item.is_said() || item.is_proper_close() || seat.closing && item.is_end(),
            };
            let stray = seat.left().find(|item| !passes(item));
            if let Some(item) = stray {
                return Err(self.stray(last, item, now));
            }
        }
        Ok(())
    }

    /// Everything that had come by then was delivered. A client whose messages wait for
    /// their lines holds its network back, and nobody else's clock.
    fn quiet(&self, moment: &Moment) -> Instant {
        match self.seats.iter().any(Seat::is_full) {
            true => moment.now,
            false => moment.quiet,
        }
    }

    /// Remembers what was said.
    fn sent(&mut self, client: usize, message: &Message, now: Instant) {
        let seat = &mut self.seats[client];
        seat.closing |= matches!(message, Message::Close(_));
        let name = seat.name.clone();
        note(
            &mut self.log,
            &self.masker,
            now,
            name,
            self.side.reads(Direction::Sent),
            message.into(),
        );
    }
}

/// Whether the time of a line begins when what stands before it is sent. A silence begins
/// when it is queued: what comes long after is not to count as a part of it.
fn is_of_an_answer(step: &Step) -> bool {
    let what = step.expectation().map(|expectation| &expectation.what);
    matches!(
        what,
        Some(Expected::Message(_) | Expected::Close(_) | Expected::Lost)
    )
}

/// Keeps a message among the last, masked and cut: the log holds no more than is shown.
fn note(
    log: &mut VecDeque<(Instant, Said)>,
    masker: &Masker,
    at: Instant,
    client: Option<String>,
    direction: Direction,
    message: MessageRef<'_>,
) {
    if log.len() == LAST {
        log.pop_front();
    }
    let age = std::time::Duration::ZERO;
    log.push_back((at, Said::new(age, client, direction, message, masker)));
}
