//! What a server is to do: where it listens, whom it lets in, and how.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::display::Looks;
use super::formats::Formats;
use super::talk::{self, MAX_MESSAGE};
use super::{Ask, console, desk, display, greeting, pipe, tls, usage};
use crate::cli::{ListenArgs, TalkArgs};
use crate::console::Console;
use crate::context::Context;
use crate::engine::Limits;
use crate::error::Error;
use crate::listen::{PipeSettings, PromptSettings};
use crate::net::Acceptor;
use crate::open::{Accept, Answer};
use crate::pipe::{Format, Linger};
use crate::secret::Exposure;

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
    let default = match mode {
        ListenMode::Echo => u64::MAX,
        ListenMode::Pipe(_) | ListenMode::Prompt(_) => MAX_MESSAGE,
    };
    let exposure = match args.show_secrets {
        true => Exposure::Shown,
        false => Exposure::Masked,
    };
    Ok(Listen {
        address: match &args.address {
            Some(text) => address(text)?,
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        },
        limits: Limits {
            close_timeout: args.close_timeout,
            message: args.max_message_size.unwrap_or(default),
            fragment: talk::fragment(args.fragment),
            pings: talk::pings(args.ping_interval, args.ping_timeout),
            ..Limits::default()
        },
        console: console(&args.display, args.verbose > 0, context).exposing(exposure),
        mode,
        frames: args.verbose > 1,
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
    let looks = Looks {
        display: &args.display,
        timestamps: args.timestamps,
        pretty: args.pretty,
    };
    if args.echo {
        refuse_beside_echo(args)?;
        display::refuse(&looks, "nothing is printed here")?;
        return Ok(ListenMode::Echo);
    }
    let formats = Formats::from(args);
    let goal = talk::goal(args.until.as_deref(), args.count, args.one)?;
    let max_message = args.max_message_size.unwrap_or(MAX_MESSAGE);
    let at_terminal = context.stdin_is_terminal && context.stdout_is_terminal && !context.dumb;
    if at_terminal && !formats.is_any() {
        refuse_at_a_prompt(args)?;
        return Ok(ListenMode::Prompt(PromptSettings {
            max_message,
            goal,
            desk: desk::settings(
                display::display(&looks, context),
                args.show_ping_pong,
                args.history.as_deref(),
                context,
            ),
        }));
    }
    if args.history.is_some() {
        return Err(usage(
            "--history is for the lines of a prompt, and this is a pipe",
            "leave it out",
        ));
    }
    let usual = match context.stdout_is_terminal {
        true => Format::Shown,
        false => Format::Lines(b'\n'),
    };
    let format = formats.format(usual);
    if format != Format::Shown {
        display::refuse(&looks, "stdout carries payload for programs here")?;
    }
    let holds = args.fragment == 0 || formats.has_events();
    Ok(ListenMode::Pipe(PipeSettings {
        reading: formats.reading(max_message, if holds { max_message } else { u64::MAX })?,
        format,
        display: display::display(&looks, context),
        ping_pong: args.show_ping_pong,
        linger: linger(args)?,
        goal,
    }))
}

fn linger(args: &ListenArgs) -> Result<Linger, Error> {
    Ok(match args.linger.as_deref() {
        None if args.exit_on_eof => Linger::For(Duration::ZERO),
        None => Linger::Forever,
        Some(text) => {
            pipe::lasting("--linger", text, FOREVER)?.map_or(Linger::Forever, Linger::For)
        }
    })
}

/// An echo neither reads stdin nor writes to stdout, and goes on until a signal.
fn refuse_beside_echo(args: &ListenArgs) -> Result<(), Error> {
    let given = [
        (args.binary, "--binary"),
        (args.input.is_some(), "--input"),
        (args.output.is_some(), "--output"),
        (args.zero, "-0"),
        (args.json, "--json"),
        (args.show_ping_pong, "--show-ping-pong"),
        (args.one, "-1"),
        (args.count.is_some(), "--count"),
        (args.until.is_some(), "--until"),
        (args.linger.is_some(), "--linger"),
        (args.exit_on_eof, "--exit-on-eof"),
        (args.history.is_some(), "--history"),
    ];
    refuse(
        &given,
        "--echo answers by itself: it reads no stdin, prints nothing, and a signal ends it",
    )
}

fn refuse_at_a_prompt(args: &ListenArgs) -> Result<(), Error> {
    let given = [
        (args.linger.is_some(), "--linger"),
        (args.exit_on_eof, "--exit-on-eof"),
    ];
    refuse(
        &given,
        "that concerns the end of stdin in a pipe, and this is a prompt, which Ctrl-D ends",
    )
}

fn refuse(given: &[(bool, &str)], why: &str) -> Result<(), Error> {
    match given.iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, option)) => Err(usage(&format!("{option}: {why}"), "leave it out")),
    }
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
    if let Some((_, option)) = given.iter().find(|(given, _)| *given) {
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
