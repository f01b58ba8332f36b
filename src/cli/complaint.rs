//! What is told of a command line that is none: what is wrong with it on one line, and
//! the cure on another, as all errors are told.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use crate::nearest::nearest;
use crate::target::{Target, TargetError};

/// What other clients call an option, or what one would guess, and what it is here.
const ELSEWHERE: [(&str, &str); 8] = [
    ("--data", "execute"),
    ("--junit", "report-junit"),
    ("--message", "execute"),
    ("--send", "execute"),
    ("--tap", "report-tap"),
    ("--timeout", "max-time"),
    ("--token", "bearer"),
    ("-d", "execute"),
];

/// A usage error, in two parts.
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Complaint {
    /// What the parser found wrong with the words behind a command's name.
    pub(super) fn of(error: &Error, whole: &Command, words: &[OsString]) -> Self {
        let first = words.get(1).and_then(|word| word.to_str());
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
        let mut hint = format!("`{name} --help` has every option");
        let invalid = word(error, ContextKind::InvalidArg);
        match error.kind() {
            // A second word is taken for a command, and that for the slip.
            ErrorKind::ArgumentConflict if message.starts_with("the subcommand ") => {
                message = behind_url(&message);
                hint = without_sign(command, words).unwrap_or(hint);
            }
            ErrorKind::UnknownArgument if name == "wstalk curl" => {
                hint = format!(
                    "what was copied stands behind `--`: {}",
                    usage(command, &name)
                );
            }
            ErrorKind::UnknownArgument if invalid.starts_with('-') => {
                if let Some(option) = meant_option(command, invalid) {
                    hint = format!("did you mean `--{option}`? {hint}");
                }
            }
            ErrorKind::InvalidValue => {
                let values = values(command, invalid);
                if !values.is_empty() && !message.contains("[possible values: ") {
                    message += &format!(" [possible values: {}]", values.join(", "));
                }
                let value = word(error, ContextKind::InvalidValue);
                if let Some(meant) = nearest(value, values.iter().map(String::as_str)) {
                    hint = format!("did you mean `{meant}`?");
                }
            }
            ErrorKind::MissingRequiredArgument if below.is_none() => {
                hint = "try `wstalk demo`; `wstalk --help` has examples and every option".into();
            }
            ErrorKind::MissingRequiredArgument | ErrorKind::UnknownArgument => {
                hint = format!("{}; {hint}", usage(command, &name));
            }
            _ => {}
        }
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

/// Where the value of an option stands behind a blank and not behind `=`, and so was taken
/// for something else.
fn without_sign(command: &Command, words: &[OsString]) -> Option<String> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    words.windows(2).find_map(|pair| {
        let name = pair[0].strip_prefix("--")?;
        let of_name = |arg: &&Arg| arg.get_long() == Some(name) && arg.is_require_equals_set();
        let option = command.get_arguments().find(of_name)?;
        let value = option.get_value_names()?.first()?;
        let hint = format!("the value of --{name} stands behind `=`: --{name}={value}");
        (!pair[1].starts_with('-')).then_some(hint)
    })
}

/// `the subcommand 'x' cannot be used with '[URL]'`, in words that are true.
fn behind_url(message: &str) -> String {
    let second = message.trim_start_matches("the subcommand ");
    let end = second.find(" cannot be used").unwrap_or(second.len());
    format!("unexpected argument {} behind the URL", &second[..end])
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

/// The option of this command that was probably meant. Those who wrote one dash may have
/// meant two.
fn meant_option<'a>(command: &'a Command, word: &str) -> Option<&'a str> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let mut names = shown.filter_map(Arg::get_long);
    let word = word.split_once('=').map_or(word, |(name, _)| name);
    match ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == word) {
        Some((_, here)) => names.find(|name| name == here),
        None => nearest(word.trim_start_matches('-'), names),
    }
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
