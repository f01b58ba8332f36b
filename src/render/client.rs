//! The lines of a server about its clients: who came, how each left, what it missed.

use std::fmt::Write;

use crate::engine::{Ended, How};
use crate::error::Undelivered;
use crate::net::io_cause;
use crate::open::Handshake;
use crate::secret::Exposure;
use crate::stats::Stats;

use super::notice::close;
use super::{bytes, escape, grouped, tls_version};

/// `client 1 connected from 127.0.0.1:5555 (/chat, subprotocol x, TLS 1.3)`
pub fn client_connected(number: u64, handshake: &Handshake, exposure: Exposure) -> String {
    let resource = exposure.of(&handshake.url);
    let address = &handshake.address;
    let mut text = format!(
        "client {number} connected from {address} ({}",
        escape(&resource)
    );
    if let Some(name) = &handshake.subprotocol {
        let _ = write!(text, ", subprotocol {}", escape(name));
    }
    if let Some(deflate) = &handshake.deflate {
        let _ = write!(text, ", {deflate}");
    }
    if let Some(tls) = &handshake.tls {
        let _ = write!(text, ", {}", tls_version(tls));
    }
    text + ")"
}

/// `client 1 closed: 1000 (normal closure)`
pub fn client_gone(number: u64, ended: &Ended) -> String {
    let what = match (&ended.how, &ended.received_close) {
        (How::Fault(fault), Some(payload)) => {
            format!("closed: {}: {}", close(payload), escape(&fault.to_string()))
        }
        (How::Fault(fault), None) => format!("closed by us: {} ({fault})", fault.code()),
        (_, Some(payload)) if ended.closed_by_us => format!("closed by us: {}", close(payload)),
        (_, Some(payload)) => format!("closed: {}", close(payload)),
        (How::Silent, None) => "closed by us: it did not answer in time (1006)".into(),
        (How::Unresponsive(_), None) => "lost: no sign of life after a ping (1006)".into(),
        (How::Cut, None) => "dropped by us (1006)".into(),
        (_, None) if ended.closed_by_us => {
            "closed by us: it ended the connection without a close frame (1006)".into()
        }
        (How::Failed(error), None) => {
            format!("lost: {}, no close frame (1006)", io_cause(error))
        }
        (_, None) => "lost: no close frame (1006)".into(),
    };
    format!("client {number} {what}")
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
    let plural = if stats.sent.messages == 1 { "" } else { "s" };
    let _ = write!(
        text,
        "{} message{plural} sent, {} received, {} wait",
        grouped(stats.sent.messages),
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
    use crate::engine::AfterClose;
    use crate::message::close_payload;
    use crate::ws::{Fault, Leftover, Unsent};

    fn ended(how: How, received: Option<Vec<u8>>, closed_by_us: bool) -> Ended {
        Ended {
            how,
            received_close: received,
            closed_by_us,
            unsent: Unsent::default(),
            leftover: Leftover::default(),
            pending: 0,
            inside_message: false,
        }
    }

    #[test]
    fn an_end_tells_who_closed_and_why() {
        let finished = || How::Closed(AfterClose::Finished);
        let code = |code, reason: &str| Some(close_payload(Some(code), reason));
        for (ended, text) in [
            (
                ended(finished(), code(1008, "no\x1b"), false),
                "client 2 closed: 1008 (policy violation) \"no\\u001b\"",
            ),
            (
                ended(finished(), code(1001, ""), true),
                "client 2 closed by us: 1001 (going away)",
            ),
            (
                ended(How::Finished, None, false),
                "client 2 lost: no close frame (1006)",
            ),
            (
                ended(How::Fault(Fault::Unmasked), None, true),
                "client 2 closed by us: 1002 (a frame from the client is not masked)",
            ),
            (
                ended(How::Silent, None, true),
                "client 2 closed by us: it did not answer in time (1006)",
            ),
        ] {
            assert_eq!(client_gone(2, &ended), text);
        }
    }

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
