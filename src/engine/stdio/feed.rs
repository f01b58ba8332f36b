//! A thread that reads what poll knows nothing of, and hands it on over a socket, of
//! which poll knows everything.
//!
//! The socket is the bound: a reader that is not read from waits. It is never waited
//! for itself, because nothing ends its call but what it reads from.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::fd::{AsFd, BorrowedFd};

use crate::net::{Local, pair};

/// The most bytes that are read at once.
const PART: usize = 64 * 1024;

/// The end that is read from, and polled.
pub(crate) struct Feed {
    socket: Local,
    /// Why there is no more, if that is not its end.
    failure: Arc<Mutex<Option<io::Error>>>,
}

impl Feed {
    /// Begins to read at once.
    ///
    /// # Errors
    /// When the system has no sockets or threads left.
    pub(crate) fn start(mut from: impl Read + Send + 'static) -> io::Result<Self> {
        let (socket, mut other) = pair()?;
        socket.set_nonblocking(true)?;
        let failure: Arc<Mutex<Option<io::Error>>> = Arc::default();
        let told = Arc::clone(&failure);
        let run = move || {
            if let Err(error) = hand_on(&mut from, &mut other) {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
            // The end shows when the failure can be found.
            drop(other);
        };
        thread::Builder::new().spawn(run)?;
        Ok(Feed { socket, failure })
    }

    /// To wait for.
    pub(crate) fn pollable(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Reads what has come; 0 at the end.
    ///
    /// # Errors
    /// What ended the reading, or `WouldBlock`.
    pub(crate) fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        let count = (&self.socket).read(room)?;
        if count > 0 {
            return Ok(count);
        }
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(0), Err)
    }
}

/// Until the end, or until nobody takes it any more.
fn hand_on(from: &mut impl Read, to: &mut Local) -> io::Result<()> {
    let mut part = vec![0; PART];
    loop {
        let count = match from.read(&mut part) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if to.write_all(&part[..count]).is_err() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;
    use crate::net::timespec;

    /// All that comes, and how it ends.
    fn read_all(feed: &Feed) -> (Vec<u8>, io::Result<()>) {
        let mut bytes = Vec::new();
        let mut room = [0; 1000];
        loop {
            let mut fds = [PollFd::from_borrowed_fd(feed.pollable(), PollFlags::IN)];
            let limit = timespec(Duration::from_secs(10));
            assert_eq!(poll(&mut fds, Some(&limit)), Ok(1), "nothing comes");
            match feed.read(&mut room) {
                Ok(0) => return (bytes, Ok(())),
                Ok(count) => bytes.extend_from_slice(&room[..count]),
                Err(error) => return (bytes, Err(error)),
            }
        }
    }

    #[test]
    fn all_that_is_read_comes_in_order_and_then_its_end() {
        let given: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
        let feed = Feed::start(Cursor::new(given.clone())).unwrap();
        let (bytes, ended) = read_all(&feed);
        assert!(ended.is_ok() && bytes == given, "{} bytes", bytes.len());
    }

    #[test]
    fn a_failure_comes_behind_what_was_read_before_it() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(ErrorKind::InvalidData.into())
            }
        }
        let feed = Feed::start(Cursor::new(*b"before").chain(Fails)).unwrap();
        let (bytes, ended) = read_all(&feed);
        assert_eq!(bytes, b"before");
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn reading_does_not_wait_for_what_has_not_come() {
        let (from, _stays_open) = pair().unwrap();
        let feed = Feed::start(from).unwrap();
        let nothing = feed.read(&mut [0; 8]).unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    }
}
