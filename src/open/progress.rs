//! What happens while a connection is opened, told as it happens.

use std::net::SocketAddr;
use std::time::Duration;

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
}

/// Who is told of the steps.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Progress);
