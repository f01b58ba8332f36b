//! stdout: a batch that is filled while events are delivered, and handed over
//! once a turn.
//!
//! How depends on what stdout is, and on the system (`stdio`), and nothing above knows.
//! A pipe or socket is written without blocking, though its descriptor is left as the
//! shell gave it. A regular file is simply written. A terminal is written by a thread,
//! because there is no way to ask whether it would block, and so is whatever the system
//! cannot write without blocking.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

use super::stdio::{Stdout, write_all};
use super::{Pollable, Waker};
use crate::net::{io_cause, timespec};

/// A batch of this size is handed over before more is taken, in bytes.
const BATCH: usize = 64 * 1024;
/// Pieces from this size on are written without going through the batch.
const DIRECT: usize = 16 * 1024;

/// A batch of bytes on its way to stdout.
pub struct Output {
    sink: Sink,
    batch: Vec<u8>,
    written: usize,
    /// Handing over did not get rid of everything.
    blocked: bool,
    failed: Option<io::Error>,
    waker: Waker,
}

enum Sink {
    Itself(Stdout),
    Thread(Link),
}

impl Output {
    /// Writes to stdout; `waker` is for the case that a thread has to do it.
    pub fn stdout(waker: Waker) -> Self {
        Output {
            sink: match Stdout::open() {
                Some(stdout) => Sink::Itself(stdout),
                None => Sink::Thread(Link::start(waker.clone(), write_all)),
            },
            batch: Vec::new(),
            written: 0,
            blocked: false,
            failed: None,
            waker,
        }
    }

    /// Writes through a function that may block, on a thread.
    pub fn through(
        waker: Waker,
        write: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Output {
            sink: Sink::Thread(Link::start(waker.clone(), write)),
            batch: Vec::new(),
            written: 0,
            blocked: false,
            failed: None,
            waker,
        }
    }

    /// Appends a piece and the byte that ends it.
    pub fn push_ended(&mut self, bytes: &[u8], end: u8) {
        if bytes.len() >= DIRECT {
            self.push(bytes);
            return self.batch.push(end);
        }
        self.batch.reserve(bytes.len() + 1);
        self.batch.extend_from_slice(bytes);
        self.batch.push(end);
    }

    /// Appends to the batch; large pieces are written at once if they can be.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if bytes.len() >= DIRECT && self.batch.is_empty() && self.failed.is_none() {
            rest = &bytes[self.write(bytes).min(bytes.len())..];
        }
        self.batch.extend_from_slice(rest);
    }

    /// Whether to wait with more until the batch has been handed over.
    pub fn is_full(&self) -> bool {
        self.blocked || self.batch.len() >= BATCH
    }

    /// Whether everything has been handed over.
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// Hands the batch over, as far as it is taken.
    ///
    /// # Errors
    /// The system's, also one that a thread met earlier. What is pushed
    /// afterwards is dropped.
    pub fn hand_over(&mut self) -> io::Result<()> {
        while self.failed.is_none() && self.written < self.batch.len() {
            let batch = std::mem::take(&mut self.batch);
            let count = self.write(&batch[self.written..]);
            self.batch = batch;
            self.written += count;
            if count == 0 {
                break;
            }
        }
        if let Sink::Thread(link) = &self.sink {
            self.failed = self.failed.take().or_else(|| link.take_error());
        }
        if self.failed.is_some() || self.written == self.batch.len() {
            self.batch.clear();
            self.written = 0;
        }
        self.blocked = !self.batch.is_empty();
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// What to poll for room, if the last hand-over was blocked.
    pub fn wants(&self) -> Option<Pollable<'_>> {
        match &self.sink {
            Sink::Itself(stdout) => self.blocked.then(|| stdout.pollable()),
            Sink::Thread(_) => None,
        }
    }

    /// What to watch for a reader that goes away.
    pub fn reader(&self) -> Option<Pollable<'_>> {
        match &self.sink {
            Sink::Itself(stdout) => stdout.reader(),
            Sink::Thread(_) => None,
        }
    }

    /// Whether the reader has gone, as far as that can be told.
    pub fn reader_has_gone(&self) -> bool {
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        self.reader().is_some_and(|fd| {
            let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::empty())];
            let polled = poll(&mut fds, Some(&timespec(Duration::ZERO)));
            polled.is_ok() && fds[0].revents().intersects(gone)
        })
    }

    /// Waits until everything so far has been written by the thread that does
    /// it, at most until `deadline`. More may follow.
    pub fn settle(&mut self, deadline: Instant) {
        loop {
            if let Err(error) = self.hand_over() {
                // It comes again where it is looked at.
                self.failed = Some(error);
                return;
            }
            let busy = match &self.sink {
                Sink::Thread(link) => link.is_busy(),
                Sink::Itself(_) => false,
            };
            if self.is_empty() && !busy || deadline <= Instant::now() {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until everything has been handed over, at most until `deadline`. More
    /// may follow.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::TimedOut`] when bytes are left.
    pub fn drain(&mut self, deadline: Instant) -> io::Result<()> {
        loop {
            self.hand_over()?;
            if self.is_empty() {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let bytes = self.batch.len() - self.written;
                let message = format!("it did not take the last {bytes} bytes in time");
                return Err(io::Error::new(ErrorKind::TimedOut, message));
            }
            self.wait(left);
        }
    }

    /// Waits until everything has been written, at most until `deadline`. Nothing
    /// may follow.
    ///
    /// # Errors
    /// As [`Output::drain`].
    pub fn finish(&mut self, deadline: Instant) -> io::Result<()> {
        self.drain(deadline)?;
        match &mut self.sink {
            Sink::Thread(link) => link.finish(deadline.saturating_duration_since(Instant::now())),
            Sink::Itself(_) => Ok(()),
        }
    }

    fn wait(&self, left: Duration) {
        match &self.sink {
            Sink::Thread(_) => thread::sleep(left.min(Duration::from_millis(5))),
            Sink::Itself(stdout) => {
                let mut fds = [PollFd::from_borrowed_fd(stdout.pollable(), PollFlags::OUT)];
                // An error shows again in the write that follows.
                let _ = poll(&mut fds, Some(&timespec(left)));
            }
        }
    }

    /// Writes once; how much was taken.
    fn write(&mut self, bytes: &[u8]) -> usize {
        let stdout = match &mut self.sink {
            Sink::Itself(stdout) => stdout,
            Sink::Thread(link) => return link.offer(bytes),
        };
        match stdout.write(bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                self.sink = Sink::Thread(Link::start(self.waker.clone(), write_all));
                self.write(bytes)
            }
            Err(error) => {
                self.failed = Some(error);
                bytes.len()
            }
        }
    }
}

/// The way to a thread that writes: one batch in hand, one waiting.
struct Link {
    sender: Option<SyncSender<Vec<u8>>>,
    ended: Receiver<()>,
    state: Arc<LinkState>,
}

#[derive(Default)]
struct LinkState {
    /// Set before an offer is made: else the wake for it could be missed.
    waiting: AtomicBool,
    /// Batches that were given and not yet written.
    given: AtomicUsize,
    error: Mutex<Option<io::Error>>,
}

impl LinkState {
    fn fail(&self, error: io::Error) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Link {
    fn start(
        waker: Waker,
        mut write: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> Self {
        let (sender, batches) = sync_channel::<Vec<u8>>(1);
        let (end, ended) = sync_channel(1);
        let state = Arc::new(LinkState::default());
        let link = Link {
            sender: Some(sender),
            ended,
            state: Arc::clone(&state),
        };
        let failed = Arc::clone(&state);
        let run = move || {
            for batch in batches {
                if let Err(error) = write(&batch) {
                    state.fail(error);
                    break;
                }
                state.given.fetch_sub(1, Ordering::AcqRel);
                if state.waiting.swap(false, Ordering::AcqRel) {
                    waker.wake();
                }
            }
            // What it holds may have a last word to say when it is dropped.
            drop(write);
            drop(end);
            waker.wake();
        };
        if let Err(cause) = thread::Builder::new().spawn(run) {
            // What was to run is dropped: that looks like a thread that has failed.
            let why = format!("no thread can be started for it: {}", io_cause(&cause));
            failed.fail(io::Error::other(why));
        }
        link
    }

    /// Gives the thread a batch; how much of it was taken: all or nothing.
    fn offer(&mut self, bytes: &[u8]) -> usize {
        self.state.waiting.store(true, Ordering::Release);
        let Some(sender) = &self.sender else {
            return bytes.len();
        };
        self.state.given.fetch_add(1, Ordering::AcqRel);
        match sender.try_send(bytes.to_vec()) {
            Ok(()) => bytes.len(),
            Err(TrySendError::Full(_)) => {
                self.state.given.fetch_sub(1, Ordering::AcqRel);
                0
            }
            // The thread has failed; its error is fetched apart.
            Err(TrySendError::Disconnected(_)) => bytes.len(),
        }
    }

    fn is_busy(&self) -> bool {
        self.state.given.load(Ordering::Acquire) > 0
    }

    fn take_error(&self) -> Option<io::Error> {
        let mut error = self
            .state
            .error
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        error.take()
    }

    fn finish(&mut self, left: Duration) -> io::Result<()> {
        self.sender = None;
        let _ = self.ended.recv_timeout(left);
        if let Some(error) = self.take_error() {
            return Err(error);
        }
        match self.ended.try_recv() {
            Err(TryRecvError::Disconnected) => Ok(()),
            _ => Err(ErrorKind::TimedOut.into()),
        }
    }
}
