//! Frames as bytes, legal or not: the writer keeps no rule, the reader hides
//! nothing. Written without the product's code, so that the two check each
//! other.

/// Opcodes of RFC 6455 section 5.2.
pub mod opcode {
    pub const CONTINUATION: u8 = 0;
    pub const TEXT: u8 = 1;
    pub const BINARY: u8 = 2;
    pub const CLOSE: u8 = 8;
    pub const PING: u8 = 9;
    pub const PONG: u8 = 10;
}

/// How a length is written; only the shortest is legal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LengthForm {
    Shortest,
    Bits16,
    Bits64,
}

/// A frame to send, with control over every field.
#[derive(Clone, Debug)]
#[must_use = "a frame does nothing until it is sent"]
pub struct Frame {
    fin: bool,
    rsv: u8,
    opcode: u8,
    mask: Option<[u8; 4]>,
    claimed: Option<u64>,
    form: LengthForm,
    payload: Vec<u8>,
}

impl Frame {
    /// A whole, unmasked message or control frame.
    pub fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode,
            mask: None,
            claimed: None,
            form: LengthForm::Shortest,
            payload: payload.as_ref().to_owned(),
        }
    }

    pub fn text(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::TEXT, payload)
    }

    pub fn binary(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::BINARY, payload)
    }

    pub fn continuation(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::CONTINUATION, payload)
    }

    pub fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        let payload = [&code.to_be_bytes(), reason.as_ref()].concat();
        Self::new(opcode::CLOSE, payload)
    }

    /// FIN is not set: more fragments follow.
    pub fn unfinished(mut self) -> Self {
        self.fin = false;
        self
    }

    /// The reserved bits, RSV1 being 4.
    pub fn rsv(mut self, bits: u8) -> Self {
        self.rsv = bits;
        self
    }

    pub fn masked(mut self, key: [u8; 4]) -> Self {
        self.mask = Some(key);
        self
    }

    /// The header says this length, whatever the payload has.
    pub fn claiming(mut self, length: u64) -> Self {
        self.claimed = Some(length);
        self
    }

    pub fn length_in(mut self, form: LengthForm) -> Self {
        self.form = form;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let first = u8::from(self.fin) << 7 | (self.rsv & 7) << 4 | self.opcode & 15;
        let mut bytes = vec![first];
        bytes.extend(self.length());
        let mut payload = self.payload.clone();
        if let Some(key) = self.mask {
            bytes.extend(key);
            apply_mask(key, &mut payload);
        }
        bytes.extend(payload);
        bytes
    }

    /// The second byte and what belongs to it. A length that its form cannot
    /// hold is a mistake of the test.
    fn length(&self) -> Vec<u8> {
        let masked = u8::from(self.mask.is_some()) << 7;
        let length = self.claimed.unwrap_or(self.payload.len() as u64);
        let form = match (self.form, length) {
            (LengthForm::Shortest, 0..=125) => return vec![masked | length as u8],
            (LengthForm::Shortest, 126..=0xffff) => LengthForm::Bits16,
            (LengthForm::Shortest, _) => LengthForm::Bits64,
            (form, _) => form,
        };
        if form == LengthForm::Bits64 {
            return [&[masked | 127], &length.to_be_bytes()[..]].concat();
        }
        let short = u16::try_from(length).expect("a length of 16 bits");
        [&[masked | 126], &short.to_be_bytes()[..]].concat()
    }
}

/// A frame that came, its payload unmasked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReceivedFrame {
    pub fin: bool,
    pub rsv: u8,
    pub opcode: u8,
    pub masked: bool,
    pub payload: Vec<u8>,
}

impl ReceivedFrame {
    /// Takes a whole frame off the front of `bytes`, with the count of bytes
    /// it had; None if there is not a whole one yet.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let (&[first, second], mut rest) = bytes.split_first_chunk::<2>()?;
        let length = take_length(second, &mut rest)?;
        let key = match second >> 7 {
            0 => None,
            _ => Some(take_array::<4>(&mut rest)?),
        };
        let mut payload = rest.get(..length)?.to_vec();
        if let Some(key) = key {
            apply_mask(key, &mut payload);
        }
        let used = bytes.len() - rest.len() + length;
        let frame = Self {
            fin: first >> 7 == 1,
            rsv: first >> 4 & 7,
            opcode: first & 15,
            masked: key.is_some(),
            payload,
        };
        Some((frame, used))
    }

    /// The payload as text. Panics if it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.payload).expect("a payload in UTF-8")
    }
}

fn take_length(second: u8, rest: &mut &[u8]) -> Option<usize> {
    let length = match second & 127 {
        126 => u64::from(u16::from_be_bytes(take_array(rest)?)),
        127 => u64::from_be_bytes(take_array(rest)?),
        short => u64::from(short),
    };
    Some(usize::try_from(length).expect("a length that fits this machine"))
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

fn apply_mask(key: [u8; 4], payload: &mut [u8]) {
    for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
