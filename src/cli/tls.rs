//! The options of TLS.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::headings::TLS;
use crate::net::TlsVersion;

/// Whom to trust, and what to show of ourselves.
#[derive(Args, Clone)]
pub struct TlsArgs {
    /// Accept any certificate: encrypted, but with whom?
    ///
    /// The same as --no-check. --cacert trusts a server of your own without giving that up.
    #[arg(short = 'k', long, alias = "no-check", help_heading = TLS)]
    pub insecure: bool,

    /// Trust only the certificates in this PEM file
    ///
    /// Any number of them, with any text between. The same as --ca.
    #[arg(long, alias = "ca", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "insecure", help_heading = TLS)]
    pub cacert: Option<PathBuf>,

    #[command(flatten)]
    pub identity: IdentityArgs,

    /// The oldest version, 1.0 to 1.3 [default: 1.2]
    ///
    /// Below 1.2 weak keys and hashes are taken, too.
    #[arg(long, value_name = "VERSION", value_parser = versions(), hide_possible_values = true, hide_short_help = true, help_heading = TLS)]
    pub tls_min: Option<TlsVersion>,

    /// The newest version, 1.0 to 1.3 [default: 1.3]
    #[arg(long, value_name = "VERSION", value_parser = versions(), hide_possible_values = true, hide_short_help = true, help_heading = TLS)]
    pub tls_max: Option<TlsVersion>,

    /// Do not tell the server which host is meant
    ///
    /// Its certificate has to be for that host all the same.
    #[arg(long, hide_short_help = true, help_heading = TLS)]
    pub no_sni: bool,
}

/// Who we are.
#[derive(Args, Clone)]
pub struct IdentityArgs {
    /// Our certificate: PEM, with its chain, or PKCS#12
    ///
    /// A client shows it to servers that ask; with it `listen` speaks TLS. PEM may hold the
    /// key, too, and PKCS#12 does.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true, help_heading = TLS)]
    pub cert: Option<PathBuf>,

    /// The certificate's private key: PEM, PKCS#8
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cert", hide_short_help = true, help_heading = TLS)]
    pub key: Option<PathBuf>,

    /// What opens the key, or @FILE; asked for if needed
    ///
    /// Of the key's file or the PKCS#12 file. `@FILE` reads it from the first line of a
    /// file, off the process list; without a value it is asked for at the terminal.
    #[arg(
        hide_short_help = true,
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
