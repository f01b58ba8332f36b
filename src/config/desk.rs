//! A terminal with a prompt, as the user wants it.

use std::path::{Path, PathBuf};

use super::usage;
use crate::cli::ExchangeArgs;
use crate::context::Context;
use crate::display::Display;
use crate::error::Error;
use crate::prompt::{DeskSettings, InputrcFiles};

const SYSTEM_INPUTRC: &str = "/etc/inputrc";

/// Whether there is a person at both ends who can have a prompt.
pub(super) fn is_possible(context: &Context) -> bool {
    context.stdin_is_terminal && context.stdout_is_terminal && !context.dumb
}

/// Options for a prompt, where there is none.
///
/// # Errors
/// `Usage` if there is one.
pub(super) fn refuse(args: &ExchangeArgs) -> Result<(), Error> {
    match args.history {
        None => Ok(()),
        Some(_) => Err(usage(
            "--history is for the lines of a prompt, and this is a pipe",
            "leave it out",
        )),
    }
}

/// What is asked of the terminal.
pub(super) fn settings(display: Display, args: &ExchangeArgs, context: &Context) -> DeskSettings {
    DeskSettings {
        ping_pong: args.show_ping_pong,
        display,
        history: history(args.history.as_deref(), context),
        inputrc: inputrc(context),
        secrets: Vec::new(),
        notices_on_screen: context.stderr_is_terminal,
    }
}

/// Where typed lines are kept, if anywhere.
fn history(file: Option<&Path>, context: &Context) -> Option<PathBuf> {
    match file {
        Some(file) if file.as_os_str() == "off" => None,
        Some(file) => Some(file.to_owned()),
        None => Some(context.state_home.as_ref()?.join("wstalk/history")),
    }
}

/// Where readline looks for what is said of keys.
fn inputrc(context: &Context) -> InputrcFiles {
    let at_home = || Some(context.home.as_ref()?.join(".inputrc"));
    let own = context.inputrc.clone().or_else(at_home);
    InputrcFiles {
        paths: own.into_iter().chain([SYSTEM_INPUTRC.into()]).collect(),
        home: context.home.clone(),
        term: context.term.clone(),
    }
}
