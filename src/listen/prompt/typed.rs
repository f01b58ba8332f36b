//! What is typed at a server's prompt: read, and done.

use std::io;
use std::time::Instant;

use super::{Phase, Prompt, Waiting};
use crate::engine::{Driver, Moment, Peers};
use crate::error::{Action, Signal};
use crate::listen::everyone::{Everyone, To};
use crate::message::Message;
use crate::notation::Line;
use crate::prompt::{Entry, MAX_WAITING, MAX_WAITING_BYTES, Request, Typed, terminal_error};
use crate::render;
use crate::script::{Script, Step};
use crate::ws::{Direction, Writer};

impl Prompt {
    /// Does what was typed.
    pub(super) fn take_typed(&mut self, peers: &mut Peers, moment: &Moment) {
        while let Some(typed) = self.desk.take() {
            match typed {
                Typed::Line(line) => {
                    self.line(&line, peers);
                    self.send_waiting(peers, moment);
                }
                Typed::Notice(text) => self.desk.notice(&render::escape(&text)),
                Typed::Leave => {
                    let at_once = self.desk.end_editor();
                    self.stop(peers, 1001);
                    if at_once {
                        self.phase = Phase::Gone;
                    }
                }
                Typed::Interrupted => self.stopped(peers, Signal::Interrupt),
                Typed::Failed(cause) => {
                    let cause = io::Error::other(cause);
                    self.errors.push(terminal_error(Action::Read, cause));
                    self.stop(peers, 1001);
                }
            }
        }
    }

    fn line(&mut self, line: &str, peers: &mut Peers) {
        let Some(request) = self.desk.read(line) else {
            return;
        };
        match request {
            Request::Status => self.show_status(peers),
            Request::Resend(number) => {
                if let Some(message) = self.desk.sent_message(number)
                    && self.send(To::Everyone, None, Step::Send(message), peers)
                {
                    self.desk.show_sent(number);
                }
            }
            Request::Quit => self.stop(peers, 1001),
            Request::Line(line) => self.send_line(To::Everyone, None, line, peers),
            Request::To(number, line) => match self.clients.numbered(number) {
                Some(peer) => self.send_line(To::One(peer), Some(number), line, peers),
                None => self.complain_of(number),
            },
            // Those are no commands here.
            Request::Headers | Request::Stats | Request::Save(_) | Request::Connect(_) => {}
        }
    }

    fn complain_of(&mut self, number: u64) {
        let text = match number > self.clients.seen() {
            true => format!("there was no client {number} yet: nothing is sent"),
            false => format!("client {number} has gone: nothing is sent"),
        };
        self.desk.complain(&text, Some("/status lists the clients"));
    }

    fn send_line(&mut self, to: To, client: Option<u64>, line: Line, peers: &Peers) {
        if let Some(step) = self.desk.step(line, self.max_message) {
            let _ = self.send(to, client, step, peers);
        }
    }

    /// Sends when its turn has come; false if it will not be sent, which is said.
    fn send(&mut self, to: To, client: Option<u64>, step: Step, peers: &Peers) -> bool {
        if self.phase != Phase::Serving {
            let text = "the server is closing: nothing more can be sent";
            self.desk.complain(text, None);
            return false;
        }
        if to.is_nobody(peers) {
            match client {
                Some(number) => self.complain_of(number),
                None => {
                    let hint = format!("clients come in at {}", self.url);
                    let text = "no client is connected: nothing is sent";
                    self.desk.complain(text, Some(&hint));
                }
            }
            return false;
        }
        if self.waiting.len() >= MAX_WAITING || self.bytes_waiting() >= MAX_WAITING_BYTES {
            let hint = "/status tells who does not read; the line is in the history";
            let text = "too much waits already: this is not sent";
            self.desk.complain(text, Some(hint));
            return false;
        }
        self.waiting.push_back(Waiting {
            to,
            client,
            script: Script::new(vec![step]),
        });
        true
    }

    fn bytes_waiting(&self) -> usize {
        let scripts = self.waiting.iter();
        scripts.map(|waiting| waiting.script.bytes_left()).sum()
    }

    /// Sends what is due, one line after the other.
    pub(super) fn send_waiting(&mut self, peers: &mut Peers, moment: &Moment) {
        while let Some(next) = self.waiting.front_mut() {
            let mut told: Vec<Message> = Vec::new();
            let mut outlet = Everyone {
                peers,
                to: next.to,
                latecomers: &mut self.latecomers,
            };
            let mut tell = |message: &Message| told.push(message.clone());
            next.script.run_telling(&mut outlet, moment.now, &mut tell);
            let client = next.client;
            let over = next.script.is_over();
            let abandoned = !over && next.to.is_nobody(peers);
            let unsent = next.script.steps_left() > 0;
            for message in told {
                self.said(message, client, moment.now);
            }
            if abandoned && unsent {
                let text = "whom this was for has gone: it is not sent";
                self.desk.complain(text, None);
            }
            if !over && !abandoned {
                return;
            }
            self.waiting.pop_front();
        }
    }

    /// A message of ours was given to those that it is for.
    fn said(&mut self, message: Message, client: Option<u64>, at: Instant) {
        if let Message::Ping(data) = &message {
            self.pings.sent(data);
        }
        self.desk.keep(Entry {
            at,
            direction: Direction::Sent,
            client,
            message,
        });
    }

    fn show_status(&mut self, peers: &Peers) {
        let clients = self.clients.counted();
        let exposure = self.desk.exposure();
        let count = match clients.len() {
            1 => "1 client".into(),
            count => format!("{count} clients"),
        };
        let seen = self.clients.seen();
        let names: Vec<String> = clients
            .iter()
            .map(|client| format!("client {}", client.number))
            .collect();
        let mut rows = vec![
            ("listening on", self.url.clone()),
            ("connected", format!("{count}, of {seen} that came")),
        ];
        for (name, client) in names.iter().zip(&clients) {
            let pending = peers.look(client.peer).map_or(0, Writer::pending);
            let stats = client.stats.as_ref().map(|stats| stats.borrow());
            let text = stats.map(|stats| render::client_status(&stats, pending, exposure));
            rows.push((name, text.unwrap_or_default()));
        }
        rows.push((
            "waiting to be sent",
            render::bytes(self.bytes_waiting() as u64),
        ));
        rows.push(("drawn", self.desk.drawn()));
        self.desk.show_table(rows);
    }
}
