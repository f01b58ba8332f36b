//! What ends a run from outside, as each system tells it: the same types for each.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::Nudge;
#[cfg(unix)]
pub(super) use unix::Signals;
#[cfg(windows)]
pub use windows::Nudge;
#[cfg(windows)]
pub(super) use windows::Signals;
