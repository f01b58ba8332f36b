//! The options, as clap sees them. What they mean is decided in `config`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::console::{Console, Level};
use crate::render::Style;
use crate::{duration, error, size};

/// Talk to a WebSocket server: by hand, from a pipe, or as a test.
#[derive(Debug, Parser)]
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

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Talk to a built-in echo server: needs no server and no network
    Demo(Box<TalkArgs>),
    /// Serve WebSocket clients on this machine, to test them against
    Listen(ListenArgs),
}

/// What concerns a conversation with a server.
#[derive(Args, Debug)]
pub struct TalkArgs {
    /// Add a header, or remove one: 'NAME: VALUE', 'NAME:'
    #[arg(short = 'H', long, value_name = "NAME: VALUE", help_heading = HANDSHAKE)]
    pub header: Vec<String>,

    /// The Origin header
    #[arg(short, long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub origin: Option<String>,

    /// Offer subprotocols, the preferred one first
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// The Host header, if not the URL's
    #[arg(long, value_name = "HOST", help_heading = HANDSHAKE)]
    pub host: Option<String>,

    /// Credentials for the Authorization header (Basic)
    #[arg(short, long, visible_alias = "auth", value_name = "USER:PASSWORD", help_heading = HANDSHAKE)]
    pub user: Option<String>,

    /// The User-Agent header
    #[arg(short = 'A', long, value_name = "TEXT", help_heading = HANDSHAKE)]
    pub user_agent: Option<String>,

    /// Do not offer permessage-deflate
    #[arg(long, help_heading = HANDSHAKE)]
    pub no_compression: bool,

    /// Limit of DNS, TCP, TLS and upgrade together
    #[arg(long, value_name = "DURATION", default_value = "30", value_parser = limit, help_heading = REACHING)]
    pub connect_timeout: Duration,

    /// Limit of the whole run (exit 28)
    #[arg(short, long, value_name = "DURATION", value_parser = limit, help_heading = REACHING)]
    pub max_time: Option<Duration>,

    /// Accept any certificate: encrypted, but with whom?
    #[arg(short = 'k', long, visible_alias = "no-check", help_heading = REACHING)]
    pub insecure: bool,

    /// Trust the certificates in this PEM file alone
    #[arg(long, visible_alias = "ca", value_name = "FILE", conflicts_with = "insecure", help_heading = REACHING)]
    pub cacert: Option<PathBuf>,

    /// Send this on connect, in the notation of the prompt; repeatable
    #[arg(short = 'x', long, value_name = "LINE", allow_hyphen_values = true, help_heading = SENDING)]
    pub execute: Vec<String>,

    /// Do not read stdin: stay so long after the --execute lines, then close; -1: until the server closes
    #[arg(short, long, value_name = "DURATION", allow_hyphen_values = true, conflicts_with_all = ["input", "binary", "pace", "linger", "exit_on_eof"], help_heading = SENDING)]
    pub wait: Option<String>,

    /// Send stdin as binary messages
    #[arg(short, long, help_heading = SENDING)]
    pub binary: bool,

    /// How stdin is cut into messages [default: lines]
    #[arg(long, value_name = "FORMAT", hide_default_value = true, help_heading = SENDING)]
    pub input: Option<InputFormat>,

    /// Messages end with a zero byte, in stdin and stdout: --input nul --output nul
    #[arg(short = '0', conflicts_with_all = ["input", "output", "json"], help_heading = SENDING)]
    pub zero: bool,

    /// Speak JSON in stdin and stdout: --input json --output json
    #[arg(long, conflicts_with_all = ["input", "output", "binary"], help_heading = SENDING)]
    pub json: bool,

    /// Send a recording in its own time, not at once
    #[arg(long, help_heading = SENDING)]
    pub pace: bool,

    /// Longer messages go out in fragments of this size; 0: never
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = size::parse, help_heading = SENDING)]
    pub fragment: u64,

    /// Send every data message back until the server closes
    #[arg(long, help_heading = SENDING, conflicts_with_all = ["execute", "binary", "input", "pace", "wait", "count", "one", "until", "linger", "exit_on_eof", "close_code", "close_reason"])]
    pub echo: bool,

    /// How messages are written to stdout; lines, nul and raw are bytes even to a terminal
    #[arg(long, value_name = "FORMAT", help_heading = RECEIVING)]
    pub output: Option<OutputFormat>,

    /// Show pings and pongs too
    #[arg(short = 'P', long, help_heading = RECEIVING)]
    pub show_ping_pong: bool,

    /// Stop after the first data message
    #[arg(short = '1', conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub one: bool,

    /// Stop after N data messages
    #[arg(short = 'N', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["one", "linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub count: Option<u64>,

    /// Stop after the first message that matches: a message in the notation, JSON in part, /match REGEX
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub until: Option<String>,

    /// Largest message: 64M where one is held whole (prompt, terminal, notation, JSON, --until, --record, --echo), else no limit
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = RECEIVING)]
    pub max_message_size: Option<u64>,

    /// Stay that long after the last message at the end of stdin; -1: until the server closes
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = ENDING)]
    pub linger: Option<String>,

    /// Close at the end of stdin: --linger 0
    #[arg(short = 'E', long, conflicts_with = "linger", help_heading = ENDING)]
    pub exit_on_eof: bool,

    /// The code of our Close frame
    #[arg(long, value_name = "CODE", help_heading = ENDING)]
    pub close_code: Option<u16>,

    /// The reason in our Close frame
    #[arg(long, value_name = "TEXT", help_heading = ENDING)]
    pub close_reason: Option<String>,

    /// How long the server's Close may take after ours
    #[arg(long, value_name = "DURATION", default_value = "5", value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Drop the connection at our end, without a Close frame
    #[arg(long, conflicts_with_all = ["close_code", "close_reason"], help_heading = ENDING)]
    pub no_close: bool,

    /// Send a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// How long the server may be silent after a ping (exit 28)
    #[arg(long, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
    pub ping_timeout: Option<Duration>,

    /// Connect again when the connection is lost, or closed with 1001 or 1011 to 1014; give up after N tries in a row
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, value_parser = clap::value_parser!(u32).range(1..), help_heading = ALIVE)]
    pub reconnect: Option<Option<u32>>,

    #[command(flatten)]
    pub display: DisplayArgs,

    /// Tell of opening and closing, and of what is legal but unusual; twice: of each frame
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Say at the end what passed: messages, bytes, compression, times, round trips
    #[arg(long, help_heading = DISPLAY)]
    pub stats: bool,

    /// Write every event to this file as JSON lines; a file that is there is left alone
    #[arg(long, value_name = "FILE", help_heading = DISPLAY)]
    pub record: Option<PathBuf>,

    #[arg(short = 'n', hide = true)]
    pub no_what: bool,

    #[arg(long, value_name = "X", hide = true)]
    pub protocol: Option<String>,
}

/// What concerns stderr and colours.
#[derive(Args, Clone, Debug)]
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

#[derive(Args, Debug)]
pub struct ListenArgs {
    /// Where to listen; loopback and a free port unless given
    #[arg(value_name = "[HOST:]PORT")]
    pub address: Option<String>,

    /// Send every data message back
    #[arg(long, required = true)]
    pub echo: bool,

    /// Let pages of this origin in, `*` for any; loopback ones always are
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,

    /// Do not agree to permessage-deflate
    #[arg(long)]
    pub no_compression: bool,

    #[command(flatten)]
    pub display: DisplayArgs,
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

impl Cli {
    /// Whether what the system trusts is of no concern.
    pub fn needs_no_roots(&self) -> bool {
        self.talk.insecure || self.talk.cacert.is_some()
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
                .announce(&format!("wstalk: error: {}", text.trim_end()));
            2
        })
    }
}

const HANDSHAKE: &str = "Opening handshake";
const REACHING: &str = "Reaching the server";
const SENDING: &str = "Sending";
const RECEIVING: &str = "Receiving";
const ENDING: &str = "Ending";
const ALIVE: &str = "Staying alive";
const DISPLAY: &str = "Display";

/// A time limit: a duration that is more than nothing.
fn limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(limit) if limit.is_zero() => Err("a limit of nothing cannot be kept".into()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
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
  wstalk listen --echo 9000                       a server to test clients with
";
