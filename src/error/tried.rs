//! What is said of addresses that did not connect.

use std::fmt;

use crate::net::{Unreached, io_cause};

/// Addresses that were tried and did not connect, as the end of a sentence: those
/// with the same cause together.
pub(super) struct Tried<'a>(pub(super) &'a [Unreached]);

/// So many are named.
const MOST_NAMED: usize = 8;

impl fmt::Display for Tried<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut causes: Vec<(String, Vec<String>)> = Vec::new();
        for failure in self.0.iter().take(MOST_NAMED) {
            let (cause, address) = (io_cause(&failure.cause), failure.address.to_string());
            match causes.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, addresses)) => addresses.push(address),
                None => causes.push((cause, vec![address])),
            }
        }
        let parts: Vec<String> = causes
            .iter()
            .map(|(cause, addresses)| format!("{}: {cause}", addresses.join(" or ")))
            .collect();
        f.write_str(&parts.join("; to "))?;
        match self.0.len().saturating_sub(MOST_NAMED) {
            0 => Ok(()),
            more => write!(f, "; and to {more} more addresses"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Stage};
    use std::io;
    use std::time::Duration;

    fn failure(address: &str, kind: io::ErrorKind) -> Unreached {
        Unreached {
            address: address.parse::<std::net::SocketAddr>().unwrap().into(),
            cause: kind.into(),
        }
    }

    #[test]
    fn every_address_that_was_tried_is_named_with_its_cause() {
        use io::ErrorKind::{ConnectionRefused, TimedOut};
        let one = || failure("127.0.0.1:80", ConnectionRefused);
        let two = || failure("[::1]:80", ConnectionRefused);
        let three = || failure("127.0.0.2:80", TimedOut);
        for (tried, text) in [
            (
                vec![one()],
                "cannot connect to 127.0.0.1:80: connection refused",
            ),
            (
                vec![two(), one()],
                "cannot connect to [::1]:80 or 127.0.0.1:80: connection refused",
            ),
            (
                vec![two(), three(), one()],
                "cannot connect to [::1]:80 or 127.0.0.1:80: connection refused; to 127.0.0.2:80: timed out",
            ),
        ] {
            let error = Error::Connect(tried);
            assert_eq!(error.to_string(), text);
            assert_eq!(error.exit_code(), 7);
        }
        let late = Error::ConnectTimeout {
            stage: Stage::Connect,
            limit: Duration::from_millis(1500),
            failed: vec![one(), three()],
        };
        assert_eq!(
            late.to_string(),
            "connecting took longer than 1.5 s; no connection to \
             127.0.0.1:80: connection refused; to 127.0.0.2:80: timed out"
        );
        assert_eq!((late.exit_code(), late.kind()), (28, "timeout"));
        let many = Error::Connect((0..20).map(|_| one()).collect()).to_string();
        assert!(
            many.ends_with("connection refused; and to 12 more addresses"),
            "{many}"
        );
    }
}
