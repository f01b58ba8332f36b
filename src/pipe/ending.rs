//! When a pipe is over: a pure state machine over moments.
//!
//! Without a count, the clock runs from the last data message sent or received
//! after the end of input, and stands still while input is unsent or output is
//! blocked. With a count there is no clock.

use std::time::{Duration, Instant};

/// How long to wait for replies after the end of input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Linger {
    /// [`SHORT`], but [`LONG`] when nothing was received since the last
    /// message went out.
    #[default]
    Default,
    For(Duration),
    /// Until the other end closes.
    Forever,
}

/// The default wait after the last data message.
pub(super) const SHORT: Duration = Duration::from_secs(1);
/// The default wait for a first reply.
pub(super) const LONG: Duration = Duration::from_secs(5);

/// Why to close now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// As many messages as were asked for have come.
    Counted,
    /// Nothing more came for long enough.
    Quiet,
    /// The last message got no reply in this time, which is the default's.
    NoReply(Duration),
}

/// See the module's head.
#[derive(Debug)]
pub(super) struct Ending {
    linger: Linger,
    count: Option<u64>,
    received: u64,
    /// Since when nothing has happened; nothing before the end of input.
    still: Option<Instant>,
    sent_any: bool,
    replied: bool,
}

impl Ending {
    pub(super) fn new(linger: Linger, count: Option<u64>) -> Self {
        Ending {
            linger,
            count,
            received: 0,
            still: None,
            sent_any: false,
            replied: false,
        }
    }

    /// Whether as many messages as were asked for have come.
    pub(super) fn is_counted(&self) -> bool {
        self.count.is_some_and(|count| self.received >= count)
    }

    /// What was asked for and not reached.
    pub(super) fn missing(&self) -> Option<(u64, u64)> {
        let count = self.count?;
        (self.received < count).then_some((self.received, count))
    }

    /// A data message was queued.
    pub(super) fn sent(&mut self) {
        self.sent_any = true;
        self.replied = false;
        self.still = None;
    }

    /// A data message has ended to arrive.
    pub(super) fn received(&mut self, at: Instant) {
        self.received += 1;
        self.arriving(at);
    }

    /// A part of a data message has arrived.
    pub(super) fn arriving(&mut self, at: Instant) {
        self.replied = true;
        if let Some(still) = &mut self.still {
            *still = at.max(*still);
        }
    }

    /// There is nothing left to send, and output is not blocked; or there is.
    pub(super) fn idle(&mut self, idle: bool, now: Instant) {
        match idle {
            true => _ = self.still.get_or_insert(now),
            false => self.still = None,
        }
    }

    /// Whether the clock runs.
    pub(super) fn is_running(&self) -> bool {
        self.still.is_some()
    }

    /// When to ask again.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.still?.checked_add(self.patience()?)
    }

    /// Whether it is time to close. Everything that came until `quiet` has
    /// been told.
    pub(super) fn verdict(&self, quiet: Instant) -> Option<Over> {
        if self.is_counted() {
            return Some(Over::Counted);
        }
        if self.deadline()? > quiet {
            return None;
        }
        match (self.linger, self.unanswered()) {
            (Linger::Default, true) => Some(Over::NoReply(LONG)),
            _ => Some(Over::Quiet),
        }
    }

    fn patience(&self) -> Option<Duration> {
        match self.linger {
            _ if self.count.is_some() => None,
            Linger::Forever => None,
            Linger::For(time) => Some(time),
            Linger::Default if self.unanswered() => Some(LONG),
            Linger::Default => Some(SHORT),
        }
    }

    fn unanswered(&self) -> bool {
        self.sent_any && !self.replied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// An ending whose input is over at the moment returned.
    fn over(linger: Linger, count: Option<u64>, sent: bool) -> (Ending, Instant) {
        let start = Instant::now();
        let mut ending = Ending::new(linger, count);
        if sent {
            ending.sent();
        }
        ending.idle(true, start);
        (ending, start)
    }

    #[test]
    fn a_message_without_a_reply_is_waited_for_five_seconds() {
        let (ending, start) = over(Linger::Default, None, true);
        assert_eq!(ending.deadline(), Some(start + LONG));
        assert_eq!(ending.verdict(start + LONG - MS), None);
        assert_eq!(ending.verdict(start + LONG), Some(Over::NoReply(LONG)));
    }

    #[test]
    fn after_a_reply_one_second_of_quiet_ends_it() {
        let (mut ending, start) = over(Linger::Default, None, true);
        ending.received(start + 300 * MS);
        assert_eq!(ending.verdict(start + SHORT), None);
        assert_eq!(ending.verdict(start + 300 * MS + SHORT), Some(Over::Quiet));
    }

    #[test]
    fn a_reply_to_an_earlier_message_does_not_answer_the_last() {
        let start = Instant::now();
        let mut ending = Ending::new(Linger::Default, None);
        ending.sent();
        ending.received(start);
        ending.sent();
        ending.idle(true, start);
        assert_eq!(ending.deadline(), Some(start + LONG));
    }

    #[test]
    fn nothing_sent_is_no_message_to_be_answered() {
        let (ending, start) = over(Linger::Default, None, false);
        assert_eq!(ending.verdict(start + SHORT), Some(Over::Quiet));
    }

    #[test]
    fn the_clock_stands_still_before_the_end_of_input_and_while_busy() {
        let start = Instant::now();
        let mut ending = Ending::new(Linger::Default, None);
        ending.sent();
        assert_eq!(ending.deadline(), None);
        ending.idle(true, start);
        ending.idle(false, start + MS);
        assert_eq!(ending.verdict(start + 10 * LONG), None);
        ending.idle(true, start + LONG);
        assert_eq!(ending.deadline(), Some(start + 2 * LONG));
    }

    #[test]
    fn an_explicit_linger_holds_with_and_without_replies() {
        let (ending, start) = over(Linger::For(Duration::ZERO), None, true);
        assert_eq!(ending.verdict(start), Some(Over::Quiet));
        let (ending, start) = over(Linger::Forever, None, true);
        assert_eq!(ending.verdict(start + 1000 * LONG), None);
    }

    #[test]
    fn a_count_ends_it_at_once_and_stops_the_clock() {
        let (mut ending, start) = over(Linger::Default, Some(2), true);
        assert_eq!(ending.deadline(), None);
        ending.received(start);
        assert_eq!(ending.verdict(start + 1000 * LONG), None);
        assert_eq!(ending.missing(), Some((1, 2)));
        ending.received(start);
        assert_eq!(ending.verdict(start), Some(Over::Counted));
        assert_eq!(ending.missing(), None);
    }
}
