//! Who is connected, by their numbers.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::engine::PeerId;
use crate::message::Kind;
use crate::stats::Stats;
use crate::ws::{Assembler, Piece};

/// The clients of a server, numbered from 1 in the order in which they came; shared by
/// all that speak of them.
#[derive(Clone, Default)]
pub struct Clients(Rc<RefCell<Known>>);

#[derive(Default)]
struct Known {
    /// In the order of their numbers.
    open: Vec<Client>,
    /// All that there ever were.
    seen: u64,
}

struct Client {
    peer: PeerId,
    number: u64,
    /// The message that is arriving.
    assembler: Assembler,
    /// Where they are counted.
    stats: Option<Rc<RefCell<Stats>>>,
}

/// A client that is here.
pub(super) struct Counted {
    pub(super) number: u64,
    pub(super) peer: PeerId,
    pub(super) stats: Option<Rc<RefCell<Stats>>>,
}

impl Clients {
    /// One has come; its number.
    pub(super) fn enter(&self, peer: PeerId) -> u64 {
        let mut known = self.0.borrow_mut();
        known.seen += 1;
        let number = known.seen;
        known.open.push(Client {
            peer,
            number,
            assembler: Assembler::default(),
            stats: None,
        });
        number
    }

    /// One has gone; the number that it had.
    pub(super) fn leave(&self, peer: PeerId) -> Option<u64> {
        let mut known = self.0.borrow_mut();
        let at = known.open.iter().position(|client| client.peer == peer)?;
        Some(known.open.remove(at).number)
    }

    /// Where the messages of the client that came last are counted.
    pub fn count(&self, number: u64, stats: &Rc<RefCell<Stats>>) {
        let mut known = self.0.borrow_mut();
        let mut open = known.open.iter_mut();
        if let Some(client) = open.find(|client| client.number == number) {
            client.stats = Some(Rc::clone(stats));
        }
    }

    /// How many have come so far.
    pub(super) fn seen(&self) -> u64 {
        self.0.borrow().seen
    }

    /// The number of a client that is here.
    pub fn number(&self, peer: PeerId) -> Option<u64> {
        let known = self.0.borrow();
        known.find(peer).map(|client| client.number)
    }

    /// How long the latest pong of a client took, if it is counted.
    pub(super) fn last_pong(&self, peer: PeerId) -> Option<Duration> {
        let known = self.0.borrow();
        let stats = known.find(peer)?.stats.as_ref()?;
        stats.borrow().last_pong
    }

    /// The client with this number, if it is here.
    pub(super) fn numbered(&self, number: u64) -> Option<PeerId> {
        let known = self.0.borrow();
        let mut open = known.open.iter();
        let found = open.find(|client| client.number == number);
        found.map(|client| client.peer)
    }

    /// Those that are here, in the order of their numbers, each with its counts.
    pub(super) fn counted(&self) -> Vec<Counted> {
        let known = self.0.borrow();
        let open = known.open.iter();
        let counted = open.map(|client| Counted {
            number: client.number,
            peer: client.peer,
            stats: client.stats.clone(),
        });
        counted.collect()
    }

    /// A part of a message has come; `whole` is given the message when it is its last.
    pub(super) fn heard(
        &self,
        peer: PeerId,
        piece: &Piece<'_>,
        whole: impl FnOnce(u64, Kind, &[u8]),
    ) {
        let mut known = self.0.borrow_mut();
        let mut open = known.open.iter_mut();
        let Some(client) = open.find(|client| client.peer == peer) else {
            return;
        };
        let number = client.number;
        if let Some((kind, bytes)) = client.assembler.push(piece) {
            whole(number, kind, bytes);
        }
    }
}

impl Known {
    fn find(&self, peer: PeerId) -> Option<&Client> {
        self.open.iter().find(|client| client.peer == peer)
    }
}
