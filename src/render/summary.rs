//! What a connection came to, in rows: `--stats`, and parts of `/status`.

use std::time::Duration;

use crate::open::Handshake;
use crate::stats::{Stats, Tally};

use super::{bytes, counted, grouped, milliseconds};

/// The rows of `--stats`: a name, and what there is to say.
pub fn summary(stats: &Stats) -> Vec<(&'static str, String)> {
    vec![
        ("sent", tally(&stats.sent)),
        ("received", tally(&stats.received)),
        ("compression", compression(stats)),
        ("waiting to be sent", bytes(stats.pending as u64)),
        ("times", times(stats)),
        ("ping round trips", round_trips(stats)),
    ]
}

/// `3 messages, 64 bytes of payload, 70 on the wire`
pub fn tally(tally: &Tally) -> String {
    format!(
        "{}, {} of payload, {} on the wire",
        counted(tally.messages, "message"),
        bytes(tally.bytes),
        grouped(tally.wire)
    )
}

fn compression(stats: &Stats) -> String {
    let agreed = stats.handshake.as_ref().and_then(|shake| shake.deflate);
    if agreed.is_none() {
        return "not agreed on".into();
    }
    format!(
        "sent {}, received {}",
        packed(&stats.sent),
        packed(&stats.received)
    )
}

/// `1,000 as 250 bytes (25 %)`
fn packed(tally: &Tally) -> String {
    let bytes = format!(
        "{} as {} bytes",
        grouped(tally.bytes),
        grouped(tally.packed)
    );
    match tally.bytes {
        0 => bytes,
        plain => format!(
            "{bytes} ({:.0} %)",
            tally.packed as f64 * 100.0 / plain as f64
        ),
    }
}

fn times(stats: &Stats) -> String {
    let Some(handshake) = &stats.handshake else {
        return "never open".into();
    };
    let phases = phases(handshake);
    match stats.lasted {
        Some(lasted) => format!("{phases}, open {}", milliseconds(lasted)),
        None => phases,
    }
}

/// `name 0.2 ms, TCP 0.1 ms, upgrade 0.5 ms`
pub fn phases(handshake: &Handshake) -> String {
    let times = &handshake.times;
    let mut phases = vec![("name", times.resolve), ("TCP", times.connect)];
    if handshake.proxy.is_some() {
        phases.push(("proxy", times.proxy));
    }
    if handshake.tls.is_some() {
        phases.push(("TLS", times.tls));
    }
    phases.push(("upgrade", times.upgrade));
    let phase = |(name, time): (&str, Duration)| format!("{name} {}", milliseconds(time));
    let phases: Vec<String> = phases.into_iter().map(phase).collect();
    phases.join(", ")
}

fn round_trips(stats: &Stats) -> String {
    match stats.round_trips() {
        None => "none".into(),
        Some(times) => format!(
            "{}, min {}, median {}, p99 {}",
            grouped(times.count as u64),
            milliseconds(times.min),
            milliseconds(times.median),
            milliseconds(times.p99)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_shows_what_framing_and_compression_did() {
        let mut stats = Stats::default();
        stats.sent = Tally {
            messages: 1,
            bytes: 1_000_000,
            packed: 250_000,
            wire: 250_014,
        };
        stats.pending = 12;
        let rows = summary(&stats);
        let row = |name: &str| {
            let found = rows.iter().find(|(found, _)| *found == name);
            found.map(|(_, text)| text.as_str()).unwrap_or_default()
        };
        assert_eq!(
            row("sent"),
            "1 message, 1,000,000 bytes of payload, 250,014 on the wire"
        );
        assert_eq!(
            row("received"),
            "0 messages, 0 bytes of payload, 0 on the wire"
        );
        assert_eq!(row("compression"), "not agreed on");
        assert_eq!(packed(&stats.sent), "1,000,000 as 250,000 bytes (25 %)");
        assert_eq!(row("waiting to be sent"), "12 bytes");
        assert_eq!(row("times"), "never open");
        assert_eq!(row("ping round trips"), "none");
    }
}
