//! The options, as clap sees them. What they mean is decided in `config`.
//!
//! None has a `Debug`: some hold secrets, which so cannot be printed by accident.

mod exchange;
mod handshake;
mod headings;
mod listen;
mod reach;
mod talk;
mod tls;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use exchange::ExchangeArgs;
pub use handshake::HandshakeArgs;
pub use listen::ListenArgs;
pub use reach::ReachArgs;
pub use talk::TalkArgs;
pub use tls::{IdentityArgs, TlsArgs};

use crate::console::{Console, Level};
use crate::error;
use crate::net::TlsVersion;
use crate::render::{Style, escape};
use crate::secret;
use headings::DISPLAY;

/// Talk to a WebSocket server: by hand, from a pipe, or as a test.
#[derive(Parser)]
#[command(
    name = "wstalk",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "See --help for examples and exit codes.",
    after_long_help = after_long_help(),
    disable_help_subcommand = true,
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// ws://HOST[:PORT]/PATH, wss://…, or without a scheme: localhost:8080
    #[arg(value_name = "URL", required_unless_present = "connect")]
    pub url: Option<String>,

    /// The same as URL
    #[arg(short, long, value_name = "URL", conflicts_with = "url", hide = true)]
    pub connect: Option<String>,

    #[command(flatten)]
    pub talk: TalkArgs,
}

#[derive(Subcommand)]
pub enum Command {
    /// Talk to a built-in echo server: needs no server and no network
    Demo(Box<TalkArgs>),
    /// Connect as a browser's "Copy as cURL" of a WebSocket request says
    Curl(Box<CurlArgs>),
    /// Serve WebSocket clients on this machine, to test them against
    Listen(Box<ListenArgs>),
}

/// What concerns stderr and colours.
#[derive(Args, Clone)]
pub struct DisplayArgs {
    /// No notices; errors and losses stay
    #[arg(short, long, help_heading = DISPLAY)]
    pub quiet: bool,

    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = DISPLAY)]
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
        let tls = &self.talk().tls;
        tls.insecure || tls.cacert.is_some()
    }

    /// Whether TLS will be spoken for certain.
    pub fn needs_tls(&self) -> bool {
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
        let tls = &self.talk().tls;
        let limits = [tls.tls_min, tls.tls_max];
        limits
            .into_iter()
            .flatten()
            .any(|limit| limit < TlsVersion::V1_2)
    }

    /// Our own options of the conversation, whatever begins it.
    fn talk(&self) -> &TalkArgs {
        match &self.command {
            Some(Command::Curl(args)) => &args.talk,
            _ => &self.talk,
        }
    }

    /// Reads the command line.
    ///
    /// # Errors
    /// The exit code, after help or a usage error was printed.
    pub fn read() -> Result<Self, u8> {
        Cli::try_parse().map_err(|error| {
            if !error.use_stderr() {
                // Help and version; nobody to tell when stdout is gone.
                let _ = error.print();
                return 0;
            }
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Console::new(Style::plain(), Level::Normal)
                .announce(&harmless(&format!("wstalk: error: {}", text.trim_end())));
            2
        })
    }
}

/// A text of several lines that quotes words of the command line: they may have been
/// pasted, and hold secrets.
fn harmless(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| escape(&secret::text(line)).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn after_long_help() -> String {
    let mut text = String::from(EXAMPLES);
    text.push_str("\nExit codes:\n");
    for (code, meaning) in error::EXIT_CODES {
        text.push_str(&format!("  {code:>3}  {meaning}\n"));
    }
    text
}

const EXAMPLES: &str = "\
Examples:
  wstalk demo                                     try it, without a server
  wstalk wss://example.com/chat                   talk: a prompt at a terminal
  wstalk localhost:8080 -s chat -H 'X-Key: 1'     subprotocol and header
  echo '{\"op\":\"ping\"}' | wstalk -1 :8080          one message, one reply, done
  wstalk :8080 < lines.txt > replies.txt          a line is a message
  wstalk curl -- curl 'wss://example.com' -b a=1  what a browser copied
  wstalk listen --echo 9000                       a server to test clients with
";

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
