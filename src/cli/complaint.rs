//! What is told of a command line that is none: what is wrong with it on one line, and
//! the cure on another, as all errors are told.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use crate::nearest::nearest;
use crate::target::{Target, TargetError};

/// A usage error, in two parts.
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Complaint {
    /// What the parser found wrong with the words behind a command's name.
    pub(super) fn of(error: &Error, whole: &Command, first: Option<&str>) -> Self {
        let below = first.and_then(|name| whole.find_subcommand(name));
        let command = below.unwrap_or(whole);
        let name = match below {
            Some(below) => format!("wstalk {}", below.get_name()),
            None => "wstalk".to_owned(),
        };
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let end = text.find("\n\n").unwrap_or(text.len());
        let mut message = text[..end].trim_end().replace("\n  ", " ");
        let help = format!("`{name} --help` has every option");
        // A second word is taken for a command, and that for the slip.
        if let Some(second) = message.strip_prefix("the subcommand ") {
            let end = second.find(" cannot be used").unwrap_or(second.len());
            message = format!("unexpected argument {} behind the URL", &second[..end]);
        }
        let invalid = word(error, ContextKind::InvalidArg);
        let hint = match error.kind() {
            ErrorKind::UnknownArgument if !invalid.starts_with('-') => {
                format!("{}; {help}", usage(command, &name))
            }
            ErrorKind::UnknownArgument => match nearest_option(command, invalid) {
                Some(option) => format!("did you mean `--{option}`? {help}"),
                None => help,
            },
            ErrorKind::InvalidValue => {
                let values = values(command, invalid);
                if !values.is_empty() && !message.contains("[possible values: ") {
                    message += &format!(" [possible values: {}]", values.join(", "));
                }
                let value = word(error, ContextKind::InvalidValue);
                let meant = nearest(value, values.iter().map(String::as_str));
                meant.map_or(help, |value| format!("did you mean `{value}`?"))
            }
            ErrorKind::MissingRequiredArgument if below.is_none() => {
                "try `wstalk demo`; `wstalk --help` has examples and every option".to_owned()
            }
            ErrorKind::MissingRequiredArgument => {
                format!("{}; {help}", usage(command, &name))
            }
            _ => help,
        };
        Complaint { message, hint }
    }

    /// That a first word is neither a command nor like a URL, whatever the parser stumbled
    /// over behind it.
    pub(super) fn of_first(word: &str) -> Option<Self> {
        match Target::parse(word) {
            Err(TargetError::Usage { message, hint }) if !word.starts_with('-') => {
                Some(Complaint { message, hint })
            }
            _ => None,
        }
    }
}

/// `usage: wstalk check [OPTIONS] <FILE>...`
fn usage(command: &Command, name: &str) -> String {
    let usage = command.clone().bin_name(name).render_usage().to_string();
    let usage = usage.replace("\n       ", ", or ");
    usage.replacen("Usage", "usage", 1)
}

fn word(error: &Error, kind: ContextKind) -> &str {
    match error.get(kind) {
        Some(ContextValue::String(word)) => word,
        _ => "",
    }
}

/// The option that was probably meant. Those who wrote one dash may have meant two.
fn nearest_option<'a>(command: &'a Command, word: &str) -> Option<&'a str> {
    let word = word.trim_start_matches('-');
    let word = word.split_once('=').map_or(word, |(name, _)| name);
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    nearest(word, shown.filter_map(Arg::get_long))
}

/// What an option can be, if that is listed anywhere.
fn values(command: &Command, option: &str) -> Vec<String> {
    let option = command
        .get_arguments()
        .find(|arg| arg.to_string() == option);
    let values = option.map(Arg::get_possible_values).unwrap_or_default();
    values
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect()
}
