//! What a conversation is to do: input, output, ending.

use std::time::Duration;

use super::{console, plan, style};
use crate::cli::{OutputFormat, TalkArgs};
use crate::console::Console;
use crate::context::Context;
use crate::duration;
use crate::engine::Limits;
use crate::error::Error;
use crate::message::{Kind, Message, close_payload};
use crate::notation::{Line, parse_block};
use crate::open::Plan;
use crate::pipe::{self, Format, Linger, Source};
use crate::prompt;
use crate::run_limit::RunLimit;
use crate::script::{Step, read_message};

/// The largest message that is held whole unless told otherwise, in bytes.
const MAX_MESSAGE: u64 = 64 * 1024 * 1024;

/// A conversation with a server, ready to begin.
pub struct Talk {
    pub plan: Plan,
    pub limits: Limits,
    pub console: Console,
    pub mode: TalkMode,
    /// Show each frame.
    pub frames: bool,
    /// Say at the end what passed.
    pub stats: bool,
}

pub enum TalkMode {
    Pipe(pipe::Settings),
    Prompt(prompt::Settings),
}

/// Decides what to do with a server at `url`.
///
/// # Errors
/// `Usage` for options that cannot work together, and those of the plan.
pub fn talk(args: &TalkArgs, url: &str, context: &Context) -> Result<Talk, Error> {
    refuse_strangers(args)?;
    let plan = plan::plan(args, url)?;
    let mode = mode(args, context)?;
    let whole = match &mode {
        TalkMode::Prompt(_) => true,
        TalkMode::Pipe(settings) => settings.format == Format::Shown || args.echo,
    };
    let default = if whole { MAX_MESSAGE } else { u64::MAX };
    Ok(Talk {
        plan,
        mode,
        limits: Limits {
            close_timeout: args.close_timeout,
            message: args.max_message_size.unwrap_or(default),
        },
        console: console(&args.display, args.verbose > 0, context),
        frames: args.verbose > 1,
        stats: args.stats,
    })
}

/// Options that mean different things in other clients.
fn refuse_strangers(args: &TalkArgs) -> Result<(), Error> {
    if args.no_what {
        return Err(usage(
            "-n means different things in other clients",
            "use --insecure (-k) to accept any certificate",
        ));
    }
    if args.protocol.is_some() {
        return Err(usage(
            "--protocol means different things in other clients",
            "use --subprotocol (-s) to offer a subprotocol",
        ));
    }
    Ok(())
}

fn mode(args: &TalkArgs, context: &Context) -> Result<TalkMode, Error> {
    let max_message = args.max_message_size.unwrap_or(MAX_MESSAGE);
    let script = script(&args.execute, max_message)?;
    let close = close(args)?;
    let count = args.count.or(args.one.then_some(1));
    let asks_for_pipe = args.binary || args.output.is_some() || args.echo;
    let at_terminal = context.stdin_is_terminal && context.stdout_is_terminal && !context.dumb;
    if at_terminal && !asks_for_pipe {
        if args.linger.is_some() || args.exit_on_eof {
            return Err(usage(
                "--linger and --exit-on-eof concern the end of stdin in a pipe, and this is a prompt",
                "leave them out: Ctrl-D closes, and waits for the server's Close",
            ));
        }
        return Ok(TalkMode::Prompt(prompt::Settings {
            script,
            close,
            count,
            max_message,
            limit: RunLimit::start(args.max_time),
            style: style(&args.display, context, true),
            history: context
                .state_home
                .as_ref()
                .map(|state| state.join("wstalk/history")),
            notices_on_screen: context.stderr_is_terminal,
        }));
    }
    Ok(TalkMode::Pipe(pipe::Settings {
        source: match (args.echo, args.binary) {
            (true, _) => Source::Echo,
            (false, true) => Source::Lines(Kind::Binary),
            (false, false) => Source::Lines(Kind::Text),
        },
        format: format(args, context),
        style: style(&args.display, context, context.stdout_is_terminal),
        script,
        linger: linger(args)?,
        count,
        close,
        limit: RunLimit::start(args.max_time),
    }))
}

fn format(args: &TalkArgs, context: &Context) -> Format {
    match args.output {
        Some(OutputFormat::Lines) => Format::Lines,
        Some(OutputFormat::Raw) => Format::Raw,
        None if args.echo => Format::Nothing,
        None if context.stdout_is_terminal => Format::Shown,
        None => Format::Lines,
    }
}

fn linger(args: &TalkArgs) -> Result<Linger, Error> {
    match args.linger.as_deref() {
        None if args.echo => Ok(Linger::Forever),
        None if args.exit_on_eof => Ok(Linger::For(Duration::ZERO)),
        None => Ok(Linger::Default),
        Some("-1") => Ok(Linger::Forever),
        Some(text) => match duration::parse(text) {
            Ok(time) => Ok(Linger::For(time)),
            Err(error) => Err(usage(
                &format!("--linger: {error}"),
                "-1 stays until the server closes",
            )),
        },
    }
}

/// The payload of our Close frame.
fn close(args: &TalkArgs) -> Result<Vec<u8>, Error> {
    let reason = args.close_reason.as_deref().unwrap_or_default();
    let payload = close_payload(Some(args.close_code.unwrap_or(1000)), reason);
    let message = Message::Close(payload.clone());
    message.check_sendable().map_err(|error| {
        let hint = error.hint().unwrap_or_default();
        usage(&format!("--close-code, --close-reason: {error}"), hint)
    })?;
    Ok(payload)
}

/// The lines of `--execute`, with files read, before anything is connected.
fn script(lines: &[String], max_message: u64) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for line in lines {
        if let Some(Step::Send(Message::Close(_))) = steps.last() {
            return Err(usage(
                &format!("--execute \"{line}\": nothing can be sent after /close"),
                "let /close be the last",
            ));
        }
        steps.push(step(line, max_message)?);
    }
    Ok(steps)
}

fn step(line: &str, max_message: u64) -> Result<Step, Error> {
    let wrong = |message: String, hint: Option<String>| {
        usage(
            &format!("--execute \"{line}\": {message}"),
            &hint.unwrap_or_default(),
        )
    };
    let parsed = parse_block(line).map_err(|error| wrong(error.to_string(), error.hint.clone()))?;
    let message = match parsed {
        Line::Wait(time) => return Ok(Step::Wait(time)),
        Line::File { kind, path } => read_message(kind, &path, max_message)?,
        Line::Message(message) => message,
    };
    message
        .check_sendable()
        .map_err(|error| wrong(error.to_string(), error.hint().map(str::to_owned)))?;
    Ok(Step::Send(message))
}

fn usage(message: &str, hint: &str) -> Error {
    Error::Usage {
        message: message.into(),
        hint: hint.into(),
    }
}
