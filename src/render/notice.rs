//! The lines beside the conversation: connected, closed, failed.

use std::fmt::Write;
use std::time::Duration;

use crate::engine::{AfterClose, Ended, How};
use crate::error::{Error, ProxyProblem, Refusal};
use crate::message::{MessageRef, close_code, close_reason, meaning};
use crate::net::io_cause;
use crate::open::Handshake;
use crate::secret::Exposure;
use crate::target::Target;

use super::head::head_lines;
use super::{Style, escape, escape_bytes, tls_version};

/// `connected to wss://host/ (HTTP 101, subprotocol chat, TLS 1.3, 34 ms)`
pub fn connected(handshake: &Handshake, exposure: Exposure) -> String {
    let url = exposure.of(&handshake.url);
    let mut text = format!("connected to {} (HTTP 101", escape(&url));
    if let Some(name) = &handshake.subprotocol {
        let _ = write!(text, ", subprotocol {}", escape(name));
    }
    if let Some(deflate) = &handshake.deflate {
        let _ = write!(text, ", {deflate}");
    }
    if let Some(tls) = &handshake.tls {
        let _ = write!(text, ", {}", tls_version(tls));
    }
    if let Some(proxy) = &handshake.proxy {
        let _ = write!(text, ", through {}", escape(proxy));
    }
    let _ = write!(text, ", {})", milliseconds(handshake.times.total()));
    text
}

/// `closed by the server: 1008 (policy violation) "quota"`
pub fn closed(ended: &Ended) -> String {
    closed_by(ended, "server")
}

/// The same where the other end may be a `client`.
pub fn closed_by(ended: &Ended, other: &str) -> String {
    match (&ended.how, &ended.received_close) {
        (How::Fault(fault), Some(payload)) => {
            let fault = fault.to_string();
            format!(
                "closed by the {other}: {}: {}",
                close(payload),
                escape(&fault)
            )
        }
        (How::Fault(fault), None) => format!("closed by us: {} ({fault})", fault.code()),
        (_, Some(payload)) if ended.closed_by_us => format!("closed: {}", close(payload)),
        (_, Some(payload)) => format!("closed by the {other}: {}", close(payload)),
        (How::Silent, None) => {
            format!("closed by us: the {other} did not answer in time (1006)")
        }
        (How::Unresponsive(_), None) => {
            "connection lost: no sign of life after a ping (1006)".into()
        }
        (How::Cut, None) => "connection dropped by us (1006)".into(),
        (How::Failed(error), None) if !ended.closed_by_us => {
            format!(
                "connection lost: {}, no close frame (1006)",
                io_cause(error)
            )
        }
        (_, None) if ended.closed_by_us => {
            format!("closed by us: the {other} ended it without a close frame (1006)")
        }
        (_, None) => "connection lost: no close frame (1006)".into(),
    }
}

/// `the recording stops here: cannot write FILE: no space left on device`
pub fn recording_stopped(error: &Error) -> String {
    format!("the recording stops here: {}", escape(&error.to_string()))
}

/// `ping received "k"`
pub fn control(message: MessageRef<'_>) -> String {
    let (name, data) = match message {
        MessageRef::Ping(data) => ("ping", data),
        MessageRef::Pong(data) => ("pong", data),
        MessageRef::Text(_) | MessageRef::Binary(_) | MessageRef::Close(_) => return String::new(),
    };
    match data {
        [] => format!("{name} received"),
        data => format!("{name} received \"{}\"", escape_bytes(data)),
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

/// The lines that tell of a failure: what, why, and what to do.
pub fn failure(
    error: &Error,
    target: Option<&Target>,
    style: &Style,
    exposure: Exposure,
) -> String {
    let mut text = format!(
        "wstalk: {} {}\n",
        style.error("error:"),
        escape(&exposure.of(&error.to_string()))
    );
    match error.bare() {
        Error::Refused(refused) => text.push_str(&refusal(refused, exposure)),
        Error::Proxy(failure) => {
            if let ProxyProblem::Refused(refused) = &failure.problem {
                text.push_str(&refusal(refused, exposure));
            }
        }
        Error::Transcript { line, .. } if !line.is_empty() => {
            let _ = writeln!(text, "  {}", escape(&exposure.of(line)));
        }
        _ => {}
    }
    text.push_str(&hint(error, target, style, exposure));
    text
}

/// The line that says what to do; empty where we do not know.
pub fn hint(error: &Error, target: Option<&Target>, style: &Style, exposure: Exposure) -> String {
    match crate::hint::hint(error, target) {
        Some(hint) => format!("{} {}\n", style.hint("hint:"), escape(&exposure.of(&hint))),
        None => String::new(),
    }
}

/// The head and the body of a refusal, escaped, each line behind two blanks.
fn refusal(refusal: &Refusal, exposure: Exposure) -> String {
    let mut text = String::new();
    let head = refusal.response.head.raw.trim_ascii_end();
    for line in head_lines(head, exposure) {
        let _ = writeln!(text, "  {line}");
    }
    let body = refusal.body.bytes.trim_ascii_end();
    if !body.is_empty() {
        text.push('\n');
        for line in body.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let _ = writeln!(text, "  {}", escape(&String::from_utf8_lossy(line)));
        }
    }
    if refusal.body.cut {
        let _ = writeln!(text, "  (the body is cut off here)");
    }
    text
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

/// `34 ms`, `0.31 ms`
pub fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 1.0 => format!("{ms:.2} ms"),
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
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
    fn a_failure_names_its_cure_and_escapes_what_it_quotes() {
        let error = Error::Closed {
            code: 1013,
            reason: "later\x1b[0m".into(),
        };
        assert_eq!(
            failure(&error, None, &Style::plain(), Exposure::Masked),
            "wstalk: error: the server closed the connection with 1013 \"later\\u001b[0m\"\nhint: try again later\n"
        );
    }
}
