//! permessage-deflate at work (RFC 7692 section 7.2): payloads in, payloads out.
//!
//! Each end keeps one window per direction. Output is bounded: what inflates
//! comes in buffers of a fixed size, however large it becomes. The library's
//! states cost 40 KiB (inflating) and 300 KiB (deflating), so they are made
//! when the first compressed message asks for them.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::extension::DeflateSide;

/// Messages below this size go out as they are, in bytes. Measured with small
/// JSON: deflating 64 bytes costs ten times as much as sending them, and
/// saves no packet; without context takeover 256 bytes shrink by a tenth.
const MIN_MESSAGE: usize = 256;
/// Measured at 64 KiB of JSON: level 1 takes 0.26 ms for 55 %, level 2 0.56 ms
/// for 37 %, level 6 1.6 ms for 33 %. What waits for a slow line gains by more;
/// what is tested on a fast one should not wait for us.
const LEVEL: u32 = 1;
/// After a message that did not shrink so many go out as they are.
const REST: u32 = 15;
/// Room for what is inflated at a time, in bytes.
const ROOM: usize = 64 * 1024;
/// zlib-rs, as zlib, has no raw stream with a smaller window.
const MIN_BITS: u8 = 9;

/// What a sender takes off the end of a message (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
/// The tail, and an empty block behind it: a message that ended inside a block
/// swallows it wrongly, which shows.
const ENDING: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff];

/// Compresses messages, part by part.
pub(super) struct Deflater {
    side: DeflateSide,
    stream: Option<Compress>,
    out: Vec<u8>,
    /// Messages that are left alone, because one did not shrink.
    rest: u32,
    given: usize,
    made: usize,
}

impl Deflater {
    pub(super) fn new(side: DeflateSide) -> Self {
        Deflater {
            side,
            stream: None,
            out: Vec::new(),
            rest: 0,
            given: 0,
            made: 0,
        }
    }

    /// Whether to compress the message that begins with `length` bytes.
    pub(super) fn suits(&mut self, length: usize) -> bool {
        if length < MIN_MESSAGE || self.side.bits() < MIN_BITS {
            return false;
        }
        let rests = self.rest > 0;
        self.rest = self.rest.saturating_sub(1);
        !rests
    }

    /// Compresses the next part of a message, so that the other end can
    /// inflate all of it.
    pub(super) fn deflate(&mut self, bytes: &[u8], last: bool) -> &[u8] {
        let level = Compression::new(LEVEL);
        let bits = self.side.bits().max(MIN_BITS);
        let stream = self
            .stream
            .get_or_insert_with(|| Compress::new_with_window_bits(level, false, bits));
        self.out.clear();
        let before = stream.total_in();
        loop {
            let done = (stream.total_in() - before) as usize;
            self.out.reserve((bytes.len() - done) / 2 + 64);
            let result = stream.compress_vec(&bytes[done..], &mut self.out, FlushCompress::Sync);
            // It fails only in a state that cannot be reached from here. Room
            // that is left means that everything is out.
            if result.is_err() || self.out.len() < self.out.capacity() {
                break;
            }
        }
        self.given += bytes.len();
        self.made += self.out.len();
        if last {
            self.end_message();
        }
        &self.out
    }

    fn end_message(&mut self) {
        match self.out.strip_suffix(&TAIL) {
            Some(shorter) => self.out.truncate(shorter.len()),
            // Nothing came since the last flush (section 7.2.3.6).
            None => self.out.push(0),
        }
        if let Some(stream) = self.stream.as_mut().filter(|_| !self.side.takeover) {
            stream.reset();
        }
        if self.made >= self.given {
            self.rest = REST;
        }
        (self.given, self.made) = (0, 0);
    }
}

/// Inflates messages, buffer by buffer.
pub(super) struct Inflater {
    takeover: bool,
    stream: Decompress,
    out: Vec<u8>,
    /// The last buffer was full: more may come without further input.
    full: bool,
    /// Something of this message, or of the block series that a final block
    /// ended, has been read.
    begun: bool,
}

/// What a step of inflating gave.
pub(super) struct Inflated {
    /// Bytes of the input that were used.
    pub(super) used: usize,
    /// Bytes in [`Inflater::output`].
    pub(super) length: usize,
    /// All of the input has been turned into output.
    pub(super) drained: bool,
}

/// The data is not what the sender's DEFLATE could have made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Corrupt {
    /// Bytes that came out before that showed.
    pub(super) made: usize,
}

impl Inflater {
    /// The window is always the largest, which can read every smaller one.
    pub(super) fn new(side: DeflateSide) -> Self {
        Inflater {
            takeover: side.takeover,
            stream: Decompress::new(false),
            out: vec![0; ROOM],
            full: false,
            begun: false,
        }
    }

    /// Whether there is output to be had without further input.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The first bytes of the last buffer.
    pub(super) fn output(&self, length: usize) -> &[u8] {
        &self.out[..length]
    }

    /// Inflates as much of `input` as there is room for. `ends` says that it is
    /// the rest of the message.
    pub(super) fn inflate(&mut self, input: &[u8], ends: bool) -> Result<Inflated, Corrupt> {
        let (mut used, mut length) = (0, 0);
        loop {
            let step = self.step(&input[used..], length);
            let (taken, made, status) = step.map_err(|corrupt| Corrupt {
                made: length + corrupt.made,
            })?;
            used += taken;
            length += made;
            self.begun |= taken > 0;
            self.full = length == self.out.len();
            if status == Status::StreamEnd {
                // A block that said it was final: another series follows
                // (section 7.2.3.4).
                self.restart();
            }
            if self.full || used == input.len() {
                break;
            }
            if taken == 0 && made == 0 {
                return Err(Corrupt { made: length });
            }
        }
        let drained = !self.full;
        if drained && ends {
            self.end_message(length)?;
        }
        Ok(Inflated {
            used,
            length,
            drained,
        })
    }

    fn end_message(&mut self, length: usize) -> Result<(), Corrupt> {
        if self.begun {
            let ended = self.step(&ENDING, length);
            if ended != Ok((ENDING.len(), 0, Status::Ok)) {
                return Err(Corrupt { made: length });
            }
        }
        if !self.takeover {
            self.restart();
        }
        self.begun = false;
        Ok(())
    }

    fn restart(&mut self) {
        self.stream.reset(false);
        self.begun = false;
    }

    /// Runs the library once: bytes taken, bytes made.
    fn step(&mut self, input: &[u8], from: usize) -> Result<(usize, usize, Status), Corrupt> {
        let (taken, made) = (self.stream.total_in(), self.stream.total_out());
        let out = &mut self.out[from..];
        let result = self.stream.decompress(input, out, FlushDecompress::Sync);
        let taken = (self.stream.total_in() - taken) as usize;
        let made = (self.stream.total_out() - made) as usize;
        match result {
            Ok(status) => Ok((taken, made, status)),
            Err(_) => Err(Corrupt { made }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(bits: u8, takeover: bool) -> DeflateSide {
        DeflateSide {
            window_bits: Some(bits),
            takeover,
        }
    }

    /// A whole message, fed in parts of `step` bytes.
    fn inflated(inflater: &mut Inflater, bytes: &[u8], step: usize) -> Result<Vec<u8>, ()> {
        let mut whole = Vec::new();
        let mut at = 0;
        loop {
            let end = bytes.len().min(at + step);
            let found = inflater.inflate(&bytes[at..end], end == bytes.len());
            let found = found.map_err(|Corrupt { .. }| ())?;
            whole.extend_from_slice(inflater.output(found.length));
            at += found.used;
            if found.drained && at == bytes.len() {
                return Ok(whole);
            }
        }
    }

    fn text_of(bytes: &[u8], step: usize) -> Result<String, ()> {
        let mut inflater = Inflater::new(side(15, true));
        inflated(&mut inflater, bytes, step).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_examples_of_section_7_2_3_are_read() {
        let cases: [(&str, &[u8]); 5] = [
            ("7.2.3.1", b"\xf2\x48\xcd\xc9\xc9\x07\x00"),
            ("7.2.3.3", b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"),
            ("7.2.3.4", b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"),
            (
                "7.2.3.5",
                b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
            ),
            ("final, and nothing behind", b"\xf3\x48\xcd\xc9\xc9\x07\x00"),
        ];
        for (name, bytes) in cases {
            for step in [1, 3, 100] {
                assert_eq!(text_of(bytes, step), Ok("Hello".into()), "{name}");
            }
        }
        assert_eq!(text_of(b"\x00", 1), Ok(String::new()), "7.2.3.6");
    }

    #[test]
    fn a_message_may_refer_to_the_one_before() {
        let mut inflater = Inflater::new(side(15, true));
        let first = inflated(&mut inflater, b"\xf2\x48\xcd\xc9\xc9\x07\x00", 2);
        let second = inflated(&mut inflater, b"\xf2\x00\x11\x00\x00", 2);
        assert_eq!((first, second), (Ok(b"Hello".into()), Ok(b"Hello".into())));
        let mut alone = Inflater::new(side(15, false));
        assert!(inflated(&mut alone, b"\xf2\x48\xcd\xc9\xc9\x07\x00", 9).is_ok());
        assert_eq!(inflated(&mut alone, b"\xf2\x00\x11\x00\x00", 9), Err(()));
    }

    #[test]
    fn messages_go_on_after_a_final_block_and_after_empty_ones() {
        let mut inflater = Inflater::new(side(15, true));
        for _ in 0..3 {
            for (bytes, text) in [
                (&b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"[..], &b"Hello"[..]),
                (b"\xf3\x48\xcd\xc9\xc9\x07\x00", b"Hello"),
                (b"\xf2\x48\xcd\xc9\xc9\x07\x00", b"Hello"),
                (b"\x00", b""),
                (b"", b""),
                (b"\x02\x00", b""),
            ] {
                assert_eq!(inflated(&mut inflater, bytes, 4), Ok(text.into()));
            }
        }
    }

    #[test]
    fn what_is_cut_or_not_deflate_is_corrupt() {
        let cases: [(&str, &[u8]); 7] = [
            ("a reserved block type", b"\x06\x00"),
            (
                "a stored block with a wrong length",
                b"\x00\x05\x00\x00\x00Hello\x00",
            ),
            ("a reference before the beginning", b"\xf2\x00\x11\x00\x00"),
            ("cut in a stored block", b"\x00\x05\x00\xfa\xff\x48\x65"),
            ("cut in a fixed block", b"\xf2\x48\xcd"),
            (
                "a tail that was left on",
                b"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff",
            ),
            ("a header cut off", b"\xf2\x48\xcd\xc9\xc9\x07"),
        ];
        for (name, bytes) in cases {
            for step in [1, 3, 100] {
                assert_eq!(text_of(bytes, step), Err(()), "{name}");
            }
        }
    }

    #[test]
    fn a_bomb_comes_out_in_buffers() {
        let mut deflater = Deflater::new(side(15, true));
        let zeros = vec![0; 8 * 1024 * 1024];
        let bomb = deflater.deflate(&zeros, true).to_vec();
        assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
        let mut inflater = Inflater::new(side(15, true));
        let found = inflater.inflate(&bomb, true).unwrap();
        assert_eq!((found.length, found.drained), (ROOM, false));
        assert!(found.used < bomb.len());
        assert!(inflater.is_full());
    }

    #[test]
    fn what_does_not_shrink_is_left_alone_for_a_while() {
        let mut deflater = Deflater::new(side(15, true));
        let mut noise = vec![0; 4096];
        rand::fill(&mut noise);
        assert!(deflater.suits(noise.len()));
        assert!(deflater.deflate(&noise, true).len() > noise.len());
        let left = (0..100)
            .take_while(|_| !deflater.suits(noise.len()))
            .count();
        assert_eq!(left, REST as usize);
    }

    #[test]
    fn small_messages_and_a_window_of_eight_bits_are_not_compressed() {
        assert!(!Deflater::new(side(15, true)).suits(MIN_MESSAGE - 1));
        assert!(Deflater::new(side(9, true)).suits(MIN_MESSAGE));
        assert!(!Deflater::new(side(8, true)).suits(1 << 20));
    }

    #[test]
    fn an_end_with_nothing_before_it_is_one_byte() {
        let mut deflater = Deflater::new(side(15, true));
        assert_eq!(deflater.deflate(b"", true), [0]);
        deflater.deflate(b"part", false);
        assert_eq!(deflater.deflate(b"", true), [0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_deflated_inflates_to_the_same(
            messages in proptest::collection::vec(
                proptest::collection::vec(prop_oneof![any::<u8>(), 0_u8..3], 0..3000), 1..6),
            bits in 9_u8..=15, takeover: bool,
            part in 1_usize..4000, step in 1_usize..2000,
        ) {
            let mut deflater = Deflater::new(side(bits, takeover));
            let mut inflater = Inflater::new(side(bits, takeover));
            for message in messages {
                let mut wire = Vec::new();
                for bytes in message.chunks(part) {
                    wire.extend_from_slice(deflater.deflate(bytes, false));
                }
                wire.extend_from_slice(deflater.deflate(b"", true));
                prop_assert_eq!(inflated(&mut inflater, &wire, step), Ok(message));
            }
        }
    }
}
