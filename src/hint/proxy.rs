//! What to do when a proxy stands in the way.

use super::{NOBODY, by_family, tls};
use crate::error::{ProxyFailure, ProxyProblem, Refusal};
use crate::http::{HeadError, Spoken};
use crate::net::{ConnectError, Method, SocksError, TlsProblem};

const WITHOUT: &str = "--noproxy '*' goes without a proxy";
const LOG_IN: &str = "--proxy-user USER:PASSWORD logs in";
const UNREACHED: &str = "the proxy could not reach the server: check its name and port";

pub(super) fn proxy(failure: &ProxyFailure) -> Option<String> {
    let from = failure.from;
    Some(match &failure.problem {
        ProxyProblem::Unresolved(cause) => match by_family(cause) {
            Some(cure) => cure,
            None => format!("check the spelling of the proxy in {from}; {WITHOUT}"),
        },
        ProxyProblem::Unreachable(tried) if tried.iter().any(|one| one.cause.kind() == NOBODY) => {
            format!("nothing listens there: is the proxy running? it is from {from}; {WITHOUT}")
        }
        ProxyProblem::Unreachable(_) => format!("the proxy is from {from}; {WITHOUT}"),
        ProxyProblem::Tls(error) => match error.problem {
            TlsProblem::NotTls => {
                format!("the proxy does not speak TLS on this port: http:// in {from}")
            }
            TlsProblem::Ended => format!("perhaps it has no TLS on this port: http:// in {from}"),
            TlsProblem::CertificateRequired => "no certificate of ours is shown to a proxy".into(),
            problem @ (TlsProblem::Untrusted(_)
            | TlsProblem::NoCommonVersion { .. }
            | TlsProblem::NoVersion) => tls::handshake(problem, None)?,
            _ => return None,
        },
        ProxyProblem::Refused(refusal) => return refused(refusal),
        ProxyProblem::Connect(ConnectError::Head(HeadError::NotHttp { spoken, .. })) => {
            no_http_proxy(*spoken, from)
        }
        ProxyProblem::Connect(_) => "is this the port of an HTTP proxy?".into(),
        ProxyProblem::Socks(error) => socks(error, failure),
    })
}

fn refused(refusal: &Refusal) -> Option<String> {
    let text = match refusal.response.status {
        // tinyproxy says 401 to credentials that are wrong.
        401 | 407 => return Some(wants_credentials(refusal)),
        403 => "the proxy does not allow this host or port",
        404 | 405 | 501 => "it does not know CONNECT: is this a proxy?",
        500 => "the proxy failed, or could not reach the server: check its name and port",
        502..=504 => UNREACHED,
        _ => return None,
    };
    Some(text.into())
}

fn wants_credentials(refusal: &Refusal) -> String {
    let wanted = refusal.response.head.values("Proxy-Authenticate");
    let schemes: Vec<String> = wanted
        .map(|value| {
            let scheme = value.split(|byte| *byte == b' ').next();
            String::from_utf8_lossy(scheme.unwrap_or_default()).into_owned()
        })
        .collect();
    let basic = |scheme: &String| scheme.eq_ignore_ascii_case("Basic");
    match schemes.is_empty() || schemes.iter().any(basic) {
        true => LOG_IN.into(),
        false => format!(
            "the proxy wants {}, and only Basic is spoken here",
            schemes.join(" or ")
        ),
    }
}

fn no_http_proxy(spoken: Spoken, from: &str) -> String {
    match spoken {
        Spoken::Tls => format!("the proxy speaks TLS: https:// in {from}"),
        Spoken::Socks => format!("is it a SOCKS5 proxy? socks5h:// in {from}"),
        Spoken::Http | Spoken::Other => "is this the port of an HTTP proxy?".into(),
    }
}

fn socks(error: &SocksError, failure: &ProxyFailure) -> String {
    let from = failure.from;
    let to_v6 = failure.proxy.starts_with("socks5://") && failure.destination.starts_with('[');
    match error {
        SocksError::NoMethod(offered) if offered.contains(&Method::Password) => {
            "it wants a way to log in that is not spoken here".into()
        }
        SocksError::NoMethod(_) => LOG_IN.into(),
        SocksError::WrongPassword => "check user name and password (--proxy-user)".into(),
        SocksError::Refused(2) => "the proxy does not allow this host or port".into(),
        SocksError::Refused(_) if to_v6 => format!(
            "--ipv4 asks the proxy for an IPv4 address, socks5h:// in {from} has it look the name up"
        ),
        SocksError::Refused(_) => UNREACHED.into(),
        SocksError::Broken {
            spoken: Spoken::Http,
            ..
        } => format!("is it an HTTP proxy? http:// in {from}"),
        SocksError::Broken {
            spoken: Spoken::Tls,
            ..
        } => format!("is it an HTTP proxy with TLS? https:// in {from}"),
        _ => "is this the port of a SOCKS5 proxy?".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{BadReply, Error};
    use crate::hint::hint;
    use crate::http::{Body, Incoming};
    use crate::net::{Family, ResolveError, Unreached};
    use std::io::ErrorKind;

    fn failure(problem: ProxyProblem) -> Error {
        Error::Proxy(Box::new(ProxyFailure {
            proxy: "socks5://p:1".into(),
            from: "all_proxy",
            destination: "[::2]:80".into(),
            problem,
        }))
    }

    fn refusal(head: &str) -> ProxyProblem {
        let text = format!("HTTP/1.1 {head}\r\n\r\n");
        let response = Incoming::new(&mut text.as_bytes()).response().unwrap();
        ProxyProblem::Refused(Box::new(Refusal {
            response,
            body: Body::default(),
        }))
    }

    fn unreachable(kind: ErrorKind) -> ProxyProblem {
        ProxyProblem::Unreachable(vec![Unreached {
            address: std::net::SocketAddr::from(([127, 0, 0, 1], 1)).into(),
            cause: kind.into(),
        }])
    }

    fn no_http(came: &str) -> ProxyProblem {
        ProxyProblem::Connect(ConnectError::Head(not_http(came)))
    }

    fn not_http(came: &str) -> HeadError {
        Incoming::new(&mut came.as_bytes()).response().unwrap_err()
    }

    #[test]
    fn words_that_a_server_says_are_not_taken_for_its_protocol() {
        for (came, cure) in [
            ("220 x TLS ready", "the port of a WebSocket server?"),
            ("\x15\x03\x01", "the server speaks TLS: use wss://"),
        ] {
            let error = Error::Handshake(BadReply::Head(not_http(came)));
            let found = hint(&error, None).unwrap_or_else(|| panic!("no hint: {error}"));
            assert!(found.contains(cure), "{found}");
        }
    }

    #[test]
    fn what_tinyproxy_answers_has_a_cure() {
        for (status, cure) in [("401 X", LOG_IN), ("500 X", "could not reach the server")] {
            let error = failure(refusal(status));
            let found = hint(&error, None).unwrap_or_else(|| panic!("no hint: {error}"));
            assert!(found.contains(cure), "{found}");
        }
    }

    #[test]
    fn what_stands_in_the_way_has_an_exit_code_and_a_cure() {
        use ProxyProblem::Unresolved;
        let unknown = || ResolveError::Failed("x".into());
        for (problem, code, cure) in [
            (Unresolved(unknown()), 5, "in all_proxy; --noproxy"),
            (
                Unresolved(ResolveError::NoneOf(Family::V4)),
                5,
                "--ipv4 (-4) out to use",
            ),
            (
                Unresolved(ResolveError::IsNot(Family::V4)),
                5,
                "--ipv4 (-4) out: this is an IPv6 address",
            ),
            (unreachable(NOBODY), 7, "is the proxy running?"),
            (unreachable(ErrorKind::HostUnreachable), 7, "from all_proxy"),
            (refusal("407 X"), 97, LOG_IN),
            (
                refusal("407 X\r\nProxy-Authenticate: BASIC realm=x"),
                97,
                LOG_IN,
            ),
            (
                refusal("407 X\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate x"),
                97,
                "wants NTLM or Negotiate, and only Basic",
            ),
            (refusal("403 X"), 97, "does not allow"),
            (refusal("405 X"), 97, "is this a proxy?"),
            (refusal("502 X"), 97, UNREACHED),
            (no_http("\x15\x03\x01"), 97, "https:// in all_proxy"),
            (no_http("\x05\x7f"), 97, "socks5h:// in all_proxy"),
            (no_http("SSH"), 97, "an HTTP proxy?"),
            (no_http("220 x TLS ready \x05"), 97, "an HTTP proxy?"),
        ] {
            has_a_cure(&failure(problem), code, cure);
        }
    }

    #[test]
    fn what_a_socks_proxy_says_has_a_cure() {
        use ProxyProblem::Socks;
        for (problem, cure) in [
            (Socks(SocksError::NoMethod(vec![Method::Nothing])), LOG_IN),
            (
                Socks(SocksError::NoMethod(vec![
                    Method::Nothing,
                    Method::Password,
                ])),
                "not spoken here",
            ),
            (Socks(SocksError::WrongPassword), "--proxy-user"),
            (Socks(SocksError::Refused(2)), "does not allow"),
            (Socks(SocksError::Refused(3)), "--ipv4"),
            (
                Socks(SocksError::Broken {
                    spoken: Spoken::Http,
                    text: "x".into(),
                }),
                "http:// in all_proxy",
            ),
            (Socks(SocksError::Nothing), "a SOCKS5 proxy?"),
        ] {
            has_a_cure(&failure(problem), 97, cure);
        }
    }

    #[track_caller]
    fn has_a_cure(error: &Error, code: u8, cure: &str) {
        assert_eq!(error.exit_code(), code, "{error}");
        let found = hint(error, None).unwrap_or_else(|| panic!("no hint: {error}"));
        assert!(found.contains(cure), "{error}: {found}");
    }
}
