//! The options of what is sent, what is received and how it is shown, whoever connects to
//! whom.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueHint};

use super::headings::{DISPLAY, ENDING, RECEIVING, SENDING};
use super::{InputFormat, LimitArgs, OutputFormat, PrettyJson};

/// What a client's conversation and a server's have in common.
#[derive(Args, Clone)]
pub struct ExchangeArgs {
    /// Send stdin as binary messages
    #[arg(short, long, help_heading = SENDING)]
    pub binary: bool,

    /// lines, nul, whole, chunks, notation or json
    ///
    /// How stdin is cut into messages: by lines (the default), at zero bytes, not at all, as
    /// it is read, or each line in the notation or as JSON.
    #[arg(long, value_name = "FORMAT", hide_default_value = true, hide_possible_values = true, help_heading = SENDING)]
    pub input: Option<InputFormat>,

    /// Zero bytes end messages: --input nul --output nul
    #[arg(short = '0', hide_short_help = true, conflicts_with_all = ["input", "output", "json"], help_heading = SENDING)]
    pub zero: bool,

    /// JSON both ways: --input json --output json
    #[arg(long, conflicts_with_all = ["input", "output", "binary"], help_heading = SENDING)]
    pub json: bool,

    /// lines, nul, raw (bytes as is), notation or json
    ///
    /// How messages are written to stdout: the payload and a line feed, the payload and a
    /// zero byte, the payload, a line of the notation, or each event as JSON. The first
    /// three are bytes as they came, even to a terminal, which they can drive.
    #[arg(long, value_name = "FORMAT", hide_possible_values = true, help_heading = RECEIVING)]
    pub output: Option<OutputFormat>,

    /// Show pings and pongs too
    #[arg(short = 'P', long, hide_short_help = true, help_heading = RECEIVING)]
    pub show_ping_pong: bool,

    /// Stop after the first data message
    #[arg(short = '1', conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub one: bool,

    /// Stop after N data messages
    #[arg(short = 'N', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["one", "linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub count: Option<u64>,

    /// Stop after the first message that matches
    ///
    /// A line of the notation, compared exactly; a JSON object or array, as a part of what
    /// comes; `/match REGEX`, `/any`, `/any-text`, `/any-binary`.
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, conflicts_with_all = ["linger", "exit_on_eof"], help_heading = RECEIVING)]
    pub until: Option<String>,

    /// Stay until all was quiet so long [default: 1]
    ///
    /// After the end of stdin, counted from the latest message sent or received; 5 s while
    /// nothing at all has come. -1: until the other end closes, or for a server a signal
    /// comes.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = ENDING)]
    pub linger: Option<String>,

    /// Close at the end of stdin: --linger 0
    #[arg(short = 'E', long, conflicts_with = "linger", help_heading = ENDING)]
    pub exit_on_eof: bool,

    #[command(flatten)]
    pub limits: LimitArgs,

    /// Show opening and closing; -vv: each frame
    ///
    /// Both heads of the handshake, names, addresses, certificates, times, and whatever is
    /// legal but unusual. Secrets are masked.
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Show secrets where they are masked
    #[arg(long, hide_short_help = true, help_heading = DISPLAY)]
    pub show_secrets: bool,

    /// Number messages, with time and gap, on a screen
    #[arg(long, hide_short_help = true, help_heading = DISPLAY)]
    pub timestamps: bool,

    /// Indent JSON on a screen: auto, always, never
    ///
    /// auto: where it does not fit on a row. Without a value: always.
    #[arg(long, hide_short_help = true, hide_possible_values = true, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always", hide_default_value = true, help_heading = DISPLAY)]
    pub pretty: Option<PrettyJson>,

    /// Keep typed lines in this file, or nowhere
    ///
    /// Instead of $XDG_STATE_HOME/wstalk/history (~/.local/state without that variable).
    #[arg(long, value_name = "FILE|off", value_hint = ValueHint::FilePath, hide_short_help = true, help_heading = DISPLAY)]
    pub history: Option<PathBuf>,
}
