//! What happens while a connection is opened, told as it happens.

use std::net::SocketAddr;
use std::time::Duration;

use super::Hop;
use crate::net::{Attempt, SocksStep, TlsFacts};

/// A step of an opening. It has no `Debug`, because heads have secrets in them.
pub enum Progress {
    /// A name has these addresses, in the order in which they are tried.
    Resolved {
        host: String,
        addresses: Vec<SocketAddr>,
        time: Duration,
    },
    Dial(Attempt),
    /// The way leads through this proxy: its URL without credentials, and the option
    /// or variable that names it.
    Proxy {
        url: String,
        from: &'static str,
    },
    /// This proxy is left aside, and why.
    PastProxy {
        url: String,
        by: &'static str,
    },
    /// TLS with the proxy stands.
    ProxySecured {
        facts: TlsFacts,
        time: Duration,
    },
    /// A step of the conversation with a SOCKS proxy.
    Socks(SocksStep),
    /// The proxy has connected us, so long after we were connected to it.
    Tunnel {
        destination: String,
        time: Duration,
    },
    /// TLS with the server stands.
    Secured {
        facts: TlsFacts,
        time: Duration,
    },
    /// The head of a request, to a server or a proxy, as it was sent.
    Sent(Vec<u8>),
    /// The head of an answer, as it came.
    Received(Vec<u8>),
    Redirected(Box<Hop>),
    Retrying(Retry),
}

/// Another try to open a connection, after one that failed.
#[derive(Clone, Debug)]
pub struct Retry {
    pub why: String,
    pub wait: Duration,
    /// From 1.
    pub number: u32,
    pub limit: u32,
}

/// How much a step matters to those who did not ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing.
    Detail,
    /// It is worth knowing.
    Notice,
    /// It must not go unsaid.
    Loss,
}

impl Progress {
    pub fn weight(&self) -> Weight {
        match self {
            Progress::Redirected(hop) if hop.loses_tls() => Weight::Loss,
            Progress::Retrying(_) => Weight::Notice,
            _ => Weight::Detail,
        }
    }
}

/// Who is told of the steps.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Progress);
