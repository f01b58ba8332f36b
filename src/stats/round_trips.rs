//! How long pongs take: the pings that wait for one, and the times of those
//! that got it. Memory is bounded, whatever is answered and what is not.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Pings whose pong has not come, at most.
const MAX_OPEN_PINGS: usize = 64;
/// Times that are kept, at most: the latest.
const MAX_TIMES: usize = 10_000;

/// See the module's head.
#[derive(Debug, Default)]
pub struct RoundTrips {
    pings: VecDeque<(Vec<u8>, Instant)>,
    times: VecDeque<Duration>,
}

/// Round trips in order of size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub count: usize,
    pub min: Duration,
    pub median: Duration,
    /// Of a hundred, 99 are no longer.
    pub p99: Duration,
}

impl RoundTrips {
    /// A ping of ours went out.
    pub fn pinged(&mut self, data: &[u8], at: Instant) {
        if self.pings.len() == MAX_OPEN_PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back((data.to_vec(), at));
    }

    /// A pong came: how long after its ping; nothing if no ping of ours asked for
    /// it.
    ///
    /// A pong may answer only the latest of several pings (RFC 6455 section
    /// 5.5.3): those before it get none any more.
    pub fn ponged(&mut self, data: &[u8], at: Instant) -> Option<Duration> {
        let answered = self.pings.iter().rposition(|(sent, _)| sent == data)?;
        let (_, pinged) = self.pings.drain(..=answered).next_back()?;
        let time = at.saturating_duration_since(pinged);
        if self.times.len() == MAX_TIMES {
            self.times.pop_front();
        }
        self.times.push_back(time);
        Some(time)
    }

    /// Another connection has opened: what was asked on the last one is not
    /// answered on it.
    pub fn forget_pings(&mut self) {
        self.pings.clear();
    }

    /// How the times lie; nothing if no pong came.
    pub fn spread(&self) -> Option<Spread> {
        let mut times: Vec<Duration> = self.times.iter().copied().collect();
        times.sort_unstable();
        let count = times.len();
        Some(Spread {
            count,
            min: *times.first()?,
            median: *times.get(count / 2)?,
            p99: *times.get((count * 99).div_ceil(100) - 1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn a_round_trip_is_from_a_ping_of_ours_to_its_pong() {
        let (mut trips, start) = (RoundTrips::default(), Instant::now());
        assert_eq!(trips.ponged(b"unasked", start), None);
        assert_eq!(trips.spread(), None);
        for (data, at) in [(b"1", 0), (b"2", 10), (b"3", 20)] {
            trips.pinged(data, start + ms(at));
        }
        assert_eq!(trips.ponged(b"2", start + ms(15)), Some(ms(5)));
        let passed_over = trips.ponged(b"1", start + ms(16));
        assert_eq!(passed_over, None, "the pong for 2 went past 1");
        assert_eq!(trips.ponged(b"3", start + ms(27)), Some(ms(7)));
        assert_eq!(trips.spread().map(|times| times.count), Some(2));
    }

    #[test]
    fn the_99th_of_a_hundred_is_p99() {
        let mut trips = RoundTrips {
            times: (1..=100).rev().map(ms).collect(),
            ..RoundTrips::default()
        };
        let of_100 = Spread {
            count: 100,
            min: ms(1),
            median: ms(51),
            p99: ms(99),
        };
        assert_eq!(trips.spread(), Some(of_100));
        trips.times.truncate(1);
        let of_one = Spread {
            count: 1,
            min: ms(100),
            median: ms(100),
            p99: ms(100),
        };
        assert_eq!(trips.spread(), Some(of_one));
    }

    #[test]
    fn pings_that_nobody_answers_do_not_pile_up() {
        let (mut trips, now) = (RoundTrips::default(), Instant::now());
        for n in 0..10_000_u32 {
            trips.pinged(&n.to_be_bytes(), now);
        }
        assert_eq!(trips.pings.len(), MAX_OPEN_PINGS);
        trips.forget_pings();
        assert_eq!(trips.ponged(&9_999_u32.to_be_bytes(), now), None);
    }
}
