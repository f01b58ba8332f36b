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

/// What says when messages passed. The system's time zone is read once, when it is
/// first asked for.
pub struct Clock {
    variable: Option<String>,
    zone: Option<Zone>,
}

impl Clock {
    pub fn new(display: &Display) -> Self {
        Clock {
            variable: display.time_zone.clone(),
            zone: None,
        }
    }

    /// What stands before a message that passed at this time, so long after the one
    /// before.
    pub fn stamp(&mut self, number: Option<u64>, at: Instant, gap: Option<Duration>) -> Stamp {
        let variable = self.variable.as_deref();
        let zone = self.zone.get_or_insert_with(|| Zone::read(variable));
        let now = SystemTime::now();
        let time = now.checked_sub(at.elapsed()).unwrap_or(now);
        Stamp {
            number,
            time: Some(zone.time_of_day(time)),
            gap,
            client: None,
        }
    }
}

/// Messages on stdout, as a person reads them there.
pub struct Messages {
    display: Display,
    clock: Clock,
    /// Data messages so far.
    count: u64,
    /// When the latest passed.
    last: Option<Instant>,
}

impl Messages {
    pub fn new(display: &Display) -> Self {
        Messages {
            display: display.clone(),
            clock: Clock::new(display),
            count: 0,
            last: None,
        }
    }

    /// A message that passed at this time, folded for the window as it is now; data
    /// messages are numbered. `client` says whose it is, where there may be several. Ends
    /// with a line break.
    pub fn line(
        &mut self,
        direction: Direction,
        client: Option<u64>,
        message: MessageRef<'_>,
        at: Instant,
    ) -> String {
        let is_data = matches!(message, MessageRef::Text(_) | MessageRef::Binary(_));
        self.count += u64::from(is_data);
        let number = is_data.then_some(self.count);
        let before = self.last.replace(at);
        let gap = before.map(|before| at.saturating_duration_since(before));
        let stamp = match self.display.timestamps {
            true => self.clock.stamp(number, at, gap),
            false => Stamp::default(),
        };
        let stamp = Stamp { client, ..stamp };
        let layout = self.display.layout(terminal::window(io::stdout()));
        let extent = Extent::Folded { show: None };
        render::message(direction, message, &stamp, &layout, extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_stamped_on_request_with_the_gap_before_them() {
        let line = |timestamps: bool| {
            let mut messages = Messages::new(&Display {
                style: Style::plain(),
                pretty: Pretty::Auto,
                timestamps,
                time_zone: Some("UTC0".into()),
            });
            let begin = Instant::now();
            let mut line = |at| messages.line(Direction::Received, None, MessageRef::Text("x"), at);
            [line(begin), line(begin + Duration::from_millis(1200))]
        };
        assert_eq!(line(false), ["< x\n", "< x\n"]);
        let [first, second] = line(true);
        assert!(first.starts_with("  1 ") && !first.contains('+'), "{first}");
        assert!(
            second.starts_with("  2 ") && second.ends_with(" +1.2s < x\n"),
            "{second}"
        );
    }
}
