//! The options of what every connection is held to.

use std::time::Duration;

use clap::Args;

use super::headings::{ALIVE, ENDING, RECEIVING, SENDING};
use crate::{duration, size};

/// Sizes and times of a connection.
#[derive(Args, Clone)]
pub struct LimitArgs {
    /// Cut messages into frames of SIZE [default: 1M]
    ///
    /// Longer ones go out in fragments (RFC 6455 section 5.4); 0: never.
    #[arg(long, hide_short_help = true, value_name = "SIZE", default_value = "1M", hide_default_value = true, value_parser = size::parse, help_heading = SENDING)]
    pub fragment: u64,

    /// Largest message [default: 64M where held whole]
    ///
    /// Larger ones end the connection with 1009. A message is held whole for the prompt, a
    /// terminal, notation and JSON, for --until, --record and --echo, and in checks;
    /// otherwise it passes on as it arrives, and has no limit unless one is given.
    #[arg(long, hide_short_help = true, value_name = "SIZE", value_parser = size::parse, help_heading = RECEIVING)]
    pub max_message_size: Option<u64>,

    /// Limit for the other's Close [default: 5]
    #[arg(long, hide_short_help = true, value_name = "DURATION", default_value = "5", hide_default_value = true, value_parser = duration::parse, help_heading = ENDING)]
    pub close_timeout: Duration,

    /// Send a ping so often
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = ALIVE)]
    pub ping_interval: Option<Duration>,

    /// Limit of silence after a ping (exit 28)
    ///
    /// Whatever arrives counts as life.
    #[arg(long, hide_short_help = true, value_name = "DURATION", value_parser = limit, requires = "ping_interval", help_heading = ALIVE)]
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
