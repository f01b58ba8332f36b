//! Whether to connect again after a connection was lost, and when: `--reconnect`.
//! Pure; the chance that spreads the tries is handed in.

use std::time::{Duration, Instant};

use crate::engine::{End, Ended, How};
use crate::error::Error;
use crate::net::ResolveError;

/// The shortest wait before another try.
const SHORTEST: Duration = Duration::from_millis(500);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);
/// A connection that was open for so long makes tries count anew.
const STEADY: Duration = Duration::from_secs(30);

/// Counts tries in a row.
#[derive(Debug)]
pub struct Backoff {
    limit: Option<u32>,
    tries: u32,
    opened: Option<Instant>,
}

impl Backoff {
    /// Gives up after `limit` tries in a row, or never.
    pub fn new(limit: Option<u32>) -> Self {
        Backoff {
            limit,
            tries: 0,
            opened: None,
        }
    }

    /// A connection is open.
    pub fn opened(&mut self, now: Instant) {
        self.opened = Some(now);
    }

    /// How many tries there were since a connection was last steady.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// A connection was lost, or a try failed: how long to wait before the next;
    /// nothing when it is time to give up. `chance`, from 0 to 1, spreads the
    /// tries of many clients over the later half of the wait.
    pub fn next(&mut self, now: Instant, chance: f64) -> Option<Duration> {
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

/// Whether another connection may mend what ended this one: one that was lost,
/// whose server fell silent, or that was closed with 1001 or 1011 to 1014.
pub fn is_passing(ended: &Ended) -> bool {
    match ended.how {
        _ if ended.closed_by_us => false,
        How::Unresponsive(_) | How::Finished | How::Failed(_) => true,
        How::Closed(_) => matches!(ended.code(), Some(1001 | 1011..=1014)),
        How::Fault(_) | How::Silent | How::Cut => false,
    }
}

/// Whether a try that failed may succeed later. A server that answers with a
/// status below 500, or with a certificate that is not trusted, will do so again.
pub fn may_succeed_later(error: &Error) -> bool {
    match error.bare() {
        Error::Refused(refusal) => refusal.response.status >= 500,
        Error::Redirects(_) => false,
        Error::Resolve { cause, .. } => !matches!(cause, ResolveError::IsNot(_)),
        Error::Proxy(failure) if failure.is_final() => false,
        error => !matches!(error.exit_code(), 2 | 3 | 26 | 60),
    }
}

/// The same of whatever ended.
pub fn may_be_mended(end: &End) -> bool {
    match end {
        End::NotOpened(error) => may_succeed_later(error),
        End::Over(ended) => is_passing(ended),
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

    #[test]
    fn what_a_server_will_say_again_is_not_asked_for_again() {
        use crate::error::Redirects;
        use crate::net::Family;
        use crate::target::Target;
        let target = Target::parse("ws://h/").unwrap();
        let round = Error::Redirects(Redirects::Loop(target.clone().into()));
        let behind = |error: Error| Error::Redirected {
            target: target.clone().into(),
            error: Box::new(error),
        };
        let resolve = |cause| Error::Resolve {
            host: "h".into(),
            cause,
        };
        assert!(!may_succeed_later(&round));
        assert!(!may_succeed_later(&resolve(ResolveError::IsNot(
            Family::V6
        ))));
        let unknown = || resolve(ResolveError::Failed("no such host".into()));
        assert!(may_succeed_later(&unknown()));
        assert!(may_succeed_later(&behind(unknown())));
    }
}
