//! The options of a conversation with a server.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, ArgMatches, Args};

use super::headings::{ALIVE, DISPLAY, ENDING, RECEIVING, SENDING};
use super::{
    DisplayArgs, HandshakeArgs, InputFormat, OutputFormat, PrettyJson, ReachArgs, TlsArgs,
};
use crate::{duration, size};

/// Options whose order counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    Execute,
    Expect,
}

/// What concerns a conversation with a server.
#[derive(Args, Clone)]
pub struct TalkArgs {
    #[command(flatten)]
    pub handshake: HandshakeArgs,

    #[command(flatten)]
    pub reach: ReachArgs,

    #[command(flatten)]
    pub tls: TlsArgs,

    /// Send this on connect, in the notation of the prompt; repeatable
    #[arg(short = 'x', long, value_name = "LINE", allow_hyphen_values = true, help_heading = SENDING)]
    pub execute: Vec<String>,

    /// Expect this next, as a line of a transcript does; with --execute in the order given; repeatable
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, conflicts_with_all = ["wait", "binary", "input", "zero", "json", "pace", "echo", "one", "count", "until", "linger", "exit_on_eof", "reconnect", "no_close", "close_code", "close_reason", "show_ping_pong", "history"], help_heading = RECEIVING)]
    pub expect: Vec<String>,

    /// The --execute and --expect options in the order given.
    #[arg(skip)]
    pub order: Vec<Acts>,

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

    /// Tell how the connection is opened and closed, heads included, and what is legal but unusual; twice: of each frame
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

    /// Say at the end what passed: messages, bytes, compression, times, round trips
    #[arg(long, help_heading = DISPLAY)]
    pub stats: bool,

    /// Write every event to this file as JSON lines; a file that is there is left alone
    #[arg(long, value_name = "FILE", help_heading = DISPLAY)]
    pub record: Option<PathBuf>,

    /// Where the prompt keeps typed lines, instead of $XDG_STATE_HOME/wstalk/history; off: nowhere
    #[arg(long, value_name = "FILE|off", help_heading = DISPLAY)]
    pub history: Option<PathBuf>,

    #[arg(short = 'n', hide = true)]
    pub no_what: bool,

    #[arg(long, value_name = "X", hide = true)]
    pub protocol: Option<String>,
}

impl TalkArgs {
    /// Notes in which order its options were given.
    pub(super) fn note_order(&mut self, matches: &ArgMatches) {
        let places = |id: &str, act: Acts| {
            let found = matches.indices_of(id).into_iter().flatten();
            found.map(move |index| (index, act)).collect::<Vec<_>>()
        };
        let mut all = places("execute", Acts::Execute);
        all.extend(places("expect", Acts::Expect));
        all.sort_by_key(|(index, _)| *index);
        self.order = all.into_iter().map(|(_, act)| act).collect();
    }
}

/// A time limit: a duration that is more than nothing.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(limit) if limit.is_zero() => Err("a limit of nothing cannot be kept".into()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}
