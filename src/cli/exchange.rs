//! The options of what is sent, what is received and how it is shown, whoever connects to
//! whom.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use super::headings::{ALIVE, DISPLAY, ENDING, RECEIVING, SENDING};
use super::{InputFormat, OutputFormat, PrettyJson};
use crate::{duration, size};

/// What a client's conversation and a server's have in common.
#[derive(Args, Clone)]
pub struct ExchangeArgs {
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

    /// Stay that long after the last message at the end of stdin; -1: until the other end, or for a server a signal, ends it
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = ENDING)]
    pub linger: Option<String>,

    /// Close at the end of stdin: --linger 0
    #[arg(short = 'E', long, conflicts_with = "linger", help_heading = ENDING)]
    pub exit_on_eof: bool,

    /// How long the other end's Close may take after ours
    #[arg(long, value_name = "DURATION", default_value = "5", value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Send a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// How long the other end may be silent after a ping (exit 28)
    #[arg(long, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
    pub ping_timeout: Option<Duration>,

    /// Tell how connections are opened and closed, heads included, and what is legal but unusual; twice: of each frame
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Show passwords, tokens and cookies where -v and errors mask them
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

/// A time limit: a duration that is more than nothing.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(limit) if limit.is_zero() => Err("a limit of nothing cannot be kept".into()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}
