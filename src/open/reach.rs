//! The way to a server: name, TCP or a Unix socket, a proxy, TLS, as far as a stream
//! to greet it on.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::progress::{Progress, Tell};
use super::{Plan, Times};
use crate::error::{Error, Stage};
use crate::net::{
    Address, Connector, Deadline, DialError, ResolveError, Stream, TlsError, TlsFacts, TlsProblem,
    Unreached, Way, dial, dial_unix, resolve,
};
use crate::target::{Host, Scheme};

/// A stream to the server.
pub(super) struct Reached {
    pub(super) stream: Stream,
    pub(super) address: Address,
    /// The proxy on the way, as a URL without credentials.
    pub(super) proxy: Option<String>,
    pub(super) tls: Option<TlsFacts>,
    /// All but that of the upgrade.
    pub(super) times: Times,
}

/// Goes the way that the plan says.
pub(super) fn reach(plan: &Plan, deadline: Deadline, tell: Tell<'_>) -> Result<Reached, Error> {
    let way = plan.road.way(&plan.target)?;
    // Reading the trust store takes longer than TCP: it runs beside it.
    let connector = match plan.target.scheme() {
        Scheme::Wss => Some(Connector::prepare(plan.tls.clone())),
        Scheme::Ws => None,
    };
    let mut journey = Journey {
        plan,
        deadline,
        tell,
        clock: Clock(Instant::now()),
        times: Times::default(),
    };
    let mut proxy_url = None;
    let (stream, address) = match way {
        Way::Direct { past } => {
            if let Some((proxy, by)) = past {
                let url = proxy.to_string();
                (journey.tell)(Progress::PastProxy { url, by });
            }
            journey.directly()?
        }
        Way::Unix(path) => journey.by_socket(path)?,
        Way::Proxy { proxy, from } => {
            proxy_url = Some(proxy.to_string());
            journey.through(proxy, from)?
        }
    };
    let (stream, tls) = journey.secure(connector, stream)?;
    Ok(Reached {
        stream,
        address,
        proxy: proxy_url,
        tls,
        times: journey.times,
    })
}

/// A way that is being gone.
pub(super) struct Journey<'a> {
    pub(super) plan: &'a Plan,
    pub(super) deadline: Deadline,
    pub(super) tell: Tell<'a>,
    pub(super) clock: Clock,
    pub(super) times: Times,
}

/// The time since it was last asked.
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}

impl Journey<'_> {
    fn directly(&mut self) -> Result<(Stream, Address), Error> {
        let addresses = self.server_addresses()?;
        self.dial(&addresses)
            .map_err(|error| self.unreachable(error))
    }

    fn by_socket(&mut self, path: &Path) -> Result<(Stream, Address), Error> {
        let tell = &mut self.tell;
        let dialed = dial_unix(path, self.deadline, &mut |attempt| {
            tell(Progress::Dial(attempt));
        });
        self.times.connect = self.clock.lap();
        match dialed {
            Ok((socket, address)) => Ok((Stream::Plain(socket), address)),
            Err(error) => Err(self.unreachable(error)),
        }
    }

    /// The addresses of the server itself.
    pub(super) fn server_addresses(&mut self) -> Result<Vec<SocketAddr>, Error> {
        let target = &self.plan.target;
        self.resolve(target.host(), target.port())
            .map_err(|error| match error {
                ResolveError::TimedOut => self.plan.timeout(Stage::Resolve),
                cause => Error::Resolve {
                    host: target.host().to_string(),
                    cause,
                },
            })
    }

    pub(super) fn resolve(
        &mut self,
        host: &Host,
        port: u16,
    ) -> Result<Vec<SocketAddr>, ResolveError> {
        let addresses = resolve(host, port, &self.plan.road, self.deadline)?;
        let time = self.clock.lap();
        self.times.resolve += time;
        if let Host::Name(name) = host {
            (self.tell)(Progress::Resolved {
                host: name.clone(),
                addresses: addresses.clone(),
                time,
            });
        }
        Ok(addresses)
    }

    pub(super) fn dial(
        &mut self,
        addresses: &[SocketAddr],
    ) -> Result<(Stream, Address), DialError> {
        let tell = &mut self.tell;
        let (socket, address) = dial(addresses, self.deadline, &mut |attempt| {
            tell(Progress::Dial(attempt));
        })?;
        self.times.connect = self.clock.lap();
        Ok((Stream::Plain(socket), address))
    }

    fn unreachable(&self, error: DialError) -> Error {
        match error {
            DialError::TimedOut(failed) => self.took_too_long(Stage::Connect, failed),
            DialError::Failed(tried) => Error::Connect(tried),
        }
    }

    /// Connecting, after attempts that `failed`.
    pub(super) fn took_too_long(&self, stage: Stage, failed: Vec<Unreached>) -> Error {
        match failed.is_empty() {
            true => self.plan.timeout(stage),
            false => Error::ConnectTimeout {
                stage,
                limit: self.plan.connect_timeout,
                failed,
            },
        }
    }

    fn secure(
        &mut self,
        connector: Option<Connector>,
        below: Stream,
    ) -> Result<(Stream, Option<TlsFacts>), Error> {
        let Some(connector) = connector else {
            return Ok((below, None));
        };
        let host = self.plan.target.host().certified();
        let (stream, facts) = connector
            .connect(&host, below)
            .map_err(|error| tls_error(error, self.plan))?;
        self.times.tls = self.clock.lap();
        (self.tell)(Progress::Secured {
            facts: facts.clone(),
            time: self.times.tls,
        });
        Ok((stream, Some(facts)))
    }
}

fn tls_error(error: TlsError, plan: &Plan) -> Error {
    match error.problem {
        TlsProblem::TimedOut => plan.timeout(Stage::Tls),
        _ => Error::Tls {
            host: plan.target.authority(),
            error,
        },
    }
}
