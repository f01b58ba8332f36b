//! What the onlookers of a connection are shown of a frame that arrives.
//!
//! A frame is shown when it is whole; one that stops halfway is shown with
//! what is there, once. Without onlookers nothing is kept.

use super::header::{COMPRESSED, Header};
use super::watch::{BEGINNING, Direction, FrameSeen, Onlookers, Stage};

#[derive(Default)]
pub(super) struct Sight {
    onlookers: Onlookers,
    frame: Option<Arriving>,
}

/// The frame whose payload is arriving.
struct Arriving {
    fin: bool,
    rsv: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    header: usize,
    length: u64,
    plain: u64,
    beginning: Vec<u8>,
    shown: bool,
}

impl Sight {
    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.onlookers = onlookers;
    }

    pub(super) fn begin(&mut self, header: &Header) {
        if self.onlookers.is_empty() {
            return;
        }
        self.frame = Some(Arriving {
            fin: header.fin,
            rsv: if header.compressed { COMPRESSED } else { 0 },
            opcode: header.opcode.into(),
            mask: header.key,
            header: header.size,
            length: header.length,
            plain: 0,
            beginning: Vec::new(),
            shown: false,
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
        if let Some(frame) = self.frame.as_mut().filter(|frame| !frame.shown) {
            frame.shown = true;
            self.onlookers.show(&frame.seen(Stage::Arriving));
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(frame) = self.frame.take() {
            self.onlookers.show(&frame.seen(Stage::Whole));
        }
    }

    /// The frame that `bytes` begin with, or the one at hand, is against the
    /// rules.
    pub(super) fn broken(&mut self, bytes: &[u8]) {
        if self.onlookers.is_empty() {
            return;
        }
        let frame = self.frame.take().or_else(|| Arriving::at_a_glance(bytes));
        if let Some(frame) = frame {
            self.onlookers.show(&frame.seen(Stage::Broken));
        }
    }
}

impl Arriving {
    fn seen(&self, stage: Stage) -> FrameSeen<'_> {
        FrameSeen {
            direction: Direction::Received,
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
        Some(Arriving {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0x07,
            opcode: first & 0x0f,
            mask: mask.copied().filter(|_| masked),
            header: 2 + extended + if masked { 4 } else { 0 },
            length,
            plain: 0,
            beginning: Vec::new(),
            shown: false,
        })
    }
}
