//! Silence, where it is expected.

use std::time::{Duration, Instant};

use super::seat::What;
use super::{Course, Pass, Passed};
use crate::engine::Moment;
use crate::transcript::Step;

impl Course {
    /// No data message and no Close frame for so long.
    pub(super) fn silence(&mut self, step: &Step, time: Duration, moment: &Moment) -> Passed {
        let end = self.reached.checked_add(time);
        let seat = &mut self.seats[step.client];
        while let Some(item) = seat.front() {
            let (at, is_said) = (item.at, item.is_said());
            if !is_said {
                seat.take();
                continue;
            }
            if end.is_some_and(|end| at > end) {
                break;
            }
            // What may come before is waited for, as long as any message.
            let last = self.reached.checked_add(seat.timeout);
            let is_passed_over = seat.skips && last.is_none_or(|last| at <= last);
            if !is_passed_over || !matches!(&item.what, What::Message(message) if message.is_data())
            {
                return Err(self.not_silent(step, time, moment.now));
            }
            seat.take();
            return self.quiet_again(step, time, at, moment);
        }
        match end {
            Some(end) if self.quiet(moment) >= end => {
                self.seats[step.client].skips = false;
                self.met += 1;
                Ok(Pass::Done(end))
            }
            end => Ok(Pass::Waits(end)),
        }
    }

    /// Begins to wait for silence anew.
    fn quiet_again(&mut self, step: &Step, time: Duration, at: Instant, moment: &Moment) -> Passed {
        let waited = at.saturating_duration_since(self.reached);
        let seat = &mut self.seats[step.client];
        seat.timeout = seat.timeout.saturating_sub(waited);
        self.reached = at;
        let passed = self.silence(step, time, moment);
        let seat = &mut self.seats[step.client];
        seat.timeout = seat.timeout.saturating_add(waited);
        passed
    }
}
