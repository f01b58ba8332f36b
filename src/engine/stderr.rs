//! stderr, written within a limit: nobody may be reading it.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, write};
use rustix::stdio::stderr;

use crate::net::timespec;

/// What a pipe takes without blocking, once poll has said that it takes any.
const PART: usize = 4096;

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
