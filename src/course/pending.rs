//! What lines wait for, how near to it a message comes, and how that is put into words.

use std::time::{Duration, Instant};

use super::seat::What;
use crate::diff;
use crate::message::{Message, MessageRef};
use crate::pattern::{Form, Pattern};
use crate::transcript::{Closing, Place};

/// Lines that wait for their messages: one, or several in any order.
pub(super) struct Pending {
    pub(super) asked: Vec<Asked>,
    /// The message that came nearest of those that were passed over.
    pub(super) nearest: Option<Near>,
    /// How many were.
    pub(super) skipped: u64,
}

/// A line that waits.
pub(super) struct Asked {
    /// Its place among the steps.
    pub(super) step: usize,
    pub(super) wants: Wants,
    /// So often still, and in all.
    pub(super) left: u32,
    pub(super) times: u32,
    /// How long from when the line was reached.
    pub(super) limit: Duration,
}

/// What a line wants.
pub(super) enum Wants {
    Message(Pattern),
    Close(Closing),
    Lost,
}

/// A message that is not what was expected.
pub(super) struct Near {
    pub(super) message: Message,
    /// Which of the lines it comes nearest to.
    pub(super) asked: usize,
    /// The fact that does not hold, where only that is wrong.
    pub(super) miss: Option<FactMiss>,
    /// As [`diff::distance`] measures it; 0 where a fact alone is wrong.
    pub(super) distance: u64,
}

/// A fact that does not hold.
#[derive(Clone, Debug)]
pub(super) struct FactMiss {
    pub(super) place: Place,
    pub(super) source: String,
    pub(super) what: String,
}

impl Asked {
    /// One message or end, whenever it comes.
    pub(super) fn endless(step: usize, wants: Wants) -> Self {
        Asked {
            step,
            wants,
            left: 1,
            times: 1,
            limit: Duration::MAX,
        }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.left > 0
    }

    /// How many of several came, if any did.
    pub(super) fn count_so_far(&self) -> String {
        match self.times - self.left {
            0 => String::new(),
            came => format!(", after {came} of {}", self.times),
        }
    }
}

impl Pending {
    pub(super) fn of(asked: Asked) -> Self {
        Pending {
            asked: vec![asked],
            nearest: None,
            skipped: 0,
        }
    }

    /// The lines that still want something, with their numbers.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = (usize, &mut Asked)> {
        let asked = self.asked.iter_mut().enumerate();
        asked.filter(|(_, asked)| asked.is_waiting())
    }

    /// What of a message that no line wants is nearest to one.
    pub(super) fn nearest_to(&self, message: &Message) -> Option<Near> {
        let asked = self.asked.iter().enumerate();
        let waiting = asked.filter(|(_, asked)| asked.is_waiting());
        let distances = waiting.map(|(index, asked)| (asked.wants.distance(message.into()), index));
        let (distance, asked) = distances.min()?;
        Some(Near {
            message: message.clone(),
            asked,
            miss: None,
            distance,
        })
    }

    /// Whether every line has what it wants.
    pub(super) fn is_met(&self) -> bool {
        self.asked.iter().all(|asked| asked.left == 0)
    }

    /// Whether any of several lines can take what comes.
    pub(super) fn is_of_several(&self) -> bool {
        self.asked.iter().filter(|asked| asked.is_waiting()).count() > 1
    }

    /// Whether a line has taken something.
    pub(super) fn has_begun(&self) -> bool {
        self.asked.iter().any(|asked| asked.left < asked.times)
    }

    /// When the first of the lines has waited long enough.
    pub(super) fn deadline(&self, reached: Instant) -> Option<Instant> {
        let waiting = self.asked.iter().filter(|asked| asked.left > 0);
        waiting
            .filter_map(|asked| reached.checked_add(asked.limit))
            .min()
    }

    /// The first line that has waited long enough.
    pub(super) fn first_late(&self, reached: Instant, quiet: Instant) -> Option<usize> {
        let late = |asked: &Asked| {
            let end = reached.checked_add(asked.limit);
            asked.left > 0 && end.is_some_and(|end| end <= quiet)
        };
        self.asked.iter().position(late)
    }

    pub(super) fn wants_lost(&self) -> bool {
        self.asked
            .iter()
            .any(|asked| matches!(asked.wants, Wants::Lost))
    }

    /// The message that lines are to be held against, if it is one for them.
    pub(super) fn concerned<'a>(&self, what: &'a What) -> Option<&'a Message> {
        match what {
            What::Message(message) if message.is_data() || self.wants_control(message) => {
                Some(message)
            }
            What::Broken(_, Some(close)) if self.wants_exactly(close) => Some(close),
            What::Message(_) | What::Broken(..) | What::Lost(_) => None,
        }
    }

    /// Whether a line wants just this Close frame, which may be none that is allowed.
    fn wants_exactly(&self, close: &Message) -> bool {
        self.asked.iter().any(|asked| match (&asked.wants, close) {
            (Wants::Close(Closing::Exact(expected)), Message::Close(payload)) => {
                expected == payload
            }
            _ => false,
        })
    }

    /// Whether a line wants pings, pongs or Close frames as this one.
    fn wants_control(&self, message: &Message) -> bool {
        self.asked
            .iter()
            .any(|asked| match (&asked.wants, message) {
                (Wants::Message(pattern), Message::Ping(_)) => {
                    matches!(
                        pattern.form(),
                        Form::Ping(_) | Form::Exact(Message::Ping(_))
                    )
                }
                (Wants::Message(pattern), Message::Pong(_)) => {
                    matches!(
                        pattern.form(),
                        Form::Pong(_) | Form::Exact(Message::Pong(_))
                    )
                }
                (Wants::Close(_), Message::Close(_)) => true,
                _ => false,
            })
    }

    /// Another message was not the one.
    pub(super) fn passed_over(&mut self, near: Near) {
        self.skipped += 1;
        let is_nearer = |known: &Near| near.distance < known.distance;
        if self.nearest.as_ref().is_none_or(is_nearer) {
            self.nearest = Some(near);
        }
    }
}

impl Wants {
    /// Whether a message is what is wanted.
    pub(super) fn is(&self, message: MessageRef<'_>) -> bool {
        match (self, message) {
            (Wants::Message(pattern), message) => pattern.matches(message),
            (Wants::Close(closing), MessageRef::Close(payload)) => closing.matches(payload),
            (Wants::Close(_) | Wants::Lost, _) => false,
        }
    }

    /// How far a message is from what is wanted, and it is not that.
    fn distance(&self, message: MessageRef<'_>) -> u64 {
        match (self, message) {
            (Wants::Message(pattern), message) => diff::distance(pattern, message).max(1),
            (Wants::Close(_), MessageRef::Close(_)) => 1,
            (Wants::Close(_) | Wants::Lost, _) => u64::MAX,
        }
    }

    /// What is told behind that which came instead.
    pub(super) fn instead(&self) -> &'static str {
        match self {
            Wants::Message(_) => ", before the expected message came",
            Wants::Close(_) => ", and a Close frame was expected",
            Wants::Lost => ", and the end was expected without a Close frame",
        }
    }
}
