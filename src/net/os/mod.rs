//! What systems do each in their own way with sockets: the same functions for each.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Local, pair};
#[cfg(unix)]
pub(super) use unix::{connect_unix, is_connecting, new_socket, read, write};
#[cfg(windows)]
pub(crate) use windows::{Local, pair};
#[cfg(windows)]
pub(super) use windows::{connect_unix, is_connecting, new_socket, read, write};
