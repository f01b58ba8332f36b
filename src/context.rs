//! The environment and the terminals, read once and passed in.

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::secret::Secret;
use crate::terminal::is_dumb;

/// The variables that count, for help and manual: names, and what they say.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "http_proxy, https_proxy",
        "the proxy for ws:// and wss://, as for curl",
    ),
    ("ws_proxy, wss_proxy", "the same, and goes before them"),
    (
        "all_proxy, no_proxy",
        "for both; what is reached without a proxy",
    ),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "whom to trust, instead of the system's roots",
    ),
    (
        "NO_COLOR, CLICOLOR_FORCE",
        "no colours; colours in pipes, too",
    ),
    ("TERM, INPUTRC", "`dumb`: no prompt; the keys of the prompt"),
    (
        "XDG_STATE_HOME",
        "where the history is, instead of ~/.local/state",
    ),
    ("TZ", "the time zone of --timestamps"),
];

/// What the program was started in.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    /// `TERM=dumb`, or a console that is as dumb: no editor, no colours.
    pub dumb: bool,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0`.
    pub force_color: bool,
    /// `SSLKEYLOGFILE` is set: somebody wants the keys of TLS connections.
    pub key_log: bool,
    /// `TZ`: the time zone, if not the system's.
    pub time_zone: Option<String>,
    /// Where state is kept: `XDG_STATE_HOME`, or `.local/state` at home; nowhere on
    /// Windows.
    pub state_home: Option<PathBuf>,
    pub home: Option<PathBuf>,
    /// `INPUTRC`: what is said of line editors, instead of `.inputrc` at home.
    pub inputrc: Option<PathBuf>,
    /// The terminal's name.
    pub term: String,
    pub proxies: ProxyVariables,
}

/// What the environment says of proxies, found as curl finds it: lower case goes
/// before upper case, and what is empty is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    /// The proxy for `ws://`.
    pub ws: Option<Variable>,
    /// The proxy for `wss://`.
    pub wss: Option<Variable>,
    /// What is reached without a proxy.
    pub bypass: Option<Variable>,
}

/// A variable of the environment; a proxy's URL may have a password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    pub value: Secret,
}

/// `HTTP_PROXY` is not among them: a web server sets it to what a client sent as
/// the header `Proxy`.
const FOR_WS: [&str; 5] = [
    "ws_proxy",
    "WS_PROXY",
    "http_proxy",
    "all_proxy",
    "ALL_PROXY",
];
const FOR_WSS: [&str; 6] = [
    "wss_proxy",
    "WSS_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];
const BYPASS: [&str; 2] = ["no_proxy", "NO_PROXY"];

impl ProxyVariables {
    /// Reads what is set; an empty value counts as none.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|&name| {
                let value = get(name).filter(|value| !value.is_empty())?;
                let value = Secret::new(value);
                Some(Variable { name, value })
            })
        };
        ProxyVariables {
            ws: first(&FOR_WS),
            wss: first(&FOR_WSS),
            bypass: first(&BYPASS),
        }
    }
}

impl Context {
    /// Reads it from the process.
    pub fn read() -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let path = |name: &str| {
            set(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        Context {
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            dumb: is_dumb(set("TERM").as_deref()),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            key_log: set("SSLKEYLOGFILE").is_some(),
            time_zone: env::var("TZ").ok(),
            state_home: path("XDG_STATE_HOME")
                .or_else(|| path("HOME").map(|home| home.join(".local/state")))
                .filter(|_| cfg!(unix)),
            home: path("HOME"),
            inputrc: set("INPUTRC").map(PathBuf::from),
            term: set("TERM")
                .map(|term| term.to_string_lossy().into_owned())
                .unwrap_or_default(),
            proxies: ProxyVariables::read(|name| {
                set(name).map(|value| value.to_string_lossy().into_owned())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of those that count, for ws, for wss, and for what is bypassed.
    fn found(set: &[(&str, &str)]) -> [Option<&'static str>; 3] {
        let variables = ProxyVariables::read(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let name = |variable: Option<Variable>| variable.map(|variable| variable.name);
        [variables.ws, variables.wss, variables.bypass].map(name)
    }

    #[test]
    fn the_variables_of_proxies_are_found_as_curl_finds_them() {
        for (set, expected) in [
            (&[][..], [None, None, None]),
            (&[("http_proxy", "p")], [Some("http_proxy"), None, None]),
            (&[("HTTP_PROXY", "p")], [None, None, None]),
            (
                &[("https_proxy", "p"), ("HTTPS_PROXY", "q")],
                [None, Some("https_proxy"), None],
            ),
            (&[("HTTPS_PROXY", "q")], [None, Some("HTTPS_PROXY"), None]),
            (
                &[("ALL_PROXY", "p"), ("https_proxy", "q")],
                [Some("ALL_PROXY"), Some("https_proxy"), None],
            ),
            (
                &[("ALL_PROXY", "p"), ("all_proxy", "q")],
                [Some("all_proxy"), Some("all_proxy"), None],
            ),
            (
                &[
                    ("https_proxy", ""),
                    ("HTTPS_PROXY", "q"),
                    ("http_proxy", ""),
                ],
                [None, Some("HTTPS_PROXY"), None],
            ),
            (
                &[("ws_proxy", "p"), ("http_proxy", "q"), ("WSS_PROXY", "r")],
                [Some("ws_proxy"), Some("WSS_PROXY"), None],
            ),
            (
                &[("NO_PROXY", "a"), ("no_proxy", "b")],
                [None, None, Some("no_proxy")],
            ),
            (
                &[("NO_PROXY", "a"), ("no_proxy", "")],
                [None, None, Some("NO_PROXY")],
            ),
        ] {
            assert_eq!(found(set), expected, "{set:?}");
        }
    }

    #[test]
    fn a_context_shows_no_password() {
        let variables = ProxyVariables::read(|_| Some("http://me:hunter2@h".into()));
        assert!(!format!("{variables:?}").contains("hunter2"));
    }
}
