//! How far back the references of DEFLATE data go (RFC 1951 section 3.2).
//!
//! Libraries read data with whatever window they have; this reads the distances
//! themselves, so that one too far is seen, and inflates nothing.

/// Extra bits of the length codes 257 to 285.
const LENGTH_BITS: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];

/// In which order the lengths of the code of code lengths stand.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

const END_OF_BLOCK: usize = 256;

/// The longest distance in blocks that are whole; 0 if there is none. Panics at
/// what is not DEFLATE data.
pub(super) fn reach(blocks: &[u8]) -> usize {
    let mut bits = Bits {
        bytes: blocks,
        at: 0,
    };
    let mut reach = 0;
    // A block has three bits at least; less is padding.
    while bits.left() >= 8 {
        bits.take(1);
        match bits.take(2) {
            0 => bits.skip_stored(),
            1 => reach = reach.max(furthest(&mut bits, &fixed())),
            2 => {
                let codes = dynamic(&mut bits);
                reach = reach.max(furthest(&mut bits, &codes));
            }
            _ => panic!("a reserved block type"),
        }
    }
    reach
}

/// The codes of a block: of literals and lengths, and of distances.
struct Codes {
    literals: Code,
    distances: Code,
}

/// The longest distance of the block that goes on here.
fn furthest(bits: &mut Bits<'_>, codes: &Codes) -> usize {
    let mut furthest = 0;
    loop {
        match codes.literals.symbol(bits) {
            END_OF_BLOCK => return furthest,
            literal if literal < END_OF_BLOCK => {}
            length => {
                bits.take(LENGTH_BITS[length - END_OF_BLOCK - 1]);
                furthest = furthest.max(distance(codes.distances.symbol(bits), bits));
            }
        }
    }
}

fn distance(symbol: usize, bits: &mut Bits<'_>) -> usize {
    if symbol < 4 {
        return symbol + 1;
    }
    let extra = symbol / 2 - 1;
    let base = ((2 + symbol % 2) << extra) + 1;
    base + bits.take(extra as u8)
}

fn fixed() -> Codes {
    let lengths = [(144, 8), (112, 9), (24, 7), (8, 8)];
    let lengths: Vec<u8> = lengths
        .iter()
        .flat_map(|(count, length)| vec![*length; *count])
        .collect();
    Codes {
        literals: Code::new(&lengths),
        distances: Code::new(&[5; 30]),
    }
}

fn dynamic(bits: &mut Bits<'_>) -> Codes {
    let (literals, distances) = (bits.take(5) + 257, bits.take(5) + 1);
    let mut lengths = [0; 19];
    for place in &ORDER[..bits.take(4) + 4] {
        lengths[*place] = bits.take(3) as u8;
    }
    let code = Code::new(&lengths);
    let mut lengths: Vec<u8> = Vec::new();
    while lengths.len() < literals + distances {
        let (length, times) = match code.symbol(bits) {
            16 => (
                *lengths.last().expect("a length to repeat"),
                3 + bits.take(2),
            ),
            17 => (0, 3 + bits.take(3)),
            18 => (0, 11 + bits.take(7)),
            length => (length as u8, 1),
        };
        lengths.extend(vec![length; times]);
    }
    Codes {
        literals: Code::new(&lengths[..literals]),
        distances: Code::new(&lengths[literals..]),
    }
}

/// A Huffman code: symbols in the order of their code words, and how many
/// words there are of each length.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; 16];
        let mut symbols: Vec<usize> = (0..lengths.len()).filter(|at| lengths[*at] > 0).collect();
        symbols.sort_by_key(|at| lengths[*at]);
        for at in &symbols {
            counts[usize::from(lengths[*at])] += 1;
        }
        Self { counts, symbols }
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> usize {
        let (mut word, mut first, mut before) = (0, 0, 0);
        for count in &self.counts[1..] {
            word |= bits.take(1);
            if word < first + count {
                return self.symbols[before + word - first];
            }
            before += count;
            first = (first + count) << 1;
            word <<= 1;
        }
        panic!("a code word that is none")
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit.
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// So many bits as a number, the lowest first.
    fn take(&mut self, count: u8) -> usize {
        let mut number = 0;
        for place in 0..count {
            let bit = self.bytes[self.at / 8] >> (self.at % 8) & 1;
            number |= usize::from(bit) << place;
            self.at += 1;
        }
        number
    }

    fn skip_stored(&mut self) {
        self.at = self.at.next_multiple_of(8);
        let (length, check) = (self.take(16), self.take(16));
        assert_eq!(length ^ check, 0xffff, "a stored block of a wrong length");
        self.at += length * 8;
    }
}

#[test]
fn distances_are_those_of_the_text() {
    let tail: &[u8] = &[0x00, 0x00, 0xff, 0xff];
    let reach_of = |payload: &[u8]| reach(&[payload, tail].concat());
    assert_eq!(reach_of(super::HELLO), 0);
    assert_eq!(reach_of(super::HELLO_AGAIN), 5);
    for (far, level) in [(300, 1), (3000, 6), (20_000, 9)] {
        let text = [super::noise(far, 1), super::noise(far, 1)].concat();
        let mut stream = flate2::Compress::new(flate2::Compression::new(level), false);
        let mut payload = Vec::with_capacity(2 * text.len() + 100);
        let flush = flate2::FlushCompress::Sync;
        stream
            .compress_vec(&text, &mut payload, flush)
            .expect("room");
        assert_eq!(reach(&payload), far, "at level {level}");
    }
}
