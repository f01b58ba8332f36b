//! What TLS came to. Names in certificates come from outside and are escaped.

use std::time::Duration;

use crate::net::{CertificateFacts, TlsFacts};

use super::date::rfc3339_seconds;
use super::{escape, milliseconds};

/// `TLS 1.3`, or `TLS` where the version could not be learnt.
pub fn tls_version(facts: &TlsFacts) -> String {
    match facts.version {
        Some(version) => format!("TLS {version}"),
        None => "TLS".into(),
    }
}

/// `TLS 1.3, TLS_AES_256_GCM_SHA384`
pub fn tls(facts: &TlsFacts) -> String {
    let version = tls_version(facts);
    match &facts.cipher {
        Some(cipher) => format!("{version}, {cipher}"),
        None => version,
    }
}

/// The lines that tell of a handshake which took so long, and of the server's
/// certificate.
pub(super) fn secured(facts: &TlsFacts, time: Duration) -> Vec<String> {
    let agreed = format!("{} ({})", tls(facts), milliseconds(time));
    let certificate = facts.certificate.as_ref().map(certificate);
    std::iter::once(agreed).chain(certificate).collect()
}

fn certificate(facts: &CertificateFacts) -> String {
    let subject = match &*facts.subject {
        "" => "nobody in particular",
        subject => subject,
    };
    format!(
        "certificate of {}, issued by {}, valid until {}",
        escape(subject),
        escape(&facts.issuer),
        rfc3339_seconds(facts.not_after)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Cipher, TlsVersion};
    use std::time::SystemTime;

    fn facts(subject: &str) -> TlsFacts {
        TlsFacts {
            version: Some(TlsVersion::V1_3),
            cipher: Some(Cipher(0x1302)),
            certificate: Some(CertificateFacts {
                subject: subject.into(),
                issuer: "CN=authority".into(),
                not_after: SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_859_045),
            }),
        }
    }

    #[test]
    fn a_handshake_is_told_in_two_lines() {
        let lines = secured(&facts("CN=example.com"), Duration::from_millis(21));
        assert_eq!(
            lines,
            [
                "TLS 1.3, TLS_AES_256_GCM_SHA384 (21 ms)",
                "certificate of CN=example.com, issued by CN=authority, valid until 2027-01-02T03:04:05Z",
            ]
        );
    }

    #[test]
    fn names_in_certificates_drive_no_terminal() {
        let lines = secured(&facts("CN=\u{1b}[2J\u{202e}x"), Duration::ZERO);
        assert!(
            lines[1].starts_with("certificate of CN=\\u001b[2J\\u202ex, "),
            "{}",
            lines[1]
        );
    }

    #[test]
    fn what_could_not_be_learnt_is_left_out() {
        assert_eq!(tls(&TlsFacts::default()), "TLS");
        assert_eq!(
            secured(&TlsFacts::default(), Duration::from_millis(2)),
            ["TLS (2.0 ms)"]
        );
    }
}
