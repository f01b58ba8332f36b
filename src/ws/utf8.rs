//! UTF-8 of a text message, checked piece by piece (RFC 6455 section 8.1).

/// Remembers the beginning of a character that a piece ended in.
#[derive(Default)]
pub struct Utf8 {
    partial: [u8; 4],
    held: usize,
}

/// The text so far cannot become valid, whatever follows.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid {
    /// How many bytes of the last piece were still good.
    pub at: usize,
}

impl Utf8 {
    /// Checks the next bytes, and fails at the first that cannot belong.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Invalid> {
        let rest = self.complete_partial(bytes)?;
        let before = bytes.len() - rest.len();
        match std::str::from_utf8(rest) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_some() => Err(Invalid {
                at: before + error.valid_up_to(),
            }),
            Err(error) => {
                let tail = rest.get(error.valid_up_to()..).unwrap_or_default();
                self.held = tail.len();
                self.partial[..tail.len()].copy_from_slice(tail);
                Ok(())
            }
        }
    }

    /// The message is over: fails if it ends inside a character.
    pub fn finish(&mut self) -> Result<(), Invalid> {
        match std::mem::take(&mut self.held) {
            0 => Ok(()),
            _ => Err(Invalid { at: 0 }),
        }
    }

    /// Feeds the held character byte by byte; returns what follows it.
    fn complete_partial<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Invalid> {
        let mut rest = bytes;
        while self.held > 0 {
            let Some((first, after)) = rest.split_first() else {
                break;
            };
            rest = after;
            self.partial[self.held] = *first;
            self.held += 1;
            match std::str::from_utf8(&self.partial[..self.held]) {
                Ok(_) => self.held = 0,
                Err(error) if error.error_len().is_some() => return Err(Invalid { at: 0 }),
                Err(_) => {}
            }
        }
        Ok(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(bytes: &[u8], step: usize) -> Result<(), Invalid> {
        let mut utf8 = Utf8::default();
        bytes.chunks(step).try_for_each(|piece| utf8.push(piece))?;
        utf8.finish()
    }

    proptest! {
        #[test]
        fn pieces_give_the_verdict_of_the_whole(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x80..0xc0_u8, Just(0xe2), Just(0xf0)], 0..40),
            step in 1_usize..5,
        ) {
            prop_assert_eq!(verdict(&bytes, step).is_ok(), std::str::from_utf8(&bytes).is_ok());
        }

        #[test]
        fn any_text_passes_in_any_pieces(text: String, step in 1_usize..5) {
            prop_assert_eq!(verdict(text.as_bytes(), step), Ok(()));
        }
    }

    #[test]
    fn an_impossible_second_byte_fails_before_the_character_is_whole() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"\xf4"), Ok(()));
        assert_eq!(utf8.push(b"\x90"), Err(Invalid { at: 0 }));
    }

    #[test]
    fn a_surrogate_fails_at_its_second_byte() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"ok \xed"), Ok(()));
        assert_eq!(utf8.push(b"\xa0"), Err(Invalid { at: 0 }));
    }

    #[test]
    fn an_error_says_how_much_of_the_piece_was_good() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"\xc3"), Ok(()));
        assert_eq!(utf8.push(b"\xa9ab\xff"), Err(Invalid { at: 3 }));
    }

    #[test]
    fn a_text_may_not_end_inside_a_character() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push("\u{20ac}".as_bytes()), Ok(()));
        assert_eq!(utf8.push(b"\xe2\x82"), Ok(()));
        assert_eq!(utf8.finish(), Err(Invalid { at: 0 }));
    }
}
