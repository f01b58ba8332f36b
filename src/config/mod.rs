//! From options and environment to values that the rest of the program uses.
//! Strings stop here.

mod curl;
mod display;
mod files;
mod greeting;
mod pipe;
mod plan;
mod reach;
mod secrets;
mod talk;
mod tls;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use curl::Copied;
pub use secrets::Ask;
pub use talk::{Talk, TalkMode, talk};

use crate::cli::{Color, DisplayArgs, ListenArgs, TalkArgs};
use crate::console::{Console, Level};
use crate::context::Context;
use crate::error::Error;
use crate::open::Accept;
use crate::render::Style;

/// How long a client may take for its opening handshake.
const ACCEPT_TIME: Duration = Duration::from_secs(10);

/// A server to be.
#[derive(Clone, Debug)]
pub struct Listen {
    pub address: SocketAddr,
    pub accept: Accept,
}

/// Where a server listens, and whom it lets in.
///
/// # Errors
/// When the address is none.
pub fn listen(args: &ListenArgs) -> Result<Listen, Error> {
    Ok(Listen {
        address: match &args.address {
            Some(text) => address(text)?,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        },
        accept: Accept {
            origins: args.allow_origin.clone(),
            compression: !args.no_compression,
            limit: ACCEPT_TIME,
        },
    })
}

/// What a curl command comes to, whose `words` stand behind our own options.
///
/// # Errors
/// `Usage` for an option that is not known or cannot be had, for a value that is
/// none, and without a URL; `Io` when a file of headers cannot be read.
pub fn curl(args: &TalkArgs, words: &[String]) -> Result<Copied, Error> {
    let mut talk = args.clone();
    // Which headers are ours has to be known before curl's join them.
    talk.handshake.header = greeting::written_out(&talk.handshake.header)?;
    curl::merge(talk, words)
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
        accept: Accept {
            origins: Vec::new(),
            compression: true,
            limit: ACCEPT_TIME,
        },
    })
}

/// stderr as the user wants it; `verbose` asks for details.
pub fn console(args: &DisplayArgs, verbose: bool, context: &Context) -> Console {
    let level = match (args.quiet, verbose) {
        (true, _) => Level::Quiet,
        (false, true) => Level::Verbose,
        (false, false) => Level::Normal,
    };
    Console::new(style(args, context, context.stderr_is_terminal), level)
}

/// The colours of a stream.
pub fn style(args: &DisplayArgs, context: &Context, terminal: bool) -> Style {
    let automatic = context.force_color || terminal && !context.no_color && !context.dumb;
    let coloured = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => automatic && !args.no_color,
    };
    match coloured {
        true => Style::coloured(),
        false => Style::plain(),
    }
}

fn usage(message: &str, hint: &str) -> Error {
    Error::Usage {
        message: message.into(),
        hint: hint.into(),
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
