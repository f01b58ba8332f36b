//! An opening handshake in a transcript: the `connect` line, what was asked for
//! under it, and what came of it.
//!
//! Everything secret is a variable: credentials, cookies, what a header or a
//! parameter of the URL holds that is named like a secret.

use std::time::Duration;

use data_encoding::BASE64;

use super::secrets::Secrets;
use super::variable;
use crate::secret::{self, Secret};
use crate::visible::must_escape;

/// Values of cookies from this length on are looked for in messages, too: shorter ones
/// are words such as `dark`, in bytes.
const TELLING: usize = 12;

/// What a client asked for, and what it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Without credentials.
    pub url: String,
    pub request: Request,
    /// Options of the command line that had to do with it and cannot stand in a file.
    pub beside: Vec<String>,
    /// The subprotocol that the server chose.
    pub subprotocol: Option<String>,
}

/// What was said of the request, each as the option of that name takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Names and values; without a value, the header was left out.
    pub headers: Vec<(String, Option<Secret>)>,
    pub subprotocols: Vec<String>,
    pub origin: Option<String>,
    pub host: Option<String>,
    /// The value of the Authorization header.
    pub authorization: Option<Secret>,
    pub cookie: Option<Secret>,
    /// If it is not the usual one.
    pub user_agent: Option<String>,
    /// Whether redirects were followed.
    pub location: bool,
    /// Whether permessage-deflate was offered.
    pub compression: bool,
    /// If it is not the usual one.
    pub connect_timeout: Option<Duration>,
}

impl Default for Request {
    /// Nothing was asked for.
    fn default() -> Self {
        Request {
            headers: Vec::new(),
            subprotocols: Vec::new(),
            origin: None,
            host: None,
            authorization: None,
            cookie: None,
            user_agent: None,
            location: false,
            compression: true,
            connect_timeout: None,
        }
    }
}

impl Opening {
    /// An opening of which no more is known than where it led.
    pub fn of_url(url: impl Into<String>) -> Self {
        Opening {
            url: url.into(),
            request: Request::default(),
            beside: Vec::new(),
            subprotocol: None,
        }
    }

    /// Finds the secrets that it holds.
    pub(super) fn tell(&self, secrets: &mut Secrets) {
        for (name, value) in parameters(&self.url) {
            secrets.add(name, value);
        }
        let request = &self.request;
        let headers = request.headers.iter();
        for (name, value) in headers.filter(|(name, _)| secret::is_secret_header(name)) {
            if let Some(value) = value {
                secrets.add(name, behind_scheme(value.reveal()).1);
            }
        }
        if let Some(cookie) = &request.cookie {
            secrets.add("cookie", cookie.reveal());
            let pairs = cookie.reveal().split(';');
            let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
            for (name, value) in pairs.filter(|(_, value)| value.len() >= TELLING) {
                secrets.add(name, value);
            }
        }
        match Credentials::of(request) {
            Some(Credentials::Basic { password, .. }) => {
                secrets.add("password", &password);
                let value = request.authorization.as_ref().map_or("", Secret::reveal);
                secrets.add("authorization", behind_scheme(value).1);
            }
            Some(Credentials::Bearer(token)) => _ = secrets.add("token", token),
            Some(Credentials::Other(value)) => _ = secrets.add("authorization", value),
            None => {}
        }
    }

    /// The URL with variables in it.
    pub(super) fn url(&self, secrets: &mut Secrets) -> String {
        let mut url = String::new();
        let mut from = 0;
        for (name, value) in parameters(&self.url) {
            let at = value.as_ptr().addr() - self.url.as_ptr().addr();
            let known = secrets.add(name, value);
            url.push_str(&one_line(&secrets.text(&self.url[from..at])));
            variable::push(&known, &mut url);
            from = at + value.len();
        }
        url.push_str(&one_line(&secrets.text(&self.url[from..])));
        url
    }

    /// The lines: `connect`, for a client of this name, to `open` and its facts.
    pub(super) fn lines(&self, client: &str, secrets: &mut Secrets) -> Vec<String> {
        let space = if client.is_empty() { "" } else { " " };
        let url = self.url(secrets);
        let mut lines = vec![format!("connect{space}{client} {url}")];
        let options = self.request.options(secrets).into_iter();
        lines.extend(options.map(|option| format!("  {}", one_line(option.trim_end()))));
        lines.push("open".into());
        lines.push("  status == 101".into());
        if let Some(name) = &self.subprotocol {
            lines.push(format!("  subprotocol == {}", secrets.literal(name)));
        }
        lines
    }
}

impl Request {
    fn options(&self, secrets: &mut Secrets) -> Vec<String> {
        let mut options = Vec::new();
        let plain =
            |name: &str, value: &str, secrets: &Secrets| format!("{name} {}", secrets.text(value));
        for name in &self.subprotocols {
            options.push(plain("subprotocol", name, secrets));
        }
        if let Some(origin) = &self.origin {
            options.push(plain("origin", origin, secrets));
        }
        if let Some(host) = &self.host {
            options.push(plain("host", host, secrets));
        }
        options.extend(self.authorization(secrets));
        if let Some(cookie) = &self.cookie {
            let name = secrets.add("cookie", cookie.reveal());
            options.push(format!("cookie {}", braced(&name)));
        }
        match self.user_agent.as_deref() {
            Some("") => options.push("header User-Agent:".into()),
            Some(agent) => options.push(plain("user-agent", agent, secrets)),
            None => {}
        }
        for (name, value) in &self.headers {
            options.push(header(name, value.as_ref(), secrets));
        }
        if self.location {
            options.push("location".into());
        }
        if !self.compression {
            options.push("no-compression".into());
        }
        if let Some(limit) = self.connect_timeout {
            options.push(format!("connect-timeout {}ms", limit.as_millis().max(1)));
        }
        options
    }

    fn authorization(&self, secrets: &mut Secrets) -> Option<String> {
        Some(match Credentials::of(self)? {
            Credentials::Basic { user, password } if password.is_empty() => {
                format!("user {}:", secrets.text(&user))
            }
            Credentials::Basic { user, password } => {
                let name = secrets.add("password", &password);
                format!("user {}:{}", secrets.text(&user), braced(&name))
            }
            Credentials::Bearer(token) => {
                format!("bearer {}", braced(&secrets.add("token", token)))
            }
            Credentials::Other(value) => {
                let name = secrets.add("authorization", value);
                format!("header Authorization: {}", braced(&name))
            }
        })
    }
}

/// What an Authorization header says.
enum Credentials<'a> {
    Basic { user: String, password: String },
    Bearer(&'a str),
    Other(&'a str),
}

impl<'a> Credentials<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let value = request.authorization.as_ref()?.reveal();
        let pair = value
            .strip_prefix("Basic ")
            .and_then(|text| BASE64.decode(text.as_bytes()).ok())
            .and_then(|pair| String::from_utf8(pair).ok());
        let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
        Some(match (pair, value.strip_prefix("Bearer ")) {
            (Some((user, password)), _) => Credentials::Basic {
                user: user.to_owned(),
                password: password.to_owned(),
            },
            (None, Some(token)) => Credentials::Bearer(token),
            (None, None) => Credentials::Other(value),
        })
    }
}

fn header(name: &str, value: Option<&Secret>, secrets: &mut Secrets) -> String {
    let Some(value) = value.map(Secret::reveal) else {
        return format!("header {name}:");
    };
    if value.is_empty() {
        return format!("header {name};");
    }
    if !secret::is_secret_header(name) {
        return format!("header {name}: {}", secrets.text(value));
    }
    let (scheme, rest) = behind_scheme(value);
    let known = secrets.add(name, rest);
    format!("header {name}: {scheme}{}", braced(&known))
}

/// The name of a way to authenticate, with the blank behind it, and the rest.
fn behind_scheme(value: &str) -> (&str, &str) {
    let known = |scheme: &&str| ["Basic ", "Bearer ", "Token "].contains(scheme);
    let scheme = value.split_inclusive(' ').next().filter(known);
    value.split_at(scheme.map_or(0, str::len))
}

/// Names and values of the parameters of a URL that are named like secrets.
fn parameters(url: &str) -> Vec<(&str, &str)> {
    let places = secret::places(url).into_iter();
    let named = |(start, end): (usize, usize)| {
        let before = url[..start].strip_suffix('=')?;
        let name = before.rfind(['?', '&', ';', '#'])? + 1;
        Some((&before[name..], &url[start..end]))
    };
    places.filter_map(named).collect()
}

fn braced(name: &str) -> String {
    let mut text = String::new();
    variable::push(name, &mut text);
    text
}

/// No value may have a line break or a control character; if one does, it goes.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !must_escape(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(opening: &Opening) -> Vec<String> {
        let mut secrets = Secrets::default();
        opening.tell(&mut secrets);
        opening.lines("", &mut secrets)
    }

    #[test]
    fn what_was_asked_for_stands_under_connect_with_variables_for_secrets() {
        let opening = Opening {
            request: Request {
                headers: vec![
                    ("X-Key".into(), Some(Secret::new("k1"))),
                    ("X-Name".into(), Some(Secret::new("{{x}} s3cret"))),
                    ("X-Empty".into(), Some(Secret::new(""))),
                    (
                        "Proxy-Authorization".into(),
                        Some(Secret::new("Bearer zzz")),
                    ),
                    ("Accept".into(), None),
                ],
                subprotocols: vec!["b".into(), "a".into()],
                origin: Some("https://o".into()),
                host: Some("h:1".into()),
                authorization: Some(Secret::new("Basic bWU6czNjcmV0")),
                cookie: Some(Secret::new("sid=0a1b2c; theme=dark")),
                user_agent: Some("mine/1".into()),
                location: true,
                compression: false,
                connect_timeout: Some(Duration::from_millis(1500)),
            },
            subprotocol: Some("a".into()),
            ..Opening::of_url("ws://h/?token=abcdef&x=s3cret")
        };
        let expected = [
            "connect ws://h/?token={{token}}&x={{password}}",
            "  subprotocol b",
            "  subprotocol a",
            "  origin https://o",
            "  host h:1",
            "  user me:{{password}}",
            "  cookie {{cookie}}",
            "  user-agent mine/1",
            "  header X-Key: {{x_key}}",
            "  header X-Name: {{!x}} {{password}}",
            "  header X-Empty;",
            "  header Proxy-Authorization: Bearer {{proxy_authorization}}",
            "  header Accept:",
            "  location",
            "  no-compression",
            "  connect-timeout 1500ms",
            "open",
            "  status == 101",
            "  subprotocol == \"a\"",
        ];
        assert_eq!(lines(&opening), expected);
    }

    #[test]
    fn a_plain_opening_is_short() {
        let expected = ["connect ws://h/", "open", "  status == 101"];
        assert_eq!(lines(&Opening::of_url("ws://h/")), expected);
    }

    #[test]
    fn a_subprotocol_hides_a_secret_wherever_it_is_told() {
        let opening = Opening {
            request: Request {
                subprotocols: vec!["bearer.s3cret".into()],
                authorization: Some(Secret::new("Bearer s3cret")),
                ..Request::default()
            },
            subprotocol: Some("bearer.s3cret".into()),
            ..Opening::of_url("ws://h/")
        };
        let lines = lines(&opening);
        assert_eq!(lines[1], "  subprotocol bearer.{{token}}");
        assert_eq!(lines[5], "  subprotocol == \"bearer.{{token}}\"");
    }

    #[test]
    fn credentials_of_every_kind_are_variables() {
        for (value, line) in [
            ("Bearer t0ken", "  bearer {{token}}"),
            ("Basic bWU6", "  user me:"),
            ("Basic !", "  header Authorization: {{authorization}}"),
            ("hunter2", "  header Authorization: {{authorization}}"),
        ] {
            let mut opening = Opening::of_url("ws://h/");
            opening.request.authorization = Some(Secret::new(value));
            assert_eq!(lines(&opening)[1], line);
        }
    }
}
