//! The options of a run of checks.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use super::headings::{ALIVE, CHECKING, DISPLAY, ENDING, RECEIVING, REPORTING, SENDING};
use super::talk::limit;
use super::{DisplayArgs, HandshakeArgs, ReachArgs, TlsArgs, VariableArgs};
use crate::{duration, size};

/// What concerns a run of checks.
#[derive(Args)]
pub struct CheckArgs {
    /// Transcripts, `-` for stdin
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    #[command(flatten)]
    pub variables: VariableArgs,

    /// The server: the same as --variable base=URL
    #[arg(long, value_name = "URL", help_heading = CHECKING)]
    pub url: Option<String>,

    /// So many files at a time
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = CHECKING)]
    pub jobs: u16,

    /// Write JUnit XML; `-`: stdout
    #[arg(long, value_name = "FILE", help_heading = REPORTING)]
    pub report_junit: Option<PathBuf>,

    /// Write TAP 14; `-`: stdout
    #[arg(long, value_name = "FILE", help_heading = REPORTING)]
    pub report_tap: Option<PathBuf>,

    /// Write JSON (docs/report.schema.json); `-`: stdout
    #[arg(long, value_name = "FILE", help_heading = REPORTING)]
    pub report_json: Option<PathBuf>,

    /// Keep a recording of each file that fails there
    #[arg(long, value_name = "DIR", help_heading = REPORTING)]
    pub record_on_fail: Option<PathBuf>,

    #[command(flatten)]
    pub handshake: HandshakeArgs,

    #[command(flatten)]
    pub reach: ReachArgs,

    #[command(flatten)]
    pub tls: TlsArgs,

    /// Longer messages go out in fragments of this size; 0: never
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = size::parse, help_heading = SENDING)]
    pub fragment: u64,

    /// Largest message, in bytes [default: 64M]
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = RECEIVING)]
    pub max_message_size: Option<u64>,

    /// How long the server's Close may take after ours
    #[arg(long, value_name = "DURATION", default_value = "5", value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Send a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// How long the server may be silent after a ping
    #[arg(long, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
    pub ping_timeout: Option<Duration>,

    #[command(flatten)]
    pub display: DisplayArgs,

    /// Tell how connections are opened and closed, heads included; twice: of each frame
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Show passwords, tokens and cookies where they are masked
    #[arg(long, help_heading = DISPLAY)]
    pub show_secrets: bool,
}
