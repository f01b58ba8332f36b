//! What is shown, on the screen or on stderr, and when.

use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

use super::feed::Size;
use super::{LAST_TIME, Prompt, SCREEN_TIME, screen};
use crate::message::MessageRef;
use crate::render;

impl Prompt {
    /// Gives the terminal back, when everything before has been drawn. An
    /// editor that is busy draws nothing: then the rest comes after its end.
    pub(super) fn end_editor(&mut self) {
        if self.editor.is_some() {
            self.draw_the_rest();
            self.screen.push(screen::NOTHING.as_bytes());
            self.screen.settle(Instant::now() + SCREEN_TIME);
            self.editor = None;
        }
    }

    /// Draws what waits, as far as there is time for it.
    pub(super) fn draw_the_rest(&mut self) {
        self.show_lines();
        let deadline = Instant::now() + LAST_TIME;
        while !self.feed.is_empty() && Instant::now() < deadline {
            self.feed.hurry();
            self.draw(Instant::now());
            if self.screen.hand_over().is_err() {
                return;
            }
            if self.screen.is_full() {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// Hands the screen what it takes.
    pub(super) fn draw(&mut self, now: Instant) {
        if self.feed.is_empty() {
            return;
        }
        let (session, look) = (&self.session, &mut self.look);
        let window = look.window();
        self.feed.draw(
            &mut self.screen,
            &self.pace,
            session,
            now,
            window.rows,
            &mut |number, size| match size {
                Size::Folded => look.message(session, number, window),
                Size::Whole => look.whole(session, number),
            },
        );
    }

    pub(super) fn notice(&mut self, text: &str) {
        self.say(&self.console.notice_line(text));
    }

    pub(super) fn detail(&mut self, text: &str) {
        self.say(&self.console.detail_line(text));
    }

    /// Something that must not go unsaid, whatever the level.
    pub(super) fn loss(&mut self, text: &str) {
        self.say(&self.console.loss_line(text));
    }

    /// Lines for stderr, wherever that is.
    fn say(&mut self, lines: &str) {
        match &mut self.aside {
            None => self.feed.say(lines),
            Some(aside) => aside.add(lines),
        }
    }

    /// The same for what is counted rather than drawn when there is too much of it.
    pub(super) fn offer(&mut self, lines: &str) {
        match &mut self.aside {
            None => self.feed.offer(lines),
            Some(aside) => aside.add(lines),
        }
    }

    /// Shows the lines of the view since the last time.
    pub(super) fn show_lines(&mut self) {
        if self.lines.is_waiting() {
            let lines = self.lines.take();
            self.offer(&lines);
        }
    }

    pub(super) fn show(&mut self, text: &str) {
        self.feed.say(text);
    }

    pub(super) fn show_control(&mut self, message: MessageRef<'_>, at: Instant) {
        if self.look.ping_pong {
            let line = self.look.control(message, at);
            self.feed.offer(&line);
        }
    }

    pub(super) fn complain(&mut self, message: &str, hint: Option<&str>) {
        let mut text = format!("error: {message}");
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            let _ = write!(text, "; {hint}");
        }
        let text = format!("* {}", render::escape(&text));
        self.show(&format!("{}\n", self.settings.display.style.error(&text)));
    }
}
