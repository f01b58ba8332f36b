//! The options of a server.

use clap::Args;

use super::headings::HANDSHAKE;
use super::{DisplayArgs, ExchangeArgs, IdentityArgs};

/// What concerns a server.
#[derive(Args)]
pub struct ListenArgs {
    /// Where to listen; loopback and a free port unless given
    #[arg(value_name = "[HOST:]PORT")]
    pub address: Option<String>,

    /// Send every data message back, instead of speaking through a prompt or a pipe
    #[arg(long)]
    pub echo: bool,

    /// Agree to this subprotocol if a client offers it; repeatable or comma-separated, the first that is offered counts
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// Let pages of this origin in, `*` for any; loopback ones always are
    #[arg(long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub allow_origin: Vec<String>,

    /// Do not agree to permessage-deflate
    #[arg(long, help_heading = HANDSHAKE)]
    pub no_compression: bool,

    #[command(flatten)]
    pub identity: IdentityArgs,

    #[command(flatten)]
    pub exchange: ExchangeArgs,

    #[command(flatten)]
    pub display: DisplayArgs,
}
