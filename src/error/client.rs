//! Why a client was not let in, as a server sees it.

use std::fmt;
use std::io;
use std::time::Duration;

use super::seconds;
use crate::http::HeadError;
use crate::net::{Address, TlsError, io_cause};

/// A client that was not let in, and why.
#[derive(Debug)]
pub struct ClientFailure {
    /// Where it came from.
    pub address: Address,
    pub problem: ClientProblem,
}

/// By stage.
#[derive(Debug)]
pub enum ClientProblem {
    Tls(TlsError),
    /// What came is no request.
    Head(HeadError),
    /// The request was answered with this status, because of what it says.
    Refused {
        status: u16,
        why: &'static str,
    },
    /// It was answered with this status on purpose, whatever it says.
    Wanted(u16),
    /// It took longer than that.
    TimedOut(Duration),
    /// The connection broke.
    Lost(io::Error),
}

impl fmt::Display for ClientFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the client at {} was not let in: ", self.address)?;
        self.problem.fmt(f)
    }
}

impl fmt::Display for ClientProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientProblem::Tls(error) => write!(f, "the TLS handshake failed: {error}"),
            ClientProblem::Head(error) => {
                write!(f, "the request is not a valid opening handshake: {error}")
            }
            ClientProblem::Refused { status, why } => write!(f, "HTTP {status}, {why}"),
            ClientProblem::Wanted(status) => write!(f, "HTTP {status}, as it was wanted"),
            ClientProblem::TimedOut(limit) => {
                write!(
                    f,
                    "its opening handshake took longer than {}",
                    seconds(*limit)
                )
            }
            ClientProblem::Lost(error) => f.write_str(&io_cause(error)),
        }
    }
}
