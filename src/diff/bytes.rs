//! Bytes, some of which may be any.

use super::text::count;
use crate::pattern::Bytes;

/// The bytes that are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected<'a> {
    Exactly(&'a [u8]),
    Gaps(&'a Bytes),
}

impl Expected<'_> {
    pub(super) fn len(self) -> usize {
        match self {
            Expected::Exactly(bytes) => bytes.len(),
            Expected::Gaps(bytes) => bytes.bytes().len(),
        }
    }

    /// Whether more bytes may follow.
    fn goes_on(self) -> bool {
        matches!(self, Expected::Gaps(bytes) if bytes.goes_on())
    }

    /// The byte that has to be at a place, counted from 0, if one has to.
    fn at(self, index: usize) -> Option<u8> {
        match self {
            Expected::Exactly(bytes) => bytes.get(index).copied(),
            Expected::Gaps(bytes) => bytes.bytes().get(index).copied().flatten(),
        }
    }

    /// The places where other bytes are found, with what is expected there and what
    /// is found.
    pub(super) fn others(self, found: &[u8]) -> impl Iterator<Item = (usize, u8, u8)> {
        let pairs = found.iter().enumerate().take(self.len());
        pairs.filter_map(move |(index, &found)| {
            let expected = self.at(index)?;
            (expected != found).then_some((index, expected, found))
        })
    }

    /// How many bytes are too many or too few.
    pub(super) fn surplus(self, found: &[u8]) -> usize {
        match self.goes_on() {
            true => self.len().saturating_sub(found.len()),
            false => self.len().abs_diff(found.len()),
        }
    }
}

/// How bytes differ from those that are expected.
pub(super) fn differences(expected: Expected<'_>, found: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    if expected.surplus(found) > 0 {
        let least = if expected.goes_on() { "at least " } else { "" };
        let bytes = count(expected.len(), "byte");
        lines.push(format!("expected {least}{bytes}, came {}", found.len()));
    }
    let mut others = expected.others(found);
    if let Some((index, expected, found)) = others.next() {
        let mut line = format!(
            "byte {}: expected {expected:02x}, came {found:02x}",
            index + 1
        );
        match others.count() {
            0 => {}
            more => line.push_str(&format!(" (and {more} more)")),
        }
        lines.push(line);
    }
    lines
}
