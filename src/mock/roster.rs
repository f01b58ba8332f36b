//! Which client of the transcript each connection is.

use std::collections::BTreeMap;

use crate::engine::PeerId;

/// A client in a round, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) round: usize,
    pub(super) client: usize,
}

/// See the module's head.
pub(super) struct Roster {
    /// How many clients a round has.
    clients: usize,
    /// Clients that had come before.
    came: usize,
    /// Places of those that turned out to be none.
    free: Vec<Seat>,
    seats: BTreeMap<PeerId, Seat>,
    /// Those that have gone since it was last asked.
    pub(super) gone: Vec<(PeerId, Seat)>,
}

impl Roster {
    pub(super) fn new(clients: usize) -> Self {
        Roster {
            clients: clients.max(1),
            came: 0,
            free: Vec::new(),
            seats: BTreeMap::new(),
            gone: Vec::new(),
        }
    }

    /// Gives the next place to a connection.
    pub(super) fn admit(&mut self, peer: PeerId) -> Seat {
        let seat = self.free.pop().unwrap_or_else(|| {
            let number = self.came;
            self.came += 1;
            Seat {
                round: number / self.clients,
                client: number % self.clients,
            }
        });
        self.seats.insert(peer, seat);
        seat
    }

    pub(super) fn seat(&self, peer: PeerId) -> Option<Seat> {
        self.seats.get(&peer).copied()
    }

    /// Takes the place of a connection that has ended.
    pub(super) fn take(&mut self, peer: PeerId) -> Option<Seat> {
        self.seats.remove(&peer)
    }

    /// Gives a place to the next that comes.
    pub(super) fn free(&mut self, seat: Seat) {
        self.free.push(seat);
    }

    /// Remembers that a client has gone.
    pub(super) fn gone(&mut self, peer: PeerId, seat: Seat) {
        self.gone.push((peer, seat));
    }
}
