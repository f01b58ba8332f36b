//! The options that say how the server is reached.

use std::time::Duration;

use clap::Args;

use super::headings::REACHING;
use super::talk::limit;

/// The way to the server, and how long it may take.
#[derive(Args, Clone, Debug)]
pub struct ReachArgs {
    /// Limit of DNS, TCP, TLS and upgrade together
    #[arg(long, value_name = "DURATION", default_value = "30", value_parser = limit, help_heading = REACHING)]
    pub connect_timeout: Duration,

    /// Limit of the whole run (exit 28)
    #[arg(short, long, value_name = "DURATION", value_parser = limit, help_heading = REACHING)]
    pub max_time: Option<Duration>,
}
