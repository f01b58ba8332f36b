//! What a server is to do: where it listens, whom it lets in, and how.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::formats::Formats;
use super::talk::{self, MAX_MESSAGE};
use super::{Ask, console, desk, display, first_given, greeting, pipe, tls, usage};
use crate::cli::{ListenArgs, TalkArgs};
use crate::console::Console;
use crate::context::Context;
use crate::engine::Limits;
use crate::error::Error;
use crate::listen::{PipeSettings, PromptSettings};
use crate::net::Acceptor;
use crate::open::{Accept, Answer};
use crate::pipe::{Format, Linger};

/// How long a client may take for its opening handshake.
const ACCEPT_TIME: Duration = Duration::from_secs(10);

/// A server to be.
pub struct Listen {
    pub address: SocketAddr,
    pub accept: Accept,
    pub limits: Limits,
    pub console: Console,
    pub mode: ListenMode,
    /// Show each frame.
    pub frames: bool,
}

/// What a server does with its clients.
pub enum ListenMode {
    Echo,
    Pipe(PipeSettings),
    Prompt(PromptSettings),
}

/// What -1 means.
const FOREVER: &str = "-1 stays until a signal";

/// What a server is to do; `ask` is for a passphrase that is needed.
///
/// # Errors
/// `Usage` when the address is none, or a subprotocol, and for options that cannot work
/// together; `Io` and `Identity` when the certificate or its key cannot be used.
pub fn listen(args: &ListenArgs, context: &Context, ask: Ask<'_>) -> Result<Listen, Error> {
    let mode = mode(args, context)?;
    Ok(Listen {
        address: match &args.address {
            Some(text) => address(text)?,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        },
        limits: talk::limits(&args.exchange.limits, MAX_MESSAGE),
        console: console(&args.display, args.exchange.verbose > 0, context)
            .exposing(talk::exposure(args.exchange.show_secrets)),
        mode,
        frames: args.exchange.verbose > 1,
        accept: Accept {
            origins: args.allow_origin.clone(),
            compression: !args.no_compression,
            subprotocols: greeting::subprotocols(&args.subprotocol)?,
            tls: acceptor(args, ask)?,
            ..accept()
        },
    })
}

fn mode(args: &ListenArgs, context: &Context) -> Result<ListenMode, Error> {
    let exchange = &args.exchange;
    if args.echo {
        refuse_beside_echo(args)?;
        display::refuse(exchange, "nothing is printed here")?;
        return Ok(ListenMode::Echo);
    }
    let formats = Formats::of(exchange, false);
    let goal = talk::goal(exchange)?;
    let max_message = talk::max_message(&exchange.limits);
    if desk::is_possible(context) && !formats.is_any() {
        refuse_at_a_prompt(args)?;
        return Ok(ListenMode::Prompt(PromptSettings {
            max_message,
            goal,
            desk: desk::settings(
                display::display(&args.display, exchange, context),
                exchange,
                context,
            ),
        }));
    }
    desk::refuse(exchange)?;
    let usual = match context.stdout_is_terminal {
        true => Format::Shown,
        false => Format::Lines(b'\n'),
    };
    let format = formats.format(usual);
    if format != Format::Shown {
        display::refuse(exchange, "stdout carries payload for programs here")?;
    }
    let holds = exchange.limits.fragment == 0 || formats.has_events();
    Ok(ListenMode::Pipe(PipeSettings {
        reading: formats.reading(max_message, if holds { max_message } else { u64::MAX })?,
        format,
        display: display::display(&args.display, exchange, context),
        ping_pong: exchange.show_ping_pong,
        linger: linger(args)?,
        goal,
    }))
}

fn linger(args: &ListenArgs) -> Result<Linger, Error> {
    Ok(match args.exchange.linger.as_deref() {
        None if args.exchange.exit_on_eof => Linger::For(Duration::ZERO),
        None => Linger::Forever,
        Some(text) => {
            pipe::lasting("--linger", text, FOREVER)?.map_or(Linger::Forever, Linger::For)
        }
    })
}

/// An echo neither reads stdin nor writes to stdout, and goes on until a signal.
fn refuse_beside_echo(args: &ListenArgs) -> Result<(), Error> {
    let given = [
        (args.exchange.binary, "--binary"),
        (args.exchange.input.is_some(), "--input"),
        (args.exchange.output.is_some(), "--output"),
        (args.exchange.zero, "-0"),
        (args.exchange.json, "--json"),
        (args.exchange.show_ping_pong, "--show-ping-pong"),
        (args.exchange.one, "-1"),
        (args.exchange.count.is_some(), "--count"),
        (args.exchange.until.is_some(), "--until"),
        (args.exchange.linger.is_some(), "--linger"),
        (args.exchange.exit_on_eof, "--exit-on-eof"),
        (args.exchange.history.is_some(), "--history"),
    ];
    refuse(
        &given,
        "--echo answers by itself: it reads no stdin, prints nothing, and a signal ends it",
    )
}

fn refuse_at_a_prompt(args: &ListenArgs) -> Result<(), Error> {
    let given = [
        (args.exchange.linger.is_some(), "--linger"),
        (args.exchange.exit_on_eof, "--exit-on-eof"),
    ];
    refuse(
        &given,
        "that concerns the end of stdin in a pipe, and this is a prompt, which Ctrl-D ends",
    )
}

fn refuse(given: &[(bool, &str)], why: &str) -> Result<(), Error> {
    match first_given(given) {
        None => Ok(()),
        Some(option) => Err(usage(&format!("{option}: {why}"), "leave it out")),
    }
}

fn acceptor(args: &ListenArgs, ask: Ask<'_>) -> Result<Option<Acceptor>, Error> {
    let Some(identity) = tls::identity(&args.identity, ask)? else {
        return Ok(None);
    };
    let acceptor = Acceptor::new(&identity).map_err(|problem| Error::Identity {
        file: name(args),
        problem,
    })?;
    Ok(Some(acceptor))
}

/// The file of the certificate.
fn name(args: &ListenArgs) -> String {
    let file = args.identity.cert.as_deref();
    file.unwrap_or(Path::new("")).display().to_string()
}

/// A server on a free port of this machine, for the demo.
///
/// # Errors
/// `Usage` for a way that leads elsewhere.
pub fn demo(args: &TalkArgs) -> Result<(SocketAddr, Accept), Error> {
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
    if let Some(option) = first_given(&given) {
        return Err(usage(
            &format!("{option} leads elsewhere, and demo talks to a server of its own"),
            "leave it out, or name a URL instead of demo",
        ));
    }
    Ok((SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), accept()))
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
