//! What happens, as lines of JSON: the events of `--output json` and `--record`.
//!
//! Their schema is `docs/events.schema.json`, their description `docs/events.md`;
//! the tests hold every line against both. Secrets are masked in URLs and header
//! values, payloads stand as they were: as `data` where they are UTF-8, whatever
//! the type, else as `base64`.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use crate::error::Refusal;
use crate::http::Header;
use crate::message::{Kind, close_code, close_reason};
use crate::net::{TlsFacts, TlsVersion};
use crate::open::Handshake;
use crate::secret;
use crate::ws::Direction;

use super::date::{rfc3339, rfc3339_seconds};
use super::object::{Object, milliseconds};

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A connection is open.
    Open {
        time: SystemTime,
        handshake: &'a Handshake,
    },
    /// The server answered with another status than 101.
    Refused {
        time: SystemTime,
        refusal: &'a Refusal,
    },
    /// A whole data message.
    Message {
        direction: Direction,
        /// Counted from 1 in each direction, over all connections of a run.
        n: u64,
        kind: Kind,
        bytes: &'a [u8],
    },
    Ping {
        direction: Direction,
        data: &'a [u8],
    },
    Pong {
        direction: Direction,
        data: &'a [u8],
        /// How long after the ping of ours that it answers, if it does.
        round_trip: Option<Duration>,
    },
    /// A Close frame, or that none came.
    Close {
        direction: Direction,
        payload: &'a [u8],
        /// Whether the closing handshake is complete with it; nothing where that
        /// is not known yet.
        clean: Option<bool>,
    },
    /// Something failed.
    Error {
        /// A word for the stage at which it did.
        kind: &'a str,
        message: &'a str,
        hint: Option<&'a str>,
        /// The exit code of this failure.
        exit: u8,
    },
    /// Another try to connect begins, after a connection was lost.
    Reconnect {
        time: SystemTime,
        /// Counted from 1.
        attempt: u64,
        /// Since the connection was lost.
        gap: Duration,
        /// Messages that the lost connection did not send whole.
        unsent: u64,
    },
    /// The run is over.
    End {
        time: SystemTime,
        exit: u8,
        error: Option<&'a str>,
        /// Messages of the whole run.
        sent: u64,
        received: u64,
    },
}

/// Appends an event and a line feed; `at` is the time since the run began, `client` the
/// number of the client that it is about, where there may be several.
pub fn event(out: &mut Vec<u8>, at: Duration, client: Option<u64>, event: &Event<'_>) {
    out.extend_from_slice(b"{\"v\":1,\"ms\":");
    milliseconds(out, at);
    let mut line = Object(out);
    if let Some(time) = event.time() {
        line.text("time", &rfc3339(time));
    }
    line.text("event", event.name());
    if let Some(client) = client {
        line.number("client", client);
    }
    event.members(&mut line);
    out.extend_from_slice(b"}\n");
}

impl Event<'_> {
    fn name(&self) -> &'static str {
        match self {
            Event::Open { .. } => "open",
            Event::Refused { .. } => "refused",
            Event::Message { .. } => "message",
            Event::Ping { .. } => "ping",
            Event::Pong { .. } => "pong",
            Event::Close { .. } => "close",
            Event::Error { .. } => "error",
            Event::Reconnect { .. } => "reconnect",
            Event::End { .. } => "end",
        }
    }

    fn time(&self) -> Option<SystemTime> {
        match self {
            Event::Open { time, .. }
            | Event::Refused { time, .. }
            | Event::Reconnect { time, .. }
            | Event::End { time, .. } => Some(*time),
            _ => None,
        }
    }

    fn members(&self, line: &mut Object<'_>) {
        match *self {
            Event::Open { handshake, .. } => open(line, handshake),
            Event::Refused { refusal, .. } => refused(line, refusal),
            Event::Message {
                direction,
                n,
                kind,
                bytes,
            } => message(line, direction, n, kind, bytes),
            Event::Ping { direction, data } => control(line, direction, data),
            Event::Pong {
                direction,
                data,
                round_trip,
            } => {
                control(line, direction, data);
                if let Some(time) = round_trip {
                    line.milliseconds("rtt_ms", time);
                }
            }
            Event::Close {
                direction,
                payload,
                clean,
            } => close(line, direction, payload, clean),
            Event::Error {
                kind,
                message,
                hint,
                exit,
            } => error(line, kind, message, hint, exit),
            Event::Reconnect {
                attempt,
                gap,
                unsent,
                ..
            } => {
                line.number("attempt", attempt);
                line.milliseconds("gap_ms", gap);
                line.number("unsent", unsent);
            }
            Event::End {
                exit,
                error,
                sent,
                received,
                ..
            } => {
                line.number("exit", exit.into());
                line.optional("error", error.map(secret::text).as_deref());
                line.number("sent", sent);
                line.number("received", received);
            }
        }
    }
}

fn message(line: &mut Object<'_>, direction: Direction, n: u64, kind: Kind, bytes: &[u8]) {
    line.text("direction", direction.name());
    line.number("n", n);
    line.text("type", kind_name(kind));
    line.number("bytes", bytes.len() as u64);
    line.bytes("data", "base64", bytes);
}

fn control(line: &mut Object<'_>, direction: Direction, data: &[u8]) {
    line.text("direction", direction.name());
    line.bytes("data", "base64", data);
}

fn error(line: &mut Object<'_>, kind: &str, message: &str, hint: Option<&str>, exit: u8) {
    line.text("kind", kind);
    line.text("message", &secret::text(message));
    line.optional("hint", hint.map(secret::text).as_deref());
    line.number("exit", exit.into());
}

fn open(line: &mut Object<'_>, handshake: &Handshake) {
    let times = &handshake.times;
    line.text("url", &secret::text(&handshake.url));
    line.text("address", &handshake.address.to_string());
    if let Some(proxy) = &handshake.proxy {
        line.text("proxy", proxy);
    }
    line.number("status", 101);
    line.optional("subprotocol", handshake.subprotocol.as_deref());
    line.optional("extensions", extensions(&handshake.headers).as_deref());
    headers(line, &handshake.headers);
    line.object("timing", |timing| {
        timing.milliseconds("dns", times.resolve);
        timing.milliseconds("tcp", times.connect);
        if handshake.proxy.is_some() {
            timing.milliseconds("proxy", times.proxy);
        }
        match &handshake.tls {
            Some(_) => timing.milliseconds("tls", times.tls),
            None => timing.literal("tls", "null"),
        }
        timing.milliseconds("upgrade", times.upgrade);
    });
    match &handshake.tls {
        Some(facts) => line.object("tls", |line| tls(line, facts)),
        None => line.literal("tls", "null"),
    }
}

fn tls(line: &mut Object<'_>, facts: &TlsFacts) {
    let certificate = facts.certificate.as_ref();
    let cipher = facts.cipher.map(|cipher| cipher.to_string());
    line.optional("version", facts.version.map(TlsVersion::name));
    line.optional("cipher", cipher.as_deref());
    line.optional("subject", certificate.map(|facts| &*facts.subject));
    line.optional("issuer", certificate.map(|facts| &*facts.issuer));
    line.optional(
        "expires",
        certificate
            .map(|facts| rfc3339_seconds(facts.not_after))
            .as_deref(),
    );
}

fn refused(line: &mut Object<'_>, refusal: &Refusal) {
    let response = &refusal.response;
    let body = &refusal.body;
    line.number("status", response.status.into());
    line.text("reason", &response.reason);
    headers(line, &response.head.headers);
    let whole = match body.cut {
        true => without_broken_end(&body.bytes),
        false => &body.bytes,
    };
    line.bytes("body", "body_base64", whole);
    line.literal("body_cut", if body.cut { "true" } else { "false" });
}

fn close(line: &mut Object<'_>, direction: Direction, payload: &[u8], clean: Option<bool>) {
    line.text("direction", direction.name());
    let code = close_code(payload);
    match code {
        Some(code) => line.number("code", code.into()),
        None => line.literal("code", "null"),
    }
    // A single byte is no code: it stands where it can be seen.
    let reason = code.map_or(payload, |_| close_reason(payload));
    line.bytes("reason", "reason_base64", reason);
    let clean = clean.map_or("null", |clean| if clean { "true" } else { "false" });
    line.literal("clean", clean);
}

fn headers(line: &mut Object<'_>, headers: &[Header]) {
    let shown = headers.iter().map(|header| {
        let value = header_text(&header.value);
        let shown = secret::header(&header.name, &value).into_owned();
        (header.name.as_str(), shown)
    });
    line.pairs("headers", shown);
}

/// The value of the header, over all its lines; nothing without one.
fn extensions(headers: &[Header]) -> Option<String> {
    let same = |header: &&Header| {
        let name = &header.name;
        name.eq_ignore_ascii_case("Sec-WebSocket-Extensions") && !header.value.is_empty()
    };
    let values = headers.iter().filter(same);
    let values: Vec<Cow<'_, str>> = values.map(|header| header_text(&header.value)).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// What is not UTF-8 is Latin-1, by the custom of HTTP (RFC 9110 section 5.5).
fn header_text(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => text.into(),
        Err(_) => value.iter().copied().map(char::from).collect(),
    }
}

/// A text that was cut may end inside a character, which would hide that it is one.
fn without_broken_end(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Binary => "binary",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, Head, ResponseHead};
    use crate::message::close_payload;
    use crate::net::{CertificateFacts, Cipher};
    use crate::open::Times;
    use boon::{Compiler, SchemaIndex, Schemas};
    use serde_json::Value;

    fn line(ms: f64, what: &Event<'_>) -> String {
        let mut out = Vec::new();
        event(&mut out, Duration::from_secs_f64(ms / 1000.0), None, what);
        let line = String::from_utf8(out).unwrap();
        check(&line);
        line
    }

    fn value(what: &Event<'_>) -> Value {
        serde_json::from_str(&line(0.0, what)).unwrap()
    }

    fn schema() -> (Schemas, SchemaIndex) {
        let schema = include_str!("../../docs/events.schema.json");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let schema = serde_json::from_str(schema).unwrap();
        compiler.add_resource("events.json", schema).unwrap();
        let index = compiler.compile("events.json", &mut schemas).unwrap();
        (schemas, index)
    }

    fn check(line: &str) {
        let (schemas, index) = schema();
        let value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        if let Err(error) = schemas.validate(&value, index) {
            panic!("{line}: {error:#}");
        }
    }

    fn time() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_323_045_678)
    }

    fn ms(count: f64) -> Duration {
        Duration::from_secs_f64(count / 1000.0)
    }

    fn header(name: &str, value: impl AsRef<[u8]>) -> Header {
        Header {
            name: name.into(),
            value: value.as_ref().to_vec(),
        }
    }

    fn handshake() -> Handshake {
        Handshake {
            address: crate::net::Address::Tcp("[::1]:443".parse().unwrap()),
            tls: Some(TlsFacts {
                version: Some(TlsVersion::V1_3),
                cipher: Some(Cipher(0x1302)),
                certificate: Some(CertificateFacts {
                    subject: "CN=example.com".into(),
                    issuer: "CN=Example Authority".into(),
                    not_after: SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_859_045),
                }),
            }),
            subprotocol: Some("chat.v2".into()),
            headers: vec![
                header("Server", "x"),
                header("Set-Cookie", "id=1"),
                header("Sec-WebSocket-Extensions", "permessage-deflate"),
            ],
            times: Times {
                resolve: ms(1.2),
                connect: ms(8.1),
                proxy: Duration::ZERO,
                tls: ms(21.0),
                upgrade: ms(9.7),
            },
            ..Handshake::sample("wss://example.com/chat?token=abc")
        }
    }

    fn refusal(body: &[u8], cut: bool) -> Refusal {
        Refusal {
            response: ResponseHead {
                status: 403,
                reason: "Forbidden".into(),
                head: Head {
                    headers: vec![header("Content-Type", "text/plain")],
                    ..Head::default()
                },
            },
            body: Body {
                bytes: body.to_vec(),
                cut,
            },
        }
    }

    fn message(direction: Direction, kind: Kind, bytes: &[u8]) -> Event<'_> {
        Event::Message {
            direction,
            n: 1,
            kind,
            bytes,
        }
    }

    fn close_of(direction: Direction, payload: &[u8], clean: Option<bool>) -> Event<'_> {
        Event::Close {
            direction,
            payload,
            clean,
        }
    }

    /// The examples of the documentation, in its order.
    fn examples() -> Vec<String> {
        let time = time();
        let (handshake, refusal) = (handshake(), refusal(b"not you\n", false));
        let handshake = &handshake;
        let refusal = &refusal;
        let opening = [
            (41.304, Event::Open { time, handshake }),
            (12.0, Event::Refused { time, refusal }),
        ];
        let lines = opening.iter().map(|(ms, event)| line(*ms, event));
        lines
            .chain(examples_of_frames())
            .chain(examples_of_the_run())
            .collect()
    }

    fn examples_of_frames() -> Vec<String> {
        use Direction::{Received, Sent};
        let [normal, quota, lost] = [(1000, ""), (1008, "quota"), (1006, "")]
            .map(|(code, reason)| close_payload(Some(code), reason));
        let ping = Event::Ping {
            direction: Sent,
            data: b"k",
        };
        let pong = Event::Pong {
            direction: Received,
            data: b"k",
            round_trip: Some(ms(1.2)),
        };
        let events = [
            (41.3, message(Received, Kind::Text, b"{\"a\":1}")),
            (50.0, message(Sent, Kind::Binary, b"\x01\x02\xff")),
            (58.9, ping),
            (60.1, pong),
            (98.0, close_of(Sent, &normal, None)),
            (99.0, close_of(Received, &quota, Some(true))),
            (99.0, close_of(Received, &lost, Some(false))),
        ];
        events.iter().map(|(ms, event)| line(*ms, event)).collect()
    }

    fn examples_of_the_run() -> Vec<String> {
        let time = time();
        let error = Event::Error {
            kind: "connect",
            message: "cannot connect to 127.0.0.1:9: connection refused",
            hint: Some("is the server running?"),
            exit: 7,
        };
        let reconnect = Event::Reconnect {
            time,
            attempt: 1,
            gap: ms(512.3),
            unsent: 2,
        };
        let end = Event::End {
            time,
            exit: 69,
            error: None,
            sent: 1,
            received: 2,
        };
        let events = [(3.0, error), (5000.0, reconnect), (99.4, end)];
        events.iter().map(|(ms, event)| line(*ms, event)).collect()
    }

    #[test]
    fn the_examples_of_the_documentation_are_what_is_written() {
        let page = include_str!("../../docs/events.md");
        let documented = page.lines().filter(|line| line.starts_with('{'));
        let documented: Vec<String> = documented.map(|line| format!("{line}\n")).collect();
        assert_eq!(documented, examples());
    }

    #[test]
    fn the_schema_takes_more_members_and_nothing_else() {
        let (schemas, index) = schema();
        for example in examples() {
            let whole: Value = serde_json::from_str(&example).unwrap();
            let mut more = whole.clone();
            more["later"] = 1.into();
            assert!(schemas.validate(&more, index).is_ok(), "{more}");
            for name in whole.as_object().unwrap().keys() {
                let mut less = whole.clone();
                less.as_object_mut().unwrap().remove(name);
                let optional = name == "rtt_ms";
                assert_eq!(schemas.validate(&less, index).is_ok(), optional, "{less}");
            }
        }
    }

    #[test]
    fn what_is_utf_8_stands_as_text_whatever_the_type() {
        let text = message(Direction::Received, Kind::Binary, "é".as_bytes());
        assert_eq!(value(&text)["data"], "é");
        assert_eq!(value(&text)["bytes"], 2);
        let ping = Event::Ping {
            direction: Direction::Received,
            data: b"\xff",
        };
        assert_eq!(value(&ping)["base64"], "/w==");
        let pong = Event::Pong {
            direction: Direction::Sent,
            data: b"",
            round_trip: None,
        };
        assert_eq!(value(&pong)["data"], "");
        assert_eq!(value(&pong).get("rtt_ms"), None);
    }

    #[test]
    fn a_close_shows_any_payload() {
        let cases: [(&[u8], Value, &str, &str); 4] = [
            (b"", Value::Null, "reason", ""),
            (b"\x03\xe8bye", 1000.into(), "reason", "bye"),
            (b"\x03\xe8\xff", 1000.into(), "reason_base64", "/w=="),
            (b"\xfe", Value::Null, "reason_base64", "/g=="),
        ];
        for (payload, code, name, reason) in cases {
            let seen = value(&close_of(Direction::Received, payload, Some(false)));
            assert_eq!((&seen["code"], &seen[name]), (&code, &reason.into()));
        }
    }

    #[test]
    fn a_connection_without_tls_has_none_in_its_event() {
        let handshake = Handshake {
            tls: None,
            subprotocol: None,
            headers: vec![header("X-Old", b"caf\xe9"), header("x-old", "é\n")],
            ..handshake()
        };
        let seen = value(&Event::Open {
            time: time(),
            handshake: &handshake,
        });
        assert_eq!(seen["tls"], Value::Null);
        assert_eq!(seen["timing"]["tls"], Value::Null);
        assert_eq!(seen["subprotocol"], Value::Null);
        assert_eq!(seen["extensions"], Value::Null);
        assert_eq!(seen["headers"][0][1], "café");
        assert_eq!(seen["headers"][1][1], "é\n");
    }

    #[test]
    fn a_body_that_was_cut_inside_a_character_is_still_text() {
        for (body, cut, name, expected) in [
            (&b"caf\xc3"[..], true, "body", "caf"),
            (b"caf\xc3", false, "body_base64", "Y2Fmww=="),
            (b"\xff\xc3", true, "body_base64", "/8M="),
        ] {
            let seen = value(&Event::Refused {
                time: time(),
                refusal: &refusal(body, cut),
            });
            assert_eq!(seen[name], expected);
            assert_eq!(seen["body_cut"], cut);
        }
    }

    #[test]
    fn errors_hide_the_secrets_of_the_urls_that_they_quote() {
        let seen = value(&Event::Error {
            kind: "refused",
            message: "refused",
            hint: Some("it moved: connect to wss://u:p@h/?token=abc"),
            exit: 22,
        });
        assert_eq!(seen["hint"], "it moved: connect to wss://***@h/?token=***");
    }
}
