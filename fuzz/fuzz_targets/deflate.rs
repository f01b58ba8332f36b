//! Compressed messages of any bytes, in frames and reads of any size.
//!
//! Proves that inflating never panics or hangs; that what is understood does not
//! depend on how the bytes were split into fragments and reads; that a message
//! that grows beyond the limit ends the connection, whatever its frames claimed;
//! and that what is accepted means what another implementation of DEFLATE
//! (miniz_oxide) makes of the same bytes.
//!
//! The comparison is one-sided: zlib's rules on code tables are stricter, so a
//! fault here may be none there. It ends with a block that says it is the final
//! one, behind which a new series begins (RFC 7692 section 7.2.3.4).
//!
//! That any message comes back under every agreement is `write_then_read`'s.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use wstalk::ws::{Connection, Deflate, DeflateSide, Role};
use wstalk_fuzz::{Event, Heard, Scripted, Sizes};

/// The largest message, in bytes: more than one buffer of the inflater.
const LIMIT: usize = 100_000;

/// What the sender took off, and an empty block, which must stand on its own.
const ENDING: [u8; 9] = [0, 0, 0xff, 0xff, 0, 0, 0, 0xff, 0xff];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    client: bool,
    takeover: bool,
    text: bool,
    sizes: [u8; 3],
    key: [u8; 4],
    /// The size of each fragment, less one.
    fragment: u8,
    /// Where the first message ends.
    first: u8,
    bytes: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let messages = input.messages();
    let whole = input.events(&messages, usize::MAX, Sizes::WHOLE);
    let frames = usize::from(input.fragment) + 1;
    let sizes = Sizes::new(&input.sizes, input.bytes.len());
    for split in [
        input.events(&messages, frames, Sizes::WHOLE),
        input.events(&messages, usize::MAX, sizes),
        input.events(&messages, frames, sizes),
    ] {
        assert_eq!(whole, split, "the split makes a difference");
    }
    let understood = whole.iter().filter_map(|event| match event {
        Event::Message(_, bytes) => Some(bytes),
        _ => None,
    });
    for (bytes, theirs) in understood.zip(input.inflated(&messages)) {
        assert!(bytes.len() <= LIMIT, "a message has a limit");
        assert!(*bytes == theirs, "it was inflated to something else");
    }
    let faults = whole.len() - whole.iter().filter(|event| is_message(event)).count();
    assert!(faults > 0 || whole.len() == messages.len());
});

fn is_message(event: &Event) -> bool {
    matches!(event, Event::Message(..))
}

impl Input<'_> {
    /// The first message, the rest, and the first once more.
    fn messages(&self) -> [&[u8]; 3] {
        let first = usize::from(self.first).min(self.bytes.len());
        let (first, second) = self.bytes.split_at(first);
        [first, second, first]
    }

    fn events(&self, messages: &[&[u8]], fragment: usize, sizes: Sizes<'_>) -> Vec<Event> {
        let mut wire = Vec::new();
        for message in messages {
            self.append_frames(&mut wire, message, fragment);
        }
        let side = DeflateSide {
            window_bits: None,
            takeover: self.takeover,
        };
        let role = if self.client {
            Role::Client
        } else {
            Role::Server
        };
        let mut connection = Connection::new(Scripted::new(&wire, sizes), role, &[]);
        connection.set_message_limit(LIMIT as u64);
        connection.set_deflate(&Deflate {
            client: side,
            server: side,
        });
        Heard::all(&mut connection)
    }

    /// The frames of one compressed message, as this role may receive them.
    fn append_frames(&self, wire: &mut Vec<u8>, message: &[u8], fragment: usize) {
        let mut rest = message;
        let mut opcode = if self.text { 0x41 } else { 0x42 };
        loop {
            let (now, later) = rest.split_at(fragment.min(rest.len()));
            let fin = if later.is_empty() { 0x80 } else { 0 };
            let masked = if self.client { 0 } else { 0x80 };
            wire.push(fin | opcode);
            match u16::try_from(now.len()).expect("a short input") {
                length @ 0..126 => wire.push(masked | length as u8),
                length => wire.extend([&[masked | 126][..], &length.to_be_bytes()].concat()),
            }
            if self.client {
                wire.extend_from_slice(now);
            } else {
                wire.extend_from_slice(&self.key);
                wire.extend(now.iter().zip(self.key.iter().cycle()).map(|(b, k)| b ^ k));
            }
            if later.is_empty() {
                return;
            }
            (rest, opcode) = (later, 0);
        }
    }

    /// The messages as the other implementation inflates them, until it ends a
    /// series, finds a fault or passes the limit.
    fn inflated(&self, messages: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut other = Other::default();
        let mut inflated = Vec::new();
        for message in messages {
            let kept = other.out.len();
            if other.take(message).is_none() {
                break;
            }
            inflated.push(other.out[kept..].to_vec());
            if !self.takeover {
                other = Other::default();
            }
        }
        inflated
    }
}

/// The other implementation, with all that it has made so far as its window.
#[derive(Default)]
struct Other {
    state: DecompressorOxide,
    out: Vec<u8>,
}

impl Other {
    /// Inflates one message; nothing when it is not one.
    fn take(&mut self, message: &[u8]) -> Option<()> {
        if message.is_empty() {
            return Some(());
        }
        self.step(message)?;
        let length = self.out.len();
        self.step(&ENDING)?;
        (self.out.len() == length).then_some(())
    }

    fn step(&mut self, input: &[u8]) -> Option<()> {
        let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let from = self.out.len();
        self.out.resize(from + LIMIT + 1, 0);
        let (status, used, made) = decompress(&mut self.state, input, &mut self.out, from, flags);
        self.out.truncate(from + made);
        (status == TINFLStatus::NeedsMoreInput && used == input.len()).then_some(())
    }
}
