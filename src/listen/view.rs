//! The notices of a server: who came, who was not let in, and how each left. It gives
//! clients their numbers, so it is the first observer of all.

use std::time::Instant;

use super::Clients;
use crate::console::{Console, Level};
use crate::engine::{End, Observer, PeerId, Watching};
use crate::error::{ClientProblem, Error};
use crate::http::HeadError;
use crate::losses::Losses;
use crate::open::Handshake;
use crate::render;
use crate::view::Lines;
use crate::ws::{FrameSeen, Watch};

/// See the module's head.
pub struct ClientView {
    console: Console,
    lines: Lines,
    clients: Clients,
}

impl ClientView {
    /// Adds to `lines` what `console` would say.
    pub fn new(console: Console, lines: Lines, clients: Clients) -> Self {
        ClientView {
            console,
            lines,
            clients,
        }
    }

    fn notice(&self, text: &str) {
        self.lines.offer(&self.console.notice_line(text));
    }

    fn turned_away(&self, error: &Error) {
        let text = render::escape(&error.to_string()).into_owned();
        let line = match is_a_knock(error) {
            // Whoever looks whether the port is open is no news.
            true => self.console.detail_line(&text),
            false => self.console.notice_line(&text),
        };
        self.lines.offer(&line);
    }
}

impl Watch for ClientView {
    fn frame(&mut self, _: &FrameSeen<'_>) {}
}

impl Observer for ClientView {
    fn opened(&mut self, peer: PeerId, _: Instant, handshake: &Handshake) {
        let number = self.clients.enter(peer);
        let exposure = self.console.exposure();
        if self.console.level() == Level::Verbose {
            for line in render::client_heads(handshake, exposure) {
                self.lines.offer(&self.console.marked(&line));
            }
        }
        self.notice(&render::client_connected(number, handshake, exposure));
    }

    fn watching(&mut self, _: PeerId) -> Watching {
        Watching::Nobody
    }

    fn ended(&mut self, peer: PeerId, end: &End) {
        let ended = match end {
            End::NotOpened(error) => return self.turned_away(error),
            End::Over(ended) => ended,
        };
        let Some(number) = self.clients.leave(peer) else {
            return;
        };
        self.notice(&render::client_gone(number, ended));
        if let Some(lost) = Losses::default().lost(ended.unsent, 0) {
            let text = render::client_missed(number, &lost);
            self.lines.offer(&self.console.loss_line(&text));
        }
    }
}

/// Whether a connection was opened, and nothing said.
fn is_a_knock(error: &Error) -> bool {
    matches!(error, Error::Client(failure)
        if matches!(failure.problem, ClientProblem::Head(HeadError::Nothing)))
}
