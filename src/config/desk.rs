//! A terminal with a prompt, as the user wants it.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::display::Display;
use crate::prompt::{DeskSettings, InputrcFiles};

const SYSTEM_INPUTRC: &str = "/etc/inputrc";

/// What is asked of the terminal; `history_file` is that of `--history`.
pub(super) fn settings(
    display: Display,
    ping_pong: bool,
    history_file: Option<&Path>,
    context: &Context,
) -> DeskSettings {
    DeskSettings {
        ping_pong,
        display,
        history: history(history_file, context),
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
