//! What commands show of the messages that were said, and how the screen is changed.

use std::time::Instant;

use super::desk::Desk;
use super::request::{Filter, SETTINGS, Setting, Which};
use super::session::Entry;
use super::{commands, help, status};
use crate::message::{Message, MessageRef};
use crate::notation;
use crate::render;
use crate::visible;
use crate::ws::{Direction, Role};

/// How many messages a list has, at most.
const MAX_LISTED: u64 = 20;
/// What a row of a list shows at most of a message, in bytes.
const MAX_ROW: usize = 4096;

impl Desk {
    /// What is drawn, in words.
    pub(crate) fn drawn(&self) -> String {
        match (self.feed.is_paused(), self.look.filter()) {
            (true, _) => "paused (/resume)".into(),
            (false, Some(line)) => format!("what matches {line} (/filter off)"),
            (false, None) => "everything".into(),
        }
    }

    pub(super) fn help(&mut self, topic: Option<&str>) {
        let text = help::help(topic, self.look.window().columns, commands::of(self.role));
        self.show(&text);
    }

    pub(super) fn show_messages(&mut self, which: Which) {
        let (first, last) = match which {
            Which::Latest => return self.list(),
            Which::Between(first, last) => (first, last),
        };
        for number in first..=last {
            if self.session.get(number).is_none() {
                return self.complain(&self.absent(number), self.where_then());
            }
            self.feed.whole(number);
        }
    }

    /// Why there is no message of that number.
    fn absent(&self, number: u64) -> String {
        match (self.session.first(), self.session.last()) {
            (_, 0) => "there are no messages yet".into(),
            (first, _) if number < first => format!("message {number} is no longer kept"),
            (_, last) => format!("there is no message {number} yet: the latest is {last}"),
        }
    }

    /// Where what is gone would be: a server has no recording.
    fn where_then(&self) -> Option<&'static str> {
        let records = self.role == Role::Client && self.session.first() > 1;
        records.then_some("--record keeps everything")
    }

    /// The message of that number if it was sent; else it is said what is wrong.
    pub(crate) fn sent_message(&mut self, number: u64) -> Option<Message> {
        let Some(entry) = self.session.get(number) else {
            self.complain(&self.absent(number), self.where_then());
            return None;
        };
        if entry.direction == Direction::Received {
            let text = format!("message {number} was received, not sent");
            self.complain(&text, Some("/show lists the latest"));
            return None;
        }
        Some(entry.message.clone())
    }

    /// Rows of names and texts from outside, side by side.
    pub(crate) fn show_table(&mut self, rows: Vec<(&str, String)>) {
        let rows = rows
            .into_iter()
            .map(|(name, text)| (name, render::escape(&text).into_owned()));
        let text = render::table(rows, status::NAME, self.look.window().columns);
        self.show(&text);
    }

    /// Lists the latest messages, a line each.
    fn list(&mut self) {
        let (first, last) = (self.session.first(), self.session.last());
        if last == 0 {
            return self.show("  no messages yet\n");
        }
        let width = last.to_string().len();
        let now = Instant::now();
        let columns = self.look.window().columns;
        let from = first.max((last + 1).saturating_sub(MAX_LISTED));
        let mut lines = String::new();
        for number in from..=last {
            let Some(entry) = self.session.get(number) else {
                continue;
            };
            let line = listed(entry, now);
            let line = beginning(&line, columns.saturating_sub(width + 4));
            lines.push_str(&format!("  {number:>width$}  {line}\n"));
        }
        self.show(&lines);
    }

    pub(super) fn set(&mut self, what: Option<(Setting, bool)>) {
        if let Some((setting, on)) = what {
            self.look.set(setting, on);
        }
        let word = |on| if on { "on" } else { "off" };
        let all =
            SETTINGS.map(|(name, setting)| format!("{name} {}", word(self.look.is_on(setting))));
        match what {
            Some((setting, on)) => {
                let name = SETTINGS.iter().find(|(_, known)| *known == setting);
                let name = name.map_or("", |(name, _)| name);
                self.notice(&format!("{name} is {}", word(on)));
            }
            None => self.show(&format!("  {}\n", all.join(", "))),
        }
    }

    pub(super) fn filter(&mut self, filter: Filter) {
        match filter {
            Filter::Ask => {}
            Filter::Off => self.look.set_filter(None),
            Filter::On(pattern, line) => self.look.set_filter(Some((pattern, line))),
        }
        let text = match self.look.filter() {
            None => "every message is drawn".into(),
            Some(line) => format!(
                "only messages that match {} are drawn",
                render::escape(line)
            ),
        };
        self.notice(&text);
    }

    pub(super) fn pause(&mut self) {
        self.feed.pause();
        self.notice("no messages are drawn; the connection goes on (/resume)");
    }

    pub(super) fn resume(&mut self) {
        let Some(meanwhile) = self.feed.resume() else {
            return self.notice("messages are drawn");
        };
        let drawn = |number: &u64| {
            let entry = self.session.get(*number);
            entry.is_some_and(|entry| self.look.draws(entry))
        };
        let mut last: Vec<u64> = (self.session.first().max(meanwhile.first)..=meanwhile.last)
            .rev()
            .filter(drawn)
            .take(self.look.window().rows / 2)
            .collect();
        last.reverse();
        let text = match meanwhile.count {
            0 => "messages are drawn; none came meanwhile".into(),
            count if count == last.len() as u64 => {
                format!(
                    "messages are drawn; {} came meanwhile",
                    render::grouped(count)
                )
            }
            count => format!(
                "messages are drawn; {} came meanwhile (/show {}), the last are",
                render::grouped(count),
                meanwhile.numbers()
            ),
        };
        self.notice(&text);
        for number in last {
            self.feed.message(number);
        }
    }
}

/// As much of a line as so many columns hold.
fn beginning(line: &str, columns: usize) -> &str {
    let mut left = columns;
    let end = line.char_indices().find(|(_, letter)| {
        let taken = visible::columns(*letter);
        let full = taken > left;
        left = left.saturating_sub(taken);
        full
    });
    end.map_or(line, |(end, _)| &line[..end])
}

/// A message as a list has it: direction, how long ago, and its beginning.
fn listed(entry: &Entry, now: Instant) -> String {
    let mark = match entry.direction {
        Direction::Sent => ">",
        Direction::Received => "<",
    };
    let age = now.saturating_duration_since(entry.at).as_secs_f64();
    let client = entry
        .client
        .map_or(String::new(), |client| client.to_string());
    let mut line = format!("{client}{mark} {age:>6.1} s ago  ");
    notation::write(first_of(MessageRef::from(&entry.message)), &mut line);
    line
}

/// Of a message as much as a row could hold: it may be very long.
fn first_of(message: MessageRef<'_>) -> MessageRef<'_> {
    match message {
        MessageRef::Text(text) => MessageRef::Text(&text[..text.floor_char_boundary(MAX_ROW)]),
        MessageRef::Binary(bytes) => MessageRef::Binary(&bytes[..bytes.len().min(MAX_ROW)]),
        other => other,
    }
}
