//! How help reads: examples first, then the options in groups, a line each. `-h` has
//! those that are used most, `--help` all of them, the environment and the exit codes.

use clap::{Arg, ArgAction, Command};

use super::headings::DISPLAY;
use crate::context::ENVIRONMENT;
use crate::error::EXIT_CODES;

/// How much help tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What most people need: `-h`.
    Short,
    /// Everything: `--help`, manual and completions.
    Whole,
}

/// The examples that help begins with, by command; none has the first.
const EXAMPLES: [(&str, &str); 7] = [
    (
        "",
        "Examples:
  wstalk demo                                     try it, without a server
  wstalk wss://example.com/chat                   talk: a prompt at a terminal
  wstalk localhost:8080 -s chat -H 'X-Key: 1'     subprotocol and header
  echo '{\"op\":\"ping\"}' | wstalk -1 :8080          one message, one reply, done
  wstalk :8080 < lines.txt > replies.txt          a line is a message
  wstalk :8080 -x '{\"op\":\"ping\"}' --expect '{\"op\":\"pong\"}'
  wstalk check --url ws://localhost:8080 *.wst    transcripts as tests
  wstalk listen --echo 9000                       a server to test clients with
",
    ),
    (
        "demo",
        "Examples:
  wstalk demo                                     a prompt; what you type comes back
  echo hello | wstalk demo                        the same in a pipe
",
    ),
    (
        "curl",
        "Examples:
  wstalk curl -- curl 'wss://example.com/chat' -H 'Origin: https://example.com'
  wstalk curl -1 -x hello -- 'wss://example.com/chat' -b 'session=0a1b'
",
    ),
    (
        "check",
        "Examples:
  wstalk check --url wss://example.com login.wst
  wstalk check --jobs 4 --report-junit junit.xml tests/*.wst
  wstalk check --variable room=7 --secret TOKEN --retry 30 chat.wst
",
    ),
    (
        "listen",
        "Examples:
  wstalk listen --echo 9000                       everything comes back
  wstalk listen 9000                              speak to clients by hand
  wstalk listen --script chat.wst 9000            the server's side of a transcript
  wstalk listen --cert me.pem --key me.key 0.0.0.0:9443
",
    ),
    (
        "completions",
        "Examples:
  echo 'source <(wstalk completions bash)' >> ~/.bashrc
  echo 'source <(wstalk completions zsh)' >> ~/.zshrc     (behind compinit)
  wstalk completions fish > ~/.config/fish/completions/wstalk.fish
",
    ),
    (
        "man",
        "Examples:
  wstalk man | man -l -
  wstalk man > wstalk.1
",
    ),
];

const NOTES: &str = "
Values:
  A DURATION is 5, 0.5 (seconds), 800ms or 2m; a SIZE is 64, 64k or 1M.
  --output lines, nul and raw write bytes as they are, even to a terminal,
  which they can drive.
";

/// Gives a command and those below it their help.
pub(super) fn dress(command: Command, extent: Extent) -> Command {
    let command = dressed(command, "", extent);
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |below| dressed(below, name, extent))
    })
}

fn dressed(command: Command, name: &str, extent: Extent) -> Command {
    let command = command
        .help_template(template(name, extent))
        .disable_help_flag(true)
        .arg(help_option());
    match extent {
        Extent::Short => command,
        Extent::Whole => command.mut_args(|arg| arg.hide_short_help(false)),
    }
}

/// One option for both, since what differs is the command that it stands in.
fn help_option() -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .help("Print help: -h what is used most, --help everything")
        .help_heading(DISPLAY)
        .action(ArgAction::HelpShort)
}

fn template(name: &str, extent: Extent) -> String {
    let examples = EXAMPLES.iter().find(|(command, _)| *command == name);
    let examples = examples.map_or("", |(_, lines)| lines);
    let end = match (extent, name) {
        (Extent::Whole, "") => tables(),
        (Extent::Whole, _) => "\nExit codes and environment: wstalk --help\n".to_owned(),
        (Extent::Short, "completions" | "man") => String::new(),
        (Extent::Short, "") => {
            "\nEvery option, exit codes, environment: wstalk --help\nThe manual: wstalk man | man -l -\n"
                .to_owned()
        }
        (Extent::Short, _) => format!("\nEvery option: wstalk {name} --help\n"),
    };
    format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{examples}\n{{all-args}}\n{end}")
}

/// The tables behind the options.
fn tables() -> String {
    let mut text = String::from(NOTES);
    text.push_str("\nEnvironment:\n");
    let width = ENVIRONMENT.iter().map(|(name, _)| name.len()).max();
    for (name, meaning) in ENVIRONMENT {
        let width = width.unwrap_or_default();
        text.push_str(&format!("  {name:width$}  {meaning}\n"));
    }
    text.push_str("\nExit codes:\n");
    for (code, meaning) in EXIT_CODES {
        text.push_str(&format!("  {code:>3}  {meaning}\n"));
    }
    text
}
