//! One moment that every step of a longer operation looks at.

use std::io;
use std::time::{Duration, Instant};

/// The moment by which an operation of several steps must be over.
///
/// Each step asks for what remains: a limit per step would never end a peer
/// that sends a byte now and then.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

/// A century: for limits so large that the clock cannot hold them.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

impl Deadline {
    /// The moment `limit` from now.
    pub fn after(limit: Duration) -> Self {
        let now = Instant::now();
        Deadline(now.checked_add(limit.min(FAR)).unwrap_or(now))
    }

    /// The earlier of two.
    pub fn or_after(self, limit: Duration) -> Self {
        Deadline(self.0.min(Deadline::after(limit).0))
    }

    pub fn at(self) -> Instant {
        self.0
    }

    /// The time that is left, never zero; [`io::ErrorKind::TimedOut`] when it
    /// has passed.
    pub fn remaining(self) -> io::Result<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}
