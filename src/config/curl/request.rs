//! From the options of a curl command to the request that it means, as far as a
//! WebSocket can make it.
//!
//! Pure: reads no files, and knows nothing of the options of this program.

use std::mem;
use std::path::PathBuf;
use std::time::Duration;

use super::options::{COOKIE_FILE, METHOD, Meaning, OLD_TLS, TRUSTING};
use super::words::{self, Given};
use crate::config::usage;
use crate::duration;
use crate::error::Error;
use crate::net::TlsVersion;
use crate::secret;

/// What a curl command asks for.
#[derive(Default)]
pub(super) struct Request {
    pub(super) url: String,
    /// In their order, without those of `handshake`; `NAME:` removes one.
    pub(super) headers: Vec<String>,
    /// The values of Host headers, which may be the URL's own.
    pub(super) hosts: Vec<String>,
    pub(super) subprotocols: Vec<String>,
    pub(super) cookie: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) user: Option<String>,
    pub(super) bearer: Option<String>,
    pub(super) insecure: bool,
    pub(super) authorities: Option<PathBuf>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) passphrase: Option<String>,
    pub(super) tls_from: Option<TlsVersion>,
    pub(super) tls_up_to: Option<TlsVersion>,
    pub(super) proxy: Option<String>,
    pub(super) proxy_user: Option<String>,
    pub(super) no_proxy: Option<String>,
    pub(super) resolve: Vec<String>,
    /// The last of it and `ipv6`, which exclude each other.
    pub(super) ipv4: bool,
    pub(super) ipv6: bool,
    pub(super) unix_socket: Option<PathBuf>,
    pub(super) location: bool,
    pub(super) max_redirects: Option<u32>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) max_time: Option<Duration>,
    pub(super) verbose: bool,
    /// The names of headers that the handshake makes itself, as they were given.
    pub(super) handshake: Vec<String>,
    /// Options that mean nothing to a WebSocket, as they were given.
    pub(super) meaningless: Vec<String>,
}

/// Headers that only we can know.
const OURS: [&str; 5] = [
    "connection",
    "upgrade",
    "sec-websocket-key",
    "sec-websocket-version",
    "content-length",
];

impl Request {
    /// Reads the words behind `curl`, which may stand before them.
    ///
    /// # Errors
    /// `Usage` for what is not known, cannot be had, or is no value of its option.
    pub(super) fn read(words: &[String]) -> Result<Self, Error> {
        let words = match words {
            [first, rest @ ..] if first == "curl" || first == "curl.exe" => rest,
            words => words,
        };
        let mut request = Request::default();
        let mut referer = None;
        for given in words::read(words)? {
            match given.meaning {
                Meaning::Referer => referer = Some(given.value),
                _ => request.add(given)?,
            }
        }
        if request.url.is_empty() {
            return Err(usage(
                "there is no URL behind `--`",
                "paste what a browser's \"Copy as cURL\" gives: wstalk curl -- curl 'wss://…' -H '…'",
            ));
        }
        request.refer(referer.as_deref());
        Ok(request)
    }

    /// Drops what beside a Unix socket has no meaning.
    pub(super) fn drop_ways(&mut self) {
        let dropped = [
            (mem::take(&mut self.ipv4), "--ipv4"),
            (mem::take(&mut self.ipv6), "--ipv6"),
            (!mem::take(&mut self.resolve).is_empty(), "--resolve"),
            (self.proxy.take().is_some(), "--proxy"),
            (self.proxy_user.take().is_some(), "--proxy-user"),
            (self.no_proxy.take().is_some(), "--noproxy"),
        ];
        let dropped = dropped.into_iter().filter(|(given, _)| *given);
        self.meaningless
            .extend(dropped.map(|(_, name)| name.into()));
    }

    fn add(&mut self, given: Given) -> Result<(), Error> {
        let Given {
            spelled, value, on, ..
        } = given;
        let spelled = spelled.as_str();
        match given.meaning {
            Meaning::Url => self.point_to(value)?,
            Meaning::Method if value == "GET" => self.meaningless.push(format!("{spelled} GET")),
            Meaning::Method => return Err(words::impossible(spelled, METHOD)),
            Meaning::Header => self.header(spelled, value)?,
            Meaning::Cookie => self.cookies(spelled, &value)?,
            Meaning::UserAgent => self.user_agent = Some(value),
            Meaning::User => self.user = Some(unlike_file(spelled, value)?),
            Meaning::Bearer => self.bearer = Some(unlike_file(spelled, value)?),
            Meaning::Insecure => self.insecure = on,
            Meaning::Authorities => self.authorities = Some(value.into()),
            Meaning::Certificate => self.identify(spelled, &value)?,
            Meaning::Key => self.key = Some(value.into()),
            Meaning::Passphrase => self.passphrase = Some(unlike_file(spelled, value)?),
            Meaning::TlsFrom(version) => self.tls_from = Some(version),
            Meaning::TlsUpTo => self.tls_up_to = version(spelled, &value)?,
            Meaning::Proxy => self.proxy = Some(value),
            Meaning::ProxyUser => self.proxy_user = Some(unlike_file(spelled, value)?),
            Meaning::NoProxy => self.no_proxy = Some(value),
            Meaning::Resolve => self.resolve.push(value),
            Meaning::Ipv4 | Meaning::Ipv6 => {
                self.ipv4 = given.meaning == Meaning::Ipv4;
                self.ipv6 = !self.ipv4;
            }
            Meaning::UnixSocket => self.unix_socket = Some(value.into()),
            Meaning::LocationTrusted if on => return Err(words::impossible(spelled, TRUSTING)),
            Meaning::Location | Meaning::LocationTrusted => self.location = on,
            Meaning::MaxRedirects => self.max_redirects = Some(count(spelled, &value)?),
            Meaning::ConnectTimeout => self.connect_timeout = limit(spelled, &value)?,
            Meaning::MaxTime => self.max_time = limit(spelled, &value)?,
            Meaning::Verbose => self.verbose = on,
            Meaning::Nothing | Meaning::Impossible(_) | Meaning::Referer => {
                self.meaningless.push(spelled.into());
            }
        }
        Ok(())
    }

    fn point_to(&mut self, url: String) -> Result<(), Error> {
        if !self.url.is_empty() {
            return Err(usage(
                &format!(
                    "a conversation has one URL, and `{}` is another",
                    secret::text(&url)
                ),
                "is everything quoted? the copy for a POSIX shell is called \"Copy as cURL (bash)\"",
            ));
        }
        self.url = url;
        Ok(())
    }

    fn header(&mut self, spelled: &str, text: String) -> Result<(), Error> {
        if text.starts_with('@') {
            return Err(usage(
                &format!("curl's {spelled}: a file of headers"),
                "name it with --header @FILE before `--`",
            ));
        }
        let (name, value) = parted(&text);
        let lower = name.to_ascii_lowercase();
        let ours = OURS.contains(&lower.as_str());
        match (lower.as_str(), value.is_empty()) {
            ("host", false) => self.hosts.push(value.into()),
            ("sec-websocket-protocol", false) => {
                let names = value.split(',').map(str::trim);
                self.subprotocols.extend(names.map(str::to_owned));
            }
            // Offered by default; without a value it is not to be offered.
            ("sec-websocket-extensions", false) => self.handshake.push(name.into()),
            _ if ours => self.handshake.push(name.into()),
            _ => self.headers.push(text),
        }
        Ok(())
    }

    /// `NAME=VALUE`, of which there may be several; a text without `=` is the name
    /// of a file.
    fn cookies(&mut self, spelled: &str, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        if !text.contains('=') {
            return Err(words::impossible(spelled, COOKIE_FILE));
        }
        let text = unlike_file(spelled, text.trim().to_owned())?;
        let before = self.cookie.take();
        self.cookie = Some(match before {
            Some(before) => format!("{before}; {text}"),
            None => text,
        });
        Ok(())
    }

    /// `FILE[:PASSPHRASE]`, where `\:` is a colon of the file's name.
    fn identify(&mut self, spelled: &str, text: &str) -> Result<(), Error> {
        let mut file = String::new();
        let mut rest = text.chars();
        while let Some(letter) = rest.next() {
            match letter {
                ':' => {
                    self.passphrase = Some(unlike_file(spelled, rest.as_str().into())?);
                    break;
                }
                '\\' => file.push(rest.next().unwrap_or('\\')),
                letter => file.push(letter),
            }
        }
        self.certificate = Some(file.into());
        Ok(())
    }

    /// A Referer header wins over the option. `;auto` is for redirects, which say
    /// nothing of where they come from here.
    fn refer(&mut self, referer: Option<&str>) {
        let named = |text: &String| parted(text).0.eq_ignore_ascii_case("referer");
        let text = referer.map(|text| text.strip_suffix(";auto").unwrap_or(text));
        if let Some(text) = text.filter(|text| !text.is_empty())
            && !self.headers.iter().any(named)
        {
            self.headers.push(format!("Referer: {text}"));
        }
    }
}

/// A header's name, and its value without the blanks around it.
pub(super) fn parted(text: &str) -> (&str, &str) {
    let (name, value) = text.split_once(':').unwrap_or((text, ""));
    (name.trim_end_matches(';'), value.trim())
}

/// A value that our own option of the kind would read from a file if it began
/// with `@`, which it does not mean to curl.
fn unlike_file(spelled: &str, value: String) -> Result<String, Error> {
    match value.starts_with('@') {
        true => Err(usage(
            &format!(
                "curl's {spelled}: a value that begins with @ is not taken from a curl command"
            ),
            "give it as a header, or in a file: wstalk's own --user, --bearer, --cookie and --proxy-user take @FILE",
        )),
        false => Ok(value),
    }
}

/// `-1` is without an end.
fn count(spelled: &str, text: &str) -> Result<u32, Error> {
    match text {
        "-1" => Ok(u32::MAX),
        text => text.parse().map_err(|_| {
            usage(
                &format!("curl's {spelled}: `{text}` is no number of redirects"),
                "",
            )
        }),
    }
}

/// `default` is none in particular.
fn version(spelled: &str, text: &str) -> Result<Option<TlsVersion>, Error> {
    match (text, TlsVersion::named(text)) {
        ("default", _) => Ok(None),
        (_, Some(version)) if version < TlsVersion::V1_2 => {
            Err(words::impossible(spelled, OLD_TLS))
        }
        (_, Some(version)) => Ok(Some(version)),
        _ => Err(usage(
            &format!("curl's {spelled}: `{text}` is no version of TLS"),
            "",
        )),
    }
}

/// Seconds; zero is no limit.
fn limit(spelled: &str, text: &str) -> Result<Option<Duration>, Error> {
    let seconds = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let limit = duration::parse(text).ok().filter(|_| seconds);
    match limit {
        Some(limit) => Ok(Some(limit).filter(|limit| !limit.is_zero())),
        None => Err(usage(
            &format!("curl's {spelled}: `{text}` is no number of seconds"),
            "",
        )),
    }
}
