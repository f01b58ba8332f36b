//! Whose certificates are accepted.

use std::fmt;

use native_tls::Certificate;
use thiserror::Error;

use super::file_kind::FileKind;
use super::pem::Block;

/// Whose certificates are accepted.
#[derive(Clone, Default)]
pub enum Trust {
    /// The authorities that the system trusts.
    #[default]
    System,
    /// These alone; there is at least one.
    Only(Vec<Certificate>),
    /// Anyone: the connection is encrypted, but nobody knows to whom.
    Anyone,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trust::System => f.write_str("System"),
            Trust::Only(certificates) => write!(f, "Only({})", certificates.len()),
            Trust::Anyone => f.write_str("Anyone"),
        }
    }
}

/// What is wrong with a file of authorities.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadAuthorities {
    #[error("there is no PEM certificate in it")]
    None,
    /// The number of the certificate in the file and the line where it begins.
    #[error("certificate {number} in it, which begins on line {line}, is broken")]
    Broken { number: usize, line: usize },
    #[error("what begins on line {0} has no end")]
    Unfinished(usize),
    /// A single certificate, not in PEM.
    #[error("it is DER, not PEM")]
    Der,
}

impl Trust {
    /// Trusts the certificates in a PEM file alone, whatever stands between them.
    ///
    /// # Errors
    /// When there is none in it, or one cannot be read.
    pub fn only(file: &[u8]) -> Result<Self, BadAuthorities> {
        let blocks = match FileKind::of(file) {
            FileKind::Pem(blocks) => blocks,
            FileKind::Unfinished(line) => return Err(BadAuthorities::Unfinished(line)),
            FileKind::Certificate => return Err(BadAuthorities::Der),
            _ => return Err(BadAuthorities::None),
        };
        let found = certificates(&blocks);
        let found =
            found.map_err(|Broken { number, line }| BadAuthorities::Broken { number, line })?;
        match found.is_empty() {
            true => Err(BadAuthorities::None),
            false => Ok(Trust::Only(found)),
        }
    }
}

/// A certificate that is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    /// Counted from 1 in its file.
    pub(super) number: usize,
    /// Where it begins.
    pub(super) line: usize,
}

/// The certificates among the blocks of a file, in order.
pub(super) fn certificates(blocks: &[Block]) -> Result<Vec<Certificate>, Broken> {
    let certificates = blocks.iter().filter(|block| block.is_certificate());
    let read = certificates.enumerate().map(|(before, block)| {
        let known = block.der().map(|der| Certificate::from_der(&der));
        known.and_then(Result::ok).ok_or(Broken {
            number: before + 1,
            line: block.line,
        })
    });
    read.collect()
}
