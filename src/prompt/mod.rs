//! The driver at a terminal: what is typed goes out, what comes is shown
//! above the line that is being typed.
//!
//! The editor and the screen have threads of their own; both are waited for,
//! within a limit, before the last notice, so that the terminal is left as it
//! was found.

mod commands;
mod complete;
mod editor;
mod gate;
mod history;
mod inputrc;
mod screen;
mod seen;
mod settings;
mod status;
mod typed;

use std::cell::RefCell;
use std::fmt::Write;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::account::{Account, Forgiven};
use crate::console::Console;
use crate::engine::{Driver, End, Ended, Moment, Nudge, Output, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Action, Error, Signal};
use crate::journal::SharedJournal;
use crate::message::{Message, MessageRef, close_payload};
use crate::open::Handshake;
use crate::render;
use crate::script::{Script, Step};
use crate::stats::Stats;
use crate::view::Lines;
use crate::wanted::Wanted;
use crate::ws::{Assembler, Received, Writer};
pub use settings::{InputrcFiles, Seat, Settings};

use editor::{Editor, EditorSettings, Prepared};
use screen::Screen;
use seen::Seen;

/// How long the terminal may take for what is left to print.
const SCREEN_TIME: Duration = Duration::from_millis(500);

/// Typed lines that wait behind a `/wait`, at most.
const MAX_SCRIPT: usize = 1000;

/// Typed pings whose pong is still to be told of, at most.
const MAX_PINGS: usize = 64;

/// See the module's head.
pub struct Prompt {
    settings: Settings,
    console: Console,
    /// Until the connection is open there is nothing to type for.
    prepared: Option<Prepared>,
    editor: Option<Editor>,
    /// What ends the editor.
    nudge: Nudge,
    screen: Output,
    /// What can be typed again.
    seen: Seen,
    assembler: Assembler,
    script: Script,
    account: Account,
    /// The data of typed pings whose pong has not come.
    pings: Vec<Vec<u8>>,
    stats: Rc<RefCell<Stats>>,
    lines: Lines,
    journal: SharedJournal,
    phase: Phase,
    wanted: Wanted,
    /// The writer had no room for all that was typed.
    stalled: bool,
    /// The closing notice, for when the terminal is free.
    farewell: Option<String>,
    /// What is to be said after it under `-v`.
    postscript: Option<String>,
    errors: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting,
    Open(PeerId),
    Closing(PeerId),
    Closed,
    /// Leave without waiting.
    Gone,
}

impl Prompt {
    /// Takes hold of the terminal; nothing is printed yet.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub fn new(
        settings: Settings,
        console: Console,
        waker: Waker,
        seat: Seat,
    ) -> Result<Self, Error> {
        let terminal = |error: rustyline::error::ReadlineError| {
            terminal_error(Action::Read, io::Error::other(error.to_string()))
        };
        let seen = Seen::default();
        let editing = EditorSettings {
            history: settings.history.clone(),
            secrets: settings.secrets.clone(),
            seen: seen.clone(),
            inputrc: settings.inputrc.clone(),
            style: settings.style,
        };
        let mut prepared = Prepared::new(editing, waker.clone()).map_err(terminal)?;
        let mut screen = Screen::new(prepared.printer().map_err(terminal)?, prepared.gate());
        let wanted = Wanted::new(settings.goal.clone());
        Ok(Prompt {
            script: Script::new(settings.script.clone()),
            account: Account::new(false),
            pings: Vec::new(),
            settings,
            console,
            screen: Output::through(waker, move |batch| screen.print(batch)),
            seen,
            prepared: Some(prepared),
            editor: None,
            assembler: Assembler::default(),
            nudge: seat.nudge,
            stats: seat.stats,
            lines: seat.watched.lines,
            journal: seat.watched.journal,
            phase: Phase::Connecting,
            wanted,
            stalled: false,
            farewell: None,
            postscript: None,
            errors: Vec::new(),
        })
    }

    /// Gives the terminal back, and says how it went.
    pub fn finish(mut self) -> Vec<Error> {
        self.end_editor();
        self.show_lines();
        if let Err(cause) = self.screen.finish(Instant::now() + SCREEN_TIME) {
            self.errors.push(terminal_error(Action::Write, cause));
        }
        if let Some(text) = &self.farewell {
            self.console.notice(text);
        }
        if let Some(text) = &self.postscript {
            self.console.detail(text);
        }
        let missing = self.wanted.missing().filter(|_| self.errors.is_empty());
        self.errors.extend(missing);
        std::mem::take(&mut self.errors)
    }

    /// Gives the terminal back, when everything before has been drawn. An
    /// editor that is busy draws nothing: then the rest comes after its end.
    fn end_editor(&mut self) {
        if self.editor.is_some() {
            self.show(screen::NOTHING);
            self.screen.settle(Instant::now() + SCREEN_TIME);
            self.editor = None;
        }
    }

    fn notice(&mut self, text: &str) {
        match self.settings.notices_on_screen {
            true => self.show(&self.console.notice_line(text)),
            false => self.console.notice(text),
        }
    }

    fn detail(&mut self, text: &str) {
        match self.settings.notices_on_screen {
            true => self.show(&self.console.detail_line(text)),
            false => self.console.detail(text),
        }
    }

    /// Shows the lines of the view since the last time.
    fn show_lines(&mut self) {
        let lines = self.lines.take();
        match self.settings.notices_on_screen {
            true => self.show(&lines),
            false => self.console.lines(&lines),
        }
    }

    fn show(&mut self, text: &str) {
        self.screen.push(text.as_bytes());
    }

    fn show_control(&mut self, message: MessageRef<'_>) {
        if self.settings.ping_pong {
            let line = render::received_control(message, &self.settings.style);
            self.show(&line);
        }
    }

    fn complain(&mut self, message: &str, hint: Option<&str>) {
        let mut text = format!("error: {message}");
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            let _ = write!(text, "; {hint}");
        }
        let line = format!(
            "{}\n",
            self.settings
                .style
                .error(&format!("* {}", render::escape(&text)))
        );
        self.show(&line);
    }

    /// Does what the script holds: `--execute`, and what was typed.
    fn run_script(&mut self, peers: &mut Peers, moment: &Moment) {
        let Phase::Open(peer) = self.phase else {
            return;
        };
        if let Some(writer) = peers.writer(peer) {
            self.script.run(writer, moment.now);
            if self.script.has_closed() {
                self.account.forgive(Forgiven::Input);
            }
            if writer.is_closing() {
                self.phase = Phase::Closing(peer);
            }
        }
    }

    fn close(&mut self, peers: &mut Peers) {
        self.account.forgive(Forgiven::Input);
        peers.close_all(&self.settings.close);
        self.phase = match self.phase {
            Phase::Open(peer) => Phase::Closing(peer),
            Phase::Connecting => Phase::Gone,
            other => other,
        };
    }

    fn has_room(&self, peers: &Peers) -> bool {
        match self.phase {
            Phase::Open(_) if self.script.steps_left() >= MAX_SCRIPT => false,
            Phase::Open(peer) => peers.look(peer).is_some_and(Writer::has_room),
            Phase::Connecting => false,
            _ => true,
        }
    }

    fn status(&self, peers: &Peers) -> String {
        let waiting = |peer| peers.look(peer).map_or(0, Writer::pending);
        let (state, waiting) = match self.phase {
            Phase::Connecting => ("CONNECTING", 0),
            Phase::Open(peer) => ("OPEN", waiting(peer)),
            Phase::Closing(peer) => ("CLOSING", waiting(peer)),
            Phase::Closed | Phase::Gone => ("CLOSED", 0),
        };
        status::rows(
            state,
            waiting,
            &self.stats.borrow(),
            self.console.exposure(),
        )
    }

    /// What to say of a pong: nothing if it answers a ping that keeps the
    /// connection alive.
    fn pong(&mut self, data: &[u8]) -> Option<String> {
        let time = self.stats.borrow().last_pong;
        let typed = self.pings.iter().position(|ping| ping == data);
        match typed {
            Some(at) => _ = self.pings.remove(at),
            None if time.is_some() => return None,
            None => {}
        }
        let time = time.map_or("not asked for".into(), render::milliseconds);
        Some(match data {
            [] => format!("pong ({time})"),
            data => format!("pong {} ({time})", render::escape_bytes(data)),
        })
    }

    /// A ping was typed, or stands in the script.
    fn pinged(&mut self, step: &Step) {
        if let Step::Send(Message::Ping(data)) = step {
            if self.pings.len() == MAX_PINGS {
                self.pings.remove(0);
            }
            self.pings.push(data.clone());
        }
    }

    fn over(&mut self, ended: &Ended) {
        self.farewell = Some(render::closed(ended));
        self.postscript = render::after_close(ended);
        self.errors.extend(ended.error());
        let lost = self.account.lost(ended.unsent, self.script.unsent());
        self.errors.extend(lost.map(Error::Unsent));
    }
}

impl Driver for Prompt {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, _: &mut Writer) {
        self.phase = Phase::Open(peer);
        self.seen.learn_url(&handshake.url);
        self.show_lines();
        self.notice(&render::connected(handshake, self.console.exposure()));
        self.detail(&render::phases(handshake));
        for oddity in &handshake.oddities {
            self.detail(&render::escape(oddity));
        }
        for step in std::mem::take(&mut self.settings.script) {
            self.pinged(&step);
            if let Step::Send(message) = step {
                self.show(&render::sent(&message, &self.settings.style));
            }
        }
        if let Some(prepared) = self.prepared.take() {
            self.editor = Some(prepared.start(self.nudge.clone()));
        }
    }

    fn takes(&self, _: &Writer) -> bool {
        !self.screen.is_full()
    }

    fn event(&mut self, _: PeerId, _: Instant, received: &Received<'_>, _: &mut Writer) {
        self.show_lines();
        if self.wanted.is_met() {
            return;
        }
        match received {
            Received::Data(piece) => {
                if let Some((kind, bytes)) = self.assembler.push(piece) {
                    self.seen.learn(bytes);
                    let line = render::received(kind, bytes, &self.settings.style);
                    self.screen.push(line.as_bytes());
                }
            }
            Received::Ping(data) => self.show_control(MessageRef::Ping(data)),
            Received::Pong(data) => {
                self.show_control(MessageRef::Pong(data));
                if let Some(text) = self.pong(data) {
                    self.notice(&text);
                }
            }
            Received::Close(_) => {}
        }
        self.wanted.see(received);
    }

    fn ended(&mut self, _: PeerId, end: End) {
        match end {
            End::NotOpened(error) => self.errors.push(error),
            End::Over(ended) => self.over(&ended),
        }
        if self.phase != Phase::Gone {
            self.phase = Phase::Closed;
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if self.phase == Phase::Gone {
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        if let Some(error) = self.settings.limit.passed(moment.now) {
            self.errors.push(error);
            self.close(peers);
            self.phase = Phase::Gone;
        }
        if self.wanted.is_met() && matches!(self.phase, Phase::Open(_)) {
            self.account.forgive(Forgiven::Everything);
            self.close(peers);
        }
        self.run_script(peers, moment);
        self.take_typed(peers, moment);
        self.show_lines();
        if let Some(error) = self.journal.settle() {
            self.notice(&render::recording_stopped(&error));
            self.errors.push(error);
        }
        if let Err(cause) = self.screen.hand_over() {
            self.errors.push(terminal_error(Action::Write, cause));
            self.close(peers);
        }
        match self.phase {
            Phase::Closed => Turn::Done,
            _ => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let room = self.has_room(peers);
        let waiting = self.script.deadline().filter(|_| room);
        Wants {
            deadline: waiting
                .into_iter()
                .chain(self.settings.limit.deadline())
                .min(),
            again: self.phase == Phase::Gone
                || room && (self.stalled || self.script.is_due())
                || self.lines.is_waiting(),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        self.errors.push(Error::Stopped(signal));
        match self.phase {
            Phase::Open(peer) => {
                peers.close_all(&close_payload(Some(1001), ""));
                self.phase = Phase::Closing(peer);
            }
            _ => self.phase = Phase::Gone,
        }
    }

    fn resumed(&mut self) {
        if let Some(editor) = &mut self.editor {
            editor.resumed();
        }
    }
}

fn terminal_error(action: Action, cause: io::Error) -> Error {
    Error::Io {
        action,
        medium: "the terminal".into(),
        cause,
    }
}
