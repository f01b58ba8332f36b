//! What can go wrong, by the stage at which it did.
//!
//! The stage is what tells causes apart reliably; what to do about it is
//! `hint`'s business. Texts from outside stand in these errors as they came:
//! they are escaped where they meet a terminal.

mod client;
mod exit;
mod proxy;
mod reply;
mod stage;
mod tried;

use std::fmt;
use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::net::{
    BadAuthorities, IdentityProblem, ResolveError, TlsError, TlsProblem, Unreached, io_cause,
};
use crate::target::{Target, TargetError};
use crate::ws::Fault;

pub use client::{ClientFailure, ClientProblem};
pub use exit::{EXIT_CODES, INTERNAL};
pub use proxy::{ProxyFailure, ProxyProblem};
pub use reply::{BadReply, Refusal, WrongReply};
pub use stage::{ProxyStage, Stage};
use tried::Tried;

/// Why a run did not end well.
#[derive(Debug, Error)]
pub enum Error {
    #[error("{message}")]
    Usage { message: String, hint: String },
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("cannot resolve {host}: {cause}")]
    Resolve { host: String, cause: ResolveError },
    #[error("cannot connect to {}", Tried(.0))]
    Connect(Vec<Unreached>),
    #[error("{0}")]
    Proxy(Box<ProxyFailure>),
    /// A client that a server of ours did not let in.
    #[error("{0}")]
    Client(Box<ClientFailure>),
    #[error("cannot listen on {address}: {}", io_cause(.cause))]
    Listen { address: String, cause: io::Error },
    /// A file of `--cacert`.
    #[error("cannot read {file}: {problem}")]
    Authorities {
        file: String,
        problem: BadAuthorities,
    },
    /// A file of `--cert` or `--key`.
    #[error("cannot use {file}: {problem}")]
    Identity {
        file: String,
        problem: IdentityProblem,
    },
    #[error("the TLS handshake with {host} failed: {error}")]
    Tls { host: String, error: TlsError },
    #[error("{0}")]
    Handshake(BadReply),
    #[error("the upgrade was refused: HTTP {}", .0.status_line())]
    Refused(Box<Refusal>),
    #[error("{0}")]
    Redirects(Redirects),
    /// What went wrong at a server that a redirect led to.
    #[error("{error}; a redirect led to {target}")]
    Redirected {
        target: Box<Target>,
        error: Box<Error>,
    },
    #[error("{stage} took longer than {}", seconds(*.limit))]
    Timeout { stage: Stage, limit: Duration },
    /// The same for connecting, of which some attempts had failed by then.
    #[error("{stage} took longer than {}; no connection to {}", seconds(*.limit), Tried(.failed))]
    ConnectTimeout {
        stage: Stage,
        limit: Duration,
        failed: Vec<Unreached>,
    },
    #[error("the server broke the protocol: {0}")]
    Protocol(Fault),
    #[error("the server closed the connection with {code}{}", quoted(.reason))]
    Closed { code: u16, reason: String },
    #[error("the connection was lost: {0}")]
    Lost(String),
    #[error("{0}")]
    Unsent(Undelivered),
    #[error("cannot {} {medium}: {}", .action, io_cause(.cause))]
    Io {
        action: Action,
        medium: String,
        cause: io::Error,
    },
    #[error("{place}: {message}")]
    Input {
        place: String,
        message: String,
        hint: String,
    },
    /// A transcript that cannot be understood.
    #[error("{place}: {message}")]
    Transcript {
        place: String,
        message: String,
        /// The line itself.
        line: String,
        hint: String,
    },
    #[error("{message}")]
    Expectation {
        message: String,
        hint: Option<&'static str>,
    },
    #[error("{0}")]
    Stopped(Signal),
}

/// Why redirects are not followed any further.
#[derive(Debug, Error)]
pub enum Redirects {
    #[error("more than {limit} redirects; the next one leads to {to}")]
    TooMany { limit: u32, to: Box<Target> },
    #[error("the redirects lead round in a loop, to {0} again")]
    Loop(Box<Target>),
}

/// What was to be done with a file or stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Read,
    Write,
}

/// Messages that were read and did not all reach the other end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undelivered {
    /// The other end has read them: it answered a later ping.
    pub surely: u64,
    /// Handed to the network whole; nothing more is known.
    pub perhaps: u64,
    /// Not handed to the network, or not to their end.
    pub surely_not: u64,
    /// Of the latter, how many were sent in part.
    pub in_part: u64,
}

/// The signals that end a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Hangup,
    Interrupt,
    Terminate,
}

impl Error {
    /// What the system does not do for us.
    pub fn of_system(cause: io::Error) -> Self {
        Error::Io {
            action: Action::Read,
            medium: "from the system".into(),
            cause,
        }
    }

    /// A word for the stage at which it failed, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Usage { .. } | Error::Transcript { .. } => "usage",
            Error::Target(_) => "url",
            Error::Resolve { .. } => "resolve",
            Error::Connect(_) => "connect",
            Error::Proxy(_) => "proxy",
            Error::Listen { .. } => "listen",
            Error::Tls { .. } => "tls",
            Error::Identity { .. } => "certificate",
            Error::Handshake(_) | Error::Client(_) => "handshake",
            Error::Refused(_) => "refused",
            Error::Redirects(_) => "redirects",
            Error::Redirected { error, .. } => error.kind(),
            Error::Timeout { .. } | Error::ConnectTimeout { .. } => "timeout",
            Error::Protocol(_) => "protocol",
            Error::Closed { .. } => "closed",
            Error::Lost(_) => "lost",
            Error::Unsent(_) => "unsent",
            Error::Io { .. } | Error::Authorities { .. } => "io",
            Error::Input { .. } => "input",
            Error::Expectation { .. } => "expectation",
            Error::Stopped(_) => "stopped",
        }
    }

    /// What went wrong, wherever redirects had led.
    pub fn bare(&self) -> &Error {
        match self {
            Error::Redirected { error, .. } => error.bare(),
            error => error,
        }
    }

    /// Whether it is what a server looks like that is still starting: no name, a
    /// closed port, a connection that ends before an answer, no answer in time, or a
    /// gateway before it that answers 502, 503 or 504.
    pub fn is_of_a_server_that_starts(&self) -> bool {
        match self.bare() {
            Error::Resolve { cause, .. } => !matches!(cause, ResolveError::IsNot(_)),
            Error::Connect(tried) => tried.iter().any(Unreached::may_be_reached_later),
            Error::Timeout { .. }
            | Error::ConnectTimeout { .. }
            | Error::Handshake(BadReply::Nothing) => true,
            Error::Proxy(failure) => failure.is_of_a_server_that_starts(),
            Error::Refused(refusal) => matches!(refusal.response.status, 502..=504),
            Error::Tls { error, .. } => error.problem == TlsProblem::Ended,
            _ => false,
        }
    }

    /// Whether a client was turned away because that was wanted
    /// (`open::Answer::Refuse`): nothing failed.
    pub fn is_wanted_refusal(&self) -> bool {
        let problem = match self {
            Error::Client(failure) => Some(&failure.problem),
            _ => None,
        };
        matches!(problem, Some(ClientProblem::Wanted(_)))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signal::Hangup => "hung up",
            Signal::Interrupt => "interrupted",
            Signal::Terminate => "terminated",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::Read => "read",
            Action::Write => "write",
        })
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not everything that was read could be sent: {} surely sent, {} perhaps, {} surely not",
            messages(self.surely),
            self.perhaps,
            self.surely_not,
        )?;
        match self.in_part {
            0 => Ok(()),
            in_part => write!(f, " ({in_part} of them in part)"),
        }
    }
}

impl Undelivered {
    /// Those of two connections.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Undelivered {
            surely: self.surely + other.surely,
            perhaps: self.perhaps + other.perhaps,
            surely_not: self.surely_not + other.surely_not,
            in_part: self.in_part + other.in_part,
        }
    }
}

fn messages(count: u64) -> String {
    match count {
        1 => "1 message".into(),
        count => format!("{count} messages"),
    }
}

fn quoted(reason: &str) -> String {
    match reason {
        "" => String::new(),
        reason => format!(" \"{reason}\""),
    }
}

fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}
