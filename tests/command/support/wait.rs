//! Waiting for a descriptor, under a deadline or until woken.
//!
//! Promises that no wait is lost to an interrupted call, that a wake is seen
//! however early it came, and that none of its descriptors reaches a child.

use std::io::{ErrorKind, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// The moment at which a wait gives up.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment that is `limit` from now.
    pub fn after(limit: Duration) -> Self {
        Self(Instant::now() + limit)
    }

    /// What is left: zero once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub fn passed(self) -> bool {
        self.remaining().is_zero()
    }
}

/// Wakes every thread that waits with it, those that come later included: it
/// can be set once and stays set.
#[derive(Debug)]
pub struct Wake {
    reader: PipeReader,
    writer: Mutex<Option<PipeWriter>>,
}

impl Default for Wake {
    fn default() -> Self {
        let (reader, writer) = std::io::pipe().expect("a pipe to wake with");
        Self {
            reader,
            writer: Mutex::new(Some(writer)),
        }
    }
}

impl Wake {
    /// A pipe without a writer is ready for ever, so closing is the signal.
    pub fn set(&self) {
        drop(self.writer.lock().expect("a sound lock").take());
    }
}

/// What ended a wait. A descriptor that is ready goes before a wake, so that
/// nothing that came in time is missed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ready {
    Descriptor,
    Woken,
    TimedOut,
}

/// Waits until `fd` is ready for `events`, hung up or broken; or until `wake`
/// is set; or until `deadline`. None waits without that end.
pub fn wait(
    fd: BorrowedFd<'_>,
    events: PollFlags,
    wake: Option<&Wake>,
    deadline: Option<Deadline>,
) -> Ready {
    let mut fds = vec![PollFd::from_borrowed_fd(fd, events)];
    fds.extend(wake.map(|wake| PollFd::from_borrowed_fd(wake.reader.as_fd(), PollFlags::IN)));
    loop {
        let timeout = deadline.map(|at| timespec(at.remaining()));
        match poll(&mut fds, timeout.as_ref()) {
            Ok(0) => return Ready::TimedOut,
            Ok(_) if fds[0].revents().is_empty() => return Ready::Woken,
            Ok(_) => return Ready::Descriptor,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("poll failed: {error}"),
        }
    }
}

/// Waits until one of the descriptors is ready for its events, hung up or broken;
/// those without events are left out.
pub fn wait_for_any(
    ends: &[(BorrowedFd<'_>, PollFlags)],
    wake: &Wake,
    deadline: Deadline,
) -> Ready {
    let asked = ends.iter().filter(|(_, events)| !events.is_empty());
    let mut fds: Vec<PollFd<'_>> = asked
        .map(|(fd, events)| PollFd::from_borrowed_fd(*fd, *events))
        .collect();
    fds.push(PollFd::from_borrowed_fd(wake.reader.as_fd(), PollFlags::IN));
    loop {
        match poll(&mut fds, Some(&timespec(deadline.remaining()))) {
            Ok(0) => return Ready::TimedOut,
            Ok(_) if fds.iter().rev().skip(1).all(|fd| fd.revents().is_empty()) => {
                return Ready::Woken;
            }
            Ok(_) => return Ready::Descriptor,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("poll failed: {error}"),
        }
    }
}

/// Whether `fd` is ready for `events` now.
pub fn ready_now(fd: BorrowedFd<'_>, events: PollFlags) -> bool {
    let now = Deadline::after(Duration::ZERO);
    wait(fd, events, None, Some(now)) == Ready::Descriptor
}

/// Writes what `writer`, which must not block, takes of `bytes` until
/// `deadline`, and returns how many bytes that were.
pub fn write_until<W: Write + AsFd>(
    writer: &mut W,
    bytes: &[u8],
    deadline: Deadline,
) -> std::io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match writer.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let ready = wait(writer.as_fd(), PollFlags::OUT, None, Some(deadline));
                if ready == Ready::TimedOut {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

/// Makes writes to our end of a pipe or terminal return instead of block. The
/// other end is an open file of its own and keeps its flags.
pub fn set_non_blocking(fd: impl AsFd) {
    let flags = rustix::fs::fcntl_getfl(&fd).expect("the flags of a descriptor");
    rustix::fs::fcntl_setfl(&fd, flags | rustix::fs::OFlags::NONBLOCK)
        .expect("a descriptor that does not block");
}

fn timespec(duration: Duration) -> Timespec {
    Timespec::try_from(duration).expect("a wait shorter than the age of the world")
}
