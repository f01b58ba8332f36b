//! The end of a run before its time: whoever asks for it is on another thread.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::Waker;

/// Ends runs on other threads.
#[derive(Clone, Default)]
pub struct Halt {
    asked: Arc<AtomicU8>,
    wakers: Arc<Mutex<Vec<Waker>>>,
}

/// Why a run ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Interrupted,
    TimeIsUp,
}

const NO: u8 = 0;
const INTERRUPTED: u8 = 1;
const TIME_IS_UP: u8 = 2;
/// Added where even a proper Close takes too long.
const URGENT: u8 = 4;

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Interrupted => "interrupted",
            Why::TimeIsUp => "the time limit passed",
        })
    }
}

impl Halt {
    /// Whose engine is to be woken.
    pub(super) fn attend(&self, waker: Waker) {
        self.wakers().push(waker);
    }

    /// Asks every run to end, with a proper Close; the second time at once.
    pub(super) fn ask(&self, why: Why) {
        let code = match why {
            Why::Interrupted => INTERRUPTED,
            Why::TimeIsUp => TIME_IS_UP,
        };
        let first = self
            .asked
            .compare_exchange(NO, code, Ordering::AcqRel, Ordering::Acquire);
        if first.is_err() {
            self.asked.fetch_or(URGENT, Ordering::AcqRel);
        }
        for waker in self.wakers().iter() {
            waker.wake();
        }
    }

    /// Whether it was asked for, and why.
    pub(super) fn asked(&self) -> Option<Why> {
        match self.asked.load(Ordering::Acquire) & !URGENT {
            NO => None,
            INTERRUPTED => Some(Why::Interrupted),
            _ => Some(Why::TimeIsUp),
        }
    }

    /// Whether it was asked for twice.
    pub(super) fn is_urgent(&self) -> bool {
        self.asked.load(Ordering::Acquire) & URGENT != 0
    }

    fn wakers(&self) -> std::sync::MutexGuard<'_, Vec<Waker>> {
        // A panic ends the program: nobody leaves the list half changed.
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
