//! What is kept of a connection that was lost, for the next.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use crate::losses::Losses;
use crate::message::Kind;
use crate::open::Plan;
use crate::script::Step;
use crate::ws::{Leftover, Piece, Writer};

/// The way to another connection (`--reconnect`).
pub struct Again {
    pub plan: Plan,
    /// What is sent first on each connection.
    pub script: Vec<Step>,
    backoff: Backoff,
    /// When the connection was lost.
    lost: Option<Instant>,
    /// Messages that the lost connection did not send.
    messages: VecDeque<(Kind, Vec<u8>)>,
    /// A message whose end is still to come from stdin.
    beginning: Option<(Kind, Vec<u8>)>,
}

/// A gap between two connections.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    lasted: Duration,
    /// The try that succeeded, in a row.
    attempt: u32,
}

impl Gap {
    /// What is told of it, and of what was sent before and what follows.
    pub fn told(&self, losses: &Losses, unsent: u64) -> String {
        let (surely, perhaps) = losses.sent_before();
        format!(
            "connected again after {:.1} s (try {}); sent before: {surely} surely, {perhaps} perhaps; {unsent} that were surely not sent follow now",
            self.lasted.as_secs_f64(),
            self.attempt,
        )
    }
}

impl Again {
    /// Connects by `plan` again, `limit` times in a row at most.
    pub fn new(plan: Plan, limit: Option<u32>, script: Vec<Step>) -> Self {
        Again {
            // Tries are counted here.
            plan: plan.without_retry(),
            script,
            backoff: Backoff::new(limit),
            lost: None,
            messages: VecDeque::new(),
            beginning: None,
        }
    }

    /// What another way kept goes this one.
    pub fn instead_of(self, other: Option<Again>) -> Self {
        let kept = other.map(|other| (other.messages, other.beginning));
        let (messages, beginning) = kept.unwrap_or_default();
        Again {
            messages,
            beginning,
            ..self
        }
    }

    /// When to try next; nothing when it is time to give up.
    pub fn next(&mut self, now: Instant) -> Option<Duration> {
        self.lost.get_or_insert(now);
        self.backoff.next(now, rand::random())
    }

    /// Which try the next one is, in a row.
    pub fn tries(&self) -> u32 {
        self.backoff.tries()
    }

    /// How long there has been no connection.
    pub fn gap(&self, now: Instant) -> Duration {
        self.lost
            .map_or(Duration::ZERO, |lost| now.saturating_duration_since(lost))
    }

    /// A connection is open; the gap that it ends, if it does.
    pub fn opened(&mut self, now: Instant) -> Option<Gap> {
        self.backoff.opened(now);
        let gap = Gap {
            lasted: self.gap(now),
            attempt: self.tries(),
        };
        self.lost.take().map(|_| gap)
    }

    /// Keeps the last `count` messages of what a connection left unsent; those
    /// before them come again by themselves. What was kept before comes behind.
    pub fn keep(&mut self, leftover: Leftover, count: u64) {
        let Leftover {
            mut messages,
            beginning,
            ..
        } = leftover;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let first = messages.len().saturating_sub(count);
        for message in messages.drain(first..).rev() {
            self.messages.push_front(message);
        }
        self.beginning = beginning.or(self.beginning.take());
    }

    /// Messages that wait, the one without an end too.
    pub fn waiting(&self) -> u64 {
        self.messages.len() as u64 + u64::from(self.beginning.is_some())
    }

    /// Queues what waits, as far as the writer has room, telling of each whole message;
    /// how many they were.
    pub fn send(&mut self, writer: &mut Writer, tell: &mut dyn FnMut(Kind, &[u8])) -> u64 {
        let mut sent = 0;
        while writer.has_room()
            && let Some((kind, bytes)) = self.messages.pop_front()
        {
            writer.message(kind, &bytes);
            tell(kind, &bytes);
            sent += 1;
        }
        if self.messages.is_empty()
            && let Some((kind, bytes)) = self.beginning.take()
        {
            writer.data(&Piece {
                kind,
                bytes: &bytes,
                first: true,
                last: false,
            });
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;
    use crate::ws::{Connection, Role};
    use std::io::Cursor;

    #[test]
    fn what_was_left_is_sent_and_told_in_its_order_and_what_comes_again_by_itself_is_not() {
        let plan = Plan::new(Target::parse("ws://h/").unwrap(), Duration::ZERO);
        let mut again = Again::new(plan, None, Vec::new());
        let text = |text: &str| (Kind::Text, text.as_bytes().to_vec());
        let leftover = Leftover {
            messages: vec![text("first line"), text("a"), text("b")],
            ..Leftover::default()
        };
        again.keep(leftover, 2);
        let mut connection = Connection::new(Cursor::new(Vec::new()), Role::Server, &[]);
        let mut told = Vec::new();
        let mut tell = |_, bytes: &[u8]| told.extend_from_slice(bytes);
        assert_eq!(again.send(connection.writer_mut(), &mut tell), 2);
        assert_eq!((told.as_slice(), again.waiting()), (&b"ab"[..], 0));
        connection.flush().unwrap();
        assert_eq!(connection.io().get_ref(), b"\x81\x01a\x81\x01b");
    }
}
