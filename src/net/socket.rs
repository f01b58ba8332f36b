//! A socket, TCP or Unix, that remembers what it last waited for.
//!
//! The descriptor never blocks. While a connection is opened the socket waits
//! by itself, until a deadline; afterwards it says `WouldBlock` and leaves the
//! waiting to the engine, which asks here what to wait for: TLS above does not
//! say whether it lacks bytes to read or room to write.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{Shutdown, shutdown};

use super::{Deadline, os};

/// A socket beneath TLS, or below the WebSocket itself.
#[derive(Debug)]
pub struct Socket {
    descriptor: OwnedFd,
    patience: Option<Deadline>,
    /// False when the last read took all there was: reading again would only
    /// cost a call.
    readable: bool,
    reading_blocked: bool,
    writing_blocked: bool,
}

impl Socket {
    /// Waits by itself until `deadline`, see [`Socket::set_patience`].
    ///
    /// # Errors
    /// When the descriptor cannot be made non-blocking.
    pub fn new(socket: impl Into<OwnedFd>, deadline: Deadline) -> io::Result<Self> {
        let descriptor = socket.into();
        rustix::io::ioctl_fionbio(&descriptor, true)?;
        Ok(Socket {
            descriptor,
            patience: Some(deadline),
            readable: true,
            reading_blocked: false,
            writing_blocked: false,
        })
    }

    /// Waits for the peer until then, or not at all.
    pub fn set_patience(&mut self, patience: Option<Deadline>) {
        self.patience = patience;
    }

    /// Whether the last read found nothing.
    pub fn reading_blocked(&self) -> bool {
        self.reading_blocked
    }

    /// Whether the last write found no room.
    pub fn writing_blocked(&self) -> bool {
        self.writing_blocked
    }

    /// There may be something to read: the next read asks the system.
    pub fn set_readable(&mut self) {
        self.readable = true;
    }

    /// To wait for.
    pub fn pollable(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Ends the sending half: the peer reads the end of the stream.
    pub fn shutdown_write(&self) {
        // It fails only when the connection has gone already.
        let _ = shutdown(&self.descriptor, Shutdown::Write);
    }

    fn wait(&self, flags: PollFlags) -> io::Result<bool> {
        let Some(deadline) = self.patience else {
            return Ok(false);
        };
        let left = timespec(deadline.remaining()?);
        match poll(&mut [PollFd::new(&self.descriptor, flags)], Some(&left)) {
            Ok(_) | Err(Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(deadline) = self.patience {
                // A peer that never pauses must not outlast it.
                deadline.remaining()?;
            }
            if self.readable || self.patience.is_some() {
                match os::read(&self.descriptor, &mut *into) {
                    Err(Errno::WOULDBLOCK) => {}
                    other => {
                        self.reading_blocked = false;
                        // A short read has emptied the socket; the end, which
                        // comes next, wakes poll again.
                        self.readable =
                            !matches!(other, Ok(count) if 0 < count && count < into.len());
                        return Ok(other?);
                    }
                }
            }
            self.readable = false;
            self.reading_blocked = true;
            if !self.wait(PollFlags::IN)? {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match os::write(&self.descriptor, bytes) {
                Err(Errno::WOULDBLOCK) => {}
                other => {
                    self.writing_blocked = false;
                    return Ok(other?);
                }
            }
            self.writing_blocked = true;
            if !self.wait(PollFlags::OUT)? {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A time-out as the system takes it, to the nanosecond; the longest that it can
/// hold where it is longer.
pub(crate) fn timespec(duration: Duration) -> Timespec {
    Timespec::try_from(duration).unwrap_or(Timespec {
        tv_sec: i64::MAX,
        tv_nsec: 0,
    })
}
