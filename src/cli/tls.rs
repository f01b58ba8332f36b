//! The options of TLS.

use std::path::PathBuf;

use clap::Args;

use super::headings::TLS;

/// Whom to trust, and what to show of ourselves.
#[derive(Args, Clone, Debug)]
pub struct TlsArgs {
    /// Accept any certificate: encrypted, but with whom?
    #[arg(short = 'k', long, visible_alias = "no-check", help_heading = TLS)]
    pub insecure: bool,

    /// Trust the certificates in this PEM file alone
    #[arg(long, visible_alias = "ca", value_name = "FILE", conflicts_with = "insecure", help_heading = TLS)]
    pub cacert: Option<PathBuf>,
}
