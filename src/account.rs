//! What was given to the writer, and what of it is a loss when it was not sent.

use crate::error::Undelivered;
use crate::ws::Unsent;

/// What is no loss if it is left unsent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forgiven {
    Nothing,
    /// What follows in stdin: nothing was to be sent after this.
    Input,
    /// What is on its way, too: what was wanted has come, or nobody listens.
    Everything,
}

/// See the module's head.
#[derive(Debug)]
pub struct Account {
    /// What is sent is what was received.
    echoes: bool,
    given: u64,
    forgiven: Forgiven,
}

impl Account {
    pub fn new(echoes: bool) -> Self {
        Account {
            echoes,
            given: 0,
            forgiven: Forgiven::Nothing,
        }
    }

    /// So many more whole messages were given to the writer.
    pub fn given(&mut self, messages: u64) {
        self.given += messages;
    }

    pub fn forgive(&mut self, what: Forgiven) {
        self.forgiven = self.forgiven.max(what);
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
        let not_sent = queued.untouched + u64::from(queued.begun) - u64::from(queued.unfinished);
        let lost = self.forgiven != Forgiven::Everything && !unsent.is_none();
        lost.then_some(Undelivered {
            sent: self.given.saturating_sub(not_sent),
            unsent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsent(untouched: u64, begun: bool, unfinished: bool) -> Unsent {
        Unsent {
            untouched,
            begun,
            unfinished,
        }
    }

    /// Whole, in part, not at all.
    fn told(account: &Account, queued: Unsent, not_given: u64) -> Option<(u64, bool, u64)> {
        let lost = account.lost(queued, not_given)?;
        Some((lost.sent, lost.unsent.begun, lost.unsent.untouched))
    }

    #[test]
    fn every_message_is_counted_once() {
        let mut account = Account::new(false);
        account.given(10);
        assert_eq!(told(&account, unsent(0, false, false), 0), None);
        let cases = [
            ((3, true, false), 2, (6, true, 5)),
            ((3, false, false), 0, (7, false, 3)),
            // The eleventh was given in part.
            ((1, false, true), 0, (10, false, 1)),
            ((0, true, true), 4, (10, true, 4)),
            ((3, true, true), 0, (7, true, 3)),
        ];
        for ((untouched, begun, unfinished), not_given, expected) in cases {
            let queued = unsent(untouched, begun, unfinished);
            assert_eq!(told(&account, queued, not_given), Some(expected));
        }
    }

    #[test]
    fn what_is_forgiven_is_not_told() {
        let mut account = Account::new(false);
        account.given(2);
        account.forgive(Forgiven::Input);
        assert_eq!(told(&account, unsent(0, false, false), 9), None);
        assert_eq!(told(&account, unsent(0, true, true), 9), None);
        assert_eq!(
            told(&account, unsent(1, false, false), 9),
            Some((1, false, 1))
        );
        account.forgive(Forgiven::Everything);
        account.forgive(Forgiven::Input);
        assert_eq!(told(&account, unsent(2, true, false), 9), None);
    }

    #[test]
    fn an_echo_of_what_did_not_end_is_no_loss() {
        let mut account = Account::new(true);
        account.given(2);
        assert_eq!(told(&account, unsent(1, false, true), 0), None);
        assert_eq!(
            told(&account, unsent(2, false, true), 0),
            Some((1, false, 1))
        );
    }
}
