//! What a connection that is over has not sent, to be sent on another.

use super::watch::opcode;
use crate::message::Kind;

/// Messages that were given to a writer and not wholly written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leftover {
    /// The whole ones, in their order.
    pub messages: Vec<(Kind, Vec<u8>)>,
    /// The last one, as far as it was given.
    pub beginning: Option<(Kind, Vec<u8>)>,
    /// Messages whose beginning has been written and is not kept: they can no
    /// longer be sent.
    pub torn: u64,
    /// The end of the last of those has not been given.
    pub torn_at_the_end: bool,
}

/// Joins frames to what they are the rest of.
#[derive(Default)]
pub(super) struct Gather {
    leftover: Leftover,
    open: Option<(Kind, Vec<u8>)>,
    torn: bool,
}

impl Gather {
    /// The next data frame that was not wholly written.
    pub(super) fn frame(&mut self, code: u8, fin: bool, payload: &[u8]) {
        match code {
            opcode::TEXT => self.open = Some((Kind::Text, payload.to_vec())),
            opcode::BINARY => self.open = Some((Kind::Binary, payload.to_vec())),
            _ => match &mut self.open {
                Some((_, bytes)) => bytes.extend_from_slice(payload),
                None => self.torn = true,
            },
        }
        if fin {
            self.leftover.messages.extend(self.open.take());
            self.leftover.torn += u64::from(std::mem::take(&mut self.torn));
        }
    }

    /// What of the last message, whose end was not given, has not been made a
    /// frame yet; `begun` if other parts of it have.
    pub(super) fn unfinished(&mut self, kind: Kind, payload: &[u8], begun: bool) {
        match &mut self.open {
            Some((_, bytes)) => bytes.extend_from_slice(payload),
            None if begun => self.torn = true,
            None => self.open = Some((kind, payload.to_vec())),
        }
    }

    pub(super) fn finish(mut self) -> Leftover {
        self.leftover.beginning = self.open;
        self.leftover.torn += u64::from(self.torn);
        self.leftover.torn_at_the_end = self.torn;
        self.leftover
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opcode::{BINARY, CONTINUATION, TEXT};

    fn text(text: &str) -> (Kind, Vec<u8>) {
        (Kind::Text, text.as_bytes().to_vec())
    }

    #[test]
    fn whole_messages_are_kept_and_a_torn_one_is_counted() {
        let mut gather = Gather::default();
        gather.frame(CONTINUATION, true, b"end of what has gone");
        gather.frame(TEXT, false, b"a");
        gather.frame(CONTINUATION, true, b"b");
        gather.frame(BINARY, true, b"c");
        let leftover = gather.finish();
        let binary = (Kind::Binary, b"c".to_vec());
        assert_eq!(leftover.messages, [text("ab"), binary]);
        assert_eq!((leftover.torn, leftover.torn_at_the_end), (1, false));
        assert_eq!(leftover.beginning, None);
    }

    #[test]
    fn a_beginning_is_kept_unless_a_part_of_it_has_gone() {
        let mut gather = Gather::default();
        gather.frame(TEXT, false, b"a");
        gather.unfinished(Kind::Text, b"b", true);
        assert_eq!(gather.finish().beginning, Some(text("ab")));
        let mut gather = Gather::default();
        gather.unfinished(Kind::Text, b"b", false);
        assert_eq!(gather.finish().beginning, Some(text("b")));
        let mut gather = Gather::default();
        gather.unfinished(Kind::Text, b"b", true);
        let leftover = gather.finish();
        assert_eq!((leftover.torn, leftover.torn_at_the_end), (1, true));
        assert_eq!(leftover.beginning, None);
    }
}
