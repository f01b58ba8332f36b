//! How a connection ended, as it is told: at the client's end, and of a client at the
//! server's.

use std::fmt::Write;

use crate::engine::{AfterClose, Ended, How};
use crate::message::{close_code, close_reason, meaning};
use crate::net::io_cause;

use super::{escape, escape_bytes};

/// What the two ends say differently.
struct Words {
    /// Of a Close frame that came first.
    first: &'static str,
    /// Of one that answered ours.
    answer: &'static str,
    lost: &'static str,
    dropped: &'static str,
    /// The other end did not answer our Close,
    silent: &'static str,
    /// or ended TCP instead.
    ended: &'static str,
}

const OF_SERVER: Words = Words {
    first: "closed by the server",
    answer: "closed",
    lost: "connection lost",
    dropped: "connection dropped by us",
    silent: "the server did not answer in time",
    ended: "the server ended it without a close frame",
};

const OF_THE_CLIENT: Words = Words {
    first: "closed by the client",
    silent: "the client did not answer in time",
    ended: "the client ended it without a close frame",
    ..OF_SERVER
};

const OF_CLIENT: Words = Words {
    first: "closed",
    answer: "closed by us",
    lost: "lost",
    dropped: "dropped by us",
    silent: "it did not answer in time",
    ended: "it ended the connection without a close frame",
};

/// `closed by the server: 1008 (policy violation) "quota"`
pub fn closed(ended: &Ended) -> String {
    told(ended, &OF_SERVER)
}

/// The same where the other end is the only client that is spoken of.
pub fn closed_by_client(ended: &Ended) -> String {
    told(ended, &OF_THE_CLIENT)
}

/// `client 1 closed: 1000 (normal closure)`
pub fn client_gone(number: u64, ended: &Ended) -> String {
    format!("client {number} {}", told(ended, &OF_CLIENT))
}

fn told(ended: &Ended, words: &Words) -> String {
    let Words { first, lost, .. } = words;
    match (&ended.how, &ended.received_close) {
        (How::Fault(fault), Some(payload)) => {
            let fault = fault.to_string();
            format!("{first}: {}: {}", close(payload), escape(&fault))
        }
        (How::Fault(fault), None) => format!("closed by us: {} ({fault})", fault.code()),
        (_, Some(payload)) if ended.closed_by_us => {
            format!("{}: {}", words.answer, close(payload))
        }
        (_, Some(payload)) => format!("{first}: {}", close(payload)),
        (How::Silent, None) => format!("closed by us: {} (1006)", words.silent),
        (How::Unresponsive(_), None) => format!("{lost}: no sign of life after a ping (1006)"),
        (How::Cut, None) => format!("{} (1006)", words.dropped),
        (_, None) if ended.closed_by_us => format!("closed by us: {} (1006)", words.ended),
        (How::Failed(error), None) => {
            format!("{lost}: {}, no close frame (1006)", io_cause(error))
        }
        (_, None) => format!("{lost}: no close frame (1006)"),
    }
}

/// What became of TCP after the closing handshake, if it is worth a word.
pub fn after_close(ended: &Ended) -> Option<String> {
    match &ended.how {
        How::Closed(AfterClose::Failed(error)) => {
            Some(format!("after the closing handshake: {}", io_cause(error)))
        }
        How::Closed(AfterClose::Open) => {
            Some("after the closing handshake: the server did not end TCP in time".into())
        }
        How::Failed(error) if ended.closed_by_us => {
            Some(format!("after our Close: {}", io_cause(error)))
        }
        _ => None,
    }
}

/// What a Close frame says: `1008 (policy violation) "quota"`.
pub fn close(payload: &[u8]) -> String {
    let Some(code) = close_code(payload) else {
        return "no code (1005)".into();
    };
    let mut text = format!("{code} ({})", meaning(code));
    let reason = close_reason(payload);
    if !reason.is_empty() {
        let _ = write!(text, " \"{}\"", escape_bytes(reason));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let quota = || Some(close_payload(Some(1008), "quota\x1b"));
        let cases = [
            (
                ended(How::Closed(AfterClose::Finished), quota(), false),
                "closed by the server: 1008 (policy violation) \"quota\\u001b\"",
            ),
            (
                ended(How::Closed(AfterClose::Finished), Some(Vec::new()), false),
                "closed by the server: no code (1005)",
            ),
            (
                ended(
                    How::Closed(AfterClose::Finished),
                    Some(close_payload(Some(1000), "")),
                    true,
                ),
                "closed: 1000 (normal closure)",
            ),
            (
                ended(How::Finished, None, false),
                "connection lost: no close frame (1006)",
            ),
            (
                ended(How::Silent, None, true),
                "closed by us: the server did not answer in time (1006)",
            ),
            (
                ended(
                    How::Fault(Fault::CloseCode {
                        code: 1006,
                        reason: String::new(),
                    }),
                    Some(close_payload(Some(1006), "")),
                    false,
                ),
                "closed by the server: 1006 (abnormal closure): a Close frame has the code 1006, which must not be sent",
            ),
            (
                ended(How::Fault(Fault::Masked), None, true),
                "closed by us: 1002 (a frame from the server is masked)",
            ),
        ];
        for (ended, text) in cases {
            assert_eq!(closed(&ended), text);
        }
    }

    #[test]
    fn a_server_says_the_same_of_its_clients() {
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
}
