//! An observer for each client, where one alone would mix up what several do.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use super::Clients;
use crate::engine::{End, Observer, PeerId, Watching};
use crate::open::Handshake;
use crate::ws::{FrameSeen, Watch};

/// An observer of one client.
type Own = Rc<RefCell<dyn Observer>>;

/// Makes an observer of each client that comes. Clients must have their numbers before.
pub struct Each {
    clients: Clients,
    make: Box<dyn FnMut(u64) -> Own>,
    open: Vec<(PeerId, Own)>,
}

impl Each {
    /// `make` is given the number of the client.
    pub fn new(clients: Clients, make: impl FnMut(u64) -> Own + 'static) -> Self {
        Each {
            clients,
            make: Box::new(make),
            open: Vec::new(),
        }
    }
}

impl Watch for Each {
    fn frame(&mut self, _: &FrameSeen<'_>) {}
}

impl Observer for Each {
    fn opened(&mut self, peer: PeerId, at: Instant, handshake: &Handshake) {
        let Some(number) = self.clients.number(peer) else {
            return;
        };
        let own = (self.make)(number);
        own.borrow_mut().opened(peer, at, handshake);
        self.open.push((peer, own));
    }

    fn watching(&mut self, peer: PeerId) -> Watching {
        match self.open.iter().find(|(open, _)| *open == peer) {
            Some((_, own)) => Watching::Another(own.clone()),
            None => Watching::Nobody,
        }
    }

    fn ended(&mut self, peer: PeerId, end: &End) {
        if let Some(at) = self.open.iter().position(|(open, _)| *open == peer) {
            let (_, own) = self.open.remove(at);
            own.borrow_mut().ended(peer, end);
        }
    }
}
