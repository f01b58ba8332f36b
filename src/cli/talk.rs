//! The options of a conversation with a server.

use std::path::PathBuf;

use clap::Args;

use super::headings::{ALIVE, DISPLAY, ENDING, SENDING};
use super::{DisplayArgs, ExchangeArgs, HandshakeArgs, ReachArgs, TlsArgs};

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

    /// Do not read stdin: stay so long after the --execute lines, then close; -1: until the server closes
    #[arg(short, long, value_name = "DURATION", allow_hyphen_values = true, conflicts_with_all = ["input", "binary", "pace", "linger", "exit_on_eof"], help_heading = SENDING)]
    pub wait: Option<String>,

    /// Send a recording in its own time, not at once
    #[arg(long, help_heading = SENDING)]
    pub pace: bool,

    /// Send every data message back until the server closes
    #[arg(long, help_heading = SENDING, conflicts_with_all = ["execute", "binary", "input", "pace", "wait", "count", "one", "until", "linger", "exit_on_eof", "close_code", "close_reason"])]
    pub echo: bool,

    /// The code of our Close frame
    #[arg(long, value_name = "CODE", help_heading = ENDING)]
    pub close_code: Option<u16>,

    /// The reason in our Close frame
    #[arg(long, value_name = "TEXT", help_heading = ENDING)]
    pub close_reason: Option<String>,

    /// Drop the connection at our end, without a Close frame
    #[arg(long, conflicts_with_all = ["close_code", "close_reason"], help_heading = ENDING)]
    pub no_close: bool,

    /// Connect again when the connection is lost, or closed with 1001 or 1011 to 1014; give up after N tries in a row
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, value_parser = clap::value_parser!(u32).range(1..), help_heading = ALIVE)]
    pub reconnect: Option<Option<u32>>,

    #[command(flatten)]
    pub exchange: ExchangeArgs,

    #[command(flatten)]
    pub display: DisplayArgs,

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
