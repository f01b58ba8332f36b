//! The options of a run of checks.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueHint};

use super::headings::{CHECKING, DISPLAY, REPORTING};
use super::{DisplayArgs, HandshakeArgs, LimitArgs, ReachArgs, TlsArgs, VariableArgs};

/// What concerns a run of checks.
#[derive(Args)]
pub struct CheckArgs {
    /// Transcripts, `-` for stdin
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<String>,

    #[command(flatten)]
    pub variables: VariableArgs,

    /// The server: the same as --variable base=URL
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = CHECKING)]
    pub url: Option<String>,

    /// So many files at a time
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = CHECKING)]
    pub jobs: u16,

    /// Write JUnit XML; `-`: stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = REPORTING)]
    pub report_junit: Option<PathBuf>,

    /// Write TAP 14; `-`: stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = REPORTING)]
    pub report_tap: Option<PathBuf>,

    /// Write JSON; `-`: stdout
    ///
    /// Its schema is docs/report.schema.json.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = REPORTING)]
    pub report_json: Option<PathBuf>,

    /// Keep a recording of each file that fails
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = REPORTING)]
    pub record_on_fail: Option<PathBuf>,

    #[command(flatten)]
    pub handshake: HandshakeArgs,

    #[command(flatten)]
    pub reach: ReachArgs,

    #[command(flatten)]
    pub tls: TlsArgs,

    #[command(flatten)]
    pub limits: LimitArgs,

    #[command(flatten)]
    pub display: DisplayArgs,

    /// Show opening and closing; -vv: each frame
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = DISPLAY)]
    pub verbose: u8,

    /// Show secrets where they are masked
    #[arg(long, hide_short_help = true, help_heading = DISPLAY)]
    pub show_secrets: bool,
}
