//! The driver of a server between streams: stdin to every client, what clients say to
//! stdout.
//!
//! stdin is read while somebody is there to be told, and only as fast as the slowest
//! client takes it; what was read and not sent waits for the next client. A message is
//! written when it is whole, so that those of several clients are not mixed.

use std::time::{Duration, Instant};

use super::Clients;
use super::everyone::{Everyone, Latecomers, To};
use super::settings::PipeSettings;
use crate::console::Console;
use crate::engine::{Driver, End, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Error, Signal, Undelivered};
use crate::goal::Wanted;
use crate::journal::{Journal, SharedJournal};
use crate::losses::Losses;
use crate::message::{MessageRef, close_payload};
use crate::open::Handshake;
use crate::pipe::{Delivery, Ending, HURRIED_OUTPUT_TIME, Intake, OUTPUT_TIME, Stay};
use crate::render;
use crate::view::Onlookers;
use crate::view::Printer;
use crate::ws::{Piece, Received, Writer};

/// See the module's head.
pub struct Pipe {
    ping_pong: bool,
    console: Console,
    lines: Printer,
    journal: SharedJournal,
    clients: Clients,
    intake: Intake,
    latecomers: Latecomers,
    delivery: Delivery,
    wanted: Wanted,
    ending: Ending,
    phase: Phase,
    /// A signal came: nobody is waited for without end, and what was read and not sent
    /// is nobody's failure.
    hurried: bool,
    /// stdin is not what its format says.
    refused: bool,
    /// What clients did not get.
    missed: Option<Undelivered>,
    errors: Vec<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Nobody is let in any more, and everyone has our Close.
    Closing,
    /// Leave without waiting.
    Gone,
}

impl Pipe {
    /// # Errors
    /// `Io` when there is no thread for a stdin that needs one.
    pub fn new(
        settings: PipeSettings,
        clients: Clients,
        console: Console,
        waker: Waker,
        onlookers: Onlookers,
    ) -> Result<Self, Error> {
        let Onlookers { lines, journal } = onlookers;
        let wanted = Wanted::new(settings.goal);
        let stay = Stay::Linger(settings.linger);
        Ok(Pipe {
            ping_pong: settings.ping_pong,
            console,
            lines: Printer::new(lines, waker.clone()),
            intake: Intake::new(settings.reading)?,
            latecomers: Latecomers::default(),
            delivery: Delivery::new(settings.format, &settings.display, journal.clone(), waker),
            journal,
            clients,
            ending: Ending::new(stay, wanted.is_any()),
            wanted,
            phase: Phase::Serving,
            hurried: false,
            refused: false,
            missed: None,
            errors: Vec::new(),
        })
    }

    /// Writes what is left, and says how it went.
    pub fn finish(mut self) -> Vec<Error> {
        let time = match (self.phase, self.hurried) {
            (Phase::Gone, _) => Duration::ZERO,
            (_, true) => HURRIED_OUTPUT_TIME,
            (_, false) => OUTPUT_TIME,
        };
        self.errors.extend(self.delivery.drain(time));
        let heard = !self.delivery.is_unheard();
        self.tell_of_loss(heard && !self.wanted.is_met());
        let missing = self.wanted.missing();
        let tells = self.errors.is_empty() && heard;
        self.errors.extend(missing.filter(|_| tells));
        self.journal.conclude(&self.errors, None);
        self.errors.extend(self.delivery.finish(time));
        self.lines.settle();
        self.errors
    }

    /// What was read is to be sent: else it is said, and a failure unless it was a person
    /// who ended the run. What follows what was `wanted` is dropped on purpose.
    fn tell_of_loss(&mut self, wanted: bool) {
        // What follows a line that is wrong is not to be sent.
        let waiting = match self.refused {
            true => 0,
            false => self.intake.not_given(),
        };
        let missed = self.missed.take().filter(|_| wanted);
        let lost = match (missed, waiting) {
            (lost, 0) => lost,
            (_, _) if !wanted => None,
            (lost, waiting) => {
                let lost = lost.unwrap_or_default();
                let surely_not = lost.surely_not + waiting;
                Some(Undelivered { surely_not, ..lost })
            }
        };
        let Some(lost) = lost else { return };
        match self.hurried {
            false => self.errors.push(Error::Unsent(lost)),
            true if waiting > 0 => {
                let text = render::sent_to_nobody(waiting);
                self.lines.add(&self.console.loss_line(&text));
            }
            // Who missed what was said when it left.
            true => {}
        }
    }

    /// Sends what there is to send, as far as everyone has room.
    fn feed(&mut self, peers: &mut Peers, moment: &Moment) {
        if !To::Everyone.has_room(peers) || self.lines.is_full() {
            return;
        }
        let mut everyone = Everyone {
            peers,
            to: To::Everyone,
            latecomers: &mut self.latecomers,
        };
        match self.intake.take(moment.input, &mut everyone, moment.now) {
            Ok(0) => {}
            Ok(_) => self.ending.sent(),
            Err(error) => {
                for (_, writer) in peers.audience_mut() {
                    writer.abandon();
                }
                self.errors.push(error);
                self.refused = true;
                self.stop(peers, 1000);
            }
        }
    }

    /// Whether everything has been sent, and written.
    fn is_idle(&self, peers: &Peers) -> bool {
        let sent = |(_, writer): (PeerId, &Writer)| writer.pending() == 0;
        self.intake.is_over() && self.delivery.is_done() && peers.audience().all(sent)
    }

    /// Ends when it is time to.
    fn look_at_the_clock(&mut self, peers: &mut Peers, moment: &Moment) {
        self.ending.idle(self.is_idle(peers), moment.now);
        let verdict = self.ending.verdict(moment.quiet, self.wanted.is_met());
        if verdict.is_some() {
            self.stop(peers, 1000);
        }
    }

    /// Closes every client with this code, and lets nobody in any more.
    fn stop(&mut self, peers: &mut Peers, code: u16) {
        if self.phase == Phase::Serving {
            self.phase = Phase::Closing;
            peers.stop_listening();
            peers.close_all(&close_payload(Some(code), ""));
        }
    }

    /// A whole message.
    fn deliver(&mut self, peer: PeerId, piece: &Piece<'_>, at: Instant) {
        let clients = self.clients.clone();
        clients.heard(peer, piece, |number, kind, bytes| {
            let whole = Piece {
                kind,
                bytes,
                first: true,
                last: true,
            };
            self.delivery.speaks(number);
            self.delivery.data(&whole, at);
            self.wanted.see(&Received::Data(whole));
        });
        self.ending.received(at);
    }

    /// Tells of a ping or pong, on stderr where stdout has no room for it.
    fn control(&mut self, peer: PeerId, message: MessageRef<'_>, at: Instant) {
        let number = self.clients.number(peer).unwrap_or_default();
        if !self.ping_pong {
            return;
        }
        self.delivery.speaks(number);
        if !self.delivery.control(message, at) {
            let text = format!("client {number}: {}", render::control(message));
            self.lines.add(&self.console.loss_line(&text));
        }
    }
}

impl Driver for Pipe {
    fn opened(&mut self, peer: PeerId, _: &Handshake, writer: &mut Writer) {
        self.latecomers.came(peer);
        if self.phase != Phase::Serving {
            writer.close(&close_payload(Some(1001), ""));
        }
    }

    fn takes(&self, _: PeerId, _: &Writer) -> bool {
        !self.delivery.is_full() && !self.lines.is_full()
    }

    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        if self.delivery.is_unheard() || self.wanted.is_met() {
            return;
        }
        match received {
            Received::Data(piece) => self.deliver(peer, piece, at),
            Received::Ping(data) => {
                self.control(peer, MessageRef::Ping(data), at);
                self.wanted.see(received);
            }
            Received::Pong(data) => {
                self.control(peer, MessageRef::Pong(data), at);
                self.wanted.see(received);
            }
            Received::Close(_) => {}
        }
        if self.wanted.is_met() {
            self.journal.tell(Journal::mute);
        }
    }

    fn ended(&mut self, _: PeerId, end: End) {
        if let End::Over(ended) = end
            && let Some(lost) = Losses::default().lost(ended.unsent, 0)
        {
            self.missed = Some(lost.and(self.missed.unwrap_or_default()));
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        self.lines.show();
        if self.phase == Phase::Gone {
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        self.errors.extend(self.delivery.hand_over(moment));
        if self.delivery.is_unheard() {
            self.stop(peers, 1001);
        }
        if self.phase == Phase::Serving {
            self.feed(peers, moment);
        }
        if self.phase == Phase::Serving {
            self.look_at_the_clock(peers, moment);
        }
        let over = self.phase == Phase::Closing && peers.is_empty();
        match over && (self.hurried || self.delivery.is_done()) {
            true => Turn::Done,
            false => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let mut wants = Wants {
            output: self.delivery.wants(),
            reader: self.delivery.reader(),
            again: self.phase == Phase::Gone
                || self.lines.is_waiting()
                || self.delivery.is_waiting(),
            ..Wants::default()
        };
        if self.phase != Phase::Serving {
            return wants;
        }
        wants.again |= !self.ending.is_running() && self.is_idle(peers);
        let end = self.ending.deadline();
        let room = To::Everyone.has_room(peers) && !self.lines.is_full();
        let line = self.intake.deadline().filter(|_| room);
        wants.deadline = [end, line].into_iter().flatten().min();
        if room {
            wants.input = self.intake.wants();
            wants.again |= self.intake.is_stalled();
        }
        wants
    }

    fn stopped(&mut self, peers: &mut Peers, _: Signal) {
        match (self.phase, self.hurried) {
            (Phase::Serving, _) => self.stop(peers, 1001),
            (Phase::Closing, false) => {}
            _ => self.phase = Phase::Gone,
        }
        self.hurried = true;
    }
}
