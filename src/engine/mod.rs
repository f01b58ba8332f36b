//! One thread that owns every connection, stdin and stdout, and sleeps in
//! poll(2) over all of them.
//!
//! The engine moves bytes and keeps time; what to do with them is a
//! [`Driver`]'s: a pipe, a prompt, an echo. Events never cross a thread, bytes
//! do. Opening a connection blocks, so it happens on a short thread of its
//! own, and the result arrives through the [`Waker`].

mod driver;
mod ended;
mod input;
mod keep_alive;
mod observer;
mod output;
mod peers;
mod run;
mod session;
mod signals;
mod stdio;
mod wake;

pub use driver::{Driver, End, Moment, Turn, Wants, by_name};
pub use ended::{AfterClose, Ended, How};
pub use input::Input;
pub use keep_alive::Pings;
pub use observer::{Observer, OpeningObserver, Watching};
pub use output::Output;
pub use peers::{PeerId, Peers, Policy};
pub use run::{Engine, Waited};
/// What can be waited for: a descriptor; on Windows, a socket.
pub use rustix::fd::BorrowedFd as Pollable;
pub use session::Limits;
pub use signals::Nudge;
use signals::Signals;
#[cfg(windows)]
pub(crate) use stdio::Feed;
pub use stdio::write_stderr;
#[cfg(unix)]
pub use stdio::write_within;
pub use wake::Waker;
