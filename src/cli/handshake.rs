//! The options of the opening handshake.

use clap::Args;

use super::headings::HANDSHAKE;

/// What the request says.
#[derive(Args, Clone)]
pub struct HandshakeArgs {
    /// Add a header; 'NAME:' removes one; or @FILE
    ///
    /// Repeatable; order and case are kept. `NAME:` removes a header that would be sent
    /// otherwise, `NAME;` sends it empty, `@FILE` reads one from each line of a file.
    #[arg(short = 'H', long, value_name = "NAME: VALUE", help_heading = HANDSHAKE)]
    pub header: Vec<String>,

    /// The page's origin, as a browser sends it
    #[arg(short, long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub origin: Option<String>,

    /// Offer subprotocols, the preferred one first
    ///
    /// Repeatable, or separated by commas. The prompt and -v tell which one the server took.
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// The Host header, if not the URL's
    #[arg(long, value_name = "HOST", hide_short_help = true, help_heading = HANDSHAKE)]
    pub host: Option<String>,

    /// Log in (Basic); no PASS: ask for it; or @FILE
    ///
    /// A password that is left out is asked for at the terminal. `@FILE` reads both from
    /// the first line of a file (`@-`: of stdin), off the process list. The same as --auth.
    #[arg(short, long, alias = "auth", value_name = "USER[:PASS]", conflicts_with = "bearer", help_heading = HANDSHAKE)]
    pub user: Option<String>,

    /// Log in with a bearer token, or @FILE
    ///
    /// `@FILE` reads it from the first line of a file, off the process list. The same as
    /// --oauth2-bearer.
    #[arg(long, alias = "oauth2-bearer", value_name = "TOKEN", help_heading = HANDSHAKE)]
    pub bearer: Option<String>,

    /// The Cookie header: 'a=1; b=2', or @FILE
    #[arg(long, value_name = "COOKIES", hide_short_help = true, help_heading = HANDSHAKE)]
    pub cookie: Option<String>,

    /// The User-Agent header
    #[arg(short = 'A', long, value_name = "TEXT", hide_short_help = true, help_heading = HANDSHAKE)]
    pub user_agent: Option<String>,

    /// Follow redirects; secrets stay with their origin
    ///
    /// Credentials, cookies and our certificate are sent to the origin that they were given
    /// for, and to no other.
    #[arg(short = 'L', long, help_heading = HANDSHAKE)]
    pub location: bool,

    /// How many redirects to follow [default: 10]
    #[arg(long, value_name = "N", requires = "location", hide_short_help = true, help_heading = HANDSHAKE)]
    pub max_redirects: Option<u32>,

    /// Do not offer permessage-deflate
    #[arg(long, hide_short_help = true, help_heading = HANDSHAKE)]
    pub no_compression: bool,
}
