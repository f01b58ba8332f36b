//! What a mode is to the engine.

use std::time::Instant;

use super::{Ended, PeerId, Peers, Pollable};
use crate::error::{Error, Signal};
use crate::open::Handshake;
use crate::ws::{Fault, Received, Writer};

/// A mode of the program: gets events lent on the engine's thread, queues
/// messages, and never blocks.
pub trait Driver {
    /// A connection is open.
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, writer: &mut Writer);

    /// Whether to read on from a connection. False is backpressure: the
    /// server is slowed down until it is true again.
    fn takes(&self, peer: PeerId, writer: &Writer) -> bool;

    /// Something was received. `at` is when it was read from the network.
    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, writer: &mut Writer);

    /// The other end broke the protocol by something that is no event: the end follows
    /// when the closing is over. A Close frame that is none is told of by itself.
    fn broken(&mut self, _: PeerId, _: Instant, _: &Fault) {}

    /// A connection is over, or was never opened.
    fn ended(&mut self, peer: PeerId, end: End);

    /// Once a turn of the engine, after everything that had arrived was
    /// delivered: hand output over, take input, queue messages, look at the clock.
    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn;

    /// What to wait for besides the connections.
    fn wants(&self, peers: &Peers) -> Wants<'_>;

    /// A signal came that ends the run.
    fn stopped(&mut self, peers: &mut Peers, signal: Signal);

    /// The process was stopped, and goes on: others may have had the terminal.
    fn resumed(&mut self) {}
}

/// A driver that shares a loop with others: small is better than fast here.
pub fn by_name<'a>(driver: &'a mut dyn Driver) -> &'a mut (dyn Driver + 'a) {
    driver
}

/// For drivers that are not worth a loop of their own.
impl Driver for &mut (dyn Driver + '_) {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, writer: &mut Writer) {
        (**self).opened(peer, handshake, writer);
    }

    fn takes(&self, peer: PeerId, writer: &Writer) -> bool {
        (**self).takes(peer, writer)
    }

    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, writer: &mut Writer) {
        (**self).event(peer, at, received, writer);
    }

    fn broken(&mut self, peer: PeerId, at: Instant, fault: &Fault) {
        (**self).broken(peer, at, fault);
    }

    fn ended(&mut self, peer: PeerId, end: End) {
        (**self).ended(peer, end);
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        (**self).turn(peers, moment)
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        (**self).wants(peers)
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        (**self).stopped(peers, signal);
    }

    fn resumed(&mut self) {
        (**self).resumed();
    }
}

/// The end of a connection.
#[derive(Debug)]
pub enum End {
    NotOpened(Error),
    Over(Ended),
}

/// When a turn takes place, and what is ready in it.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Instant,
    /// Everything that had arrived by then has been delivered. Time limits on
    /// what a server does compare with this, so that nothing that came in time
    /// is ever called late. Stands still while reading is held back.
    pub quiet: Instant,
    /// The wanted input has something to read, or is at its end.
    pub input: bool,
    /// The wanted output takes more, or its reader has gone.
    pub output: bool,
}

/// Whether the engine goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Going,
    Done,
}

/// What a driver waits for.
#[derive(Default)]
pub struct Wants<'a> {
    /// Wake when there is something to read here.
    pub input: Option<Pollable<'a>>,
    /// Wake when this takes more bytes.
    pub output: Option<Pollable<'a>>,
    /// Wake when the reader of this has gone.
    pub reader: Option<Pollable<'a>>,
    /// Wake then.
    pub deadline: Option<Instant>,
    /// Do not sleep at all: there is more to do.
    pub again: bool,
}
