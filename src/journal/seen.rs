//! What an observer sees, as events: frames become messages, pings and closes.

use std::time::{Instant, SystemTime};

use super::{Journal, empty};
use crate::engine::{End, Observer, PeerId};
use crate::error::Error;
use crate::message::{Kind, Message, close_payload};
use crate::open::Handshake;
use crate::render::Event;
use crate::ws::{Direction, FrameSeen, Stage, Watch, opcode};

/// The data messages of a direction.
#[derive(Default)]
pub(super) struct Messages {
    /// Those that were whole, over all connections.
    count: u64,
    /// The kind of the one whose end has not come.
    open: Option<Kind>,
    /// Its fragments so far.
    held: Vec<u8>,
}

impl Messages {
    /// The connection has ended inside the message.
    fn forget_open(&mut self) {
        self.open = None;
        empty(&mut self.held, 0);
    }
}

impl Journal {
    pub(super) fn connected(&mut self, handshake: &Handshake) {
        self.received.forget_open();
        self.sent.forget_open();
        self.trips.forget_pings();
        self.close_received = false;
        self.broken = false;
        self.write(&Event::Open {
            time: SystemTime::now(),
            handshake,
        });
    }

    pub(super) fn over(&mut self, end: &End) {
        match end {
            End::NotOpened(error) => {
                if let Error::Refused(refusal) = error.bare() {
                    self.write(&Event::Refused {
                        time: SystemTime::now(),
                        refusal,
                    });
                }
            }
            End::Over(_) if self.close_received => {}
            End::Over(_) => self.write(&Event::Close {
                direction: Direction::Received,
                payload: &close_payload(Some(1006), ""),
                clean: Some(false),
            }),
        }
    }

    /// A frame of a data message.
    fn data(&mut self, frame: &FrameSeen<'_>) {
        let messages = self.messages(frame.direction);
        let kind = match frame.opcode {
            opcode::TEXT => Some(Kind::Text),
            opcode::BINARY => Some(Kind::Binary),
            _ => messages.open,
        };
        let Some(kind) = kind else { return };
        messages.open = (!frame.fin).then_some(kind);
        if !frame.fin {
            return messages.held.extend_from_slice(frame.payload);
        }
        messages.count += 1;
        let n = messages.count;
        let (received, sent) = self.totals.get();
        self.totals.set(match frame.direction {
            Direction::Received => (received + 1, sent),
            Direction::Sent => (received, sent + 1),
        });
        let messages = self.messages(frame.direction);
        let mut held = std::mem::take(&mut messages.held);
        let bytes = match held.is_empty() {
            true => frame.payload,
            false => {
                held.extend_from_slice(frame.payload);
                &held
            }
        };
        self.write(&Event::Message {
            direction: frame.direction,
            n,
            kind,
            bytes,
        });
        empty(&mut held, 0);
        self.messages(frame.direction).held = held;
    }

    fn messages(&mut self, direction: Direction) -> &mut Messages {
        match direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        }
    }

    fn ping(&mut self, direction: Direction, data: &[u8]) {
        if direction == Direction::Sent {
            self.trips.pinged(data, Instant::now());
        }
        self.write(&Event::Ping { direction, data });
    }

    fn pong(&mut self, direction: Direction, data: &[u8]) {
        let round_trip = match direction {
            Direction::Received => self.trips.ponged(data, Instant::now()),
            Direction::Sent => None,
        };
        self.write(&Event::Pong {
            direction,
            data,
            round_trip,
        });
    }

    fn close(&mut self, direction: Direction, payload: &[u8]) {
        let clean = match direction {
            Direction::Received => {
                let legal = Message::Close(payload.to_vec()).check_sendable().is_ok();
                self.close_received = true;
                self.broken |= !legal;
                Some(legal)
            }
            Direction::Sent if self.broken => Some(false),
            Direction::Sent => self.close_received.then_some(true),
        };
        self.write(&Event::Close {
            direction,
            payload,
            clean,
        });
    }
}

impl Watch for Journal {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        match frame.stage {
            Stage::Whole => {}
            Stage::Arriving => return,
            Stage::Broken => return self.broken = true,
        }
        match frame.opcode {
            opcode::PING => self.ping(frame.direction, frame.payload),
            opcode::PONG => self.pong(frame.direction, frame.payload),
            opcode::CLOSE => self.close(frame.direction, frame.payload),
            _ => self.data(frame),
        }
    }

    fn wants_payloads(&self) -> bool {
        true
    }
}

impl Observer for Journal {
    fn opened(&mut self, _: PeerId, _: Instant, handshake: &Handshake) {
        self.connected(handshake);
    }

    fn ended(&mut self, _: PeerId, end: &End) {
        self.over(end);
    }
}
