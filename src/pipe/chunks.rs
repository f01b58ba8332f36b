//! What is read at once becomes one message.

use crate::message::Kind;
use crate::ws::Outlet;

/// Makes a message of each read.
pub(super) struct Chunks {
    kind: Kind,
    /// Bytes of stdin before the ones at hand.
    before: u64,
}

impl Chunks {
    pub(super) fn new(kind: Kind) -> Self {
        Chunks { kind, before: 0 }
    }

    /// Queues what is there, but for a character that is not complete; how many
    /// bytes that were.
    ///
    /// # Errors
    /// The place of a byte that is not UTF-8, counted from 1, or of a character
    /// that the end of stdin cuts off. What was read with it is not sent.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        ended: bool,
        writer: &mut dyn Outlet,
    ) -> Result<usize, u64> {
        let end = match (self.kind, str::from_utf8(bytes)) {
            (Kind::Binary, _) | (Kind::Text, Ok(_)) => bytes.len(),
            (Kind::Text, Err(error)) if error.error_len().is_some() || ended => {
                return Err(self.before + error.valid_up_to() as u64 + 1);
            }
            (Kind::Text, Err(error)) => error.valid_up_to(),
        };
        if end > 0 {
            writer.message(self.kind, &bytes[..end]);
        }
        self.before += end as u64;
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::{Connection, Role};
    use std::io::Cursor;

    fn sent(kind: Kind, chunks: &[&[u8]]) -> (Vec<u8>, Option<u64>) {
        let wire = Cursor::new(Vec::new());
        let mut connection = Connection::new(wire, Role::Server, &[]);
        let mut cutter = Chunks::new(kind);
        let mut held = Vec::new();
        let mut error = None;
        for (number, chunk) in chunks.iter().enumerate() {
            held.extend_from_slice(chunk);
            let ended = number + 1 == chunks.len();
            match cutter.take(&held, ended, connection.writer_mut()) {
                Ok(count) => _ = held.drain(..count),
                Err(place) => {
                    error = Some(place);
                    break;
                }
            }
        }
        connection.flush().unwrap();
        (connection.io().get_ref().clone(), error)
    }

    #[test]
    fn each_read_is_a_message() {
        let (wire, error) = sent(Kind::Binary, &[b"a\n", b"\xff", b""]);
        assert_eq!((&wire[..], error), (&b"\x82\x02a\n\x82\x01\xff"[..], None));
    }

    #[test]
    fn a_character_is_not_torn_apart() {
        let (wire, error) = sent(Kind::Text, &[b"a\xc3", b"\xa9b", b""]);
        let expected = b"\x81\x01a\x81\x03\xc3\xa9b";
        assert_eq!((&wire[..], error), (&expected[..], None));
    }

    #[test]
    fn what_is_no_text_is_named_by_its_place_in_the_stream() {
        assert_eq!(sent(Kind::Text, &[b"abc", b"d\xffe", b""]).1, Some(5));
        assert_eq!(sent(Kind::Text, &[b"abc", b"d\xc3", b""]).1, Some(5));
    }
}
