//! Whole messages, for those who need them.

use super::Piece;
use crate::message::Kind;

/// Joins the pieces of a message.
///
/// A message that arrives in one piece is lent on without copying; one that
/// takes several is held, so set a limit on the connection.
#[derive(Default)]
pub struct Assembler {
    held: Vec<u8>,
    over: bool,
}

impl Assembler {
    /// The whole message, when this piece is its last.
    pub fn push<'a>(&'a mut self, piece: &Piece<'a>) -> Option<(Kind, &'a [u8])> {
        if std::mem::take(&mut self.over) {
            self.held = Vec::new();
        }
        if piece.first && piece.last {
            return Some((piece.kind, piece.bytes));
        }
        self.held.extend_from_slice(piece.bytes);
        self.over = piece.last;
        piece.last.then_some((piece.kind, &self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: &[u8], first: bool, last: bool) -> Piece<'_> {
        Piece {
            kind: Kind::Binary,
            bytes,
            first,
            last,
        }
    }

    #[test]
    fn pieces_are_joined_and_nothing_is_left_for_the_next_message() {
        let mut assembler = Assembler::default();
        assert_eq!(assembler.push(&piece(b"ab", true, false)), None);
        assert_eq!(assembler.push(&piece(b"", false, false)), None);
        let whole = assembler.push(&piece(b"c", false, true));
        assert_eq!(whole, Some((Kind::Binary, &b"abc"[..])));
        let one = assembler.push(&piece(b"x", true, true));
        assert_eq!(one, Some((Kind::Binary, &b"x"[..])));
        assert_eq!(assembler.push(&piece(b"y", true, false)), None);
        let whole = assembler.push(&piece(b"z", false, true));
        assert_eq!(whole, Some((Kind::Binary, &b"yz"[..])));
    }
}
