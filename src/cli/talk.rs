//! The options of a conversation with a server.

use std::path::PathBuf;

use clap::{ArgMatches, Args, ValueHint};

use super::close_codes::CloseCodes;
use super::headings::{ALIVE, DISPLAY, ENDING, RECEIVING, SENDING};
use super::{DisplayArgs, ExchangeArgs, HandshakeArgs, ReachArgs, TlsArgs};

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

    /// Send this on connect, in the notation
    ///
    /// Repeatable; always sent first, and again after each --reconnect.
    #[arg(short = 'x', long, value_name = "LINE", allow_hyphen_values = true, help_heading = SENDING)]
    pub execute: Vec<String>,

    /// Expect this next; in one order with -x
    ///
    /// Repeatable. What would stand behind `<` in a transcript; `...` lets anything come
    /// before the next one, or at the end. Not met: exit 1.
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true, conflicts_with_all = ["wait", "binary", "input", "zero", "json", "pace", "echo", "one", "count", "until", "linger", "exit_on_eof", "reconnect", "no_close", "close_code", "close_reason", "show_ping_pong", "history"], help_heading = RECEIVING)]
    pub expect: Vec<String>,

    /// The --execute and --expect options in the order given.
    #[arg(skip)]
    pub order: Vec<Acts>,

    /// Read no stdin: stay so long after -x, then close
    ///
    /// -1: until the server closes.
    #[arg(short, long, value_name = "DURATION", allow_hyphen_values = true, conflicts_with_all = ["input", "binary", "pace", "linger", "exit_on_eof"], help_heading = SENDING)]
    pub wait: Option<String>,

    /// Send a recording in its own time, not at once
    #[arg(long, hide_short_help = true, help_heading = SENDING)]
    pub pace: bool,

    /// Send every data message back, until the server closes
    ///
    /// stdin is not read, and nothing is printed unless --output is given.
    #[arg(long, hide_short_help = true, help_heading = SENDING, conflicts_with_all = ["execute", "binary", "input", "pace", "wait", "count", "one", "until", "linger", "exit_on_eof", "close_code", "close_reason"])]
    pub echo: bool,

    /// The code of our Close frame [default: 1000]
    #[arg(long, value_name = "CODE", value_parser = CloseCodes, hide_possible_values = true, hide_short_help = true, help_heading = ENDING)]
    pub close_code: Option<u16>,

    /// The reason in our Close frame
    #[arg(long, value_name = "TEXT", hide_short_help = true, help_heading = ENDING)]
    pub close_reason: Option<String>,

    /// Drop the connection, without a Close frame
    #[arg(long, hide_short_help = true, conflicts_with_all = ["close_code", "close_reason"], help_heading = ENDING)]
    pub no_close: bool,

    /// Connect again when the connection is lost
    ///
    /// Or closed with 1001 or 1011 to 1014, or silent past --ping-timeout; not after 1000,
    /// our own end or another code. Gives up after N tries in a row.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, value_parser = clap::value_parser!(u32).range(1..), help_heading = ALIVE)]
    pub reconnect: Option<Option<u32>>,

    #[command(flatten)]
    pub exchange: ExchangeArgs,

    #[command(flatten)]
    pub display: DisplayArgs,

    /// Say at the end what passed
    ///
    /// Messages, bytes of payload and on the wire, compression, times, ping round trips.
    #[arg(long, help_heading = DISPLAY)]
    pub stats: bool,

    /// Write every event to a new file, as JSON lines
    ///
    /// Mode 0600; a file that is there is left alone, and an error.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = DISPLAY)]
    pub record: Option<PathBuf>,

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
