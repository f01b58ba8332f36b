//! What stands before `://`.
//!
//! Owns which schemes there are and how one is told from a host: the URL
//! standard would read `localhost:8080` as a scheme. It never quotes what is
//! not a scheme's name, for that may hold a password.

use super::{TargetError, malformed};
use crate::nearest::nearest;

/// With TLS or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Ws,
    Wss,
}

impl Scheme {
    /// The port when the URL names none: 80 or 443.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }

    /// `ws` or `wss`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }
}

const SCHEMES: [&str; 4] = ["ws", "wss", "http", "https"];

/// The scheme, if there is one, and what follows it. Whatever stands before
/// the first `://` counts as one, so that a mistyped scheme is never a host.
pub(super) fn split(text: &str) -> Result<(Option<Scheme>, &str), TargetError> {
    let (before_colon, _) = text.split_once(':').unwrap_or_default();
    let before_colon = before_colon.to_ascii_lowercase();
    match text.split_once("://") {
        Some((name, rest)) if !name.contains(['/', '?']) => Ok((Some(scheme_named(name)?), rest)),
        _ if SCHEMES.contains(&before_colon.as_str()) => Err(malformed(
            format!("`{before_colon}:` is not followed by `//`"),
            format!("write {before_colon}://HOST"),
        )),
        _ => Ok((None, text)),
    }
}

fn scheme_named(name: &str) -> Result<Scheme, TargetError> {
    match name.to_ascii_lowercase().as_str() {
        "ws" | "http" => Ok(Scheme::Ws),
        "wss" | "https" => Ok(Scheme::Wss),
        other if is_scheme_name(other) => Err(malformed(
            format!("`{other}` is not a scheme for WebSockets"),
            match nearest(other, SCHEMES) {
                Some(scheme) => format!("did you mean {scheme}://?"),
                None => "write ws:// or wss:// (with TLS)".to_owned(),
            },
        )),
        // Not quoted: it may hold a password, as in `user:a://b@host`.
        _ => Err(malformed(
            "what stands before `://` is not a scheme",
            "write ws:// or wss:// (with TLS); percent-encode `/` in a password (%2F)",
        )),
    }
}

/// RFC 3986 section 3.1.
fn is_scheme_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use crate::target::tests::{assert_complaint, assert_means};

    #[test]
    fn http_means_ws_and_case_does_not_matter() {
        for (text, full) in [
            ("ws://h", "ws://h/"),
            ("wss://h", "wss://h/"),
            ("http://h", "ws://h/"),
            ("https://h", "wss://h/"),
            ("WS://h", "ws://h/"),
            ("HttpS://h:8443", "wss://h:8443/"),
        ] {
            assert_means(text, full);
        }
    }

    #[test]
    fn other_schemes_are_malformed_and_the_nearest_is_named() {
        for (scheme, hint) in [
            ("wsss", "did you mean wss://?"),
            ("w", "did you mean ws://?"),
            ("HTPPS", "did you mean https://?"),
            ("ftp", "write ws:// or wss:// (with TLS)"),
            ("h2+x.y-z", "write ws:// or wss:// (with TLS)"),
        ] {
            let name = scheme.to_ascii_lowercase();
            let message = format!("`{name}` is not a scheme for WebSockets");
            assert_complaint(&format!("{scheme}://h"), 3, &message, hint);
        }
    }

    #[test]
    fn what_stands_before_the_slashes_is_never_taken_for_a_host() {
        for text in [
            "://h",
            "1ws://h",
            "w s://h",
            "localhost:://h",
            "me:hunter2@ws://h",
            "me:a://b@h",
        ] {
            assert_complaint(
                text,
                3,
                "what stands before `://` is not a scheme",
                "write ws:// or wss:// (with TLS); percent-encode `/` in a password (%2F)",
            );
        }
    }

    #[test]
    fn a_scheme_without_its_slashes_is_malformed() {
        for (text, scheme) in [
            ("ws:", "ws"),
            ("ws:h", "ws"),
            ("WSS:/h", "wss"),
            ("http:8080", "http"),
            ("https:h?x=a://b", "https"),
        ] {
            let message = format!("`{scheme}:` is not followed by `//`");
            assert_complaint(text, 3, &message, &format!("write {scheme}://HOST"));
        }
    }
}
