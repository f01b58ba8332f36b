//! When to connect again, and when to give up. Pure; the chance that spreads the tries is
//! handed in.

use std::time::{Duration, Instant};

/// The shortest wait before another try.
const SHORTEST: Duration = Duration::from_millis(500);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);
/// A connection that was open for so long makes tries count anew.
const STEADY: Duration = Duration::from_secs(30);

/// Counts tries in a row.
#[derive(Debug)]
pub(super) struct Backoff {
    limit: Option<u32>,
    tries: u32,
    opened: Option<Instant>,
}

impl Backoff {
    /// Gives up after `limit` tries in a row, or never.
    pub(super) fn new(limit: Option<u32>) -> Self {
        Backoff {
            limit,
            tries: 0,
            opened: None,
        }
    }

    /// A connection is open.
    pub(super) fn opened(&mut self, now: Instant) {
        self.opened = Some(now);
    }

    /// How many tries there were since a connection was last steady.
    pub(super) fn tries(&self) -> u32 {
        self.tries
    }

    /// A connection was lost, or a try failed: how long to wait before the next;
    /// nothing when it is time to give up. `chance`, from 0 to 1, spreads the
    /// tries of many clients over the later half of the wait.
    pub(super) fn next(&mut self, now: Instant, chance: f64) -> Option<Duration> {
        let lasted = self
            .opened
            .take()
            .map(|at| now.saturating_duration_since(at));
        if lasted.is_some_and(|lasted| lasted >= STEADY) {
            self.tries = 0;
        }
        if self.limit.is_some_and(|limit| self.tries >= limit) {
            return None;
        }
        let longest = 2 * SHORTEST * 2_u32.saturating_pow(self.tries.min(10));
        self.tries = self.tries.saturating_add(1);
        let half = longest.min(LONGEST) / 2;
        Some(half + half.mul_f64(chance.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_from_half_a_second_to_half_a_minute() {
        let now = Instant::now();
        let mut least = Backoff::new(None);
        let mut most = Backoff::new(None);
        let expected = [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0];
        for longest in expected.map(Duration::from_secs_f64) {
            assert_eq!(least.next(now, 0.0), Some(longest / 2));
            assert_eq!(most.next(now, 1.0), Some(longest));
        }
        let mut many = Backoff::new(None);
        for _ in 0..1000 {
            assert!(many.next(now, 1.0).is_some_and(|wait| wait <= LONGEST));
        }
    }

    #[test]
    fn tries_in_a_row_are_limited() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Some(2));
        assert!(backoff.next(now, 0.0).is_some());
        // Open, but not for long.
        backoff.opened(now);
        assert!(backoff.next(now + 29 * SECOND, 0.0).is_some());
        assert_eq!(backoff.tries(), 2);
        assert_eq!(backoff.next(now + 29 * SECOND, 0.0), None);
    }

    #[test]
    fn a_steady_connection_makes_them_count_anew() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Some(1));
        assert!(backoff.next(now, 0.0).is_some());
        backoff.opened(now);
        assert_eq!(backoff.next(now + STEADY, 0.0), Some(SHORTEST));
        assert_eq!(backoff.tries(), 1);
    }
}
