//! The seam for onlookers: counters, the view of frames, recordings.

use std::cell::RefCell;
use std::rc::Rc;

/// The opcodes of RFC 6455 section 5.2.
pub mod opcode {
    pub const CONTINUATION: u8 = 0;
    pub const TEXT: u8 = 1;
    pub const BINARY: u8 = 2;
    pub const CLOSE: u8 = 8;
    pub const PING: u8 = 9;
    pub const PONG: u8 = 10;
}

/// How much of a payload an onlooker is shown, in bytes, unless one of the
/// connection wants all of it: a control frame's fits whole.
pub const BEGINNING: usize = 125;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Received,
    Sent,
}

impl Direction {
    /// As events and reports have it: `received`, `sent`.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Received => "received",
            Direction::Sent => "sent",
        }
    }
}

/// When a frame is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its header is here, and some of its payload is not. It is shown again
    /// when it is whole.
    Arriving,
    /// All of it has been read, or written.
    Whole,
    /// Its header breaks the protocol, as the error says that follows.
    Broken,
}

/// A frame on its way (RFC 6455 section 5.2).
#[derive(Clone, Debug)]
pub struct FrameSeen<'a> {
    pub direction: Direction,
    pub stage: Stage,
    pub fin: bool,
    /// RSV1 to RSV3, RSV1 being 4.
    pub rsv: u8,
    pub opcode: u8,
    pub mask: Option<[u8; 4]>,
    /// Bytes of the header.
    pub header: usize,
    /// Bytes of the payload on the wire, as the header says it.
    pub length: u64,
    /// Bytes of the payload before it was compressed, as far as it is here.
    pub plain: u64,
    /// The beginning of the payload, unmasked and not compressed: at least
    /// [`BEGINNING`] bytes, where there are so many, and all that is here if an
    /// onlooker of the connection [wants it](Watch::wants_payloads).
    pub payload: &'a [u8],
}

#[cfg(test)]
impl<'a> FrameSeen<'a> {
    /// A whole frame that came, not masked and not compressed.
    pub(crate) fn sample(opcode: u8, payload: &'a [u8]) -> Self {
        FrameSeen {
            direction: Direction::Received,
            stage: Stage::Whole,
            fin: true,
            rsv: 0,
            opcode,
            mask: None,
            header: 2,
            length: payload.len() as u64,
            plain: payload.len() as u64,
            payload,
        }
    }
}

impl FrameSeen<'_> {
    /// Whether it is a part of a data message.
    pub fn is_data(&self) -> bool {
        self.opcode < opcode::CLOSE
    }
}

/// Told of each frame.
///
/// A connection without one pays nothing for the seam.
pub trait Watch {
    fn frame(&mut self, frame: &FrameSeen<'_>);

    /// Whether payloads are to be shown whole, which means that they are held
    /// until then: set a limit on messages. Asked once a connection.
    fn wants_payloads(&self) -> bool {
        false
    }
}

/// The onlookers of a connection.
#[derive(Clone, Default)]
pub struct Onlookers(Vec<Rc<RefCell<dyn Watch>>>);

impl Onlookers {
    pub fn add(&mut self, watch: Rc<RefCell<dyn Watch>>) {
        self.0.push(watch);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of a payload is to be kept for them, in bytes.
    pub(super) fn wanted(&self) -> usize {
        let wants_payloads = |watch: &Rc<RefCell<dyn Watch>>| watch.borrow().wants_payloads();
        match self.0.iter().any(wants_payloads) {
            true => usize::MAX,
            false => BEGINNING,
        }
    }

    pub(super) fn show(&self, frame: &FrameSeen<'_>) {
        for watch in &self.0 {
            watch.borrow_mut().frame(frame);
        }
    }
}
