//! How messages look on this screen, and which are drawn: what `/set` and `/filter`
//! change.

use std::io;
use std::time::{Duration, Instant};

use super::DeskSettings;
use super::request::Setting;
use super::session::{Entry, Session};
use crate::display::{Clock, Display};
use crate::message::MessageRef;
use crate::pattern::Pattern;
use crate::render::{self, Extent, Pretty, Stamp};
use crate::terminal::{self, Window};
use crate::view::Switch;
use crate::ws::{Direction, Role};

/// See the module's head.
pub(super) struct Look {
    display: Display,
    clock: Clock,
    /// Which JSON is indented when any is.
    pretty: Pretty,
    numbers: bool,
    pub(super) ping_pong: bool,
    frames: Switch,
    /// What has the whole of a message that is too long to be shown whole.
    rest: Option<&'static str>,
    /// Only what matches is drawn; the pattern's line.
    filter: Option<(Pattern, String)>,
}

impl Look {
    pub(super) fn new(settings: &DeskSettings, frames: Switch, role: Role) -> Self {
        let display = settings.display.clone();
        Look {
            clock: Clock::new(&display),
            pretty: match display.pretty {
                Pretty::Never => Pretty::Auto,
                asked => asked,
            },
            numbers: false,
            ping_pong: settings.ping_pong,
            frames,
            rest: match role {
                Role::Client => Some("/save FILE"),
                Role::Server => None,
            },
            filter: None,
            display,
        }
    }

    /// Whether a message is drawn when it comes: our own stand there already.
    pub(super) fn draws(&self, entry: &Entry) -> bool {
        let matches = |(pattern, _): &(Pattern, String)| pattern.matches((&entry.message).into());
        entry.direction == Direction::Received && self.filter.as_ref().is_none_or(matches)
    }

    /// The line of the filter, if there is one.
    pub(super) fn filter(&self) -> Option<&str> {
        self.filter.as_ref().map(|(_, line)| line.as_str())
    }

    pub(super) fn set_filter(&mut self, filter: Option<(Pattern, String)>) {
        self.filter = filter;
    }

    /// Whether a setting is on.
    pub(super) fn is_on(&self, setting: Setting) -> bool {
        match setting {
            Setting::Pretty => self.display.pretty != Pretty::Never,
            Setting::Timestamps => self.display.timestamps,
            Setting::Numbers => self.numbers,
            Setting::Frames => self.frames.is_on(),
            Setting::PingPong => self.ping_pong,
        }
    }

    pub(super) fn set(&mut self, setting: Setting, on: bool) {
        match setting {
            Setting::Pretty => {
                self.display.pretty = match on {
                    true => self.pretty,
                    false => Pretty::Never,
                }
            }
            Setting::Timestamps => self.display.timestamps = on,
            Setting::Numbers => self.numbers = on,
            Setting::Frames => self.frames.set(on),
            Setting::PingPong => self.ping_pong = on,
        }
    }

    pub(super) fn shows_frames(&self) -> bool {
        self.frames.is_on()
    }

    /// The window as it is now.
    pub(super) fn window(&self) -> Window {
        terminal::window(io::stdout())
    }

    /// A message of the session as it arrives, folded to the window; nothing if it
    /// is not kept any more.
    pub(super) fn message(
        &mut self,
        session: &Session,
        number: u64,
        window: Window,
    ) -> Option<String> {
        let extent = Extent::Folded { show: Some(number) };
        self.laid_out(session, number, window, extent)
    }

    /// The same whole.
    pub(super) fn whole(&mut self, session: &Session, number: u64) -> Option<String> {
        let extent = Extent::Whole { rest: self.rest };
        self.laid_out(session, number, self.window(), extent)
    }

    fn laid_out(
        &mut self,
        session: &Session,
        number: u64,
        window: Window,
        extent: Extent,
    ) -> Option<String> {
        let entry = session.get(number)?;
        let before = number.checked_sub(1).and_then(|number| session.get(number));
        let gap = before.map(|before| entry.at.saturating_duration_since(before.at));
        let stamp = Stamp {
            client: entry.client,
            ..self.stamp(Some(number), entry.at, gap)
        };
        let layout = self.display.layout(window);
        let message = MessageRef::from(&entry.message);
        let text = render::message(entry.direction, message, &stamp, &layout, extent);
        Some(text)
    }

    /// A ping or pong that was received.
    pub(super) fn control(
        &mut self,
        client: Option<u64>,
        message: MessageRef<'_>,
        at: Instant,
    ) -> String {
        let stamp = Stamp {
            client,
            ..self.stamp(None, at, None)
        };
        let layout = self.display.layout(self.window());
        let extent = Extent::Folded { show: None };
        render::message(Direction::Received, message, &stamp, &layout, extent)
    }

    /// What stands before a message: its number, and when it passed.
    fn stamp(&mut self, number: Option<u64>, at: Instant, gap: Option<Duration>) -> Stamp {
        if !self.display.timestamps {
            return Stamp {
                number: number.filter(|_| self.numbers),
                ..Stamp::default()
            };
        }
        self.clock.stamp(number, at, gap)
    }
}
