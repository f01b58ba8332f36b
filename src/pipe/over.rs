//! The end of a connection as a pipe sees it: what was cut and what was not sent;
//! and with `--reconnect`, what is kept for the next one.

use std::time::{Duration, Instant};

use super::intake::Intake;
use super::{Phase, Pipe};
use crate::engine::{End, Ended, How, Peers};
use crate::error::Error;
use crate::reconnect;
use crate::render;
use crate::script::Script;
use crate::ws::Unsent;

impl Pipe {
    /// The connection is over, and with it the run.
    pub(super) fn over(&mut self, ended: &Ended) {
        self.tell_of_the_end(ended);
        let heard = !self.delivery.is_unheard();
        self.errors.extend(ended.error().filter(|_| heard));
        if !ended.closed_by_us {
            self.intake.iter_mut().for_each(Intake::look_ahead);
        }
        let lost = self.losses.lost(ended.unsent, self.not_given());
        self.errors.extend(lost.map(Error::Unsent));
    }

    /// Says how a connection ended, and what of it was cut.
    fn tell_of_the_end(&mut self, ended: &Ended) {
        self.detail(&render::closed(ended));
        if let Some(text) = render::after_close(ended) {
            self.detail(&text);
        }
        self.tell_of_the_cut(ended);
    }

    /// Says which message was cut off by the end.
    fn tell_of_the_cut(&mut self, ended: &Ended) {
        // What broke the protocol tells of itself, if nothing of it was shown.
        let cut = match ended.how {
            How::Fault(_) => self.arriving.is_some(),
            _ => ended.inside_message,
        };
        let arrived = self.arriving.take().unwrap_or(0);
        if cut && !self.delivery.is_unheard() && !self.wanted.is_met() {
            self.loss(&format!(
                "message {} was cut short after {arrived} bytes",
                self.wanted.received() + 1,
            ));
        }
    }

    /// How long to wait for another connection, if there is to be one: this one
    /// was open and broke, or a try failed.
    pub(super) fn goes_on(&mut self, end: &End) -> Option<Duration> {
        let tries = matches!(self.phase, Phase::Open(_)) || self.is_between();
        if !tries || self.delivery.is_unheard() || !reconnect::may_be_mended(end) {
            return None;
        }
        self.again.as_mut()?.next(Instant::now())
    }

    /// Waits for another connection, and keeps what it is to send.
    pub(super) fn interrupted(&mut self, end: End, wait: Duration) {
        let why = match end {
            End::NotOpened(error) => {
                let text = error.to_string();
                render::escape(&self.console.exposure().of(&text)).into_owned()
            }
            End::Over(ended) => {
                self.tell_of_the_cut(&ended);
                let why = render::closed(&ended);
                self.keep(ended);
                why
            }
        };
        self.loss(&format!(
            "{why}; connecting again in {:.1} s",
            wait.as_secs_f64()
        ));
        self.phase = Phase::Apart(Instant::now() + wait);
    }

    /// Begins to open the next connection.
    pub(super) fn try_again(&mut self, peers: &mut Peers, now: Instant) {
        let Some(again) = &self.again else { return };
        peers.open(again.plan.clone());
        self.phase = Phase::Opening;
        let (attempt, unsent) = (again.tries().into(), self.waiting());
        let gap = again.gap(now);
        self.journal
            .tell(|journal| journal.reconnect(attempt, gap, unsent));
    }

    /// Keeps of a lost connection what the next one is to send.
    fn keep(&mut self, ended: Ended) {
        self.delivery.interrupted();
        self.ending.interrupted();
        self.wanted.interrupted();
        let leftover = ended.leftover;
        // Of the script's lines none is lost: they are sent again.
        let from_stdin = self.fed.saturating_sub(leftover.messages.len() as u64);
        let torn = leftover
            .torn
            .min(from_stdin + u64::from(leftover.torn_at_the_end));
        self.losses.interrupted(&ended.unsent, torn);
        if let Some(intake) = self.intake.as_mut().filter(|_| leftover.torn_at_the_end) {
            intake.skip_rest();
        }
        if let Some(again) = &mut self.again {
            again.keep(leftover, self.fed);
            // What it did not do is done anew.
            self.script = Script::new(again.script.clone());
        }
        self.fed = 0;
    }

    /// Whether there was a connection, and there is to be another.
    pub(super) fn is_between(&self) -> bool {
        match self.phase {
            Phase::Apart(_) => true,
            Phase::Opening => self.again.as_ref().is_some_and(|again| again.tries() > 0),
            _ => false,
        }
    }

    /// There is no connection, and there will be none.
    pub(super) fn give_up(&mut self) {
        // The script's lines were sent before, and begin anew each time.
        let lost = self.losses.lost(Unsent::default(), self.waiting());
        self.errors.extend(lost.map(Error::Unsent));
    }
}
