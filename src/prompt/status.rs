//! What `/status`, `/headers` and `/stats` show of the connection.

use super::{Phase, Prompt};
use crate::engine::Peers;
use crate::open::Handshake;
use crate::render::{bytes, escape, heads, milliseconds, summary, table, tally, tls};
use crate::secret::Exposure;
use crate::stats::Stats;
use crate::ws::Writer;

/// Columns for the names of rows.
pub(super) const NAME: usize = 18;

impl Prompt {
    pub(super) fn show_headers(&mut self) {
        let stats = self.stats.borrow();
        let exposure = self.desk.console.exposure();
        let shown = |handshake| heads(handshake, exposure);
        let lines = stats.handshake.as_ref().map(shown).unwrap_or_default();
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
        let text = rows(
            &Facts {
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
        let mut rows = summary(&self.stats.borrow());
        let waiting = self.bytes_waiting(peers);
        for (name, text) in &mut rows {
            if *name == "waiting to be sent" {
                *text = bytes(waiting as u64);
            }
        }
        let text = table(rows, NAME, self.desk.look.window().columns);
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
}

/// What only the prompt knows.
struct Facts {
    /// As RFC 6455 and browsers call it.
    state: &'static str,
    /// Where to, if that is not where the latest connection led.
    elsewhere: Option<String>,
    /// What has not been sent, in bytes.
    waiting: usize,
    /// Which messages are drawn.
    drawn: String,
    /// The number of the latest message.
    last: u64,
}

/// A row for each thing worth knowing of a connection.
fn rows(facts: &Facts, stats: &Stats, exposure: Exposure, columns: usize) -> String {
    let handshake = stats.handshake.as_ref();
    let handshake = handshake.filter(|_| facts.elsewhere.is_none());
    let of = |get: fn(&Handshake) -> String| handshake.map(get).unwrap_or("none".into());
    let url = match &facts.elsewhere {
        Some(url) => url.clone(),
        None => of(|shake| shake.url.clone()),
    };
    let rows = [
        ("url", exposure.of(&url).into_owned()),
        ("address", of(address)),
        ("state", facts.state.to_owned()),
        (
            "subprotocol",
            of(|shake| shake.subprotocol.clone().unwrap_or("none".into())),
        ),
        (
            "extensions",
            of(|shake| {
                shake
                    .deflate
                    .map_or("none".into(), |deflate| deflate.to_string())
            }),
        ),
        (
            "TLS",
            of(|shake| shake.tls.as_ref().map_or("no".into(), tls)),
        ),
        ("waiting to be sent", bytes(facts.waiting as u64)),
        ("sent", tally(&stats.sent)),
        ("received", tally(&stats.received)),
        (
            "round trip",
            stats
                .round_trip
                .map_or("unknown (/ping)".into(), milliseconds),
        ),
        ("latest message", facts.last.to_string()),
        ("drawn", facts.drawn.clone()),
    ];
    let rows = rows.map(|(name, value)| (name, escape(&value).into_owned()));
    table(rows, NAME, columns)
}

fn address(handshake: &Handshake) -> String {
    let address = handshake.address.to_string();
    match &handshake.proxy {
        Some(proxy) => format!("{address} (the proxy {proxy})"),
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::Deflate;

    #[test]
    fn a_row_tells_each_thing_and_nothing_drives_the_terminal() {
        let handshake = Handshake {
            subprotocol: Some("a\x1bb".into()),
            deflate: Deflate::accept("permessage-deflate; server_no_context_takeover"),
            ..Handshake::sample("ws://h/")
        };
        let mut stats = Stats::default();
        stats.handshake = Some(handshake);
        let facts = Facts {
            state: "OPEN",
            elsewhere: None,
            waiting: 7,
            drawn: "everything".into(),
            last: 3,
        };
        let text = rows(&facts, &stats, Exposure::Masked, 80);
        for row in [
            "  url                ws://h/\n",
            "  state              OPEN\n",
            "  subprotocol        a\\u001bb\n",
            "  extensions         permessage-deflate; server_no_context_takeover\n",
            "  waiting to be sent 7 bytes\n",
            "  sent               0 messages, 0 bytes of payload, 0 on the wire\n",
            "  round trip         unknown (/ping)\n",
        ] {
            assert!(text.contains(row), "{row:?} is not in:\n{text}");
        }
        let elsewhere = Some("ws://other/".into());
        let text = rows(&Facts { elsewhere, ..facts }, &stats, Exposure::Masked, 80);
        for row in [
            "  url                ws://other/\n",
            "  subprotocol        none\n",
        ] {
            assert!(text.contains(row), "{row:?} is not in:\n{text}");
        }
    }
}
