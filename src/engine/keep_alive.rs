//! Pings of our own (RFC 6455 section 5.5.2): when the next one is due, and when
//! the other end has been silent for too long. A pure state machine over moments.
//!
//! Whatever arrives is a sign of life, not only a pong. The payload of each ping
//! is its number.

use std::time::{Duration, Instant};

/// How a connection is kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pings {
    /// From one ping to the next.
    pub interval: Duration,
    /// How long the other end may be silent after a ping; for ever without.
    pub timeout: Option<Duration>,
}

/// See the module's head.
#[derive(Debug)]
pub(super) struct KeepAlive {
    pings: Pings,
    next: Option<Instant>,
    /// Until when something has to arrive.
    patience: Option<Instant>,
    count: u64,
}

impl KeepAlive {
    /// The first ping is due one interval from `now`.
    pub(super) fn new(pings: Pings, now: Instant) -> Self {
        KeepAlive {
            pings,
            next: now.checked_add(pings.interval),
            patience: None,
            count: 0,
        }
    }

    /// Something arrived.
    pub(super) fn heard(&mut self) {
        self.patience = None;
    }

    /// The payload of the ping that is due, if one is.
    pub(super) fn due(&mut self, now: Instant) -> Option<String> {
        self.next.filter(|next| *next <= now)?;
        self.next = now.checked_add(self.pings.interval);
        if let Some(timeout) = self.pings.timeout {
            self.patience = self.patience.or(now.checked_add(timeout));
        }
        self.count += 1;
        Some(self.count.to_string())
    }

    /// When the next ping is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Until when something has to arrive.
    pub(super) fn patience(&self) -> Option<Instant> {
        self.patience
    }

    /// The limit that has passed, if everything that arrived until `quiet` has
    /// been heard.
    pub(super) fn passed(&self, quiet: Instant) -> Option<Duration> {
        let timeout = self.pings.timeout?;
        self.patience
            .is_some_and(|patience| patience <= quiet)
            .then_some(timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn started() -> (KeepAlive, Instant) {
        let pings = Pings {
            interval: 2 * SECOND,
            timeout: Some(3 * SECOND),
        };
        let now = Instant::now();
        (KeepAlive::new(pings, now), now)
    }

    #[test]
    fn a_ping_is_due_at_each_interval_and_they_are_numbered() {
        let (mut alive, start) = started();
        assert_eq!(alive.due(start + SECOND), None);
        assert_eq!(alive.due(start + 2 * SECOND).as_deref(), Some("1"));
        assert_eq!(alive.due(start + 3 * SECOND), None);
        assert_eq!(alive.next(), Some(start + 4 * SECOND));
        assert_eq!(alive.due(start + 4 * SECOND).as_deref(), Some("2"));
    }

    #[test]
    fn silence_is_counted_from_the_first_ping_that_nothing_came_after() {
        let (mut alive, start) = started();
        alive.due(start + 2 * SECOND);
        alive.due(start + 4 * SECOND);
        assert_eq!(alive.patience(), Some(start + 5 * SECOND));
        assert_eq!(alive.passed(start + 4 * SECOND), None);
        assert_eq!(alive.passed(start + 5 * SECOND), Some(3 * SECOND));
    }

    #[test]
    fn whatever_arrives_is_a_sign_of_life() {
        let (mut alive, start) = started();
        alive.due(start + 2 * SECOND);
        alive.heard();
        assert_eq!(alive.passed(start + 9 * SECOND), None);
        alive.due(start + 9 * SECOND);
        assert_eq!(alive.passed(start + 12 * SECOND), Some(3 * SECOND));
    }

    #[test]
    fn without_a_limit_silence_is_borne() {
        let now = Instant::now();
        let pings = Pings {
            interval: SECOND,
            timeout: None,
        };
        let mut alive = KeepAlive::new(pings, now);
        alive.due(now + SECOND);
        assert_eq!(alive.passed(now + 1000 * SECOND), None);
    }
}
