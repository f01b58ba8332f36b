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
