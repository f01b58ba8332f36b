//! Bytes of which some may be any: `ff ?? 01`, `ff ...`.

use crate::notation::NotationError;
use crate::notation::part::{Part, hex_digit, is_blank};

/// See the module's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// `None` is any byte.
    bytes: Vec<Option<u8>>,
    /// Whether any others may follow.
    goes_on: bool,
}

/// Half of a byte as it is written.
#[derive(Debug, Clone, Copy)]
enum Digit {
    Hex(u8),
    Any,
}

impl Bytes {
    /// Pairs of hex digits or of `?`, with or without blanks between them, and
    /// perhaps `...` at the end.
    ///
    /// # Errors
    /// Anything else, with its column.
    pub(super) fn parse(argument: Part<'_>) -> Result<Bytes, NotationError> {
        let argument = argument.trimmed();
        let (text, goes_on) = match argument.text.strip_suffix("...") {
            Some(text) => (text, true),
            None => (argument.text, false),
        };
        let bytes = pairs(Part { text, ..argument })?;
        Ok(Bytes { bytes, goes_on })
    }

    /// Whether data is such bytes.
    pub fn matches(&self, data: &[u8]) -> bool {
        let count = self.bytes.len();
        let fits = data.len() == count || self.goes_on && data.len() > count;
        let mut pairs = self.bytes.iter().zip(data);
        fits && pairs.all(|(expected, byte)| expected.is_none_or(|expected| expected == *byte))
    }

    /// The bytes in order; `None` is any.
    pub fn bytes(&self) -> &[Option<u8>] {
        &self.bytes
    }

    /// Whether any others may follow.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// The bytes, if there is no doubt about any.
    pub fn exact(&self) -> Option<Vec<u8>> {
        let bytes = self.bytes.iter().copied().collect();
        Some(bytes).filter(|_| !self.goes_on).flatten()
    }

    /// How many bytes there are at least.
    pub(super) fn min_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Both halves of a byte are given, or neither.
fn pairs(part: Part<'_>) -> Result<Vec<Option<u8>>, NotationError> {
    let mut bytes = Vec::with_capacity(part.text.len() / 2);
    let mut first: Option<(usize, Digit)> = None;
    for (index, c) in part.text.chars().enumerate() {
        match (digit(c), first.take()) {
            (Some(Digit::Hex(low)), Some((_, Digit::Hex(high)))) => {
                bytes.push(Some(high << 4 | low));
            }
            (Some(Digit::Any), Some((_, Digit::Any))) => bytes.push(None),
            (Some(digit), None) => first = Some((index, digit)),
            (None, None) if is_blank(c) => {}
            (Some(_), Some((at, _))) => return Err(half_byte(part, at)),
            (None, Some((at, _))) if is_blank(c) => return Err(half_byte(part, at)),
            (None, _) if c == '.' => {
                return Err(part.error_at(index, "`...` can only stand at the end"));
            }
            (None, _) => return Err(part.error_at(index, format!("`{c}` is not a hex digit"))),
        }
    }
    match first {
        Some((at, _)) => Err(half_byte(part, at)),
        None => Ok(bytes),
    }
}

fn digit(c: char) -> Option<Digit> {
    match c {
        '?' => Some(Digit::Any),
        _ => hex_digit(c).map(Digit::Hex),
    }
}

fn half_byte(part: Part<'_>, index: usize) -> NotationError {
    part.error_at(index, "a byte is two hex digits, or `??` for any")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Bytes, NotationError> {
        Bytes::parse(Part { text, column: 9 })
    }

    /// Bytes, data that is such, other data.
    type Row = (
        &'static str,
        &'static [&'static [u8]],
        &'static [&'static [u8]],
    );

    #[test]
    fn bytes_may_be_any_and_others_may_follow() {
        let table: [Row; 7] = [
            ("", &[b""], &[b"\0"]),
            ("...", &[b"", b"\0", b"abc"], &[]),
            ("61 ?? 63", &[b"abc", b"a\xffc"], &[b"ab", b"abcd", b"abd"]),
            ("61??63", &[b"abc"], &[b"bbc"]),
            (" ?? ", &[b"a", b"\0"], &[b"", b"ab"]),
            ("61 62...", &[b"ab", b"abc"], &[b"a", b"ac", b"bab"]),
            ("61 ?? ...  ", &[b"ab", b"abc"], &[b"a"]),
        ];
        for (text, matching, others) in table {
            let bytes = parse(text).unwrap();
            for data in matching {
                assert!(bytes.matches(data), "{text} and {data:?}");
            }
            for data in others {
                assert!(!bytes.matches(data), "{text} and {data:?}");
            }
        }
    }

    #[test]
    fn an_error_says_where_a_byte_is_broken() {
        let half = "a byte is two hex digits, or `??` for any";
        let table = [
            ("6", 9, half),
            ("61 ?", 12, half),
            ("6? 61", 9, half),
            ("?6", 9, half),
            ("61 6 1", 12, half),
            ("61 ... 62", 12, "`...` can only stand at the end"),
            ("61 ..", 12, "`...` can only stand at the end"),
            ("61 ....", 12, "`...` can only stand at the end"),
            ("61 é", 12, "`é` is not a hex digit"),
            ("6 ...", 9, half),
        ];
        for (text, column, message) in table {
            let error = parse(text).unwrap_err();
            assert_eq!(
                (error.column, error.message.as_str()),
                (column, message),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn bytes_match_themselves_with_any_of_them_open(data in prop::collection::vec(any::<(u8, bool)>(), 0..40)) {
            let written = data.iter().map(|(byte, open)| match open {
                true => "?? ".to_owned(),
                false => format!("{byte:02x} "),
            });
            let line = written.collect::<String>();
            let mut data: Vec<u8> = data.iter().map(|(byte, _)| *byte).collect();
            let both = [parse(&line).unwrap(), parse(&format!("{line}...")).unwrap()];
            prop_assert_eq!(both.each_ref().map(|bytes| bytes.matches(&data)), [true, true]);
            data.push(0);
            prop_assert_eq!(both.each_ref().map(|bytes| bytes.matches(&data)), [false, true]);
        }
    }
}
