//! What the onlookers of a connection are shown.
//!
//! A frame is shown when it is whole: all of it has been read, or written. One
//! that stops halfway to us is shown with what is there, once. Without
//! onlookers nothing is kept.

use std::collections::VecDeque;

use super::header::{COMPRESSED, Header};
use super::watch::{BEGINNING, Direction, FrameSeen, Onlookers, Stage};

/// A frame, as far as it is worth showing.
pub(super) struct Frame {
    pub(super) fin: bool,
    pub(super) rsv: u8,
    pub(super) opcode: u8,
    pub(super) mask: Option<[u8; 4]>,
    pub(super) header: usize,
    pub(super) length: u64,
    pub(super) plain: u64,
    pub(super) beginning: Vec<u8>,
}

/// The frames that arrive.
#[derive(Default)]
pub(super) struct Arriving {
    onlookers: Onlookers,
    frame: Option<Frame>,
    /// The frame at hand has been shown as far as it was there.
    shown: bool,
}

/// The frames that are queued, until they are written.
#[derive(Default)]
pub(super) struct Leaving {
    onlookers: Onlookers,
    /// Each with the place of its end in everything that was ever queued.
    frames: VecDeque<(u64, Frame)>,
    queued: u64,
    written: u64,
}

impl Arriving {
    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.onlookers = onlookers;
    }

    pub(super) fn begin(&mut self, header: &Header) {
        if self.onlookers.is_empty() {
            return;
        }
        self.shown = false;
        self.frame = Some(Frame {
            fin: header.fin,
            rsv: if header.compressed { COMPRESSED } else { 0 },
            opcode: header.opcode.into(),
            mask: header.key,
            header: header.size,
            length: header.length,
            plain: 0,
            beginning: Vec::new(),
        });
    }

    /// More of the payload, unmasked and inflated.
    pub(super) fn payload(&mut self, bytes: &[u8]) {
        if let Some(frame) = &mut self.frame {
            frame.plain += bytes.len() as u64;
            let room = BEGINNING - frame.beginning.len();
            let more = &bytes[..bytes.len().min(room)];
            frame.beginning.extend_from_slice(more);
        }
    }

    /// Nothing more is here, and the frame is not whole.
    pub(super) fn pause(&mut self) {
        if let Some(frame) = self.frame.as_ref().filter(|_| !self.shown) {
            self.shown = true;
            let seen = frame.seen(Direction::Received, Stage::Arriving);
            self.onlookers.show(&seen);
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(frame) = self.frame.take() {
            let seen = frame.seen(Direction::Received, Stage::Whole);
            self.onlookers.show(&seen);
        }
    }

    /// The frame that `bytes` begin with, or the one at hand, is against the
    /// rules.
    pub(super) fn broken(&mut self, bytes: &[u8]) {
        if self.onlookers.is_empty() {
            return;
        }
        let frame = self.frame.take().or_else(|| Frame::at_a_glance(bytes));
        if let Some(frame) = frame {
            let seen = frame.seen(Direction::Received, Stage::Broken);
            self.onlookers.show(&seen);
        }
    }
}

impl Leaving {
    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.onlookers = onlookers;
    }

    /// A frame has been queued; it is made only if someone looks on.
    pub(super) fn queue(&mut self, frame: impl FnOnce() -> Frame) {
        if self.onlookers.is_empty() {
            return;
        }
        let frame = frame();
        self.queued += frame.header as u64 + frame.length;
        self.frames.push_back((self.queued, frame));
    }

    /// So many more bytes of the queue have been written.
    pub(super) fn wrote(&mut self, count: usize) {
        if self.onlookers.is_empty() {
            return;
        }
        self.written += count as u64;
        let over = |(end, _): &&(u64, Frame)| *end <= self.written;
        let count = self.frames.iter().take_while(over).count();
        for (_, frame) in self.frames.drain(..count) {
            let seen = frame.seen(Direction::Sent, Stage::Whole);
            self.onlookers.show(&seen);
        }
    }
}

impl Frame {
    fn seen(&self, direction: Direction, stage: Stage) -> FrameSeen<'_> {
        FrameSeen {
            direction,
            stage,
            fin: self.fin,
            rsv: self.rsv,
            opcode: self.opcode,
            mask: self.mask,
            header: self.header,
            length: self.length,
            plain: self.plain,
            payload: &self.beginning,
        }
    }

    /// The fields of a header whatever they hold, as far as it is here.
    fn at_a_glance(bytes: &[u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk::<2>()?;
        let (length, extended) = match (second & 0x7f, rest) {
            (126, [a, b, ..]) => (u64::from(u16::from_be_bytes([*a, *b])), 2),
            (127, rest) => (
                rest.first_chunk().map_or(127, |b| u64::from_be_bytes(*b)),
                8,
            ),
            (short, _) => (u64::from(short), 0),
        };
        let masked = second & 0x80 != 0;
        let mask = rest.get(extended..).and_then(<[u8]>::first_chunk);
        Some(Frame {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0x07,
            opcode: first & 0x0f,
            mask: mask.copied().filter(|_| masked),
            header: 2 + extended + if masked { 4 } else { 0 },
            length,
            plain: 0,
            beginning: Vec::new(),
        })
    }
}
