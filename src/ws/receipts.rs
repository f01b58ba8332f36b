//! What is known of the data messages that were given to be sent.

use std::collections::VecDeque;

/// Pings whose pong has not come are remembered up to this number.
const MAX_PINGS: usize = 64;

/// What became of the data messages that a writer was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// All that were given to their end.
    pub queued: u64,
    /// Of those, what the other end has surely read: a pong came that answers
    /// a later ping.
    pub confirmed: u64,
    /// No byte of these has been written.
    pub untouched: u64,
    /// One whose beginning has been written, and whose end has not.
    pub begun: bool,
    /// The last of all these was not given to its end.
    pub unfinished: bool,
}

/// Counts messages, and what pongs say of them.
#[derive(Default)]
pub(super) struct Receipts {
    queued: u64,
    confirmed: u64,
    /// Pings of ours, each with the messages before it.
    pings: VecDeque<(Vec<u8>, u64)>,
}

impl Receipts {
    /// A data frame was queued, the `last` of its message or not.
    pub(super) fn queued(&mut self, last: bool) {
        self.queued += u64::from(last);
    }

    /// A ping of ours was queued.
    pub(super) fn pinged(&mut self, data: &[u8]) {
        if self.pings.len() == MAX_PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back((data.to_vec(), self.queued));
    }

    /// A pong came. If it answers a ping of ours, what was sent before that ping
    /// has been read: frames are read in order. Of several pings with the same
    /// data it may answer the first.
    pub(super) fn ponged(&mut self, data: &[u8]) {
        let answered = self.pings.iter().position(|(ping, _)| ping == data);
        let answered = answered.and_then(|at| self.pings.drain(..=at).next_back());
        if let Some((_, before)) = answered {
            self.confirmed = before;
        }
    }

    /// Nothing is unsent yet.
    pub(super) fn unsent(&self) -> Unsent {
        Unsent {
            queued: self.queued,
            confirmed: self.confirmed,
            ..Unsent::default()
        }
    }
}

impl Unsent {
    /// Whether all was sent.
    pub fn is_none(&self) -> bool {
        self.untouched == 0 && !self.begun
    }

    /// The same but for the message that was given last.
    #[must_use]
    pub fn without_last(self) -> Self {
        Unsent {
            untouched: self.untouched.saturating_sub(1),
            begun: self.begun && self.untouched > 0,
            unfinished: false,
            ..self
        }
    }

    pub(super) fn count(&mut self, touched: bool) {
        self.begun |= touched;
        self.untouched += u64::from(!touched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pong_confirms_what_was_sent_before_its_ping() {
        let mut receipts = Receipts::default();
        receipts.queued(true);
        receipts.pinged(b"a");
        receipts.queued(false);
        receipts.queued(true);
        receipts.pinged(b"b");
        receipts.pinged(b"a");
        receipts.ponged(b"unasked");
        assert_eq!(receipts.unsent().confirmed, 0);
        // It may answer the first of two pings alike.
        receipts.ponged(b"a");
        assert_eq!(receipts.unsent().confirmed, 1);
        receipts.ponged(b"a");
        assert_eq!(receipts.unsent().confirmed, 2);
    }

    #[test]
    fn pings_that_nobody_answers_do_not_pile_up() {
        let mut receipts = Receipts::default();
        for number in 0..10_000_u32 {
            receipts.pinged(&number.to_be_bytes());
        }
        assert_eq!(receipts.pings.len(), MAX_PINGS);
    }
}
