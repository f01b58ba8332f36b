//! What the onlookers of a connection are shown.
//!
//! A frame is shown when it is whole: all of it has been read, or written. One
//! that stops halfway to us is shown with what is there, once. Without
//! onlookers nothing is kept; with some, the beginning of each payload, or all
//! of it when one of them wants it. Payloads are kept in one buffer for each
//! direction, so that a flood of small messages does not allocate for each.

use std::collections::VecDeque;

use super::header::{COMPRESSED, Header};
use super::watch::{Direction, FrameSeen, Onlookers, Stage};

/// The most that a buffer keeps for later when it is empty, in bytes.
const SPARE: usize = 256 * 1024;

/// A frame without its payload.
pub(super) struct Frame {
    pub(super) fin: bool,
    pub(super) rsv: u8,
    pub(super) opcode: u8,
    pub(super) mask: Option<[u8; 4]>,
    pub(super) header: usize,
    pub(super) length: u64,
    pub(super) plain: u64,
}

/// The frames that arrive.
#[derive(Default)]
pub(super) struct Arriving {
    onlookers: Onlookers,
    /// How much of a payload is kept.
    wanted: usize,
    frame: Option<Frame>,
    /// What is kept of its payload.
    payload: Vec<u8>,
    /// The frame at hand has been shown as far as it was there.
    shown: bool,
}

/// The frames that are queued, until they are written.
#[derive(Default)]
pub(super) struct Leaving {
    onlookers: Onlookers,
    /// How much of a payload is kept.
    wanted: usize,
    frames: VecDeque<Waiting>,
    /// What is kept of their payloads, one after the other, from `shown` on.
    payloads: Vec<u8>,
    shown: usize,
    queued: u64,
    written: u64,
    /// Payloads are kept for who wants to send again what was not written.
    keeps: bool,
}

/// A frame that has not been written to its last byte.
struct Waiting {
    frame: Frame,
    /// Bytes of its payload that are kept.
    kept: usize,
    /// The place of its end in everything that was ever queued.
    end: u64,
}

impl Arriving {
    /// Whether nobody looks on.
    pub(super) fn is_idle(&self) -> bool {
        self.onlookers.is_empty()
    }

    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.wanted = onlookers.wanted();
        self.onlookers = onlookers;
    }

    pub(super) fn begin(&mut self, header: &Header) {
        if self.onlookers.is_empty() {
            return;
        }
        self.shown = false;
        self.payload.clear();
        self.frame = Some(Frame {
            fin: header.fin,
            rsv: if header.compressed { COMPRESSED } else { 0 },
            opcode: header.opcode.into(),
            mask: header.key,
            header: header.size,
            length: header.length,
            plain: 0,
        });
    }

    /// More of the payload, unmasked and inflated.
    pub(super) fn payload(&mut self, bytes: &[u8]) {
        if let Some(frame) = &mut self.frame {
            frame.plain += bytes.len() as u64;
            let room = self.wanted.saturating_sub(self.payload.len());
            let more = &bytes[..bytes.len().min(room)];
            self.payload.extend_from_slice(more);
        }
    }

    /// Nothing more is here, and the frame is not whole.
    pub(super) fn pause(&mut self) {
        if let Some(frame) = self.frame.as_ref().filter(|_| !self.shown) {
            self.shown = true;
            self.show(frame, Stage::Arriving);
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(frame) = self.frame.take() {
            self.show(&frame, Stage::Whole);
            self.payload.clear();
            self.payload.shrink_to(SPARE);
        }
    }

    /// The frame that `bytes` begin with, or the one at hand, is against the
    /// rules.
    pub(super) fn broken(&mut self, bytes: &[u8]) {
        if self.onlookers.is_empty() {
            return;
        }
        let frame = self.frame.take().or_else(|| {
            self.payload.clear();
            Frame::at_a_glance(bytes)
        });
        if let Some(frame) = frame {
            self.show(&frame, Stage::Broken);
        }
    }

    fn show(&self, frame: &Frame, stage: Stage) {
        let seen = frame.seen(Direction::Received, stage, &self.payload);
        self.onlookers.show(&seen);
    }
}

impl Leaving {
    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.wanted = self.wanted.max(onlookers.wanted());
        self.onlookers = onlookers;
    }

    /// Payloads are kept until they are written, onlookers or not.
    pub(super) fn keep(&mut self) {
        self.keeps = true;
        self.wanted = usize::MAX;
    }

    /// The frames that have not been written to their last byte, each with its
    /// plain payload.
    pub(super) fn unwritten(&self) -> impl Iterator<Item = (&Frame, &[u8])> {
        let mut at = self.shown;
        self.frames.iter().map(move |waiting| {
            let payload = &self.payloads[at..at + waiting.kept];
            at += waiting.kept;
            (&waiting.frame, payload)
        })
    }

    /// Whether nobody wants to know.
    pub(super) fn is_idle(&self) -> bool {
        !self.keeps && self.onlookers.is_empty()
    }

    /// A frame with this plain payload has been queued; it is made only if
    /// someone looks on.
    pub(super) fn queue(&mut self, payload: &[u8], frame: impl FnOnce() -> Frame) {
        if self.is_idle() {
            return;
        }
        let frame = frame();
        let kept = &payload[..payload.len().min(self.wanted)];
        self.drop_shown();
        self.payloads.extend_from_slice(kept);
        self.queued += frame.header as u64 + frame.length;
        self.frames.push_back(Waiting {
            frame,
            kept: kept.len(),
            end: self.queued,
        });
    }

    /// So many more bytes of the queue have been written.
    pub(super) fn wrote(&mut self, count: usize) {
        if self.is_idle() {
            return;
        }
        self.written += count as u64;
        let written = |first: &Waiting| first.end <= self.written;
        while self.frames.front().is_some_and(written)
            && let Some(first) = self.frames.pop_front()
        {
            let payload = &self.payloads[self.shown..self.shown + first.kept];
            let seen = first.frame.seen(Direction::Sent, Stage::Whole, payload);
            self.onlookers.show(&seen);
            self.shown += first.kept;
        }
        if self.frames.is_empty() {
            self.payloads.clear();
            self.payloads.shrink_to(SPARE);
            self.shown = 0;
        }
    }

    /// Makes room at the front once half of it has been shown, so that a byte
    /// moves at most once for each that is shown.
    fn drop_shown(&mut self) {
        if self.shown > SPARE && self.shown * 2 >= self.payloads.len() {
            self.payloads.drain(..self.shown);
            self.shown = 0;
        }
    }
}

impl Frame {
    fn seen<'a>(&self, direction: Direction, stage: Stage, payload: &'a [u8]) -> FrameSeen<'a> {
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
            payload,
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
        })
    }
}
