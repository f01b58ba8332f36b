//! What a server is to do: where it listens, whom it lets in, and how.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::{Ask, greeting, tls, usage};
use crate::cli::{ListenArgs, TalkArgs};
use crate::error::Error;
use crate::net::Acceptor;
use crate::open::{Accept, Answer};

/// How long a client may take for its opening handshake.
const ACCEPT_TIME: Duration = Duration::from_secs(10);

/// A server to be.
#[derive(Clone, Debug)]
pub struct Listen {
    pub address: SocketAddr,
    pub accept: Accept,
}

/// Where a server listens, and whom it lets in; `ask` is for a passphrase that is needed.
///
/// # Errors
/// `Usage` when the address is none, or a subprotocol; `Io` and `Identity` when the
/// certificate or its key cannot be used.
pub fn listen(args: &ListenArgs, ask: Ask<'_>) -> Result<Listen, Error> {
    Ok(Listen {
        address: match &args.address {
            Some(text) => address(text)?,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        },
        accept: Accept {
            origins: args.allow_origin.clone(),
            compression: !args.no_compression,
            subprotocols: greeting::subprotocols(&args.subprotocol)?,
            tls: acceptor(args, ask)?,
            ..accept()
        },
    })
}

fn acceptor(args: &ListenArgs, ask: Ask<'_>) -> Result<Option<Acceptor>, Error> {
    let Some(certificate) = &args.cert else {
        return Ok(None);
    };
    let files = tls::Files {
        certificate,
        key: args.key.as_deref(),
        passphrase: args.passphrase.as_ref(),
    };
    let identity = tls::identity(&files, ask)?;
    let acceptor = Acceptor::new(&identity).map_err(|problem| Error::Identity {
        file: certificate.display().to_string(),
        problem,
    })?;
    Ok(Some(acceptor))
}

/// A server on a free port of this machine, for the demo.
///
/// # Errors
/// `Usage` for a way that leads elsewhere.
pub fn demo(args: &TalkArgs) -> Result<Listen, Error> {
    let reach = &args.reach;
    let given = [
        (reach.unix_socket.is_some(), "--unix-socket"),
        (
            reach.proxy.as_ref().is_some_and(|url| !url.is_empty()),
            "--proxy",
        ),
        (reach.noproxy.is_some(), "--noproxy"),
        (!reach.resolve.is_empty(), "--resolve"),
    ];
    if let Some((_, option)) = given.iter().find(|(given, _)| *given) {
        return Err(usage(
            &format!("{option} leads elsewhere, and demo talks to a server of its own"),
            "leave it out, or name a URL instead of demo",
        ));
    }
    Ok(Listen {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        accept: accept(),
    })
}

/// How clients are let in unless told otherwise.
fn accept() -> Accept {
    Accept {
        origins: Vec::new(),
        compression: true,
        subprotocols: Vec::new(),
        tls: None,
        answer: Answer::default(),
        limit: ACCEPT_TIME,
    }
}

/// `PORT`, `HOST:PORT` with an IP address or `localhost` as host.
fn address(text: &str) -> Result<SocketAddr, Error> {
    let wrong = || Error::Usage {
        message: format!("`{text}` is not an address to listen on"),
        hint: "write PORT, 127.0.0.1:PORT, [::1]:PORT or 0.0.0.0:PORT".into(),
    };
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().map_err(|_| wrong())?;
    match host {
        "" | "localhost" => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_on_loopback_unless_told() {
        let cases = [
            ("9000", Some("127.0.0.1:9000")),
            (":9000", Some("127.0.0.1:9000")),
            ("localhost:9000", Some("127.0.0.1:9000")),
            ("0.0.0.0:80", Some("0.0.0.0:80")),
            ("[::]:80", Some("[::]:80")),
            ("99999", None),
            ("example.com:80", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let found = address(text).ok().map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
