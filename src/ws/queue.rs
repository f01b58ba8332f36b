//! The bytes that wait to be written: whole frames, one after the other.

use std::io::{self, Cursor, ErrorKind, Write};

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;

use super::mask;
use super::receipts::{Receipts, Unsent};
use crate::message::Kind;

/// Bytes waiting to be sent, above which no more should be queued.
pub(super) const MARK: usize = 128 * 1024;

/// Begins with a frame, and ends after one.
#[derive(Default)]
pub(super) struct Queue {
    bytes: Vec<u8>,
    written: usize,
    /// The first data frame goes on with a message whose beginning has been
    /// written.
    torn: bool,
}

/// A frame in the queue.
struct Queued {
    header: FrameHeader,
    start: usize,
    end: usize,
}

impl Queue {
    /// Bytes that have not been written.
    pub(super) fn pending(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Bytes that are held, written or not.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends a frame; its payload is masked on the way, if it is to be.
    pub(super) fn push(&mut self, header: &FrameHeader, payload: &[u8]) {
        self.drop_written();
        // Formatting into a vector cannot fail.
        let _ = header.format(payload.len() as u64, &mut self.bytes);
        match header.mask {
            Some(key) => mask::append(&mut self.bytes, payload, key),
            None => self.bytes.extend_from_slice(payload),
        }
    }

    /// Appends a whole message of at most 125 bytes, masked.
    pub(super) fn push_short(&mut self, kind: Kind, key: [u8; 4], payload: &[u8]) {
        self.drop_written();
        let first = match kind {
            Kind::Text => 0x81,
            Kind::Binary => 0x82,
        };
        let [a, b, c, d] = key;
        let head = [first, 0x80 | payload.len() as u8, a, b, c, d];
        self.bytes.extend_from_slice(&head);
        mask::append(&mut self.bytes, payload, key);
    }

    /// Writes once; how much was taken, or nothing when the stream takes no more
    /// for now.
    pub(super) fn write(&mut self, io: &mut impl Write) -> io::Result<Option<usize>> {
        loop {
            match io.write(&self.bytes[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.written += count;
                    return Ok(Some(count));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Forgets what has all been written; `fragmented` if a message is to go on.
    pub(super) fn clear(&mut self, fragmented: bool) {
        self.bytes.clear();
        self.written = 0;
        self.torn = fragmented;
    }

    /// The data messages that have not been written to their end; the last of
    /// all may be `unfinished`. Walks the queue.
    pub(super) fn unsent(&self, receipts: &Receipts, unfinished: bool) -> Unsent {
        let mut unsent = receipts.unsent();
        let mut touched = self.torn;
        for frame in self.frames().filter(Queued::is_data) {
            touched |= self.written > frame.start;
            if frame.header.is_final {
                if self.written < frame.end {
                    unsent.count(touched);
                }
                touched = false;
            }
        }
        if unfinished {
            unsent.count(touched);
            unsent.unfinished = true;
        }
        unsent
    }

    /// Makes room at the front, in whole frames: a frame's bytes move at most
    /// once for each [`MARK`] bytes written.
    fn drop_written(&mut self) {
        if self.written < MARK {
            return;
        }
        let mut keep_from = 0;
        let mut torn = self.torn;
        for frame in self.frames().take_while(|frame| frame.end <= self.written) {
            keep_from = frame.end;
            if frame.is_data() {
                torn = !frame.header.is_final;
            }
        }
        self.torn = torn;
        if keep_from == 0 {
            return;
        }
        self.bytes.copy_within(keep_from.., 0);
        self.bytes.truncate(self.bytes.len() - keep_from);
        self.written -= keep_from;
    }

    fn frames(&self) -> impl Iterator<Item = Queued> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let mut cursor = Cursor::new(self.bytes.get(at..)?);
            let (header, length) = FrameHeader::parse(&mut cursor).ok()??;
            let start = at;
            at += cursor.position() as usize + length as usize;
            Some(Queued {
                header,
                start,
                end: at,
            })
        })
    }
}

impl Queued {
    fn is_data(&self) -> bool {
        matches!(self.header.opcode, OpCode::Data(_))
    }
}
