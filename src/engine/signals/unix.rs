//! Signals as Unix has them.

use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::{fs, io};

use nix::sys::pthread::{Pthread, pthread_kill};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::engine::Waker;
use crate::error::Signal;

/// The signals that end a run, remembered until they are asked for.
///
/// A signal that was ignored when the program started stays ignored: `nohup`
/// and shells that start a job in the background rely on it.
pub(in crate::engine) struct Signals {
    seen: Vec<(Signal, Arc<AtomicBool>)>,
    /// We were stopped, and go on.
    resumed: Arc<AtomicBool>,
}

impl Signals {
    /// Catches SIGINT, SIGTERM and SIGHUP from now on, and notes SIGCONT; each wakes
    /// `waker`.
    ///
    /// # Errors
    /// When the system does not let a handler be installed.
    pub(in crate::engine) fn catch(waker: &Waker) -> io::Result<Self> {
        // A limit on the size of files is an error of the write, not our death.
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        let ignored = ignored_signals();
        let mut seen = Vec::new();
        for (number, signal) in [
            (SIGINT, Signal::Interrupt),
            (SIGTERM, Signal::Terminate),
            (SIGHUP, Signal::Hangup),
        ] {
            if ignored >> (number - 1) & 1 == 1 {
                continue;
            }
            let flag = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(number, Arc::clone(&flag))?;
            signal_hook::low_level::pipe::register(number, waker.0.try_clone()?)?;
            seen.push((signal, flag));
        }
        let resumed = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGCONT, Arc::clone(&resumed))?;
        signal_hook::low_level::pipe::register(SIGCONT, waker.0.try_clone()?)?;
        Ok(Signals { seen, resumed })
    }

    /// The way to wake a thread that catches SIGINT itself.
    pub(in crate::engine) fn nudge(&self) -> Nudge {
        let interrupt = |(signal, _): &&(Signal, _)| *signal == Signal::Interrupt;
        let flag = self.seen.iter().find(interrupt);
        Nudge(flag.map(|(_, flag)| Arc::clone(flag)))
    }

    /// A signal that came since it was last asked.
    pub(in crate::engine) fn take(&self) -> Option<Signal> {
        let came = |(_, flag): &&(Signal, Arc<AtomicBool>)| flag.swap(false, Ordering::AcqRel);
        self.seen.iter().find(came).map(|(signal, _)| *signal)
    }

    /// Whether we were stopped since it was last asked.
    pub(in crate::engine) fn take_resumed(&self) -> bool {
        self.resumed.swap(false, Ordering::AcqRel)
    }
}

/// Raises SIGINT for someone else's handler, so that ours does not count it.
#[derive(Clone, Debug)]
pub struct Nudge(Option<Arc<AtomicBool>>);

impl Nudge {
    /// Whether it ends the wait for a key.
    pub const WAKES: bool = true;

    /// Raises it once. The handler that is installed at the moment runs before
    /// this returns: ours, if nobody else waits for the signal.
    pub fn raise(&self) {
        let came_before = self.counted();
        let _ = signal_hook::low_level::raise(SIGINT);
        if let Some(flag) = self.0.as_ref().filter(|_| !came_before) {
            flag.store(false, Ordering::Release);
        }
    }

    /// Raises it in this thread, which may be waiting in a call that only its own
    /// signals end. Its handler runs there, later: [`Nudge::forget`] afterwards.
    pub fn raise_in<T>(&self, thread: &JoinHandle<T>) {
        if !thread.is_finished() {
            // The standard library has a number for it where musl has a pointer.
            let thread = thread.as_pthread_t() as Pthread;
            let _ = pthread_kill(thread, nix::sys::signal::Signal::SIGINT);
        }
    }

    /// Does not count what was counted so far.
    pub fn forget(&self) {
        if let Some(flag) = &self.0 {
            flag.store(false, Ordering::Release);
        }
    }

    /// Whether a SIGINT came that nobody has taken.
    pub fn counted(&self) -> bool {
        let flag = self.0.as_ref();
        flag.is_some_and(|flag| flag.load(Ordering::Acquire))
    }
}

/// The set of ignored signals, bit 0 for signal 1; empty where the system does
/// not tell.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .unwrap_or_default()
}
