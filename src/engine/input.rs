//! stdin, in chunks.
//!
//! Read only after poll has said that there is something: stdin is shared
//! with the shell, so it is never made non-blocking.

use std::io::{self, ErrorKind};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};

use super::Pollable;
use super::stdio::Stdin;
use crate::net::timespec;

/// The most bytes that are held; longer lines are handed on in parts. So much
/// stays in the processor's cache until it has been sent.
const CAPACITY: usize = 64 * 1024;
/// The buffer is larger, so that what is left of a read need not move to the
/// front before each of the next ones.
const BUFFER: usize = 2 * CAPACITY;

/// A buffer that is filled from stdin and consumed from its front.
pub struct Input {
    stdin: Stdin,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Input {
    /// Nothing is read yet, unless a thread has to do it.
    ///
    /// # Errors
    /// When there is none for it.
    pub fn stdin() -> io::Result<Self> {
        Ok(Input {
            stdin: Stdin::open()?,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
        })
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
    pub fn wants(&self) -> Option<Pollable<'_>> {
        (!self.ended && !self.is_full()).then(|| self.stdin.pollable())
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
        match self.stdin.read(room) {
            Ok(0) => self.ended = true,
            Ok(count) => self.end += count,
            Err(error) => match error.kind() {
                // Someone else sharing it was faster.
                ErrorKind::WouldBlock | ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
        Ok(())
    }
}
