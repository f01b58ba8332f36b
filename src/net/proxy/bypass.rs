//! Which hosts are reached without a proxy: `NO_PROXY` and `--noproxy`.
//!
//! A list of items between commas or blanks. A name means itself and everything
//! below it, with a leading dot (or `*.`) or without; an address means itself, with
//! `/BITS` its network; `*` means every host; `:PORT` behind an item means that port
//! alone. Names are never looked up, so a network covers addresses in URLs only.

use std::net::IpAddr;

use crate::target::{self, Host};

/// The rules of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bypass(Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    what: What,
    /// Any, unless there is one.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Everything,
    /// A name and those below it, without a dot at either end.
    Domain(String),
    /// The addresses that begin with so many bits of this one.
    Network(IpAddr, u8),
}

impl Bypass {
    /// Reads a list. Items that are none cover nothing; they are handed back.
    pub fn parse(list: &str) -> (Self, Vec<&str>) {
        let mut rules = Vec::new();
        let mut strange = Vec::new();
        let items = list.split(|c: char| c == ',' || c.is_whitespace());
        for text in items.filter(|text| !text.is_empty()) {
            match Item::parse(text) {
                Some(item) => rules.push(item),
                None => strange.push(text),
            }
        }
        (Bypass(rules), strange)
    }

    /// Whether this host is reached without a proxy.
    pub fn covers(&self, host: &Host, port: u16) -> bool {
        self.0.iter().any(|item| item.covers(host, port))
    }
}

impl Item {
    fn parse(text: &str) -> Option<Self> {
        if let Some(what) = What::parse(text) {
            return Some(Item { what, port: None });
        }
        let (text, port) = text.rsplit_once(':')?;
        Some(Item {
            what: What::parse(text)?,
            port: Some(target::port(port)?),
        })
    }

    fn covers(&self, host: &Host, port: u16) -> bool {
        self.port.is_none_or(|own| own == port) && self.what.covers(host)
    }
}

impl What {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(What::Everything);
        }
        if let Some((network, bits)) = text.split_once('/') {
            let network = Host::parse(network).ok()?.address()?;
            let bits = target::digits(bits)?;
            return (bits <= width(network)).then_some(What::Network(network, bits));
        }
        let name = text.strip_prefix('*').filter(|rest| rest.starts_with('.'));
        let name = name.unwrap_or(text);
        let name = name.strip_prefix('.').unwrap_or(name);
        match Host::parse(name).ok()? {
            Host::Name(name) => Some(What::Domain(bare(&name).to_owned())),
            host => host
                .address()
                .map(|address| What::Network(address, width(address))),
        }
    }

    fn covers(&self, host: &Host) -> bool {
        match (self, host) {
            (What::Everything, _) => true,
            (What::Domain(domain), Host::Name(name)) => {
                let above = bare(name).strip_suffix(domain.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            (What::Network(network, bits), host) => host
                .address()
                .is_some_and(|address| same_beginning(*network, address, *bits)),
            (What::Domain(_), _) => false,
        }
    }
}

/// A name without the dot that says it is complete.
fn bare(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// The bits of an address of this family.
fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn same_beginning(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    let differs = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            u128::from(one.to_bits() ^ other.to_bits()) << (128 - 32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() ^ other.to_bits(),
        _ => return false,
    };
    differs.leading_zeros() >= bits.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;
    use proptest::prelude::*;

    fn covers(list: &str, url: &str) -> bool {
        let target = Target::parse(url).unwrap();
        Bypass::parse(list).0.covers(target.host(), target.port())
    }

    #[test]
    fn a_name_means_itself_and_what_is_below_it() {
        for (list, url, covered) in [
            ("example.com", "ws://example.com", true),
            ("example.com", "ws://a.b.example.com", true),
            ("example.com", "ws://badexample.com", false),
            ("example.com", "ws://example.com.evil", false),
            ("example.com", "ws://com", false),
            (".example.com", "ws://example.com", true),
            (".example.com", "ws://a.example.com", true),
            (".example.com", "ws://aexample.com", false),
            ("*.example.com", "ws://a.example.com", true),
            ("*example.com", "ws://aexample.com", false),
            ("Example.COM", "ws://EXAMPLE.com", true),
            ("example.com.", "ws://example.com", true),
            ("example.com", "ws://example.com.", true),
            ("b\u{fc}cher.example", "ws://xn--bcher-kva.example", true),
            ("com", "ws://example.com", true),
            ("localhost", "ws://127.0.0.1", false),
        ] {
            assert_eq!(covers(list, url), covered, "{list} {url}");
        }
    }

    #[test]
    fn a_port_narrows_an_item() {
        for (list, url, covered) in [
            ("example.com:8080", "ws://example.com:8080", true),
            ("example.com:8080", "ws://a.example.com:8080", true),
            ("example.com:8080", "ws://example.com", false),
            ("example.com:80", "ws://example.com", true),
            ("example.com:443", "wss://example.com", true),
            ("127.0.0.1:81", "ws://127.0.0.1:81", true),
            ("127.0.0.1:81", "ws://127.0.0.1:82", false),
            ("[::1]:81", "ws://[::1]:81", true),
            ("[::1]:81", "ws://[::1]:82", false),
            ("*:81", "ws://anything:81", true),
            ("*:81", "ws://anything:82", false),
            ("10.0.0.0/8:81", "ws://10.1.2.3:81", true),
            ("10.0.0.0/8:81", "ws://10.1.2.3", false),
        ] {
            assert_eq!(covers(list, url), covered, "{list} {url}");
        }
    }

    #[test]
    fn addresses_are_covered_by_themselves_and_by_networks() {
        for (list, url, covered) in [
            ("192.168.1.1", "ws://192.168.1.1:8080", true),
            ("192.168.1.1", "ws://192.168.1.10", false),
            ("192.168.0.0/16", "ws://192.168.255.1", true),
            ("192.168.0.0/16", "ws://192.169.0.1", false),
            ("192.168.128.0/17", "ws://192.168.127.1", false),
            ("192.168.1.77/24", "ws://192.168.1.1", true),
            ("0.0.0.0/0", "ws://8.8.8.8", true),
            ("0.0.0.0/0", "ws://[::1]", false),
            ("10.0.0.1/32", "ws://10.0.0.1", true),
            ("10.0.0.1/32", "ws://10.0.0.2", false),
            ("::1", "ws://[::1]:80", true),
            ("[::1]", "ws://[0:0::1]", true),
            ("fe80::/10", "ws://[febf::1]", true),
            ("fe80::/10", "ws://[fec0::1]", false),
            ("[2001:db8::]/32", "ws://[2001:db8:1::1]", true),
            ("::/0", "ws://[ffff::1]", true),
            ("::/0", "ws://1.2.3.4", false),
            ("10.0.0.0/8", "ws://ten.example", false),
        ] {
            assert_eq!(covers(list, url), covered, "{list} {url}");
        }
    }

    #[test]
    fn a_list_has_commas_and_blanks_and_a_star_covers_all() {
        for (list, url, covered) in [
            ("", "ws://h", false),
            (" , ,", "ws://h", false),
            ("*", "ws://h", true),
            ("*", "ws://[::1]", true),
            ("a, b c\td", "ws://c", true),
            ("a, b c\td", "ws://d", true),
            ("a,b", "ws://c", false),
            ("a,*", "ws://c", true),
        ] {
            assert_eq!(covers(list, url), covered, "{list} {url}");
        }
    }

    #[test]
    fn what_is_no_item_is_handed_back_and_covers_nothing() {
        let (rules, strange) =
            Bypass::parse("a, 10.0.0.0/33 h:0 ::/129 http://h * [::1 h:x h/8 h:+80 10.0.0.0/+8");
        assert_eq!(
            strange,
            [
                "10.0.0.0/33",
                "h:0",
                "::/129",
                "http://h",
                "[::1",
                "h:x",
                "h/8",
                "h:+80",
                "10.0.0.0/+8"
            ]
        );
        assert_eq!(rules.0.len(), 2);
    }

    proptest! {
        #[test]
        fn any_list_is_read_without_a_panic(list in any::<String>(), v6 in any::<u128>()) {
            let (rules, _) = Bypass::parse(&list);
            rules.covers(&Host::V6(v6.into()), 80);
        }

        #[test]
        fn a_network_is_what_shares_its_bits(one in any::<u32>(), bits in 0_u8..=32, flip in 0_u32..32) {
            let network = IpAddr::V4(one.into());
            let other = IpAddr::V4((one ^ (1 << (31 - flip))).into());
            let covered = same_beginning(network, other, bits);
            prop_assert_eq!(covered, flip >= bits.into());
        }
    }
}
