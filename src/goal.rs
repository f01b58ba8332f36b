//! What a run waits for: a number of messages (`--count`), or one that matches
//! (`--until`). Of both, the first ends it.

use crate::error::Error;
use crate::message::{Kind, MessageRef};
use crate::pattern::Pattern;
use crate::ws::{Assembler, Received};

/// What is to come.
#[derive(Clone, Debug, Default)]
pub struct Goal {
    /// So many data messages.
    pub count: Option<u64>,
    /// A message, ping or pong that matches.
    pub until: Option<Pattern>,
}

/// What is to come, and what of it has.
pub struct Wanted {
    goal: Goal,
    assembler: Assembler,
    received: u64,
    matched: bool,
}

impl Wanted {
    pub fn new(goal: Goal) -> Self {
        Wanted {
            goal,
            assembler: Assembler::default(),
            received: 0,
            matched: false,
        }
    }

    /// Whether messages have to be held whole to be compared.
    pub fn reads(goal: &Goal) -> bool {
        let reads = |pattern: &Pattern| pattern.reads(Kind::Text) || pattern.reads(Kind::Binary);
        goal.until.as_ref().is_some_and(reads)
    }

    /// Whether anything is waited for.
    pub fn is_any(&self) -> bool {
        self.goal.count.is_some() || self.goal.until.is_some()
    }

    /// Data messages that have come to their end.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Looks at what was received.
    pub fn see(&mut self, received: &Received<'_>) {
        match (&self.goal.until, received) {
            (None, Received::Data(piece)) => self.received += u64::from(piece.last),
            (None, _) => {}
            (Some(_), _) => self.compare(received),
        }
    }

    fn compare(&mut self, received: &Received<'_>) {
        let message = match received {
            Received::Data(piece) => {
                self.received += u64::from(piece.last);
                let reads = |pattern: &Pattern| pattern.reads(piece.kind);
                let whole = match self.goal.until.as_ref().is_some_and(reads) {
                    true => self.assembler.push(piece),
                    // Nothing is held for nobody.
                    false => piece.last.then_some((piece.kind, &[][..])),
                };
                whole.map(|(kind, bytes)| MessageRef::data(kind, bytes))
            }
            Received::Ping(data) => Some(MessageRef::Ping(data)),
            Received::Pong(data) => Some(MessageRef::Pong(data)),
            Received::Close(_) => None,
        };
        if let (Some(pattern), Some(message)) = (&self.goal.until, message) {
            self.matched |= pattern.matches(message);
        }
    }

    /// The connection is lost: the message at hand will not be completed.
    pub fn interrupted(&mut self) {
        self.assembler = Assembler::default();
    }

    /// Whether it has come.
    pub fn is_met(&self) -> bool {
        let counted = |count| self.received >= count;
        self.matched || self.goal.count.is_some_and(counted)
    }

    /// The error of what has not come.
    pub fn missing(&self) -> Option<Error> {
        if self.is_met() {
            return None;
        }
        let received = self.received;
        let text = match (self.goal.count, &self.goal.until) {
            (None, None) => return None,
            (Some(count), None) => {
                format!("only {received} of the {count} messages that were waited for came")
            }
            (None, Some(_)) => format!("none of the {received} messages that came matches --until"),
            (Some(count), Some(_)) => format!(
                "only {received} of the {count} messages that were waited for came, and none matches --until"
            ),
        };
        Some(Error::Expectation {
            message: text,
            hint: self
                .goal
                .until
                .as_ref()
                .and_then(Pattern::hint)
                .or(Some("the connection ended before that: -v tells how")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::Piece;

    fn wanted(count: Option<u64>, until: Option<&str>) -> Wanted {
        Wanted::new(Goal {
            count,
            until: until.map(|line| Pattern::parse(line).unwrap()),
        })
    }

    fn see(wanted: &mut Wanted, bytes: &[u8], first: bool, last: bool) {
        wanted.see(&Received::Data(Piece {
            kind: Kind::Text,
            bytes,
            first,
            last,
        }));
    }

    #[test]
    fn a_count_is_met_by_messages_that_ended() {
        let mut wanted = wanted(Some(2), None);
        see(&mut wanted, b"x", true, true);
        see(&mut wanted, b"x", true, false);
        assert!(!wanted.is_met());
        let missing = wanted.missing().map(|error| error.to_string());
        assert!(missing.is_some_and(|text| text.contains("1 of the 2")));
        see(&mut wanted, b"x", false, true);
        assert!(wanted.is_met() && wanted.missing().is_none());
    }

    #[test]
    fn a_message_is_compared_when_it_is_whole() {
        let mut wanted = wanted(None, Some("done"));
        see(&mut wanted, b"done ", true, true);
        see(&mut wanted, b"do", true, false);
        wanted.see(&Received::Pong(b"done"));
        assert!(!wanted.is_met() && wanted.missing().is_some());
        see(&mut wanted, b"ne", false, true);
        assert!(wanted.is_met());
    }

    #[test]
    fn what_a_lost_connection_left_does_not_begin_another_message() {
        let mut wanted = wanted(None, Some("done"));
        see(&mut wanted, b"do", true, false);
        wanted.interrupted();
        see(&mut wanted, b"ne", true, true);
        assert!(!wanted.is_met());
    }

    #[test]
    fn of_a_count_and_a_pattern_the_first_ends_it() {
        let mut by_pattern = wanted(Some(2), Some("done"));
        see(&mut by_pattern, b"done", true, true);
        assert!(by_pattern.is_met());
        let mut by_count = wanted(Some(1), Some("done"));
        see(&mut by_count, b"other", true, true);
        assert!(by_count.is_met() && by_count.missing().is_none());
    }

    #[test]
    fn a_pong_can_be_waited_for_and_nothing_need_be() {
        let mut pong = wanted(None, Some("/pong k"));
        pong.see(&Received::Pong(b"k"));
        assert!(pong.is_met());
        let nothing = wanted(None, None);
        assert!(!nothing.is_any() && nothing.missing().is_none());
    }
}
