//! The options of a server.

use clap::{Args, ValueHint};

use super::headings::{CHECKING, HANDSHAKE};
use super::{DisplayArgs, ExchangeArgs, IdentityArgs, VariableArgs};

/// What concerns a server.
#[derive(Args)]
pub struct ListenArgs {
    /// Where to listen; loopback and a free port unless given
    #[arg(value_name = "[HOST:]PORT")]
    pub address: Option<String>,

    /// Send every data message back
    #[arg(long)]
    pub echo: bool,

    /// Play the server's side of a transcript, `-`: stdin
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "echo", help_heading = CHECKING)]
    pub script: Option<String>,

    #[command(flatten)]
    pub variables: VariableArgs,

    /// Agree to a subprotocol that a client offers
    ///
    /// Repeatable, or separated by commas: the first one that is offered counts.
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// Let pages of this origin in, `*`: of any
    ///
    /// Pages from this machine (loopback origins) are always let in; others get 403.
    #[arg(long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub allow_origin: Vec<String>,

    /// Do not agree to permessage-deflate
    #[arg(long, hide_short_help = true, help_heading = HANDSHAKE)]
    pub no_compression: bool,

    #[command(flatten)]
    pub identity: IdentityArgs,

    #[command(flatten)]
    pub exchange: ExchangeArgs,

    #[command(flatten)]
    pub display: DisplayArgs,
}
