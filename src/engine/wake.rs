//! What wakes the engine from outside: other threads, and signals.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags};

use crate::net::{Local, pair};

/// Ends the engine's sleep. Cheap, and never blocks.
#[derive(Clone, Debug)]
pub struct Waker(pub(super) Arc<Local>);

impl Waker {
    pub fn wake(&self) {
        // A full buffer means that the engine will wake up anyway.
        let _ = self.0.as_ref().write(&[1]);
    }
}

/// The engine's end of its wakers.
pub(super) struct Wakeups {
    receiver: Local,
    waker: Waker,
}

impl Wakeups {
    pub(super) fn new() -> io::Result<Self> {
        let (receiver, sender) = pair()?;
        receiver.set_nonblocking(true)?;
        sender.set_nonblocking(true)?;
        Ok(Wakeups {
            receiver,
            waker: Waker(Arc::new(sender)),
        })
    }

    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Forgets the wake-ups so far.
    pub(super) fn drain(&self) {
        let mut bytes = [0; 64];
        while (&self.receiver)
            .read(&mut bytes)
            .is_ok_and(|count| count == bytes.len())
        {}
    }

    /// To wait for.
    pub(super) fn entry(&self) -> PollFd<'_> {
        PollFd::new(&self.receiver, PollFlags::IN)
    }
}
