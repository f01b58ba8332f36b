//! The options of the opening handshake.

use clap::Args;

use super::headings::HANDSHAKE;

/// What the request says.
#[derive(Args, Clone)]
pub struct HandshakeArgs {
    /// Add a header, or remove one: 'NAME: VALUE', 'NAME:'; @FILE: one on each line
    #[arg(short = 'H', long, value_name = "NAME: VALUE", help_heading = HANDSHAKE)]
    pub header: Vec<String>,

    /// The Origin header
    #[arg(short, long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub origin: Option<String>,

    /// Offer subprotocols, the preferred one first
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// The Host header, if not the URL's
    #[arg(long, value_name = "HOST", help_heading = HANDSHAKE)]
    pub host: Option<String>,

    /// Credentials for the Authorization header (Basic); a missing password is asked for; @FILE (@-: stdin)
    #[arg(short, long, visible_alias = "auth", value_name = "USER[:PASSWORD]", conflicts_with = "bearer", help_heading = HANDSHAKE)]
    pub user: Option<String>,

    /// A token for the Authorization header (Bearer); @FILE
    #[arg(long, visible_alias = "oauth2-bearer", value_name = "TOKEN", help_heading = HANDSHAKE)]
    pub bearer: Option<String>,

    /// The Cookie header: NAME=VALUE; NAME=VALUE; @FILE
    #[arg(long, value_name = "COOKIES", help_heading = HANDSHAKE)]
    pub cookie: Option<String>,

    /// The User-Agent header
    #[arg(short = 'A', long, value_name = "TEXT", help_heading = HANDSHAKE)]
    pub user_agent: Option<String>,

    /// Follow redirects; credentials and cookies stay with their origin
    #[arg(short = 'L', long, help_heading = HANDSHAKE)]
    pub location: bool,

    /// How many redirects to follow [default: 10]
    #[arg(long, value_name = "N", requires = "location", help_heading = HANDSHAKE)]
    pub max_redirects: Option<u32>,

    /// Do not offer permessage-deflate
    #[arg(long, help_heading = HANDSHAKE)]
    pub no_compression: bool,
}
