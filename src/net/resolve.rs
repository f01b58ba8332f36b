//! Names to addresses.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;

use thiserror::Error;

use super::cause::{io_cause, lower};
use super::road::interleaved;
use super::{Deadline, Family, Road};
use crate::target::Host;

/// Why a host has no addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolveError {
    #[error("{0}")]
    Failed(String),
    /// None of the family that was asked for, but others.
    #[error("the name has no {0} address")]
    NoneOf(Family),
    /// It is an address itself, of the other family.
    #[error("this is no {0} address")]
    IsNot(Family),
    #[error("the time limit passed")]
    TimedOut,
}

/// The addresses of `host`, in the order in which to try them.
///
/// The system's resolver has no time limit of its own, so it runs in a thread
/// which is left behind when the deadline passes.
///
/// # Errors
/// When there are none of the family that the road asks for.
pub fn resolve(
    host: &Host,
    port: u16,
    road: &Road,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let given = road.overrides.find(host, port).map(<[IpAddr]>::to_vec);
    let given = given.or(host.address().map(|address| vec![address]));
    let addresses = match (given, host) {
        (Some(given), _) => given
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect(),
        (None, host) => look_up_within(host.unbracketed(), port, deadline)?,
    };
    if addresses.is_empty() {
        return Err(ResolveError::Failed("the name has no addresses".into()));
    }
    let family = road.family;
    let mut wanted = addresses;
    wanted.retain(|address| family.has(address.ip()));
    match (wanted.is_empty(), host) {
        (false, _) => Ok(interleaved(&wanted)),
        (true, Host::Name(_)) => Err(ResolveError::NoneOf(family)),
        (true, Host::V4(_) | Host::V6(_)) => Err(ResolveError::IsNot(family)),
    }
}

fn look_up_within(
    name: String,
    port: u16,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let left = deadline.remaining().map_err(|_| ResolveError::TimedOut)?;
    let (answer, answered) = mpsc::sync_channel(1);
    let run = move || {
        // Nobody listens any more when the deadline has passed.
        let _ = answer.send(look_up(&name, port));
    };
    if let Err(error) = thread::Builder::new().spawn(run) {
        let why = format!("no thread can be started for it: {}", io_cause(&error));
        return Err(ResolveError::Failed(why));
    }
    match answered.recv_timeout(left) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(ResolveError::Failed(cause(&error))),
        Err(_) => Err(ResolveError::TimedOut),
    }
}

fn look_up(name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    (name, port).to_socket_addrs().map(Iterator::collect)
}

/// The resolver's words, without the part that says what was tried.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text
        .strip_prefix("failed to lookup address information: ")
        .unwrap_or(&text);
    lower(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn found(road: &Road, host: &str) -> Result<Vec<String>, String> {
        // What needs no looking up is there when no time is left.
        let soon = Deadline::after(Duration::ZERO);
        let found = resolve(&Host::parse(host).unwrap(), 80, road, soon);
        let texts = |found: Vec<SocketAddr>| found.iter().map(ToString::to_string).collect();
        found.map(texts).map_err(|error| error.to_string())
    }

    fn of(family: Family) -> Road {
        Road {
            family,
            ..Road::default()
        }
    }

    #[test]
    fn literal_addresses_need_no_resolver() {
        let any = of(Family::Any);
        assert_eq!(found(&any, "127.0.0.1"), Ok(vec!["127.0.0.1:80".into()]));
        assert_eq!(found(&any, "::1"), Ok(vec!["[::1]:80".into()]));
    }

    #[test]
    fn a_literal_address_of_the_other_family_is_an_error() {
        let error = Err("this is no IPv4 address".to_owned());
        assert_eq!(found(&of(Family::V4), "::1"), error);
        let error = Err("this is no IPv6 address".to_owned());
        assert_eq!(found(&of(Family::V6), "127.0.0.1"), error);
        assert!(found(&of(Family::V6), "::1").is_ok());
    }

    #[test]
    fn given_addresses_are_not_looked_up_and_narrowed_to_the_family() {
        let mut road = of(Family::Any);
        road.overrides.add("h:80:::1,::2,127.0.0.1").unwrap();
        let all = ["[::1]:80", "127.0.0.1:80", "[::2]:80"].map(String::from);
        assert_eq!(found(&road, "h"), Ok(all.to_vec()));
        road.family = Family::V4;
        assert_eq!(found(&road, "h"), Ok(vec!["127.0.0.1:80".into()]));
        road.overrides.add("h:80:::1").unwrap();
        let error = Err("the name has no IPv4 address".to_owned());
        assert_eq!(found(&road, "h"), error);
    }

    #[test]
    fn localhost_resolves_to_loopback() {
        let soon = Deadline::after(Duration::from_secs(10));
        let host = Host::Name("localhost".into());
        let found = resolve(&host, 1234, &Road::default(), soon).unwrap();
        let loopback = |a: &SocketAddr| a.ip().is_loopback() && a.port() == 1234;
        assert!(found.iter().all(loopback));
    }

    #[test]
    fn a_passed_deadline_is_a_time_out() {
        let passed = Deadline::after(Duration::ZERO);
        let host = Host::Name("localhost".into());
        let error = resolve(&host, 1, &Road::default(), passed).unwrap_err();
        assert_eq!(error, ResolveError::TimedOut);
    }
}
