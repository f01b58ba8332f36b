//! How messages are to be shown on a screen, and when they passed.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use crate::message::MessageRef;
use crate::render::{self, Extent, Layout, Pretty, Stamp, Style};
use crate::terminal::{self, Window};
use crate::time_of_day::Zone;
use crate::ws::Direction;

/// What the user wants of a screen with messages.
#[derive(Clone, Debug)]
pub struct Display {
    pub style: Style,
    pub pretty: Pretty,
    /// Messages have their number, the time of day and the gap before them.
    pub timestamps: bool,
    /// The variable `TZ`.
    pub time_zone: Option<String>,
}

impl Display {
    /// For a window of this size.
    pub fn layout(&self, window: Window) -> Layout {
        Layout {
            style: self.style,
            pretty: self.pretty,
            window,
        }
    }
}

/// When a message passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    pub time: SystemTime,
    /// Since the message before.
    pub gap: Option<Duration>,
}

/// When the messages of a conversation passed, and the stamps that say so. The
/// system's time zone is read once, when the first is asked for.
pub struct Timeline {
    timestamps: bool,
    variable: Option<String>,
    zone: Option<Zone>,
    last: Option<Instant>,
}

impl Timeline {
    pub fn new(display: &Display) -> Self {
        Timeline {
            timestamps: display.timestamps,
            variable: display.time_zone.clone(),
            zone: None,
            last: None,
        }
    }

    /// Stamps messages from now on, or not.
    pub fn set(&mut self, timestamps: bool) {
        self.timestamps = timestamps;
    }

    /// A message passed at this time, in either direction.
    pub fn passed(&mut self, at: Instant) -> Passed {
        let before = self.last.replace(at);
        let age = Instant::now().saturating_duration_since(at);
        let now = SystemTime::now();
        Passed {
            time: now.checked_sub(age).unwrap_or(now),
            gap: before.map(|before| at.saturating_duration_since(before)),
        }
    }

    /// What stands before the message: nothing unless it is wanted.
    pub fn stamp(&mut self, number: Option<u64>, passed: Passed) -> Stamp {
        if !self.timestamps {
            return Stamp::default();
        }
        let variable = self.variable.as_deref();
        let zone = self.zone.get_or_insert_with(|| Zone::read(variable));
        Stamp {
            number,
            time: Some(zone.time_of_day(passed.time)),
            gap: passed.gap,
        }
    }
}

/// Messages on stdout, as a person reads them there.
pub struct Messages {
    display: Display,
    timeline: Timeline,
    /// Data messages so far.
    count: u64,
}

impl Messages {
    pub fn new(display: &Display) -> Self {
        Messages {
            display: display.clone(),
            timeline: Timeline::new(display),
            count: 0,
        }
    }

    /// A message that passed at this time, folded for the window as it is now; data
    /// messages are numbered. Ends with a line break.
    pub fn line(&mut self, direction: Direction, message: MessageRef<'_>, at: Instant) -> String {
        let is_data = matches!(message, MessageRef::Text(_) | MessageRef::Binary(_));
        self.count += u64::from(is_data);
        let number = is_data.then_some(self.count);
        let passed = self.timeline.passed(at);
        let stamp = self.timeline.stamp(number, passed);
        let layout = self.display.layout(terminal::window(io::stdout()));
        let extent = Extent::Folded { show: None };
        render::message(direction, message, &stamp, &layout, extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(timestamps: bool) -> Timeline {
        Timeline::new(&Display {
            style: Style::plain(),
            pretty: Pretty::Auto,
            timestamps,
            time_zone: Some("UTC0".into()),
        })
    }

    #[test]
    fn messages_are_stamped_on_request_with_the_gap_before_them() {
        let mut timeline = timeline(true);
        let begin = Instant::now();
        let first = timeline.passed(begin);
        assert_eq!(first.gap, None);
        let second = timeline.passed(begin + Duration::from_millis(1200));
        let stamp = timeline.stamp(Some(2), second);
        assert_eq!(stamp.number, Some(2));
        assert_eq!(stamp.gap, Some(Duration::from_millis(1200)));
        let utc = Zone::read(Some("UTC0"));
        assert_eq!(stamp.time, Some(utc.time_of_day(second.time)));
    }

    #[test]
    fn stamps_can_be_asked_for_later_and_know_what_was_before() {
        let mut timeline = timeline(false);
        let begin = Instant::now();
        let first = timeline.passed(begin);
        assert_eq!(timeline.stamp(Some(1), first), Stamp::default());
        timeline.set(true);
        let second = timeline.passed(begin + Duration::from_secs(2));
        let stamp = timeline.stamp(None, second);
        assert_eq!(stamp.gap, Some(Duration::from_secs(2)));
        assert!(stamp.time.is_some());
    }
}
