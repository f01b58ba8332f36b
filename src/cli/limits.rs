//! The options of what every connection is held to.

use std::time::Duration;

use clap::Args;

use super::headings::{ALIVE, ENDING, RECEIVING, SENDING};
use crate::{duration, size};

/// Sizes and times of a connection.
#[derive(Args, Clone)]
pub struct LimitArgs {
    /// Longer messages go out in fragments of this size; 0: never
    #[arg(long, value_name = "SIZE", default_value = "1M", value_parser = size::parse, help_heading = SENDING)]
    pub fragment: u64,

    /// Largest message: 64M where one is held whole (prompt, terminal, notation, JSON, --until, --record, --echo), else no limit
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = RECEIVING)]
    pub max_message_size: Option<u64>,

    /// How long the other end's Close may take after ours
    #[arg(long, value_name = "DURATION", default_value = "5", value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Send a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// How long the other end may be silent after a ping (exit 28)
    #[arg(long, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
    pub ping_timeout: Option<Duration>,
}

/// A time limit: a duration that is more than nothing.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(limit) if limit.is_zero() => Err("a limit of nothing cannot be kept".into()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}
