//! What is shown, on the screen or on stderr, and when.

use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

use super::editor::Editor;
use super::feed::Size;
use super::{LAST_TIME, Prompt, SCREEN_TIME, screen};
use crate::message::{Message, MessageRef};
use crate::render;

impl Prompt {
    /// Gives the terminal back, when everything before has been drawn. An
    /// editor that is busy draws nothing: then the rest comes after its end.
    /// True if its user asked to leave once more meanwhile.
    pub(super) fn end_editor(&mut self) -> bool {
        if self.editor.is_none() {
            return false;
        }
        self.draw_the_rest();
        self.screen.push(screen::NOTHING.as_bytes());
        self.screen.settle(Instant::now() + SCREEN_TIME);
        let editor = self.editor.take();
        editor.is_some_and(|mut editor| {
            editor.end();
            editor.is_asked_again()
        })
    }

    /// Draws what waits, as far as there is time for it.
    pub(super) fn draw_the_rest(&mut self) {
        self.show_lines();
        let deadline = Instant::now() + LAST_TIME;
        let in_haste = |editor: &mut Editor| editor.is_asked_again();
        while !self.feed.is_empty()
            && Instant::now() < deadline
            && !self.editor.as_mut().is_some_and(in_haste)
        {
            self.feed.hurry();
            self.draw(Instant::now());
            if self.screen.hand_over().is_err() {
                return;
            }
            if self.screen.is_full() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        self.feed.give_up();
        self.feed.hurry();
        self.draw(Instant::now());
    }

    /// Hands the screen what it takes.
    pub(super) fn draw(&mut self, now: Instant) {
        if self.feed.is_empty() {
            return;
        }
        let (session, look, seen) = (&self.session, &mut self.look, &self.seen);
        let window = look.window();
        self.feed.draw(
            &mut self.screen,
            &self.pace,
            session,
            now,
            window.rows,
            &mut |number, size| {
                if let Message::Text(text) = &session.get(number)?.message {
                    seen.learn(text.as_bytes());
                }
                match size {
                    Size::Folded => look.message(session, number, window),
                    Size::Whole => look.whole(session, number),
                }
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
        match &self.aside {
            None => self.feed.say(lines),
            Some(aside) => aside.offer(lines),
        }
    }

    /// The same for what may be left out when there is too much of it.
    pub(super) fn offer(&mut self, lines: &str, at: Instant) {
        match &self.aside {
            None => self.feed.offer(lines, at),
            Some(aside) => aside.offer(lines),
        }
    }

    /// Shows the lines of the view since the last time; beside the screen they are shown
    /// where they are.
    pub(super) fn show_lines(&mut self) {
        if self.aside.is_some() || !self.lines.is_waiting() {
            return;
        }
        let lines = self.lines.take();
        // Frames may be more than anyone can draw.
        match self.look.shows_frames() {
            true => self.feed.offer(&lines, Instant::now()),
            false => self.feed.say(&lines),
        }
    }

    /// Whether there are lines to show that are not held back.
    pub(super) fn has_lines(&self) -> bool {
        match &self.aside {
            None => self.lines.is_waiting(),
            Some(aside) => aside.is_waiting(),
        }
    }

    pub(super) fn show(&mut self, text: &str) {
        self.feed.say(text);
    }

    pub(super) fn show_control(&mut self, message: MessageRef<'_>, at: Instant) {
        if self.look.ping_pong {
            let line = self.look.control(message, at);
            self.feed.offer(&line, at);
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
