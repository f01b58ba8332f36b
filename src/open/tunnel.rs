//! Through a proxy to a server: the proxy's name, TCP, perhaps TLS to it, and a
//! connection that it makes for us.

use super::progress::Progress;
use super::reach::Journey;
use super::upgrade::refusal;
use crate::error::{Error, ProxyFailure, ProxyProblem, ProxyStage, Stage};
use crate::http::HeadError;
use crate::io_error::is_time_out;
use crate::net::{
    Address, Connect, ConnectError, Connector, Destination, DialError, HeadSeen, ResolveError,
    SocksError, Stream, TlsError, TlsProblem, Unreached, socks,
};
use crate::target::{Proxy, ProxyKind};

/// A proxy, and what it is to connect to.
struct Errand<'a> {
    proxy: &'a Proxy,
    /// The option or variable that names it.
    from: &'static str,
    destination: Destination,
}

/// Why an errand failed.
enum Failed {
    TimedOut(ProxyStage),
    /// Connecting took too long, after attempts that failed.
    NoConnection(Vec<Unreached>),
    Problem(ProxyProblem),
}

impl Journey<'_> {
    /// A stream to the server through a proxy, which `from` names.
    ///
    /// # Errors
    /// `Proxy`, and `Timeout` for each of its stages; `Resolve` when the server's
    /// name is looked up here.
    pub(super) fn through(
        &mut self,
        proxy: &Proxy,
        from: &'static str,
    ) -> Result<(Stream, Address), Error> {
        (self.tell)(Progress::Proxy {
            url: proxy.to_string(),
            from,
        });
        let errand = Errand {
            proxy,
            from,
            destination: self.destination(proxy)?,
        };
        self.run(&errand).map_err(|failed| match failed {
            Failed::TimedOut(stage) => self.plan.timeout(Stage::Proxy(stage)),
            Failed::NoConnection(failed) => {
                self.took_too_long(Stage::Proxy(ProxyStage::Connect), failed)
            }
            Failed::Problem(problem) => Error::Proxy(Box::new(errand.failed(problem))),
        })
    }

    /// What the proxy is asked for.
    fn destination(&mut self, proxy: &Proxy) -> Result<Destination, Error> {
        if proxy.kind() != ProxyKind::Socks5 {
            return Ok(self.plan.road.destination(&self.plan.target));
        }
        let port = self.plan.target.port();
        let addresses = self.server_addresses()?;
        let first = addresses.first().map(|address| address.ip());
        Ok(first.map_or_else(
            || self.plan.road.destination(&self.plan.target),
            |address| Destination::at(address, port),
        ))
    }

    fn run(&mut self, errand: &Errand<'_>) -> Result<(Stream, Address), Failed> {
        let proxy = errand.proxy;
        let connector = (proxy.kind() == ProxyKind::Https)
            .then(|| Connector::prepare(self.plan.tls.for_proxy()));
        let addresses = self.resolve(proxy.host(), proxy.port())?;
        let (stream, address) = self.dial(&addresses)?;
        let mut stream = match connector {
            Some(connector) => self.secure_with(proxy, connector, stream)?,
            None => stream,
        };
        match proxy.kind() {
            ProxyKind::Http | ProxyKind::Https => self.connect(errand, &mut stream)?,
            ProxyKind::Socks5 | ProxyKind::Socks5h => self.socks(errand, &mut stream)?,
        }
        self.times.proxy += self.clock.lap();
        (self.tell)(Progress::Tunnel {
            destination: errand.destination.to_string(),
            time: self.times.proxy,
        });
        Ok((stream, address))
    }

    fn secure_with(
        &mut self,
        proxy: &Proxy,
        connector: Connector,
        below: Stream,
    ) -> Result<Stream, Failed> {
        let (stream, facts) = connector.connect(&proxy.host().certified(), below)?;
        let time = self.clock.lap();
        self.times.proxy += time;
        (self.tell)(Progress::ProxySecured { facts, time });
        Ok(stream)
    }

    fn connect(&mut self, errand: &Errand<'_>, stream: &mut Stream) -> Result<(), Failed> {
        let connect = Connect {
            destination: &errand.destination,
            user_agent: &self.plan.user_agent,
            userinfo: errand.proxy.userinfo(),
        };
        let tell = &mut self.tell;
        let opened = connect.open(stream, &mut |head| {
            tell(match head {
                HeadSeen::Sent(head) => Progress::Sent(head.to_vec()),
                HeadSeen::Received(head) => Progress::Received(head.to_vec()),
            });
        });
        opened.map_err(|error| match error {
            ConnectError::Refused(response) => {
                let refusal = refusal(*response, Vec::new(), stream, self.deadline);
                Failed::Problem(ProxyProblem::Refused(Box::new(refusal)))
            }
            ConnectError::Head(HeadError::Io(error)) if is_time_out(&error) => {
                Failed::TimedOut(ProxyStage::Answer)
            }
            // A certificate of ours that the proxy misses shows no earlier.
            ConnectError::Head(HeadError::Io(error)) if matches!(stream, Stream::Tls(_)) => {
                let settings = self.plan.tls.for_proxy();
                TlsError::after_handshake(&error, &settings).into()
            }
            error => Failed::Problem(ProxyProblem::Connect(error)),
        })
    }

    fn socks(&mut self, errand: &Errand<'_>, stream: &mut Stream) -> Result<(), Failed> {
        let tell = &mut self.tell;
        let userinfo = errand.proxy.userinfo();
        let made = socks(stream, &errand.destination, userinfo, &mut |step| {
            tell(Progress::Socks(step));
        });
        made.map_err(|error| match error {
            SocksError::Io(error) if is_time_out(&error) => Failed::TimedOut(ProxyStage::Answer),
            error => Failed::Problem(ProxyProblem::Socks(error)),
        })
    }
}

impl Errand<'_> {
    fn failed(&self, problem: ProxyProblem) -> ProxyFailure {
        ProxyFailure {
            proxy: self.proxy.to_string(),
            from: self.from,
            destination: self.destination.to_string(),
            problem,
        }
    }
}

impl From<ResolveError> for Failed {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::TimedOut => Failed::TimedOut(ProxyStage::Resolve),
            error => Failed::Problem(ProxyProblem::Unresolved(error)),
        }
    }
}

impl From<DialError> for Failed {
    fn from(error: DialError) -> Self {
        match error {
            DialError::TimedOut(failed) => Failed::NoConnection(failed),
            DialError::Failed(tried) => Failed::Problem(ProxyProblem::Unreachable(tried)),
        }
    }
}

impl From<TlsError> for Failed {
    fn from(error: TlsError) -> Self {
        match error.problem {
            TlsProblem::TimedOut => Failed::TimedOut(ProxyStage::Tls),
            _ => Failed::Problem(ProxyProblem::Tls(error)),
        }
    }
}
