//! The server's side of an opening handshake (RFC 6455 section 4.2).

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tungstenite::handshake::derive_accept_key;

use super::{Handshake, Heads, Opened, Times};
use crate::broken::is_time_out;
use crate::error::{BadReply, Error, Stage};
use crate::http::{Head, HeadError, Incoming, RequestHead, Spoken};
use crate::net::{Deadline, Socket, Stream};
use crate::target::{Host, Target};
use crate::ws::{Deflate, Role};

/// Whom a server lets in.
#[derive(Clone, Debug)]
pub struct Accept {
    /// Origins beside loopback ones; `*` is any.
    pub origins: Vec<String>,
    /// Whether to agree to permessage-deflate.
    pub compression: bool,
    /// How long a client may take for its handshake.
    pub limit: Duration,
}

/// Answers a client's opening handshake.
///
/// # Errors
/// `Handshake` when it is none, after an answer with a status that says so.
pub fn accept(tcp: TcpStream, peer: SocketAddr, policy: &Accept) -> Result<Opened, Error> {
    let began = Instant::now();
    let deadline = Deadline::after(policy.limit);
    let failed = |error| answer_error(error, policy);
    let socket = tcp
        .set_nodelay(true)
        .and_then(|()| Socket::new(tcp, deadline))
        .map_err(|error| failed(HeadError::Io(error)))?;
    let mut stream = Stream::Plain(socket);
    let mut incoming = Incoming::new(&mut stream);
    let request = incoming.request();
    let already_read = incoming.into_rest();
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            let refusal = refuse("400 Bad Request", "", "this is a WebSocket endpoint");
            // Whoever cannot be answered has gone.
            let _ = stream.write_all(refusal.text.as_bytes());
            stream.end_sending();
            return Err(failed(error));
        }
    };
    let reply = reply(&request, policy);
    stream
        .write_all(reply.text.as_bytes())
        .map_err(|error| failed(HeadError::Io(error)))?;
    if let Some(why) = reply.refusal {
        stream.end_sending();
        return Err(failed(HeadError::NotHttp {
            spoken: Spoken::Http,
            text: why,
        }));
    }
    stream.socket_mut().set_patience(None);
    Ok(Opened {
        stream,
        already_read,
        role: Role::Server,
        handshake: Handshake {
            url: request.resource,
            address: peer.into(),
            proxy: None,
            tls: None,
            subprotocol: None,
            headers: request.head.headers,
            heads: Heads {
                request: request.head.raw,
                response: reply.text.into_bytes(),
            },
            deflate: reply.deflate,
            oddities: Vec::new(),
            times: Times {
                upgrade: began.elapsed(),
                ..Times::default()
            },
        },
    })
}

fn answer_error(error: HeadError, policy: &Accept) -> Error {
    match error {
        HeadError::Io(error) if is_time_out(&error) => Error::Timeout {
            stage: Stage::Upgrade,
            limit: policy.limit,
        },
        error => Error::Handshake(BadReply::Head(error)),
    }
}

struct Reply {
    text: String,
    deflate: Option<Deflate>,
    refusal: Option<String>,
}

fn reply(request: &RequestHead, policy: &Accept) -> Reply {
    let head = &request.head;
    let key = head.values("Sec-WebSocket-Key").next();
    let version = head.values("Sec-WebSocket-Version").next();
    let upgrades = head.lists("Upgrade", "websocket") && head.lists("Connection", "upgrade");
    let Some(key) = key.filter(|key| upgrades && key.len() == 24) else {
        return refuse("400 Bad Request", "", "this is a WebSocket endpoint");
    };
    if version != Some(b"13") {
        let supported = "Sec-WebSocket-Version: 13\r\n";
        return refuse(
            "426 Upgrade Required",
            supported,
            "only version 13 is spoken here",
        );
    }
    if !origin_allowed(head, policy) {
        return refuse(
            "403 Forbidden",
            "",
            "this origin is not allowed; --allow-origin allows it",
        );
    }
    let offer = head.joined("Sec-WebSocket-Extensions").unwrap_or_default();
    let deflate = Deflate::accept(&offer).filter(|_| policy.compression);
    let extensions = deflate.map_or(String::new(), |deflate| {
        format!("Sec-WebSocket-Extensions: {deflate}\r\n")
    });
    let text = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n{extensions}\r\n",
        derive_accept_key(key)
    );
    Reply {
        text,
        deflate,
        refusal: None,
    }
}

fn refuse(status: &str, headers: &str, why: &str) -> Reply {
    let length = why.len() + 1;
    let text = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\
         Content-Length: {length}\r\n{headers}\r\n{why}\n"
    );
    Reply {
        text,
        deflate: None,
        refusal: Some(format!("refused with {status}")),
    }
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

    fn status(request: &str, origins: &[&str]) -> String {
        let request = format!("{request}\n");
        let mut io = request.as_bytes();
        let request = Incoming::new(&mut io).request().unwrap();
        let policy = Accept {
            origins: origins.iter().map(ToString::to_string).collect(),
            compression: true,
            limit: Duration::from_secs(1),
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
            ("null", &[], "403"),
            ("https://app.example", &["https://app.example"], "101"),
            ("https://app.example.evil", &["https://app.example"], "403"),
            ("https://evil.example", &["*"], "101"),
        ] {
            assert_eq!(status(&from(origin), allowed), expected, "{origin}");
        }
    }
}
