//! TLS as the options say: whom to trust, who we are, what to offer.

use super::secrets::{self, Ask};
use super::{files, usage};
use crate::cli::{IdentityArgs, TlsArgs};
use crate::error::Error;
use crate::net::{
    BadIdentity, Identity, IdentityFile, IdentityFiles, IdentityProblem, TlsSettings, TlsVersions,
    Trust,
};
use crate::secret::Secret;

/// More than any file of certificates, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// How to make TLS connections; `ask` is for a passphrase that is needed.
///
/// # Errors
/// `Usage`; `Io` when a file cannot be read; `Authorities` and `Identity` when it is
/// not what it should be.
pub(super) fn settings(args: &TlsArgs, ask: Ask<'_>) -> Result<TlsSettings, Error> {
    Ok(TlsSettings {
        versions: versions(args)?,
        trust: trust(args)?,
        identity: identity(&args.identity, ask)?,
        server_name: !args.no_sni,
    })
}

/// A limit of one's own moves the other one, where that is not given.
fn versions(args: &TlsArgs) -> Result<TlsVersions, Error> {
    let usual = TlsVersions::default();
    let versions = match (args.tls_min, args.tls_max) {
        (None, None) => usual,
        (Some(min), None) => TlsVersions { min, ..usual },
        (None, Some(max)) => TlsVersions {
            min: usual.min.min(max),
            max,
        },
        (Some(min), Some(max)) => TlsVersions { min, max },
    };
    match versions.min > versions.max {
        true => Err(usage(
            &format!(
                "--tls-min {} is above --tls-max {}",
                versions.min, versions.max
            ),
            "no version of TLS is both",
        )),
        false => Ok(versions),
    }
}

fn trust(args: &TlsArgs) -> Result<Trust, Error> {
    match &args.cacert {
        _ if args.insecure => Ok(Trust::Anyone),
        None => Ok(Trust::System),
        Some(file) => {
            Trust::only(&files::read(file, MAX_FILE)?).map_err(|problem| Error::Authorities {
                file: file.display().to_string(),
                problem,
            })
        }
    }
}

/// Who we are, if that is said; `ask` is for a passphrase that is needed.
///
/// # Errors
/// `Io` when a file cannot be read, `Identity` when it is not what it should be.
pub(super) fn identity(args: &IdentityArgs, ask: Ask<'_>) -> Result<Option<Identity>, Error> {
    let Some(certificate) = &args.cert else {
        return Ok(None);
    };
    let key = args.key.as_deref();
    let name = |file| match (file, key) {
        (IdentityFile::Key, Some(key)) => key.display().to_string(),
        _ => certificate.display().to_string(),
    };
    let certificates = files::read(certificate, MAX_FILE)?;
    let keys = key.map(|key| files::read(key, MAX_FILE)).transpose()?;
    let files = IdentityFiles {
        certificate: &certificates,
        key: keys.as_deref(),
    };
    let given = match &args.passphrase {
        None => None,
        Some(Some(text)) => Some(secrets::given("--passphrase", text)?),
        Some(None) => Some(passphrase(&name(IdentityFile::Key), ask)?),
    };
    let failed = |bad: BadIdentity| Error::Identity {
        file: name(bad.file),
        problem: bad.problem,
    };
    let read = match Identity::read(files, given.as_ref()) {
        Err(bad) if bad.problem == IdentityProblem::Locked => {
            let asked = passphrase(&name(bad.file), ask)?;
            Identity::read(files, Some(&asked))
        }
        other => other,
    };
    read.map(Some).map_err(failed)
}

fn passphrase(file: &str, ask: Ask<'_>) -> Result<Secret, Error> {
    let answer = ask(&format!("passphrase for {file} (--passphrase)"));
    answer.map_err(|error| match error {
        Error::Usage { message, .. } => usage(&message, "--passphrase=@FILE reads it from a file"),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::TlsVersion::{self, V1_0, V1_1, V1_2, V1_3};

    fn offered(min: Option<TlsVersion>, max: Option<TlsVersion>) -> Option<TlsVersions> {
        let args = TlsArgs {
            insecure: false,
            cacert: None,
            identity: IdentityArgs {
                cert: None,
                key: None,
                passphrase: None,
            },
            tls_min: min,
            tls_max: max,
            no_sni: false,
        };
        versions(&args).ok()
    }

    #[test]
    fn a_limit_moves_the_other_one_only_where_it_is_not_given() {
        for (min, max, expected) in [
            (None, None, Some((V1_2, V1_3))),
            (Some(V1_0), None, Some((V1_0, V1_3))),
            (Some(V1_3), None, Some((V1_3, V1_3))),
            (None, Some(V1_2), Some((V1_2, V1_2))),
            (None, Some(V1_1), Some((V1_1, V1_1))),
            (Some(V1_0), Some(V1_1), Some((V1_0, V1_1))),
            (Some(V1_2), Some(V1_1), None),
        ] {
            let expected = expected.map(|(min, max)| TlsVersions { min, max });
            assert_eq!(offered(min, max), expected, "{min:?} {max:?}");
        }
    }
}
