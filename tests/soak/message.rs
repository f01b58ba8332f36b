//! Numbered messages of every size, and the bytes that they are in a pipe.
//!
//! A message begins with its number where it is long enough, so that the
//! account of a failure shows which one is missing, doubled or out of place.

use crate::chance::Chance;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Text,
    Binary,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    pub kind: Kind,
    pub payload: Vec<u8>,
}

/// Which bytes a message may be made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Alphabet {
    /// For the wire: everything.
    Free,
    /// For a line of stdin: no line feed, and no carriage return in text,
    /// where one at the end would belong to the line's end.
    Line,
}

/// Lengths at which a header, a buffer or a fragment changes its form.
const EDGES: [usize; 9] = [
    125, 126, 65_535, 65_536, 131_072, 262_144, 1_048_575, 1_048_576, 1_048_577,
];

const LARGEST: usize = 3 * 1024 * 1024;

/// One draw: mostly small, seldom huge.
fn length(chance: &mut Chance) -> usize {
    match chance.between(1, 1000) {
        1..=50 => 0,
        51..=700 => chance.between(1, 125),
        701..=930 => chance.between(126, 4000),
        931..=960 => chance.between(4001, 70_000),
        961..=985 => chance.pick(&EDGES[..5]),
        986..=994 => chance.pick(&EDGES),
        995..=998 => chance.between(70_000, 400_000),
        _ => chance.between(400_000, LARGEST),
    }
}

/// The message with this number.
pub fn message(number: usize, kind: Kind, alphabet: Alphabet, chance: &mut Chance) -> Message {
    let length = length(chance);
    let mut payload = format!("{number}:").into_bytes();
    payload.truncate(length);
    match kind {
        Kind::Text => fill_with_text(&mut payload, length, alphabet, chance),
        Kind::Binary => fill_with_bytes(&mut payload, length, alphabet, chance),
    }
    Message { kind, payload }
}

fn fill_with_text(payload: &mut Vec<u8>, length: usize, alphabet: Alphabet, chance: &mut Chance) {
    const LINE: [&str; 8] = ["a", "Z", "ä", "€", "😀", "\t", "\u{7f}", "中"];
    const FREE: [&str; 10] = [
        "a",
        "Z",
        "ä",
        "€",
        "😀",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "\u{10ffff}",
    ];
    let characters: &[&str] = match alphabet {
        Alphabet::Free => &FREE,
        Alphabet::Line => &LINE,
    };
    while payload.len() < length {
        let character = chance.pick(characters);
        match payload.len() + character.len() <= length {
            true => payload.extend_from_slice(character.as_bytes()),
            false => payload.push(b'.'),
        }
    }
}

fn fill_with_bytes(payload: &mut Vec<u8>, length: usize, alphabet: Alphabet, chance: &mut Chance) {
    while payload.len() < length {
        let wanted = length - payload.len();
        let bytes = chance.draw().to_le_bytes();
        payload.extend_from_slice(&bytes[..wanted.min(bytes.len())]);
    }
    if alphabet == Alphabet::Line {
        for byte in payload.iter_mut().filter(|byte| **byte == b'\n') {
            *byte = 0;
        }
    }
}

/// Messages until `count` or `budget` bytes are reached.
pub fn messages(
    count: usize,
    budget: usize,
    kinds: &[Kind],
    alphabet: Alphabet,
    chance: &mut Chance,
) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    let mut bytes = 0;
    while all.len() < count && bytes < budget {
        let kind = chance.pick(kinds);
        let message = message(all.len() + 1, kind, alphabet, chance);
        bytes += message.payload.len();
        all.push(message);
    }
    all
}

/// How messages stand in a pipe, after one another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delimiter {
    Nothing,
    LineFeed,
    CarriageReturnLineFeed,
}

impl Delimiter {
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Nothing => b"",
            Self::LineFeed => b"\n",
            Self::CarriageReturnLineFeed => b"\r\n",
        }
    }
}

/// A pipe's content and where each message ends in it.
#[derive(Clone, Debug, Default)]
pub struct Content {
    pub bytes: Vec<u8>,
    pub ends: Vec<usize>,
}

impl Content {
    pub fn of<'a>(messages: impl IntoIterator<Item = &'a Message>, delimiter: Delimiter) -> Self {
        let mut content = Self::default();
        for message in messages {
            content.bytes.extend_from_slice(&message.payload);
            content.bytes.extend_from_slice(delimiter.bytes());
            content.ends.push(content.bytes.len());
        }
        content
    }

    /// Whole messages in the first `length` bytes.
    pub fn whole(&self, length: usize) -> usize {
        self.ends.partition_point(|end| *end <= length)
    }

    /// Whether a message ends there, or the first begins.
    pub fn is_boundary(&self, length: usize) -> bool {
        length == 0 || self.ends.binary_search(&length).is_ok()
    }

    /// Where the message with this number, from 1, begins.
    pub fn beginning(&self, number: usize) -> Option<usize> {
        match number {
            0 => None,
            1 => Some(0),
            _ => self.ends.get(number - 2).copied(),
        }
    }
}
