//! Addresses that are given instead of looked up: `--resolve`.

use std::net::IpAddr;

use crate::target::{self, Host};

/// Hosts whose addresses are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(Vec<Override>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Override {
    /// Any host, unless there is one.
    host: Option<Host>,
    port: u16,
    addresses: Vec<IpAddr>,
}

impl Overrides {
    /// Adds `HOST:PORT:ADDRESS[,ADDRESS...]`: `*` is any host, IPv6 has brackets or,
    /// as an address, none. The later of two for the same host and port counts.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let one = Override::parse(text)?;
        self.0
            .retain(|other| (&other.host, other.port) != (&one.host, one.port));
        self.0.push(one);
        Ok(())
    }

    /// The addresses of a host at a port, if they are given: for it alone, or else
    /// for any.
    pub fn find(&self, host: &Host, port: u16) -> Option<&[IpAddr]> {
        let host = complete(host.clone());
        let at = |name: Option<&Host>| {
            let same = |one: &&Override| one.port == port && one.host.as_ref() == name;
            self.0.iter().find(same)
        };
        let found = at(Some(&host)).or_else(|| at(None))?;
        Some(&found.addresses)
    }
}

impl Override {
    fn parse(text: &str) -> Result<Self, String> {
        let (host, rest) = split_host(text).ok_or("there is no HOST:PORT:ADDRESS in it")?;
        let (port, addresses) = rest
            .split_once(':')
            .ok_or("there is no HOST:PORT:ADDRESS in it")?;
        if host.starts_with(['+', '-']) {
            return Err("`+` and `-` before the host have no meaning here".into());
        }
        let port = target::port(port)
            .ok_or_else(|| format!("the port `{port}` is not a number from 1 to 65535"))?;
        let host = match host {
            "*" => None,
            host => Some(complete(Host::parse(host).map_err(|e| e.to_string())?)),
        };
        let addresses: Result<Vec<IpAddr>, String> = addresses.split(',').map(address).collect();
        Ok(Override {
            host,
            port,
            addresses: addresses?,
        })
    }
}

/// The host, in brackets or not, and what stands behind its colon.
fn split_host(text: &str) -> Option<(&str, &str)> {
    match text.starts_with('[') {
        true => {
            let end = text.find(']')? + 1;
            Some((&text[..end], text[end..].strip_prefix(':')?))
        }
        false => text.split_once(':'),
    }
}

fn address(text: &str) -> Result<IpAddr, String> {
    let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let address = match inside {
        Some(inside) => inside.parse().map(IpAddr::V6).ok(),
        None => text.parse().ok(),
    };
    address.ok_or_else(|| format!("`{text}` is not an IP address"))
}

/// A name that ends with a dot is the same without.
fn complete(host: Host) -> Host {
    match host {
        Host::Name(name) => Host::Name(name.strip_suffix('.').unwrap_or(&name).to_owned()),
        host => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(texts: &[&str]) -> Overrides {
        let mut overrides = Overrides::default();
        for text in texts {
            overrides
                .add(text)
                .unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        overrides
    }

    fn found(texts: &[&str], host: &str, port: u16) -> Option<Vec<String>> {
        let overrides = given(texts);
        let found = overrides.find(&Host::parse(host).unwrap(), port)?;
        Some(found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn addresses_are_given_for_a_host_at_a_port() {
        let list = |addresses: &[&str]| Some(addresses.iter().map(ToString::to_string).collect());
        let both = "h.example:80:127.0.0.1,[::1],::2";
        for (texts, host, port, addresses) in [
            (
                &[both][..],
                "h.example",
                80,
                list(&["127.0.0.1", "::1", "::2"]),
            ),
            (
                &[both],
                "H.Example.",
                80,
                list(&["127.0.0.1", "::1", "::2"]),
            ),
            (&[both], "h.example", 81, None),
            (&[both], "a.h.example", 80, None),
            (&["h.:80:::1"], "h", 80, list(&["::1"])),
            (&["[::5]:80:127.0.0.1"], "::5", 80, list(&["127.0.0.1"])),
            (&["*:80:1.1.1.1"], "any", 80, list(&["1.1.1.1"])),
            (&["*:80:1.1.1.1"], "any", 81, None),
            (
                &["h:80:2.2.2.2", "*:80:1.1.1.1"],
                "h",
                80,
                list(&["2.2.2.2"]),
            ),
            (
                &["h:80:2.2.2.2", "H:80:3.3.3.3"],
                "h",
                80,
                list(&["3.3.3.3"]),
            ),
            (
                &["h:80:2.2.2.2", "h:81:3.3.3.3"],
                "h",
                80,
                list(&["2.2.2.2"]),
            ),
        ] {
            assert_eq!(found(texts, host, port), addresses, "{texts:?} {host}");
        }
    }

    #[test]
    fn what_is_not_host_port_and_address_is_told() {
        let form = "there is no HOST:PORT:ADDRESS in it";
        for (text, error) in [
            ("", form),
            ("h", form),
            ("h:80", form),
            ("[::1]", form),
            ("[::1", form),
            ("h:80:", "`` is not an IP address"),
            ("h:80:localhost", "`localhost` is not an IP address"),
            ("h:80:1.1.1.1,", "`` is not an IP address"),
            ("h:80:[1.1.1.1]", "`[1.1.1.1]` is not an IP address"),
            ("h:80:[::1", "`[::1` is not an IP address"),
            (
                "h:0:1.1.1.1",
                "the port `0` is not a number from 1 to 65535",
            ),
            (
                "h:+80:1.1.1.1",
                "the port `+80` is not a number from 1 to 65535",
            ),
            (
                "h:65536:1.1.1.1",
                "the port `65536` is not a number from 1 to 65535",
            ),
            (
                "+h:80:1.1.1.1",
                "`+` and `-` before the host have no meaning here",
            ),
            ("-h:80", form),
            ("a b:80:1.1.1.1", "the host `a b` is not a valid name"),
        ] {
            let mut overrides = Overrides::default();
            assert_eq!(overrides.add(text), Err(error.to_owned()), "{text}");
            assert_eq!(overrides, Overrides::default());
        }
    }
}
