//! The options that say how the server is reached.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::headings::REACHING;
use super::limits::limit;
use crate::duration;

/// The way to the server, and how long it may take.
#[derive(Args, Clone)]
pub struct ReachArgs {
    /// Use IPv4 addresses only
    #[arg(short = '4', long, hide_short_help = true, conflicts_with = "ipv6", help_heading = REACHING)]
    pub ipv4: bool,

    /// Use IPv6 addresses only
    #[arg(short = '6', long, hide_short_help = true, help_heading = REACHING)]
    pub ipv6: bool,

    /// Use ADDR for HOST at PORT; `*` is any host
    ///
    /// Repeatable; several addresses are separated by commas. The Host header, SNI and the
    /// certificate are still those of the name.
    #[arg(long, value_name = "HOST:PORT:ADDR", hide_short_help = true, help_heading = REACHING)]
    pub resolve: Vec<String>,

    /// Connect to this socket, not to host and port
    ///
    /// The same as a URL `ws+unix:PATH:/RESOURCE`, with a URL that says Host and resource.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, hide_short_help = true, conflicts_with_all = ["ipv4", "ipv6", "resolve", "proxy", "proxy_user", "noproxy"], help_heading = REACHING)]
    pub unix_socket: Option<PathBuf>,

    /// Go through http://, https:// or socks5(h)://
    ///
    /// `[SCHEME://][USER:PASS@]HOST[:PORT]`, http:// without a scheme; empty: through none,
    /// whatever the environment says.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = REACHING)]
    pub proxy: Option<String>,

    /// Log in at the proxy; or @FILE
    ///
    /// As --user, for the proxy.
    #[arg(long, value_name = "USER[:PASS]", hide_short_help = true, help_heading = REACHING)]
    pub proxy_user: Option<String>,

    /// Reach these hosts directly; `*`: all
    ///
    /// Names (and all below them), addresses and networks, each with `:PORT` or without,
    /// separated by commas. Goes before the variables no_proxy and NO_PROXY.
    #[arg(long, value_name = "LIST", hide_short_help = true, help_heading = REACHING)]
    pub noproxy: Option<String>,

    /// Limit from DNS to the upgrade [default: 30]
    ///
    /// DNS, TCP, proxy, TLS and upgrade together; redirects too. Passing it is exit 28, and
    /// the message says what had been reached.
    #[arg(long, value_name = "DURATION", value_parser = limit, hide_short_help = true, help_heading = REACHING)]
    pub connect_timeout: Option<Duration>,

    /// Try again, for a server that is starting
    ///
    /// N times, when the name cannot be resolved, nobody can be reached, or the answer is
    /// 502, 503 or 504.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = REACHING)]
    pub retry: u32,

    /// The pause before each --retry
    #[arg(long, value_name = "DURATION", default_value = "1", value_parser = duration::parse, requires = "retry", hide_short_help = true, help_heading = REACHING)]
    pub retry_delay: Duration,

    /// Limit of the whole run (exit 28)
    #[arg(short, long, value_name = "DURATION", value_parser = limit, help_heading = REACHING)]
    pub max_time: Option<Duration>,
}
