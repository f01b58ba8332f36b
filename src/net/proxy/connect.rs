//! A tunnel through an HTTP proxy: `CONNECT` (RFC 9110 section 9.3.6).
//!
//! Knows only `Read + Write`. Reads no byte behind the head of the answer: what
//! follows it belongs to the tunnel.

use std::io::{Read, Write};

use thiserror::Error;

use super::Destination;
use crate::http::{HeadError, Incoming, ResponseHead};
use crate::io_error::has_gone;
use crate::target::Userinfo;

/// What is asked of an HTTP proxy.
#[derive(Clone, Copy, Debug)]
pub struct Connect<'a> {
    pub destination: &'a Destination,
    /// Empty for none.
    pub user_agent: &'a str,
    pub userinfo: Option<&'a Userinfo>,
}

/// Why there is no tunnel.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Another status than 2xx; the body, of which nothing was read, follows.
    #[error("HTTP {} {}", .0.status, .0.reason)]
    Refused(Box<ResponseHead>),
    #[error(transparent)]
    Head(HeadError),
}

/// The head of a request or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadSeen<'a> {
    Sent(&'a [u8]),
    Received(&'a [u8]),
}

impl Connect<'_> {
    /// Opens the tunnel; `see` is shown the heads as they are on the wire.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub fn open(
        &self,
        stream: &mut (impl Read + Write),
        see: &mut dyn FnMut(HeadSeen<'_>),
    ) -> Result<(), ConnectError> {
        let request = self.request();
        see(HeadSeen::Sent(&request));
        match stream.write_all(&request) {
            // A proxy may answer and close before it has read everything.
            Err(error) if !has_gone(&error) => {
                return Err(ConnectError::Head(HeadError::Io(error)));
            }
            _ => {}
        }
        let mut incoming = Incoming::sparing(stream);
        let mut received = |response: &ResponseHead| see(HeadSeen::Received(&response.head.raw));
        let response = incoming.final_response(&mut received);
        let response = response.map_err(ConnectError::Head)?;
        match response.status {
            200..=299 => Ok(()),
            _ => Err(ConnectError::Refused(Box::new(response))),
        }
    }

    fn request(&self) -> Vec<u8> {
        let place = self.destination;
        let mut head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
        if !self.user_agent.is_empty() {
            head.push_str(&format!("User-Agent: {}\r\n", self.user_agent));
        }
        if let Some(userinfo) = self.userinfo {
            let value = userinfo.basic();
            head.push_str(&format!("Proxy-Authorization: {}\r\n", value.reveal()));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::proxy::tests::Wire;
    use crate::secret::Secret;
    use crate::target::Host;

    fn destination(host: &str) -> Destination {
        Destination::new(Host::parse(host).unwrap(), 443)
    }

    /// What was sent, what became of it, and what was not read.
    fn asked(host: &str, userinfo: Option<&Userinfo>, answer: &[u8]) -> (String, String, Vec<u8>) {
        let destination = destination(host);
        let connect = Connect {
            destination: &destination,
            user_agent: "wstalk/1",
            userinfo,
        };
        let mut wire = Wire::new(answer);
        let mut received = Vec::new();
        let result = connect.open(&mut wire, &mut |head| {
            if let HeadSeen::Received(head) = head {
                received.extend_from_slice(head);
            }
        });
        assert!(answer.starts_with(&received) || answer.starts_with(b"\r\n"));
        let result = match result {
            Ok(()) => "open".to_owned(),
            Err(error) => error.to_string(),
        };
        let sent = String::from_utf8(wire.sent().to_vec()).unwrap();
        (sent, result, wire.rest().to_vec())
    }

    fn answered(answer: &str) -> (String, Vec<u8>) {
        let (_, result, rest) = asked("h", None, answer.as_bytes());
        (result, rest)
    }

    #[test]
    fn the_request_names_the_destination_and_shows_the_credentials() {
        let me = Userinfo::new("me", Some(Secret::new("pw"))).unwrap();
        for (host, place) in [
            ("example.com", "example.com:443"),
            ("1.2.3.4", "1.2.3.4:443"),
            ("::1", "[::1]:443"),
        ] {
            let (sent, ..) = asked(host, None, b"");
            assert_eq!(
                sent,
                format!(
                    "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: wstalk/1\r\n\r\n"
                )
            );
        }
        let (sent, ..) = asked("h", Some(&me), b"");
        assert!(sent.ends_with("\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n"));
    }

    #[test]
    fn any_2xx_opens_the_tunnel_and_what_follows_is_left_to_it() {
        for answer in [
            "HTTP/1.1 200 Connection established\r\n\r\n",
            "HTTP/1.0 200\r\n\r\n",
            "HTTP/1.1 204 X\nA: b\n\n",
            "HTTP/1.1 299 X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "\r\nHTTP/1.1 200 OK\r\n\r\n",
        ] {
            for rest in ["", "HTTP/1.1 101 early", "\r\n\0\x16"] {
                let (result, left) = answered(&format!("{answer}{rest}"));
                assert_eq!((&*result, &*left), ("open", rest.as_bytes()), "{answer}");
            }
        }
    }

    #[test]
    fn another_status_refuses_it_and_leaves_the_body_unread() {
        for (answer, why) in [
            (
                "HTTP/1.1 407 Who\r\nContent-Length: 4\r\n\r\n",
                "HTTP 407 Who",
            ),
            ("HTTP/1.1 101 Switching\r\n\r\n", "HTTP 101 Switching"),
            ("HTTP/1.1 302 \r\n\r\n", "HTTP 302 "),
            ("HTTP/1.1 503 a\x01b\r\n\r\n", "HTTP 503 a\u{1}b"),
        ] {
            let (result, left) = answered(&format!("{answer}body"));
            assert_eq!((&*result, &*left), (why, &b"body"[..]), "{answer}");
        }
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let endless = format!("HTTP/1.1 200 {}", "x".repeat(70_000));
        let interim = "HTTP/1.1 100 \r\n\r\n".repeat(101);
        for (answer, why) in [
            ("", "the connection ended before anything was received"),
            (
                "HTTP/1.1 20",
                "the connection ended inside the head, after 11 bytes",
            ),
            (
                "SSH-2.0",
                "what came back is not HTTP: it begins with \"SSH-2.0\"",
            ),
            ("\x15\x03\x01\0\x02\x02\x16", "what came back is TLS"),
            (&*endless, "the head is longer than 65536 bytes"),
            (&*interim, "it came with more than 100 interim responses"),
        ] {
            assert_eq!(answered(answer).0, why);
        }
    }
}
