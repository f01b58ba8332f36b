//! What `/status` shows.

use crate::open::Handshake;
use crate::render::{bytes, escape, milliseconds, tally, tls};
use crate::secret::Exposure;
use crate::stats::Stats;

/// A row for each thing worth knowing of a connection; `waiting` is what has
/// not been sent, in bytes.
pub(super) fn rows(state: &str, waiting: usize, stats: &Stats, exposure: Exposure) -> String {
    let of = |get: fn(&Handshake) -> String| stats.handshake.as_ref().map(get).unwrap_or_default();
    let url = of(|shake| shake.url.clone());
    let rows = [
        ("url", exposure.of(&url).into_owned()),
        ("address", of(address)),
        ("state", state.to_owned()),
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
        ("waiting to be sent", bytes(waiting as u64)),
        ("sent", tally(&stats.sent)),
        ("received", tally(&stats.received)),
        (
            "round trip",
            stats
                .round_trip
                .map_or("unknown (/ping)".into(), milliseconds),
        ),
    ];
    let row = |(name, value): &(&str, String)| format!("  {name:<18} {}\n", escape(value));
    rows.iter().map(row).collect()
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
        let text = rows("OPEN", 7, &stats, Exposure::Masked);
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
    }
}
