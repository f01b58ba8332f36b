//! The URL of a proxy: `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`.
//!
//! Owns which kinds of proxy there are, and curl's defaults: without a scheme it
//! means `http://`, and without a port 1080, or 443 for `https://`. `Display` and
//! errors show no credentials.

use std::fmt;

use super::parts::Parts;
use super::{Host, TargetError, Userinfo, malformed};
use crate::nearest::nearest;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// `CONNECT` (RFC 9110 section 9.3.6).
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS5 (RFC 1928), which is told an address: the name is looked up here.
    Socks5,
    /// SOCKS5, which is told a name.
    Socks5h,
}

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// The most of a user name, a password or a host's name that SOCKS5 can carry, in
/// bytes (RFC 1928 section 5, RFC 1929).
const SOCKS_MOST: usize = 255;

impl ProxyKind {
    /// As it stands in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    pub fn is_socks(self) -> bool {
        matches!(self, Self::Socks5 | Self::Socks5h)
    }

    /// The port when the URL names none, as curl has it.
    fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http | Self::Socks5 | Self::Socks5h => 1080,
        }
    }

    fn named(name: &str) -> Result<Self, TargetError> {
        match name.to_ascii_lowercase().as_str() {
            "http" => Ok(Self::Http),
            "https" => Ok(Self::Https),
            "socks5" => Ok(Self::Socks5),
            "socks5h" => Ok(Self::Socks5h),
            // What is no name may hold a password.
            name if name.bytes().all(|b| b.is_ascii_alphanumeric()) => Err(malformed(
                format!("`{name}` is not a kind of proxy"),
                match nearest(name, SCHEMES) {
                    Some(known) => format!("did you mean {known}://?"),
                    None => "write http://, https://, socks5:// or socks5h://".to_owned(),
                },
            )),
            _ => Err(malformed(
                "what stands before `://` is not a kind of proxy",
                "write http://, https://, socks5:// or socks5h://",
            )),
        }
    }
}

/// A proxy that can be dialed and logged in to. `Display` is its URL without
/// credentials, the port always with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    kind: ProxyKind,
    host: Host,
    port: u16,
    userinfo: Option<Userinfo>,
}

impl Proxy {
    /// Reads a URL as users write it.
    ///
    /// # Errors
    /// [`TargetError::Malformed`] for what is none, has a path, or has credentials
    /// that the kind of proxy cannot be told.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        refuse_stray_characters(text)?;
        let (kind, rest) = match text.split_once("://") {
            Some((name, rest)) => (ProxyKind::named(name)?, rest),
            None => (ProxyKind::Http, text),
        };
        let parts = Parts::split(rest);
        if parts.host.is_empty() && !parts.tail.contains('@') {
            return Err(malformed("there is no host in it", FORM));
        }
        let port = parts.port_or(kind.default_port())?;
        let (host, _) = parts.host_and_resource()?;
        if !matches!(parts.tail, "" | "/") {
            return Err(malformed("a proxy has no path", FORM));
        }
        let proxy = Self {
            kind,
            host,
            port,
            userinfo: None,
        };
        match parts.userinfo()? {
            Some(userinfo) => proxy.logged_in_as(userinfo),
            None => Ok(proxy),
        }
    }

    /// The same with other credentials.
    ///
    /// # Errors
    /// [`TargetError::Malformed`] when they are longer than SOCKS5 can carry.
    pub fn logged_in_as(mut self, userinfo: Userinfo) -> Result<Self, TargetError> {
        let password = userinfo.password().map_or("", |password| password.reveal());
        let longest = userinfo.user().len().max(password.len());
        if self.kind.is_socks() && longest > SOCKS_MOST {
            let message = "user name or password are longer than 255 bytes";
            return Err(malformed(message, "SOCKS5 cannot carry them (RFC 1929)"));
        }
        self.userinfo = Some(userinfo);
        Ok(self)
    }

    /// Whether it can be asked for this host.
    ///
    /// # Errors
    /// [`TargetError::Usage`] for a name that is longer than SOCKS5 can carry.
    pub fn can_reach(&self, host: &Host) -> Result<(), TargetError> {
        match host {
            Host::Name(name) if self.kind == ProxyKind::Socks5h && name.len() > SOCKS_MOST => {
                Err(super::usage(
                    "the host's name is longer than 255 bytes",
                    "SOCKS5 cannot carry it (RFC 1928 section 5)",
                ))
            }
            _ => Ok(()),
        }
    }

    /// How it is spoken to: `http://` unless the URL says otherwise.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Where the proxy itself is.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Never 0; the default of its kind where the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whom to log in as, if it is known.
    pub fn userinfo(&self) -> Option<&Userinfo> {
        self.userinfo.as_ref()
    }
}

const FORM: &str = "write [SCHEME://][USER:PASSWORD@]HOST[:PORT]";

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.kind.as_str(), self.host, self.port)
    }
}

fn refuse_stray_characters(text: &str) -> Result<(), TargetError> {
    let stray = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || c == '#';
    if text.contains(stray) {
        return Err(malformed(
            "it holds white space, a control character, `\\` or `#`",
            "percent-encode those in user name and password",
        ));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::target::Target;
    use proptest::prelude::*;

    fn refused(text: &str) -> TargetError {
        Proxy::parse(text).expect_err(text)
    }

    #[test]
    fn schemes_and_ports_have_the_defaults_of_curl() {
        for (text, full) in [
            ("proxy", "http://proxy:1080"),
            ("proxy:3128", "http://proxy:3128"),
            ("http://proxy/", "http://proxy:1080"),
            ("HTTPS://Proxy.Example", "https://proxy.example:443"),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080"),
            ("socks5h://[::1]:9050", "socks5h://[::1]:9050"),
            ("[2001:DB8::1]:80", "http://[2001:db8::1]:80"),
            ("me:pw@proxy:1", "http://proxy:1"),
            (
                "http://b\u{fc}cher.example:1",
                "http://xn--bcher-kva.example:1",
            ),
        ] {
            let proxy = Proxy::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(proxy.to_string(), full);
        }
    }

    #[test]
    fn credentials_are_decoded_and_not_shown() {
        for (text, user, password) in [
            ("http://m%40e:p%3Aw%23@h", "m@e", Some("p:w#")),
            ("socks5://me@h", "me", None),
            ("me:@h:1", "me", Some("")),
            ("me:p@w@h:1", "me", Some("p@w")),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            let userinfo = proxy.userinfo().unwrap();
            let found = userinfo.password().map(Secret::reveal);
            assert_eq!((userinfo.user(), found), (user, password), "{text}");
            assert!(!proxy.to_string().contains("me"), "{proxy}");
        }
        assert!(Proxy::parse("http://h:1").unwrap().userinfo().is_none());
    }

    #[test]
    fn what_is_no_proxy_is_told_and_no_password_with_it() {
        for (text, message) in [
            ("", "there is no host in it"),
            ("http://", "there is no host in it"),
            (":8080", "there is no host in it"),
            ("me:hunter2@", "there is no host in it"),
            ("socks4://h", "`socks4` is not a kind of proxy"),
            ("ftp://h", "`ftp` is not a kind of proxy"),
            (
                "me:hunter2@http://h",
                "what stands before `://` is not a kind of proxy",
            ),
            ("h:0", "the port `0` is not a number from 1 to 65535"),
            (
                "http://me:hunter2/x@h:1",
                "the port is not a number from 1 to 65535",
            ),
            ("http://h:1/path", "a proxy has no path"),
            ("http://h:1?q", "a proxy has no path"),
            (
                "http://me:hunter2#@h:1",
                "it holds white space, a control character, `\\` or `#`",
            ),
            (
                " h:1",
                "it holds white space, a control character, `\\` or `#`",
            ),
            (
                "http://a b",
                "it holds white space, a control character, `\\` or `#`",
            ),
            ("http://[::1", "the host `[::1` is not a valid IPv6 address"),
        ] {
            let error = refused(text);
            assert_eq!(error.to_string(), message, "{text}");
            let shown = format!("{error} {} {error:?}", error.hint());
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(refused("socks4://h").hint(), "did you mean socks5://?");
    }

    #[test]
    fn socks_takes_255_bytes_at_most() {
        let long = "x".repeat(256);
        let longest = &long[1..];
        for (text, good) in [
            (format!("socks5://{longest}:{longest}@h"), true),
            (format!("socks5://{long}@h"), false),
            (format!("socks5h://u:{long}@h"), false),
            (format!("http://{long}:{long}@h"), true),
        ] {
            assert_eq!(Proxy::parse(&text).is_ok(), good, "{text}");
        }
        for (kind, name, good) in [
            ("socks5h", longest, true),
            ("socks5h", &*long, false),
            ("socks5", &*long, true),
            ("http", &*long, true),
        ] {
            let proxy = Proxy::parse(&format!("{kind}://h")).unwrap();
            let target = Target::parse(&format!("ws://{name}/")).unwrap();
            assert_eq!(proxy.can_reach(target.host()).is_ok(), good, "{kind}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_to_the_same_proxy(
            text in "(http://|https://|socks5h?://|)([a-z%:]{0,4}@|)([a-zä0-9.%_-]{1,8}|\\[[0-9a-f:]{2,6}\\])(:[0-9]{0,5}|)/?"
        ) {
            if let Ok(proxy) = Proxy::parse(&text) {
                let bare = Proxy { userinfo: None, ..proxy };
                prop_assert_eq!(Proxy::parse(&bare.to_string()), Ok(bare));
            }
        }

        #[test]
        fn any_text_is_parsed_or_refused_without_a_panic(text in any::<String>()) {
            let _ = Proxy::parse(&text);
            let _ = Proxy::parse(&format!("socks5://{text}"));
        }
    }
}
