//! From a plan to an open connection: name, TCP, proxy, TLS, opening handshake.
//!
//! Blocking, under one deadline; it runs on its own short thread, so that the
//! engine never waits for it. Nothing is read beyond the handshake but what
//! came in the same segment, and that is handed on.

mod accept;
mod oddity;
mod progress;
mod reach;
mod redirect;
mod repeated;
mod reply;
mod request;
mod saved;
mod tunnel;
mod upgrade;

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

pub use accept::{Accept, Answer, accept};
pub use progress::{Progress, Retry, Weight};
pub use redirect::Hop;
pub use request::{HeaderEdit, MAX_REDIRECTS, Plan, RetryPolicy, UnfitHeader};

use crate::error::{Error, Redirects, Stage};
use crate::http::Header;
use crate::net::{Address, Deadline, Stream, TlsFacts};
use crate::secret;
use crate::ws::{Deflate, Role};
use progress::Tell;
use reach::{Reached, reach};
use repeated::Repeated;
use upgrade::upgrade;

/// An open connection.
#[derive(Debug)]
pub struct Opened {
    pub stream: Stream,
    /// Frames that came in the segment of the handshake.
    pub already_read: Vec<u8>,
    pub role: Role,
    pub handshake: Handshake,
}

/// What is worth telling of an opening handshake.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The URL without credentials.
    pub url: String,
    /// The other end of the socket: the server, or a proxy.
    pub address: Address,
    /// The proxy on the way, as a URL without credentials.
    pub proxy: Option<String>,
    /// What TLS with the server came to, if there is any.
    pub tls: Option<TlsFacts>,
    pub subprotocol: Option<String>,
    /// Those of the answer, or of the request if a client was let in: in order,
    /// as they came.
    pub headers: Vec<Header>,
    /// The request and the answer, whole.
    pub heads: Heads,
    /// How messages are compressed, if that was agreed on.
    pub deflate: Option<Deflate>,
    /// What the answer has that is legal and unusual, in words.
    pub oddities: Vec<String>,
    pub times: Times,
}

#[cfg(test)]
impl Handshake {
    /// Of a connection to this URL, with nothing agreed on.
    pub(crate) fn sample(url: &str) -> Self {
        Handshake {
            url: url.into(),
            address: Address::Unix("/socket".into()),
            proxy: None,
            tls: None,
            subprotocol: None,
            headers: Vec::new(),
            heads: Heads::default(),
            deflate: None,
            oddities: Vec::new(),
            times: Times::default(),
        }
    }
}

/// The heads of an opening handshake as they stood on the wire, each at most 64 KiB but
/// for what the user asked for. There are secrets in them, so that `Debug` shows none.
#[derive(Clone, Default)]
pub struct Heads {
    pub request: Vec<u8>,
    pub response: Vec<u8>,
}

impl fmt::Debug for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(secret::MASK)
    }
}

/// How long each phase took, of the try and the hop that opened the connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    pub resolve: Duration,
    pub connect: Duration,
    /// From a connection to the proxy to one through it.
    pub proxy: Duration,
    pub tls: Duration,
    pub upgrade: Duration,
}

impl Times {
    pub fn total(&self) -> Duration {
        self.resolve + self.connect + self.proxy + self.tls + self.upgrade
    }
}

/// Opens a connection; `tell` hears of each step. Tries again, and follows
/// redirects, as the plan says.
///
/// # Errors
/// By stage: `Resolve`, `Connect`, `Proxy`, `Tls`, `Handshake`, `Refused`, `Timeout`; within
/// `Redirected` when a redirect led to it.
pub fn open(plan: &Plan, tell: &mut dyn FnMut(Progress)) -> Result<Opened, Error> {
    let repeated = Repeated::of(plan);
    let opened = retry(plan, &mut |step| tell(repeated.step(step)));
    opened
        .map(|opened| repeated.opened(opened))
        .map_err(|error| repeated.error(error))
}

fn retry(plan: &Plan, tell: Tell<'_>) -> Result<Opened, Error> {
    let RetryPolicy { limit, pause } = plan.retry;
    for number in 1..=limit {
        match follow(plan, tell) {
            Err(error) if error.is_of_a_server_that_starts() => {
                tell(Progress::Retrying(Retry {
                    why: error.to_string(),
                    wait: pause,
                    number,
                    limit,
                }));
                thread::sleep(pause);
            }
            other => return other,
        }
    }
    follow(plan, tell)
}

/// Goes where redirects lead, under one deadline.
fn follow(plan: &Plan, tell: Tell<'_>) -> Result<Opened, Error> {
    let deadline = Deadline::after(plan.connect_timeout);
    let mut result = greet(plan, deadline, tell);
    let Some(limit) = plan.redirects else {
        return result;
    };
    let mut visited = vec![plan.target.clone()];
    let mut current = plan.clone();
    while let Err(Error::Refused(refusal)) = &result {
        let Some((hop, next)) = redirect::hop(&current, refusal) else {
            break;
        };
        let to = next.target.clone();
        if visited.contains(&to) {
            return Err(Error::Redirects(Redirects::Loop(to.into())));
        }
        if visited.len() > limit as usize {
            return Err(Error::Redirects(Redirects::TooMany {
                limit,
                to: to.into(),
            }));
        }
        tell(Progress::Redirected(hop.into()));
        visited.push(to);
        current = next;
        result = greet(&current, deadline, tell);
    }
    result.map_err(|error| match visited.len() {
        1 => error,
        _ => Error::Redirected {
            target: current.target.into(),
            error: Box::new(error),
        },
    })
}

/// Reaches a server and makes the opening handshake with it.
fn greet(plan: &Plan, deadline: Deadline, tell: Tell<'_>) -> Result<Opened, Error> {
    let Reached {
        mut stream,
        address,
        proxy,
        tls,
        mut times,
    } = reach(plan, deadline, tell)?;
    let began = Instant::now();
    let upgraded = upgrade(plan, &mut stream, deadline, tell)?;
    times.upgrade = began.elapsed();
    stream.socket_mut().set_patience(None);
    Ok(Opened {
        stream,
        already_read: upgraded.already_read,
        role: Role::Client,
        handshake: Handshake {
            url: plan.target.to_string(),
            address,
            proxy,
            tls,
            subprotocol: upgraded.agreed.subprotocol,
            headers: upgraded.headers,
            heads: upgraded.heads,
            deflate: upgraded.agreed.deflate,
            oddities: upgraded.oddities,
            times,
        },
    })
}

impl Plan {
    fn timeout(&self, stage: Stage) -> Error {
        Error::Timeout {
            stage,
            limit: self.connect_timeout,
        }
    }
}
