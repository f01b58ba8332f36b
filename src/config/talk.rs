//! What a conversation with a server is to do, whatever its mode.

use std::path::{Path, PathBuf};

use super::{Ask, console, desk, display, pipe, plan, usage};
use crate::cli::{ExchangeArgs, InputFormat, LimitArgs, TalkArgs};
use crate::console::Console;
use crate::context::Context;
use crate::engine::{Limits, Pings};
use crate::error::Error;
use crate::goal::{Goal, Wanted};
use crate::message::{Message, close_payload};
use crate::notation::parse_block;
use crate::open::Plan;
use crate::pattern::Pattern;
use crate::prompt;
use crate::run_limit::RunLimit;
use crate::script::{Step, Undoable};
use crate::secret::Exposure;
use crate::target::Scheme;

/// The largest message that is held whole unless told otherwise, in bytes.
pub(super) const MAX_MESSAGE: u64 = 64 * 1024 * 1024;

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
    /// Write every event there.
    pub record: Option<PathBuf>,
    /// What has no effect here, for those who ask for details.
    pub remarks: Vec<&'static str>,
}

pub enum TalkMode {
    Pipe(crate::pipe::Settings),
    Prompt(prompt::Settings),
}

/// Decides what to do with a server at `url`, until `limit`; `ask` is for passwords that the
/// options leave out.
///
/// # Errors
/// `Usage` for options that cannot work together, and those of the plan.
pub fn talk(
    args: &TalkArgs,
    url: &str,
    context: &Context,
    limit: RunLimit,
    ask: Ask<'_>,
) -> Result<Talk, Error> {
    refuse_strangers(args)?;
    let mut plan = plan::plan(&plan::Connecting::of(args), url, context, ask)?;
    plan.repeated = exposure(args.exchange.show_secrets);
    let remarks = remarks(args, &plan, context);
    let mut mode = mode(args, context, limit)?;
    if let TalkMode::Prompt(settings) = &mut mode {
        settings.desk.secrets = plan.secrets();
    }
    let whole = match &mode {
        TalkMode::Prompt(_) => true,
        TalkMode::Pipe(settings) => {
            settings.format.holds_messages() || Wanted::reads(&settings.goal)
        }
    };
    let whole = whole || args.echo || args.record.is_some();
    let default = if whole { MAX_MESSAGE } else { u64::MAX };
    Ok(Talk {
        plan,
        mode,
        limits: Limits {
            drops: args.no_close,
            keeps_unsent: args.reconnect.is_some(),
            ..limits(&args.exchange.limits, default)
        },
        console: console(&args.display, args.exchange.verbose > 0, context)
            .exposing(exposure(args.exchange.show_secrets)),
        frames: args.exchange.verbose > 1,
        stats: args.stats,
        record: args.record.clone(),
        remarks,
    })
}

/// What a connection may cost; a message is as large as `default` unless told otherwise.
pub(super) fn limits(args: &LimitArgs, default: u64) -> Limits {
    Limits {
        close_timeout: args.close_timeout,
        message: args.max_message_size.unwrap_or(default),
        fragment: match args.fragment {
            // Larger than any message.
            0 => usize::MAX,
            size => usize::try_from(size).unwrap_or(usize::MAX),
        },
        pings: args.ping_interval.map(|interval| Pings {
            interval,
            timeout: args.ping_timeout,
        }),
        ..Limits::default()
    }
}

fn remarks(args: &TalkArgs, plan: &Plan, context: &Context) -> Vec<&'static str> {
    let encrypted = plan.target.scheme() == Scheme::Wss;
    let mut remarks = Vec::new();
    if encrypted && context.key_log {
        remarks.push("SSLKEYLOGFILE is set, but the TLS library cannot write keys");
    }
    if !encrypted && args.tls.is_any() && plan.redirects.is_none() {
        remarks.push("the options of TLS concern wss:// and proxies with TLS; this is ws://");
    }
    remarks
}

/// What `--show-secrets` says.
pub(super) fn exposure(show_secrets: bool) -> Exposure {
    match show_secrets {
        true => Exposure::Shown,
        false => Exposure::Masked,
    }
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

fn mode(args: &TalkArgs, context: &Context, limit: RunLimit) -> Result<TalkMode, Error> {
    if args.pace && !args.exchange.json && args.exchange.input != Some(InputFormat::Json) {
        return Err(usage(
            "--pace keeps the times of a recording, and only --input json has times",
            "add --input json or --json, or write /wait with --input notation",
        ));
    }
    if args.record.as_deref() == Some(Path::new("-")) {
        return Err(usage(
            "--record writes to a file",
            "--output json writes the same events to stdout",
        ));
    }
    if desk::is_possible(context) && !pipe::is_asked_for(args) {
        return prompt_settings(args, context, limit).map(TalkMode::Prompt);
    }
    desk::refuse(&args.exchange)?;
    pipe::settings(args, context, limit).map(TalkMode::Pipe)
}

fn prompt_settings(
    args: &TalkArgs,
    context: &Context,
    limit: RunLimit,
) -> Result<prompt::Settings, Error> {
    if args.exchange.linger.is_some() || args.exchange.exit_on_eof {
        return Err(usage(
            "--linger and --exit-on-eof concern the end of stdin in a pipe, and this is a prompt",
            "leave them out: Ctrl-D closes, and waits for the server's Close",
        ));
    }
    Ok(prompt::Settings {
        script: script(args)?,
        close: close(args)?,
        goal: goal(&args.exchange)?,
        reconnect: args.reconnect,
        max_message: max_message(&args.exchange.limits),
        limit,
        record: args.record.clone(),
        desk: desk::settings(
            display::display(&args.display, &args.exchange, context),
            &args.exchange,
            context,
        ),
    })
}

/// The largest message that is held whole, in bytes.
pub(super) fn max_message(args: &LimitArgs) -> u64 {
    args.max_message_size.unwrap_or(MAX_MESSAGE)
}

/// What the run waits for.
pub(super) fn goal(args: &ExchangeArgs) -> Result<Goal, Error> {
    let until = args.until.as_deref().map(|text| {
        Pattern::parse(text).map_err(|error| {
            let hint = error.hint.clone().unwrap_or_default();
            usage(&format!("--until \"{text}\": {error}"), &hint)
        })
    });
    Ok(Goal {
        count: args.count.or(args.one.then_some(1)),
        until: until.transpose()?,
    })
}

/// The payload of our Close frame.
pub(super) fn close(args: &TalkArgs) -> Result<Vec<u8>, Error> {
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
pub(super) fn script(args: &TalkArgs) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for line in &args.execute {
        if let Some(Step::Send(Message::Close(_))) = steps.last() {
            return Err(usage(
                &format!("--execute \"{line}\": nothing can be sent after /close"),
                "let /close be the last",
            ));
        }
        steps.push(step(line, max_message(&args.exchange.limits))?);
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
    Step::of(parsed, max_message).map_err(|undoable| match undoable {
        Undoable::File(error) => error,
        Undoable::Message(error) => wrong(error.to_string(), error.hint().map(str::to_owned)),
    })
}
