//! What a certificate says of itself.
//!
//! Read leniently: a server that is accepted with a certificate that breaks a rule
//! is shown with it all the same. Names come from outside and stand here as they
//! came, in the notation of RFC 4514; whoever shows them escapes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Header, SliceReader, Tag};
use x509_cert::name::Name;
use x509_cert::time::Validity;

/// Whose a certificate is, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// `CN=example.com,O=Example`; empty where names stand elsewhere.
    pub subject: String,
    pub issuer: String,
    /// The last second in which it is valid.
    pub not_after: SystemTime,
}

impl CertificateFacts {
    /// Reads an X.509 certificate (RFC 5280 section 4.1) up to its subject.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        read(certificate).ok()
    }
}

fn read(certificate: &[u8]) -> x509_cert::der::Result<CertificateFacts> {
    let mut reader = SliceReader::new(certificate)?;
    let _certificate = Header::decode(&mut reader)?;
    let _to_be_signed = Header::decode(&mut reader)?;
    // The version, which the first one leaves out.
    if matches!(Tag::peek(&reader)?, Tag::ContextSpecific { .. }) {
        AnyRef::decode(&mut reader)?;
    }
    let _serial_number = AnyRef::decode(&mut reader)?;
    let _signature = AnyRef::decode(&mut reader)?;
    let issuer = Name::decode(&mut reader)?;
    let validity: Validity = Validity::decode(&mut reader)?;
    let subject = Name::decode(&mut reader)?;
    Ok(CertificateFacts {
        subject: subject.to_string(),
        issuer: issuer.to_string(),
        not_after: after_epoch(validity.not_after.to_unix_duration()),
    })
}

fn after_epoch(duration: Duration) -> SystemTime {
    UNIX_EPOCH.checked_add(duration).unwrap_or(UNIX_EPOCH)
}
