//! The options of a server.

use std::path::PathBuf;

use clap::Args;

use super::headings::{CHECKING, HANDSHAKE, TLS};
use super::{DisplayArgs, VariableArgs};

/// What concerns a server.
#[derive(Args)]
pub struct ListenArgs {
    /// Where to listen; loopback and a free port unless given
    #[arg(value_name = "[HOST:]PORT")]
    pub address: Option<String>,

    /// Send every data message back
    #[arg(long, required_unless_present = "script")]
    pub echo: bool,

    /// Play the server's side of a transcript, `-`: stdin
    #[arg(long, value_name = "FILE", conflicts_with = "echo", help_heading = CHECKING)]
    pub script: Option<String>,

    #[command(flatten)]
    pub variables: VariableArgs,

    /// Agree to this subprotocol if a client offers it; repeatable or comma-separated, the first that is offered counts
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', help_heading = HANDSHAKE)]
    pub subprotocol: Vec<String>,

    /// Let pages of this origin in, `*` for any; loopback ones always are
    #[arg(long, value_name = "ORIGIN", help_heading = HANDSHAKE)]
    pub allow_origin: Vec<String>,

    /// Do not agree to permessage-deflate
    #[arg(long, help_heading = HANDSHAKE)]
    pub no_compression: bool,

    /// Speak TLS (wss), with this certificate: PEM, with its chain and perhaps its key, or PKCS#12
    #[arg(long, value_name = "FILE", help_heading = TLS)]
    pub cert: Option<PathBuf>,

    /// The certificate's private key: PEM, PKCS#8
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = TLS)]
    pub key: Option<PathBuf>,

    /// What opens the key or the PKCS#12 file, or @FILE; asked for when needed
    #[arg(
        long,
        value_name = "PASS",
        num_args = 0..=1,
        require_equals = true,
        requires = "cert",
        help_heading = TLS,
    )]
    pub passphrase: Option<Option<String>>,

    #[command(flatten)]
    pub display: DisplayArgs,
}
