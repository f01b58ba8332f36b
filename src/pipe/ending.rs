//! When a pipe is over: a pure state machine over moments.
//!
//! What was asked to come ends it at once. Otherwise the clock runs from the last
//! data message sent or received after the end of input, and stands still while
//! input is unsent or output is blocked; it does not run at all while something
//! asked for has not come. A plain wait (`--wait`) runs whatever happens.

use std::time::{Duration, Instant};

/// How long to stay once everything has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// As long as something comes.
    Linger(Linger),
    /// That long, whatever comes; without a time, until the other end closes.
    For(Option<Duration>),
}

/// How long to wait for replies after the end of input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Linger {
    /// A second, but five when nothing was received since the last message went
    /// out.
    #[default]
    Default,
    For(Duration),
    /// Until the other end closes.
    Forever,
}

/// The default wait after the last data message.
pub(crate) const SHORT: Duration = Duration::from_secs(1);
/// The default wait for a first reply.
pub(crate) const LONG: Duration = Duration::from_secs(5);

/// Why to close now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// What was asked for has come.
    Met,
    /// Nothing more came for long enough.
    Quiet,
    /// The last message got no reply in this time, which is the default's.
    NoReply(Duration),
}

/// See the module's head.
#[derive(Debug)]
pub(crate) struct Ending {
    stay: Stay,
    /// Something was asked for: without it there is no end.
    wants: bool,
    /// Since when nothing has happened; nothing before the end of input.
    still: Option<Instant>,
    sent_any: bool,
    replied: bool,
}

impl Ending {
    /// `wants` something that is to come.
    pub(crate) fn new(stay: Stay, wants: bool) -> Self {
        Ending {
            stay,
            wants,
            still: None,
            sent_any: false,
            replied: false,
        }
    }

    /// A data message was queued.
    pub(crate) fn sent(&mut self) {
        self.sent_any = true;
        self.replied = false;
        self.still = None;
    }

    /// A data message, or a part of one, has arrived.
    pub(crate) fn received(&mut self, at: Instant) {
        self.replied = true;
        if let (Some(still), Stay::Linger(_)) = (&mut self.still, self.stay) {
            *still = at.max(*still);
        }
    }

    /// There is nothing left to send, and output is not blocked; or there is.
    pub(crate) fn idle(&mut self, idle: bool, now: Instant) {
        match (idle, self.stay) {
            (true, _) => _ = self.still.get_or_insert(now),
            (false, Stay::Linger(_)) => self.still = None,
            (false, Stay::For(_)) => {}
        }
    }

    /// The connection is lost, and there will be another: everything waits for
    /// that.
    pub(crate) fn interrupted(&mut self) {
        self.still = None;
    }

    /// Whether the clock runs.
    pub(crate) fn is_running(&self) -> bool {
        self.still.is_some()
    }

    /// When to ask again.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.still?.checked_add(self.patience()?)
    }

    /// Whether it is time to close: what was wanted has come (`met`), or time is
    /// up. Everything that came until `quiet` has been told.
    pub(crate) fn verdict(&self, quiet: Instant, met: bool) -> Option<Over> {
        if met {
            return Some(Over::Met);
        }
        if self.deadline()? > quiet {
            return None;
        }
        match (self.stay, self.unanswered()) {
            (Stay::Linger(Linger::Default), true) => Some(Over::NoReply(LONG)),
            _ => Some(Over::Quiet),
        }
    }

    fn patience(&self) -> Option<Duration> {
        match self.stay {
            Stay::For(time) => time,
            Stay::Linger(_) if self.wants => None,
            Stay::Linger(Linger::Forever) => None,
            Stay::Linger(Linger::For(time)) => Some(time),
            Stay::Linger(Linger::Default) if self.unanswered() => Some(LONG),
            Stay::Linger(Linger::Default) => Some(SHORT),
        }
    }

    fn unanswered(&self) -> bool {
        self.sent_any && !self.replied
    }
}

impl Default for Stay {
    fn default() -> Self {
        Stay::Linger(Linger::Default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// An ending whose input is over at the moment returned.
    fn over(linger: Linger, wants: bool, sent: bool) -> (Ending, Instant) {
        let start = Instant::now();
        let mut ending = Ending::new(Stay::Linger(linger), wants);
        if sent {
            ending.sent();
        }
        ending.idle(true, start);
        (ending, start)
    }

    #[test]
    fn a_message_without_a_reply_is_waited_for_five_seconds() {
        let (ending, start) = over(Linger::Default, false, true);
        assert_eq!(ending.deadline(), Some(start + LONG));
        assert_eq!(ending.verdict(start + LONG - MS, false), None);
        assert_eq!(
            ending.verdict(start + LONG, false),
            Some(Over::NoReply(LONG))
        );
    }

    #[test]
    fn after_a_reply_one_second_of_quiet_ends_it() {
        let (mut ending, start) = over(Linger::Default, false, true);
        ending.received(start + 300 * MS);
        assert_eq!(ending.verdict(start + SHORT, false), None);
        assert_eq!(
            ending.verdict(start + 300 * MS + SHORT, false),
            Some(Over::Quiet)
        );
    }

    #[test]
    fn a_reply_to_an_earlier_message_does_not_answer_the_last() {
        let start = Instant::now();
        let mut ending = Ending::new(Stay::default(), false);
        ending.sent();
        ending.received(start);
        ending.sent();
        ending.idle(true, start);
        assert_eq!(ending.deadline(), Some(start + LONG));
    }

    #[test]
    fn nothing_sent_is_no_message_to_be_answered() {
        let (ending, start) = over(Linger::Default, false, false);
        assert_eq!(ending.verdict(start + SHORT, false), Some(Over::Quiet));
    }

    #[test]
    fn the_clock_stands_still_before_the_end_of_input_and_while_busy() {
        let start = Instant::now();
        let mut ending = Ending::new(Stay::default(), false);
        ending.sent();
        assert_eq!(ending.deadline(), None);
        ending.idle(true, start);
        ending.idle(false, start + MS);
        assert_eq!(ending.verdict(start + 10 * LONG, false), None);
        ending.idle(true, start + LONG);
        assert_eq!(ending.deadline(), Some(start + 2 * LONG));
    }

    #[test]
    fn an_explicit_linger_holds_with_and_without_replies() {
        let (ending, start) = over(Linger::For(Duration::ZERO), false, true);
        assert_eq!(ending.verdict(start, false), Some(Over::Quiet));
        let (ending, start) = over(Linger::Forever, false, true);
        assert_eq!(ending.verdict(start + 1000 * LONG, false), None);
    }

    #[test]
    fn what_is_wanted_ends_it_at_once_and_stops_the_clock() {
        let (mut ending, start) = over(Linger::Default, true, true);
        assert_eq!(ending.deadline(), None);
        ending.received(start);
        assert_eq!(ending.verdict(start + 1000 * LONG, false), None);
        assert_eq!(ending.verdict(start, true), Some(Over::Met));
    }

    #[test]
    fn a_plain_wait_runs_whatever_comes() {
        let start = Instant::now();
        let mut ending = Ending::new(Stay::For(Some(SHORT)), false);
        assert_eq!(ending.deadline(), None, "before everything is sent");
        ending.idle(true, start);
        ending.received(start + 900 * MS);
        ending.idle(false, start + 900 * MS);
        assert_eq!(ending.verdict(start + SHORT - MS, false), None);
        assert_eq!(ending.verdict(start + SHORT, false), Some(Over::Quiet));
        let mut ending = Ending::new(Stay::For(None), false);
        ending.idle(true, start);
        assert_eq!(ending.deadline(), None);
    }
}
