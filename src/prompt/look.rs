//! How messages look on this screen, and which are drawn: what `/set` and `/filter`
//! change.

use super::Settings;
use super::commands::Setting;
use super::session::{Entry, Session};
use crate::message::{Message, MessageRef};
use crate::pattern::Pattern;
use crate::render::{self, Style};
use crate::view::Switch;
use crate::ws::Direction;

/// See the module's head.
pub(super) struct Look {
    style: Style,
    pub(super) pretty: bool,
    pub(super) timestamps: bool,
    pub(super) numbers: bool,
    pub(super) ping_pong: bool,
    pub(super) frames: Switch,
    /// Only what matches is drawn; the pattern's line.
    filter: Option<(Pattern, String)>,
}

impl Look {
    pub(super) fn new(settings: &Settings, frames: Switch) -> Self {
        Look {
            style: settings.style,
            pretty: true,
            timestamps: false,
            numbers: false,
            ping_pong: settings.ping_pong,
            frames,
            filter: None,
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
            Setting::Pretty => self.pretty,
            Setting::Timestamps => self.timestamps,
            Setting::Numbers => self.numbers,
            Setting::Frames => self.frames.is_on(),
            Setting::PingPong => self.ping_pong,
        }
    }

    pub(super) fn set(&mut self, setting: Setting, on: bool) {
        match setting {
            Setting::Pretty => self.pretty = on,
            Setting::Timestamps => self.timestamps = on,
            Setting::Numbers => self.numbers = on,
            Setting::Frames => self.frames.set(on),
            Setting::PingPong => self.ping_pong = on,
        }
    }

    /// How many rows the window has.
    pub(super) fn rows(&self) -> usize {
        24
    }

    pub(super) fn columns(&self) -> usize {
        80
    }

    /// A message of the session as it arrives, folded to the window; nothing if it
    /// is not kept any more.
    pub(super) fn message(&self, session: &Session, number: u64) -> Option<String> {
        let entry = session.get(number)?;
        Some(match (entry.direction, &entry.message) {
            (Direction::Sent, message) => render::sent(message, &self.style),
            (Direction::Received, Message::Text(text)) => {
                render::received(crate::message::Kind::Text, text.as_bytes(), &self.style)
            }
            (Direction::Received, Message::Binary(bytes)) => {
                render::received(crate::message::Kind::Binary, bytes, &self.style)
            }
            (Direction::Received, other) => render::received_control(other.into(), &self.style),
        })
    }

    /// The same whole.
    pub(super) fn whole(&self, session: &Session, number: u64) -> Option<String> {
        self.message(session, number)
    }

    /// A ping or pong that was received.
    pub(super) fn control(&self, message: MessageRef<'_>) -> String {
        render::received_control(message, &self.style)
    }
}
