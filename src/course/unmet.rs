//! What is told of an expectation that was not met: what was expected and what came, how
//! they differ, and what came nearest.

use std::time::{Duration, Instant};

use super::failing::{Hint, printed};
use super::pending::{Asked, FactMiss, Near, Pending, Wants};
use super::seat::{Item, What};
use super::{Course, Side};
use crate::diff;
use crate::message::MessageRef;
use crate::report::Failure;
use crate::transcript::{Closing, Place, Step};

const WAIT_LONGER: Hint = Hint {
    in_file: "`within 10s` under the line waits longer",
    as_option: "--execute '/wait 10s' before it waits longer",
};
const LET_MORE_COME: Hint = Hint {
    in_file: "`< ...` as the last line lets more come; `ignore PATTERN` under `connect` passes it over everywhere",
    as_option: "--expect ... as the last one lets more come",
};

impl Course {
    /// Another message came than the one that was expected.
    pub(super) fn mismatch(&self, pending: &Pending, near: &Near, now: Instant) -> Box<Failure> {
        let line = &pending.asked[near.asked];
        let is_data = near.message.is_data();
        let message = match (&near.miss, &line.wants) {
            (Some(_), _) => String::new(),
            (None, Wants::Message(_)) if pending.is_of_several() => {
                "a message came that no line of the set takes; this one is the nearest".into()
            }
            (None, Wants::Message(_)) => {
                format!(
                    "another message came than the expected one{}",
                    line.count_so_far()
                )
            }
            (None, wants) if is_data => format!("a message came{}", wants.instead()),
            (None, _) => format!("{}, and not as expected", self.ended_by(&near.message)),
        };
        self.of(pending, near, message, now)
    }

    /// Nothing that was expected came in time.
    pub(super) fn too_late(
        &self,
        pending: &Pending,
        asked: usize,
        client: usize,
        now: Instant,
    ) -> Box<Failure> {
        let line = &pending.asked[asked];
        let limit = render_time(line.limit);
        let near = pending
            .nearest
            .as_ref()
            .filter(|near| near.asked == asked && line.left == line.times);
        if let Some(near) = near {
            let count = messages(pending.skipped);
            let text = format!("of {count} that came within {limit}, none is the expected one");
            let text = match &near.miss {
                Some(miss) => format!("{text}; nearest: {}", miss.what),
                None => format!("{text}; this is the nearest"),
            };
            return self.of(pending, near, text, now);
        }
        let text = match line.wants {
            Wants::Close(_) => {
                format!("the {} did not close within {limit}", self.side.other())
            }
            Wants::Lost => format!("the connection was not lost within {limit}"),
            Wants::Message(_) if line.left < line.times => {
                let came = line.times - line.left;
                format!("only {came} of {} came within {limit}", line.times)
            }
            Wants::Message(_) if pending.has_begun() => {
                format!("nothing more came within {limit}")
            }
            Wants::Message(_) => format!("nothing came within {limit}"),
        };
        Box::new(Failure {
            expected: Some(self.expected(line)),
            hint: Some(self.hint_of(&WAIT_LONGER)),
            ..self.failure(self.place(line), client, text, now)
        })
    }

    /// The connection ended before what was expected came.
    pub(super) fn gone(&self, pending: &Pending, client: usize, now: Instant) -> Box<Failure> {
        let first = pending.asked.iter().find(|asked| asked.is_waiting());
        let Some(line) = first.or(pending.asked.first()) else {
            return Box::new(self.failure(
                Place { line: 1, column: 1 },
                client,
                String::new(),
                now,
            ));
        };
        let seat = &self.seats[client];
        let how = seat.front().map(|item| &item.what);
        let instead = match (how, &line.wants) {
            (Some(What::Broken(_, Some(_))), Wants::Close(_)) => "",
            (_, wants) => wants.instead(),
        };
        let text = format!(
            "{}{instead}{}",
            how.map_or_else(|| self.how_it_ended(seat), |how| self.in_words(how)),
            line.count_so_far()
        );
        let mut failure = self.failure(self.place(line), client, text, now);
        failure.expected = Some(self.expected(line));
        failure.received = seat.front().and_then(said);
        self.blame(&mut failure, how);
        let of_line = |near: &&Near| std::ptr::eq(&pending.asked[near.asked], line);
        let near = pending.nearest.as_ref().filter(of_line);
        if let Some(near) = near.filter(|_| !pending.has_begun()) {
            failure.received = Some(printed((&near.message).into()));
            failure.differences = self.differences(line, near);
        }
        Box::new(failure)
    }

    /// Something came where silence was expected.
    pub(super) fn not_silent(&self, step: &Step, time: Duration, now: Instant) -> Box<Failure> {
        let item = self.seats[step.client].front();
        let what = item.map(|item| &item.what);
        let after = item.map_or(Duration::ZERO, |item| {
            item.at.saturating_duration_since(self.reached)
        });
        let text = format!(
            "{} after {}, and silence was expected for {}",
            what.map_or_else(String::new, |what| self.in_words(what)),
            render_time(after),
            render_time(time)
        );
        let mut failure = self.failure(step.place, step.client, text, now);
        failure.received = item.and_then(said);
        self.blame(&mut failure, what);
        Box::new(failure)
    }

    /// At the end of the transcript something was left that no line took.
    pub(super) fn stray(&self, last: &Step, item: &Item, now: Instant) -> Box<Failure> {
        let what = self.in_words(&item.what);
        let text = match &item.what {
            What::Message(message) if message.is_data() => format!("{what} that no line takes"),
            What::Message(_) | What::Lost(_) => format!("{what}, and no line expects it"),
            What::Broken(..) => what,
        };
        let mut failure = self.failure(last.place, last.client, text, now);
        failure.received = said(item);
        failure.hint = match &item.what {
            What::Message(message) if message.is_data() => Some(self.hint_of(&LET_MORE_COME)),
            _ => None,
        };
        self.blame(&mut failure, Some(&item.what));
        Box::new(failure)
    }

    /// A failure about the message that comes nearest to a line; an empty text stands for what
    /// the fact says that does not hold.
    fn of(&self, pending: &Pending, near: &Near, text: String, now: Instant) -> Box<Failure> {
        let line = &pending.asked[near.asked];
        let step = &self.transcript.steps[line.step];
        let place = near
            .miss
            .as_ref()
            .map_or(self.place(line), |miss| miss.place);
        let text = match &near.miss {
            Some(FactMiss { what, .. }) if text.is_empty() => what.clone(),
            _ => text,
        };
        let mut failure = self.failure(place, step.client, text, now);
        failure.expected = Some(match &near.miss {
            Some(miss) => miss.source.clone(),
            None => self.expected(line),
        });
        failure.received = Some(printed((&near.message).into()));
        failure.differences = self.differences(line, near);
        failure.hint = match (&line.wants, &near.miss) {
            // What a client sends is compared whole, and nobody has written a pattern.
            (Wants::Message(pattern), None) if self.side == Side::Client => {
                pattern.hint().map(str::to_owned)
            }
            _ => None,
        };
        Box::new(failure)
    }

    fn differences(&self, line: &Asked, near: &Near) -> Vec<String> {
        match (&line.wants, &near.miss) {
            (Wants::Message(pattern), None) => diff::diff(pattern, (&near.message).into()),
            _ => Vec::new(),
        }
    }

    /// A line as it is with its variables replaced.
    fn expected(&self, line: &Asked) -> String {
        match &line.wants {
            Wants::Message(pattern) => {
                let text = pattern.to_string();
                match (self.side, text.strip_prefix("/json ")) {
                    (Side::Server, Some(json)) => json.to_owned(),
                    _ => text,
                }
            }
            Wants::Close(Closing::Any) => "/close".into(),
            Wants::Close(Closing::Code(code)) => format!("/close {code}"),
            Wants::Close(Closing::Exact(payload)) => printed(MessageRef::Close(payload)),
            Wants::Lost => "/lost".into(),
        }
    }

    fn place(&self, line: &Asked) -> Place {
        self.transcript.steps[line.step].place
    }
}

fn said(item: &Item) -> Option<String> {
    match &item.what {
        What::Message(message) | What::Broken(_, Some(message)) => Some(printed(message.into())),
        What::Lost(_) | What::Broken(_, None) => None,
    }
}

fn render_time(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{} s", time.as_millis() as f64 / 1000.0),
    }
}

fn messages(count: u64) -> String {
    match count {
        1 => "1 message".into(),
        count => format!("{count} messages"),
    }
}
