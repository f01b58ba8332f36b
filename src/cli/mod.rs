//! The options, as clap sees them. What they mean is decided in `config`.
//!
//! None has a `Debug`: some hold secrets, which so cannot be printed by accident.

mod check;
mod close_codes;
mod complaint;
mod exchange;
mod handshake;
mod headings;
mod help;
mod limits;
mod listen;
mod reach;
mod talk;
mod tls;
mod variables;

use std::env;
use std::ffi::OsString;

use clap::{
    ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    ValueHint,
};

pub use check::CheckArgs;
pub use exchange::ExchangeArgs;
pub use handshake::HandshakeArgs;
pub use help::Extent;
pub use limits::LimitArgs;
pub use listen::ListenArgs;
pub use reach::ReachArgs;
pub use talk::{Acts, TalkArgs};
pub use tls::{IdentityArgs, TlsArgs};
pub use variables::VariableArgs;

use crate::console::{Console, Level};
use crate::net::TlsVersion;
use crate::render::{Style, escape};
use crate::secret;
use complaint::Complaint;
use headings::DISPLAY;

/// Talk to a WebSocket server: by hand, from a pipe, or as a test.
#[derive(Parser)]
#[command(
    name = "wstalk",
    version,
    override_usage = "wstalk [OPTIONS] <URL>\n       wstalk <COMMAND>",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// ws:// or wss://, or without a scheme: localhost:8080, :8080
    #[arg(value_name = "URL", value_hint = ValueHint::Url, required_unless_present = "connect")]
    pub url: Option<String>,

    /// The same as URL
    #[arg(short, long, value_name = "URL", conflicts_with = "url", hide = true)]
    pub connect: Option<String>,

    #[command(flatten)]
    pub talk: TalkArgs,

    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = DISPLAY)]
    version: Option<bool>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Talk to a built-in echo server: needs no server and no network
    Demo(Box<TalkArgs>),
    /// Connect as a browser's "Copy as cURL" of a WebSocket request says
    Curl(Box<CurlArgs>),
    /// Run transcripts as tests of a server
    Check(Box<CheckArgs>),
    /// Serve WebSocket clients on this machine, to test them against
    Listen(Box<ListenArgs>),
    /// Print completions for a shell
    Completions {
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual, for man
    Man,
}

/// What concerns stderr and colours.
#[derive(Args, Clone)]
pub struct DisplayArgs {
    /// No notices; errors and losses stay
    #[arg(short, long, help_heading = DISPLAY)]
    pub quiet: bool,

    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true, hide_short_help = true, help_heading = DISPLAY)]
    pub color: Color,

    /// The same as --color never
    #[arg(long, hide = true, conflicts_with = "color")]
    pub no_color: bool,
}

#[derive(Args)]
pub struct CurlArgs {
    /// The copied command, with or without the word `curl` in front
    #[arg(value_name = "ARGS", last = true, required = true)]
    pub words: Vec<String>,

    #[command(flatten)]
    pub talk: TalkArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// A line is a message
    Lines,
    /// A message ends with a zero byte
    Nul,
    /// All of stdin is one message
    Whole,
    /// What is read at once is a message
    Chunks,
    /// A line is a message in the notation of the prompt
    Notation,
    /// A line is a JSON object: {"text":"hi"}, {"base64":"AQL/"}, or an event of a recording
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// The payload and a line feed
    Lines,
    /// The payload and a zero byte
    Nul,
    /// The payload
    Raw,
    /// A line for each message, in the notation of the prompt
    Notation,
    /// A line for each event, as JSON
    Json,
}

/// The shells that completions are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Elvish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PrettyJson {
    /// Where it does not fit on a row
    Auto,
    /// Always
    Always,
    /// Never: messages as they came
    Never,
}

impl Cli {
    /// Whether what the system trusts is of no concern.
    pub fn needs_no_roots(&self) -> bool {
        let tls = self.tls();
        tls.insecure || tls.cacert.is_some()
    }

    /// Whether TLS will be spoken for certain.
    pub fn needs_tls(&self) -> bool {
        if let Some(Command::Check(_)) = self.command {
            // The files say where to, and have not been read.
            return true;
        }
        let url = self.url.as_deref().or(self.connect.as_deref());
        let proxy = self.talk.reach.proxy.as_deref();
        let words = match &self.command {
            Some(Command::Curl(args)) => &args.words[..],
            _ => &[],
        };
        let words = words.iter().map(String::as_str);
        let schemes = [url, proxy].into_iter().flatten().chain(words);
        let mut schemes = schemes.filter_map(|url| Some(url.split_once("://")?.0));
        schemes.any(|scheme| {
            ["wss", "https"]
                .iter()
                .any(|tls| scheme.eq_ignore_ascii_case(tls))
        })
    }

    /// Whether versions of TLS may be spoken that are no longer thought safe.
    pub fn allows_old_tls(&self) -> bool {
        let tls = self.tls();
        let limits = [tls.tls_min, tls.tls_max];
        limits
            .into_iter()
            .flatten()
            .any(|limit| limit < TlsVersion::V1_2)
    }

    /// Notes in which order options were given, where that counts.
    fn note_order(&mut self, matches: &ArgMatches) {
        let below = matches.subcommand().map_or(matches, |(_, below)| below);
        match &mut self.command {
            Some(Command::Demo(args)) => args.note_order(below),
            Some(Command::Curl(args)) => args.talk.note_order(below),
            Some(_) => {}
            None => self.talk.note_order(matches),
        }
    }

    /// Our own options of the conversation, whatever begins it.
    fn talk(&self) -> &TalkArgs {
        match &self.command {
            Some(Command::Curl(args)) => &args.talk,
            _ => &self.talk,
        }
    }

    fn tls(&self) -> &TlsArgs {
        match &self.command {
            Some(Command::Check(args)) => &args.tls,
            _ => &self.talk().tls,
        }
    }

    /// The command line's description, with its help.
    pub fn dressed(extent: Extent) -> clap::Command {
        help::dress(Cli::command(), extent)
    }

    /// Reads the command line.
    ///
    /// # Errors
    /// The exit code, after help or a usage error was printed.
    pub fn read() -> Result<Self, u8> {
        let words = words(env::args_os());
        let extent = if words.iter().any(|word| word == "--help") {
            Extent::Whole
        } else {
            Extent::Short
        };
        let mut command = Cli::dressed(extent);
        let first = words.get(1).and_then(|word| word.to_str());
        let matches = command.try_get_matches_from_mut(&words);
        let read = matches.and_then(|matches| {
            let mut cli = Cli::from_arg_matches(&matches)?;
            cli.note_order(&matches);
            Ok(cli)
        });
        read.map_err(|error| {
            if !error.use_stderr() {
                // Help and version; nobody to tell when stdout is gone.
                let _ = error.print();
                return 0;
            }
            let is_command = |word: &&str| command.find_subcommand(word).is_some();
            let wrong = first.filter(|word| !is_command(word));
            let wrong = wrong.and_then(Complaint::of_first);
            let wrong = wrong.unwrap_or_else(|| Complaint::of(&error, &command, &words));
            let [message, hint] = [wrong.message, wrong.hint].map(|text| harmless(&text));
            Console::new(Style::plain(), Level::Normal)
                .announce(&format!("wstalk: error: {message}\nhint: {hint}"));
            2
        })
    }
}

/// The words of the command line; `help COMMAND` means `COMMAND --help`.
fn words(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = given.collect();
    if words.get(1).is_some_and(|word| word == "help") {
        words.remove(1);
        words.push("--help".into());
    }
    words
}

/// A text that quotes words of the command line: they may have been pasted, and hold
/// secrets.
fn harmless(text: &str) -> String {
    escape(&secret::text(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Cli {
        Cli::try_parse_from([&["wstalk"], words].concat()).unwrap()
    }

    #[test]
    fn what_is_known_of_tls_before_anything_is_started() {
        for (words, roots, tls, old) in [
            (&["wss://h"][..], true, true, false),
            (&["HTTPS://h"], true, true, false),
            (&["-c", "wss://h"], true, true, false),
            (&["ws://h/?x=wss://h"], true, false, false),
            (&["h.example"], true, false, false),
            (&["h.example", "--proxy", "https://p"], true, true, false),
            (&["h.example", "--proxy", "http://p"], true, false, false),
            (&["demo"], true, false, false),
            (&["wss://h", "-k"], false, true, false),
            (&["wss://h", "--ca", "x"], false, true, false),
            (&["wss://h", "--tls-max", "1.1"], true, true, true),
            (&["wss://h", "--tls-min=1.0"], true, true, true),
            (&["wss://h", "--tls-min=1.2"], true, true, false),
        ] {
            let cli = parsed(words);
            let known = (!cli.needs_no_roots(), cli.needs_tls(), cli.allows_old_tls());
            assert_eq!(known, (roots, tls, old), "{words:?}");
        }
    }
}
