//! What can go wrong, by the stage at which it did, and the exit code of each.
//!
//! The stage is what tells causes apart reliably; what to do about it is
//! `hint`'s business. Texts from outside stand in these errors as they came:
//! they are escaped where they meet a terminal.

mod client;
mod proxy;
mod stage;
mod tried;

use std::fmt;
use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::http::{Body, HeadError, ResponseHead};
use crate::net::{
    BadAuthorities, IdentityProblem, ResolveError, TlsError, TlsProblem, Unreached, io_cause,
};
use crate::target::{Target, TargetError};
use crate::ws::{Fault, WrongAnswer};

pub use client::{ClientFailure, ClientProblem};
pub use proxy::{ProxyFailure, ProxyProblem};
pub use stage::{ProxyStage, Stage};
use tried::Tried;

/// The exit code of a program that has a defect: `EX_SOFTWARE` of sysexits.
pub const INTERNAL: u8 = 70;

/// Every exit code and what it means, as `--help` and the README print it.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (
        0,
        "done: the connection closed with 1000, 1001 or no code, or we closed it",
    ),
    (
        1,
        "an expectation was not met (check, --expect; --count, --until not reached)",
    ),
    (2, "wrong usage, or a transcript that cannot be understood"),
    (3, "the URL is malformed"),
    (5, "the proxy's name could not be resolved"),
    (6, "the host's name could not be resolved"),
    (7, "could not connect"),
    (8, "the reply is not a valid opening handshake"),
    (22, "the upgrade was refused: the HTTP status is not 101"),
    (23, "stdout or a file could not be written"),
    (26, "stdin or a file could not be read"),
    (28, "a time limit passed"),
    (35, "the TLS handshake failed"),
    (47, "too many redirects"),
    (52, "the server closed before it answered"),
    (
        55,
        "what was read could not be sent before the connection ended",
    ),
    (56, "the connection was lost without a close frame (1006)"),
    (58, "our certificate or its key cannot be used"),
    (60, "the server's certificate is not trusted"),
    (65, "stdin or a message file is not what its format says"),
    (
        69,
        "the server closed with an error code (not 1000, 1001 or none)",
    ),
    (
        INTERNAL,
        "a defect of wstalk itself (stderr says how to report it)",
    ),
    (76, "the server broke the WebSocket protocol"),
    (97, "the proxy refused or broke"),
    (129, "hung up (SIGHUP)"),
    (130, "interrupted (SIGINT)"),
    (143, "terminated (SIGTERM)"),
];

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

/// Why a reply is no opening handshake (RFC 6455 section 4.1).
#[derive(Debug, Error)]
pub enum BadReply {
    #[error("the server closed the connection before it answered")]
    Nothing,
    #[error("the reply is not a valid opening handshake: {0}")]
    Head(HeadError),
    #[error("the reply is not a valid opening handshake: {0}")]
    Wrong(WrongReply),
}

/// What is wrong with a reply that has the status 101.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WrongReply {
    #[error("the header \"Upgrade: websocket\" is missing")]
    NoUpgrade,
    #[error("the header \"Connection: Upgrade\" is missing")]
    NoConnection,
    #[error("the header Sec-WebSocket-Accept is missing")]
    NoAccept,
    #[error("Sec-WebSocket-Accept is \"{0}\", which does not answer our key")]
    Accept(String),
    #[error("it names the subprotocol \"{0}\", which was not offered")]
    Subprotocol(String),
    #[error(transparent)]
    Extension(#[from] WrongAnswer),
    #[error("the header {0} stands there more than once")]
    Repeated(&'static str),
}

/// An answer other than 101.
#[derive(Debug)]
pub struct Refusal {
    pub response: ResponseHead,
    pub body: Body,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The exit code of this failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Expectation { .. } => 1,
            Error::Usage { .. }
            | Error::Transcript { .. }
            | Error::Target(TargetError::Usage { .. }) => 2,
            Error::Target(TargetError::Malformed { .. }) => 3,
            Error::Resolve { .. } => 6,
            Error::Connect(_) | Error::Listen { .. } => 7,
            Error::Proxy(failure) => failure.exit_code(),
            Error::Handshake(BadReply::Nothing) => 52,
            Error::Handshake(_) | Error::Client(_) => 8,
            Error::Refused(_) => 22,
            Error::Io {
                action: Action::Write,
                ..
            } => 23,
            Error::Io {
                action: Action::Read,
                ..
            }
            | Error::Authorities { .. } => 26,
            Error::Redirects(_) => 47,
            Error::Redirected { error, .. } => error.exit_code(),
            Error::Timeout { .. } | Error::ConnectTimeout { .. } => 28,
            Error::Tls { error, .. } => match error.problem {
                TlsProblem::Untrusted(_) => 60,
                _ => 35,
            },
            Error::Unsent(_) => 55,
            Error::Lost(_) => 56,
            Error::Identity { .. } => 58,
            Error::Input { .. } => 65,
            Error::Closed { .. } => 69,
            Error::Protocol(_) => 76,
            Error::Stopped(signal) => signal.exit_code(),
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

    /// Which of several errors decides the exit code.
    pub fn first<'a>(errors: impl IntoIterator<Item = &'a Error>) -> Option<&'a Error> {
        errors.into_iter().min_by_key(|error| error.rank())
    }

    /// The lowest rank comes first.
    fn rank(&self) -> u8 {
        match self.exit_code() {
            129 | 130 | 143 => 0,
            2 => 1,
            65 => 2,
            23 | 26 => 3,
            55 => 5,
            1 => 6,
            _ => 4,
        }
    }
}

impl Signal {
    fn exit_code(self) -> u8 {
        match self {
            Signal::Hangup => 129,
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
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

impl Refusal {
    /// `403 Forbidden`, as the server put it.
    pub fn status_line(&self) -> String {
        let line = format!("{} {}", self.response.status, self.response.reason);
        line.trim_end().to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_is_in_the_table() {
        let listed: Vec<u8> = EXIT_CODES.iter().map(|(code, _)| *code).collect();
        let lost = Error::Lost("x".into());
        let full = Error::Io {
            action: Action::Write,
            medium: "stdout".into(),
            cause: io::Error::other("full"),
        };
        let closed = Error::Closed {
            code: 1011,
            reason: String::new(),
        };
        for error in [
            lost,
            full,
            closed,
            Error::Protocol(Fault::Masked),
            Error::Stopped(Signal::Hangup),
        ] {
            assert!(listed.contains(&error.exit_code()), "{error}");
        }
        assert!(listed.is_sorted());
    }

    #[test]
    fn of_several_errors_the_order_of_the_contract_decides() {
        let input = Error::Input {
            place: "line 1".into(),
            message: "x".into(),
            hint: String::new(),
        };
        let order = [
            Error::Stopped(Signal::Terminate),
            input,
            Error::Lost("x".into()),
            Error::Unsent(Undelivered {
                surely: 0,
                perhaps: 0,
                surely_not: 1,
                in_part: 0,
            }),
            Error::Expectation {
                message: "x".into(),
                hint: None,
            },
        ];
        assert!(order.iter().map(Error::rank).is_sorted());
    }
}
