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
mod desk;
mod editor;
mod feed;
mod gate;
mod help;
mod history;
mod inputrc;
mod look;
mod messages;
mod pings;
mod request;
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
use std::time::Instant;

use crate::console::Console;
use crate::engine::{Driver, End, Ended, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Action, Error, Signal};
use crate::goal::Wanted;
use crate::journal::SharedJournal;
use crate::losses::{Forgiven, Losses};
use crate::message::{Message, MessageRef, close_payload};
use crate::open::{Handshake, Plan};
use crate::reconnect::Again;
use crate::render;
use crate::script::Script;
use crate::stats::Stats;
use crate::ws::{Assembler, Received, Role, Writer};
pub use settings::{DeskSettings, InputrcFiles, Seat, Settings};

pub(crate) use desk::{Beside, Desk};
pub(crate) use editor::Typed;
pub(crate) use pings::Pings;
pub(crate) use request::Request;
pub(crate) use session::Entry;
use session::Mark;

/// Typed lines that wait, at most: behind a `/wait`, for a connection, or for who reads
/// slowly.
pub(crate) const MAX_WAITING: usize = 1000;
/// The same in bytes, but for one that is larger.
pub(crate) const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;

/// See the module's head.
pub struct Prompt {
    settings: Settings,
    desk: Desk,
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
    losses: Losses,
    /// Typed messages that are not for where the user goes next.
    left_behind: u64,
    /// What was told as lost when the user left a connection for another.
    lost: Option<Error>,
    pings: Pings,
    stats: Rc<RefCell<Stats>>,
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
        let beside = Beside {
            nudge: seat.nudge,
            frames: seat.frames,
            lines: seat.onlookers.lines,
        };
        let desk = Desk::new(settings.desk.clone(), Role::Client, console, waker, beside)?;
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
            losses: Losses::default(),
            left_behind: 0,
            lost: None,
            pings: Pings::default(),
            settings,
            desk,
            assembler: Assembler::default(),
            stats: seat.stats,
            journal: seat.onlookers.journal,
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
        let farewell = self.farewell.take();
        let postscript = self.postscript.take();
        let console = self.desk.console;
        let last = farewell.map_or(String::new(), |text| console.notice_line(&text))
            + &postscript.map_or(String::new(), |text| console.detail_line(&text));
        let failed = self.desk.finish(&last);
        self.outcome.errors.extend(failed);
        let missing = self.wanted.missing();
        let tells = self.outcome.errors.is_empty() && self.outcome.told.is_empty();
        self.outcome.errors.extend(missing.filter(|_| tells));
        self.outcome.told.extend(self.lost);
        self.outcome
    }

    /// Writes the recording; one that cannot go on is told of at once.
    fn record(&mut self) {
        if let Some(error) = self.journal.settle() {
            self.desk.notice(&render::recording_stopped(&error));
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
        self.desk.has_room()
    }

    fn event(&mut self, _: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        self.desk.show_lines();
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
            Received::Ping(data) => self.desk.show_control(None, MessageRef::Ping(data), at),
            Received::Pong(data) => {
                self.desk.show_control(None, MessageRef::Pong(data), at);
                if let Some(text) = self.pong(data, at) {
                    self.desk.tell(&text, at);
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
            self.losses.forgive(Forgiven::Everything);
            self.close(peers);
        }
        if let Phase::Apart(until) = self.phase
            && until <= moment.now
        {
            self.try_again(peers, moment.now);
        }
        self.run_script(peers, moment);
        self.take_typed(peers, moment);
        self.desk.show_lines();
        self.record();
        if let Err(error) = self.desk.hand_over(moment.now) {
            self.fail(error);
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
            self.desk.deadline(),
        ];
        Wants {
            deadline: times.into_iter().flatten().min(),
            again: self.phase == Phase::Gone
                || self.ended.is_some()
                || room && due
                || self.desk.is_due(Instant::now()),
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
        self.desk.resumed();
    }
}

/// How a connection ended, for who keeps the session.
fn mark_of(ended: &Ended) -> Mark {
    match &ended.received_close {
        Some(payload) => Mark::ReceivedClose(payload.clone()),
        None => Mark::Lost,
    }
}

/// A terminal that cannot be used.
pub(crate) fn terminal_error(action: Action, cause: io::Error) -> Error {
    Error::Io {
        action,
        medium: "the terminal".into(),
        cause,
    }
}
