//! A terminal with a prompt: the editor, the screen above its line, and what stands
//! there. It knows of no connection.
//!
//! The editor and the screen have threads of their own; both are waited for, within a
//! limit, before the last notice, so that the terminal is left as it was found.

use std::fmt::Write;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::commands;
use super::editor::{Editor, EditorSettings, Prepared, Typed};
use super::feed::{Feed, Size};
use super::look::Look;
use super::screen::{self, Pace, Screen};
use super::seen::Seen;
use super::session::{Entry, Session};
use super::settings::DeskSettings;
use super::terminal_error;
use crate::console::Console;
use crate::engine::{Nudge, Output, Waker};
use crate::error::{Action, Error};
use crate::message::{Message, MessageRef};
use crate::notation::Command;
use crate::render::{self, Style};
use crate::secret::Exposure;
use crate::view::{Lines, Printer, Switch};
use crate::ws::Role;

/// How long the terminal may take for what is left to print.
const SCREEN_TIME: Duration = Duration::from_millis(500);
/// How long it may take for messages that wait to be drawn, at the end.
const LAST_TIME: Duration = Duration::from_secs(2);

/// See the module's head.
pub(crate) struct Desk {
    pub(super) console: Console,
    style: Style,
    /// Of which end of connections it is.
    pub(super) role: Role,
    /// Until it begins there is nothing to type for.
    prepared: Option<Prepared>,
    editor: Option<Editor>,
    /// What ends the editor.
    nudge: Nudge,
    screen: Output,
    /// Where notices go if stderr is another place.
    aside: Option<Printer>,
    pace: Pace,
    pub(super) feed: Feed,
    pub(super) session: Session,
    pub(super) look: Look,
    /// What can be typed again.
    pub(super) seen: Seen,
    lines: Lines,
}

/// What a desk shares with who looks on.
pub(crate) struct Beside {
    /// What ends the editor.
    pub(crate) nudge: Nudge,
    /// Whether frames are shown.
    pub(crate) frames: Switch,
    /// What is to be shown beside the messages.
    pub(crate) lines: Lines,
}

impl Desk {
    /// Takes hold of the terminal; nothing is printed yet.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub(crate) fn new(
        settings: DeskSettings,
        role: Role,
        console: Console,
        waker: Waker,
        beside: Beside,
    ) -> Result<Self, Error> {
        let seen = Seen::default();
        let pace = Pace::default();
        let Beside {
            nudge,
            frames,
            lines,
        } = beside;
        let look = Look::new(&settings, frames, role);
        let style = settings.display.style;
        let notices_on_screen = settings.notices_on_screen;
        let (prepared, mut screen) = take_hold(settings, commands::of(role), &seen, &pace, &waker)
            .map_err(|error| terminal_error(Action::Read, io::Error::other(error.to_string())))?;
        Ok(Desk {
            console,
            style,
            role,
            prepared: Some(prepared),
            editor: None,
            nudge,
            aside: (!notices_on_screen).then(|| Printer::new(lines.clone(), waker.clone())),
            screen: Output::through(waker, move |batch| screen.print(batch)),
            pace,
            feed: Feed::new(role),
            session: Session::default(),
            look,
            seen,
            lines,
        })
    }

    /// Begins to read what is typed, once.
    pub(crate) fn begin(&mut self) {
        if let Some(prepared) = self.prepared.take() {
            self.editor = Some(prepared.start(self.nudge.clone()));
        }
    }

    /// What was typed meanwhile, as long as the answers to what was asked before find
    /// room.
    pub(crate) fn take(&mut self) -> Option<Typed> {
        self.editor
            .as_mut()
            .filter(|_| self.feed.takes_questions())
            .and_then(Editor::take)
    }

    /// Whether secrets are shown.
    pub(crate) fn exposure(&self) -> Exposure {
        self.console.exposure()
    }

    /// Whether more messages may come.
    pub(crate) fn has_room(&self) -> bool {
        self.feed.has_room()
    }

    /// Keeps a message, and draws it in its turn if it is one to be drawn; its number.
    pub(crate) fn keep(&mut self, entry: Entry) -> u64 {
        let drawn = self.look.draws(&entry);
        let number = self.session.add(entry);
        if drawn {
            self.feed.message(number);
        }
        number
    }

    /// Draws a message of ours that nobody typed.
    pub(crate) fn show_sent(&mut self, number: u64) {
        let window = self.look.window();
        if let Some(line) = self.look.message(&self.session, number, window) {
            self.show(&line);
        }
    }

    /// Hands the screen and stderr what they take, once a turn.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub(crate) fn hand_over(&mut self, now: Instant) -> Result<(), Error> {
        self.draw(now);
        if let Some(aside) = &mut self.aside {
            aside.show();
        }
        let handed = self.screen.hand_over();
        handed.map_err(|cause| terminal_error(Action::Write, cause))
    }

    /// When to hand over again, if there is something that waits for a time.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.feed.deadline(&self.screen, &self.session)
    }

    /// Whether there is something to hand over now.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.has_lines() || self.feed.is_due(&self.screen, now)
    }

    /// The program was stopped, and goes on.
    pub(crate) fn resumed(&mut self) {
        if let Some(editor) = &mut self.editor {
            editor.resumed();
        }
    }

    /// Gives the terminal back, and says the `last` lines; what went wrong with it.
    pub(crate) fn finish(&mut self, last: &str) -> Option<Error> {
        self.end_editor();
        self.draw_the_rest();
        let finished = self.screen.finish(Instant::now() + SCREEN_TIME);
        match &mut self.aside {
            Some(aside) => {
                aside.offer(last);
                aside.settle();
            }
            None => self.console.lines(last),
        }
        let cause = finished.err()?;
        Some(terminal_error(Action::Write, cause))
    }

    /// Gives the terminal back, when everything before has been drawn. An
    /// editor that is busy draws nothing: then the rest comes after its end.
    /// True if its user asked to leave once more meanwhile.
    pub(crate) fn end_editor(&mut self) -> bool {
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
    fn draw_the_rest(&mut self) {
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
    fn draw(&mut self, now: Instant) {
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

    pub(crate) fn notice(&mut self, text: &str) {
        self.say(&self.console.notice_line(text));
    }

    pub(crate) fn detail(&mut self, text: &str) {
        self.say(&self.console.detail_line(text));
    }

    /// Something that must not go unsaid, whatever the level.
    pub(crate) fn loss(&mut self, text: &str) {
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
    pub(crate) fn offer(&mut self, lines: &str, at: Instant) {
        match &self.aside {
            None => self.feed.offer(lines, at),
            Some(aside) => aside.offer(lines),
        }
    }

    /// The line of something that must not go unsaid, for the end.
    pub(crate) fn loss_line(&self, text: &str) -> String {
        self.console.loss_line(text)
    }

    /// A notice that may be left out when there is too much of it.
    pub(crate) fn tell(&mut self, text: &str, at: Instant) {
        let line = self.console.notice_line(text);
        self.offer(&line, at);
    }

    /// Shows the lines of the view since the last time; beside the screen they are shown
    /// where they are.
    pub(crate) fn show_lines(&mut self) {
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
    fn has_lines(&self) -> bool {
        match &self.aside {
            None => self.lines.is_waiting(),
            Some(aside) => aside.is_waiting(),
        }
    }

    pub(crate) fn show(&mut self, text: &str) {
        self.feed.say(text);
    }

    pub(crate) fn show_control(
        &mut self,
        client: Option<u64>,
        message: MessageRef<'_>,
        at: Instant,
    ) {
        if self.look.ping_pong {
            let line = self.look.control(client, message, at);
            self.feed.offer(&line, at);
        }
    }

    pub(crate) fn complain(&mut self, message: &str, hint: Option<&str>) {
        let mut text = format!("error: {message}");
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            let _ = write!(text, "; {hint}");
        }
        let text = format!("* {}", render::escape(&text));
        self.show(&format!("{}\n", self.style.error(&text)));
    }
}

/// The editor, and the screen above its line.
fn take_hold(
    settings: DeskSettings,
    commands: &'static [Command],
    seen: &Seen,
    pace: &Pace,
    waker: &Waker,
) -> rustyline::Result<(Prepared, Screen)> {
    let editing = EditorSettings {
        history: settings.history,
        secrets: settings.secrets,
        seen: seen.clone(),
        inputrc: settings.inputrc,
        style: settings.display.style,
        commands,
    };
    let mut prepared = Prepared::new(editing, waker.clone())?;
    let printer = prepared.printer()?;
    let screen = Screen::new(printer, prepared.gate(), pace.clone());
    Ok((prepared, screen))
}
