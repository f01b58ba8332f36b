//! A client of a transcript: its connection, and what came on it that no line took yet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::engine::{Ended, How, PeerId};
use crate::error::Error;
use crate::message::{Message, MessageRef, close_code};
use crate::pattern::Pattern;
use crate::transcript::{Greeting, TIMEOUT};
use crate::ws::{Assembler, Fault, Received};

/// What may wait for its line before the network is held back, in bytes and messages:
/// another client's line may be waited for meanwhile, for as long as its limit says.
const MAX_BYTES: usize = 16 * 1024 * 1024;
const MAX_ITEMS: usize = 10_000;

/// See the module's head.
#[derive(Default)]
pub(super) struct Seat {
    pub(super) name: Option<String>,
    pub(super) state: State,
    /// The answer to the opening handshake.
    pub(super) greeting: Greeting,
    pub(super) timeout: Duration,
    pub(super) ignored: Vec<Pattern>,
    /// Whatever comes before the next expectation is passed over.
    pub(super) skips: bool,
    /// The data of the last ping that a line took: its pong is on its way.
    pub(super) pinged: Option<Vec<u8>>,
    /// Our side has sent a Close frame: what the other end's says is an answer.
    pub(super) closing: bool,
    /// How it came to its end, in words.
    pub(super) end: Option<String>,
    /// What to do about a refusal.
    pub(super) hint: Option<String>,
    /// That the protocol was broken is told already.
    is_broken: bool,
    queue: VecDeque<Item>,
    bytes: usize,
    assembler: Assembler,
}

#[derive(Debug, Default)]
pub(super) enum State {
    /// Its `connect` has not been reached.
    #[default]
    Absent,
    Opening(PeerId),
    Open(PeerId),
    /// The upgrade was refused: there is nothing but the answer.
    Refused,
    /// It could not be opened.
    Failed(Error),
    Over,
}

/// Something that came.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) at: Instant,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Message(Message),
    /// The connection ended without a Close frame: in words.
    Lost(String),
    /// The other end broke the protocol, if by a Close frame by this one.
    Broken(Fault, Option<Message>),
}

impl Seat {
    pub(super) fn new(name: &str) -> Self {
        Seat {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            timeout: TIMEOUT,
            ..Seat::default()
        }
    }

    /// Its connection, while there is one.
    pub(super) fn peer(&self) -> Option<PeerId> {
        match self.state {
            State::Open(peer) => Some(peer),
            _ => None,
        }
    }

    /// Whether nothing more is to be taken from its network.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MAX_BYTES || self.queue.len() >= MAX_ITEMS
    }

    /// What comes next; nothing has come yet if it is nothing.
    pub(super) fn front(&self) -> Option<&Item> {
        self.queue.front()
    }

    /// Takes what came next from the queue.
    pub(super) fn take(&mut self) -> Option<Item> {
        let item = self.queue.pop_front()?;
        if let What::Message(message) = &item.what {
            self.bytes -= message.len();
        }
        Some(item)
    }

    /// The end that has come, behind messages that no line took yet.
    pub(super) fn end_that_waits(&self) -> Option<&What> {
        let what = self.queue.iter().map(|item| &item.what);
        what.rev().find(|what| match what {
            What::Message(message) => matches!(message, Message::Close(_)),
            What::Lost(_) | What::Broken(..) => true,
        })
    }

    /// What no line took.
    pub(super) fn left(&self) -> impl Iterator<Item = &Item> {
        self.queue.iter()
    }

    /// Takes in what was received; `tell` hears of each message when it is whole.
    pub(super) fn receive(
        &mut self,
        at: Instant,
        received: &Received<'_>,
        tell: impl FnOnce(MessageRef<'_>),
    ) {
        let message = match received {
            Received::Data(piece) => match self.assembler.push(piece) {
                Some((kind, bytes)) => MessageRef::data(kind, bytes),
                None => return,
            },
            Received::Ping(data) => MessageRef::Ping(data),
            Received::Pong(data) => MessageRef::Pong(data),
            Received::Close(close) => MessageRef::Close(close.payload),
        };
        tell(message);
        if let Received::Close(close) = received
            && let Some(fault) = &close.fault
        {
            let close = Message::from(message);
            return self.broken(at, fault.clone(), Some(close));
        }
        if self.ignored.iter().any(|pattern| pattern.matches(message)) {
            return;
        }
        let message = Message::from(message);
        self.bytes += message.len();
        self.push(at, What::Message(message));
    }

    /// The other end broke the protocol, if by a Close frame by this one.
    pub(super) fn broken(&mut self, at: Instant, fault: Fault, close: Option<Message>) {
        if !std::mem::replace(&mut self.is_broken, true) {
            self.push(at, What::Broken(fault, close));
        }
    }

    /// The upgrade was refused, as the transcript expects it.
    pub(super) fn refused(&mut self, hint: Option<String>) {
        self.hint = hint;
        self.state = State::Refused;
    }

    /// The connection is over, as this text tells.
    pub(super) fn over(&mut self, at: Instant, ended: &Ended, text: String) {
        self.state = State::Over;
        self.end = Some(text.clone());
        match &ended.how {
            How::Fault(fault) => self.broken(at, fault.clone(), None),
            // That was our own doing.
            How::Cut => {}
            _ if ended.received_close.is_none() => {
                let inside = match ended.inside_message {
                    true => ", in the middle of a message",
                    false => "",
                };
                self.push(at, What::Lost(text + inside));
            }
            _ => {}
        }
    }

    fn push(&mut self, at: Instant, what: What) {
        self.queue.push_back(Item { at, what });
    }
}

impl Item {
    /// Whether it is what the other end says on its own: a data message or the end.
    pub(super) fn is_said(&self) -> bool {
        !matches!(
            self.what,
            What::Message(Message::Ping(_) | Message::Pong(_))
        )
    }

    /// Whether the connection ends with it, without a fault.
    pub(super) fn is_end(&self) -> bool {
        matches!(self.what, What::Lost(_) | What::Message(Message::Close(_)))
    }

    /// Whether it is an end that nobody need expect: the other end leaves as it may.
    pub(super) fn is_proper_close(&self) -> bool {
        match &self.what {
            What::Message(Message::Close(payload)) => {
                matches!(close_code(payload), None | Some(1000 | 1001))
            }
            _ => false,
        }
    }
}
