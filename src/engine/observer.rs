//! The seam for those who look on: counters, the view of frames, recordings.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use super::{End, PeerId};
use crate::open::{Handshake, Progress, Weight};
use crate::ws::Watch;

/// Told of each step while a connection is being opened.
pub trait OpeningObserver {
    /// Steps that weigh less are not told.
    fn least(&self) -> Weight;

    /// A step, in the order in which they were taken.
    fn step(&mut self, peer: PeerId, step: &Progress);
}

/// Who is told of the frames of a connection.
pub enum Watching {
    /// The observer itself.
    Myself,
    /// One that it has for this connection alone.
    Another(Rc<RefCell<dyn Watch>>),
    Nobody,
}

/// Told of what happens on every connection of an engine, and of each frame.
/// It changes nothing; without one the data path pays a look at an empty list.
pub trait Observer: Watch {
    /// A connection is open since `at`.
    fn opened(&mut self, peer: PeerId, at: Instant, handshake: &Handshake);

    /// Who is to be told of its frames, asked once, when it is open.
    fn watching(&mut self, _peer: PeerId) -> Watching {
        Watching::Myself
    }

    /// A connection is over, or was never opened.
    fn ended(&mut self, peer: PeerId, end: &End);
}
