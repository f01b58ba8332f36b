//! Which proxy leads to a server, if any: `--proxy`, or the variables of the
//! environment, and what is reached without one.
//!
//! Pure: a redirect may lead to another server, for which another proxy is chosen.

use thiserror::Error;

use super::Bypass;
use crate::target::{Proxy, Scheme, Target, TargetError, Userinfo};

/// The proxies that were named, and the rules of who is reached through them.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    ws: Option<Named>,
    wss: Option<Named>,
    bypass: Option<(&'static str, Bypass)>,
    /// Whether this machine is reached directly.
    spares_loopback: bool,
}

/// A proxy, and the option or variable that names it.
#[derive(Clone, Debug)]
pub struct Named {
    from: &'static str,
    /// What the environment says may be malformed: that is no error until it is
    /// needed.
    proxy: Result<Proxy, TargetError>,
}

/// The way to a server, as far as proxies are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// There is no proxy.
    Direct,
    /// There is one, and this server is reached without it.
    Spared { proxy: &'a Proxy, by: &'static str },
    Through {
        proxy: &'a Proxy,
        /// The option or variable that names it.
        from: &'static str,
    },
}

/// Why the proxy that a server needs cannot be used: usage errors.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{from}: {error}")]
pub struct BadProxy {
    pub from: &'static str,
    pub error: TargetError,
}

impl Named {
    /// The URL that stands in an option or variable.
    pub fn new(from: &'static str, url: &str) -> Self {
        Named {
            from,
            proxy: Proxy::parse(url),
        }
    }

    fn get(&self) -> Result<&Proxy, BadProxy> {
        let error = |error: &TargetError| BadProxy {
            from: self.from,
            error: error.clone(),
        };
        self.proxy.as_ref().map_err(error)
    }
}

impl Proxies {
    /// One for every server, this machine too.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn asked_for(proxy: Named) -> Result<Self, BadProxy> {
        proxy.get()?;
        Ok(Proxies {
            ws: Some(proxy.clone()),
            wss: Some(proxy),
            bypass: None,
            spares_loopback: false,
        })
    }

    /// Those of the environment, with TLS and without, which leave this machine alone.
    pub fn of_environment(ws: Option<Named>, wss: Option<Named>) -> Self {
        Proxies {
            ws,
            wss,
            bypass: None,
            spares_loopback: true,
        }
    }

    /// Reaches these without a proxy; `from` is the option or variable that says so.
    #[must_use]
    pub fn sparing(mut self, from: &'static str, bypass: Bypass) -> Self {
        self.bypass = Some((from, bypass));
        self
    }

    /// Logs in as this user, whatever the URLs say. A proxy that cannot be told these
    /// credentials is malformed.
    #[must_use]
    pub fn logged_in_as(mut self, userinfo: &Userinfo) -> Self {
        for named in [&mut self.ws, &mut self.wss].into_iter().flatten() {
            named.proxy = match named.proxy.clone() {
                Ok(proxy) => proxy.logged_in_as(userinfo.clone()),
                malformed => malformed,
            };
        }
        self
    }

    /// Whether no proxy was named at all.
    pub fn is_empty(&self) -> bool {
        self.ws.is_none() && self.wss.is_none()
    }

    /// Chooses for one server.
    ///
    /// # Errors
    /// When the proxy is malformed, or cannot be asked for this host.
    pub fn for_target(&self, target: &Target) -> Result<Choice<'_>, BadProxy> {
        let named = match target.scheme() {
            Scheme::Ws => &self.ws,
            Scheme::Wss => &self.wss,
        };
        let Some(named) = named else {
            return Ok(Choice::Direct);
        };
        match (self.spared_by(target), &named.proxy) {
            (Some(by), Ok(proxy)) => return Ok(Choice::Spared { proxy, by }),
            (Some(_), Err(_)) => return Ok(Choice::Direct),
            (None, _) => {}
        }
        let proxy = named.get()?;
        let from = named.from;
        match proxy.can_reach(target.host()) {
            Ok(()) => Ok(Choice::Through { proxy, from }),
            Err(error) => Err(BadProxy { from, error }),
        }
    }

    /// Why this server is reached without a proxy.
    fn spared_by(&self, target: &Target) -> Option<&'static str> {
        let (host, port) = (target.host(), target.port());
        match &self.bypass {
            Some((from, bypass)) if bypass.covers(host, port) => Some(from),
            _ if self.spares_loopback && host.is_loopback() => Some("it is this machine"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn chosen(proxies: &Proxies, url: &str) -> String {
        let target = Target::parse(url).unwrap();
        match proxies.for_target(&target) {
            Ok(Choice::Direct) => "direct".into(),
            Ok(Choice::Spared { by, .. }) => format!("spared: {by}"),
            Ok(Choice::Through { proxy, from }) => format!("{proxy} of {from}"),
            Err(error) => format!("error: {error}"),
        }
    }

    fn environment() -> Proxies {
        Proxies::of_environment(
            Some(Named::new("http_proxy", "http://plain:1")),
            Some(Named::new("https_proxy", "socks5h://secure:2")),
        )
    }

    fn asked() -> Proxies {
        Proxies::asked_for(Named::new("--proxy", "asked:3")).unwrap()
    }

    #[test]
    fn the_environment_has_a_proxy_for_each_scheme_and_none_for_this_machine() {
        let proxies = environment();
        for (url, choice) in [
            ("ws://h", "http://plain:1 of http_proxy"),
            ("wss://h", "socks5h://secure:2 of https_proxy"),
            ("ws://localhost", "spared: it is this machine"),
            ("wss://a.localhost:1", "spared: it is this machine"),
            ("ws://127.8.8.8", "spared: it is this machine"),
            ("ws://[::1]:8080", "spared: it is this machine"),
            ("ws://10.0.0.1", "http://plain:1 of http_proxy"),
        ] {
            assert_eq!(chosen(&proxies, url), choice, "{url}");
        }
        let none = Proxies::of_environment(None, None);
        assert!(none.is_empty() && !proxies.is_empty());
        assert_eq!(chosen(&none, "ws://h"), "direct");
    }

    #[test]
    fn a_proxy_that_was_asked_for_leads_to_this_machine_too_unless_it_is_spared() {
        let proxies = asked();
        assert_eq!(
            chosen(&proxies, "wss://localhost"),
            "http://asked:3 of --proxy"
        );
        let (bypass, _) = Bypass::parse("localhost,.internal:81");
        let proxies = proxies.sparing("--noproxy", bypass);
        for (url, choice) in [
            ("ws://localhost", "spared: --noproxy"),
            ("ws://a.internal:81", "spared: --noproxy"),
            ("ws://a.internal", "http://asked:3 of --proxy"),
        ] {
            assert_eq!(chosen(&proxies, url), choice, "{url}");
        }
    }

    #[test]
    fn a_malformed_proxy_is_no_error_until_it_is_needed() {
        let bad = || Some(Named::new("all_proxy", "socks4://me:hunter2@h"));
        let proxies = Proxies::of_environment(bad(), bad())
            .sparing("no_proxy", Bypass::parse("spared.example").0);
        let error = "error: all_proxy: `socks4` is not a kind of proxy";
        for (url, choice) in [
            ("ws://localhost", "direct"),
            ("ws://spared.example", "direct"),
            ("wss://h", error),
        ] {
            assert_eq!(chosen(&proxies, url), choice, "{url}");
        }
        assert!(Proxies::asked_for(Named::new("--proxy", "")).is_err());
    }

    #[test]
    fn credentials_of_their_own_take_the_place_of_those_in_the_url() {
        let long = Userinfo::new(&"x".repeat(300), Some(Secret::new("y"))).unwrap();
        let proxies = environment().logged_in_as(&long);
        let target = Target::parse("ws://h").unwrap();
        let Ok(Choice::Through { proxy, .. }) = proxies.for_target(&target) else {
            panic!("no proxy");
        };
        assert_eq!(proxy.userinfo(), Some(&long));
        assert_eq!(
            chosen(&proxies, "wss://h"),
            "error: https_proxy: user name or password are longer than 255 bytes"
        );
    }

    #[test]
    fn a_name_that_socks_cannot_carry_is_an_error() {
        let url = format!("wss://{}/", "x".repeat(256));
        assert_eq!(
            chosen(&environment(), &url),
            "error: https_proxy: the host's name is longer than 255 bytes"
        );
    }
}
