//! One connection as a script sees it: bytes, heads and the ways to end.
//!
//! Promises that every read has a deadline and panics with what it waited for,
//! and that a script which just ends closes politely, so that nothing it sent
//! is destroyed by a reset. Frames are in `conversation`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::PollFlags;

use super::head::Head;
use super::output::shown;
use super::relay::relay;
use super::stream::Stream;
use super::wait::{Deadline, Ready, Wake, wait};

const CHUNK: usize = 64 * 1024;

/// How long a read waits unless the script says otherwise.
const LIMIT: Duration = Duration::from_secs(10);

/// How long a script that just ended waits for its peer to leave.
const POLITE: Duration = Duration::from_secs(5);

/// A peer's FIN that can be seen without reading what stands before it.
#[cfg(target_os = "linux")]
const GONE: PollFlags = PollFlags::RDHUP;
#[cfg(not(target_os = "linux"))]
const GONE: PollFlags = PollFlags::HUP;

pub struct Conn<'server> {
    /// None once the script has closed it.
    stream: Option<Stream>,
    number: usize,
    limit: Duration,
    finished: &'server Wake,
    buffer: Vec<u8>,
    cursor: usize,
}

impl<'server> Conn<'server> {
    pub fn new(stream: Stream, number: usize, finished: &'server Wake) -> Self {
        Self {
            stream: Some(stream),
            number,
            limit: LIMIT,
            finished,
            buffer: Vec::new(),
            cursor: 0,
        }
    }

    /// Which of the server's connections this is, the first being 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What TLS agreed on; None on plain TCP.
    pub fn tls(&self) -> Option<&openssl::ssl::SslRef> {
        self.stream.as_ref().and_then(Stream::tls)
    }

    /// The limit of every read from here on.
    pub fn within(&mut self, limit: Duration) -> &mut Self {
        self.limit = limit;
        self
    }

    /// Reads one request head.
    #[track_caller]
    pub fn read_head(&mut self) -> Head {
        let deadline = Deadline::after(self.limit);
        loop {
            if let Some(at) = memchr::memmem::find(self.pending(), b"\r\n\r\n") {
                return Head::new(self.take(at + 4));
            }
            self.fill_or_fail("a request head", deadline);
        }
    }

    /// Reads the head and accepts it.
    #[track_caller]
    pub fn upgrade(&mut self) -> Head {
        self.upgrade_with(&[])
    }

    /// Reads the head and accepts it with further headers.
    #[track_caller]
    pub fn upgrade_with(&mut self, headers: &[(&str, &str)]) -> Head {
        let head = self.read_head();
        self.raw(head.switching(headers));
        head
    }

    /// Reads the head and answers it with these bytes.
    #[track_caller]
    pub fn reply(&mut self, bytes: impl AsRef<[u8]>) -> Head {
        let head = self.read_head();
        self.raw(bytes);
        head
    }

    /// Writes bytes as they are. Panics if the peer has gone.
    #[track_caller]
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        if let Err(error) = self.try_raw(bytes) {
            panic!("the client does not take what the script writes: {error}");
        }
        self
    }

    /// Writes bytes as they are, to a peer that may have gone or be stuck.
    pub fn try_raw(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream().write_all(bytes.as_ref())
    }

    /// Writes byte by byte, each in a segment of its own, and returns how many
    /// were sent before the peer went.
    pub fn drip(&mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> usize {
        let bytes = bytes.as_ref();
        for (count, byte) in bytes.iter().enumerate() {
            if self.try_raw([*byte]).is_err() {
                return count;
            }
            // The pause is what the peer is to see, not a wait for anything.
            std::thread::sleep(pause);
        }
        bytes.len()
    }

    /// Reads so many bytes as they are.
    #[track_caller]
    pub fn read_exactly(&mut self, count: usize) -> Vec<u8> {
        let deadline = Deadline::after(self.limit);
        while self.pending().len() < count {
            self.fill_or_fail("more bytes", deadline);
        }
        self.take(count)
    }

    /// Reads until the peer's FIN.
    #[track_caller]
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let deadline = Deadline::after(self.limit);
        while self.fill("the end", deadline).expect("an end, not a reset") > 0 {}
        self.take(self.pending().len())
    }

    /// The peer must say nothing more and send FIN.
    #[track_caller]
    pub fn expect_eof(&mut self) {
        let rest = self.read_to_end();
        assert!(rest.is_empty(), "data before the end:\n{}", shown(&rest));
    }

    /// Reads and discards until the peer leaves, with FIN or a reset, and
    /// returns how many bytes came.
    #[track_caller]
    pub fn swallow(&mut self) -> u64 {
        self.discard(Deadline::after(self.limit))
            .unwrap_or_else(|| panic!("the client did not leave within {:?}", self.limit))
    }

    /// Neither reads nor writes until the peer leaves, `limit` has passed, or
    /// the test finishes the server.
    pub fn stall(&mut self, limit: Duration) {
        let finished = self.finished;
        let stream = self.stream();
        let deadline = Deadline::after(limit);
        wait(stream.as_fd(), GONE, Some(finished), Some(deadline));
    }

    /// Sends FIN (and TLS's close_notify before it); reading goes on.
    pub fn shutdown_write(&mut self) -> &mut Self {
        self.stream().shutdown_write();
        self
    }

    /// Closes with RST.
    pub fn reset(&mut self) {
        let stream = self.stream();
        rustix::net::sockopt::set_socket_linger(&*stream, Some(Duration::ZERO))
            .expect("a socket that does not linger");
        self.stream = None;
    }

    /// Closes at once, without reading what may have come and without TLS's
    /// close_notify; the system sends FIN, or RST if something was unread.
    pub fn hang_up(&mut self) {
        self.stream = None;
    }

    /// Whether the script has closed it.
    pub fn is_closed(&self) -> bool {
        self.stream.is_none()
    }

    /// Sends FIN and waits until the peer has left too. Panics if it stays.
    #[track_caller]
    pub fn finish(&mut self) {
        self.shutdown_write();
        self.swallow();
        self.stream = None;
    }

    /// Hands everything on to another server and back, until both have ended.
    pub fn relay_to(&mut self, mut server: TcpStream) {
        let early = self.pending().to_vec();
        server.write_all(&early).expect("a server that listens");
        self.skip(early.len());
        let mut stream = self.stream.take().expect("a connection that is open");
        relay(&mut stream, &mut server, self.finished);
    }

    /// Bytes that were read and not yet taken.
    pub(super) fn pending(&self) -> &[u8] {
        &self.buffer[self.cursor..]
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.cursor += count;
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let taken = self.pending()[..count].to_vec();
        self.skip(count);
        taken
    }

    /// Reads more. Panics at the end of the stream.
    #[track_caller]
    pub(super) fn fill_or_fail(&mut self, what: &str, deadline: Deadline) {
        match self.fill(what, deadline) {
            Ok(0) => self.fail(what, "the client closed the connection"),
            Ok(_) => {}
            Err(error) => self.fail(what, &error.to_string()),
        }
    }

    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.limit)
    }

    /// Reads more: 0 at the end of the stream. Panics at the deadline.
    #[track_caller]
    pub(super) fn fill(&mut self, what: &str, deadline: Deadline) -> io::Result<usize> {
        self.buffer.drain(..self.cursor);
        self.cursor = 0;
        let ready = self.readable(None, Some(deadline));
        if ready == Ready::TimedOut {
            self.fail(what, "the time limit passed");
        }
        let mut chunk = vec![0; CHUNK];
        let count = self.stream().read(&mut chunk)?;
        self.buffer.extend_from_slice(&chunk[..count]);
        Ok(count)
    }

    #[track_caller]
    fn fail(&self, what: &str, why: &str) -> ! {
        panic!(
            "waiting for {what}: {why}; came:\n{}",
            shown(self.pending())
        );
    }

    fn readable(&mut self, wake: Option<&Wake>, deadline: Option<Deadline>) -> Ready {
        let stream = self.stream();
        if stream.holds_data() {
            return Ready::Descriptor;
        }
        wait(stream.as_fd(), PollFlags::IN, wake, deadline)
    }

    /// None if the peer was still there at the deadline.
    fn discard(&mut self, deadline: Deadline) -> Option<u64> {
        let mut count = self.pending().len() as u64;
        self.cursor = self.buffer.len();
        let mut chunk = vec![0; CHUNK];
        while !deadline.passed() && self.readable(None, Some(deadline)) == Ready::Descriptor {
            match self.stream().read(&mut chunk) {
                Ok(0) | Err(_) => return Some(count),
                Ok(more) => count += more as u64,
            }
        }
        None
    }

    #[track_caller]
    fn stream(&mut self) -> &mut Stream {
        let stream = self.stream.as_mut();
        stream.expect("a connection that the script has not closed yet")
    }
}

/// Without this, a script that ends with something unread would reset the
/// connection and destroy what it had sent.
impl Drop for Conn<'_> {
    fn drop(&mut self) {
        if self.stream.is_some() && !std::thread::panicking() {
            self.shutdown_write();
            self.discard(Deadline::after(POLITE));
        }
    }
}

/// For other implementations of the protocol on this connection. The end of
/// the test is the end of the stream.
impl Read for Conn<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.pending().len().min(buffer.len());
        if count > 0 {
            buffer[..count].copy_from_slice(&self.take(count));
            return Ok(count);
        }
        let finished = self.finished;
        match self.readable(Some(finished), None) {
            Ready::Descriptor => self.stream().read(buffer),
            Ready::Woken | Ready::TimedOut => Ok(0),
        }
    }
}

impl Write for Conn<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
