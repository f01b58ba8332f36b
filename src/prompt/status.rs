//! What `/status` shows.

use crate::open::Handshake;
use crate::render::{bytes, escape, milliseconds, table, tally, tls};
use crate::secret::Exposure;
use crate::stats::Stats;

/// Columns for the names of rows.
pub(super) const NAME: usize = 18;

/// What only the prompt knows.
pub(super) struct Facts {
    /// As RFC 6455 and browsers call it.
    pub(super) state: &'static str,
    /// Where to, if that is not where the latest connection led.
    pub(super) elsewhere: Option<String>,
    /// What has not been sent, in bytes.
    pub(super) waiting: usize,
    /// Which messages are drawn.
    pub(super) drawn: String,
    /// The number of the latest message.
    pub(super) last: u64,
}

/// A row for each thing worth knowing of a connection.
pub(super) fn rows(facts: &Facts, stats: &Stats, exposure: Exposure, columns: usize) -> String {
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
    use crate::open::{Heads, Times};
    use crate::ws::Deflate;

    #[test]
    fn a_row_tells_each_thing_and_nothing_drives_the_terminal() {
        let handshake = Handshake {
            url: "ws://h/".into(),
            address: crate::net::Address::Tcp("127.0.0.1:80".parse().unwrap()),
            proxy: None,
            tls: None,
            subprotocol: Some("a\x1bb".into()),
            headers: Vec::new(),
            heads: Heads::default(),
            deflate: Deflate::accept("permessage-deflate; server_no_context_takeover"),
            oddities: Vec::new(),
            times: Times::default(),
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
