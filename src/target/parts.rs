//! A URL cut at its delimiters, and what becomes of host, port and resource.
//!
//! Cuts the text itself, because the URL standard repairs silently what we want
//! to report: it drops tabs, turns backslashes into slashes, and finds a host
//! behind any number of slashes. The `url` crate sees what has passed here and
//! does what it does best: hosts (IDNA, IPv4, IPv6) and percent-encoding. An
//! error quotes no part that a user may have meant for a password.

use url::{Position, Url};

use super::{Host, Scheme, Target, TargetError, Userinfo, malformed, number, userinfo};

/// What may stand nowhere in a URL, so that no later step meets it.
pub(super) fn refuse_stray_characters(text: &str) -> Result<(), TargetError> {
    if text.is_empty() {
        return Err(malformed("the URL is empty", "write ws://HOST:PORT/PATH"));
    }
    if text.trim() != text {
        let hint = "leave it out, or write %20 if it belongs to the path or query";
        return Err(malformed("the URL begins or ends with white space", hint));
    }
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let code = u32::from(control);
        let message = format!("the URL holds a control character (U+{code:04X})");
        return Err(malformed(message, "leave it out, or percent-encode it"));
    }
    if text.contains('\\') {
        let hint = "write `/` between path segments, %5C for a backslash that is meant";
        return Err(malformed("the URL holds a backslash", hint));
    }
    if text.contains('#') {
        let message = "the URL has a fragment (`#`), which RFC 6455 section 3 forbids";
        return Err(malformed(
            message,
            "leave it out, or write %23 for a `#` that is meant",
        ));
    }
    Ok(())
}

/// A URL cut at its delimiters, nothing decoded or checked yet.
pub(super) struct Parts<'a> {
    userinfo: Option<&'a str>,
    pub(super) host: &'a str,
    /// Empty means the default, with a colon (RFC 3986 section 3.2.3) or without.
    pub(super) port: &'a str,
    /// Path and query, each with its delimiter.
    pub(super) tail: &'a str,
}

impl<'a> Parts<'a> {
    /// Cuts what stands behind the scheme and its slashes.
    pub(super) fn split(rest: &'a str) -> Self {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (userinfo, place) = match authority.rsplit_once('@') {
            Some((userinfo, place)) => (Some(userinfo), place),
            None => (None, authority),
        };
        let (host, port) = split_place(place);
        Self {
            userinfo,
            host,
            port,
            tail,
        }
    }

    /// A port alone is one of this machine.
    pub(super) fn or_here(mut self) -> Self {
        if self.host.is_empty() && !self.port.is_empty() {
            self.host = "localhost";
        }
        self
    }

    pub(super) fn target(&self, scheme: Scheme) -> Result<Target, TargetError> {
        let port = self.port_or(scheme.default_port())?;
        let (host, resource) = self.host_and_resource()?;
        Ok(Target {
            scheme,
            host,
            port,
            resource,
            userinfo: self.userinfo()?,
            socket: None,
        })
    }

    pub(super) fn userinfo(&self) -> Result<Option<Userinfo>, TargetError> {
        self.userinfo.map_or(Ok(None), userinfo::parse)
    }

    pub(super) fn port_or(&self, default: u16) -> Result<u16, TargetError> {
        if self.port.is_empty() {
            return Ok(default);
        }
        number::port(self.port).ok_or_else(|| self.bad_port())
    }

    fn bad_port(&self) -> TargetError {
        let port = self.quoted(self.port);
        malformed(
            format!("the port{port} is not a number from 1 to 65535"),
            self.cure(if self.port.contains(':') {
                "put an IPv6 address in brackets: ws://[::1]:8080"
            } else {
                "write the port in decimal digits, or leave it and its colon out"
            }),
        )
    }

    pub(super) fn host_and_resource(&self) -> Result<(Host, String), TargetError> {
        if self.host.is_empty() {
            let hint = "write ws://HOST/PATH, or :PORT for this machine";
            return Err(malformed("the URL has no host", self.cure(hint)));
        }
        if self.host.starts_with('[') && self.host.contains('%') {
            let message = format!("the IPv6 address{} has a zone", self.quoted(self.host));
            let hint = "leave the zone out, from the `%` on: URLs cannot carry it";
            return Err(malformed(message, self.cure(hint)));
        }
        // Each scheme here has the same rules for what is left.
        let url = Url::parse(&format!("ws://{}{}", self.host, self.tail))
            .map_err(|error| self.bad_host(error))?;
        let resource = &url[Position::BeforePath..Position::AfterQuery];
        Ok((self.checked_host(&url)?, resource.to_owned()))
    }

    fn checked_host(&self, url: &Url) -> Result<Host, TargetError> {
        match url.host() {
            Some(url::Host::Domain(name)) if is_registered_name(name) => {
                Ok(Host::Name(name.to_owned()))
            }
            Some(url::Host::Ipv4(address)) => Ok(Host::V4(address)),
            Some(url::Host::Ipv6(address)) => Ok(Host::V6(address)),
            Some(url::Host::Domain(_)) | None => {
                Err(self.bad_host(url::ParseError::InvalidDomainCharacter))
            }
        }
    }

    fn bad_host(&self, error: url::ParseError) -> TargetError {
        let kind = match error {
            url::ParseError::InvalidIpv4Address => "IPv4 address",
            url::ParseError::InvalidIpv6Address => "IPv6 address",
            _ => "name",
        };
        let host = self.quoted(self.host);
        malformed(
            format!("the host{host} is not a valid {kind}"),
            self.cure("write a name, an IPv4 address, or an IPv6 address in brackets"),
        )
    }

    /// A part for an error text, unless it may belong to a password: in
    /// `ws://me:1/2@host` the standard sees a port, the user a password.
    fn quoted(&self, part: &str) -> String {
        if self.tail.contains('@') {
            String::new()
        } else {
            format!(" `{part}`")
        }
    }

    fn cure<'h>(&self, usual: &'h str) -> &'h str {
        if self.tail.contains('@') {
            "percent-encode `/` and `?` in user name and password (%2F, %3F)"
        } else {
            usual
        }
    }
}

/// A host with nothing before or behind it.
pub(super) fn lone_host(text: &str) -> Result<Host, TargetError> {
    let parts = Parts::split(text);
    if parts.host != text {
        let hint = "write a name, an IPv4 address or an IPv6 address";
        return Err(malformed(format!("`{text}` is not a host alone"), hint));
    }
    parts.host_and_resource().map(|(host, _)| host)
}

/// Host and port; a colon inside brackets belongs to the host.
fn split_place(place: &str) -> (&str, &str) {
    let mut in_brackets = false;
    let separates = |c: char| {
        in_brackets = c == '[' || (in_brackets && c != ']');
        c == ':' && !in_brackets
    };
    place.split_once(separates).unwrap_or((place, ""))
}

/// RFC 3986 section 3.2.2, without the percent-encoding that `url` has undone,
/// and no label empty. `url` would let quotes and braces into the `Host`
/// header, and `./file` name the host `.`.
fn is_registered_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "-_~!$&'()*+,;=".contains(c);
    let name = name.strip_suffix('.').unwrap_or(name);
    name.split('.')
        .all(|label| !label.is_empty() && label.chars().all(known))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;
    use crate::target::tests::{assert_complaint, complaint, parsed};

    #[test]
    fn hosts_are_names_or_addresses_and_names_are_idna_encoded() {
        let name = |name: &str| Host::Name(name.to_owned());
        for (text, host) in [
            ("ws://B\u{fc}cher.example", name("xn--bcher-kva.example")),
            ("ws://xn--bcher-kva.example", name("xn--bcher-kva.example")),
            ("ws://\u{ff41}\u{3002}example", name("a.example")),
            ("ws://%6cocalhost", name("localhost")),
            ("ws://a_b.example.", name("a_b.example.")),
            ("ws://127.0.0.1", Host::V4(Ipv4Addr::LOCALHOST)),
            ("ws://0x7f.1", Host::V4(Ipv4Addr::LOCALHOST)),
            ("ws://2130706433", Host::V4(Ipv4Addr::LOCALHOST)),
            ("ws://[0:0::1]", Host::V6(Ipv6Addr::LOCALHOST)),
            (
                "ws://[::ffff:127.0.0.1]",
                Host::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped()),
            ),
        ] {
            assert_eq!(parsed(text).host(), &host, "{text}");
        }
    }

    #[test]
    fn the_resource_is_path_and_query_encoded_and_at_least_a_slash() {
        for (tail, resource) in [
            ("", "/"),
            ("/", "/"),
            ("?x=1", "/?x=1"),
            ("?", "/?"),
            ("/a?", "/a?"),
            ("//a//", "//a//"),
            ("/a/../b/./c", "/b/c"),
            ("/a b\u{e9}?c d\u{e9}", "/a%20b%C3%A9?c%20d%C3%A9"),
            ("/%23%2f%zz", "/%23%2f%zz"),
            ("/@:8080?@", "/@:8080?@"),
            ("/a\u{202e}b", "/a%E2%80%AEb"),
        ] {
            let target = parsed(&format!("ws://h{tail}"));
            assert_eq!(target.resource(), resource, "{tail}");
        }
    }

    #[test]
    fn characters_that_would_be_dropped_or_turned_silently_are_malformed() {
        let blank = "the URL begins or ends with white space";
        let backslash = "the URL holds a backslash";
        for (text, message) in [
            ("", "the URL is empty"),
            (" ", blank),
            (" ws://h", blank),
            ("ws://h/\n", blank),
            ("ws://h\u{a0}", blank),
            ("ws://h/a\tb", "the URL holds a control character (U+0009)"),
            ("w\ns://h", "the URL holds a control character (U+000A)"),
            ("\0ws://h", "the URL holds a control character (U+0000)"),
            (
                "ws://h/\u{9b}",
                "the URL holds a control character (U+009B)",
            ),
            ("ws:\\\\h", backslash),
            ("ws://h\\x", backslash),
            ("ws://h/?a\\b", backslash),
        ] {
            let (code, got, _) = complaint(text);
            assert_eq!((code, got.as_str()), (3, message), "{text:?}");
        }
    }

    #[test]
    fn a_fragment_is_malformed_even_an_empty_one() {
        for text in ["ws://h/#", "ws://h/a#b", "ws://h#", "ws://me:p#w@h", "x#y"] {
            assert_complaint(
                text,
                3,
                "the URL has a fragment (`#`), which RFC 6455 section 3 forbids",
                "leave it out, or write %23 for a `#` that is meant",
            );
        }
    }

    #[test]
    fn a_url_without_a_host_is_malformed() {
        for text in [
            "ws://", "ws:///h", "ws://:80", "ws://me@", "ws://?x", "/x", "//h", ":", ":/x", "?.",
        ] {
            assert_complaint(
                text,
                3,
                "the URL has no host",
                "write ws://HOST/PATH, or :PORT for this machine",
            );
        }
    }

    #[test]
    fn a_port_is_a_number_from_1_to_65535() {
        for port in [
            "0",
            "00",
            "65536",
            "99999999999",
            "+80",
            "8o80",
            "-1",
            "\u{663}",
        ] {
            assert_complaint(
                &format!("ws://h:{port}/x"),
                3,
                &format!("the port `{port}` is not a number from 1 to 65535"),
                "write the port in decimal digits, or leave it and its colon out",
            );
        }
    }

    #[test]
    fn an_ipv6_address_without_brackets_is_told_of_them() {
        for (text, port) in [
            ("::1", ":1"),
            ("ws://::1", ":1"),
            ("fe80::1/x", ":1"),
            ("ws://1:2:3", "2:3"),
        ] {
            assert_complaint(
                text,
                3,
                &format!("the port `{port}` is not a number from 1 to 65535"),
                "put an IPv6 address in brackets: ws://[::1]:8080",
            );
        }
    }

    #[test]
    fn hosts_that_are_neither_name_nor_address_are_malformed() {
        for (host, kind) in [
            ("xn--a", "name"),
            ("a b", "name"),
            ("a%20b", "name"),
            ("a%2fb", "name"),
            ("a%00", "name"),
            ("a%3a80", "name"),
            ("a%40b", "name"),
            ("%", "name"),
            ("%ff", "name"),
            ("a<b", "name"),
            ("a\"b", "name"),
            ("{{host}}", "name"),
            ("\u{ad}", "name"),
            (".", "name"),
            ("..", "name"),
            ("a..b", "name"),
            ("1.2.3.256", "IPv4 address"),
            ("1.2.3.4.5", "IPv4 address"),
            ("[::1", "IPv6 address"),
            ("[::1]x", "IPv6 address"),
            ("[1.2.3.4]", "IPv6 address"),
            ("[]", "IPv6 address"),
        ] {
            assert_complaint(
                &format!("ws://{host}/x"),
                3,
                &format!("the host `{host}` is not a valid {kind}"),
                "write a name, an IPv4 address, or an IPv6 address in brackets",
            );
        }
    }

    #[test]
    fn a_zone_is_malformed() {
        for host in ["[fe80::1%25eth0]", "[fe80::1%eth0]"] {
            assert_complaint(
                &format!("ws://{host}:80"),
                3,
                &format!("the IPv6 address `{host}` has a zone"),
                "leave the zone out, from the `%` on: URLs cannot carry it",
            );
        }
    }
}
