//! An observer for each client, where one alone would mix up what several do.

use std::cell::RefCell;
use std::collections::HashMap;
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
    open: HashMap<PeerId, Own>,
}

impl Each {
    /// `make` is given the number of the client.
    pub fn new(clients: Clients, make: impl FnMut(u64) -> Own + 'static) -> Self {
        Each {
            clients,
            make: Box::new(make),
            open: HashMap::new(),
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
        self.open.insert(peer, own);
    }

    fn watching(&mut self, peer: PeerId) -> Watching {
        match self.open.get(&peer) {
            Some(own) => Watching::Another(own.clone()),
            None => Watching::Nobody,
        }
    }

    fn ended(&mut self, peer: PeerId, end: &End) {
        if let Some(own) = self.open.remove(&peer) {
            own.borrow_mut().ended(peer, end);
        }
    }
}
