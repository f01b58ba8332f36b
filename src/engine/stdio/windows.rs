//! The standard streams as Windows has them: none can be polled, so threads read and
//! write them.
//!
//! The standard library's streams are used, because they know consoles, whose text is
//! not bytes.

use std::convert::Infallible;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use rustix::fd::BorrowedFd;

use super::feed::Feed;

/// `ERROR_PIPE_NOT_CONNECTED`, from the system's headers.
const PIPE_NOT_CONNECTED: i32 = 233;

/// stdin, read by a thread.
pub(in crate::engine) struct Stdin(Feed);

impl Stdin {
    /// What is read and not taken is lost for whoever has stdin after us.
    pub(in crate::engine) fn open() -> io::Result<Self> {
        Feed::start(Console).map(Stdin)
    }

    /// To wait for.
    pub(in crate::engine) fn pollable(&self) -> BorrowedFd<'_> {
        self.0.pollable()
    }

    /// Reads once; 0 at the end.
    pub(in crate::engine) fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(room)
    }
}

/// stdin without a lock that outlives a call.
struct Console;

impl Read for Console {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(room)
    }
}

/// stdout as it would be written without a thread: there is no such way.
pub(in crate::engine) struct Stdout(Infallible);

impl Stdout {
    /// None: a thread has to write it.
    pub(in crate::engine) fn open() -> Option<Self> {
        None
    }

    pub(in crate::engine) fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        match self.0 {}
    }

    pub(in crate::engine) fn pollable(&self) -> BorrowedFd<'static> {
        match self.0 {}
    }

    pub(in crate::engine) fn reader(&self) -> Option<BorrowedFd<'static>> {
        match self.0 {}
    }
}

/// Writes to stdout, for as long as it takes.
///
/// # Errors
/// The system's.
pub(in crate::engine) fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    written.map_err(|error| match error.raw_os_error() {
        // The standard library knows the other codes of a reader that has gone.
        Some(PIPE_NOT_CONNECTED) => ErrorKind::BrokenPipe.into(),
        _ => error,
    })
}

/// Writes all of it, or as much as is taken within `limit`: there is nowhere to
/// complain.
pub fn write_stderr(bytes: &[u8], limit: Duration) {
    let (done, written) = sync_channel::<()>(1);
    let bytes = bytes.to_vec();
    let write = move || {
        let mut stderr = io::stderr();
        let _ = stderr.write_all(&bytes);
        drop(done);
    };
    if thread::Builder::new().spawn(write).is_ok() {
        let _ = written.recv_timeout(limit);
    }
}
