//! The options of a server.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use super::headings::{ALIVE, CHECKING, DISPLAY, ENDING, HANDSHAKE, RECEIVING, SENDING, TLS};
use super::talk::limit;
use super::{DisplayArgs, InputFormat, OutputFormat, PrettyJson, VariableArgs};
use crate::{duration, size};

/// What concerns a server.
#[derive(Args)]
pub struct ListenArgs {
    /// Where to listen; loopback and a free port unless given
    #[arg(value_name = "[HOST:]PORT")]
    pub address: Option<String>,

    /// Send every data message back, instead of speaking through a prompt or a pipe
    #[arg(long)]
    pub echo: bool,

    /// Play the server's side of a transcript, `-`: stdin
    #[arg(long, value_name = "FILE", conflicts_with = "echo", help_heading = CHECKING)]
    pub script: Option<String>,

    #[command(flatten)]
    pub variables: VariableArgs,

    /// Agree to this subprotocol if a client offers it; repeatable or comma-separated, the first that is offered counts
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// Let pages of this origin in, `*` for any; loopback ones always are
    #[arg(long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub allow_origin: Vec<String>,

    /// Do not agree to permessage-deflate
    #[arg(long, help_heading = HANDSHAKE)]
    pub no_compression: bool,

    /// Speak TLS (wss), with this certificate: PEM, with its chain and perhaps its key, or PKCS#12
    #[arg(long, value_name = "FILE", help_heading = TLS)]
    pub cert: Option<PathBuf>,

    /// The certificate's private key: PEM, PKCS#8
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = TLS)]
    pub key: Option<PathBuf>,

    /// What opens the key or the PKCS#12 file, or @FILE; asked for when needed
    #[arg(
        long,
        value_name = "PASS",
        num_args = 0..=1,
        require_equals = true,
        requires = "cert",
        help_heading = TLS,
    )]
    pub passphrase: Option<Option<String>>,

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

    /// Longer messages go out in fragments of this size; 0: never
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = size::parse, help_heading = SENDING)]
    pub fragment: u64,

    /// How messages are written to stdout; lines, nul and raw are bytes even to a terminal
    #[arg(long, value_name = "FORMAT", help_heading = RECEIVING)]
    pub output: Option<OutputFormat>,

    /// Show pings and pongs too
    #[arg(short = 'P', long, help_heading = RECEIVING)]
    pub show_ping_pong: bool,

    /// Stop after the first data message of any client
    #[arg(short = '1', conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub one: bool,

    /// Stop after N data messages of all clients together
    #[arg(short = 'N', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["one", "linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub count: Option<u64>,

    /// Stop after the first message that matches: a message in the notation, JSON in part, /match REGEX
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub until: Option<String>,

    /// Largest message: 64M, as they are held whole; with --echo no limit
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = RECEIVING)]
    pub max_message_size: Option<u64>,

    /// Close everyone when stdin has ended and nothing more came for so long; -1: a signal ends it [default: -1]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = ENDING)]
    pub linger: Option<String>,

    /// Close everyone at the end of stdin: --linger 0
    #[arg(short = 'E', long, conflicts_with = "linger", help_heading = ENDING)]
    pub exit_on_eof: bool,

    /// How long a client's Close may take after ours
    #[arg(long, value_name = "DURATION", default_value = "5", value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Send each client a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// How long a client may be silent after a ping: then it counts as lost
    #[arg(long, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
    pub ping_timeout: Option<Duration>,

    #[command(flatten)]
    pub display: DisplayArgs,

    /// Tell of every opening handshake, heads included; twice: of each frame
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Show passwords, tokens and cookies where -v masks them
    #[arg(long, help_heading = DISPLAY)]
    pub show_secrets: bool,

    /// Number messages on a screen, with the time of day and the gap before each
    #[arg(long, help_heading = DISPLAY)]
    pub timestamps: bool,

    /// When to indent JSON on a screen; without a value: always [default: auto]
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always", hide_default_value = true, help_heading = DISPLAY)]
    pub pretty: Option<PrettyJson>,

    /// Where the prompt keeps typed lines, instead of $XDG_STATE_HOME/wstalk/history; off: nowhere
    #[arg(long, value_name = "FILE|off", help_heading = DISPLAY)]
    pub history: Option<PathBuf>,
}
