//! The driver for streams: stdin to messages, messages to stdout.
//!
//! What is read is sent, what is received is written, in order; or an error
//! says what was not. Neither end is read faster than the other one takes it.

mod chunks;
mod delivery;
mod ending;
mod intake;
mod lines;
mod over;
mod sending;
mod settings;
mod steps;

use std::time::{Duration, Instant};

pub use ending::{Linger, Stay};
pub use intake::Reading;
pub use lines::Delimiter;
pub use settings::{Format, Settings, Source};
pub use steps::Language;

use crate::console::Console;
use crate::engine::{Driver, End, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Error, Signal};
use crate::goal::Wanted;
use crate::journal::{Journal, SharedJournal};
use crate::losses::{Forgiven, Losses};
use crate::message::{MessageRef, close_payload};
use crate::open::{Handshake, Plan};
use crate::reconnect::Again;
use crate::render;
use crate::script::Script;
use crate::view::Onlookers;
use crate::view::Printer;
use crate::ws::{Piece, Received, Writer};
pub(crate) use delivery::{Delivery, HURRIED_OUTPUT_TIME, OUTPUT_TIME};
pub(crate) use ending::{Ending, Over};
pub(crate) use intake::Intake;

/// See the module's head.
pub struct Pipe {
    settings: Settings,
    console: Console,
    lines: Printer,
    journal: SharedJournal,
    intake: Option<Intake>,
    delivery: Delivery,
    wanted: Wanted,
    script: Script,
    ending: Ending,
    phase: Phase,
    /// Where a lost connection is to be followed by another.
    again: Option<Again>,
    /// Messages from stdin that this connection's writer was given.
    fed: u64,
    losses: Losses,
    /// Bytes of the message that is arriving.
    arriving: Option<u64>,
    /// A signal came: nobody is waited for without end.
    hurried: bool,
    errors: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Opening,
    /// Between two connections, until then.
    Apart(Instant),
    Open(PeerId),
    /// Our Close is queued, or the connection breaks.
    Closing,
    /// The connection is over.
    Over,
    /// Do not even wait for output.
    Gone,
}

impl Pipe {
    /// The pipe of a connection that is being opened by `plan`.
    ///
    /// # Errors
    /// `Io` when there is no thread for a stdin that needs one.
    pub fn new(
        mut settings: Settings,
        plan: Plan,
        console: Console,
        waker: Waker,
        onlookers: Onlookers,
    ) -> Result<Self, Error> {
        let Onlookers { lines, journal } = onlookers;
        let wanted = Wanted::new(std::mem::take(&mut settings.goal));
        let script = std::mem::take(&mut settings.script);
        let again = settings
            .reconnect
            .map(|limit| Again::new(plan, limit, script.clone()));
        Ok(Pipe {
            again,
            fed: 0,
            lines: Printer::new(lines, waker.clone()),
            losses: match settings.source {
                Source::Echo => Losses::of_echo(),
                Source::Stdin(_) | Source::Nothing => Losses::default(),
            },
            intake: match settings.source {
                Source::Stdin(reading) => Some(Intake::new(reading)?),
                Source::Echo | Source::Nothing => None,
            },
            delivery: Delivery::new(settings.format, &settings.display, journal.clone(), waker),
            journal,
            ending: Ending::new(settings.stay, wanted.is_any()),
            wanted,
            script: Script::new(script),
            settings,
            console,
            phase: Phase::Opening,
            arriving: None,
            hurried: false,
            errors: Vec::new(),
        })
    }

    /// Writes what is left, and says how it went; `conclude` is told, too, before
    /// the last lines are written, and may fail itself.
    pub fn finish(mut self, conclude: impl FnOnce(&[Error]) -> Option<Error>) -> Vec<Error> {
        let time = match self.phase {
            Phase::Gone => Duration::ZERO,
            _ if self.hurried => HURRIED_OUTPUT_TIME,
            _ => OUTPUT_TIME,
        };
        self.errors.extend(self.delivery.drain(time));
        self.record();
        let missing = self.wanted.missing();
        let tells = self.errors.is_empty() && !self.delivery.is_unheard();
        self.errors.extend(missing.filter(|_| tells));
        self.errors.extend(conclude(&self.errors));
        self.errors.extend(self.delivery.finish(time));
        self.lines.settle();
        self.errors
    }

    /// Writes the recording; one that cannot go on is told of at once.
    fn record(&mut self) {
        if let Some(error) = self.journal.settle() {
            self.loss(&render::recording_stopped(&error));
            self.errors.push(error);
        }
    }

    /// Whether there is nothing left to do but to wait for the other end.
    fn is_idle(&self, writer: &Writer) -> bool {
        let waits = matches!(self.settings.stay, Stay::For(_));
        self.is_all_queued() && writer.pending() == 0 && (waits || self.delivery.is_done())
    }

    /// Whether those who look on hold back what is sent.
    fn is_watched_slowly(&self) -> bool {
        self.lines.is_full() || self.journal.is_full()
    }

    /// Closes when it is time to.
    fn look_at_the_clock(&mut self, peers: &mut Peers, peer: PeerId, moment: &Moment) {
        let Some(writer) = peers.look(peer).filter(|writer| !writer.is_closing()) else {
            return;
        };
        let idle = self.is_idle(writer);
        self.ending.idle(idle, moment.now);
        match self.ending.verdict(moment.quiet, self.wanted.is_met()) {
            None => return,
            Some(Over::NoReply(time)) => self.notice(&format!(
                "no reply within {} s of the last message (--linger, -1)",
                time.as_secs()
            )),
            Some(Over::Met) => self.losses.forgive(Forgiven::Everything),
            Some(Over::Quiet) => {}
        }
        self.close(peers);
    }

    /// Ends the conversation as it was asked for.
    fn close(&mut self, peers: &mut Peers) {
        peers.close_all(&self.settings.close);
        self.begin_closing();
    }

    fn begin_closing(&mut self) {
        if let Phase::Open(_) = self.phase {
            self.phase = Phase::Closing;
        }
    }

    /// Ends early, for a reason of our own.
    fn leave(&mut self, peers: &mut Peers, code: u16) {
        if self.is_between() {
            self.give_up();
        }
        peers.close_all(&close_payload(Some(code), ""));
        self.phase = match self.phase {
            Phase::Opening | Phase::Apart(_) => Phase::Gone,
            Phase::Open(_) => Phase::Closing,
            other => other,
        };
    }

    /// A part of a data message that is wanted.
    fn deliver(&mut self, piece: &Piece<'_>, at: Instant) {
        self.delivery.data(piece, at);
        self.ending.received(at);
        let arrived = self.arriving.unwrap_or(0) + piece.bytes.len() as u64;
        self.arriving = (!piece.last).then_some(arrived);
    }

    // What is said on stderr waits with the lines of the view, in their order:
    // nobody may be reading it.

    fn detail(&self, text: &str) {
        self.lines.add(&self.console.detail_line(text));
    }

    fn notice(&self, text: &str) {
        self.lines.add(&self.console.notice_line(text));
    }

    /// What was asked for by an option of its own.
    fn asked(&self, text: &str) {
        self.lines.add(&self.console.loss_line(text));
    }

    fn loss(&self, text: &str) {
        self.lines.add(&self.console.loss_line(text));
    }

    /// Tells of a ping or pong, on stderr where stdout has no room for it.
    fn tell(&mut self, message: MessageRef<'_>, at: Instant) {
        if self.settings.ping_pong && !self.delivery.control(message, at) {
            self.asked(&render::control(message));
        }
    }
}

impl Driver for Pipe {
    fn opened(&mut self, peer: PeerId, handshake: &Handshake, _: &mut Writer) {
        self.phase = Phase::Open(peer);
        let exposure = self.console.exposure();
        self.detail(&render::connected(handshake, exposure));
        self.detail(&render::phases(handshake));
        for oddity in &handshake.oddities {
            self.detail(&render::escape(oddity));
        }
        let again = self.again.as_mut();
        if let Some(gap) = again.and_then(|again| again.opened(Instant::now())) {
            self.loss(&gap.told(&self.losses, self.waiting()));
        }
    }

    fn takes(&self, _: PeerId, writer: &Writer) -> bool {
        let echoes = self.settings.source == Source::Echo;
        // After our Close nothing goes back any more.
        let room = !echoes || writer.has_room() || writer.is_closing();
        !self.delivery.is_full() && !self.lines.is_full() && room
    }

    fn event(&mut self, _: PeerId, at: Instant, received: &Received<'_>, writer: &mut Writer) {
        if let Received::Data(piece) = received
            && self.settings.source == Source::Echo
            && !writer.is_closing()
        {
            writer.data(piece);
        }
        if self.delivery.is_unheard() || self.wanted.is_met() {
            return;
        }
        match received {
            Received::Data(piece) => self.deliver(piece, at),
            Received::Ping(data) => self.tell(MessageRef::Ping(data), at),
            Received::Pong(data) => self.tell(MessageRef::Pong(data), at),
            Received::Close(_) => {}
        }
        self.wanted.see(received);
        if self.wanted.is_met() {
            self.journal.tell(Journal::mute);
        }
    }

    fn ended(&mut self, _: PeerId, end: End) {
        if let Some(wait) = self.goes_on(&end) {
            return self.interrupted(end, wait);
        }
        match end {
            End::NotOpened(error) => {
                self.errors.push(error);
                self.give_up();
            }
            End::Over(ended) => self.over(&ended),
        }
        if self.phase != Phase::Gone {
            self.phase = Phase::Over;
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if let Some(error) = self.settings.limit.passed(moment.now)
            && self.phase != Phase::Gone
        {
            self.errors.push(error);
            self.leave(peers, 1001);
            self.phase = Phase::Gone;
            // One more turn, for the Close frame to go out.
            return Turn::Going;
        }
        self.lines.show();
        self.record();
        if self.phase == Phase::Gone {
            // How it stood is told by its end.
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        let was_heard = !self.delivery.is_unheard();
        self.errors.extend(self.delivery.hand_over(moment));
        if was_heard && self.delivery.is_unheard() {
            self.losses.forgive(Forgiven::Everything);
            self.leave(peers, 1001);
        }
        // What is sent is shown as well: a view that is not read holds it back.
        if let (Phase::Open(peer), false) = (self.phase, self.is_watched_slowly()) {
            self.feed(peers, peer, moment);
        }
        if let Phase::Open(peer) = self.phase {
            self.look_at_the_clock(peers, peer, moment);
        }
        if let Phase::Apart(until) = self.phase
            && until <= moment.now
        {
            self.try_again(peers, moment.now);
        }
        match self.phase {
            Phase::Over if self.hurried || self.delivery.is_done() => Turn::Done,
            _ => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let mut wants = Wants {
            output: self.delivery.wants(),
            reader: self.delivery.reader(),
            deadline: self.settings.limit.deadline(),
            // Frames that have just been written are to be shown.
            again: self.phase == Phase::Gone
                || self.lines.is_waiting()
                || self.delivery.is_waiting(),
            ..Wants::default()
        };
        if let Phase::Apart(until) = self.phase {
            wants.deadline = wants.deadline.into_iter().chain([until]).min();
        }
        if let Phase::Open(peer) = self.phase {
            let Some(writer) = peers.look(peer).filter(|writer| !writer.is_closing()) else {
                // The other end has closed: there is nothing left to do for it.
                return wants;
            };
            let room = writer.has_room() && !self.is_watched_slowly();
            // The clock begins to run when the last byte has been flushed.
            wants.again |= !self.ending.is_running() && self.is_idle(writer);
            let line = self.intake.as_ref().and_then(Intake::deadline);
            let waiting = self.script.deadline().or(line).filter(|_| room);
            // While nothing is read, nothing that came can be told of in time.
            let end = self.ending.deadline().filter(|_| self.takes(peer, writer));
            let times = [wants.deadline, end, waiting];
            wants.deadline = times.into_iter().flatten().min();
            let kept = self.again.as_ref().map_or(0, Again::waiting);
            wants.again |= room && (self.script.is_due() || kept > 0);
            let reads = room && self.script.is_over();
            if let Some(intake) = self.intake.as_ref().filter(|_| reads) {
                wants.input = intake.wants();
                wants.again |= intake.is_stalled();
            }
        }
        wants
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        self.errors.push(Error::Stopped(signal));
        self.hurried = true;
        match self.phase {
            Phase::Opening | Phase::Apart(_) | Phase::Open(_) => self.leave(peers, 1001),
            _ => self.phase = Phase::Gone,
        }
    }
}
