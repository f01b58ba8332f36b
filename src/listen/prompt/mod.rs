//! The driver of a server at a terminal: what is typed goes to every client, and what
//! each says is shown above the line that is being typed, behind the client's number.

mod typed;

use std::collections::VecDeque;
use std::time::Instant;

use super::Clients;
use super::everyone::{Latecomers, To};
use super::settings::PromptSettings;
use crate::console::Console;
use crate::engine::{Driver, End, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Error, Signal};
use crate::goal::Wanted;
use crate::message::{MessageRef, close_payload};
use crate::open::Handshake;
use crate::prompt::{Beside, Desk, Entry, Pings};
use crate::render;
use crate::script::Script;
use crate::ws::{Direction, Piece, Received, Role, Writer};

/// See the module's head.
pub struct Prompt {
    max_message: u64,
    desk: Desk,
    clients: Clients,
    latecomers: Latecomers,
    /// What was typed, and has not been sent.
    waiting: VecDeque<Waiting>,
    pings: Pings,
    wanted: Wanted,
    url: String,
    phase: Phase,
    errors: Vec<Error>,
}

/// A typed line that is to be sent.
struct Waiting {
    to: To,
    /// The number of the one that it is for.
    client: Option<u64>,
    script: Script,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Nobody is let in any more, and everyone has our Close.
    Closing,
    /// Leave without waiting.
    Gone,
}

impl Prompt {
    /// Takes hold of the terminal, for a server at `url`.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub(crate) fn new(
        settings: PromptSettings,
        url: &str,
        clients: Clients,
        console: Console,
        waker: Waker,
        beside: Beside,
    ) -> Result<Self, Error> {
        let mut desk = Desk::new(settings.desk, Role::Server, console, waker, beside)?;
        desk.begin();
        Ok(Prompt {
            max_message: settings.max_message,
            desk,
            clients,
            latecomers: Latecomers::default(),
            waiting: VecDeque::new(),
            pings: Pings::default(),
            wanted: Wanted::new(settings.goal),
            url: url.to_owned(),
            phase: Phase::Serving,
            errors: Vec::new(),
        })
    }

    /// Gives the terminal back, and says how it went.
    pub fn finish(mut self) -> Vec<Error> {
        let waiting = self.waiting.iter();
        let unsent: u64 = waiting.map(|waiting| waiting.script.unsent()).sum();
        let last = match unsent {
            0 => String::new(),
            count => self.desk.loss_line(&render::sent_to_nobody(count)),
        };
        self.errors.extend(self.desk.finish(&last));
        let missing = self.wanted.missing();
        let tells = self.errors.is_empty();
        self.errors.extend(missing.filter(|_| tells));
        self.errors
    }

    /// Closes every client with this code, and lets nobody in any more.
    fn stop(&mut self, peers: &mut Peers, code: u16) {
        if self.phase == Phase::Serving {
            self.phase = Phase::Closing;
            peers.stop_listening();
            peers.close_all(&close_payload(Some(code), ""));
        }
    }

    /// A part of a data message came.
    fn heard(&mut self, peer: PeerId, piece: &Piece<'_>, at: Instant) {
        let clients = self.clients.clone();
        clients.heard(peer, piece, |number, kind, bytes| {
            self.desk.keep(Entry {
                at,
                direction: Direction::Received,
                client: Some(number),
                message: MessageRef::data(kind, bytes).into(),
            });
            self.wanted.see(&Received::Data(Piece {
                kind,
                bytes,
                first: true,
                last: true,
            }));
        });
    }

    /// A pong came: told of if it answers a ping that was typed.
    fn pong(&mut self, peer: PeerId, data: &[u8], at: Instant) {
        let Some(number) = self.clients.number(peer) else {
            return;
        };
        self.desk
            .show_control(Some(number), MessageRef::Pong(data), at);
        if !self.pings.has(data) {
            return;
        }
        let time = self.clients.last_pong(peer).map(render::milliseconds);
        let time = time.map_or(String::new(), |time| format!(" ({time})"));
        let text = match data {
            [] => format!("client {number}: pong{time}"),
            data => format!("client {number}: pong {}{time}", render::escape_bytes(data)),
        };
        self.desk.tell(&text, at);
    }
}

impl Driver for Prompt {
    fn opened(&mut self, peer: PeerId, _: &Handshake, writer: &mut Writer) {
        self.latecomers.came(peer);
        if self.phase != Phase::Serving {
            writer.close(&close_payload(Some(1001), ""));
        }
    }

    fn takes(&self, _: PeerId, _: &Writer) -> bool {
        self.desk.has_room()
    }

    fn event(&mut self, peer: PeerId, at: Instant, received: &Received<'_>, _: &mut Writer) {
        self.desk.show_lines();
        if self.wanted.is_met() {
            return;
        }
        match received {
            Received::Data(piece) => self.heard(peer, piece, at),
            Received::Ping(data) => {
                let number = self.clients.number(peer);
                self.desk.show_control(number, MessageRef::Ping(data), at);
                self.wanted.see(received);
            }
            Received::Pong(data) => {
                self.pong(peer, data, at);
                self.wanted.see(received);
            }
            Received::Close(_) => {}
        }
    }

    /// The view says how each left.
    fn ended(&mut self, _: PeerId, _: End) {}

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if self.phase == Phase::Gone {
            peers.cut_all();
            return match peers.is_empty() {
                true => Turn::Done,
                false => Turn::Going,
            };
        }
        if self.wanted.is_met() {
            self.stop(peers, 1000);
        }
        if self.phase == Phase::Serving {
            self.send_waiting(peers, moment);
        }
        self.take_typed(peers, moment);
        self.desk.show_lines();
        if let Err(error) = self.desk.hand_over(moment.now) {
            self.errors.push(error);
            self.stop(peers, 1001);
        }
        match self.phase == Phase::Closing && peers.is_empty() {
            true => Turn::Done,
            false => Turn::Going,
        }
    }

    fn wants(&self, peers: &Peers) -> Wants<'_> {
        let next = self
            .waiting
            .front()
            .filter(|_| self.phase == Phase::Serving);
        let next = next.filter(|next| next.to.has_room(peers) || next.to.is_nobody(peers));
        let due = next.is_some_and(|next| next.script.deadline().is_none());
        let line = next.and_then(|next| next.script.deadline());
        Wants {
            deadline: [line, self.desk.deadline()].into_iter().flatten().min(),
            again: self.phase == Phase::Gone || due || self.desk.is_due(Instant::now()),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, _: Signal) {
        match self.phase {
            Phase::Serving => self.stop(peers, 1001),
            _ => self.phase = Phase::Gone,
        }
    }

    fn resumed(&mut self) {
        self.desk.resumed();
    }
}
