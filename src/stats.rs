//! What passed: an onlooker that counts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::ws::{Direction, FrameSeen, Watch};

/// Pings whose pong has not come, at most.
const MAX_OPEN_PINGS: usize = 64;

/// Messages and payload of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Data messages that ended.
    pub messages: u64,
    /// Payload of data frames in bytes.
    pub bytes: u64,
}

/// Counts of a connection, and its last round trip.
#[derive(Debug, Default)]
pub struct Stats {
    pub sent: Tally,
    pub received: Tally,
    /// From a ping of ours to its pong.
    pub round_trip: Option<Duration>,
    /// The same of the latest pong; nothing if no ping of ours asked for it.
    pub last_pong: Option<Duration>,
    pings: VecDeque<(Vec<u8>, Instant)>,
}

impl Watch for Stats {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        match (frame.header.opcode, frame.direction) {
            (OpCode::Data(Data::Text | Data::Binary | Data::Continue), direction) => {
                let tally = match direction {
                    Direction::Sent => &mut self.sent,
                    Direction::Received => &mut self.received,
                };
                tally.messages += u64::from(frame.header.is_final);
                tally.bytes += frame.length;
            }
            (OpCode::Control(Control::Ping), Direction::Sent) => self.pinged(frame.payload),
            (OpCode::Control(Control::Pong), Direction::Received) => self.ponged(frame.payload),
            _ => {}
        }
    }
}

impl Stats {
    fn pinged(&mut self, data: &[u8]) {
        if self.pings.len() == MAX_OPEN_PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back((data.to_vec(), Instant::now()));
    }

    /// A pong may answer only the latest of several pings (RFC 6455 section
    /// 5.5.3): those before it get none any more.
    fn ponged(&mut self, data: &[u8]) {
        let answered = self.pings.iter().rposition(|(sent, _)| sent == data);
        let answered = answered.and_then(|at| self.pings.drain(..=at).next_back());
        self.last_pong = answered.map(|(_, at)| at.elapsed());
        self.round_trip = self.last_pong.or(self.round_trip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tungstenite::protocol::frame::FrameHeader;

    fn saw(
        stats: &mut Stats,
        direction: Direction,
        opcode: OpCode,
        is_final: bool,
        payload: &[u8],
    ) {
        let header = FrameHeader {
            is_final,
            opcode,
            ..FrameHeader::default()
        };
        stats.frame(&FrameSeen {
            direction,
            header: &header,
            length: payload.len() as u64,
            payload,
        });
    }

    #[test]
    fn messages_are_counted_at_their_end_and_control_frames_are_none() {
        let mut stats = Stats::default();
        let text = OpCode::Data(Data::Text);
        saw(&mut stats, Direction::Received, text, false, b"abc");
        saw(
            &mut stats,
            Direction::Received,
            OpCode::Control(Control::Ping),
            true,
            b"p",
        );
        saw(
            &mut stats,
            Direction::Received,
            OpCode::Data(Data::Continue),
            true,
            b"d",
        );
        saw(&mut stats, Direction::Sent, text, true, b"xy");
        assert_eq!(
            stats.received,
            Tally {
                messages: 1,
                bytes: 4
            }
        );
        assert_eq!(
            stats.sent,
            Tally {
                messages: 1,
                bytes: 2
            }
        );
    }

    #[test]
    fn a_round_trip_is_from_a_ping_of_ours_to_its_pong() {
        let mut stats = Stats::default();
        let (ping, pong) = (
            OpCode::Control(Control::Ping),
            OpCode::Control(Control::Pong),
        );
        saw(&mut stats, Direction::Received, pong, true, b"unasked");
        assert_eq!((stats.round_trip, stats.last_pong), (None, None));
        for data in [b"1", b"2", b"3"] {
            saw(&mut stats, Direction::Sent, ping, true, data);
        }
        saw(&mut stats, Direction::Received, pong, true, b"2");
        assert!(stats.round_trip.is_some());
        saw(&mut stats, Direction::Received, pong, true, b"1");
        assert!(
            stats.last_pong.is_none(),
            "1 was passed over by the pong for 2"
        );
        saw(&mut stats, Direction::Received, pong, true, b"3");
        assert!(stats.last_pong.is_some());
    }

    #[test]
    fn pings_that_nobody_answers_do_not_pile_up() {
        let mut stats = Stats::default();
        for n in 0..10_000_u32 {
            let ping = OpCode::Control(Control::Ping);
            saw(&mut stats, Direction::Sent, ping, true, &n.to_be_bytes());
        }
        assert_eq!(stats.pings.len(), MAX_OPEN_PINGS);
    }
}
