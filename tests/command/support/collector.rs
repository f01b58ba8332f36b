//! One stream of a child, read to its end by a thread of its own.
//!
//! Promises to keep every byte in order and never to read more than it was
//! allowed, so that a test can be a reader that is slow, stuck or gone. A read
//! that fails ends the stream, as the end of the file does.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, LockResult, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::event::PollFlags;

use super::wait::{Deadline, Ready, Wake, ready_now, wait};

const CHUNK: usize = 64 * 1024;

/// How much of the stream may be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Allowance {
    Bytes(usize),
    Everything,
}

/// How a wait for the stream came out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waited {
    Fulfilled,
    /// The stream ended first; nothing more will come.
    Ended,
    TimedOut,
}

#[derive(Debug)]
pub struct Collector {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Collector {
    pub fn start(fd: OwnedFd, allowance: Allowance) -> Self {
        let shared = Arc::new(Shared::new(allowance));
        let theirs = Arc::clone(&shared);
        Self {
            shared,
            thread: Some(std::thread::spawn(move || theirs.read(fd))),
        }
    }

    /// A stream that goes elsewhere: nothing comes, and it has ended.
    pub fn elsewhere() -> Self {
        let shared = Arc::new(Shared::new(Allowance::Everything));
        shared.lock().ended = true;
        Self {
            shared,
            thread: None,
        }
    }

    /// Everything read so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().bytes.clone()
    }

    /// Allows so much more to be read.
    pub fn allow(&self, more: Allowance) {
        let mut state = self.shared.lock();
        state.allowance = match (state.allowance, more) {
            (Allowance::Bytes(left), Allowance::Bytes(more)) => Allowance::Bytes(left + more),
            _ => Allowance::Everything,
        };
        self.shared.changed.notify_all();
    }

    /// Waits until the bytes read so far satisfy `enough`.
    pub fn wait_until(&self, deadline: Deadline, mut enough: impl FnMut(&[u8]) -> bool) -> Waited {
        let mut state = self.shared.lock();
        loop {
            if enough(&state.bytes) {
                return Waited::Fulfilled;
            }
            if state.ended {
                return Waited::Ended;
            }
            if deadline.passed() {
                return Waited::TimedOut;
            }
            let left = deadline.remaining();
            (state, _) = sound(self.shared.changed.wait_timeout(state, left));
        }
    }

    /// Waits for the end of the stream; false if it did not come in time.
    pub fn wait_end(&self, deadline: Deadline) -> bool {
        self.wait_until(deadline, |_| false) == Waited::Ended
    }

    /// Closes our end without reading further. It is closed on return.
    pub fn close(&mut self) {
        self.stop(Stop::AtOnce);
    }

    /// Reads what has arrived already, all of it, and closes our end.
    pub fn drain(&mut self) {
        self.stop(Stop::WhenDrained);
    }

    fn stop(&mut self, how: Stop) {
        self.shared.lock().stop = Some(how);
        self.shared.changed.notify_all();
        self.shared.wake.set();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a reading thread that did not panic");
        }
    }
}

/// A child that outlives its test must not keep a thread waiting.
impl Drop for Collector {
    fn drop(&mut self) {
        self.close();
    }
}

/// What a test panicked over while it looked at the bytes is its failure, not
/// this lock's: the state under it is whole at every moment.
fn sound<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stop {
    AtOnce,
    WhenDrained,
}

#[derive(Debug)]
struct State {
    bytes: Vec<u8>,
    allowance: Allowance,
    stop: Option<Stop>,
    ended: bool,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    wake: Wake,
}

impl Shared {
    fn new(allowance: Allowance) -> Self {
        Self {
            state: Mutex::new(State {
                bytes: Vec::new(),
                allowance,
                stop: None,
                ended: false,
            }),
            changed: Condvar::new(),
            wake: Wake::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        sound(self.state.lock())
    }

    fn read(&self, fd: OwnedFd) {
        let mut chunk = vec![0; CHUNK];
        while let Some(allowed) = self.next_read(&fd) {
            match rustix::io::read(&fd, &mut chunk[..allowed.min(CHUNK)]) {
                Ok(0) => break,
                Ok(count) => self.keep(&chunk[..count]),
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                // A terminal whose other end has gone says EIO.
                Err(_) => break,
            }
        }
        drop(fd);
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Waits until something may be read, and says how much; None to stop.
    fn next_read(&self, fd: &OwnedFd) -> Option<usize> {
        loop {
            let state = self.lock();
            let idle =
                |state: &mut State| state.stop.is_none() && state.allowance == Allowance::Bytes(0);
            let state = sound(self.changed.wait_while(state, idle));
            let (stop, allowance) = (state.stop, state.allowance);
            drop(state);
            match stop {
                Some(Stop::AtOnce) => return None,
                Some(Stop::WhenDrained) => {
                    return ready_now(fd.as_fd(), PollFlags::IN).then_some(CHUNK);
                }
                None => {}
            }
            if wait(fd.as_fd(), PollFlags::IN, Some(&self.wake), None) == Ready::Descriptor {
                return Some(match allowance {
                    Allowance::Bytes(count) => count,
                    Allowance::Everything => CHUNK,
                });
            }
        }
    }

    fn keep(&self, bytes: &[u8]) {
        let mut state = self.lock();
        state.bytes.extend_from_slice(bytes);
        if let Allowance::Bytes(left) = &mut state.allowance {
            *left = left.saturating_sub(bytes.len());
        }
        self.changed.notify_all();
    }
}
