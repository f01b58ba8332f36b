//! What was said, as far as it is kept: for `/show`, `/resend` and `/save`.
//!
//! Messages of both directions are numbered from 1 over the whole session, also
//! across connections. The latest are kept, up to a number and a size; the very
//! latest always is. Between them stand marks: how connections began and ended.

use std::collections::VecDeque;
use std::time::Instant;

use crate::message::Message;
use crate::transcript::Opening;
use crate::ws::Direction;

/// Messages that are kept, at most.
pub(super) const MAX_KEPT: usize = 10_000;
/// Their payload in bytes, at most, unless a single one is larger.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A message that was said.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: Instant,
    pub(crate) direction: Direction,
    /// The number of the client that said it, where there may be several.
    pub(crate) client: Option<u64>,
    pub(crate) message: Message,
}

/// Marks that are kept, at most.
const MAX_MARKS: usize = 1000;

/// What happened to a connection.
#[derive(Debug)]
pub(super) enum Mark {
    Opened(Box<Opening>),
    /// Our Close frame, with this payload, that no message of ours is.
    SentClose(Vec<u8>),
    ReceivedClose(Vec<u8>),
    /// It ended without one from the server.
    Lost,
}

/// A mark, and where it stands.
#[derive(Debug)]
pub(super) struct Marked {
    pub(super) at: Instant,
    /// The number of the message behind it.
    pub(super) before: u64,
    pub(super) what: Mark,
}

/// See the module's head.
pub(super) struct Session {
    kept: VecDeque<Entry>,
    marks: Vec<Marked>,
    /// Marks that are no longer kept.
    forgotten: bool,
    /// The number of the first that is kept.
    first: u64,
    bytes: usize,
}

impl Default for Session {
    fn default() -> Self {
        Session {
            kept: VecDeque::new(),
            marks: Vec::new(),
            forgotten: false,
            first: 1,
            bytes: 0,
        }
    }
}

impl Session {
    /// Keeps a message; its number.
    pub(super) fn add(&mut self, entry: Entry) -> u64 {
        self.bytes += entry.message.len();
        self.kept.push_back(entry);
        while self.kept.len() > MAX_KEPT || self.bytes > MAX_BYTES && self.kept.len() > 1 {
            let gone = self.kept.pop_front();
            self.bytes -= gone.map_or(0, |entry| entry.message.len());
            self.first += 1;
        }
        self.last()
    }

    /// Keeps what happened to a connection.
    pub(super) fn mark(&mut self, at: Instant, what: Mark) {
        if self.marks.len() == MAX_MARKS {
            self.marks.remove(0);
            self.forgotten = true;
        }
        let before = self.last() + 1;
        self.marks.push(Marked { at, before, what });
    }

    /// In their order.
    pub(super) fn marks(&self) -> &[Marked] {
        &self.marks
    }

    /// When the first connection was open.
    pub(super) fn began(&self) -> Option<Instant> {
        self.marks.first().map(|mark| mark.at)
    }

    /// Whether something was said that is no longer kept.
    pub(super) fn lost_its_beginning(&self) -> bool {
        self.first > 1 || self.forgotten
    }

    /// The message of that number, if it is kept.
    pub(super) fn get(&self, number: u64) -> Option<&Entry> {
        let at = number.checked_sub(self.first)?;
        self.kept.get(usize::try_from(at).ok()?)
    }

    /// The number of the first message that is kept.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the latest message; 0 if there was none.
    pub(super) fn last(&self) -> u64 {
        self.first + self.kept.len() as u64 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(size: usize) -> Entry {
        Entry {
            at: Instant::now(),
            direction: Direction::Received,
            client: None,
            message: Message::Binary(vec![0; size]),
        }
    }

    #[test]
    fn messages_are_numbered_from_one_and_the_latest_are_kept() {
        let mut session = Session::default();
        assert_eq!((session.last(), session.get(0).is_some()), (0, false));
        for number in 1..=MAX_KEPT as u64 + 5 {
            assert_eq!(session.add(binary(1)), number);
        }
        assert_eq!((session.first(), session.last()), (6, 10_005));
        let kept = [5, 6, 10_005, 10_006].map(|number| session.get(number).is_some());
        assert_eq!(kept, [false, true, true, false]);
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes_and_the_latest_stays_whatever_its_size() {
        let mut session = Session::default();
        for _ in 0..20 {
            session.add(binary(1024 * 1024));
        }
        assert_eq!((session.first(), session.last()), (5, 20));
        session.add(binary(2 * MAX_BYTES));
        assert_eq!((session.first(), session.last()), (21, 21));
        session.add(binary(1));
        assert_eq!((session.first(), session.last()), (22, 22));
    }
}
