//! From options and environment to values that the rest of the program uses.
//! Strings stop here.

mod check;
mod curl;
mod desk;
mod display;
mod expecting;
mod files;
mod foresight;
mod formats;
mod greeting;
mod listen;
mod mock;
mod pipe;
mod plan;
mod reach;
mod secrets;
mod talk;
mod tls;
mod transcript;
mod variables;

pub use check::{Check, check};
pub use curl::Copied;
pub use expecting::expecting;
pub use listen::{Listen, ListenMode, demo, listen};
pub use mock::play;
pub use secrets::Ask;
pub use talk::{Talk, TalkMode, talk};

use crate::cli::{Color, DisplayArgs, TalkArgs};
use crate::console::{Console, Level};
use crate::context::Context;
use crate::error::Error;
use crate::render::Style;

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

/// The name of the first of these options that is given.
fn first_given<'a>(options: &[(bool, &'a str)]) -> Option<&'a str> {
    let found = options.iter().find(|(given, _)| *given);
    found.map(|(_, name)| *name)
}

fn usage(message: &str, hint: &str) -> Error {
    Error::Usage {
        message: message.into(),
        hint: hint.into(),
    }
}
