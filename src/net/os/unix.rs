//! Sockets as Unix has them.

use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::io::{Errno, FdFlags, fcntl_setfd};
pub(in crate::net) use rustix::io::{read, write};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use crate::net::Deadline;

/// One end of a way through this process alone.
pub(crate) type Local = UnixStream;

/// The two ends of a way through this process.
///
/// # Errors
/// When the system has no descriptors left.
pub(crate) fn pair() -> io::Result<(Local, Local)> {
    UnixStream::pair()
}

/// A stream socket that no other program inherits.
pub(in crate::net) fn new_socket(family: AddressFamily) -> Result<OwnedFd, Errno> {
    let socket = socket(family, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    Ok(socket)
}

/// Whether this says that the connection is being made.
pub(in crate::net) fn is_connecting(error: Errno) -> bool {
    matches!(error, Errno::INPROGRESS | Errno::INTR)
}

/// A server that is slow to accept is waited for by the system, within a limit; no
/// poll could wait for it.
///
/// # Errors
/// The system's, and where the path is too long to be one.
pub(in crate::net) fn connect_unix(path: &Path, deadline: Deadline) -> io::Result<OwnedFd> {
    let name = SocketAddrUnix::new(path).map_err(|error| match error {
        Errno::NAMETOOLONG => {
            let text = "the path is too long for a socket, which takes about 100 bytes";
            io::Error::new(ErrorKind::InvalidFilename, text)
        }
        error => error.into(),
    })?;
    let socket = new_socket(AddressFamily::UNIX)?;
    loop {
        let left = deadline.remaining()?;
        set_socket_timeout(&socket, Timeout::Send, Some(left))?;
        match connect(&socket, &name) {
            Ok(()) => return Ok(socket),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
