//! What a pipe is to do: input, output, ending.

use std::time::Duration;

use super::formats::Formats;
use super::{display, talk, usage};
use crate::cli::TalkArgs;
use crate::context::Context;
use crate::duration;
use crate::error::Error;
use crate::pipe::{Format, Linger, Settings, Source, Stay};
use crate::run_limit::RunLimit;

/// Whether the options choose the pipe even where both ends are terminals.
pub(super) fn is_asked_for(args: &TalkArgs) -> bool {
    let chosen = args.wait.is_some() || args.echo || !args.expect.is_empty();
    Formats::of(&args.exchange, args.pace).is_any() || chosen
}

/// Makes the settings of a pipe.
///
/// # Errors
/// `Usage` for what cannot work together.
pub(super) fn settings(
    args: &TalkArgs,
    context: &Context,
    limit: RunLimit,
) -> Result<Settings, Error> {
    let formats = Formats::of(&args.exchange, args.pace);
    let format = formats.format(match context.stdout_is_terminal {
        _ if args.echo => Format::Nothing,
        true => Format::Shown,
        false => Format::Lines(b'\n'),
    });
    match format {
        Format::Shown => {}
        Format::Nothing => display::refuse(&args.exchange, "nothing is printed here")?,
        _ => display::refuse(&args.exchange, "stdout carries payload for programs here")?,
    }
    Ok(Settings {
        source: source(args, formats)?,
        format,
        display: display::display(&args.display, &args.exchange, context),
        ping_pong: args.exchange.show_ping_pong,
        script: talk::script(args)?,
        stay: stay(args)?,
        goal: talk::goal(&args.exchange)?,
        close: talk::close(args)?,
        limit,
        reconnect: args.reconnect,
    })
}

fn source(args: &TalkArgs, formats: Formats) -> Result<Source, Error> {
    let limit = talk::max_message(&args.exchange.limits);
    // What has to be held whole: to go out unfragmented, or to be told as an event.
    let holds = args.exchange.limits.fragment == 0 || args.record.is_some() || formats.has_events();
    let reading = formats.reading(limit, if holds { limit } else { u64::MAX })?;
    Ok(match args.wait {
        _ if args.echo => Source::Echo,
        Some(_) => Source::Nothing,
        None => Source::Stdin(reading),
    })
}

fn stay(args: &TalkArgs) -> Result<Stay, Error> {
    if let Some(text) = args.wait.as_deref() {
        return Ok(Stay::For(lasting("--wait", text, FOREVER)?));
    }
    Ok(Stay::Linger(match args.exchange.linger.as_deref() {
        None if args.echo => Linger::Forever,
        None if args.exchange.exit_on_eof => Linger::For(Duration::ZERO),
        None => Linger::Default,
        Some(text) => lasting("--linger", text, FOREVER)?.map_or(Linger::Forever, Linger::For),
    }))
}

/// What -1 means.
const FOREVER: &str = "-1 stays until the server closes";

/// A duration, or none for -1, of which `forever` says what it means.
pub(super) fn lasting(option: &str, text: &str, forever: &str) -> Result<Option<Duration>, Error> {
    if text == "-1" {
        return Ok(None);
    }
    duration::parse(text)
        .map(Some)
        .map_err(|error| usage(&format!("{option}: {error}"), forever))
}
