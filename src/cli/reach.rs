//! The options that say how the server is reached.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::exchange::limit;
use super::headings::REACHING;
use crate::duration;

/// The way to the server, and how long it may take.
#[derive(Args, Clone)]
pub struct ReachArgs {
    /// Use IPv4 addresses alone
    #[arg(short = '4', long, conflicts_with = "ipv6", help_heading = REACHING)]
    pub ipv4: bool,

    /// Use IPv6 addresses alone
    #[arg(short = '6', long, help_heading = REACHING)]
    pub ipv6: bool,

    /// Use these addresses for a host (or `*`) at a port; repeatable
    #[arg(long, value_name = "HOST:PORT:ADDR[,ADDR…]", help_heading = REACHING)]
    pub resolve: Vec<String>,

    /// Connect to a Unix socket instead of the URL's host and port
    #[arg(long, value_name = "PATH", conflicts_with_all = ["ipv4", "ipv6", "resolve", "proxy", "proxy_user", "noproxy"], help_heading = REACHING)]
    pub unix_socket: Option<PathBuf>,

    /// Go through a proxy: http:// (the default), https://, socks5://, socks5h://; empty: through none
    #[arg(long, value_name = "[USER:PASS@]HOST[:PORT]", help_heading = REACHING)]
    pub proxy: Option<String>,

    /// Credentials for the proxy; a missing password is asked for; @FILE
    #[arg(long, value_name = "USER[:PASSWORD]", help_heading = REACHING)]
    pub proxy_user: Option<String>,

    /// Reach these without a proxy: names, addresses, networks, each with :PORT or without; `*`: all
    #[arg(long, value_name = "LIST", help_heading = REACHING)]
    pub noproxy: Option<String>,

    /// Limit of DNS, TCP, proxy, TLS and upgrade together [default: 30]
    #[arg(long, value_name = "DURATION", value_parser = limit, help_heading = REACHING)]
    pub connect_timeout: Option<Duration>,

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
