//! stdin, stdout and stderr as each system has them: the same types and functions for
//! each. What cannot be polled is read by a thread (`feed`), and written by one.

#[cfg(any(windows, target_vendor = "apple", test))]
mod feed;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(windows)]
pub(crate) use feed::Feed;
#[cfg(unix)]
pub(super) use unix::{Stdin, Stdout, write_all};
#[cfg(unix)]
pub use unix::{write_stderr, write_within};
#[cfg(windows)]
pub use windows::write_stderr;
#[cfg(windows)]
pub(super) use windows::{Stdin, Stdout, write_all};
