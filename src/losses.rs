//! What was given to the writer, and what of it is a loss when it was not sent.

use crate::error::Undelivered;
use crate::ws::Unsent;

/// What is no loss if it is left unsent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forgiven {
    #[default]
    Nothing,
    /// What follows in stdin: nothing was to be sent after this.
    Input,
    /// What is on its way, too: what was wanted has come, or nobody listens.
    Everything,
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Losses {
    /// What is sent is what was received.
    echoes: bool,
    forgiven: Forgiven,
    /// What was sent on connections before this one.
    before: Sent,
    /// Messages that such a connection took in part.
    torn: u64,
}

/// Messages that went out whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sent {
    /// The other end answered a later ping.
    surely: u64,
    /// Handed to the network, and nothing more is known.
    perhaps: u64,
}

impl Losses {
    /// Those of a writer that is given what was received, whose end may never come.
    pub fn of_echo() -> Self {
        Losses {
            echoes: true,
            ..Losses::default()
        }
    }

    pub fn forgive(&mut self, what: Forgiven) {
        self.forgiven = self.forgiven.max(what);
    }

    /// A connection is lost and there will be another. `torn` messages were sent
    /// in part and cannot be sent again.
    pub fn interrupted(&mut self, queued: &Unsent, torn: u64) {
        self.before = self.before.and(Sent::of(queued));
        self.torn += torn;
    }

    /// What was sent on the connections before this one: surely, and perhaps.
    pub fn sent_before(&self) -> (u64, u64) {
        (self.before.surely, self.before.perhaps)
    }

    /// What is to be told as lost: of what the writer was given, and of
    /// messages that it was not given.
    pub fn lost(&self, queued: Unsent, not_given: u64) -> Option<Undelivered> {
        let mut unsent = queued;
        if queued.unfinished && (self.echoes || self.forgiven == Forgiven::Input) {
            // The end of what was to go back never came; or it was a line that
            // must not be sent, as its error says.
            unsent = queued.without_last();
        }
        if self.forgiven == Forgiven::Nothing {
            unsent.untouched += not_given;
        }
        let surely_not = unsent.untouched + u64::from(unsent.begun) + self.torn;
        let lost = self.forgiven != Forgiven::Everything && surely_not > 0;
        let sent = self.before.and(Sent::of(&queued));
        lost.then_some(Undelivered {
            surely: sent.surely,
            perhaps: sent.perhaps,
            in_part: u64::from(unsent.begun) + self.torn,
            surely_not,
        })
    }
}

impl Sent {
    fn of(queued: &Unsent) -> Self {
        let left = queued.untouched + u64::from(queued.begun) - u64::from(queued.unfinished);
        let whole = queued.queued.saturating_sub(left);
        let surely = queued.confirmed.min(whole);
        Sent {
            surely,
            perhaps: whole - surely,
        }
    }

    fn and(self, other: Sent) -> Sent {
        Sent {
            surely: self.surely + other.surely,
            perhaps: self.perhaps + other.perhaps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsent(untouched: u64, begun: bool, unfinished: bool) -> Unsent {
        Unsent {
            queued: 10,
            confirmed: 4,
            untouched,
            begun,
            unfinished,
        }
    }

    /// Surely, perhaps, surely not.
    fn told(account: &Losses, queued: Unsent, not_given: u64) -> Option<(u64, u64, u64)> {
        let lost = account.lost(queued, not_given)?;
        Some((lost.surely, lost.perhaps, lost.surely_not))
    }

    #[test]
    fn every_message_is_counted_once() {
        let account = Losses::default();
        assert_eq!(told(&account, unsent(0, false, false), 0), None);
        let cases = [
            ((3, true, false), 2, (4, 2, 6)),
            ((3, false, false), 0, (4, 3, 3)),
            // The eleventh was given in part.
            ((1, false, true), 0, (4, 6, 1)),
            ((0, true, true), 4, (4, 6, 5)),
            ((3, true, true), 0, (4, 3, 4)),
        ];
        for ((untouched, begun, unfinished), not_given, expected) in cases {
            let queued = unsent(untouched, begun, unfinished);
            assert_eq!(told(&account, queued, not_given), Some(expected));
        }
    }

    #[test]
    fn what_is_forgiven_is_not_told() {
        let mut account = Losses::default();
        account.forgive(Forgiven::Input);
        assert_eq!(told(&account, unsent(0, false, false), 9), None);
        assert_eq!(told(&account, unsent(0, true, true), 9), None);
        let one = told(&account, unsent(1, false, false), 9);
        assert_eq!(one, Some((4, 5, 1)));
        account.forgive(Forgiven::Everything);
        account.forgive(Forgiven::Input);
        assert_eq!(told(&account, unsent(2, true, false), 9), None);
    }

    #[test]
    fn an_echo_of_what_did_not_end_is_no_loss() {
        let account = Losses::of_echo();
        assert_eq!(told(&account, unsent(1, false, true), 0), None);
        let queued = unsent(2, false, true);
        assert_eq!(told(&account, queued, 0), Some((4, 5, 1)));
    }
}
