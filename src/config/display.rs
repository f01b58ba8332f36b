//! How messages are shown, where they are.

use super::{first_given, style, usage};
use crate::cli::{DisplayArgs, ExchangeArgs, PrettyJson};
use crate::context::Context;
use crate::display::Display;
use crate::error::Error;
use crate::render::Pretty;

/// The screen as the user wants it, on stdout.
pub(super) fn display(looks: &DisplayArgs, args: &ExchangeArgs, context: &Context) -> Display {
    Display {
        style: style(looks, context, context.stdout_is_terminal),
        pretty: match args.pretty {
            None | Some(PrettyJson::Auto) => Pretty::Auto,
            Some(PrettyJson::Always) => Pretty::Always,
            Some(PrettyJson::Never) => Pretty::Never,
        },
        timestamps: args.timestamps,
        time_zone: context.time_zone.clone(),
    }
}

/// Options for messages that are shown, where none is.
///
/// # Errors
/// `Usage` if there is one.
pub(super) fn refuse(args: &ExchangeArgs, output: &str) -> Result<(), Error> {
    let given = [
        (args.timestamps, "--timestamps"),
        (args.pretty.is_some(), "--pretty"),
    ];
    let Some(option) = first_given(&given) else {
        return Ok(());
    };
    Err(usage(
        &format!("{option} is for messages on a screen, and {output}"),
        "leave it out; --output json has the time of each message",
    ))
}
