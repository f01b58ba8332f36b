//! All clients as one outlet.

use crate::engine::{PeerId, Peers};
use crate::message::Kind;
use crate::ws::{Outlet, Piece, Writer};

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Everyone,
    One(PeerId),
}

/// Those who came while a long message went out in parts: it is not for them.
#[derive(Debug, Default)]
pub(super) struct Latecomers {
    /// A message was begun, and not given to its end.
    inside: bool,
    late: Vec<PeerId>,
}

impl Latecomers {
    /// A client has come.
    pub(super) fn came(&mut self, peer: PeerId) {
        if self.inside {
            self.late.push(peer);
        }
    }
}

/// Every client that takes messages, or one of them. There is room while all of them have
/// it, and somebody is there.
pub(super) struct Everyone<'a> {
    pub(super) peers: &'a mut Peers,
    pub(super) to: To,
    pub(super) latecomers: &'a mut Latecomers,
}

impl Everyone<'_> {
    fn each(&mut self, mut say: impl FnMut(PeerId, &mut Writer)) {
        let to = self.to;
        let audience = self.peers.audience_mut();
        for (peer, writer) in audience.filter(|(peer, _)| to.is_for(*peer)) {
            say(peer, writer);
        }
    }
}

impl To {
    fn is_for(self, peer: PeerId) -> bool {
        match self {
            To::Everyone => true,
            To::One(one) => one == peer,
        }
    }

    /// Whether somebody is there, and everyone has room.
    pub(super) fn has_room(self, peers: &Peers) -> bool {
        let mut audience = peers.audience().filter(|(peer, _)| self.is_for(*peer));
        let first = audience.next();
        first.is_some_and(|(_, writer)| writer.has_room())
            && audience.all(|(_, writer)| writer.has_room())
    }

    /// Whether nobody is there.
    pub(super) fn is_nobody(self, peers: &Peers) -> bool {
        !peers.audience().any(|(peer, _)| self.is_for(peer))
    }
}

impl Outlet for Everyone<'_> {
    fn data(&mut self, piece: &Piece<'_>) {
        let latecomers = std::mem::take(self.latecomers);
        self.each(|peer, writer| {
            if !latecomers.late.contains(&peer) {
                writer.data(piece);
            }
        });
        if !piece.last {
            *self.latecomers = Latecomers {
                inside: true,
                ..latecomers
            };
        }
    }

    fn message(&mut self, kind: Kind, bytes: &[u8]) {
        self.each(|_, writer| writer.message(kind, bytes));
    }

    fn ping(&mut self, data: &[u8]) {
        self.each(|_, writer| writer.ping(data));
    }

    fn pong(&mut self, data: &[u8]) {
        self.each(|_, writer| writer.pong(data));
    }

    fn close(&mut self, payload: &[u8]) {
        self.each(|_, writer| writer.close(payload));
    }

    fn has_room(&self) -> bool {
        self.to.has_room(self.peers)
    }

    /// Others may come.
    fn is_closing(&self) -> bool {
        false
    }
}
