//! The seam for those who look on: counters, the view of frames, recordings.

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

/// Told of what happens on every connection of an engine, and of each frame.
/// It changes nothing; without one the data path pays a look at an empty list.
pub trait Observer: Watch {
    /// A connection is open since `at`.
    fn opened(&mut self, peer: PeerId, at: Instant, handshake: &Handshake);

    /// A connection is over, or was never opened.
    fn ended(&mut self, peer: PeerId, end: &End);
}
