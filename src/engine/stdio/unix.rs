//! The standard streams as Unix has them: descriptors that the shell shares, which are
//! therefore never made non-blocking.

use std::io;
use std::os::fd::BorrowedFd;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use rustix::io::{Errno, read, write};
use rustix::net::{SendFlags, send};
use rustix::stdio::{stderr, stdin, stdout};

#[cfg(target_vendor = "apple")]
use super::feed::Feed;
use crate::net::timespec;

/// Pipes are asked to hold this much, which saves system calls.
#[cfg(target_os = "linux")]
const PIPE: usize = 1024 * 1024;
/// What a pipe takes without blocking, once poll has said that it takes any.
const PART: usize = rustix::pipe::PIPE_BUF;

/// stdin.
pub(in crate::engine) enum Stdin {
    Itself,
    /// A terminal that cannot be polled.
    #[cfg(target_vendor = "apple")]
    Fed(Feed),
}

impl Stdin {
    /// Nothing is read yet, where it can be polled.
    ///
    /// # Errors
    /// When there is no thread for what cannot.
    #[cfg_attr(
        not(target_vendor = "apple"),
        allow(clippy::unnecessary_wraps, reason = "elsewhere a thread may be needed")
    )]
    pub(in crate::engine) fn open() -> io::Result<Self> {
        widen(stdin());
        #[cfg(target_vendor = "apple")]
        if is_unknown_to_poll(stdin()) {
            return Feed::start(io::stdin()).map(Stdin::Fed);
        }
        Ok(Stdin::Itself)
    }

    /// To wait for.
    pub(in crate::engine) fn pollable(&self) -> BorrowedFd<'_> {
        match self {
            Stdin::Itself => stdin(),
            #[cfg(target_vendor = "apple")]
            Stdin::Fed(feed) => feed.pollable(),
        }
    }

    /// Reads once, 0 at the end; poll must have said that this does not block.
    ///
    /// # Errors
    /// The system's.
    pub(in crate::engine) fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Stdin::Itself => Ok(read(stdin(), room)?),
            #[cfg(target_vendor = "apple")]
            Stdin::Fed(feed) => feed.read(room),
        }
    }
}

/// Whether poll says that there is no such descriptor, as it does for some terminals.
#[cfg(target_vendor = "apple")]
fn is_unknown_to_poll(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    let polled = poll(&mut fds, Some(&timespec(Duration::ZERO)));
    polled.is_ok() && fds[0].revents().contains(PollFlags::NVAL)
}

/// A larger pipe is welcome, not needed; other kinds refuse.
#[cfg(target_os = "linux")]
fn widen(fd: BorrowedFd<'_>) {
    let _ = rustix::pipe::fcntl_setpipe_size(fd, PIPE);
}

#[cfg(not(target_os = "linux"))]
fn widen(_: BorrowedFd<'_>) {}

/// stdout, written without a thread.
pub(in crate::engine) enum Stdout {
    /// Takes what fits, by a flag on the call.
    #[cfg(target_os = "linux")]
    Pipe,
    /// The pipe opened anew, non-blocking.
    #[cfg(target_os = "linux")]
    Reopened(OwnedFd),
    Socket,
    /// Blocks as long as a disk does.
    File,
}

impl Stdout {
    /// None where a thread has to write it, because there is no way to ask whether it
    /// would block.
    pub(in crate::engine) fn open() -> Option<Self> {
        let kind = fstat(stdout()).map(|stat| FileType::from_raw_mode(stat.st_mode));
        match kind {
            #[cfg(target_os = "linux")]
            Ok(FileType::Fifo) => {
                widen(stdout());
                Some(Stdout::Pipe)
            }
            #[cfg(not(target_os = "linux"))]
            Ok(FileType::Fifo) => None,
            Ok(FileType::Socket) => Some(Stdout::Socket),
            Ok(_) if !rustix::termios::isatty(stdout()) => Some(Stdout::File),
            _ => None,
        }
    }

    /// Writes once; how much was taken, which is nothing where it would block.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::Unsupported`] where a thread has to write.
    pub(in crate::engine) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let result = match self {
                #[cfg(target_os = "linux")]
                Stdout::Pipe => linux::write_what_fits(bytes),
                #[cfg(target_os = "linux")]
                Stdout::Reopened(fd) => write(fd, bytes),
                // A reader that has gone is an error, and no signal: the runtime sees to
                // that.
                Stdout::Socket => send(stdout(), bytes, SendFlags::DONTWAIT),
                Stdout::File => write(stdout(), bytes),
            };
            match result {
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(0),
                #[cfg(target_os = "linux")]
                Err(error @ (Errno::OPNOTSUPP | Errno::NOSYS)) if matches!(self, Stdout::Pipe) => {
                    *self = Stdout::Reopened(linux::reopened().map_err(|_| error)?);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// To wait for.
    pub(in crate::engine) fn pollable(&self) -> BorrowedFd<'static> {
        stdout()
    }

    /// What to watch for a reader that goes away.
    pub(in crate::engine) fn reader(&self) -> Option<BorrowedFd<'static>> {
        (!matches!(self, Stdout::File)).then(stdout)
    }
}

/// Ways to write to a pipe that belongs to others, too, without waiting.
#[cfg(target_os = "linux")]
mod linux {
    use std::io::IoSlice;

    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::{ReadWriteFlags, pwritev2};

    use super::{Errno, OwnedFd, stdout};

    pub(super) fn write_what_fits(bytes: &[u8]) -> Result<usize, Errno> {
        let parts = [IoSlice::new(bytes)];
        // All ones means: at the current position.
        pwritev2(stdout(), &parts, u64::MAX, ReadWriteFlags::NOWAIT)
    }

    /// For kernels that do not know that flag of pipes.
    pub(super) fn reopened() -> Result<OwnedFd, Errno> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        open("/proc/self/fd/1", flags, Mode::empty())
    }
}

/// Writes to stdout, for as long as it takes.
///
/// # Errors
/// The system's.
pub(in crate::engine) fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match write(stdout(), rest) {
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR) => {}
            // A terminal that something else made non-blocking.
            Err(Errno::AGAIN) => {
                let mut fds = [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)];
                poll(&mut fds, None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Writes all of it, or as much as is taken within `limit`: there is nowhere to
/// complain.
pub fn write_stderr(bytes: &[u8], limit: Duration) {
    write_within(stderr(), bytes, limit);
}

/// The same for another descriptor that is a terminal or a pipe.
pub fn write_within(fd: BorrowedFd<'_>, bytes: &[u8], limit: Duration) {
    let deadline = Instant::now() + limit;
    let mut rest = bytes;
    while !rest.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
        match poll(&mut fds, Some(&timespec(left))) {
            Ok(0) => return,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        match write(fd, &rest[..rest.len().min(PART)]) {
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}
