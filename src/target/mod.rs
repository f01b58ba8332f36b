//! The URL on the command line, parsed into where to go and what to ask for.
//!
//! This module owns the URL grammar: `ws`, `wss`, and `http` and `https` for
//! the same two; the short forms without a scheme (`localhost:8080/chat`,
//! `:8080`); `ws+unix:` for Unix sockets; and everything that a WebSocket URL may
//! not hold (RFC 6455 section 3). The URLs of proxies are read here too: they have
//! hosts, ports and credentials by the same rules.
//!
//! It promises that a `Target` can be sent as it is: the host and the resource
//! are ASCII without blanks or control characters. It is pure: no name is
//! resolved, no environment read. It must never show a password, neither in
//! `Display` or `Debug` nor in an error.

mod bare;
mod number;
mod parts;
mod proxy;
mod scheme;
mod unix;
mod userinfo;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use thiserror::Error;
use url::Url;

use parts::Parts;

pub use number::{digits, port};
pub use proxy::{Proxy, ProxyKind};
pub use scheme::Scheme;
pub use userinfo::{Userinfo, UserinfoError};

/// Whom to reach. `Display` is the form in URLs and in the `Host` header, with
/// brackets around IPv6; [`Host::certified`] is the form for TLS, and
/// [`Host::unbracketed`] that for everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name to resolve: ASCII, lower case, IDNA-encoded.
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Host {
    /// Reads a host on its own, with or without brackets around IPv6.
    ///
    /// # Errors
    /// [`TargetError::Malformed`] when it is neither a name nor an address, or has
    /// a port or a path behind it.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        match text.parse() {
            Ok(IpAddr::V4(address)) => Ok(Self::V4(address)),
            Ok(IpAddr::V6(address)) => Ok(Self::V6(address)),
            Err(_) => parts::lone_host(text),
        }
    }

    /// The address, if it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// Whether this is surely this machine: `localhost` and names below it
    /// (RFC 6761 section 6.3), 127.0.0.0/8, `::1`.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.is_loopback(),
        }
    }

    /// The name or address for dialing.
    pub fn unbracketed(&self) -> String {
        match self {
            Self::V6(address) => address.to_string(),
            Self::Name(_) | Self::V4(_) => self.to_string(),
        }
    }

    /// The name or address that a certificate has to be for. The dot that says that
    /// a name is complete is no part of it there (RFC 6066 section 3).
    pub fn certified(&self) -> String {
        let name = self.unbracketed();
        name.strip_suffix('.').unwrap_or(&name).to_owned()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// A URL that can be dialed and asked for. `Display` is the full URL for
/// people, records and [`Target::parse`]; userinfo is left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    scheme: Scheme,
    host: Host,
    port: u16,
    resource: String,
    userinfo: Option<Userinfo>,
    socket: Option<Box<Path>>,
}

impl Target {
    /// Reads a URL as users write it, with or without a scheme.
    ///
    /// # Errors
    /// [`TargetError::Usage`] for a bare word, and for credentials that would
    /// go to another machine without a scheme; [`TargetError::Malformed`] for
    /// everything that is not a WebSocket URL.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        parts::refuse_stray_characters(text)?;
        if let Some(rest) = unix::behind_scheme(text)? {
            return unix::parse(rest);
        }
        let (scheme, rest) = scheme::split(text)?;
        let Some(scheme) = scheme else {
            let target = Parts::split(rest).or_here().target(Scheme::Ws)?;
            bare::refuse_bare_word(text, &target)?;
            bare::refuse_unguarded_credentials(&target)?;
            return Ok(target);
        };
        Parts::split(rest).target(scheme)
    }

    /// Where a redirect leads from here: `location` is a URL, or a part of one that
    /// the rest is taken from this for (RFC 3986 section 5). A fragment is dropped,
    /// because none is ever sent.
    ///
    /// # Errors
    /// When that is no URL for a WebSocket.
    pub fn join(&self, location: &str) -> Result<Self, TargetError> {
        let wrong = |_| malformed("the redirect leads to no URL", "ask who runs the server");
        let base = Self {
            socket: None,
            ..self.clone()
        };
        let mut url = Url::parse(&base.to_string())
            .and_then(|base| base.join(location.trim()))
            .map_err(wrong)?;
        url.set_fragment(None);
        let to = Self::parse(url.as_str())?;
        if to.socket.is_some() {
            let message = "the redirect leads to a Unix socket of this machine";
            return Err(malformed(message, "ask who runs the server"));
        }
        // What is at the same place is behind the same socket.
        let socket = self.socket.clone().filter(|_| to.is_same_origin(&base));
        Ok(Self { socket, ..to })
    }

    /// Whether scheme, host and port are the same (RFC 6454 section 5), and the Unix
    /// socket, if there is one.
    pub fn is_same_origin(&self, other: &Self) -> bool {
        (self.scheme, self.port) == (other.scheme, other.port)
            && self.host == other.host
            && self.socket == other.socket
    }

    /// That of the URL, `http` and `https` read as `ws` and `wss`; of a Unix socket
    /// that it names, `ws`.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whom to ask for; without a socket also whom to reach.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Never 0; the scheme's default where the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query for the request line, at least `/`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// User name and password of the URL, percent-decoded.
    pub fn userinfo(&self) -> Option<&Userinfo> {
        self.userinfo.as_ref()
    }

    /// The Unix socket that a `ws+unix:` URL names; its host is then `localhost`.
    pub fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// The value of the `Host` header: the port is left out when it is the
    /// scheme's default (RFC 6455 section 4.1).
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(socket) = &self.socket {
            return write!(f, "{}:{}", unix::Shown(socket), self.resource);
        }
        let scheme = self.scheme.as_str();
        write!(f, "{scheme}://{}{}", self.authority(), self.resource)
    }
}

/// Why a text is not a target. `Display` says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// Probably not meant as a URL, or too unclear to act on: exit code 2.
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// Not a WebSocket URL: exit code 3.
    #[error("{message}")]
    Malformed { message: String, hint: String },
}

impl TargetError {
    /// What to write instead.
    pub fn hint(&self) -> &str {
        match self {
            Self::Usage { hint, .. } | Self::Malformed { hint, .. } => hint,
        }
    }
}

fn usage(message: impl Into<String>, hint: impl Into<String>) -> TargetError {
    let (message, hint) = (message.into(), hint.into());
    TargetError::Usage { message, hint }
}

fn malformed(message: impl Into<String>, hint: impl Into<String>) -> TargetError {
    let (message, hint) = (message.into(), hint.into());
    TargetError::Malformed { message, hint }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(super) fn parsed(text: &str) -> Target {
        Target::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refused(text: &str) -> TargetError {
        Target::parse(text).expect_err(text)
    }

    /// Exit code, message and hint.
    pub(super) fn complaint(text: &str) -> (u8, String, String) {
        let error = refused(text);
        let code = match error {
            TargetError::Usage { .. } => 2,
            TargetError::Malformed { .. } => 3,
        };
        (code, error.to_string(), error.hint().to_owned())
    }

    pub(super) fn assert_complaint(text: &str, code: u8, message: &str, hint: &str) {
        let want = (code, message.to_owned(), hint.to_owned());
        assert_eq!(complaint(text), want, "{text:?}");
    }

    /// The URL means the same as the other one, in full.
    pub(super) fn assert_means(text: &str, full: &str) {
        assert_eq!(parsed(text).to_string(), full, "{text:?}");
    }

    #[test]
    fn a_url_comes_apart_into_what_the_connection_needs() {
        let target = parsed("wss://me:pw@Example.COM:8443/chat/a?b=c");
        assert_eq!(target.scheme(), Scheme::Wss);
        assert_eq!(target.host(), &Host::Name("example.com".to_owned()));
        assert_eq!(target.port(), 8443);
        assert_eq!(target.resource(), "/chat/a?b=c");
        assert_eq!(target.userinfo().unwrap().user(), "me");
        assert_eq!(target.authority(), "example.com:8443");
    }

    #[test]
    fn the_port_is_the_schemes_unless_given_and_then_left_out_of_the_host_header() {
        for (text, port, authority) in [
            ("ws://h", 80, "h"),
            ("ws://h:", 80, "h"),
            ("ws://h:/", 80, "h"),
            ("ws://h:80", 80, "h"),
            ("ws://h:0080", 80, "h"),
            ("ws://h:443", 443, "h:443"),
            ("wss://h", 443, "h"),
            ("wss://h:443", 443, "h"),
            ("wss://h:80", 80, "h:80"),
            ("ws://h:65535", 65535, "h:65535"),
            ("ws://[::1]:", 80, "[::1]"),
            ("ws://[::1]:81", 81, "[::1]:81"),
        ] {
            let target = parsed(text);
            assert_eq!(target.port(), port, "{text}");
            assert_eq!(target.authority(), authority, "{text}");
        }
    }

    #[test]
    fn ipv6_has_brackets_in_urls_and_none_for_dialing() {
        let target = parsed("ws://[2001:DB8::1]:90");
        assert_eq!(target.host().to_string(), "[2001:db8::1]");
        assert_eq!(target.host().unbracketed(), "2001:db8::1");
        assert_eq!(parsed("ws://1.2.3.4").host().unbracketed(), "1.2.3.4");
        assert_eq!(parsed("ws://h").host().unbracketed(), "h");
    }

    #[test]
    fn a_certificate_is_for_a_name_without_the_final_dot() {
        for (text, name) in [
            ("wss://example.com.", "example.com"),
            ("wss://example.com", "example.com"),
            ("wss://[::1]", "::1"),
        ] {
            assert_eq!(parsed(text).host().certified(), name);
        }
        let host = parsed("wss://example.com.").host().unbracketed();
        assert_eq!(host, "example.com.");
    }

    #[test]
    fn a_host_stands_alone_with_brackets_or_without() {
        let name = |name: &str| Some(Host::Name(name.to_owned()));
        for (text, host) in [
            ("Example.COM.", name("example.com.")),
            ("b\u{fc}cher.example", name("xn--bcher-kva.example")),
            ("127.0.0.1", Some(Host::V4(Ipv4Addr::LOCALHOST))),
            ("::1", Some(Host::V6(Ipv6Addr::LOCALHOST))),
            ("[::1]", Some(Host::V6(Ipv6Addr::LOCALHOST))),
            ("", None),
            ("h:80", None),
            ("h/x", None),
            ("h?", None),
            ("me@h", None),
            ("[::1]:80", None),
            ("a b", None),
        ] {
            assert_eq!(Host::parse(text).ok(), host, "{text}");
        }
    }

    #[test]
    fn loopback_is_what_cannot_leave_this_machine() {
        for (host, loopback) in [
            ("localhost", true),
            ("LocalHost.", true),
            ("a.localhost", true),
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("[::1]", true),
            ("notlocalhost", false),
            ("localhost.example", false),
            ("0.0.0.0", false),
            ("128.0.0.1", false),
            ("[::2]", false),
            ("[::ffff:127.0.0.1]", false),
        ] {
            let target = parsed(&format!("ws://{host}"));
            assert_eq!(target.host().is_loopback(), loopback, "{host}");
        }
    }

    #[test]
    fn a_target_is_shown_without_its_userinfo() {
        assert_means("wss://me:hunter2@h:443/x?y", "wss://h/x?y");
        let debug = format!("{:?}", parsed("wss://me:hunter2@h/"));
        assert!(debug.contains("***") && !debug.contains("hunter2"));
    }

    #[test]
    fn no_error_shows_a_password() {
        for text in [
            "ws://me:hunter2/x@h",
            "ws://me:hunter2?x@h",
            "me:hunter2/x@h",
            "ws://me:hunter2#x@h",
            "ws://me:hunter2\\x@h",
            "ws://me:hunter2@",
            "ws://me:hunter2@h:0",
            "ws://me:hunter2@a b",
            "ws://me:hunter2%0a@h",
            "ws://m%3a:hunter2@h",
            "ws://me:a@hunter2{/x@h",
            "ws://me:a@[hunter2%/x@h",
            "wss:hunter2@h",
            "ftp://me:hunter2@h",
            "me:hunter2@ftp://h",
            "me:hunter2@h",
            " me:hunter2@h",
        ] {
            let error = refused(text);
            let shown = format!("{error} {} {error:?}", error.hint());
            assert!(!shown.contains("hunter2"), "{text:?}: {shown}");
        }
        assert_complaint(
            "ws://me:hunter2/x@h",
            3,
            "the port is not a number from 1 to 65535",
            "percent-encode `/` and `?` in user name and password (%2F, %3F)",
        );
    }

    /// Text made of what matters to the grammar, so that much of it parses.
    fn urlish() -> impl Strategy<Value = String> {
        let scheme = "(ws://|wss://|HTTP://|https://|)";
        let userinfo = "([a-z%:]{0,4}@|)";
        let host = "(localhost|[a-zäß0-9.%_~-]{1,8}|[0-9]{1,3}(\\.[0-9x]{1,3}){1,3}|\\[[0-9a-f:.]{2,9}\\]|)";
        let port = "(:[0-9]{0,5}|)";
        let tail = "([/?][ -~äß€%./?@:]{0,12}|)";
        let unix = "[wW]s\\+unix:(//|)[/a-zä.%:?0-9 ]{0,12}";
        let url = format!("{scheme}{userinfo}{host}{port}{tail}|{unix}");
        proptest::string::string_regex(&url).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused_without_a_panic(text in any::<String>()) {
            let _ = Target::parse(&text);
            let _ = Target::parse(&format!("ws://{text}"));
        }

        #[test]
        fn what_is_shown_parses_to_the_same_target(text in urlish()) {
            if let Ok(target) = Target::parse(&text) {
                let bare = Target { userinfo: None, ..target };
                prop_assert_eq!(Target::parse(&bare.to_string()), Ok(bare));
            }
        }

        #[test]
        fn host_and_resource_fit_a_request_head(text in urlish()) {
            if let Ok(target) = Target::parse(&text) {
                let graphic = |s: &str| s.bytes().all(|b| b.is_ascii_graphic());
                prop_assert!(graphic(&target.authority()));
                prop_assert!(graphic(target.resource()));
                prop_assert!(target.resource().starts_with('/'));
                prop_assert_ne!(target.port(), 0);
            }
        }
    }
}
