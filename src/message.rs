//! A WebSocket message as a value: what the notation, scripts and the prompt
//! hold. The data path lends bytes instead and never builds one.
//!
//! A close message keeps its payload as bytes, because a server may send
//! anything there and a debugging client has to show it; what may be *sent* is
//! told by [`Message::check_sendable`], and every sender has to ask.

/// The most bytes that a control frame can carry (RFC 6455 section 5.5).
pub const MAX_CONTROL: usize = 125;

/// The most bytes of a close reason: a control frame less the code.
pub const MAX_REASON: usize = MAX_CONTROL - 2;

/// The two kinds of data messages (RFC 6455 section 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Binary,
}

/// One whole message, or a control frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// The payload as it is on the wire: nothing, or two bytes of code and a
    /// reason; or, from a broken server, any bytes at all.
    Close(Vec<u8>),
}

/// A [`Message`] on loan, so that what has just arrived need not be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageRef<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
    Ping(&'a [u8]),
    Pong(&'a [u8]),
    Close(&'a [u8]),
}

/// Why a message may not be put on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSendable {
    #[error("the data has {0} bytes, and a control frame carries at most {MAX_CONTROL}")]
    ControlTooLong(usize),
    #[error("the close payload is one byte, which is no code")]
    CloseOneByte,
    #[error("close code {0} may not be sent")]
    CloseCode(u16),
    #[error("the close reason has {0} bytes, and at most {MAX_REASON} can be sent")]
    ReasonTooLong(usize),
    #[error("the close reason is not UTF-8")]
    ReasonNotUtf8,
}

impl Message {
    /// Whether it is text or binary, not a control frame.
    pub fn is_data(&self) -> bool {
        matches!(self, Message::Text(_) | Message::Binary(_))
    }

    /// Bytes of the payload.
    #[allow(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        match self {
            Message::Text(text) => text.len(),
            Message::Binary(bytes)
            | Message::Ping(bytes)
            | Message::Pong(bytes)
            | Message::Close(bytes) => bytes.len(),
        }
    }

    /// Whether RFC 6455 lets a client or server send this.
    ///
    /// # Errors
    /// Control data over [`MAX_CONTROL`] bytes, and close payloads that are not
    /// empty and not an allowed code with a UTF-8 reason of [`MAX_REASON`] bytes.
    pub fn check_sendable(&self) -> Result<(), NotSendable> {
        match self {
            Message::Text(_) | Message::Binary(_) => Ok(()),
            Message::Ping(data) | Message::Pong(data) if data.len() > MAX_CONTROL => {
                Err(NotSendable::ControlTooLong(data.len()))
            }
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(payload) => check_close(payload),
        }
    }
}

impl<'a> MessageRef<'a> {
    /// A data message; text that is not UTF-8, which nobody hands on, is binary.
    pub fn data(kind: Kind, bytes: &'a [u8]) -> Self {
        match (kind, str::from_utf8(bytes)) {
            (Kind::Text, Ok(text)) => MessageRef::Text(text),
            _ => MessageRef::Binary(bytes),
        }
    }
}

impl From<MessageRef<'_>> for Message {
    fn from(message: MessageRef<'_>) -> Self {
        match message {
            MessageRef::Text(text) => Message::Text(text.to_owned()),
            MessageRef::Binary(bytes) => Message::Binary(bytes.to_vec()),
            MessageRef::Ping(data) => Message::Ping(data.to_vec()),
            MessageRef::Pong(data) => Message::Pong(data.to_vec()),
            MessageRef::Close(payload) => Message::Close(payload.to_vec()),
        }
    }
}

impl<'a> From<&'a Message> for MessageRef<'a> {
    fn from(message: &'a Message) -> Self {
        match message {
            Message::Text(text) => MessageRef::Text(text),
            Message::Binary(bytes) => MessageRef::Binary(bytes),
            Message::Ping(data) => MessageRef::Ping(data),
            Message::Pong(data) => MessageRef::Pong(data),
            Message::Close(payload) => MessageRef::Close(payload),
        }
    }
}

impl NotSendable {
    /// What to do instead, where that is not plain from the error.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            NotSendable::CloseOneByte | NotSendable::CloseCode(_) => Some(CODES_HINT),
            _ => None,
        }
    }
}

/// The close codes that may be sent, in words.
pub const CODES_HINT: &str =
    "codes from 1000 to 4999 may be sent, except 1004, 1005, 1006 and 1015 to 2999";

/// Whether a close code may stand in a close frame: 1000 to 1003, 1007 to 1014
/// and 3000 to 4999.
///
/// RFC 6455 section 7.4 forbids 1005, 1006 and 1015 there and leaves 1004 without
/// a meaning; 1012 to 1014 come from the IANA registry; up to 2999 the rest is
/// kept for later versions of the protocol.
pub fn is_allowed_on_wire(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// The close codes with a meaning that can be sent: RFC 6455 section 7.4.1 and the IANA
/// registry.
pub const KNOWN_CODES: [u16; 15] = [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3003, 3008,
];

/// What a close code means: RFC 6455 section 7.4.1 and the IANA registry.
pub fn meaning(code: u16) -> &'static str {
    match code {
        1000 => "normal closure",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "unsupported data",
        1004 => "reserved",
        1005 => "no code",
        1006 => "abnormal closure",
        1007 => "invalid payload data",
        1008 => "policy violation",
        1009 => "message too big",
        1010 => "extension needed",
        1011 => "internal error",
        1012 => "service restart",
        1013 => "try again later",
        1014 => "bad gateway",
        1015 => "TLS handshake failed",
        3000 => "unauthorized",
        3003 => "forbidden",
        3008 => "timeout",
        3001..=3999 => "registered for a library or framework",
        4000..=4999 => "private to the application",
        _ => "not assigned",
    }
}

/// The payload of a close frame. Without a code there can be no reason, so that
/// `None` gives the empty payload. Nothing is checked here.
pub fn close_payload(code: Option<u16>, reason: &str) -> Vec<u8> {
    let Some(code) = code else {
        return Vec::new();
    };
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}

/// The code in a close payload; `None` if it has fewer than two bytes.
pub fn close_code(payload: &[u8]) -> Option<u16> {
    payload.first_chunk().copied().map(u16::from_be_bytes)
}

/// What follows the code in a close payload, perhaps not UTF-8.
pub fn close_reason(payload: &[u8]) -> &[u8] {
    payload.get(2..).unwrap_or_default()
}

/// RFC 6455 sections 5.5.1 and 7.4.
fn check_close(payload: &[u8]) -> Result<(), NotSendable> {
    let Some(code) = close_code(payload) else {
        return if payload.is_empty() {
            Ok(())
        } else {
            Err(NotSendable::CloseOneByte)
        };
    };
    let reason = close_reason(payload);
    if !is_allowed_on_wire(code) {
        return Err(NotSendable::CloseCode(code));
    }
    if reason.len() > MAX_REASON {
        return Err(NotSendable::ReasonTooLong(reason.len()));
    }
    std::str::from_utf8(reason)
        .map(|_| ())
        .map_err(|_| NotSendable::ReasonNotUtf8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_rfc_and_the_registry_are_allowed_and_no_others() {
        let allowed: Vec<u16> = (0..=u16::MAX)
            .filter(|&code| is_allowed_on_wire(code))
            .collect();
        let expected: Vec<u16> = (1000..=1003)
            .chain(1007..=1014)
            .chain(3000..=4999)
            .collect();
        assert_eq!(allowed, expected);
    }

    #[test]
    fn a_close_payload_comes_apart_as_it_was_put_together() {
        let payload = close_payload(Some(1000), "bye");
        assert_eq!(payload, b"\x03\xe8bye");
        assert_eq!(close_code(&payload), Some(1000));
        assert_eq!(close_reason(&payload), b"bye");
        assert_eq!(close_payload(Some(4999), ""), [0x13, 0x87]);
    }

    #[test]
    fn without_a_code_there_is_no_reason() {
        assert_eq!(close_payload(None, "bye"), b"");
        assert_eq!(close_code(b""), None);
        assert_eq!(close_code(b"\x03"), None);
        assert_eq!(close_reason(b"\x03"), b"");
    }

    #[test]
    fn only_legal_close_payloads_can_be_sent() {
        let table: [(Vec<u8>, Result<(), NotSendable>); 9] = [
            (vec![], Ok(())),
            (close_payload(Some(1000), ""), Ok(())),
            (close_payload(Some(4999), &"x".repeat(123)), Ok(())),
            (vec![3], Err(NotSendable::CloseOneByte)),
            (
                close_payload(Some(1005), ""),
                Err(NotSendable::CloseCode(1005)),
            ),
            (
                close_payload(Some(999), "x"),
                Err(NotSendable::CloseCode(999)),
            ),
            (
                close_payload(Some(5000), "x"),
                Err(NotSendable::CloseCode(5000)),
            ),
            (
                close_payload(Some(1000), &"x".repeat(124)),
                Err(NotSendable::ReasonTooLong(124)),
            ),
            (b"\x03\xe8\xff".to_vec(), Err(NotSendable::ReasonNotUtf8)),
        ];
        for (payload, expected) in table {
            assert_eq!(
                Message::Close(payload.clone()).check_sendable(),
                expected,
                "{payload:?}"
            );
        }
    }

    #[test]
    fn control_data_ends_at_125_bytes_and_messages_do_not() {
        for control in [Message::Ping, Message::Pong] {
            assert_eq!(control(vec![0; 125]).check_sendable(), Ok(()));
            assert_eq!(
                control(vec![0; 126]).check_sendable(),
                Err(NotSendable::ControlTooLong(126))
            );
        }
        assert_eq!(Message::Text("x".repeat(126)).check_sendable(), Ok(()));
        assert_eq!(Message::Binary(vec![0; 126]).check_sendable(), Ok(()));
    }

    #[test]
    fn a_refused_code_says_which_may_be_sent() {
        let error = Message::Close(close_payload(Some(1006), ""))
            .check_sendable()
            .unwrap_err();
        assert_eq!(error.to_string(), "close code 1006 may not be sent");
        assert_eq!(error.hint(), Some(CODES_HINT));
        assert_eq!(NotSendable::ReasonNotUtf8.hint(), None);
    }
}
