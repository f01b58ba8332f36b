//! What to do next: the cure for a failure, with the option's name.

mod proxy;
mod tls;

use std::io::ErrorKind;

use memchr::memmem;

use crate::error::{Action, BadReply, Error, Redirects, Refusal, Stage, WrongReply};
use crate::http::{HeadError, Spoken};
use crate::net::{Address, Family, ResolveError, Unreached};
use crate::secret;
use crate::target::{Scheme, Target};
use crate::ws::{Fault, WrongAnswer};

/// How the system says that nobody listens.
const NOBODY: ErrorKind = ErrorKind::ConnectionRefused;

/// The next step, where we know one. `target` is where the failure was met.
pub fn hint(error: &Error, target: Option<&Target>) -> Option<String> {
    let hint = match error {
        Error::Usage { hint, .. } | Error::Input { hint, .. } | Error::Transcript { hint, .. } => {
            hint.clone()
        }
        Error::Target(error) => error.hint().to_owned(),
        Error::Resolve { cause, .. } => by_family(cause)
            .unwrap_or("check the spelling of the host and the network's name service".into()),
        Error::Connect(tried) => connect(tried)?,
        Error::Proxy(failure) => proxy::proxy(failure)?,
        Error::Listen { .. } => "choose another address or port, or leave the port out for a free one".into(),
        Error::Tls { error, .. } => tls::handshake(error.problem, target)?,
        Error::Authorities { file, problem } => tls::authorities(file, *problem)?,
        Error::Identity { file, problem } => tls::identity(file, problem)?,
        Error::Handshake(reply) => bad_reply(reply, target),
        Error::Refused(refusal) => refused(refusal, target)?,
        Error::Redirected { target, error } => return self::hint(error, Some(target)),
        Error::Redirects(Redirects::TooMany { .. }) => "--max-redirects sets the limit".into(),
        Error::Redirects(Redirects::Loop(_)) => "the server sends us where we were: cookies or credentials may be missing".into(),
        Error::Timeout { stage, .. } => limit(*stage).into(),
        Error::ConnectTimeout { .. } => limit(Stage::Connect).into(),
        Error::Protocol(Fault::TooLarge { .. }) => "--max-message-size sets the limit".into(),
        Error::Protocol(Fault::ReservedBits(_)) => {
            "does the server compress although nothing was negotiated?".into()
        }
        Error::Closed { code, reason } => advice(*code).or_else(|| about(reason))?.into(),
        Error::Lost(_) => "the server, or something on the way such as a proxy's idle time-out, dropped the connection".into(),
        Error::Expectation { hint, .. } => (*hint)?.into(),
        Error::Unsent(lost) if lost.perhaps > 0 => {
            "perhaps: handed to the network, and no pong came after them (--ping-interval)".into()
        }
        Error::Io { action: Action::Write, cause, .. } if cause.kind() == ErrorKind::AlreadyExists => {
            "choose another name, or remove what is there: nothing is ever overwritten".into()
        }
        Error::Unsent(_)
        | Error::Protocol(_)
        | Error::Io { .. }
        | Error::Client(_)
        | Error::Stopped(_) => return None,
    };
    (!hint.is_empty()).then_some(hint)
}

fn bad_reply(reply: &BadReply, target: Option<&Target>) -> String {
    match reply {
        BadReply::Head(HeadError::NotHttp {
            spoken: Spoken::Tls,
            ..
        }) => format!("the server speaks TLS: use {}", with_scheme(target, "wss")),
        BadReply::Head(HeadError::NotHttp { .. }) => {
            "is this the port of a WebSocket server?".into()
        }
        BadReply::Wrong(WrongReply::Subprotocol(name)) => {
            format!("offer it with --subprotocol {name}")
        }
        BadReply::Wrong(WrongReply::Extension(wrong))
            if !matches!(wrong, WrongAnswer::NotOffered(_)) =>
        {
            "the server agrees wrongly to compression: --no-compression offers none".into()
        }
        BadReply::Nothing => nothing(target),
        BadReply::Head(_) | BadReply::Wrong(_) => {
            "is this the path of a WebSocket endpoint?".into()
        }
    }
}

/// The option that sets the limit of a stage, or goes round it.
fn limit(stage: Stage) -> &'static str {
    match stage {
        Stage::Run => "--max-time sets the limit",
        Stage::Ping => "nothing at all came: --ping-timeout sets the limit",
        Stage::Password => "--user, --proxy-user and --passphrase take @FILE, which asks nobody",
        Stage::Resolve | Stage::Connect | Stage::Proxy(_) | Stage::Tls | Stage::Upgrade => {
            "--connect-timeout sets the limit"
        }
    }
}

fn advice(code: u16) -> Option<&'static str> {
    Some(match code {
        1002 => "the server holds that we broke the protocol",
        1003 => "the server does not take this kind of message: text and binary differ",
        1007 => "the server could not read a message as what it claimed to be",
        1008 => "the server's policy forbids this: credentials, origin, or a limit of its own",
        1009 => "send smaller messages",
        1010 => "the server needs an extension that we do not offer",
        1011 => "the server failed: its log says why",
        1012 => "the service restarts: try again soon",
        1013 => "try again later",
        1014 => "the server behind the gateway failed",
        3000 => "the server wants credentials: --user, or a header with --header",
        3008 => "a timeout: the server waited too long for something, or the connection was idle",
        3003 => "these credentials are not allowed here",
        _ => return None,
    })
}

/// Codes of applications have no meaning of their own, but their reasons do.
fn about(reason: &str) -> Option<&'static str> {
    let names_it = reason.to_ascii_lowercase().contains("subprotocol");
    names_it.then_some("offer another one with --subprotocol")
}

/// A server with TLS may close without a word when it is not spoken to in TLS.
fn nothing(target: Option<&Target>) -> String {
    let path = "is this the path of a WebSocket endpoint?";
    match target.map(Target::scheme) {
        Some(Scheme::Ws) => format!(
            "{path} or a server with TLS: {}",
            with_scheme(target, "wss")
        ),
        _ => path.into(),
    }
}

/// Of a name whose addresses are all of the other family, or an address of it.
fn by_family(cause: &ResolveError) -> Option<String> {
    let text = match cause {
        ResolveError::NoneOf(Family::V4) => "leave --ipv4 (-4) out to use its other addresses",
        ResolveError::NoneOf(_) => "leave --ipv6 (-6) out to use its other addresses",
        ResolveError::IsNot(Family::V4) => "leave --ipv4 (-4) out: this is an IPv6 address",
        ResolveError::IsNot(_) => "leave --ipv6 (-6) out: this is an IPv4 address",
        ResolveError::Failed(_) | ResolveError::TimedOut => return None,
    };
    Some(text.into())
}

fn connect(tried: &[Unreached]) -> Option<String> {
    if let Some(Unreached {
        address: Address::Unix(_),
        cause,
    }) = tried.first()
    {
        return unix(cause.kind());
    }
    let refuses = |failure: &&Unreached| failure.cause.kind() == NOBODY;
    match &tried.iter().find(refuses)?.address {
        Address::Tcp(address) => Some(format!(
            "nothing listens on port {} there: is the server running, is the port right? --retry waits for one that is starting",
            address.port()
        )),
        Address::Unix(_) => None,
    }
}

fn unix(kind: ErrorKind) -> Option<String> {
    let text = match kind {
        ErrorKind::NotFound => "there is no such file: is the server running, is the path right?",
        NOBODY => "nothing listens on this socket: is the server running?",
        ErrorKind::PermissionDenied => "the permissions of the socket, or of its folder, forbid it",
        ErrorKind::InvalidFilename => {
            "a relative path, or a symbolic link to its folder, is shorter"
        }
        _ => return None,
    };
    Some(text.into())
}

fn refused(refusal: &Refusal, target: Option<&Target>) -> Option<String> {
    if let Some(text) = tls::refused(refusal) {
        return Some(text.into());
    }
    let text = match refusal.response.status {
        200..=299 => "this is an HTTP page, not a WebSocket endpoint: check the path",
        300..=399 => return redirected(refusal, target),
        401 => {
            "the server wants credentials: --user NAME, --bearer TOKEN, or a header with --header"
        }
        403 => {
            "the server forbids it: perhaps it wants credentials (--user, --bearer) or another --origin"
        }
        407 => "a proxy wants credentials: --proxy-user NAME",
        404 => "nothing is at this path: check the URL",
        405 => "the server does not take GET at this path: check the URL",
        426 => {
            "the server wants another protocol or version, see its Upgrade and Sec-WebSocket-Version headers"
        }
        429 => "too many requests: try again later",
        400 => return Some(bad_request(&refusal.body.bytes, target)),
        502..=504 => {
            "the server behind the gateway does not answer: --retry waits for one that is starting"
        }
        500..=599 => "the server or a gateway before it failed",
        _ => return None,
    };
    Some(text.into())
}

/// nginx and Apache tell on a page that TLS is spoken on this port.
fn bad_request(page: &[u8], target: Option<&Target>) -> String {
    let says = |text: &str| memmem::find(page, text.as_bytes()).is_some();
    if says("plain HTTP request was sent to HTTPS port")
        || says("plain HTTP to an SSL-enabled server port")
    {
        let url = with_scheme(target, "wss");
        return format!("the server speaks TLS on this port: use {url}");
    }
    "the server did not take this for an opening handshake: check the path, --host, --origin and --subprotocol".into()
}

fn redirected(refusal: &Refusal, target: Option<&Target>) -> Option<String> {
    let location = refusal.response.head.values("location").next()?;
    let location = String::from_utf8_lossy(location);
    Some(match target?.join(&location) {
        Ok(to) => format!("it moved to {to}: --location (-L) goes there"),
        Err(_) => format!(
            "it moved to {}, where no WebSocket can be",
            secret::location(&location)
        ),
    })
}

fn with_scheme(target: Option<&Target>, scheme: &str) -> String {
    let Some(target) = target else {
        return format!("{scheme}://");
    };
    if let Some(socket) = target.socket() {
        let resource = target.resource();
        return format!(
            "{scheme}://HOST{resource} --unix-socket {}",
            socket.display()
        );
    }
    let default = match scheme {
        "wss" => Scheme::Wss.default_port(),
        _ => Scheme::Ws.default_port(),
    };
    let port = match target.port() {
        port if port == default => String::new(),
        port => format!(":{port}"),
    };
    format!("{scheme}://{}{port}{}", target.host(), target.resource())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_limit_that_passed_names_the_option_that_helps() {
        for (stage, option) in [
            (Stage::Run, "--max-time "),
            (Stage::Ping, "--ping-timeout "),
            (Stage::Upgrade, "--connect-timeout "),
            (Stage::Password, "--passphrase "),
        ] {
            let limit = Duration::from_secs(1);
            let hint = hint(&Error::Timeout { stage, limit }, None);
            assert!(hint.is_some_and(|hint| hint.contains(option)), "{stage}");
        }
    }
}
