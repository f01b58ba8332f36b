//! What is moved in a row: direction, size and count, and the bytes of it.
//!
//! A stream is a unit repeated, so that gigabytes take a mebibyte of memory and
//! both ends compare or count it at the speed of memory. Within a unit, each
//! message holds its number: a lost, doubled or exchanged one shows.

use std::sync::Arc;

/// About as many bytes as a unit has.
const UNIT: usize = 640_000;
/// A message that is larger than this has the unit inside it.
const WITHIN: usize = 4 << 20;

/// Which way the messages go, seen from the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Echo,
    Up,
    Down,
}

/// A kind of message, as the command line and the server see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, a line of its own on stdin and stdout.
    Line,
    /// Binary, without a delimiter on stdout.
    Binary,
}

/// An amount of messages.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    pub way: Way,
    pub tls: bool,
    pub kind: Kind,
    /// Bytes of payload in each message.
    pub size: usize,
    pub count: u64,
}

/// Bytes: a head, a unit again and again, and a tail.
#[derive(Clone, Debug)]
pub struct Stream {
    pub head: Vec<u8>,
    pub unit: Arc<Vec<u8>>,
    pub repeats: u64,
    pub tail: Vec<u8>,
}

impl Stream {
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            head: bytes.to_vec(),
            unit: Arc::default(),
            repeats: 0,
            tail: Vec::new(),
        }
    }

    pub fn length(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.unit.len() as u64 * self.repeats
    }

    /// The bytes from `at` on, as far as they lie together.
    pub fn from(&self, at: u64) -> &[u8] {
        let head = self.head.len() as u64;
        if at < head {
            return &self.head[at as usize..];
        }
        let (at, unit) = (at - head, self.unit.len() as u64);
        if at < unit * self.repeats {
            return &self.unit[(at % unit) as usize..];
        }
        &self.tail[((at - unit * self.repeats) as usize).min(self.tail.len())..]
    }
}

impl Work {
    /// Bytes of payload in all.
    pub fn bytes(&self) -> u64 {
        self.size as u64 * self.count
    }

    /// The same with about `part` of the messages, or of a single one's bytes.
    pub fn part(&self, part: f64) -> Self {
        if part >= 1.0 {
            return *self;
        }
        if self.size > WITHIN {
            let megabytes = ((self.size >> 20) as f64 * part).ceil() as usize;
            return Self {
                size: megabytes.max(8) << 20,
                ..*self
            };
        }
        let step = self.messages_in_unit();
        let units = (self.count as f64 * part / step as f64).ceil() as u64;
        Self {
            count: (units.max(1) * step).min(self.count),
            ..*self
        }
    }

    /// How many there are in a unit; the count is a multiple of it.
    fn messages_in_unit(&self) -> u64 {
        match self.size {
            size if size > WITHIN => 1,
            64 => (UNIT / 64) as u64,
            65_536 => 16,
            _ => 1,
        }
    }

    /// What stands on stdin or stdout; `delimited`: with line feeds.
    pub fn payload(&self, delimited: bool) -> Stream {
        let end: &[u8] = if delimited { b"\n" } else { b"" };
        if self.size > WITHIN {
            return Stream {
                head: Vec::new(),
                unit: Arc::new(message(0, 1 << 20)),
                repeats: (self.size >> 20) as u64,
                tail: end.to_vec(),
            };
        }
        self.repeated(|message| [message, end].concat())
    }

    /// What a server sends: each message a frame of its own, and `close`.
    pub fn frames(&self, close: &[u8]) -> Stream {
        let head = header(self.kind, self.size);
        let (head, stream) = if self.size > WITHIN {
            (head, self.payload(false))
        } else {
            let stream = self.repeated(|message| [&head, message].concat());
            (Vec::new(), stream)
        };
        let tail = close.to_vec();
        Stream {
            head,
            tail,
            ..stream
        }
    }

    fn repeated(&self, dress: impl Fn(&[u8]) -> Vec<u8>) -> Stream {
        let messages = self.messages_in_unit();
        let unit = (0..messages).flat_map(|number| dress(&message(number, self.size)));
        Stream {
            head: Vec::new(),
            unit: Arc::new(unit.collect()),
            repeats: self.count / messages,
            tail: Vec::new(),
        }
    }
}

/// Letters without a pattern that a compressor or a cache could use, with the
/// number before them.
pub fn message(number: u64, size: usize) -> Vec<u8> {
    let mut bytes = format!("{number:08} ").into_bytes();
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.push(b'a' + (state >> 32) as u8 % 26);
    }
    bytes.truncate(size);
    bytes
}

/// An unmasked header of a message in one frame (RFC 6455 section 5.2).
fn header(kind: Kind, size: usize) -> Vec<u8> {
    let opcode = match kind {
        Kind::Line => 0x81,
        Kind::Binary => 0x82,
    };
    match size {
        0..=125 => vec![opcode, size as u8],
        126..=65_535 => [&[opcode, 126], &(size as u16).to_be_bytes()[..]].concat(),
        _ => [&[opcode, 127], &(size as u64).to_be_bytes()[..]].concat(),
    }
}
