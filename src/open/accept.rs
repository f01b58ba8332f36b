//! The server's side of an opening handshake (RFC 6455 section 4.2), over TLS if that
//! is asked for.
//!
//! Everything is under one limit, so that a client that stalls anywhere costs its own
//! thread for that long and nobody else anything.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tungstenite::handshake::derive_accept_key;

use super::{Handshake, Heads, Opened, Times};
use crate::error::{ClientFailure, ClientProblem, Error};
use crate::http::{Head, HeadError, Incoming, RequestHead};
use crate::io_error::is_time_out;
use crate::net::{Acceptor, Deadline, Socket, Stream, TlsError, TlsFacts, TlsProblem};
use crate::target::{Host, Target};
use crate::ws::{Deflate, Role};

/// Whom a server lets in, and how it answers.
#[derive(Clone, Debug)]
pub struct Accept {
    /// Origins beside loopback ones; `*` is any.
    pub origins: Vec<String>,
    /// Whether to agree to permessage-deflate.
    pub compression: bool,
    /// The first of these that a client offers is agreed on; none if it offers none
    /// of them.
    pub subprotocols: Vec<String>,
    /// TLS comes first (wss).
    pub tls: Option<Acceptor>,
    /// To a request that is a valid opening handshake of an allowed origin.
    pub answer: Answer,
    /// How long a client may take for its handshake.
    pub limit: Duration,
}

/// What a valid opening handshake is answered with. Names and values of headers have no
/// control characters: whoever makes them has looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 101, with these headers behind those of the handshake.
    Upgrade { headers: Vec<(String, String)> },
    /// Another status; the client's end is then one for which
    /// [`Error::is_wanted_refusal`] holds.
    Refuse {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
}

impl Default for Answer {
    fn default() -> Self {
        Answer::Upgrade {
            headers: Vec::new(),
        }
    }
}

/// Answers a client's opening handshake.
///
/// # Errors
/// `Client`, after an answer with a status that says why, where one can be given.
pub fn accept(tcp: TcpStream, peer: SocketAddr, policy: &Accept) -> Result<Opened, Error> {
    greet(tcp, peer, policy).map_err(|problem| {
        Error::Client(Box::new(ClientFailure {
            address: peer.into(),
            problem: in_time(problem, policy.limit),
        }))
    })
}

fn greet(tcp: TcpStream, peer: SocketAddr, policy: &Accept) -> Result<Opened, ClientProblem> {
    let began = Instant::now();
    let deadline = Deadline::after(policy.limit);
    let socket = tcp
        .set_nodelay(true)
        .and_then(|()| Socket::new(tcp, deadline))
        .map_err(ClientProblem::Lost)?;
    let (mut stream, tls) = secured(Stream::Plain(socket), policy)?;
    let encrypted = began.elapsed();
    let (request, already_read) = request(&mut stream)?;
    let reply = reply(&request, policy);
    let written = stream.write_all(reply.text.as_bytes());
    if let Some(problem) = reply.refusal {
        stream.end_sending();
        return Err(problem);
    }
    written.map_err(ClientProblem::Lost)?;
    stream.socket_mut().set_patience(None);
    Ok(Opened {
        stream,
        already_read,
        role: Role::Server,
        handshake: Handshake {
            url: request.resource,
            address: peer.into(),
            proxy: None,
            tls,
            subprotocol: reply.subprotocol,
            headers: request.head.headers,
            heads: Heads {
                request: request.head.raw,
                response: reply.text.into_bytes(),
            },
            deflate: reply.deflate,
            oddities: Vec::new(),
            times: Times {
                tls: encrypted,
                upgrade: began.elapsed().saturating_sub(encrypted),
                ..Times::default()
            },
        },
    })
}

/// The stream beneath the WebSocket.
fn secured(below: Stream, policy: &Accept) -> Result<(Stream, Option<TlsFacts>), ClientProblem> {
    let Some(acceptor) = &policy.tls else {
        return Ok((below, None));
    };
    let plain = refuse("400 Bad Request", &[], "this port speaks TLS: use wss://");
    let accepted = acceptor.accept(below, plain.as_bytes());
    let (stream, facts) = accepted.map_err(ClientProblem::Tls)?;
    Ok((stream, Some(facts)))
}

fn request(stream: &mut Stream) -> Result<(RequestHead, Vec<u8>), ClientProblem> {
    let mut incoming = Incoming::new(stream);
    let request = incoming.request();
    let rest = incoming.into_rest();
    match request {
        Ok(request) => Ok((request, rest)),
        Err(error) => {
            let refusal = refuse("400 Bad Request", &[], NO_UPGRADE);
            // Whoever cannot be answered has gone.
            let _ = stream.write_all(refusal.as_bytes());
            stream.end_sending();
            Err(ClientProblem::Head(error))
        }
    }
}

/// A time-out is one wherever it was met.
fn in_time(problem: ClientProblem, limit: Duration) -> ClientProblem {
    let late = |error: &io::Error| is_time_out(error);
    match problem {
        ClientProblem::Head(HeadError::Io(error)) | ClientProblem::Lost(error) if late(&error) => {
            ClientProblem::TimedOut(limit)
        }
        ClientProblem::Tls(TlsError {
            problem: TlsProblem::TimedOut,
            ..
        }) => ClientProblem::TimedOut(limit),
        other => other,
    }
}

const NO_UPGRADE: &str = "this is a WebSocket endpoint";

struct Reply {
    text: String,
    deflate: Option<Deflate>,
    subprotocol: Option<String>,
    refusal: Option<ClientProblem>,
}

impl Reply {
    fn refused(text: String, refusal: ClientProblem) -> Self {
        Reply {
            text,
            deflate: None,
            subprotocol: None,
            refusal: Some(refusal),
        }
    }

    /// For a request that is not answered with 101.
    fn wrong(status: u16, headers: &[(String, String)], why: &'static str) -> Self {
        let line = status_line(status);
        let refusal = ClientProblem::Refused { status, why };
        Reply::refused(refuse(&line, headers, why), refusal)
    }
}

fn reply(request: &RequestHead, policy: &Accept) -> Reply {
    let head = &request.head;
    let key = head.values("Sec-WebSocket-Key").next();
    let version = head.values("Sec-WebSocket-Version").next();
    let upgrades = head.lists("Upgrade", "websocket") && head.lists("Connection", "upgrade");
    let Some(key) = key.filter(|key| upgrades && key.len() == 24) else {
        return Reply::wrong(400, &[], NO_UPGRADE);
    };
    if version != Some(b"13") {
        let supported = [("Sec-WebSocket-Version".to_owned(), "13".to_owned())];
        return Reply::wrong(426, &supported, "only version 13 is spoken here");
    }
    if !origin_allowed(head, policy) {
        let why = "this origin is not allowed; --allow-origin allows it";
        return Reply::wrong(403, &[], why);
    }
    match &policy.answer {
        Answer::Upgrade { headers } => upgrade(head, key, headers, policy),
        Answer::Refuse {
            status,
            headers,
            body,
        } => Reply::refused(
            answer(&status_line(*status), headers, body),
            ClientProblem::Wanted(*status),
        ),
    }
}

fn upgrade(head: &Head, key: &[u8], headers: &[(String, String)], policy: &Accept) -> Reply {
    let offer = head.joined("Sec-WebSocket-Extensions").unwrap_or_default();
    let deflate = Deflate::accept(&offer).filter(|_| policy.compression);
    let offers = |name: &&String| {
        let mut offered = head.list("Sec-WebSocket-Protocol");
        offered.any(|offer| offer == name.as_bytes())
    };
    let subprotocol = policy.subprotocols.iter().find(offers).cloned();
    let mut text = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n",
        derive_accept_key(key)
    );
    if let Some(name) = &subprotocol {
        let _ = write!(text, "Sec-WebSocket-Protocol: {name}\r\n");
    }
    if let Some(deflate) = deflate {
        let _ = write!(text, "Sec-WebSocket-Extensions: {deflate}\r\n");
    }
    add_headers(&mut text, headers);
    text.push_str("\r\n");
    Reply {
        text,
        deflate,
        subprotocol,
        refusal: None,
    }
}

/// An answer that says `why` in words.
fn refuse(status: &str, headers: &[(String, String)], why: &str) -> String {
    let kind = ("Content-Type".to_owned(), "text/plain".to_owned());
    let headers: Vec<_> = std::iter::once(kind)
        .chain(headers.iter().cloned())
        .collect();
    answer(status, &headers, &format!("{why}\n"))
}

/// An answer after which the connection ends; one without a body has no length either
/// where HTTP forbids it (RFC 9110 section 8.6).
fn answer(status: &str, headers: &[(String, String)], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    let has_none = status.starts_with("204") || status.starts_with('1');
    if !has_none {
        let _ = write!(text, "Content-Length: {}\r\n", body.len());
    }
    add_headers(&mut text, headers);
    text + "\r\n" + if has_none { "" } else { body }
}

fn add_headers(text: &mut String, headers: &[(String, String)]) {
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
}

/// A status with the words that RFC 9110 section 15 has for it.
fn status_line(status: u16) -> String {
    let words = match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    };
    format!("{status} {words}")
}

/// A page from elsewhere must not reach a server on this machine.
fn origin_allowed(head: &Head, policy: &Accept) -> bool {
    head.values("Origin").all(|origin| {
        let origin = String::from_utf8_lossy(origin);
        let allowed = |known: &String| known == "*" || known.eq_ignore_ascii_case(&origin);
        policy.origins.iter().any(allowed) || is_loopback(&origin)
    })
}

fn is_loopback(origin: &str) -> bool {
    Target::parse(origin).is_ok_and(|target| Host::is_loopback(target.host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: keep-alive, Upgrade\n\
        Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n";

    fn policy() -> Accept {
        Accept {
            origins: Vec::new(),
            compression: true,
            subprotocols: Vec::new(),
            tls: None,
            answer: Answer::default(),
            limit: Duration::from_secs(1),
        }
    }

    fn reply_to(request: &str, policy: &Accept) -> Reply {
        let request = format!("{request}\n");
        let mut io = request.as_bytes();
        reply(&Incoming::new(&mut io).request().unwrap(), policy)
    }

    fn status(request: &str, origins: &[&str]) -> String {
        let request = format!("{request}\n");
        let mut io = request.as_bytes();
        let request = Incoming::new(&mut io).request().unwrap();
        let policy = Accept {
            origins: origins.iter().map(ToString::to_string).collect(),
            ..policy()
        };
        let reply = reply(&request, &policy);
        assert_eq!(reply.refusal.is_none(), reply.text.contains(" 101 "));
        reply.text[9..12].to_owned()
    }

    #[test]
    fn a_good_request_is_accepted_and_a_bad_one_told_why() {
        assert_eq!(status(GOOD, &[]), "101");
        assert_eq!(status(&GOOD.replace("websocket", "h2c"), &[]), "400");
        assert_eq!(status(&GOOD.replace("== ", ""), &[]), "101");
        assert_eq!(status(&GOOD.replace("ZQ==", ""), &[]), "400");
        assert_eq!(
            status(&GOOD.replace("Version: 13", "Version: 8"), &[]),
            "426"
        );
    }

    #[test]
    fn only_loopback_origins_come_in_unless_allowed() {
        let from = |origin: &str| format!("{GOOD}Origin: {origin}\n");
        for (origin, allowed, expected) in [
            ("http://localhost:3000", &[][..], "101"),
            ("http://127.0.0.1", &[], "101"),
            ("http://[::1]:80", &[], "101"),
            ("https://evil.example", &[], "403"),
            ("http://localhost.evil.example", &[], "403"),
            ("http://127.0.0.1.evil.example", &[], "403"),
            ("http://localhost@evil.example", &[], "403"),
            ("http://evil.example/@localhost", &[], "403"),
            ("http://localhost, http://evil.example", &[], "403"),
            ("http://localhost\nOrigin: http://evil.example", &[], "403"),
            ("", &[], "403"),
            ("file://", &[], "403"),
            ("null", &[], "403"),
            ("https://app.example", &["https://app.example"], "101"),
            ("https://app.example.evil", &["https://app.example"], "403"),
            ("https://evil.example", &["*"], "101"),
        ] {
            assert_eq!(status(&from(origin), allowed), expected, "{origin}");
        }
    }

    #[test]
    fn the_first_of_our_subprotocols_that_is_offered_is_agreed_on() {
        for (ours, offer, agreed) in [
            (&["b", "a"][..], "Sec-WebSocket-Protocol: a, b\n", Some("b")),
            (
                &["b"],
                "sec-websocket-protocol: a\nSec-WebSocket-Protocol: b\n",
                Some("b"),
            ),
            (&["b"], "Sec-WebSocket-Protocol: B\n", None),
            (&["b"], "", None),
            (&[], "Sec-WebSocket-Protocol: a\n", None),
        ] {
            let subprotocols = ours.iter().map(ToString::to_string).collect();
            let policy = Accept {
                subprotocols,
                ..policy()
            };
            let reply = reply_to(&format!("{GOOD}{offer}"), &policy);
            let said = agreed.map(|name| format!("\r\nSec-WebSocket-Protocol: {name}\r\n"));
            assert_eq!(reply.subprotocol.as_deref(), agreed, "{ours:?} {offer:?}");
            assert_eq!(
                said.is_some_and(|line| reply.text.contains(&line)),
                reply.text.contains("Sec-WebSocket-Protocol"),
            );
        }
    }

    #[test]
    fn an_answer_is_given_as_it_is_wanted() {
        let header = || vec![("X-A".to_owned(), "1".to_owned())];
        let wanted = |answer| Accept { answer, ..policy() };
        let upgrade = wanted(Answer::Upgrade { headers: header() });
        let reply = reply_to(GOOD, &upgrade);
        assert!(reply.refusal.is_none());
        assert!(reply.text.ends_with("\r\nX-A: 1\r\n\r\n"), "{}", reply.text);
        let refuse = wanted(Answer::Refuse {
            status: 401,
            headers: header(),
            body: "{}".into(),
        });
        let reply = reply_to(GOOD, &refuse);
        assert!(matches!(reply.refusal, Some(ClientProblem::Wanted(401))));
        let expected = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\
            Content-Length: 2\r\nX-A: 1\r\n\r\n{}";
        assert_eq!(reply.text, expected);
        // What is wrong with a request comes first.
        let reply = reply_to(&GOOD.replace("websocket", "h2c"), &refuse);
        let wrong = matches!(
            reply.refusal,
            Some(ClientProblem::Refused { status: 400, .. })
        );
        assert!(wrong && reply.text.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    }
}
