//! The client's opening handshake (RFC 6455 section 4.1).

use std::time::Duration;

use tungstenite::handshake::client::generate_key;

use crate::http::is_token;
use crate::net::{Road, TlsSettings};
use crate::secret::{Exposure, Secret};
use crate::target::Target;
use crate::ws::OFFER;

/// How many redirects are followed unless told otherwise.
pub const MAX_REDIRECTS: u32 = 10;

/// How to reach and greet a server.
#[derive(Clone, Debug)]
pub struct Plan {
    pub target: Target,
    pub road: Road,
    pub tls: TlsSettings,
    /// The value of the Host header, if not the URL's.
    pub host: Option<String>,
    pub origin: Option<String>,
    /// In the order of preference.
    pub subprotocols: Vec<String>,
    pub user_agent: String,
    /// Whether to offer permessage-deflate.
    pub compression: bool,
    /// The value of the Authorization header.
    pub authorization: Option<Secret>,
    /// The value of the Cookie header.
    pub cookie: Option<Secret>,
    pub headers: Vec<HeaderEdit>,
    /// How many redirects to follow, if any.
    pub redirects: Option<u32>,
    pub retry: RetryPolicy,
    /// How what an answer repeats of our secrets is handed on: as it came, or masked.
    pub repeated: Exposure,
    /// The limit of the whole opening handshake, redirects included.
    pub connect_timeout: Duration,
}

/// How often to try again when a server cannot be reached, and after what pause.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetryPolicy {
    pub limit: u32,
    pub pause: Duration,
}

/// What the user says of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderEdit {
    /// Replaces a header that the handshake would have, else is added.
    Set { name: String, value: Secret },
    /// The handshake does without this header.
    Remove { name: String },
}

/// Why a text is no header.
#[derive(Debug, thiserror::Error)]
#[error("{beginning}{why}")]
pub struct UnfitHeader {
    /// Of the text, in quotes and with a colon: the rest may be a secret.
    beginning: String,
    why: &'static str,
}

/// A request as it is sent, and what its answer is held against.
pub(super) struct Request {
    pub(super) bytes: Vec<u8>,
    pub(super) key: String,
    pub(super) subprotocols: Vec<String>,
    /// The extensions that were offered, as a list.
    pub(super) extensions: String,
}

impl HeaderEdit {
    /// Reads `NAME: VALUE`; `NAME:` removes a header, `NAME;` sets it empty.
    ///
    /// # Errors
    /// When there is no name, or when either part has what a header cannot
    /// carry: a line break would begin a header of its own.
    pub fn parse(text: &str) -> Result<Self, UnfitHeader> {
        let wrong = |why| UnfitHeader {
            beginning: beginning(text),
            why,
        };
        let (name, value) = match (text.split_once(':'), text.strip_suffix(';')) {
            (Some((name, value)), _) => (name, Some(value.trim())),
            (None, Some(name)) => (name, None),
            (None, None) => return Err(wrong("there is no colon in it")),
        };
        if !is_token(name) {
            return Err(wrong(
                "the name has characters that a header's name cannot have",
            ));
        }
        if value.is_some_and(|value| value.chars().any(|c| c.is_control() && c != '\t')) {
            return Err(wrong("the value has a control character"));
        }
        let name = name.to_owned();
        Ok(match value {
            Some("") => HeaderEdit::Remove { name },
            value => HeaderEdit::Set {
                name,
                value: Secret::new(value.unwrap_or_default()),
            },
        })
    }

    /// Whose header it is.
    pub fn name(&self) -> &str {
        match self {
            HeaderEdit::Set { name, .. } | HeaderEdit::Remove { name } => name,
        }
    }
}

impl Plan {
    /// Connects to `target` with nothing asked for.
    pub fn new(target: Target, connect_timeout: Duration) -> Self {
        Plan {
            target,
            road: Road::default(),
            tls: TlsSettings::default(),
            host: None,
            origin: None,
            subprotocols: Vec::new(),
            user_agent: concat!("wstalk/", env!("CARGO_PKG_VERSION")).into(),
            compression: true,
            authorization: None,
            cookie: None,
            headers: Vec::new(),
            redirects: None,
            retry: RetryPolicy::default(),
            repeated: Exposure::Shown,
            connect_timeout,
        }
    }

    /// The same for those who count tries themselves.
    pub fn without_retry(self) -> Self {
        Plan {
            retry: RetryPolicy::default(),
            ..self
        }
    }

    /// The request, with a key of its own.
    pub(super) fn request(&self) -> Request {
        let headers = self.edited(self.defaults());
        let value = |name: &str| find(&headers, name).map(|(_, value)| value.clone());
        let mut bytes = format!("GET {} HTTP/1.1\r\n", self.target.resource()).into_bytes();
        for (name, value) in &headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        let subprotocols = offered(&headers, "Sec-WebSocket-Protocol");
        Request {
            subprotocols: subprotocols
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            extensions: offered(&headers, "Sec-WebSocket-Extensions"),
            key: value("Sec-WebSocket-Key").unwrap_or_default(),
            bytes,
        }
    }

    fn defaults(&self) -> Vec<(String, String)> {
        let host = self.host.clone().unwrap_or_else(|| self.target.authority());
        let protocols = self.subprotocols.join(", ");
        let reveal =
            |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.reveal().to_owned());
        let headers = [
            ("Host", Some(host)),
            (
                "User-Agent",
                Some(self.user_agent.clone()).filter(|text| !text.is_empty()),
            ),
            ("Connection", Some("Upgrade".into())),
            ("Upgrade", Some("websocket".into())),
            ("Sec-WebSocket-Version", Some("13".into())),
            ("Sec-WebSocket-Key", Some(generate_key())),
            (
                "Sec-WebSocket-Extensions",
                self.compression.then(|| OFFER.into()),
            ),
            (
                "Sec-WebSocket-Protocol",
                Some(protocols).filter(|text| !text.is_empty()),
            ),
            ("Origin", self.origin.clone()),
            ("Authorization", reveal(&self.authorization)),
            ("Cookie", reveal(&self.cookie)),
        ];
        let present = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name.into(), value?)));
        present.collect()
    }

    /// The headers after the user's edits: the first of a name takes the
    /// place of ours, all others follow in their order.
    fn edited(&self, defaults: Vec<(String, String)>) -> Vec<(String, String)> {
        let mut edits: Vec<Option<&HeaderEdit>> = self.headers.iter().map(Some).collect();
        let mut headers = Vec::new();
        for (name, value) in defaults {
            let mut same = edits
                .iter_mut()
                .filter(|edit| edit.is_some_and(|edit| edit.name().eq_ignore_ascii_case(&name)));
            match same.next().and_then(Option::take) {
                Some(HeaderEdit::Set { name, value }) => {
                    headers.push((name.clone(), value.reveal().to_owned()));
                }
                Some(HeaderEdit::Remove { .. }) => {}
                None => headers.push((name, value)),
            }
        }
        for edit in edits.into_iter().flatten() {
            if let HeaderEdit::Set { name, value } = edit {
                headers.push((name.clone(), value.reveal().to_owned()));
            }
        }
        headers
    }
}

/// What is certainly no value.
fn beginning(text: &str) -> String {
    match text.find([':', ' ', '\t']) {
        Some(end) => format!("\"{}\": ", &text[..=end]),
        None => String::new(),
    }
}

/// A header that is a list, over all its lines.
fn offered(headers: &[(String, String)], name: &str) -> String {
    let same = |(found, _): &&(String, String)| found.eq_ignore_ascii_case(name);
    let values: Vec<&str> = headers
        .iter()
        .filter(same)
        .map(|(_, value)| value.as_str())
        .collect();
    values.join(",")
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a (String, String)> {
    headers
        .iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(url: &str) -> Plan {
        Plan::new(Target::parse(url).unwrap(), Duration::from_secs(1))
    }

    fn lines(plan: &Plan) -> Vec<String> {
        let request = plan.request();
        let text = String::from_utf8(request.bytes).unwrap();
        let hidden = text.replace(&request.key, "KEY");
        hidden.split("\r\n").map(str::to_owned).collect()
    }

    fn header(text: &str) -> HeaderEdit {
        HeaderEdit::parse(text).unwrap()
    }

    #[test]
    fn the_plain_request_is_what_the_rfc_wants() {
        let agent = concat!("User-Agent: wstalk/", env!("CARGO_PKG_VERSION"));
        let expected = [
            "GET /chat?x=1 HTTP/1.1",
            "Host: example.com:8080",
            agent,
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: KEY",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            "",
            "",
        ];
        assert_eq!(lines(&plan("ws://example.com:8080/chat?x=1")), expected);
    }

    #[test]
    fn options_stand_behind_in_a_fixed_order() {
        let mut plan = plan("wss://h/");
        plan.subprotocols = vec!["b".into(), "a".into()];
        plan.origin = Some("https://o".into());
        plan.authorization = Some(Secret::new("Basic eA=="));
        let lines = lines(&plan);
        assert_eq!(
            lines[8..11],
            [
                "Sec-WebSocket-Protocol: b, a",
                "Origin: https://o",
                "Authorization: Basic eA=="
            ]
        );
    }

    #[test]
    fn a_users_header_takes_the_place_of_ours_or_follows() {
        let mut plan = plan("ws://h/");
        plan.headers = vec![
            header("X-One: 1"),
            header("host: other"),
            header("USER-AGENT:"),
            header("x-one:2"),
            header("X-Empty;"),
        ];
        let lines = lines(&plan);
        assert_eq!(lines[1..3], ["host: other", "Connection: Upgrade"]);
        assert_eq!(lines[7..10], ["X-One: 1", "x-one: 2", "X-Empty: "]);
    }

    #[test]
    fn a_subprotocol_offered_as_a_header_counts_as_offered() {
        let mut plan = plan("ws://h/");
        plan.headers = vec![header("Sec-WebSocket-Protocol: a, b")];
        assert_eq!(plan.request().subprotocols, ["a", "b"]);
    }

    #[test]
    fn what_is_offered_of_extensions_is_the_users_to_say() {
        let mut plan = plan("ws://h/");
        assert_eq!(plan.request().extensions, OFFER);
        plan.headers = vec![header("sec-websocket-extensions: permessage-deflate")];
        assert_eq!(plan.request().extensions, "permessage-deflate");
        plan.headers = vec![header("Sec-WebSocket-Extensions:")];
        assert_eq!(plan.request().extensions, "");
        plan.headers.clear();
        plan.compression = false;
        assert_eq!(plan.request().extensions, "");
        assert!(!lines(&plan).concat().contains("Extensions"));
    }

    #[test]
    fn a_header_that_is_none_does_not_show_its_value() {
        for text in [
            "Authorization Bearer s3cret",
            "Authorization\tBearer s3cret",
            "X Y: s3cret",
            "X-Key: s3cret\r\nX: y",
            "\u{fc}: s3cret",
            "s3cret",
        ] {
            let shown = HeaderEdit::parse(text).unwrap_err().to_string();
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn debug_of_a_plan_shows_no_value_of_a_users_header() {
        let mut plan = plan("ws://h/");
        plan.headers = vec![header("X-Key: s3cret")];
        let shown = format!("{plan:?}");
        assert!(
            shown.contains("X-Key") && !shown.contains("s3cret"),
            "{shown}"
        );
    }

    #[test]
    fn a_header_cannot_smuggle_in_another() {
        for text in [
            "A: b\r\nC: d",
            "A\r\nB: c",
            "A B: c",
            ": c",
            "no colon",
            "\u{e9}: x",
            "A: \0",
        ] {
            assert!(HeaderEdit::parse(text).is_err(), "{text}");
        }
    }
}
