//! A port of this machine on which nobody listens.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

/// A port of 127.0.0.1 that is taken, so that nobody else gets it, and refuses as long
/// as the socket is kept.
pub fn deaf_port() -> (OwnedFd, u16) {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = getsockname(&socket).expect("an address");
    let address = SocketAddr::try_from(address).expect("an IPv4 address");
    (socket, address.port())
}
