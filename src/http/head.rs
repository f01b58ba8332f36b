//! The head of a request or response, as it stands on the wire.
//!
//! Names keep their case and headers their order. A head is read up to its
//! empty line before it is parsed, so that any split into segments costs the
//! same; what is plainly not HTTP fails at its first bytes.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Read};

use memchr::memmem;
use thiserror::Error;

use super::Spoken;
use crate::io_error::has_gone;

/// The largest head in bytes.
const MAX_HEAD: usize = 64 * 1024;
const READ: usize = 8 * 1024;
/// What every opening handshake begins with (RFC 6455 section 4.1).
const GET: &[u8] = b"GET ";
/// Interim responses that are read over before an answer counts as missing.
const MAX_INTERIM: usize = 100;
/// The length of the shortest head: a status line and an empty one.
const SHORTEST: usize = "HTTP/1.1 200\n\n".len();

/// Bytes from a stream, some of them ahead of what has been used.
pub struct Incoming<'a, R> {
    io: &'a mut R,
    buffer: Vec<u8>,
    reading: Ahead,
    /// Empty lines were dropped before the head at hand.
    blank_lines: bool,
}

/// Whether what stands behind a head may be read with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Allowed,
    Forbidden,
}

/// One header field; the value without outer blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub name: String,
    pub value: Vec<u8>,
}

/// The header fields of a head, and the head itself as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// From the first line to the empty one.
    pub raw: Vec<u8>,
    pub headers: Vec<Header>,
    /// Empty lines came before the first one.
    pub blank_lines: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    pub status: u16,
    /// The server's words for the status, which may be empty.
    pub reason: String,
    pub head: Head,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    pub method: String,
    pub resource: String,
    pub head: Head,
}

/// Whether a text is a token: a header's name, a subprotocol, an extension
/// (RFC 9110 section 5.6.2).
pub fn is_token(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(letter)
}

/// Why there is no head.
#[derive(Debug, Error)]
pub enum HeadError {
    /// Nothing at all came.
    #[error("the connection ended before anything was received")]
    Nothing,
    #[error("the connection ended inside the head, after {0} bytes")]
    Cut(usize),
    #[error("the head is longer than {MAX_HEAD} bytes")]
    TooLong,
    /// What came instead, and what is wrong with it, in words that may quote it.
    #[error("{text}")]
    NotHttp { spoken: Spoken, text: String },
    #[error("it came with more than {MAX_INTERIM} interim responses")]
    Interim,
    #[error(transparent)]
    Io(io::Error),
}

impl<'a, R: Read> Incoming<'a, R> {
    pub fn new(io: &'a mut R) -> Self {
        Incoming {
            io,
            buffer: Vec::new(),
            reading: Ahead::Allowed,
            blank_lines: false,
        }
    }

    /// Takes nothing behind a head, which costs a read for each byte of it: for what
    /// follows and is no part of HTTP.
    pub fn sparing(io: &'a mut R) -> Self {
        Incoming {
            reading: Ahead::Forbidden,
            ..Incoming::new(io)
        }
    }

    /// Goes on where another left off, with what it had not used.
    pub fn with(io: &'a mut R, rest: Vec<u8>) -> Self {
        Incoming {
            buffer: rest,
            ..Incoming::new(io)
        }
    }

    /// What was read and not used.
    pub fn into_rest(self) -> Vec<u8> {
        self.buffer
    }

    /// The same, to look at.
    pub fn rest(&self) -> &[u8] {
        &self.buffer
    }

    /// Reads the head of a response; one that is none stays unused.
    ///
    /// # Errors
    /// See [`HeadError`].
    pub fn response(&mut self) -> Result<ResponseHead, HeadError> {
        let raw = self.head(b"HTTP/1.", no_response)?;
        let parsed = match parse_response(&raw, Reading::Strict) {
            Err(strict @ HeadError::NotHttp { .. }) => {
                match parse_response(&raw, Reading::Lenient) {
                    // A refusal is shown however it is written.
                    Ok(response) if response.status != 101 => Ok(response),
                    _ => Err(strict),
                }
            }
            other => other,
        };
        match parsed {
            Ok(mut response) => {
                response.head.blank_lines = self.blank_lines;
                Ok(response)
            }
            Err(error) => {
                // It can still be looked at.
                self.buffer.splice(0..0, raw);
                Err(error)
            }
        }
    }

    /// Reads the final response, over the interim ones before it (RFC 9110
    /// section 15.2): `see` is shown each of them, and then the final one.
    ///
    /// # Errors
    /// See [`HeadError`].
    pub fn final_response(
        &mut self,
        see: &mut dyn FnMut(&ResponseHead),
    ) -> Result<ResponseHead, HeadError> {
        for _ in 0..=MAX_INTERIM {
            let response = self.response()?;
            see(&response);
            if !response.is_interim() {
                return Ok(response);
            }
        }
        Err(HeadError::Interim)
    }

    /// Reads the head of a request.
    ///
    /// # Errors
    /// See [`HeadError`].
    pub fn request(&mut self) -> Result<RequestHead, HeadError> {
        let raw = self.head(GET, no_request)?;
        parse_sized(|slots| {
            let mut parsed = httparse::Request::new(slots);
            parsed.parse(&raw)?;
            Ok(RequestHead {
                method: parsed.method.unwrap_or_default().to_owned(),
                resource: parsed.path.unwrap_or_default().to_owned(),
                head: Head::new(&raw, parsed.headers),
            })
        })
    }

    /// One more read; zero at the end of the stream.
    pub(super) fn more(&mut self) -> io::Result<usize> {
        let from = self.buffer.len();
        let size = match self.reading {
            Ahead::Allowed => READ,
            Ahead::Forbidden => SHORTEST.saturating_sub(from).max(1),
        };
        self.buffer.resize(from + size, 0);
        let read = loop {
            match self.io.read(&mut self.buffer[from..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer
            .truncate(from + read.as_ref().map_or(0, |count| *count));
        read
    }

    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// The bytes up to and with the empty line, which must begin as expected; `none`
    /// says of others that they do not.
    fn head(
        &mut self,
        beginning: &[u8],
        none: fn(&[u8]) -> HeadError,
    ) -> Result<Vec<u8>, HeadError> {
        let mut searched = 0;
        self.blank_lines = false;
        loop {
            self.drop_empty_lines();
            let common = beginning.len().min(self.buffer.len());
            if self.buffer[..common] != beginning[..common] {
                return Err(none(&self.buffer));
            }
            if let Some(end) = end_of_head(&self.buffer, searched).filter(|end| *end <= MAX_HEAD) {
                let rest = self.buffer.split_off(end);
                return Ok(std::mem::replace(&mut self.buffer, rest));
            }
            searched = self.buffer.len().saturating_sub(3);
            if self.buffer.len() >= MAX_HEAD {
                return Err(HeadError::TooLong);
            }
            match self.more() {
                Ok(0) => return Err(HeadError::ended(self.buffer.len())),
                Ok(_) => {}
                Err(error) if has_gone(&error) => return Err(HeadError::ended(self.buffer.len())),
                Err(error) => return Err(HeadError::Io(error)),
            }
        }
    }

    /// Empty lines before the first line are no part of a head (RFC 9112
    /// section 2.2).
    fn drop_empty_lines(&mut self) {
        let blank = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let empty = self.buffer.iter().take_while(|byte| blank(byte)).count();
        self.buffer.drain(..empty);
        self.blank_lines |= empty > 0;
    }
}

impl ResponseHead {
    /// Whether another response follows; behind a 101 none does.
    pub fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }
}

impl Head {
    fn new(raw: &[u8], parsed: &[httparse::Header<'_>]) -> Self {
        let headers = parsed.iter().map(|header| Header {
            name: header.name.to_owned(),
            value: unfolded(header.value),
        });
        Head {
            raw: raw.to_vec(),
            headers: headers.collect(),
            blank_lines: false,
        }
    }

    /// The values of every header of that name, in any case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let same = move |header: &&Header| header.name.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(same)
            .map(|header| header.value.as_slice())
    }

    /// The elements of a header that is a comma-separated list, over all
    /// lines of that name; empty elements are left out.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|element| !element.is_empty())
    }

    /// The whole list as one text; nothing when there is no such header.
    pub fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.values(name).map(String::from_utf8_lossy).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Whether such a list has the element, in any case.
    pub fn lists(&self, name: &str, element: &str) -> bool {
        self.list(name)
            .any(|found| found.eq_ignore_ascii_case(element.as_bytes()))
    }
}

impl HeadError {
    fn ended(received: usize) -> Self {
        match received {
            0 => HeadError::Nothing,
            count => HeadError::Cut(count),
        }
    }
}

/// Behind the first empty line, if there is one at or after `from`.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let bytes_from = bytes.get(from..)?;
    let after = |needle: &[u8]| memmem::find(bytes_from, needle).map(|at| from + at + needle.len());
    match (after(b"\n\r\n"), after(b"\n\n")) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What becomes of headers that HTTP does not allow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Strict,
    /// They are left out.
    Lenient,
}

fn parse_response(raw: &[u8], reading: Reading) -> Result<ResponseHead, HeadError> {
    let mut config = httparse::ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.ignore_invalid_headers_in_responses(reading == Reading::Lenient);
    let text = match reading {
        Reading::Strict => Cow::Borrowed(raw),
        Reading::Lenient => Cow::Owned(with_plain_first_line(raw)),
    };
    parse_sized(|slots| {
        let mut parsed = httparse::Response::new(slots);
        config.parse_response(&mut parsed, &text)?;
        Ok(ResponseHead {
            status: parsed.code.unwrap_or_default(),
            reason: reason(raw),
            head: Head::new(raw, parsed.headers),
        })
    })
}

/// The same head, with blanks for control characters in the first line.
fn with_plain_first_line(raw: &[u8]) -> Vec<u8> {
    let mut text = raw.to_vec();
    let line = text
        .iter_mut()
        .take_while(|byte| !matches!(**byte, b'\r' | b'\n'));
    for byte in line.filter(|byte| byte.is_ascii_control()) {
        *byte = b' ';
    }
    text
}

/// What the first line says behind the status, as it came.
fn reason(raw: &[u8]) -> String {
    let line = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let words = line
        .splitn(3, |byte| *byte == b' ')
        .nth(2)
        .unwrap_or_default();
    String::from_utf8_lossy(words.trim_ascii()).into_owned()
}

/// Parses with as many header slots as it takes.
fn parse_sized<'b, T>(
    parse: impl Fn(&mut [httparse::Header<'b>]) -> Result<T, httparse::Error>,
) -> Result<T, HeadError> {
    let mut slots = 64;
    loop {
        let mut headers = vec![httparse::EMPTY_HEADER; slots];
        match parse(&mut headers) {
            Err(httparse::Error::TooManyHeaders) if slots < MAX_HEAD => slots *= 4,
            Err(error) => {
                return Err(HeadError::NotHttp {
                    spoken: Spoken::Http,
                    text: format!("the head is not HTTP: {error}"),
                });
            }
            Ok(head) => return Ok(head),
        }
    }
}

/// A value that goes on in the next line is one with a blank (RFC 9112 section 5.2).
fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.collect::<Vec<_>>().join(&b' ')
}

fn no_response(bytes: &[u8]) -> HeadError {
    let spoken = Spoken::of(bytes);
    let text = match spoken {
        Spoken::Tls => "what came back is TLS".into(),
        _ => format!(
            "what came back is not HTTP: it begins with \"{}\"",
            beginning(bytes)
        ),
    };
    HeadError::NotHttp { spoken, text }
}

/// It may be HTTP all the same, with another method.
fn no_request(bytes: &[u8]) -> HeadError {
    let spoken = Spoken::of(bytes);
    let text = match spoken {
        Spoken::Tls => "what came is TLS".into(),
        _ => format!(
            "it begins with \"{}\" and not with \"{}\"",
            beginning(bytes),
            GET.escape_ascii()
        ),
    };
    HeadError::NotHttp { spoken, text }
}

/// So much as tells what something is.
fn beginning(bytes: &[u8]) -> impl std::fmt::Display {
    bytes[..bytes.len().min(16)].escape_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes a read.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(into.len());
            self.0.take(count as u64).read(into).inspect(|read| {
                self.0 = &self.0[*read..];
            })
        }
    }

    fn response(bytes: &[u8]) -> Result<ResponseHead, HeadError> {
        Incoming::new(&mut Slow(bytes, usize::MAX)).response()
    }

    #[test]
    fn case_and_order_are_kept_however_the_bytes_arrive() {
        let bytes =
            b"HTTP/1.1 101 Switching\r\nX-b: 1\r\nupgrade:  WebSocket \r\nx-B: 2\r\n\r\nrest";
        for step in [usize::MAX, 3, 1] {
            let mut io = Slow(bytes, step);
            let mut incoming = Incoming::new(&mut io);
            let response = incoming.response().unwrap();
            assert_eq!(response.status, 101);
            assert_eq!(response.reason, "Switching");
            let names: Vec<&str> = response
                .head
                .headers
                .iter()
                .map(|h| h.name.as_str())
                .collect();
            assert_eq!(names, ["X-b", "upgrade", "x-B"]);
            let values: Vec<&[u8]> = response.head.values("X-B").collect();
            assert_eq!(values, [b"1", b"2"]);
            assert!(response.head.lists("Upgrade", "websocket"));
            assert_eq!(response.head.raw, bytes[..bytes.len() - 4]);
            assert!(b"rest".starts_with(&incoming.into_rest()));
        }
    }

    #[test]
    fn lists_span_lines_and_ignore_empty_elements() {
        let head =
            response(b"HTTP/1.1 101 X\r\nConnection: keep-alive, ,\r\nConnection:Upgrade\r\n\r\n");
        let head = head.unwrap().head;
        let found: Vec<&[u8]> = head.list("connection").collect();
        assert_eq!(found, [&b"keep-alive"[..], b"Upgrade"]);
    }

    #[test]
    fn bare_line_feeds_and_leading_empty_lines_are_accepted() {
        let head = response(b"\r\n\nHTTP/1.0 404\nA: b\n\n").unwrap();
        assert_eq!((head.status, head.reason.as_str()), (404, ""));
    }

    #[test]
    fn a_folded_value_is_one_value() {
        let head = response(b"HTTP/1.1 200 OK\r\nA: one\r\n two\r\nB: c\r\n\r\n")
            .unwrap()
            .head;
        assert_eq!(head.values("a").collect::<Vec<_>>(), [b"one two"]);
    }

    #[test]
    fn a_thousand_headers_are_accepted() {
        let mut bytes = b"HTTP/1.1 101 X\r\n".to_vec();
        for n in 0..1000 {
            bytes.extend(format!("H{n}: v\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        assert_eq!(response(&bytes).unwrap().head.headers.len(), 1000);
    }

    #[test]
    fn an_endless_head_is_cut_off() {
        let mut bytes = b"HTTP/1.1 101 X\r\n".to_vec();
        bytes.resize(MAX_HEAD * 2, b'a');
        assert!(matches!(response(&bytes), Err(HeadError::TooLong)));
    }

    #[test]
    fn the_limit_of_a_head_does_not_depend_on_the_reads() {
        for (over, good) in [(0, true), (1, false)] {
            let mut bytes = b"HTTP/1.1 101 X\r\nA: ".to_vec();
            bytes.resize(MAX_HEAD - 4 + over, b'a');
            bytes.extend(b"\r\n\r\n");
            for step in [usize::MAX, 8 * 1024, 119] {
                let found = Incoming::new(&mut Slow(&bytes, step)).response();
                assert_eq!(found.is_ok(), good, "{over} over, by {step}");
            }
        }
    }

    #[test]
    fn what_is_not_http_fails_at_once() {
        let error = response(b"SSH-2.0-OpenSSH_9").unwrap_err();
        assert_eq!(
            error.to_string(),
            "what came back is not HTTP: it begins with \"SSH-2.0-OpenSSH_\""
        );
        assert_eq!(
            response(b"\x15\x03\x01\x00\x02\x02\x16")
                .unwrap_err()
                .to_string(),
            "what came back is TLS"
        );
        let error = response(b"HTTP/1.1 101 X\r\nno colon\r\n\r\n").unwrap_err();
        assert!(matches!(error, HeadError::NotHttp { .. }), "{error}");
    }

    #[test]
    fn what_is_no_request_is_told_as_what_came_and_not_as_what_came_back() {
        for (came, told) in [
            ("hello", "it begins with \"hello\" and not with \"GET \""),
            (
                "POST / HTTP/1.1\r\n\r\n",
                "it begins with \"POST / HTTP/1.1\\r\" and not with \"GET \"",
            ),
            ("\x16\x03\x01", "what came is TLS"),
        ] {
            let error = Incoming::new(&mut came.as_bytes()).request().unwrap_err();
            assert_eq!(error.to_string(), told);
        }
    }

    #[test]
    fn an_end_says_how_much_had_come() {
        assert!(matches!(response(b""), Err(HeadError::Nothing)));
        assert!(matches!(response(b"HTTP/1.1 10"), Err(HeadError::Cut(11))));
    }

    #[test]
    fn a_sparing_reader_takes_nothing_behind_a_head() {
        let heads = [
            "HTTP/1.1 200\n\n",
            "\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
            "HTTP/1.1 100 \r\n\r\n",
        ];
        let bytes = format!("{}rest", heads.concat());
        for step in [usize::MAX, 3, 1] {
            let mut io = Slow(bytes.as_bytes(), step);
            let mut incoming = Incoming::sparing(&mut io);
            for head in heads {
                let response = incoming.response().unwrap();
                assert_eq!(response.head.raw, head.trim_start().as_bytes());
                assert!(incoming.rest().is_empty());
            }
            assert_eq!(io.0, b"rest");
        }
    }

    #[test]
    fn interim_responses_are_read_over_and_seen() {
        let early = "HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 \r\n\r\n";
        for status in [101, 200, 404] {
            let bytes = format!("{early}HTTP/1.1 {status} \r\n\r\n{early}");
            let mut seen = Vec::new();
            let mut see = |response: &ResponseHead| seen.push(response.status);
            let response = Incoming::new(&mut bytes.as_bytes()).final_response(&mut see);
            assert_eq!(response.unwrap().status, status);
            assert_eq!(seen, [100, 103, status]);
        }
        for (count, good) in [(MAX_INTERIM, true), (MAX_INTERIM + 1, false)] {
            let interim = "HTTP/1.1 100 \r\n\r\n".repeat(count);
            let bytes = format!("{interim}HTTP/1.1 200 \r\n\r\n");
            let found = Incoming::new(&mut bytes.as_bytes()).final_response(&mut |_| ());
            assert_eq!(found.is_ok(), good, "{count}");
        }
    }

    #[test]
    fn a_request_is_read_alike() {
        let mut io = Slow(b"GET /chat?x HTTP/1.1\r\nHost: h\r\n\r\n", 1);
        let request = Incoming::new(&mut io).request().unwrap();
        assert_eq!(
            (request.method.as_str(), request.resource.as_str()),
            ("GET", "/chat?x")
        );
    }
}
