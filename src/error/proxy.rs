//! What can go wrong at a proxy, on the way to a server.

use std::fmt;

use super::{Error, Refusal, Tried};
use crate::http::HeadError;
use crate::net::{
    BadProxy, ConnectError, ResolveError, SocksError, TlsError, TlsProblem, Unreached,
};

/// A proxy, and what became of the way through it.
#[derive(Debug)]
pub struct ProxyFailure {
    /// Its URL without credentials.
    pub proxy: String,
    /// The option or variable that names it.
    pub from: &'static str,
    /// What it was asked for, as `host:port`.
    pub destination: String,
    pub problem: ProxyProblem,
}

/// By stage, as for a server.
#[derive(Debug)]
pub enum ProxyProblem {
    Unresolved(ResolveError),
    Unreachable(Vec<Unreached>),
    Tls(TlsError),
    /// An answer other than 2xx to `CONNECT`.
    Refused(Box<Refusal>),
    Connect(ConnectError),
    Socks(SocksError),
}

impl ProxyFailure {
    pub(super) fn exit_code(&self) -> u8 {
        match &self.problem {
            ProxyProblem::Unresolved(_) => 5,
            ProxyProblem::Unreachable(_) => 7,
            ProxyProblem::Tls(error) => match error.problem {
                TlsProblem::Untrusted(_) => 60,
                _ => 35,
            },
            ProxyProblem::Refused(_) | ProxyProblem::Connect(_) | ProxyProblem::Socks(_) => 97,
        }
    }
}

impl ProxyFailure {
    /// Whether the proxy, or the server behind it, may only be starting.
    pub(super) fn is_of_a_server_that_starts(&self) -> bool {
        match &self.problem {
            ProxyProblem::Unresolved(_) | ProxyProblem::Unreachable(_) => true,
            ProxyProblem::Refused(refusal) => matches!(refusal.response.status, 502..=504),
            ProxyProblem::Connect(ConnectError::Head(error)) => matches!(error, HeadError::Nothing),
            // General failure, network or host unreachable, connection refused.
            ProxyProblem::Socks(SocksError::Refused(code)) => matches!(code, 1 | 3..=5),
            ProxyProblem::Socks(error) => matches!(error, SocksError::Nothing),
            ProxyProblem::Tls(error) => error.problem == TlsProblem::Ended,
            ProxyProblem::Connect(_) => false,
        }
    }

    /// Whether the proxy would say the same again: it wants other credentials, or
    /// does not allow it.
    pub fn is_final(&self) -> bool {
        match &self.problem {
            ProxyProblem::Refused(refusal) => refusal.response.status < 500,
            ProxyProblem::Socks(error) => matches!(
                error,
                SocksError::NoMethod(_) | SocksError::WrongPassword | SocksError::Refused(2)
            ),
            _ => false,
        }
    }
}

impl fmt::Display for ProxyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (proxy, destination) = (&self.proxy, &self.destination);
        match &self.problem {
            ProxyProblem::Unresolved(cause) => {
                write!(f, "cannot resolve the proxy {proxy}: {cause}")
            }
            ProxyProblem::Unreachable(tried) => {
                write!(f, "cannot connect to the proxy {}", Tried(tried))
            }
            ProxyProblem::Tls(error) => {
                write!(
                    f,
                    "the TLS handshake with the proxy {proxy} failed: {error}"
                )
            }
            ProxyProblem::Refused(refusal) => write!(
                f,
                "the proxy {proxy} refused the tunnel to {destination}: HTTP {}",
                refusal.status_line()
            ),
            ProxyProblem::Connect(error) => {
                write!(
                    f,
                    "the proxy {proxy} opened no tunnel to {destination}: {error}"
                )
            }
            ProxyProblem::Socks(error) => {
                write!(
                    f,
                    "the proxy {proxy} made no connection to {destination}: {error}"
                )
            }
        }
    }
}

/// What shows only when a server is chosen is wrong usage all the same.
impl From<BadProxy> for Error {
    fn from(bad: BadProxy) -> Self {
        Error::Usage {
            message: bad.to_string(),
            hint: bad.error.hint().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, Incoming};
    use crate::net::Method;

    fn failure(problem: ProxyProblem) -> ProxyFailure {
        ProxyFailure {
            proxy: "http://p:1".into(),
            from: "--proxy",
            destination: "h:80".into(),
            problem,
        }
    }

    fn refused(status: u16) -> ProxyProblem {
        let head = format!("HTTP/1.1 {status} X\r\n\r\n");
        let response = Incoming::new(&mut head.as_bytes()).response().unwrap();
        let body = Body::default();
        ProxyProblem::Refused(Box::new(Refusal { response, body }))
    }

    /// Whether a server may be starting, and whether the proxy stands by its word.
    #[test]
    fn a_proxy_that_says_no_is_told_from_a_server_that_is_not_there_yet() {
        use ProxyProblem::{Connect, Socks, Unreachable, Unresolved};
        let unknown = ResolveError::Failed("x".into());
        for (problem, starting, is_final) in [
            (Unresolved(unknown), true, false),
            (Unreachable(Vec::new()), true, false),
            (refused(403), false, true),
            (refused(407), false, true),
            (refused(500), false, false),
            (refused(503), true, false),
            (Connect(ConnectError::Head(HeadError::Nothing)), true, false),
            (
                Connect(ConnectError::Head(HeadError::Interim)),
                false,
                false,
            ),
            (
                Socks(SocksError::NoMethod(vec![Method::Nothing])),
                false,
                true,
            ),
            (Socks(SocksError::WrongPassword), false, true),
            (Socks(SocksError::Refused(2)), false, true),
            (Socks(SocksError::Refused(5)), true, false),
            (Socks(SocksError::Refused(7)), false, false),
            (Socks(SocksError::Nothing), true, false),
            (Socks(SocksError::Cut), false, false),
        ] {
            let failure = failure(problem);
            let seen = (failure.is_of_a_server_that_starts(), failure.is_final());
            assert_eq!(seen, (starting, is_final), "{failure}");
        }
    }
}
