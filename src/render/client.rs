//! The notices of a server about its clients: who came, what each missed.

use std::fmt::Write;

use crate::error::Undelivered;
use crate::open::Handshake;
use crate::secret::Exposure;
use crate::stats::Stats;

use super::notice::agreed;
use super::{bytes, counted, escape, grouped};

/// `client 1 connected from 127.0.0.1:5555 (/chat, subprotocol x, TLS 1.3)`
pub fn client_connected(number: u64, handshake: &Handshake, exposure: Exposure) -> String {
    let resource = exposure.of(&handshake.url);
    let address = &handshake.address;
    let mut text = format!(
        "client {number} connected from {address} ({}",
        escape(&resource)
    );
    agreed(handshake, &mut text);
    text + ")"
}

/// `127.0.0.1:5555, /chat, subprotocol x, 3 messages sent, 1 received, 0 bytes wait`
pub fn client_status(stats: &Stats, waiting: usize, exposure: Exposure) -> String {
    let mut text = String::new();
    if let Some(handshake) = &stats.handshake {
        let resource = exposure.of(&handshake.url);
        let _ = write!(text, "{}, {resource}, ", handshake.address);
        if let Some(name) = &handshake.subprotocol {
            let _ = write!(text, "subprotocol {name}, ");
        }
    }
    let _ = write!(
        text,
        "{} sent, {} received, {} wait",
        counted(stats.sent.messages, "message"),
        grouped(stats.received.messages),
        bytes(waiting as u64)
    );
    text
}

/// `2 messages were read, and sent to nobody`
pub fn sent_to_nobody(count: u64) -> String {
    match count {
        1 => "1 message was read, and sent to nobody".into(),
        count => format!("{} messages were read, and sent to nobody", grouped(count)),
    }
}

/// `client 1 did not get 2 messages (1 of them in part)`
pub fn client_missed(number: u64, lost: &Undelivered) -> String {
    let count = lost.surely_not;
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("client {number} did not get {count} message{plural}");
    if lost.in_part > 0 {
        let _ = write!(text, " ({} of them in part)", lost.in_part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_counted() {
        let lost = |surely_not, in_part| Undelivered {
            surely: 0,
            perhaps: 9,
            surely_not,
            in_part,
        };
        for (lost, text) in [
            (lost(1, 0), "client 3 did not get 1 message"),
            (
                lost(2, 1),
                "client 3 did not get 2 messages (1 of them in part)",
            ),
        ] {
            assert_eq!(client_missed(3, &lost), text);
        }
    }
}
