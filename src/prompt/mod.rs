//! The driver at a terminal: what is typed goes out, what comes is shown
//! above the line that is being typed.
//!
//! The editor and the screen have threads of their own; both are waited for,
//! within a limit, before the last notice, so that the terminal is left as it
//! was found. What comes is kept in the session's window and drawn from there, so
//! that a busy connection neither fills memory nor keeps keys waiting.

mod commands;
mod complete;
mod connection;
mod drawing;
mod editor;
mod feed;
mod gate;
mod history;
mod inputrc;
mod look;
mod messages;
mod save;
mod screen;
mod seen;
mod session;
mod settings;
mod show;
mod status;
mod typed;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::account::{Account, Forgiven};
use crate::again::Again;
use crate::console::Console;
use crate::engine::{Driver, End, Ended, Moment, Nudge, Output, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Action, Error, Signal};
use crate::journal::SharedJournal;
use crate::message::{Message, MessageRef, close_payload};
use crate::open::{Handshake, Plan};
use crate::render;
use crate::script::Script;
use crate::stats::Stats;
use crate::view::{Lines, Printer};
use crate::wanted::Wanted;
use crate::ws::{Assembler, Received, Writer};
pub use settings::{InputrcFiles, Seat, Settings};

use editor::{Editor, EditorSettings, Prepared};
use feed::Feed;
use look::Look;
use screen::{Pace, Screen};
use seen::Seen;
use session::{Mark, Session};

/// How long the terminal may take for what is left to print.
const SCREEN_TIME: Duration = Duration::from_millis(500);
/// How long it may take for messages that wait to be drawn, at the end.
const LAST_TIME: Duration = Duration::from_secs(2);

/// Typed lines that wait, at most: behind a `/wait`, for a connection, or for a server
/// that reads slowly.
const MAX_SCRIPT: usize = 1000;
/// The same in bytes, but for one that is larger.
const MAX_SCRIPT_BYTES: usize = 16 * 1024 * 1024;

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
    /// Where notices go if stderr is another place.
    aside: Option<Printer>,
    pace: Pace,
    feed: Feed,
    session: Session,
    look: Look,
    /// What can be typed again.
    seen: Seen,
    assembler: Assembler,
    /// As the command line has it.
    home: Plan,
    /// Where the connection leads, or the next one will.
    plan: Plan,
    again: Option<Again>,
    /// Where to go once the connection at hand is over (`/connect`).
    next: Option<Plan>,
    /// The user wants to leave.
    leaving: bool,
    /// What is sent first on this connection.
    opening: Script,
    /// What was typed, and has not been sent.
    script: Script,
    /// Data messages that were typed and given to this connection's writer.
    given: u64,
    account: Account,
    /// Typed messages that are not for where the user goes next.
    left_behind: u64,
    /// What was told as lost when the user left a connection for another.
    lost: Option<Error>,
    /// The data of typed pings whose pong has not come.
    pings: Vec<Vec<u8>>,
    stats: Rc<RefCell<Stats>>,
    lines: Lines,
    journal: SharedJournal,
    phase: Phase,
    /// How the connection at hand ended, until the next turn.
    ended: Option<End>,
    wanted: Wanted,
    /// The closing notice, for when the terminal is free.
    farewell: Option<String>,
    /// What is to be said after it under `-v`.
    postscript: Option<String>,
    outcome: Outcome,
}

/// What went wrong.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is still to be told.
    pub errors: Vec<Error>,
    /// What was told at the prompt.
    pub told: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// For the first time: nobody types yet.
    Connecting,
    Open(PeerId),
    Closing(PeerId),
    /// The connection was lost; another try then.
    Apart(Instant),
    /// Another connection is being opened.
    Reopening(PeerId),
    /// There is none, and the prompt waits for what the user wants.
    Idle,
    Closed,
    /// Leave without waiting.
    Gone,
}

impl Prompt {
    /// Takes hold of the terminal for a connection that is being opened by `plan`;
    /// nothing is printed yet.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub fn new(
        mut settings: Settings,
        plan: Plan,
        console: Console,
        waker: Waker,
        seat: Seat,
    ) -> Result<Self, Error> {
        let seen = Seen::default();
        let pace = Pace::default();
        let (prepared, mut screen) = take_hold(&settings, &seen, &pace, &waker)
            .map_err(|error| terminal_error(Action::Read, io::Error::other(error.to_string())))?;
        let lines = seat.watched.lines;
        let aside =
            (!settings.notices_on_screen).then(|| Printer::new(lines.clone(), waker.clone()));
        let wanted = Wanted::new(std::mem::take(&mut settings.goal));
        Ok(Prompt {
            opening: Script::new(settings.script.clone()),
            again: settings
                .reconnect
                .map(|limit| Again::new(plan.clone(), limit, Vec::new())),
            home: plan.clone(),
            plan,
            next: None,
            leaving: false,
            script: Script::default(),
            given: 0,
            account: Account::new(false),
            left_behind: 0,
            lost: None,
            pings: Vec::new(),
            look: Look::new(&settings, seat.frames),
            settings,
            console,
            screen: Output::through(waker, move |batch| screen.print(batch)),
            aside,
            pace,
            feed: Feed::default(),
            session: Session::default(),
            seen,
            prepared: Some(prepared),
            editor: None,
            assembler: Assembler::default(),
            nudge: seat.nudge,
            stats: seat.stats,
            lines,
            journal: seat.watched.journal,
            phase: Phase::Connecting,
            ended: None,
            wanted,
            farewell: None,
            postscript: None,
            outcome: Outcome::default(),
        })
    }

    /// Gives the terminal back, and says how it went.
    pub fn finish(mut self) -> Outcome {
        self.end_editor();
        self.draw_the_rest();
        if let Err(cause) = self.screen.finish(Instant::now() + SCREEN_TIME) {
            self.fail(terminal_error(Action::Write, cause));
        }
        let farewell = self.farewell.take();
        let postscript = self.postscript.take();
        let last = farewell.map_or(String::new(), |text| self.console.notice_line(&text))
            + &postscript.map_or(String::new(), |text| self.console.detail_line(&text));
        match &mut self.aside {
            Some(aside) => {
                aside.offer(&last);
                aside.settle();
            }
            None => self.console.lines(&last),
        }
        let missing = self.wanted.missing();
        let tells = self.outcome.errors.is_empty() && self.outcome.told.is_empty();
        self.outcome.errors.extend(missing.filter(|_| tells));
        self.outcome.told.extend(self.lost);
        self.outcome
    }

    /// Writes the recording; one that cannot go on is told of at once.
    fn record(&mut self) {
        if let Some(error) = self.journal.settle() {
            self.notice(&render::recording_stopped(&error));
            self.fail(error);
        }
    }

    fn fail(&mut self, error: Error) {
        self.outcome.errors.push(error);
    }
}

impl Driver for Prompt {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, _: &mut Writer) {
        // Else nobody wants it any more.
        if self.phase != Phase::Gone {
            self.begin(peer, handshake);
        }
    }

    fn takes(&self, _: PeerId, _: &Writer) -> bool {
        self.feed.has_room()
    }

    fn event(&mut self, _: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        self.show_lines();
        if self.wanted.is_met() {
            return;
        }
        match received {
            Received::Data(piece) => {
                if let Some((kind, bytes)) = self.assembler.push(piece) {
                    let message = Message::from(MessageRef::data(kind, bytes));
                    self.keep(message, at);
                }
            }
            Received::Ping(data) => self.show_control(MessageRef::Ping(data), at),
            Received::Pong(data) => {
                self.show_control(MessageRef::Pong(data), at);
                if let Some(text) = self.pong(data, at) {
                    let line = self.console.notice_line(&text);
                    self.offer(&line, at);
                }
            }
            Received::Close(_) => {}
        }
        self.wanted.see(received);
    }

    fn ended(&mut self, _: PeerId, end: End) {
        self.ended = Some(end);
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if let Some(end) = self.ended.take() {
            self.over(end, peers, moment.now);
        }
        if self.phase == Phase::Gone {
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        if let Some(error) = self.settings.limit.passed(moment.now) {
            self.fail(error);
            self.close(peers);
            self.phase = Phase::Gone;
        }
        if self.wanted.is_met() && matches!(self.phase, Phase::Open(_)) {
            self.account.forgive(Forgiven::Everything);
            self.close(peers);
        }
        if let Phase::Apart(until) = self.phase
            && until <= moment.now
        {
            self.try_again(peers, moment.now);
        }
        self.run_script(peers, moment);
        self.take_typed(peers, moment);
        self.show_lines();
        self.record();
        self.draw(moment.now);
        if let Some(aside) = &mut self.aside {
            aside.show();
        }
        if let Err(cause) = self.screen.hand_over() {
            self.fail(terminal_error(Action::Write, cause));
            self.close(peers);
        }
        match self.phase {
            Phase::Closed => Turn::Done,
            _ => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let room = self.has_room(peers);
        // What was typed comes behind what comes first.
        let begun = self.opening.is_over();
        let at_hand = match begun {
            true => &self.script,
            false => &self.opening,
        };
        let waiting = at_hand.deadline().filter(|_| room);
        let apart = match self.phase {
            Phase::Apart(until) => Some(until),
            _ => None,
        };
        let kept = self.again.as_ref().map_or(0, Again::waiting);
        let due = at_hand.is_due() || begun && kept > 0;
        let times = [
            waiting,
            apart,
            self.settings.limit.deadline(),
            self.feed.deadline(&self.screen, &self.session),
        ];
        Wants {
            deadline: times.into_iter().flatten().min(),
            again: self.phase == Phase::Gone
                || self.ended.is_some()
                || room && due
                || self.has_lines()
                || self.feed.is_due(&self.screen, Instant::now()),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        self.fail(Error::Stopped(signal));
        match self.phase {
            Phase::Closing(_) => self.phase = Phase::Gone,
            _ => self.close_with(&close_payload(Some(1001), ""), peers),
        }
    }

    fn resumed(&mut self) {
        if let Some(editor) = &mut self.editor {
            editor.resumed();
        }
    }
}

/// The editor, and the screen above its line.
fn take_hold(
    settings: &Settings,
    seen: &Seen,
    pace: &Pace,
    waker: &Waker,
) -> rustyline::Result<(Prepared, Screen)> {
    let editing = EditorSettings {
        history: settings.history.clone(),
        secrets: settings.secrets.clone(),
        seen: seen.clone(),
        inputrc: settings.inputrc.clone(),
        style: settings.display.style,
    };
    let mut prepared = Prepared::new(editing, waker.clone())?;
    let printer = prepared.printer()?;
    let screen = Screen::new(printer, prepared.gate(), pace.clone());
    Ok((prepared, screen))
}

/// How a connection ended, for who keeps the session.
fn mark_of(ended: &Ended) -> Mark {
    match &ended.received_close {
        Some(payload) => Mark::ReceivedClose(payload.clone()),
        None => Mark::Lost,
    }
}

fn terminal_error(action: Action, cause: io::Error) -> Error {
    Error::Io {
        action,
        medium: "the terminal".into(),
        cause,
    }
}
