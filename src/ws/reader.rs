//! Frames in, pieces of messages out.
//!
//! Owns the input buffer and every rule on what a peer may send (RFC 6455
//! sections 5.1 to 5.6, 7.4 and 8.1, RFC 7692 section 6). A piece is a range of
//! the buffer, or of the one that it was inflated into, not a copy. Payload is lent as it arrives, so that memory does not grow with a
//! message; a text frame that is wholly in the buffer is checked before any of
//! it is lent.

use std::ops::Range;

use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::close::close_fault;
use super::deflate::{Corrupt, Inflater};
use super::extension::DeflateSide;
use super::header::Header;
use super::open_message::OpenMessage;
use super::sight::Arriving;
use super::{Fault, Onlookers, Role, mask};
use crate::message::Kind;

/// Bytes read at once, and the most that is held back unread.
const BUFFER: usize = 128 * 1024;

/// The first byte of a text message in one frame: FIN and the opcode.
const WHOLE_TEXT: u8 = 0x81;
/// The same of a binary one.
const WHOLE_BINARY: u8 = 0x82;

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

/// What [`Reader::advance`] found, as places of its bytes.
pub(super) enum Found {
    Data {
        kind: Kind,
        place: Place,
        first: bool,
        last: bool,
    },
    Ping(Place),
    Pong(Place),
    Close(Place, Option<Fault>),
}

/// Where bytes are.
pub(super) enum Place {
    /// In the input buffer.
    Buffer(Range<usize>),
    /// So many, in the buffer that messages are inflated into.
    Inflated(usize),
}

pub(super) struct Reader {
    role: Role,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    phase: Phase,
    /// What is in the buffer is no whole header.
    starved: bool,
    message: Option<OpenMessage>,
    limit: u64,
    /// How the other end compresses, if that was agreed on.
    deflate: Option<DeflateSide>,
    /// From the first compressed message on.
    inflater: Option<Inflater>,
    sight: Arriving,
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
    /// Bytes of the payload that are behind us.
    done: u64,
    left: u64,
    /// Bytes at the front of what is left that are unmasked already.
    clear: usize,
}

/// What was made of the payload that is here.
struct Part {
    place: Place,
    /// Bytes of the input that are done with.
    used: usize,
    /// The frame's payload has come to its end.
    over: bool,
    /// What follows cannot be inflated.
    corrupt: bool,
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
            starved: false,
            message: None,
            limit: u64::MAX,
            deflate: None,
            inflater: None,
            sight: Arriving::default(),
        }
    }

    /// Messages of more than `limit` bytes are a fault from now on.
    pub(super) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// The other end may compress its messages.
    pub(super) fn set_deflate(&mut self, side: DeflateSide) {
        self.deflate = Some(side);
    }

    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.sight.set_onlookers(onlookers);
    }

    /// Whether a message has begun to arrive, if only with a part of its
    /// header, and has not ended.
    pub(super) fn is_inside_message(&self) -> bool {
        let begun = |first: &u8| matches!(self.phase, Phase::Header) && first & 0x0f < 8;
        let rest = self.buffer[self.start..self.end].first();
        self.message.is_some() || self.starved && rest.is_some_and(begun)
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
        self.starved = false;
        self.end += count;
    }

    pub(super) fn bytes(&self, place: &Place) -> &[u8] {
        place.bytes(&self.buffer, self.inflater.as_ref())
    }

    /// Nothing more is to be had for now.
    pub(super) fn pause(&mut self) {
        self.sight.pause();
    }

    /// Ignores everything from here on.
    pub(super) fn give_up(&mut self) {
        self.sight.broken(&self.buffer[self.start..self.end]);
        self.phase = Phase::Over;
        self.start = self.end;
    }

    /// The next thing in the buffer; nothing when it takes more bytes.
    pub(super) fn advance(&mut self) -> Result<Option<Found>, Fault> {
        loop {
            match &self.phase {
                Phase::Header => {
                    if let Some(found) = self.small_message() {
                        return Ok(Some(found));
                    }
                    if !self.begin_frame()? {
                        self.starved = true;
                        return Ok(None);
                    }
                }
                Phase::Payload(frame) => {
                    let found = match frame.opcode {
                        OpCode::Data(_) => self.data()?,
                        OpCode::Control(control) => self.control(control),
                    };
                    if found.is_some() {
                        return Ok(found);
                    }
                    // An empty fragment in the middle has nothing to lend.
                    if let Phase::Payload(_) = self.phase {
                        return Ok(None);
                    }
                }
                Phase::Over => {
                    self.start = self.end;
                    return Ok(None);
                }
            }
        }
    }

    /// The commonest frame, by a short way: a whole message of at most 125 bytes
    /// that is all here, not masked and not compressed, with nobody looking on.
    /// Everything else, faults too, goes the long way.
    fn small_message(&mut self) -> Option<Found> {
        let [first, second, rest @ ..] = &self.buffer[self.start..self.end] else {
            return None;
        };
        let kind = match *first {
            WHOLE_TEXT => Kind::Text,
            WHOLE_BINARY => Kind::Binary,
            _ => return None,
        };
        let length = usize::from(*second);
        let payload = rest.get(..length).filter(|_| length < 126)?;
        let plain = self.message.is_none() && self.role == Role::Client;
        let fits = length as u64 <= self.limit;
        // Most text is ASCII, which is quicker to see.
        let valid = kind == Kind::Binary || payload.is_ascii() || str::from_utf8(payload).is_ok();
        if !plain || !fits || !valid || !self.sight.is_idle() {
            return None;
        }
        let begin = self.start + 2;
        self.start = begin + length;
        Some(Found::Data {
            kind,
            place: Place::Buffer(begin..self.start),
            first: true,
            last: true,
        })
    }

    /// Reads a header, if it is whole, and enters the frame's payload.
    fn begin_frame(&mut self) -> Result<bool, Fault> {
        let bytes = &self.buffer[self.start..self.end];
        let Some(header) = Header::read(bytes, self.role, self.deflate.is_some())? else {
            return Ok(false);
        };
        if let OpCode::Data(data) = header.opcode {
            self.begin_data(data, &header)?;
        }
        self.start += header.size;
        self.sight.begin(&header);
        self.phase = Phase::Payload(Frame {
            opcode: header.opcode,
            last: header.fin,
            key: header.key,
            done: 0,
            left: header.length,
            clear: 0,
        });
        Ok(true)
    }

    /// Opens a message, or goes on with the open one (section 5.4).
    fn begin_data(&mut self, data: Data, header: &Header) -> Result<(), Fault> {
        let kind = match data {
            Data::Text => Some(Kind::Text),
            Data::Binary => Some(Kind::Binary),
            _ => None,
        };
        match (kind, &self.message) {
            (Some(_), Some(_)) => return Err(Fault::MessageInsideMessage),
            (None, None) => return Err(Fault::NothingToContinue),
            _ => {}
        }
        if let Some((kind, side)) = kind.zip(self.deflate).filter(|_| header.compressed) {
            self.inflater.get_or_insert_with(|| Inflater::new(side));
            self.message = Some(OpenMessage::new(kind, true));
        } else if let Some(kind) = kind {
            self.message = Some(OpenMessage::new(kind, false));
        }
        match &mut self.message {
            // How large it is shows when it is inflated.
            Some(message) if !message.compressed => message.grow(header.length, self.limit),
            _ => Ok(()),
        }
    }

    /// Lends what has arrived of a data frame.
    fn data(&mut self) -> Result<Option<Found>, Fault> {
        let (Phase::Payload(frame), Some(message)) = (&mut self.phase, &mut self.message) else {
            return Ok(None);
        };
        let here = frame.left.min((self.end - self.start) as u64) as usize;
        let arrived = self.start..self.start + here;
        frame.unmask(&mut self.buffer[arrived.clone()]);
        let part = match self.inflater.as_mut().filter(|_| message.compressed) {
            Some(inflater) => frame.inflated(inflater, &self.buffer[arrived]),
            None => frame.as_it_came(arrived),
        };
        let Some(part) = part else { return Ok(None) };
        let bytes = part.place.bytes(&self.buffer, self.inflater.as_ref());
        let last = part.over && frame.last;
        self.sight.payload(bytes);
        message.check(bytes, last, self.limit)?;
        if part.corrupt {
            return Err(Fault::NotDeflate);
        }
        let nothing = bytes.is_empty() && !last;
        let (kind, first) = (message.kind, !message.lent);
        message.lent |= !nothing;
        self.start += part.used;
        frame.pass(part.used);
        if part.over {
            self.sight.end();
            self.phase = Phase::Header;
        }
        if last {
            self.message = None;
        }
        Ok((!nothing).then_some(Found::Data {
            kind,
            place: part.place,
            first,
            last,
        }))
    }

    /// A control frame, once it is whole: at most 125 bytes.
    fn control(&mut self, control: Control) -> Option<Found> {
        let Phase::Payload(frame) = &mut self.phase else {
            return None;
        };
        let length = frame.left as usize;
        if self.end - self.start < length {
            return None;
        }
        let range = self.start..self.start + length;
        let payload = &mut self.buffer[range.clone()];
        frame.unmask(payload);
        self.start = range.end;
        self.phase = Phase::Header;
        self.sight.payload(payload);
        self.sight.end();
        match control {
            Control::Ping => Some(Found::Ping(Place::Buffer(range))),
            Control::Pong => Some(Found::Pong(Place::Buffer(range))),
            _ => {
                self.phase = Phase::Over;
                let fault = close_fault(payload);
                Some(Found::Close(Place::Buffer(range), fault))
            }
        }
    }
}

impl Place {
    fn bytes<'a>(&self, buffer: &'a [u8], inflater: Option<&'a Inflater>) -> &'a [u8] {
        match (self, inflater) {
            (Place::Buffer(range), _) => &buffer[range.clone()],
            (Place::Inflated(length), Some(inflater)) => inflater.output(*length),
            (Place::Inflated(_), None) => &[],
        }
    }
}

impl Frame {
    /// Unmasks what is here of the payload's rest, as far as it is not yet.
    fn unmask(&mut self, arrived: &mut [u8]) {
        let Some(key) = self.key else { return };
        let offset = self.done + self.clear as u64;
        mask::apply(&mut arrived[self.clear..], key, offset);
        self.clear = arrived.len();
    }

    fn as_it_came(&self, arrived: Range<usize>) -> Option<Part> {
        let used = arrived.len();
        (used > 0 || self.left == 0).then_some(Part {
            place: Place::Buffer(arrived),
            used,
            over: self.left == used as u64,
            corrupt: false,
        })
    }

    fn inflated(&self, inflater: &mut Inflater, arrived: &[u8]) -> Option<Part> {
        if arrived.is_empty() && self.left > 0 && !inflater.is_full() {
            return None;
        }
        let whole = self.left == arrived.len() as u64;
        Some(match inflater.inflate(arrived, whole && self.last) {
            Ok(inflated) => Part {
                place: Place::Inflated(inflated.length),
                used: inflated.used,
                over: whole && inflated.drained,
                corrupt: false,
            },
            // What came out before may break a rule of its own.
            Err(Corrupt { made }) => Part {
                place: Place::Inflated(made),
                used: 0,
                over: false,
                corrupt: true,
            },
        })
    }

    /// So many bytes of the payload are done with.
    fn pass(&mut self, count: usize) {
        self.done += count as u64;
        self.left -= count as u64;
        self.clear = self.clear.saturating_sub(count);
    }
}
