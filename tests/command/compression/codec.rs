//! The server's half of permessage-deflate, by the letter of RFC 7692.
//!
//! Written without the product's code. What it reads may not refer further
//! back than the window that was agreed on: `reach` looks after that, because
//! the library reads every distance that it has the bytes for.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::super::support::{Conn, ReceivedFrame, frame::opcode};
use super::RSV1;
use super::reach::reach;

/// What a sender takes off the end of a message (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// How much is inflated at a time, in bytes.
const ROOM: usize = 64 * 1024;

/// Why a payload is not what a client may send.
pub(super) type Wrong = String;

/// The windows of what a client sends.
pub(super) struct Inflater {
    bits: u8,
    takeover: bool,
    stream: Decompress,
}

impl Inflater {
    /// With a window of exactly `bits`, 9 to 15.
    pub(super) fn new(bits: u8, takeover: bool) -> Self {
        Self {
            bits,
            takeover,
            stream: Decompress::new_with_window_bits(false, bits),
        }
    }

    /// Inflates the payload of a whole message (section 7.2.2).
    pub(super) fn message(&mut self, payload: &[u8]) -> Result<Vec<u8>, Wrong> {
        if payload.ends_with(&TAIL) {
            return Err("the tail was left on".to_owned());
        }
        let whole = [payload, &TAIL].concat();
        let plain = self.inflate(&whole)?;
        let reach = reach(&whole);
        if reach > 1 << self.bits {
            return Err(format!("a reference goes {reach} bytes back"));
        }
        if !self.takeover {
            self.stream = Decompress::new_with_window_bits(false, self.bits);
        }
        Ok(plain)
    }

    fn inflate(&mut self, input: &[u8]) -> Result<Vec<u8>, Wrong> {
        let mut buffer = vec![0; ROOM];
        let (mut plain, mut used) = (Vec::new(), 0);
        loop {
            let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .decompress(&input[used..], &mut buffer, FlushDecompress::Sync)
                .map_err(|error| format!("after {} bytes: {error}", plain.len()))?;
            let made = (self.stream.total_out() - before_out) as usize;
            used += (self.stream.total_in() - before_in) as usize;
            plain.extend_from_slice(&buffer[..made]);
            if status == Status::StreamEnd {
                return Err("a block says that it is final".to_owned());
            }
            if made < ROOM && used == input.len() {
                return Ok(plain);
            }
        }
    }
}

/// The windows of what a server sends.
pub(super) struct Deflater {
    takeover: bool,
    stream: Compress,
}

impl Deflater {
    /// With a window of `bits`, 9 to 15.
    pub(super) fn new(bits: u8, takeover: bool) -> Self {
        Self {
            takeover,
            stream: Compress::new_with_window_bits(Compression::new(6), false, bits),
        }
    }

    /// The payload of a message (section 7.2.1).
    pub(super) fn message(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut payload = self.part(plain);
        match payload.strip_suffix(&TAIL) {
            Some(shorter) => payload.truncate(shorter.len()),
            None => payload.push(0),
        }
        if !self.takeover {
            self.stream.reset();
        }
        payload
    }

    /// A part of a message, tail and all.
    pub(super) fn part(&mut self, plain: &[u8]) -> Vec<u8> {
        let (mut out, before) = (Vec::new(), self.stream.total_in());
        loop {
            let done = (self.stream.total_in() - before) as usize;
            out.reserve(1024);
            self.stream
                .compress_vec(&plain[done..], &mut out, FlushCompress::Sync)
                .expect("data that can be deflated");
            if out.len() < out.capacity() {
                return out;
            }
        }
    }
}

/// A data message as its frames came.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) opcode: u8,
    pub(super) compressed: bool,
    /// The length of each frame's payload.
    pub(super) frames: Vec<usize>,
    /// As it stood on the wire.
    pub(super) payload: Vec<u8>,
}

impl Came {
    /// Reads the frames of a message, which must follow each other: RSV1 may
    /// stand on the first alone (section 6).
    #[track_caller]
    pub(super) fn read(conn: &mut Conn<'_>) -> Self {
        let first = conn.read_frame();
        Self::begun(first, conn)
    }

    /// The same when the first frame has been read.
    #[track_caller]
    pub(super) fn begun(first: ReceivedFrame, conn: &mut Conn<'_>) -> Self {
        let known = [opcode::TEXT, opcode::BINARY].contains(&first.opcode);
        assert!(known, "not the beginning of a message: {first:?}");
        assert!([0, RSV1].contains(&first.rsv), "RSV {}", first.rsv);
        let mut came = Self {
            opcode: first.opcode,
            compressed: first.rsv == RSV1,
            frames: vec![first.payload.len()],
            payload: first.payload,
        };
        let mut fin = first.fin;
        while !fin {
            let next = conn.read_frame();
            assert_eq!((next.opcode, next.rsv), (opcode::CONTINUATION, 0));
            came.frames.push(next.payload.len());
            came.payload.extend_from_slice(&next.payload);
            fin = next.fin;
        }
        came
    }

    /// What it says.
    #[track_caller]
    pub(super) fn plain(&self, inflater: &mut Inflater) -> Vec<u8> {
        if !self.compressed {
            return self.payload.clone();
        }
        match inflater.message(&self.payload) {
            Ok(plain) => plain,
            Err(wrong) => panic!("{wrong}; in {} bytes", self.payload.len()),
        }
    }
}

#[test]
fn a_reference_beyond_the_window_is_noticed() {
    let far = [super::noise(3000, 1), super::noise(3000, 1)].concat();
    let payload = Deflater::new(15, true).message(&far);
    assert_eq!(Inflater::new(12, true).message(&payload), Ok(far));
    let wrong = Inflater::new(11, true).message(&payload);
    assert!(wrong.is_err(), "2^11 is less than 3000");
}

#[test]
fn a_tail_left_on_and_a_reference_to_another_message_are_noticed() {
    let mut whole = Deflater::new(15, true).part(b"tail");
    assert!(Inflater::new(15, true).message(&whole).is_err());
    whole.truncate(whole.len() - TAIL.len());
    assert_eq!(Inflater::new(15, true).message(&whole), Ok(b"tail".into()));
    for (takeover, good) in [(true, true), (false, false)] {
        let mut inflater = Inflater::new(15, takeover);
        assert_eq!(inflater.message(super::HELLO), Ok(b"Hello".into()));
        let again = inflater.message(super::HELLO_AGAIN);
        assert_eq!(again.is_ok(), good, "takeover {takeover}");
    }
}
