//! Frames in, pieces of messages out.
//!
//! Owns the input buffer and every rule on what a peer may send (RFC 6455
//! sections 5.1 to 5.6, 7.4 and 8.1). A piece is a range of the buffer: the
//! bytes are never copied. Payload is lent as it arrives, so that memory does
//! not grow with a message; a text frame that is wholly in the buffer is
//! checked before any of it is lent.

use std::cell::RefCell;
use std::io::Cursor;
use std::ops::Range;
use std::rc::Rc;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::utf8::Utf8;
use super::{Direction, Fault, FrameSeen, Role, Watch, mask};
use crate::message::{Kind, MAX_CONTROL, close_code, close_reason, is_allowed_on_wire};

/// Bytes read at once, and the most that is held back unread.
const BUFFER: usize = 64 * 1024;

/// A part of a data message, lent from the input buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub kind: Kind,
    /// May end inside a character of a text, but never holds what cannot become UTF-8.
    pub bytes: &'a [u8],
    /// The message begins with this piece.
    pub first: bool,
    /// The message ends with this piece.
    pub last: bool,
}

/// A Close frame as it came, legal or not.
#[derive(Debug, PartialEq, Eq)]
pub struct CloseSeen<'a> {
    pub payload: &'a [u8],
    /// Why RFC 6455 forbids this payload, if it does.
    pub fault: Option<Fault>,
}

impl<'a> CloseSeen<'a> {
    /// The code, if there is one: also one that must not be sent.
    pub fn code(&self) -> Option<u16> {
        close_code(self.payload)
    }

    /// The reason's bytes, which need not be UTF-8 when there is a fault.
    pub fn reason(&self) -> &'a [u8] {
        close_reason(self.payload)
    }
}

/// What [`Reader::advance`] found, as ranges of the buffer.
pub(super) enum Found {
    Data {
        kind: Kind,
        range: Range<usize>,
        first: bool,
        last: bool,
    },
    Ping(Range<usize>),
    Pong(Range<usize>),
    Close(Range<usize>, Option<Fault>),
}

pub(super) struct Reader {
    role: Role,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    phase: Phase,
    message: Option<OpenMessage>,
    utf8: Utf8,
    limit: u64,
    watch: Option<Rc<RefCell<dyn Watch>>>,
}

enum Phase {
    Header,
    Payload(Frame),
    /// A Close frame or a fault ended the stream: what follows is ignored.
    Over,
}

struct Frame {
    opcode: OpCode,
    last: bool,
    key: Option<[u8; 4]>,
    done: u64,
    left: u64,
}

/// The message whose frames are arriving.
struct OpenMessage {
    kind: Kind,
    length: u64,
    lent: bool,
}

impl Reader {
    /// `already_read` came in the same segment as the opening handshake.
    pub(super) fn new(role: Role, already_read: &[u8]) -> Self {
        let mut buffer = vec![0; BUFFER.max(already_read.len())];
        buffer[..already_read.len()].copy_from_slice(already_read);
        Reader {
            role,
            buffer,
            start: 0,
            end: already_read.len(),
            phase: Phase::Header,
            message: None,
            utf8: Utf8::default(),
            limit: u64::MAX,
            watch: None,
        }
    }

    /// Messages of more than `limit` bytes are a fault from now on.
    pub(super) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    pub(super) fn set_watch(&mut self, watch: Rc<RefCell<dyn Watch>>) {
        self.watch = Some(watch);
    }

    /// Whether a message has begun to arrive, if only with a part of its
    /// header, and has not ended.
    pub(super) fn is_inside_message(&self) -> bool {
        let header = match self.buffer[self.start..self.end].first() {
            Some(first) => matches!(self.phase, Phase::Header) && first & 0x0f < 8,
            None => false,
        };
        self.message.is_some() || header
    }

    /// Where the next bytes go: never empty.
    pub(super) fn room(&mut self) -> &mut [u8] {
        // What is left over is less than a header and a control payload.
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        &mut self.buffer[self.end..]
    }

    pub(super) fn filled(&mut self, count: usize) {
        self.end += count;
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Ignores everything from here on.
    pub(super) fn give_up(&mut self) {
        self.phase = Phase::Over;
        self.start = self.end;
    }

    /// The next thing in the buffer; nothing when it takes more bytes.
    pub(super) fn advance(&mut self) -> Result<Option<Found>, Fault> {
        loop {
            match &self.phase {
                Phase::Header => {
                    if !self.begin_frame()? {
                        return Ok(None);
                    }
                }
                Phase::Payload(frame) => {
                    let found = match frame.opcode {
                        OpCode::Data(_) => self.data()?,
                        OpCode::Control(control) => self.control(control),
                    };
                    // An empty fragment in the middle has nothing to lend.
                    if found.is_some() || matches!(self.phase, Phase::Payload(_)) {
                        return Ok(found);
                    }
                }
                Phase::Over => {
                    self.start = self.end;
                    return Ok(None);
                }
            }
        }
    }

    /// Reads a header, if it is whole, and enters the frame's payload.
    fn begin_frame(&mut self) -> Result<bool, Fault> {
        let bytes = &self.buffer[self.start..self.end];
        let [first, second, ..] = bytes else {
            return Ok(false);
        };
        self.check_start(*first, *second)?;
        let mut cursor = Cursor::new(bytes);
        let (header, length) = match FrameHeader::parse(&mut cursor) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(false),
            Err(_) => return Err(Fault::ReservedOpcode(first & 0x0f)),
        };
        let size = cursor.position() as usize;
        check_length(&header, length, size)?;
        self.start += size;
        if let OpCode::Data(_) = header.opcode {
            self.begin_data(&header, length)?;
        }
        if self.watch.is_some() {
            self.show(&header, length);
        }
        self.phase = Phase::Payload(Frame {
            opcode: header.opcode,
            last: header.is_final,
            key: header.mask,
            done: 0,
            left: length,
        });
        Ok(true)
    }

    /// The rules that the first two bytes are enough for.
    fn check_start(&self, first: u8, second: u8) -> Result<(), Fault> {
        let reserved = first >> 4 & 0x07;
        if reserved != 0 {
            return Err(Fault::ReservedBits(reserved));
        }
        let opcode = first & 0x0f;
        if matches!(opcode, 3..=7 | 11..=15) {
            return Err(Fault::ReservedOpcode(opcode));
        }
        match (self.role, second & 0x80 != 0) {
            (Role::Client, true) => return Err(Fault::Masked),
            (Role::Server, false) => return Err(Fault::Unmasked),
            _ => {}
        }
        if opcode >= 8 {
            if first & 0x80 == 0 {
                return Err(Fault::FragmentedControl);
            }
            if usize::from(second & 0x7f) > MAX_CONTROL {
                return Err(Fault::LongControl);
            }
        }
        Ok(())
    }

    /// Opens a message, or goes on with the open one (section 5.4).
    fn begin_data(&mut self, header: &FrameHeader, length: u64) -> Result<(), Fault> {
        let kind = match header.opcode {
            OpCode::Data(Data::Text) => Some(Kind::Text),
            OpCode::Data(Data::Binary) => Some(Kind::Binary),
            _ => None,
        };
        let so_far = match (kind, &self.message) {
            (Some(_), Some(_)) => return Err(Fault::MessageInsideMessage),
            (None, None) => return Err(Fault::NothingToContinue),
            (None, Some(open)) => open.length,
            (Some(_), None) => 0,
        };
        let total = so_far.saturating_add(length);
        if total > self.limit {
            return Err(Fault::TooLarge { limit: self.limit });
        }
        match (kind, &mut self.message) {
            (Some(kind), message) => {
                *message = Some(OpenMessage {
                    kind,
                    length: total,
                    lent: false,
                });
            }
            (None, Some(open)) => open.length = total,
            (None, None) => {}
        }
        Ok(())
    }

    /// Lends what has arrived of a data frame.
    fn data(&mut self) -> Result<Option<Found>, Fault> {
        let (Phase::Payload(frame), Some(message)) = (&mut self.phase, &mut self.message) else {
            return Ok(None);
        };
        let here = frame.left.min((self.end - self.start) as u64);
        if here == 0 && frame.left > 0 {
            return Ok(None);
        }
        let range = self.start..self.start + here as usize;
        self.start = range.end;
        let bytes = &mut self.buffer[range.clone()];
        if let Some(key) = frame.key {
            mask::apply(bytes, key, frame.done);
        }
        frame.done += here;
        frame.left -= here;
        let frame_over = frame.left == 0;
        let last = frame_over && frame.last;
        if message.kind == Kind::Text {
            self.utf8.push(bytes).map_err(|_| Fault::TextNotUtf8)?;
            if last {
                self.utf8.finish().map_err(|_| Fault::TextNotUtf8)?;
            }
        }
        let kind = message.kind;
        let first = !message.lent;
        message.lent = true;
        if frame_over {
            self.phase = Phase::Header;
        }
        if last {
            self.message = None;
        }
        let nothing = here == 0 && !first && !last;
        Ok((!nothing).then_some(Found::Data {
            kind,
            range,
            first,
            last,
        }))
    }

    /// A control frame, once it is whole: at most [`MAX_CONTROL`] bytes.
    fn control(&mut self, control: Control) -> Option<Found> {
        let Phase::Payload(frame) = &self.phase else {
            return None;
        };
        let length = frame.left as usize;
        if self.end - self.start < length {
            return None;
        }
        let range = self.start..self.start + length;
        self.start = range.end;
        if let Some(key) = frame.key {
            mask::apply(&mut self.buffer[range.clone()], key, 0);
        }
        self.phase = Phase::Header;
        match control {
            Control::Ping => Some(Found::Ping(range)),
            Control::Pong => Some(Found::Pong(range)),
            _ => {
                self.phase = Phase::Over;
                let fault = close_fault(&self.buffer[range.clone()]);
                Some(Found::Close(range, fault))
            }
        }
    }

    /// Shows a frame to the onlooker, with what is here of its payload.
    fn show(&mut self, header: &FrameHeader, length: u64) {
        let Some(watch) = &self.watch else { return };
        let here = length.min((self.end - self.start) as u64) as usize;
        let mut payload = self.buffer[self.start..self.start + here].to_vec();
        if let Some(key) = header.mask {
            mask::apply(&mut payload, key, 0);
        }
        watch.borrow_mut().frame(&FrameSeen {
            direction: Direction::Received,
            header,
            length,
            payload: &payload,
        });
    }
}

/// Lengths must be in their shortest form, below 2^63 (section 5.2).
fn check_length(header: &FrameHeader, length: u64, size: usize) -> Result<(), Fault> {
    if length >> 63 != 0 {
        return Err(Fault::ImpossibleLength { length });
    }
    if header.len(length) != size {
        return Err(Fault::LongLengthForm { length });
    }
    Ok(())
}

/// What is wrong with the payload of a Close frame (sections 5.5.1 and 7.4).
fn close_fault(payload: &[u8]) -> Option<Fault> {
    let code = match payload {
        [] => return None,
        [byte] => return Some(Fault::CloseOfOneByte(*byte)),
        [high, low, ..] => u16::from_be_bytes([*high, *low]),
    };
    let reason = close_reason(payload);
    let shown = || String::from_utf8_lossy(reason).into_owned();
    if !is_allowed_on_wire(code) {
        let reason = shown();
        return Some(Fault::CloseCode { code, reason });
    }
    if std::str::from_utf8(reason).is_err() {
        let reason = shown();
        return Some(Fault::CloseReasonNotUtf8 { code, reason });
    }
    None
}
