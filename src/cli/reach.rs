//! The options that say how the server is reached.

use std::time::Duration;

use clap::Args;

use super::headings::REACHING;
use super::talk::limit;
use crate::duration;

/// The way to the server, and how long it may take.
#[derive(Args, Clone, Debug)]
pub struct ReachArgs {
    /// Limit of DNS, TCP, TLS and upgrade together
    #[arg(long, value_name = "DURATION", default_value = "30", value_parser = limit, help_heading = REACHING)]
    pub connect_timeout: Duration,

    /// Try again so often when the server cannot be reached, or answers 502, 503 or 504
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = REACHING)]
    pub retry: u32,

    /// The pause before each --retry
    #[arg(long, value_name = "DURATION", default_value = "1", value_parser = duration::parse, requires = "retry", help_heading = REACHING)]
    pub retry_delay: Duration,

    /// Limit of the whole run (exit 28)
    #[arg(short, long, value_name = "DURATION", value_parser = limit, help_heading = REACHING)]
    pub max_time: Option<Duration>,
}
