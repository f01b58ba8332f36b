//! The body of a refusal: as much as is worth showing.

use std::io::Read;

use memchr::memchr;

use super::{Incoming, ResponseHead};

/// The most of a body that is kept, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The longest line with a chunk's size, in bytes.
const MAX_CHUNK_LINE: usize = 1024;

/// What arrived of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// There was more, or the stream ended too early.
    pub cut: bool,
}

/// Reads the body of a response, by its length, by chunks, or to the end of
/// the stream (RFC 9112 section 6.3).
///
/// Keeps at most 64 KiB. Never fails: what has arrived when the stream ends
/// or its time limit passes is the body, marked as cut.
pub fn read_body<R: Read>(incoming: &mut Incoming<'_, R>, response: &ResponseHead) -> Body {
    // RFC 9110 section 6.4.1: these have none, whatever their headers say.
    if matches!(response.status, 100..=199 | 204 | 304) {
        return Body::default();
    }
    let head = &response.head;
    if head.lists("transfer-encoding", "chunked") {
        return read_chunks(incoming);
    }
    let length = head.values("content-length").next();
    let length = length.and_then(|value| str::from_utf8(value).ok()?.parse::<usize>().ok());
    let filled = fill(incoming, length.unwrap_or(usize::MAX).min(MAX_BODY + 1));
    let mut bytes = std::mem::take(incoming.buffer());
    bytes.truncate(length.unwrap_or(usize::MAX).min(MAX_BODY));
    let whole = match length {
        Some(length) => bytes.len() == length,
        None => filled == Filled::Ended,
    };
    Body { bytes, cut: !whole }
}

/// What became of an attempt to have so many bytes in the buffer.
#[derive(PartialEq, Eq)]
enum Filled {
    Full,
    Ended,
    Broken,
}

fn fill<R: Read>(incoming: &mut Incoming<'_, R>, count: usize) -> Filled {
    while incoming.buffer().len() < count {
        match incoming.more() {
            Ok(0) => return Filled::Ended,
            Ok(_) => {}
            Err(_) => return Filled::Broken,
        }
    }
    Filled::Full
}

fn read_chunks<R: Read>(incoming: &mut Incoming<'_, R>) -> Body {
    let mut bytes = Vec::new();
    let cut = loop {
        let Some(size) = chunk_size(incoming) else {
            break true;
        };
        if size == 0 {
            break false;
        }
        let wanted = size.min(MAX_BODY + 1 - bytes.len());
        let filled = fill(incoming, wanted);
        let here = wanted.min(incoming.buffer().len());
        bytes.extend(incoming.buffer().drain(..here));
        if filled != Filled::Full || bytes.len() > MAX_BODY {
            break true;
        }
    };
    bytes.truncate(MAX_BODY);
    Body { bytes, cut }
}

/// The size of the next chunk, behind the line end of the one before; nothing
/// when the stream does not go on as it should.
fn chunk_size<R: Read>(incoming: &mut Incoming<'_, R>) -> Option<usize> {
    loop {
        let line = next_line(incoming)?;
        let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
        if !size.is_empty() {
            return usize::from_str_radix(str::from_utf8(size).ok()?, 16).ok();
        }
    }
}

fn next_line<R: Read>(incoming: &mut Incoming<'_, R>) -> Option<Vec<u8>> {
    loop {
        let end = memchr(b'\n', incoming.buffer());
        if let Some(end) = end.filter(|end| *end <= MAX_CHUNK_LINE) {
            return Some(incoming.buffer().drain(..=end).collect());
        }
        let count = incoming.buffer().len();
        if count > MAX_CHUNK_LINE || fill(incoming, count + 1) != Filled::Full {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(head: &str, body: &[u8]) -> Body {
        let mut stream = format!("HTTP/1.1 403 No\r\n{head}\r\n").into_bytes();
        stream.extend_from_slice(body);
        let mut io = stream.as_slice();
        let mut incoming = Incoming::new(&mut io);
        let response = incoming.response().unwrap();
        read_body(&mut incoming, &response)
    }

    fn expect(found: &Body, bytes: &[u8], cut: bool) {
        assert_eq!(
            found.bytes.escape_ascii().to_string(),
            bytes.escape_ascii().to_string()
        );
        assert_eq!(found.cut, cut);
    }

    #[test]
    fn a_body_ends_by_its_length() {
        expect(
            &body("Content-Length: 4\r\n", b"deny and more"),
            b"deny",
            false,
        );
        expect(&body("Content-Length: 9\r\n", b"deny"), b"deny", true);
        expect(&body("Content-Length: 0\r\n", b""), b"", false);
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_stream() {
        expect(&body("", b"go away"), b"go away", false);
    }

    #[test]
    fn chunks_are_joined() {
        let chunks = b"4;x=y\r\ndeny\r\n1\r\n!\r\n0\r\n\r\n";
        expect(
            &body("Transfer-Encoding: Chunked\r\n", chunks),
            b"deny!",
            false,
        );
        expect(
            &body("Transfer-Encoding: chunked\r\n", b"4\r\nde"),
            b"de",
            true,
        );
        expect(
            &body("Transfer-Encoding: chunked\r\n", b"zz\r\nde"),
            b"",
            true,
        );
    }

    #[test]
    fn an_endless_body_is_cut() {
        let long = vec![b'a'; 10 * MAX_BODY];
        expect(&body("", &long), &long[..MAX_BODY], true);
        expect(
            &body("Content-Length: 9999999999999\r\n", &long),
            &long[..MAX_BODY],
            true,
        );
        expect(
            &body("Content-Length: 655360\r\n", &long),
            &long[..MAX_BODY],
            true,
        );
        let mut chunk = b"a0000\r\n".to_vec();
        chunk.extend(&long);
        expect(
            &body("Transfer-Encoding: chunked\r\n", &chunk),
            &long[..MAX_BODY],
            true,
        );
        let endless = b"ffffffffffffffff\r\nabc".to_vec();
        expect(
            &body("Transfer-Encoding: chunked\r\n", &endless),
            b"abc",
            true,
        );
    }
}
