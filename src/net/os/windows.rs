//! Sockets as Windows has them. They are no files there, and know no Unix sockets here.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket};

use crate::net::Deadline;

/// One end of a way through this process alone.
pub(crate) type Local = TcpStream;

/// The two ends of a way through this process, over loopback.
///
/// # Errors
/// When the system has no sockets left.
pub(crate) fn pair() -> io::Result<(Local, Local)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let one = TcpStream::connect(listener.local_addr()?)?;
    let own = one.local_addr()?;
    loop {
        // Anybody on this machine may have been faster.
        let (other, peer) = listener.accept()?;
        if peer == own {
            one.set_nodelay(true)?;
            other.set_nodelay(true)?;
            return Ok((one, other));
        }
    }
}

/// Reads once.
pub(in crate::net) fn read(socket: &OwnedFd, into: &mut [u8]) -> Result<usize, Errno> {
    recv(socket, into, RecvFlags::empty()).map(|(count, _)| count)
}

/// Writes once.
pub(in crate::net) fn write(socket: &OwnedFd, bytes: &[u8]) -> Result<usize, Errno> {
    send(socket, bytes, SendFlags::empty())
}

/// A stream socket.
pub(in crate::net) fn new_socket(family: AddressFamily) -> Result<OwnedFd, Errno> {
    socket(family, SocketType::STREAM, None)
}

/// Whether this says that the connection is being made.
pub(in crate::net) fn is_connecting(error: Errno) -> bool {
    matches!(error, Errno::WOULDBLOCK | Errno::INPROGRESS)
}

/// # Errors
/// Always.
pub(in crate::net) fn connect_unix(_: &Path, _: Deadline) -> io::Result<OwnedFd> {
    let text = "Unix sockets cannot be reached on Windows";
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}
