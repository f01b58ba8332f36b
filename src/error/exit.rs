//! The exit code of each failure, and which failure of several decides it.

use super::{Action, BadReply, Error, Signal};
use crate::net::TlsProblem;
use crate::target::TargetError;

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

impl Error {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Undelivered;
    use crate::ws::Fault;
    use std::io;

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
