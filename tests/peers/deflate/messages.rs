//! What is sent in every conversation: some hundred messages that are the same
//! in each run, of kinds and sizes at which compression has its seams.

use std::fmt::Write as _;

/// The size of the one large message, in bytes: more than the program sends in
/// one frame.
const LARGE: usize = 3 << 20;

/// The rest of a record behind its number.
const RECORD: &str = r#""kind":"order","state":"delivered","address":{"street":"Long Lane","town":"Springfield"},"currency":"EUR","tags":["new","gift","express"],"note":null},"#;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    kind: Kind,
    data: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Binary,
}

/// All of them, with and without the large one. What does not shrink comes
/// late, because the program then leaves some messages as they are.
pub fn messages(large: Large) -> Vec<Message> {
    let mut source = Source(0x9e37_79b9_7f4a_7c15);
    let mut all = Vec::new();
    all.extend(small(&mut source));
    all.extend(everyday(&mut source, 30));
    if large == Large::Included {
        all.push(text(source.json(LARGE)));
    }
    all.extend(at_window_edges(&mut source));
    all.extend(everyday(&mut source, 10));
    all.extend(noisy(&mut source));
    all.extend(everyday(&mut source, 20));
    all
}

/// A large message in a small window takes an unoptimized program seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Large {
    Included,
    LeftOut,
}

/// As the peers read them: `t` or `b`, the length in 32 bits, the payload.
pub fn records(messages: &[Message]) -> Vec<u8> {
    let mut records = Vec::new();
    for message in messages {
        let length = u32::try_from(message.data.len()).expect("a length of 32 bits");
        records.push(match message.kind {
            Kind::Text => b't',
            Kind::Binary => b'b',
        });
        records.extend(length.to_be_bytes());
        records.extend(&message.data);
    }
    records
}

/// The texts as lines, and how many there are.
pub fn lines(messages: &[Message]) -> (Vec<u8>, usize) {
    let texts = messages.iter().filter(|message| message.kind == Kind::Text);
    let texts: Vec<&[u8]> = texts.map(|text| text.data.as_slice()).collect();
    let mut lines = texts.join(&b'\n');
    lines.push(b'\n');
    (lines, texts.len())
}

/// Nothing, next to nothing, and the sizes at which a frame's header or
/// somebody's mind changes.
fn small(source: &mut Source) -> Vec<Message> {
    let sizes = [0, 1, 2, 3, 5, 6, 64, 125, 126, 127, 250];
    let edges = 254..=258;
    let more = [1022, 1023, 1024, 1025, 2043, 2044];
    let sizes = sizes.into_iter().chain(edges).chain(more);
    let pair = |size| [text(source.json(size)), binary(vec![7; size])];
    let mut all: Vec<Message> = sizes.flat_map(pair).collect();
    all.extend([65_535, 65_536].map(|size| text("7".repeat(size))));
    all
}

/// JSON of 1 to 10 KB, each followed by what takes up a window's end: the same
/// text again, or text of more than one byte a character.
fn everyday(source: &mut Source, count: usize) -> Vec<Message> {
    let mut all = Vec::new();
    for number in 0..count {
        let size = 1_000 + source.below(9_000);
        let json = source.json(size);
        all.push(text(json.clone()));
        match number % 4 {
            0 => all.push(text(json)),
            1 => all.push(text(source.wide(500))),
            2 => all.push(text(String::new())),
            _ => all.push(binary(json.into_bytes())),
        }
    }
    all
}

/// A bit of noise that comes again at a distance within what zlib uses of a
/// window of 8 to 15 bits, at the window's end, and just beyond.
fn at_window_edges(source: &mut Source) -> Vec<Message> {
    const NOISE: usize = 64;
    let mut all = Vec::new();
    for bits in 8..=15 {
        let window: usize = 1 << bits;
        let within = window.saturating_sub(262).max(NOISE);
        for distance in [within, window - 1, window, window + 1] {
            let noise = source.noise(NOISE);
            let between = vec![b' '; distance - NOISE];
            all.push(binary([noise.clone(), between, noise].concat()));
        }
    }
    all
}

/// What does not shrink, with messages between that would.
fn noisy(source: &mut Source) -> Vec<Message> {
    let sizes = [1, 255, 256, 257, 1_000, 16_384, 65_536];
    let mut all = Vec::new();
    for size in sizes {
        all.push(binary(source.noise(size)));
        all.push(text(source.json(700)));
    }
    all
}

fn text(text: String) -> Message {
    Message {
        kind: Kind::Text,
        data: text.into_bytes(),
    }
}

fn binary(data: Vec<u8>) -> Message {
    Message {
        kind: Kind::Binary,
        data,
    }
}

/// Numbers that look like chance and are the same each time (xorshift64).
struct Source(u64);

impl Source {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend(self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    /// Records as an interface sends them, cut off at this length. What is the
    /// same in each is long, because unoptimized programs take their time.
    fn json(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length + RECORD.len());
        while text.len() < length {
            let id = self.below(1_000_000);
            write!(text, "{{\"id\":{id},{RECORD}").expect("a string takes everything");
        }
        text.truncate(length);
        text
    }

    /// So many characters of one to four bytes.
    fn wide(&mut self, count: usize) -> String {
        let characters = ['a', 'ß', 'é', 'я', '€', '語', '中', '😀', '𝄞'];
        let pick = |_| characters[self.below(characters.len())];
        (0..count).map(pick).collect()
    }
}
