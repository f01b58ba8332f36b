//! The way to a server: name, TCP, TLS, as far as a stream to greet it on.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use super::progress::{Progress, Tell};
use super::{Plan, Times};
use crate::error::{Error, Stage};
use crate::net::{
    Address, Connector, Deadline, ResolveError, Stream, TlsError, TlsFacts, TlsProblem, dial,
    resolve,
};
use crate::target::{Host, Scheme};

/// A stream to the server.
pub(super) struct Reached {
    pub(super) stream: Stream,
    pub(super) address: Address,
    pub(super) tls: Option<TlsFacts>,
    /// All but that of the upgrade.
    pub(super) times: Times,
}

/// Goes the way that the plan says.
pub(super) fn reach(plan: &Plan, deadline: Deadline, tell: Tell<'_>) -> Result<Reached, Error> {
    let mut clock = Clock(Instant::now());
    let mut times = Times::default();
    let target = &plan.target;
    // Reading the trust store takes longer than TCP: it runs beside it.
    let connector = match target.scheme() {
        Scheme::Wss => Some(Connector::prepare(plan.tls.clone())),
        Scheme::Ws => None,
    };
    let addresses = resolve(target.host(), target.port(), deadline)
        .map_err(|error| resolve_error(error, plan))?;
    times.resolve = clock.lap();
    if let Host::Name(name) = target.host() {
        tell(Progress::Resolved {
            host: name.clone(),
            addresses: addresses.clone(),
            time: times.resolve,
        });
    }
    let (socket, address) = dial(&addresses, deadline, &mut |attempt| {
        tell(Progress::Dial(attempt));
    })
    .map_err(|error| match error.cause.kind() {
        ErrorKind::TimedOut => plan.timeout(Stage::Connect),
        _ => Error::Connect {
            address: error.address,
            cause: error.cause,
        },
    })?;
    times.connect = clock.lap();
    let below = Stream::Plain(socket);
    let Some(connector) = connector else {
        return Ok(Reached {
            stream: below,
            address,
            tls: None,
            times,
        });
    };
    let (stream, facts) = secure(plan, connector, below)?;
    times.tls = clock.lap();
    tell(Progress::Secured {
        facts: facts.clone(),
        time: times.tls,
    });
    Ok(Reached {
        stream,
        address,
        tls: Some(facts),
        times,
    })
}

/// The time since it was last asked.
struct Clock(Instant);

impl Clock {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now - std::mem::replace(&mut self.0, now)
    }
}

fn resolve_error(error: ResolveError, plan: &Plan) -> Error {
    match error {
        ResolveError::TimedOut => plan.timeout(Stage::Resolve),
        ResolveError::Failed(cause) => Error::Resolve {
            host: plan.target.host().to_string(),
            cause,
        },
    }
}

fn secure(plan: &Plan, connector: Connector, below: Stream) -> Result<(Stream, TlsFacts), Error> {
    let host = plan.target.host().unbracketed();
    connector
        .connect(&host, below)
        .map_err(|error| tls_error(error, plan))
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
