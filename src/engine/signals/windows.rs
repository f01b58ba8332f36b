//! Signals as Windows has them: Ctrl-C, Ctrl-Break and the end of the console, which are
//! not told apart here.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::engine::Waker;
use crate::error::Signal;

/// What ends a run, remembered until it is asked for.
pub(in crate::engine) struct Signals {
    interrupted: Arc<AtomicBool>,
}

impl Signals {
    /// Catches it from now on; it wakes `waker`. To be called once.
    ///
    /// # Errors
    /// When the system does not let a handler be installed.
    pub(in crate::engine) fn catch(waker: &Waker) -> io::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let (flag, waker) = (Arc::clone(&interrupted), waker.clone());
        let note = move || {
            flag.store(true, Ordering::Release);
            waker.wake();
        };
        ctrlc::set_handler(note).map_err(io::Error::other)?;
        Ok(Signals { interrupted })
    }

    /// There is no way to wake a thread that waits for a key.
    pub(in crate::engine) fn nudge(&self) -> Nudge {
        Nudge
    }

    /// What came since it was last asked.
    pub(in crate::engine) fn take(&self) -> Option<Signal> {
        let came = self.interrupted.swap(false, Ordering::AcqRel);
        came.then_some(Signal::Interrupt)
    }

    /// Nothing is ever stopped here.
    pub(in crate::engine) fn take_resumed(&self) -> bool {
        false
    }
}

/// Does nothing: no thread can be woken that waits for a key.
#[derive(Clone, Debug)]
pub struct Nudge;

impl Nudge {
    /// Whether it ends the wait for a key.
    pub const WAKES: bool = false;

    /// See [`Nudge::WAKES`].
    pub fn raise(&self) {}

    /// See [`Nudge::WAKES`].
    pub fn raise_in<T>(&self, _: &JoinHandle<T>) {}

    /// There is nothing to forget.
    pub fn forget(&self) {}

    /// It is never counted.
    pub fn counted(&self) -> bool {
        false
    }
}
