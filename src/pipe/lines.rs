//! Lines in, messages out.
//!
//! Works on the input's buffer: a line that is whole there is queued without
//! being copied first, and text is checked for UTF-8 once a chunk, not once a
//! line. A line longer than the buffer goes on in parts.

use memchr::{memchr, memrchr};

use crate::message::Kind;
use crate::ws::{Piece, Utf8, Writer};

/// A line that cannot be sent as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// Counted from 1.
    pub(super) line: u64,
    /// Counted from 1 within the line.
    pub(super) byte: u64,
}

/// Cuts a stream into lines and queues each as a message.
pub(super) struct Lines {
    kind: Kind,
    line: u64,
    /// Bytes of the buffer that are known to be text.
    checked: usize,
    /// The beginning of the line at hand has been queued.
    begun: Option<Begun>,
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
    /// Lines become messages of this kind. Text loses its `\n` or `\r\n`,
    /// binary its `\n` alone.
    pub(super) fn new(kind: Kind) -> Self {
        Lines {
            kind,
            line: 0,
            checked: 0,
            begun: None,
        }
    }

    /// Queues the lines in `bytes`, as long as the writer has room.
    ///
    /// # Errors
    /// At a line that is not UTF-8, after everything before it was queued.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        rest: Rest,
        writer: &mut Writer,
    ) -> Result<Taken, NotText> {
        let mut taken = Taken {
            bytes: 0,
            messages: 0,
        };
        while writer.has_room() {
            let here = &bytes[taken.bytes..];
            let Some(end) = memchr(b'\n', here) else {
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
        let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let behind = memrchr(b'\n', bytes).map_or(bytes.len(), |at| bytes.len() - at - 1);
        let lines = ends + u64::from(behind > 0);
        lines.saturating_sub(u64::from(self.begun.is_some()))
    }

    /// The part of a line for which there is no line feed yet.
    fn unfinished(
        &mut self,
        bytes: &[u8],
        rest: Rest,
        writer: &mut Writer,
        consumed: &mut usize,
    ) -> Result<u64, NotText> {
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
    fn check(&mut self, bytes: &[u8], end: usize) -> Result<(), NotText> {
        if self.kind == Kind::Binary || self.begun.is_some() || end < self.checked {
            return Ok(());
        }
        let upto = memrchr(b'\n', bytes).map_or(bytes.len(), |last| last + 1);
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
    fn finish(&mut self, line: &[u8], delimited: bool, writer: &mut Writer) -> Result<(), NotText> {
        let line = match self.kind {
            Kind::Text if delimited => line.strip_suffix(b"\r").unwrap_or(line),
            _ => line,
        };
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
    fn go_on(&mut self, part: &[u8], writer: &mut Writer) -> Result<(), NotText> {
        let first = self.begun.is_none();
        let mut begun = self.begun.take().unwrap_or_default();
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

    fn not_text(&self, before: u64) -> NotText {
        NotText {
            line: self.line + 1,
            byte: before + 1,
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
    fn sent(kind: Kind, chunks: &[&[u8]], capacity: usize) -> (Vec<Vec<u8>>, Option<NotText>) {
        let mut connection = Connection::new(Wire::default(), Role::Client, &[]);
        let mut lines = Lines::new(kind);
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
                Some(NotText { line: 2, byte: 3 }),
                "capacity {capacity}"
            );
        }
    }

    #[test]
    fn a_line_may_not_end_inside_a_character() {
        for capacity in [100, 4] {
            let (messages, error) = sent(Kind::Text, &[b"x\nabcde\xe2\x82\n"], capacity);
            assert_eq!(messages, [b"x"]);
            assert_eq!(
                error.map(|error| error.line),
                Some(2),
                "capacity {capacity}"
            );
        }
    }

    #[test]
    fn what_is_left_is_counted_in_lines() {
        let lines = Lines::new(Kind::Text);
        for (bytes, count) in [(&b""[..], 0), (b"a", 1), (b"a\n", 1), (b"a\nb\n\nc", 4)] {
            assert_eq!(lines.count(bytes), count);
        }
    }
}
