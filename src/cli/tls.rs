//! The options of TLS.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::headings::TLS;
use crate::net::TlsVersion;

/// Whom to trust, and what to show of ourselves.
#[derive(Args, Clone)]
pub struct TlsArgs {
    /// Accept any certificate: encrypted, but with whom?
    #[arg(short = 'k', long, visible_alias = "no-check", help_heading = TLS)]
    pub insecure: bool,

    /// Trust the certificates in this PEM file alone
    #[arg(long, visible_alias = "ca", value_name = "FILE", conflicts_with = "insecure", help_heading = TLS)]
    pub cacert: Option<PathBuf>,

    #[command(flatten)]
    pub identity: IdentityArgs,

    /// The oldest version of TLS to agree to; below 1.2 weak keys are taken too [default: 1.2]
    #[arg(long, value_name = "VERSION", value_parser = versions(), help_heading = TLS)]
    pub tls_min: Option<TlsVersion>,

    /// The newest version of TLS to agree to [default: 1.3]
    #[arg(long, value_name = "VERSION", value_parser = versions(), help_heading = TLS)]
    pub tls_max: Option<TlsVersion>,

    /// Do not tell the server which host is meant; its certificate has to be for it all the same
    #[arg(long, help_heading = TLS)]
    pub no_sni: bool,
}

/// Who we are.
#[derive(Args, Clone)]
pub struct IdentityArgs {
    /// Our certificate, for servers that ask; for listen, which then speaks TLS: PEM, with its chain and perhaps its key, or PKCS#12
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
}

impl TlsArgs {
    /// Whether any of them is given.
    pub fn is_any(&self) -> bool {
        let files = [&self.cacert, &self.identity.cert, &self.identity.key];
        self.insecure
            || self.no_sni
            || self.identity.passphrase.is_some()
            || self.tls_min.is_some()
            || self.tls_max.is_some()
            || files.iter().any(|file| file.is_some())
    }
}

fn versions() -> impl TypedValueParser<Value = TlsVersion> {
    let names = TlsVersion::ALL.map(TlsVersion::name);
    PossibleValuesParser::new(names)
        .try_map(|name| TlsVersion::named(&name).ok_or("not a version of TLS"))
}
