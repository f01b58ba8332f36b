//! The road to a server, as the user wants it: which addresses, which proxy, or
//! which socket. Pure: nothing here is looked up or connected to.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::proxy::{BadProxy, Choice, Proxies};
use super::{Destination, Overrides};
use crate::target::{Proxy, Target};

/// How servers are reached.
#[derive(Clone, Debug, Default)]
pub struct Road {
    /// Of every address that is dialed here.
    pub family: Family,
    /// Addresses that are not looked up.
    pub overrides: Overrides,
    /// Where every server is, whatever its URL says.
    pub unix_socket: Option<PathBuf>,
    pub proxies: Proxies,
}

/// The addresses that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    #[default]
    Any,
    V4,
    V6,
}

/// Where to go first on the way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// To the server; past a proxy, if there is one.
    Direct {
        /// The proxy, and what spares the server from it.
        past: Option<(&'a Proxy, &'static str)>,
    },
    Unix(&'a Path),
    Proxy {
        proxy: &'a Proxy,
        /// The option or variable that names it.
        from: &'static str,
    },
}

impl Road {
    /// The way to a server.
    ///
    /// # Errors
    /// When its proxy is malformed, or cannot be asked for this host.
    pub fn way<'a>(&'a self, target: &'a Target) -> Result<Way<'a>, BadProxy> {
        let socket = self.unix_socket.as_deref().or(target.socket());
        if let Some(path) = socket {
            return Ok(Way::Unix(path));
        }
        Ok(match self.proxies.for_target(target)? {
            Choice::Direct => Way::Direct { past: None },
            Choice::Spared { proxy, by } => Way::Direct {
                past: Some((proxy, by)),
            },
            Choice::Through { proxy, from } => Way::Proxy { proxy, from },
        })
    }

    /// What a proxy that looks names up itself is asked for: a given address, if
    /// there is one, else the server as the URL names it.
    pub fn destination(&self, target: &Target) -> Destination {
        let (host, port) = (target.host(), target.port());
        let given = self.overrides.find(host, port).unwrap_or_default();
        let mut addresses = given.iter().filter(|address| self.family.has(**address));
        match addresses.next() {
            Some(address) => Destination::at(*address, port),
            None => Destination::new(host.clone(), port),
        }
    }
}

impl Family {
    /// Whether the address is of this family.
    pub fn has(self, address: IpAddr) -> bool {
        match self {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Any => "IP",
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}

/// The same addresses with the families in turn, beginning with that of the first
/// (RFC 8305 section 4); each once.
pub(super) fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else {
        return Vec::new();
    };
    let of_first = |address: &&SocketAddr| address.is_ipv4() == first.is_ipv4();
    let mut one = addresses.iter().filter(of_first);
    let mut other = addresses.iter().filter(|address| !of_first(address));
    let mut order: Vec<SocketAddr> = Vec::with_capacity(addresses.len());
    loop {
        let next = [one.next(), other.next()];
        if next == [None, None] {
            return order;
        }
        for address in next.into_iter().flatten() {
            if !order.contains(address) {
                order.push(*address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Named;
    use proptest::prelude::*;

    fn target(url: &str) -> Target {
        Target::parse(url).unwrap()
    }

    #[test]
    fn a_socket_goes_before_a_proxy_and_the_option_before_the_url() {
        let proxies = Proxies::asked_for(Named::new("--proxy", "p")).unwrap();
        let mut road = Road {
            proxies,
            ..Road::default()
        };
        let plain = target("ws://h");
        assert!(matches!(road.way(&plain), Ok(Way::Proxy { .. })));
        let unix = target("ws+unix:/url");
        assert_eq!(road.way(&unix), Ok(Way::Unix(Path::new("/url"))));
        road.unix_socket = Some("/option".into());
        for target in [&plain, &unix] {
            assert_eq!(road.way(target), Ok(Way::Unix(Path::new("/option"))));
        }
    }

    #[test]
    fn a_proxy_is_asked_for_the_address_that_was_given() {
        let mut road = Road::default();
        let asked = |road: &Road| road.destination(&target("ws://h:81")).to_string();
        assert_eq!(asked(&road), "h:81");
        road.overrides.add("h:81:::1,1.2.3.4").unwrap();
        assert_eq!(asked(&road), "[::1]:81");
        road.family = Family::V4;
        assert_eq!(asked(&road), "1.2.3.4:81");
    }

    fn numbered(families: &str) -> Vec<SocketAddr> {
        let numbers = families.chars().zip(1..);
        let address = |(family, n): (char, u8)| match family {
            '4' => SocketAddr::from(([127, 0, 0, n], 80)),
            _ => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, n.into()], 80)),
        };
        numbers.map(address).collect()
    }

    #[test]
    fn families_take_turns_beginning_with_the_first() {
        for (families, order) in [
            ("", vec![]),
            ("4", vec![1]),
            ("444", vec![1, 2, 3]),
            ("46", vec![1, 2]),
            ("664", vec![1, 3, 2]),
            ("444466", vec![1, 5, 2, 6, 3, 4]),
            ("64646", vec![1, 2, 3, 4, 5]),
        ] {
            let addresses = numbered(families);
            let expected: Vec<SocketAddr> = order.iter().map(|n| addresses[n - 1]).collect();
            assert_eq!(interleaved(&addresses), expected, "{families}");
        }
        let twice = [numbered("46"), numbered("46")].concat();
        assert_eq!(interleaved(&twice), numbered("46"));
    }

    proptest! {
        #[test]
        fn no_address_is_lost(families in "[46]{0,20}") {
            let addresses = numbered(&families);
            let mut order = interleaved(&addresses);
            prop_assert_eq!(order.first(), addresses.first());
            order.sort();
            let mut all = addresses;
            all.sort();
            prop_assert_eq!(order, all);
        }
    }
}
