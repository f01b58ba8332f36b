//! What happens while a connection is opened, told as it happens.

use std::net::SocketAddr;
use std::time::Duration;

use super::Hop;
use crate::net::{Attempt, TlsFacts};

/// A step of an opening.
#[derive(Debug)]
pub enum Progress {
    /// A name has these addresses, in the order in which they are tried.
    Resolved {
        host: String,
        addresses: Vec<SocketAddr>,
        time: Duration,
    },
    Dial(Attempt),
    /// TLS with the server stands.
    Secured {
        facts: TlsFacts,
        time: Duration,
    },
    /// The head of a request, as it was sent.
    Sent(Vec<u8>),
    /// The head of an answer, as it came.
    Received(Vec<u8>),
    Redirected(Hop),
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

impl Progress {
    /// Whether the user is to hear of it without having asked for details.
    pub fn must_be_said(&self) -> bool {
        match self {
            Progress::Redirected(hop) => hop.loses_tls(),
            Progress::Retrying(_) => true,
            _ => false,
        }
    }
}

/// Who is told of the steps.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Progress);
