//! Messages, as they come and as they are sent.

use std::time::Instant;

use super::session::Entry;
use super::{MAX_WAITING, MAX_WAITING_BYTES, Phase, Prompt};
use crate::engine::{Moment, Peers};
use crate::losses::Forgiven;
use crate::message::{Message, MessageRef};
use crate::render;
use crate::ws::{Direction, Writer};

impl Prompt {
    /// A data message came.
    pub(super) fn keep(&mut self, message: Message, at: Instant) {
        let entry = Entry {
            at,
            direction: Direction::Received,
            client: None,
            message,
        };
        self.desk.keep(entry);
    }

    /// Sends what is due: what comes first on each connection, what a lost one left,
    /// and what was typed.
    pub(super) fn run_script(&mut self, peers: &mut Peers, moment: &Moment) {
        let Phase::Open(peer) = self.phase else {
            return;
        };
        let Some(writer) = peers.writer(peer) else {
            return;
        };
        let mut first = Vec::new();
        self.opening
            .run_telling(writer, moment.now, &mut |message| {
                first.push(message.clone());
            });
        let mut typed: Vec<Message> = Vec::new();
        if self.opening.is_over() {
            let again = self.again.as_mut();
            let mut tell = |kind, bytes: &[u8]| typed.push(MessageRef::data(kind, bytes).into());
            self.given += again.map_or(0, |again| again.send(writer, &mut tell));
            let mut tell = |message: &Message| typed.push(message.clone());
            self.given += self.script.run_telling(writer, moment.now, &mut tell);
        }
        if self.script.has_closed() || self.opening.has_closed() {
            self.losses.forgive(Forgiven::Input);
        }
        if writer.is_closing() {
            self.phase = Phase::Closing(peer);
        }
        for message in first {
            let number = self.said(message, moment.now);
            self.desk.show_sent(number);
        }
        for message in typed {
            self.said(message, moment.now);
        }
    }

    /// A message of ours was given to the writer; its number.
    pub(super) fn said(&mut self, message: Message, at: Instant) -> u64 {
        if let Message::Ping(data) = &message {
            self.pings.sent(data);
        }
        self.desk.session.add(Entry {
            at,
            direction: Direction::Sent,
            client: None,
            message,
        })
    }

    /// Whether there is a connection that takes more.
    pub(super) fn has_room(&self, peers: &Peers) -> bool {
        match self.phase {
            Phase::Open(peer) => peers.look(peer).is_some_and(Writer::has_room),
            _ => false,
        }
    }

    /// Whether no more typed messages can wait.
    pub(super) fn is_full(&self) -> bool {
        let script = &self.script;
        script.steps_left() >= MAX_WAITING || script.bytes_left() >= MAX_WAITING_BYTES
    }

    /// What to say of a pong: nothing if it answers a ping that keeps the
    /// connection alive.
    pub(super) fn pong(&mut self, data: &[u8], at: Instant) -> Option<String> {
        let time = self.stats.borrow().last_pong;
        if self.pings.answered(data) {
            self.desk.session.add(Entry {
                at,
                direction: Direction::Received,
                client: None,
                message: Message::Pong(data.to_vec()),
            });
        } else if time.is_some() {
            return None;
        }
        let time = time.map_or("not asked for".into(), render::milliseconds);
        Some(match data {
            [] => format!("pong ({time})"),
            data => format!("pong {} ({time})", render::escape_bytes(data)),
        })
    }
}
