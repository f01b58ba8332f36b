//! What the prompt's own commands show of its connection, and `/resend`.

use super::{Phase, Prompt, status};
use crate::engine::Peers;
use crate::render;
use crate::script::Step;
use crate::ws::Writer;

impl Prompt {
    pub(super) fn show_headers(&mut self) {
        let stats = self.stats.borrow();
        let exposure = self.desk.console.exposure();
        let heads = |handshake| render::heads(handshake, exposure);
        let lines = stats.handshake.as_ref().map(heads).unwrap_or_default();
        drop(stats);
        // Apart from the conversation, which has the same marks.
        let lines = lines.iter().map(|line| format!("  {line}\n"));
        self.desk.show(&lines.collect::<String>());
    }

    pub(super) fn show_status(&mut self, peers: &Peers) {
        let state = match self.phase {
            Phase::Connecting | Phase::Reopening(_) => "CONNECTING",
            Phase::Open(_) => "OPEN",
            Phase::Closing(_) => "CLOSING",
            Phase::Apart(_) | Phase::Idle | Phase::Closed | Phase::Gone => "CLOSED",
        };
        let elsewhere = match self.phase {
            Phase::Reopening(_) | Phase::Idle => Some(self.plan.target.to_string()),
            _ => None,
        };
        let text = status::rows(
            &status::Facts {
                state,
                elsewhere,
                waiting: self.bytes_waiting(peers),
                drawn: self.desk.drawn(),
                last: self.desk.session.last(),
            },
            &self.stats.borrow(),
            self.desk.console.exposure(),
            self.desk.look.window().columns,
        );
        self.desk.show(&text);
    }

    pub(super) fn show_stats(&mut self, peers: &Peers) {
        let mut rows = render::summary(&self.stats.borrow());
        let waiting = self.bytes_waiting(peers);
        for (name, text) in &mut rows {
            if *name == "waiting to be sent" {
                *text = render::bytes(waiting as u64);
            }
        }
        let text = render::table(rows, status::NAME, self.desk.look.window().columns);
        self.desk.show(&text);
    }

    /// What has not been sent: what the writer has, and what waits for it.
    fn bytes_waiting(&self, peers: &Peers) -> usize {
        let pending = match self.phase {
            Phase::Open(peer) | Phase::Closing(peer) => peers.look(peer).map_or(0, Writer::pending),
            _ => 0,
        };
        pending + self.opening.bytes_left() + self.script.bytes_left()
    }

    pub(super) fn resend(&mut self, number: u64, peers: &Peers) {
        if let Some(message) = self.desk.sent_message(number)
            && self.send(Step::Send(message), peers)
        {
            self.desk.show_sent(number);
        }
    }
}
