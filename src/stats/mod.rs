//! What passed: an observer that counts.

mod round_trips;

use std::time::{Duration, Instant};

use crate::engine::{End, Observer, PeerId};
use crate::open::Handshake;
use crate::ws::{Direction, FrameSeen, Stage, Watch, opcode};
pub use round_trips::{RoundTrips, Spread};

/// What went in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Data messages that ended.
    pub messages: u64,
    /// Their payload in bytes, before it was compressed.
    pub bytes: u64,
    /// The same on the wire.
    pub packed: u64,
    /// All frames with their headers, control frames too, in bytes.
    pub wire: u64,
}

/// Counts of a connection, and its round trips.
#[derive(Debug, Default)]
pub struct Stats {
    pub sent: Tally,
    pub received: Tally,
    /// From a ping of ours to its pong.
    pub round_trip: Option<Duration>,
    /// The same of the latest pong; nothing if no ping of ours asked for it.
    pub last_pong: Option<Duration>,
    /// The connection, once it is open.
    pub handshake: Option<Handshake>,
    /// Bytes that were queued and never written, known at the end.
    pub pending: usize,
    opened: Option<Instant>,
    /// How long the connection was open, known at the end.
    pub lasted: Option<Duration>,
    trips: RoundTrips,
}

impl Watch for Stats {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        if frame.stage != Stage::Whole {
            return;
        }
        let tally = match frame.direction {
            Direction::Sent => &mut self.sent,
            Direction::Received => &mut self.received,
        };
        tally.wire += frame.header as u64 + frame.length;
        if frame.is_data() {
            tally.messages += u64::from(frame.fin);
            tally.bytes += frame.plain;
            tally.packed += frame.length;
        }
        match (frame.opcode, frame.direction) {
            (opcode::PING, Direction::Sent) => {
                self.trips.pinged(frame.payload, Instant::now());
            }
            (opcode::PONG, Direction::Received) => self.ponged(frame.payload),
            _ => {}
        }
    }
}

impl Observer for Stats {
    fn opened(&mut self, _: PeerId, at: Instant, handshake: &Handshake) {
        self.opened = Some(at);
        self.handshake = Some(handshake.clone());
    }

    fn ended(&mut self, _: PeerId, end: &End) {
        self.lasted = self.opened.map(|at| at.elapsed());
        if let End::Over(ended) = end {
            self.pending = ended.pending;
        }
    }
}

impl Stats {
    /// The round trips of pings; nothing if no pong came.
    pub fn round_trips(&self) -> Option<Spread> {
        self.trips.spread()
    }

    fn ponged(&mut self, data: &[u8]) {
        self.last_pong = self.trips.ponged(data, Instant::now());
        self.round_trip = self.last_pong.or(self.round_trip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::opcode::{CONTINUATION, PING, PONG, TEXT};

    fn saw(stats: &mut Stats, direction: Direction, opcode: u8, fin: bool, payload: &[u8]) {
        stats.frame(&FrameSeen {
            direction,
            fin,
            length: payload.len() as u64 / 2,
            ..FrameSeen::sample(opcode, payload)
        });
    }

    #[test]
    fn messages_are_counted_at_their_end_and_control_frames_are_none() {
        let mut stats = Stats::default();
        saw(&mut stats, Direction::Received, TEXT, false, b"abcd");
        saw(&mut stats, Direction::Received, PING, true, b"pp");
        saw(&mut stats, Direction::Received, CONTINUATION, true, b"de");
        saw(&mut stats, Direction::Sent, TEXT, true, b"xy");
        let received = Tally {
            messages: 1,
            bytes: 6,
            packed: 3,
            wire: 3 * 2 + 4,
        };
        let sent = Tally {
            messages: 1,
            bytes: 2,
            packed: 1,
            wire: 3,
        };
        assert_eq!((stats.received, stats.sent), (received, sent));
    }

    #[test]
    fn a_round_trip_is_from_a_ping_of_ours_to_its_pong() {
        let mut stats = Stats::default();
        saw(&mut stats, Direction::Received, PONG, true, b"unasked");
        assert_eq!((stats.round_trip, stats.last_pong), (None, None));
        assert_eq!(stats.round_trips(), None);
        for data in [b"1", b"2", b"3"] {
            saw(&mut stats, Direction::Sent, PING, true, data);
        }
        saw(&mut stats, Direction::Received, PONG, true, b"2");
        assert!(stats.round_trip.is_some());
        saw(&mut stats, Direction::Received, PONG, true, b"1");
        assert!(
            stats.last_pong.is_none(),
            "1 was passed over by the pong for 2"
        );
        saw(&mut stats, Direction::Received, PONG, true, b"3");
        assert!(stats.last_pong.is_some());
        assert_eq!(stats.round_trips().map(|times| times.count), Some(2));
    }
}
