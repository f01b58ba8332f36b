//! Who we are: a certificate of ours and its key, from files as people have them.
//!
//! Takes PEM (the key in PKCS#8, encrypted or not, beside the certificate or in the
//! same file) and PKCS#12. What else a file may be is recognised, so that the
//! answer can be the command that converts it.

use std::fmt;

use native_tls::Certificate;
use thiserror::Error;

use super::authorities::{Broken, certificates};
use super::file_kind::FileKind;
use super::keys::{self, Own, Undecrypted};
use super::pem::{self, Block};
use crate::secret::Secret;

/// A certificate of ours, what stands between it and its authority, and its key.
#[derive(Clone)]
pub struct Identity {
    pub(super) library: native_tls::Identity,
    /// The same for a server of ours.
    #[cfg_attr(
        any(target_os = "windows", target_vendor = "apple"),
        allow(dead_code, reason = "the library has it all")
    )]
    pub(super) own: Own,
}

/// What the user's files hold.
#[derive(Clone, Copy)]
pub struct IdentityFiles<'a> {
    pub certificate: &'a [u8],
    /// Where the key is not in the file of the certificate.
    pub key: Option<&'a [u8]>,
}

/// Why files give no identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadIdentity {
    pub file: IdentityFile,
    pub problem: IdentityProblem,
}

/// Which of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityFile {
    Certificate,
    Key,
}

/// What is wrong with a file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IdentityProblem {
    #[error("there is no certificate in it")]
    NoCertificate,
    /// The number of the certificate in the file and the line where it begins.
    #[error("certificate {number} in it, which begins on line {line}, is broken")]
    BrokenCertificate { number: usize, line: usize },
    #[error("there is no private key in it")]
    NoKey,
    #[error("its private key is broken")]
    BrokenKey,
    #[error("what begins on line {0} has no end")]
    Unfinished(usize),
    #[error("it is PKCS#12, which cannot be read: {0}")]
    BrokenPkcs12(String),
    /// It holds the key, too; another was given.
    #[error("it is PKCS#12, which holds a certificate with its key")]
    HoldsBoth,
    #[error("{0}")]
    Convert(Format),
    #[error("it is encrypted, and no passphrase is known")]
    Locked,
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    #[error("its key does not belong to the certificate")]
    OtherKey,
    /// For a server; in the library's words.
    #[error("the TLS library does not take it: {0}")]
    Unusable(String),
}

/// What has to be converted before it can be used.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Format {
    #[error("its key is in the old form of RSA keys (PKCS#1), not in PKCS#8")]
    Rsa { encrypted: bool },
    #[error("its key is in the old form of EC keys (SEC1), not in PKCS#8")]
    Ec { encrypted: bool },
    #[error("its key is in the old form of DSA keys, not in PKCS#8")]
    Dsa { encrypted: bool },
    #[error("its key is in the form of OpenSSH, not in PKCS#8")]
    OpenSsh,
    #[error("its key is DER, not PEM")]
    DerKey,
    #[error("its key is DER and encrypted, not PEM")]
    DerEncryptedKey,
    #[error("its certificate is DER, not PEM")]
    DerCertificate,
    #[error("its certificates are in PKCS#7")]
    Pkcs7,
    #[error("its key is encrypted, which the TLS library of this system does not open")]
    EncryptedKey,
    #[error("its key is encrypted in an old way that the TLS library no longer knows")]
    OldEncryptedKey,
    #[error("it is PKCS#12, encrypted in an old way that the TLS library no longer knows")]
    OldPkcs12,
}

impl Identity {
    /// Reads what the files hold.
    ///
    /// # Errors
    /// With the problem `Locked` when a passphrase is needed and there is none;
    /// an empty one is tried before.
    pub fn read(
        files: IdentityFiles<'_>,
        passphrase: Option<&Secret>,
    ) -> Result<Self, BadIdentity> {
        let blocks = match FileKind::of(files.certificate) {
            FileKind::Pem(blocks) => blocks,
            FileKind::Pkcs12 if files.key.is_some() => {
                return Err(IdentityProblem::HoldsBoth.of(IdentityFile::Certificate));
            }
            FileKind::Pkcs12 => {
                let opened = pkcs12(files.certificate, passphrase);
                return opened.map_err(|problem| problem.of(IdentityFile::Certificate));
            }
            other => return Err(no_certificate(&other).of(IdentityFile::Certificate)),
        };
        let chain = chain(&blocks).map_err(|problem| problem.of(IdentityFile::Certificate))?;
        let place = match files.key {
            Some(_) => IdentityFile::Key,
            None => IdentityFile::Certificate,
        };
        let kind = files.key.map_or(FileKind::Pem(blocks), FileKind::of);
        let key = key(&kind, passphrase).map_err(|problem| problem.of(place))?;
        join(&chain, &key).map_err(|problem| problem.of(place))
    }
}

impl IdentityProblem {
    fn of(self, file: IdentityFile) -> BadIdentity {
        BadIdentity {
            file,
            problem: self,
        }
    }
}

fn join(chain: &[Vec<u8>], key: &[u8]) -> Result<Identity, IdentityProblem> {
    let pem: Vec<u8> = chain
        .iter()
        .flat_map(|der| pem::encode("CERTIFICATE", der))
        .collect();
    let joined = native_tls::Identity::from_pkcs8(&pem, &pem::encode("PRIVATE KEY", key));
    let identity = joined.map_err(|_| IdentityProblem::BrokenKey)?;
    if !chain.first().is_some_and(|own| keys::belongs(key, own)) {
        return Err(IdentityProblem::OtherKey);
    }
    let own = Own::read(chain, key).ok_or(IdentityProblem::BrokenKey)?;
    Ok(Identity {
        library: identity,
        own,
    })
}

/// The certificates, our own first, as DER.
fn chain(blocks: &[Block]) -> Result<Vec<Vec<u8>>, IdentityProblem> {
    let found = certificates(blocks)
        .map_err(|Broken { number, line }| IdentityProblem::BrokenCertificate { number, line })?;
    if found.is_empty() {
        return Err(match blocks.iter().any(|block| block.label == "PKCS7") {
            true => IdentityProblem::Convert(Format::Pkcs7),
            false => IdentityProblem::NoCertificate,
        });
    }
    let der = found.iter().map(Certificate::to_der);
    der.collect::<Result<_, _>>()
        .map_err(|_| IdentityProblem::NoCertificate)
}

fn no_certificate(kind: &FileKind) -> IdentityProblem {
    match kind {
        FileKind::Certificate => IdentityProblem::Convert(Format::DerCertificate),
        FileKind::Unfinished(line) => IdentityProblem::Unfinished(*line),
        _ => IdentityProblem::NoCertificate,
    }
}

/// The key as PKCS#8 in DER.
fn key(kind: &FileKind, passphrase: Option<&Secret>) -> Result<Vec<u8>, IdentityProblem> {
    let blocks = match kind {
        FileKind::Pem(blocks) => blocks,
        FileKind::Pkcs12 => return Err(IdentityProblem::HoldsBoth),
        FileKind::Key => return Err(IdentityProblem::Convert(Format::DerKey)),
        FileKind::EncryptedKey => return Err(IdentityProblem::Convert(Format::DerEncryptedKey)),
        FileKind::Unfinished(line) => return Err(IdentityProblem::Unfinished(*line)),
        FileKind::Certificate | FileKind::Unknown => return Err(IdentityProblem::NoKey),
    };
    let block = blocks.iter().find(|block| block.is_private_key());
    let block = block.ok_or(IdentityProblem::NoKey)?;
    let encrypted = block.has_headers;
    match &*block.label {
        "RSA PRIVATE KEY" => return Err(IdentityProblem::Convert(Format::Rsa { encrypted })),
        "EC PRIVATE KEY" => return Err(IdentityProblem::Convert(Format::Ec { encrypted })),
        "DSA PRIVATE KEY" => return Err(IdentityProblem::Convert(Format::Dsa { encrypted })),
        "OPENSSH PRIVATE KEY" => return Err(IdentityProblem::Convert(Format::OpenSsh)),
        _ => {}
    }
    let der = block.der().ok_or(IdentityProblem::BrokenKey)?;
    match &*block.label {
        "PRIVATE KEY" => Ok(der),
        "ENCRYPTED PRIVATE KEY" => unlock(&der, passphrase),
        _ => Err(IdentityProblem::NoKey),
    }
}

fn unlock(key: &[u8], passphrase: Option<&Secret>) -> Result<Vec<u8>, IdentityProblem> {
    if FileKind::of(key) != FileKind::EncryptedKey {
        return Err(IdentityProblem::BrokenKey);
    }
    let passphrase = passphrase.ok_or(IdentityProblem::Locked)?;
    keys::decrypt(key, passphrase).map_err(|why| match why {
        Undecrypted::WrongPassphrase => IdentityProblem::WrongPassphrase,
        Undecrypted::Unsupported if keys::DECRYPTS => {
            IdentityProblem::Convert(Format::OldEncryptedKey)
        }
        Undecrypted::Unsupported => IdentityProblem::Convert(Format::EncryptedKey),
    })
}

fn pkcs12(file: &[u8], passphrase: Option<&Secret>) -> Result<Identity, IdentityProblem> {
    let text = passphrase.map_or("", Secret::reveal);
    // The library takes it as a text of C, which cannot hold this.
    if text.contains('\0') {
        return Err(IdentityProblem::WrongPassphrase);
    }
    let opened = native_tls::Identity::from_pkcs12(file, text);
    let library = opened.map_err(|error| {
        let text = error.to_string();
        let says = |words: &str| text.contains(words);
        // The latter where the file has no sum to hold the passphrase against.
        let locked = says("mac verify failure") || says("bad decrypt");
        match passphrase {
            _ if says("unsupported") => IdentityProblem::Convert(Format::OldPkcs12),
            _ if says("at least one certificate") => IdentityProblem::NoKey,
            Some(_) if locked => IdentityProblem::WrongPassphrase,
            None if locked => IdentityProblem::Locked,
            _ => IdentityProblem::BrokenPkcs12(super::error::shortened(&text)),
        }
    })?;
    let own = Own::of_pkcs12(file, text).ok_or(IdentityProblem::NoKey)?;
    Ok(Identity { library, own })
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}
