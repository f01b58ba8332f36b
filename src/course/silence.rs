//! Silence, where it is expected.

use std::time::Duration;

use super::seat::What;
use super::{Course, Pass, Passed};
use crate::engine::Moment;
use crate::transcript::Step;

impl Course {
    /// No data message and no Close frame for so long.
    pub(super) fn silence(&mut self, step: &Step, time: Duration, moment: &Moment) -> Passed {
        // Asked before the queue is emptied: while that is full, no clock stands still.
        let quiet = self.quiet(moment);
        let mut since = self.silent_since.unwrap_or(self.reached);
        let seat = &mut self.seats[step.client];
        // What may come before is waited for as long as any message.
        let last = self.reached.checked_add(seat.timeout);
        while let Some(item) = seat.front() {
            let (at, is_said) = (item.at, item.is_said());
            if is_said {
                if since.checked_add(time).is_some_and(|end| at > end) {
                    break;
                }
                let is_data = matches!(&item.what, What::Message(message) if message.is_data());
                let is_passed_over = seat.skips && last.is_none_or(|last| at <= last);
                if !is_passed_over || !is_data {
                    return Err(self.not_silent(step, time, moment.now));
                }
                since = at;
            }
            seat.take();
        }
        self.silent_since = Some(since);
        match since.checked_add(time) {
            Some(end) if quiet >= end => {
                self.seats[step.client].skips = false;
                self.met += 1;
                Ok(Pass::Done(end))
            }
            end => Ok(Pass::Waits(end)),
        }
    }
}
