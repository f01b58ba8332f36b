//! What a pipe is to do: input, output, ending.

use std::time::Duration;

use super::{display, talk, usage};
use crate::cli::{InputFormat, OutputFormat, TalkArgs};
use crate::context::Context;
use crate::duration;
use crate::error::Error;
use crate::message::Kind;
use crate::pipe::{Delimiter, Format, Language, Linger, Reading, Settings, Source, Stay};
use crate::run_limit::RunLimit;

/// Whether the options choose the pipe even where both ends are terminals.
pub(super) fn is_asked_for(args: &TalkArgs) -> bool {
    args.binary
        || args.input.is_some()
        || args.output.is_some()
        || args.json
        || args.zero
        || args.wait.is_some()
        || args.echo
        || !args.expect.is_empty()
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
    let format = format(args, context);
    match format {
        Format::Shown => {}
        Format::Nothing => display::refuse(args, "nothing is printed here")?,
        _ => display::refuse(args, "stdout carries payload for programs here")?,
    }
    Ok(Settings {
        source: source(args)?,
        format,
        display: display::display(args, context),
        ping_pong: args.show_ping_pong,
        script: talk::script(args)?,
        stay: stay(args)?,
        goal: talk::goal(args)?,
        close: talk::close(args)?,
        limit,
        reconnect: args.reconnect,
    })
}

fn source(args: &TalkArgs) -> Result<Source, Error> {
    let input = match args.input {
        _ if args.json => InputFormat::Json,
        _ if args.zero => InputFormat::Nul,
        format => format.unwrap_or(InputFormat::Lines),
    };
    let speaks = matches!(input, InputFormat::Notation | InputFormat::Json);
    if args.binary && speaks {
        return Err(usage(
            "--binary: in this --input each line says itself what it sends",
            "leave --binary out, and write /binary or /base64, or {\"base64\":\"…\"} in JSON",
        ));
    }
    if args.echo {
        return Ok(Source::Echo);
    }
    if args.wait.is_some() {
        return Ok(Source::Nothing);
    }
    let kind = if args.binary {
        Kind::Binary
    } else {
        Kind::Text
    };
    let limit = talk::max_message(args);
    let delimited = |delimiter| Reading::Delimited {
        kind,
        delimiter,
        limit: if holds_lines(args) { limit } else { u64::MAX },
    };
    let steps = |language| Reading::Steps { language, limit };
    Ok(Source::Stdin(match input {
        InputFormat::Lines => delimited(Delimiter::LineFeed),
        InputFormat::Nul => delimited(Delimiter::Nul),
        InputFormat::Whole => delimited(Delimiter::End),
        InputFormat::Chunks => Reading::Chunks(kind),
        InputFormat::Notation => steps(Language::Notation),
        InputFormat::Json => steps(Language::Json { paced: args.pace }),
    }))
}

/// Whether what is sent has to be held whole: to go out unfragmented, or to be
/// told as an event.
fn holds_lines(args: &TalkArgs) -> bool {
    let events = args.json || args.output == Some(OutputFormat::Json);
    args.fragment == 0 || args.record.is_some() || events
}

fn format(args: &TalkArgs, context: &Context) -> Format {
    match args.output {
        _ if args.zero => Format::Lines(0),
        _ if args.json => Format::Events,
        Some(OutputFormat::Lines) => Format::Lines(b'\n'),
        Some(OutputFormat::Nul) => Format::Lines(0),
        Some(OutputFormat::Raw) => Format::Raw,
        Some(OutputFormat::Notation) => Format::Notation,
        Some(OutputFormat::Json) => Format::Events,
        None if args.echo => Format::Nothing,
        None if context.stdout_is_terminal => Format::Shown,
        None => Format::Lines(b'\n'),
    }
}

fn stay(args: &TalkArgs) -> Result<Stay, Error> {
    if let Some(text) = args.wait.as_deref() {
        return Ok(Stay::For(lasting("--wait", text)?));
    }
    Ok(Stay::Linger(match args.linger.as_deref() {
        None if args.echo => Linger::Forever,
        None if args.exit_on_eof => Linger::For(Duration::ZERO),
        None => Linger::Default,
        Some(text) => lasting("--linger", text)?.map_or(Linger::Forever, Linger::For),
    }))
}

/// A duration, or none for -1.
fn lasting(option: &str, text: &str) -> Result<Option<Duration>, Error> {
    if text == "-1" {
        return Ok(None);
    }
    duration::parse(text).map(Some).map_err(|error| {
        usage(
            &format!("{option}: {error}"),
            "-1 stays until the server closes",
        )
    })
}
