//! The server's answer held against the rules (RFC 6455 section 4.1).

use tungstenite::handshake::derive_accept_key;

use super::request::Request;
use crate::error::WrongReply;
use crate::http::Head;
use crate::ws::Deflate;

/// What an answer agrees on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) subprotocol: Option<String>,
    pub(super) deflate: Option<Deflate>,
}

/// Checks a response with status 101; returns what it chose.
///
/// What is legal is accepted however odd: any case, other words beside
/// `Upgrade`, no subprotocol where some were offered.
pub(super) fn verify(head: &Head, request: &Request) -> Result<Agreed, WrongReply> {
    if !head.lists("Upgrade", "websocket") {
        return Err(WrongReply::NoUpgrade);
    }
    if !head.lists("Connection", "Upgrade") {
        return Err(WrongReply::NoConnection);
    }
    let accept = single(head, "Sec-WebSocket-Accept")?.ok_or(WrongReply::NoAccept)?;
    if accept != derive_accept_key(request.key.as_bytes()) {
        return Err(WrongReply::Accept(accept));
    }
    let extensions = head.joined("Sec-WebSocket-Extensions").unwrap_or_default();
    let deflate = Deflate::agreed(&request.extensions, &extensions)?;
    let subprotocol = single(head, "Sec-WebSocket-Protocol")?.filter(|name| !name.is_empty());
    match subprotocol {
        Some(name) if !request.subprotocols.contains(&name) => Err(WrongReply::Subprotocol(name)),
        subprotocol => Ok(Agreed {
            subprotocol,
            deflate,
        }),
    }
}

/// The value of a header that may stand there only once (section 11.3).
fn single(head: &Head, name: &'static str) -> Result<Option<String>, WrongReply> {
    let mut values = head.values(name);
    let value = values.next().map(text);
    match values.next() {
        Some(_) => Err(WrongReply::Repeated(name)),
        None => Ok(value),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Incoming;
    use crate::ws::{OFFER, WrongAnswer};

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const GOOD: &str = "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n";

    fn agreed(headers: &str) -> Result<Agreed, WrongReply> {
        let head = format!("HTTP/1.1 101 X\n{headers}\n");
        let mut io = head.as_bytes();
        let response = Incoming::new(&mut io).response().unwrap();
        let request = Request {
            bytes: Vec::new(),
            key: KEY.into(),
            subprotocols: vec!["chat".into(), "Chat.v2".into()],
            extensions: OFFER.into(),
        };
        verify(&response.head, &request)
    }

    /// The subprotocol that an answer chooses.
    fn verdict(headers: &str) -> Result<Option<String>, WrongReply> {
        agreed(headers).map(|agreed| agreed.subprotocol)
    }

    #[test]
    fn the_answer_of_section_1_3_is_accepted() {
        assert_eq!(verdict(GOOD), Ok(None));
        let chosen = format!("{GOOD}Sec-WebSocket-Protocol: Chat.v2\n");
        assert_eq!(verdict(&chosen), Ok(Some("Chat.v2".into())));
    }

    #[test]
    fn extensions_are_agreed_on_over_several_lines() {
        let lines = "Sec-WebSocket-Extensions:\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\n";
        let deflate = agreed(&format!("{GOOD}{lines}")).unwrap().deflate;
        let said = deflate.map(|deflate| deflate.to_string());
        assert_eq!(
            said.as_deref(),
            Some("permessage-deflate; server_max_window_bits=9")
        );
        assert_eq!(agreed(GOOD).unwrap().deflate, None);
    }

    #[test]
    fn odd_but_legal_answers_are_accepted() {
        let odd = GOOD
            .replace("Connection: Upgrade", "connection: keep-alive, uPGRADE")
            .replace("Upgrade: websocket", "UPGRADE: WebSocket");
        assert_eq!(verdict(&odd), Ok(None));
        assert_eq!(
            verdict(&format!("{GOOD}Sec-WebSocket-Extensions: \n")),
            Ok(None)
        );
    }

    #[test]
    fn wrong_answers_are_named() {
        let without = |line: &str| GOOD.replace(&format!("{line}\n"), "");
        let with = |line: &str| format!("{GOOD}{line}\n");
        let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        let cases = [
            (without("Upgrade: websocket"), WrongReply::NoUpgrade),
            (GOOD.replace("websocket", "h2c"), WrongReply::NoUpgrade),
            (without("Connection: Upgrade"), WrongReply::NoConnection),
            (
                GOOD.replace(": Upgrade", ": close"),
                WrongReply::NoConnection,
            ),
            (without(accept), WrongReply::NoAccept),
            (
                GOOD.replace("s3pP", "S3pP"),
                WrongReply::Accept("S3pPLMBiTxaQ9kYGzzhZRbK+xOo=".into()),
            ),
            (with(accept), WrongReply::Repeated("Sec-WebSocket-Accept")),
            (
                with("Sec-WebSocket-Protocol: CHAT"),
                WrongReply::Subprotocol("CHAT".into()),
            ),
            (
                with("Sec-WebSocket-Protocol: chat, Chat.v2"),
                WrongReply::Subprotocol("chat, Chat.v2".into()),
            ),
            (
                with("Sec-WebSocket-Extensions: permessage-deflate, x-other; a=1"),
                WrongReply::Extension(WrongAnswer::NotOffered("x-other".into())),
            ),
        ];
        for (headers, wrong) in cases {
            assert_eq!(verdict(&headers), Err(wrong));
        }
    }
}
