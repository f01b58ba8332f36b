//! Proxies: which one leads to a server, and how it is asked to.
//!
//! Pure, or over `Read + Write`: dialing a proxy, and TLS to it, are the business of
//! whoever opens a connection.

mod bypass;
mod choice;
mod connect;
mod socks;

use std::fmt;
use std::net::IpAddr;

pub use bypass::Bypass;
pub(super) use choice::Choice;
pub use choice::{BadProxy, Named, Proxies};
pub use connect::{Connect, ConnectError, HeadSeen};
pub use socks::{Method, SocksError, SocksStep, socks};

use crate::target::Host;

/// What a proxy is to connect to. `Display` is `host:port`, with brackets around
/// IPv6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub host: Host,
    pub port: u16,
}

impl Destination {
    pub fn new(host: Host, port: u16) -> Self {
        Destination { host, port }
    }

    /// An address instead of a name.
    pub fn at(address: IpAddr, port: u16) -> Self {
        let host = match address {
            IpAddr::V4(address) => Host::V4(address),
            IpAddr::V6(address) => Host::V6(address),
        };
        Destination::new(host, port)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};

    /// A stream without a network: answers that are there from the beginning.
    pub(super) struct Wire<'a> {
        answer: &'a [u8],
        sent: Vec<u8>,
    }

    impl<'a> Wire<'a> {
        pub(super) fn new(answer: &'a [u8]) -> Self {
            Wire {
                answer,
                sent: Vec::new(),
            }
        }

        /// What has not been read.
        pub(super) fn rest(&self) -> &[u8] {
            self.answer
        }

        pub(super) fn sent(&self) -> &[u8] {
            &self.sent
        }
    }

    impl Read for Wire<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.answer.read(into)
        }
    }

    impl Write for Wire<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.sent.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
