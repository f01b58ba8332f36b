//! Lines in, messages out; or pieces that end with a zero byte; or all as one.
//!
//! Works on the input's buffer: a line that is whole there is queued without
//! being copied first, and text is checked for UTF-8 once a chunk, not once a
//! line. A line longer than the buffer goes on in parts.

use memchr::{memchr, memrchr};

use crate::message::Kind;
use crate::ws::{Outlet, Piece, Utf8};

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `\n`, and in text `\r\n`.
    LineFeed,
    Nul,
    /// The end of the stream alone.
    End,
}

/// A line that cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadLine {
    /// Its number, and the byte in it, both counted from 1.
    NotText { line: u64, byte: u64 },
    /// It would have to be held whole, and is longer than that.
    TooLong { line: u64, limit: u64 },
}

/// Cuts a stream into lines and queues each as a message.
pub(super) struct Lines {
    kind: Kind,
    delimiter: Delimiter,
    /// The longest line, in bytes.
    limit: u64,
    line: u64,
    /// Bytes of the buffer that are known to be text.
    checked: usize,
    /// The beginning of the line at hand has been queued.
    begun: Option<Begun>,
    /// The rest of the line at hand is not to be queued.
    skipping: bool,
}

/// A line that is longer than the buffer.
#[derive(Default)]
struct Begun {
    utf8: Utf8,
    length: u64,
}

/// What became of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Bytes to consume.
    pub(super) bytes: usize,
    /// Whole messages queued.
    pub(super) messages: u64,
}

impl Lines {
    /// Lines become messages of this kind, of at most `limit` bytes.
    pub(super) fn new(kind: Kind, delimiter: Delimiter, limit: u64) -> Self {
        Lines {
            kind,
            delimiter,
            limit,
            line: 0,
            checked: 0,
            begun: None,
            skipping: false,
        }
    }

    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// Leaves out the rest of the line whose beginning has been queued.
    pub(super) fn skip_rest(&mut self) {
        self.skipping |= self.begun.take().is_some();
    }

    /// Queues the lines in `bytes`, as long as the writer has room.
    ///
    /// # Errors
    /// At a line that is not UTF-8 or too long, after everything before it was
    /// queued.
    pub(super) fn take<O: Outlet>(
        &mut self,
        bytes: &[u8],
        rest: Rest,
        writer: &mut O,
    ) -> Result<Taken, BadLine> {
        let mut taken = Taken {
            bytes: 0,
            messages: 0,
        };
        if self.skipping {
            taken.bytes = self.skipped(bytes, rest);
            self.checked = 0;
        }
        while !self.skipping && writer.has_room() {
            let here = &bytes[taken.bytes..];
            let Some(end) = self.end_of_line(here) else {
                taken.messages += self.unfinished(here, rest, writer, &mut taken.bytes)?;
                break;
            };
            self.check(here, end)?;
            self.finish(&here[..end], true, writer)?;
            taken.bytes += end + 1;
            self.checked = self.checked.saturating_sub(end + 1);
            taken.messages += 1;
        }
        Ok(taken)
    }

    /// How many lines begin in `bytes`: not the rest of one whose beginning
    /// has been queued.
    pub(super) fn count(&self, bytes: &[u8]) -> u64 {
        let (ends, behind) = match self.delimiter.byte() {
            None => (0, bytes.len()),
            Some(byte) => (
                memchr::memchr_iter(byte, bytes).count() as u64,
                memrchr(byte, bytes).map_or(bytes.len(), |at| bytes.len() - at - 1),
            ),
        };
        let lines = ends + u64::from(behind > 0);
        lines.saturating_sub(u64::from(self.begun.is_some()))
    }

    /// How much of `bytes` belongs to a line that is left out.
    fn skipped(&mut self, bytes: &[u8], rest: Rest) -> usize {
        let end = self.end_of_line(bytes);
        if end.is_some() || rest == Rest::Ended {
            self.skipping = false;
            self.line += 1;
        }
        end.map_or(bytes.len(), |end| end + 1)
    }

    fn end_of_line(&self, bytes: &[u8]) -> Option<usize> {
        memchr(self.delimiter.byte()?, bytes)
    }

    /// The part of a line whose end is not here yet.
    fn unfinished<O: Outlet>(
        &mut self,
        bytes: &[u8],
        rest: Rest,
        writer: &mut O,
        consumed: &mut usize,
    ) -> Result<u64, BadLine> {
        match rest {
            Rest::MayFollow => Ok(0),
            Rest::Full => {
                // A carriage return may belong to the line's end.
                let keep = usize::from(bytes.ends_with(b"\r"));
                let part = &bytes[..bytes.len() - keep];
                self.go_on(part, writer)?;
                *consumed += part.len();
                Ok(0)
            }
            Rest::Ended if bytes.is_empty() && self.begun.is_none() => Ok(0),
            Rest::Ended => {
                self.check(bytes, bytes.len())?;
                self.finish(bytes, false, writer)?;
                *consumed += bytes.len();
                Ok(1)
            }
        }
    }

    /// Makes sure that the line that ends at `end` is text: by checking all
    /// whole lines of the chunk at once.
    fn check(&mut self, bytes: &[u8], end: usize) -> Result<(), BadLine> {
        if self.kind == Kind::Binary || self.begun.is_some() || end < self.checked {
            return Ok(());
        }
        let last = self.delimiter.byte().and_then(|byte| memrchr(byte, bytes));
        let upto = last.map_or(bytes.len(), |last| last + 1);
        let valid = match str::from_utf8(&bytes[..upto]) {
            Ok(_) => upto,
            Err(error) => error.valid_up_to(),
        };
        self.checked = valid;
        match end <= valid {
            true => Ok(()),
            false => Err(self.not_text(valid as u64)),
        }
    }

    /// Queues a line, or the end of one.
    fn finish<O: Outlet>(
        &mut self,
        line: &[u8],
        delimited: bool,
        writer: &mut O,
    ) -> Result<(), BadLine> {
        let line = match (self.kind, self.delimiter) {
            (Kind::Text, Delimiter::LineFeed) if delimited => {
                line.strip_suffix(b"\r").unwrap_or(line)
            }
            _ => line,
        };
        let before = self.begun.as_ref().map_or(0, |begun| begun.length);
        self.check_length(before + line.len() as u64)?;
        let Some(mut begun) = self.begun.take() else {
            writer.message(self.kind, line);
            self.line += 1;
            return Ok(());
        };
        if self.kind == Kind::Text {
            let pushed = begun.utf8.push(line);
            pushed.map_err(|error| self.not_text(begun.length + error.at as u64))?;
            let end = begun.length + line.len() as u64;
            begun.utf8.finish().map_err(|_| self.not_text(end))?;
        }
        writer.data(&Piece {
            kind: self.kind,
            bytes: line,
            first: false,
            last: true,
        });
        self.line += 1;
        Ok(())
    }

    /// Queues a part of a line that is longer than the buffer.
    fn go_on<O: Outlet>(&mut self, part: &[u8], writer: &mut O) -> Result<(), BadLine> {
        let first = self.begun.is_none();
        let mut begun = self.begun.take().unwrap_or_default();
        self.check_length(begun.length + part.len() as u64)?;
        if self.kind == Kind::Text {
            let pushed = begun.utf8.push(part);
            pushed.map_err(|error| self.not_text(begun.length + error.at as u64))?;
        }
        writer.data(&Piece {
            kind: self.kind,
            bytes: part,
            first,
            last: false,
        });
        begun.length += part.len() as u64;
        self.begun = Some(begun);
        self.checked = 0;
        Ok(())
    }

    fn check_length(&self, length: u64) -> Result<(), BadLine> {
        let (line, limit) = (self.line + 1, self.limit);
        match length > limit {
            true => Err(BadLine::TooLong { line, limit }),
            false => Ok(()),
        }
    }

    fn not_text(&self, before: u64) -> BadLine {
        BadLine::NotText {
            line: self.line + 1,
            byte: before + 1,
        }
    }
}

impl Delimiter {
    fn byte(self) -> Option<u8> {
        match self {
            Delimiter::LineFeed => Some(b'\n'),
            Delimiter::Nul => Some(0),
            Delimiter::End => None,
        }
    }
}

/// What follows the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// More may be read behind them.
    MayFollow,
    /// More follows, but there is no room for it before these are consumed.
    Full,
    /// Nothing: the input has ended.
    Ended,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::{Connection, Received, Role, Step};
    use std::io::{self, Read, Write};

    /// What was written, to be read by the other end.
    #[derive(Default)]
    struct Wire(Vec<u8>);

    impl Read for Wire {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.as_slice().read(into)?;
            self.0.drain(..count);
            Ok(count)
        }
    }

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Feeds chunks as an input with a small buffer would; what the other end
    /// understands.
    fn sent(kind: Kind, chunks: &[&[u8]], capacity: usize) -> (Vec<Vec<u8>>, Option<BadLine>) {
        cut(kind, Delimiter::LineFeed, chunks, capacity)
    }

    /// The same with another end of lines; none may have more than 50 bytes.
    fn cut(
        kind: Kind,
        delimiter: Delimiter,
        chunks: &[&[u8]],
        capacity: usize,
    ) -> (Vec<Vec<u8>>, Option<BadLine>) {
        let mut connection = Connection::new(Wire::default(), Role::Client, &[]);
        let mut lines = Lines::new(kind, delimiter, 50);
        let mut buffer = Vec::new();
        let mut error = None;
        let mut feed = |buffer: &mut Vec<u8>, rest, connection: &mut Connection<Wire>| match lines
            .take(buffer, rest, connection.writer_mut())
        {
            Ok(taken) => {
                buffer.drain(..taken.bytes);
                true
            }
            Err(found) => {
                error = Some(found);
                false
            }
        };
        let mut good = true;
        for byte in chunks.concat() {
            buffer.push(byte);
            let rest = match buffer.len() == capacity {
                true => Rest::Full,
                false => Rest::MayFollow,
            };
            good = good && feed(&mut buffer, rest, &mut connection);
            if !good {
                break;
            }
        }
        if good {
            feed(&mut buffer, Rest::Ended, &mut connection);
        }
        (understood(connection), error)
    }

    fn understood(mut connection: Connection<Wire>) -> Vec<Vec<u8>> {
        connection.flush().unwrap();
        let wire = std::mem::take(connection.io_mut());
        let mut server = Connection::new(wire, Role::Server, &[]);
        let mut messages = Vec::new();
        let mut message = Vec::new();
        while let (Step::Got(Received::Data(piece)), _) = server.receive().unwrap() {
            message.extend_from_slice(piece.bytes);
            if piece.last {
                messages.push(std::mem::take(&mut message));
            }
        }
        messages
    }

    #[test]
    fn each_line_is_a_message_without_its_line_end() {
        for capacity in [1000, 7, 3] {
            let (messages, error) = sent(
                Kind::Text,
                &[b"one\r\n\nth\xc3\xa9ree and more\nlast"],
                capacity,
            );
            let expected: [&[u8]; 4] = [b"one", b"", b"th\xc3\xa9ree and more", b"last"];
            assert_eq!(messages, expected, "capacity {capacity}");
            assert_eq!(error, None);
        }
    }

    #[test]
    fn an_empty_end_is_no_message() {
        assert_eq!(sent(Kind::Text, &[b"one\n"], 100).0, [b"one"]);
        assert!(sent(Kind::Text, &[b""], 100).0.is_empty());
        assert_eq!(sent(Kind::Text, &[b"\n"], 100).0, [b""]);
    }

    #[test]
    fn a_carriage_return_alone_stays() {
        for capacity in [100, 4, 3, 2] {
            let (messages, _) = sent(Kind::Text, &[b"abc\rd\r\r\nx\r"], capacity);
            let expected: [&[u8]; 2] = [b"abc\rd\r", b"x\r"];
            assert_eq!(messages, expected, "capacity {capacity}");
        }
    }

    #[test]
    fn binary_lines_lose_the_line_feed_alone() {
        let (messages, error) = sent(Kind::Binary, &[b"\xff\x00\r\n\xfe"], 100);
        let expected: [&[u8]; 2] = [b"\xff\x00\r", b"\xfe"];
        assert_eq!(messages, expected);
        assert_eq!(error, None);
    }

    #[test]
    fn a_line_that_is_not_text_is_named_and_nothing_of_it_is_sent() {
        for capacity in [100, 5] {
            let (messages, error) = sent(Kind::Text, &[b"good\nba\xffd line\nnever\n"], capacity);
            assert_eq!(messages, [b"good"], "capacity {capacity}");
            assert_eq!(
                error,
                Some(BadLine::NotText { line: 2, byte: 3 }),
                "capacity {capacity}"
            );
        }
    }

    #[test]
    fn a_line_may_not_end_inside_a_character() {
        for capacity in [100, 4] {
            let (messages, error) = sent(Kind::Text, &[b"x\nabcde\xe2\x82\n"], capacity);
            assert_eq!(messages, [b"x"]);
            let in_line_2 = |error| matches!(error, BadLine::NotText { line: 2, .. });
            assert!(error.is_some_and(in_line_2), "capacity {capacity}");
        }
    }

    #[test]
    fn with_zero_bytes_as_ends_line_feeds_are_payload() {
        for capacity in [100, 3] {
            let chunks: [&[u8]; 1] = [b"one\r\n\0\0tw\no\0last"];
            let (messages, error) = cut(Kind::Text, Delimiter::Nul, &chunks, capacity);
            let expected: [&[u8]; 4] = [b"one\r\n", b"", b"tw\no", b"last"];
            assert_eq!(messages, expected, "capacity {capacity}");
            assert_eq!(error, None);
        }
    }

    #[test]
    fn all_of_a_stream_is_one_message_and_none_if_it_is_empty() {
        for capacity in [100, 3] {
            let chunks: [&[u8]; 2] = [b"one\r\nt\xc3\xa9o", b"\0\r\n"];
            let (messages, error) = cut(Kind::Text, Delimiter::End, &chunks, capacity);
            assert_eq!(messages, [chunks.concat()], "capacity {capacity}");
            assert_eq!(error, None);
        }
        assert!(cut(Kind::Text, Delimiter::End, &[b""], 9).0.is_empty());
        let (messages, error) = cut(Kind::Text, Delimiter::End, &[b"abcd\xff"], 3);
        assert!(messages.is_empty());
        assert_eq!(error, Some(BadLine::NotText { line: 1, byte: 5 }));
    }

    #[test]
    fn the_rest_of_a_line_can_be_left_out() {
        let mut connection = Connection::new(Wire::default(), Role::Client, &[]);
        let mut lines = Lines::new(Kind::Text, Delimiter::LineFeed, u64::MAX);
        let mut take = |bytes: &[u8], rest| {
            let taken = lines.take(bytes, rest, connection.writer_mut());
            let taken = taken.unwrap().bytes;
            lines.skip_rest();
            taken
        };
        assert_eq!(take(b"beginning", Rest::Full), 9);
        assert_eq!(take(b"middle", Rest::MayFollow), 6);
        connection.writer_mut().abandon();
        let taken = lines.take(b"end\nnext\n", Rest::Ended, connection.writer_mut());
        assert_eq!(taken.map(|taken| (taken.bytes, taken.messages)), Ok((9, 1)));
        assert_eq!(understood(connection), [b"next"]);
    }

    #[test]
    fn a_line_over_the_limit_is_named() {
        for capacity in [100, 7] {
            let chunks: [&[u8]; 3] = [b"ok\n", &[b'x'; 51], b"\nnever\n"];
            let (messages, error) = sent(Kind::Binary, &chunks, capacity);
            assert_eq!(messages, [b"ok"], "capacity {capacity}");
            let expected = BadLine::TooLong { line: 2, limit: 50 };
            assert_eq!(error, Some(expected), "capacity {capacity}");
        }
    }

    #[test]
    fn what_is_left_is_counted_in_lines() {
        let lines = Lines::new(Kind::Text, Delimiter::LineFeed, u64::MAX);
        for (bytes, count) in [(&b""[..], 0), (b"a", 1), (b"a\n", 1), (b"a\nb\n\nc", 4)] {
            assert_eq!(lines.count(bytes), count);
        }
    }
}
