//! stdin, in chunks.
//!
//! Read only after poll has said that there is something: stdin is shared
//! with the shell, so it is never made non-blocking.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::stdio::stdin;

use crate::net::timespec;

/// The most bytes that are held; longer lines are handed on in parts. So much
/// stays in the processor's cache until it has been sent.
const CAPACITY: usize = 64 * 1024;
/// The buffer is larger, so that what is left of a read need not move to the
/// front before each of the next ones.
const BUFFER: usize = 2 * CAPACITY;
/// Pipes are asked to hold this much, which saves system calls.
const PIPE: usize = 1024 * 1024;

/// A buffer that is filled from stdin and consumed from its front.
pub struct Input {
    fd: BorrowedFd<'static>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Input {
    /// Nothing is read yet.
    pub fn stdin() -> Self {
        let fd = stdin();
        // A larger pipe is welcome, not needed; other kinds refuse.
        let _ = rustix::pipe::fcntl_setpipe_size(fd, PIPE);
        Input {
            fd,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
        }
    }

    /// What was read and not consumed.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Whether there is no room for more until something is consumed.
    pub fn is_full(&self) -> bool {
        self.end - self.start == CAPACITY
    }

    /// Whether the end has been read.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// What to wait for, unless the end has been read or there is no room.
    pub fn wants(&self) -> Option<BorrowedFd<'static>> {
        (!self.ended && !self.is_full()).then_some(self.fd)
    }

    /// Reads once if there is something to read just now.
    ///
    /// # Errors
    /// The system's, when stdin cannot be read.
    pub fn read_what_is_there(&mut self) -> io::Result<()> {
        let Some(fd) = self.wants() else {
            return Ok(());
        };
        let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
        match poll(&mut fds, Some(&timespec(Duration::ZERO))) {
            Ok(1..) => self.read(),
            _ => Ok(()),
        }
    }

    /// Reads once; poll must have said that this does not block.
    ///
    /// # Errors
    /// The system's, when stdin cannot be read.
    pub fn read(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            self.buffer.resize(BUFFER, 0);
        }
        if self.start == self.end || self.start + CAPACITY > BUFFER {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = &mut self.buffer[self.end..self.start + CAPACITY];
        match rustix::io::read(self.fd, room) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end += count,
            // Someone else sharing it was faster.
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
