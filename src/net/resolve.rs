//! Names to addresses.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;

use thiserror::Error;

use super::Deadline;
use super::cause::lower;
use crate::target::Host;

/// Why a host has no addresses.
#[derive(Debug, Error)]
pub enum ResolveError {
    #[error("{0}")]
    Failed(String),
    #[error("the time limit passed")]
    TimedOut,
}

/// The addresses of `host`, in the order in which to try them.
///
/// The system's resolver has no time limit of its own, so it runs in a thread
/// which is left behind when the deadline passes.
pub fn resolve(
    host: &Host,
    port: u16,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let name = match host {
        Host::V4(address) => return Ok(vec![SocketAddr::new(IpAddr::V4(*address), port)]),
        Host::V6(address) => return Ok(vec![SocketAddr::new(IpAddr::V6(*address), port)]),
        Host::Name(name) => name.clone(),
    };
    let left = deadline.remaining().map_err(|_| ResolveError::TimedOut)?;
    let (answer, answered) = mpsc::sync_channel(1);
    thread::spawn(move || {
        // Nobody listens any more when the deadline has passed.
        let _ = answer.send(look_up(&name, port));
    });
    match answered.recv_timeout(left) {
        Ok(Ok(addresses)) if addresses.is_empty() => {
            Err(ResolveError::Failed("the name has no addresses".into()))
        }
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
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::time::Duration;

    #[test]
    fn literal_addresses_need_no_resolver() {
        let soon = Deadline::after(Duration::ZERO);
        let v4 = resolve(&Host::V4(Ipv4Addr::LOCALHOST), 80, soon).unwrap();
        assert_eq!(v4, ["127.0.0.1:80".parse().unwrap()]);
        let v6 = resolve(&Host::V6(Ipv6Addr::LOCALHOST), 443, soon).unwrap();
        assert_eq!(v6, ["[::1]:443".parse().unwrap()]);
    }

    #[test]
    fn localhost_resolves_to_loopback() {
        let soon = Deadline::after(Duration::from_secs(10));
        let found = resolve(&Host::Name("localhost".into()), 1234, soon).unwrap();
        assert!(
            found
                .iter()
                .all(|a| a.ip().is_loopback() && a.port() == 1234)
        );
    }

    #[test]
    fn a_passed_deadline_is_a_time_out() {
        let passed = Deadline::after(Duration::ZERO);
        let error = resolve(&Host::Name("localhost".into()), 1, passed).unwrap_err();
        assert!(matches!(error, ResolveError::TimedOut));
    }
}
