//! `ws+unix:/path/to.sock:/resource`: a server behind a Unix socket.
//!
//! The first colon behind the scheme ends the socket's path; a colon that belongs
//! to it is percent-encoded. `ws+unix:///path` is the same with an empty host. The
//! request names the host `localhost`.

use std::fmt;
use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::parts::Parts;
use super::{Scheme, Target, TargetError, malformed};

const SCHEME: &str = "ws+unix";

/// What a path in a URL cannot hold as it is, or what would end it.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'?')
    .add(b'\\');

/// What follows the scheme, if it is this one.
///
/// # Errors
/// For its sibling with TLS, which would need a name to hold a certificate against.
pub(super) fn behind_scheme(text: &str) -> Result<Option<&str>, TargetError> {
    match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(Some(rest)),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("wss+unix") => Err(malformed(
            "`wss+unix:` names no host, and TLS needs one to hold a certificate against",
            "write wss://HOST/PATH, and the socket with --unix-socket PATH",
        )),
        _ => Ok(None),
    }
}

/// Socket and resource, from what follows the scheme.
pub(super) fn parse(rest: &str) -> Result<Target, TargetError> {
    let rest = match rest.strip_prefix("//") {
        Some(path) if !path.starts_with('/') => {
            return Err(wrong("a Unix socket has no host, only a path"));
        }
        Some(path) => path,
        None => rest,
    };
    let (path, resource) = rest.split_once(':').unwrap_or((rest, ""));
    if path.contains('?') {
        return Err(malformed(
            "the query stands in the path of the Unix socket",
            "write `:/` before it, or %3F for a `?` that belongs to the path",
        ));
    }
    if !resource.is_empty() && !resource.starts_with(['/', '?']) {
        return Err(wrong("what follows the path of the Unix socket is no path"));
    }
    let target = Parts::split(&format!("localhost{resource}")).target(Scheme::Ws)?;
    Ok(Target {
        socket: Some(decoded(path)?),
        ..target
    })
}

fn decoded(path: &str) -> Result<Box<Path>, TargetError> {
    let path = percent_decode_str(path).decode_utf8().map_err(|_| {
        let message = "the path of the Unix socket is not UTF-8 when percent-decoded";
        malformed(
            message,
            "percent-encode the bytes of its UTF-8, or use --unix-socket",
        )
    })?;
    if path.is_empty() || path.contains('\0') {
        return Err(wrong("the path of the Unix socket is missing"));
    }
    // Two slashes would look like the beginning of a host when it is shown.
    let bare = path.trim_start_matches('/');
    let slash = if bare.len() < path.len() { "/" } else { "" };
    Ok(Path::new(&format!("{slash}{bare}")).into())
}

fn wrong(message: &str) -> TargetError {
    malformed(message, "write ws+unix:/PATH/TO/SOCKET:/RESOURCE")
}

/// A socket as it stands in a URL, with the scheme.
pub(super) struct Shown<'a>(pub(super) &'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.to_string_lossy();
        write!(f, "{SCHEME}:{}", utf8_percent_encode(&path, ENCODED))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::target::tests::{assert_complaint, assert_means, complaint, parsed};

    #[test]
    fn a_url_of_a_unix_socket_names_a_file_and_a_resource() {
        for (text, path, resource) in [
            ("ws+unix:/run/x.sock:/chat?a=b", "/run/x.sock", "/chat?a=b"),
            ("ws+unix:/run/x.sock", "/run/x.sock", "/"),
            ("ws+unix:/run/x.sock:", "/run/x.sock", "/"),
            ("ws+unix:/run/x.sock:?a", "/run/x.sock", "/?a"),
            ("WS+Unix:///run/x.sock:/a:b", "/run/x.sock", "/a:b"),
            ("ws+unix:////run//x", "/run//x", "/"),
            ("ws+unix:x.sock:/", "x.sock", "/"),
            ("ws+unix:./x.sock", "./x.sock", "/"),
            ("ws+unix:/a%20b%3Ac%3Fd%25", "/a b:c?d%", "/"),
            ("ws+unix:/\u{fc} x:/\u{fc} y", "/\u{fc} x", "/%C3%BC%20y"),
        ] {
            let target = parsed(text);
            assert_eq!(target.socket(), Some(Path::new(path)), "{text}");
            assert_eq!(target.resource(), resource, "{text}");
            assert_eq!(target.authority(), "localhost", "{text}");
            assert_eq!(target.scheme(), Scheme::Ws, "{text}");
        }
        assert_eq!(parsed("ws://h/").socket(), None);
    }

    #[test]
    fn it_is_shown_as_it_can_be_written() {
        for (text, full) in [
            ("ws+unix:///run/x", "ws+unix:/run/x:/"),
            ("ws+unix:/a b%3ac%3fd%25", "ws+unix:/a%20b%3Ac%3Fd%25:/"),
            ("ws+unix:/%0a%C3%BC:/x", "ws+unix:/%0A%C3%BC:/x"),
            ("ws+unix:x:?y", "ws+unix:x:/?y"),
        ] {
            assert_means(text, full);
            assert_means(full, full);
        }
    }

    #[test]
    fn no_redirect_leads_to_a_socket_but_one_within_it() {
        let unix = parsed("ws+unix:/run/x:/a/b");
        for (location, to) in [
            ("/c", "ws+unix:/run/x:/c"),
            ("c?d", "ws+unix:/run/x:/a/c?d"),
            ("http://localhost/c", "ws+unix:/run/x:/c"),
            ("http://localhost:81/c", "ws://localhost:81/c"),
            ("wss://example.com/c", "wss://example.com/c"),
        ] {
            let target = unix.join(location).unwrap();
            assert_eq!(target.to_string(), to, "{location}");
            let within = to.starts_with("ws+unix");
            assert_eq!(target.is_same_origin(&unix), within, "{location}");
        }
        for from in [unix, parsed("ws://h/")] {
            for location in ["ws+unix:/run/y:/", "WS+UNIX:///run/y"] {
                let error = from.join(location).unwrap_err().to_string();
                assert_eq!(error, "the redirect leads to a Unix socket of this machine");
            }
        }
    }

    #[test]
    fn what_names_no_socket_is_malformed() {
        let form = "write ws+unix:/PATH/TO/SOCKET:/RESOURCE";
        for (text, message) in [
            ("ws+unix:", "the path of the Unix socket is missing"),
            ("ws+unix::/x", "the path of the Unix socket is missing"),
            ("ws+unix:/a%00", "the path of the Unix socket is missing"),
            ("ws+unix://", "a Unix socket has no host, only a path"),
            (
                "ws+unix://me:hunter2@h/x",
                "a Unix socket has no host, only a path",
            ),
            (
                "ws+unix:/x:y",
                "what follows the path of the Unix socket is no path",
            ),
        ] {
            assert_complaint(text, 3, message, form);
        }
        for (text, message) in [
            (
                "ws+unix:/x?y",
                "the query stands in the path of the Unix socket",
            ),
            (
                "ws+unix:/%ff",
                "the path of the Unix socket is not UTF-8 when percent-decoded",
            ),
            (
                "WSS+unix:/x",
                "`wss+unix:` names no host, and TLS needs one to hold a certificate against",
            ),
        ] {
            let (code, got, _) = complaint(text);
            assert_eq!((code, got.as_str()), (3, message), "{text}");
        }
    }
}
