//! TLS through the system's library: what to trust, and why it failed.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::thread::{self, JoinHandle};

use native_tls::{Certificate, HandshakeError, TlsConnector};
use thiserror::Error;

use super::{Stream, io_cause};

/// Whose certificates are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// The authorities that the system trusts.
    #[default]
    System,
    /// Only those in this PEM text; there is at least one certificate in it.
    Only(Vec<u8>),
    /// Anyone: the connection is encrypted, but nobody knows to whom.
    Anyone,
}

/// How to make a TLS connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSettings {
    pub trust: Trust,
}

impl TlsSettings {
    /// The same for a proxy: whom to trust, and nothing that is meant for a server.
    pub fn for_proxy(&self) -> Self {
        TlsSettings {
            trust: self.trust.clone(),
        }
    }
}

/// Why the TLS handshake failed.
#[derive(Debug, Error)]
#[error("{cause}")]
pub struct TlsError {
    pub problem: TlsProblem,
    /// In the library's words, or ours where those mislead.
    pub cause: String,
}

/// The kinds of failure that have different cures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    Untrusted(Untrusted),
    /// What came back is not TLS.
    NotTls,
    TimedOut,
    /// Anything else: alerts, versions, a stream that ended.
    Failed,
}

/// Why a certificate is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untrusted {
    Expired,
    NotYetValid,
    SelfSigned,
    WrongHost,
    UnknownAuthority,
    Other,
}

/// A connector being built: that reads the trust store, which takes longer
/// than a TCP connection, so it runs beside it.
pub struct Connector(JoinHandle<Result<TlsConnector, native_tls::Error>>);

impl Connector {
    /// Begins to build one.
    pub fn prepare(settings: TlsSettings) -> Self {
        Connector(thread::spawn(move || build(&settings)))
    }

    /// Makes the TLS handshake; the socket's patience is the time limit.
    ///
    /// # Errors
    /// When the connector cannot be built, or the handshake failed.
    pub fn connect(self, host: &str, below: Stream) -> Result<Stream, TlsError> {
        let built = self.0.join().map_err(|_| TlsError {
            problem: TlsProblem::Failed,
            cause: "the TLS library gave up".into(),
        })?;
        let connector = built.map_err(|error| TlsError::from(&error))?;
        match connector.connect(host, below) {
            Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
            Err(HandshakeError::Failure(error)) => Err(TlsError::from(&error)),
            // The socket waits by itself, so this is a deadline that passed.
            Err(HandshakeError::WouldBlock(_)) => Err(TlsError::timed_out()),
        }
    }
}

fn build(settings: &TlsSettings) -> Result<TlsConnector, native_tls::Error> {
    let mut builder = TlsConnector::builder();
    match &settings.trust {
        Trust::System => {}
        Trust::Only(pem) => {
            builder.disable_built_in_roots(true);
            for certificate in Certificate::stack_from_pem(pem)? {
                builder.add_root_certificate(certificate);
            }
        }
        Trust::Anyone => {
            builder.danger_accept_invalid_certs(true);
            builder.danger_accept_invalid_hostnames(true);
        }
    }
    builder.build()
}

impl Trust {
    /// Trusts the certificates in a PEM text alone.
    ///
    /// # Errors
    /// When there is none in it, or one cannot be read.
    pub fn only(pem: Vec<u8>) -> Result<Self, String> {
        match Certificate::stack_from_pem(&pem) {
            Ok(found) if found.is_empty() => Err("there is no PEM certificate in it".into()),
            Ok(_) => Ok(Trust::Only(pem)),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl TlsError {
    /// For what TLS 1.3 reports only when the first data is read: a missing
    /// or refused client certificate, mostly.
    pub fn after_handshake(error: &io::Error) -> Self {
        TlsError {
            problem: TlsProblem::Failed,
            cause: shortened(&io_cause(error)),
        }
    }

    fn timed_out() -> Self {
        TlsError {
            problem: TlsProblem::TimedOut,
            cause: "the time limit passed".into(),
        }
    }
}

impl From<&native_tls::Error> for TlsError {
    fn from(error: &native_tls::Error) -> Self {
        if let Some(io) = io_source(error) {
            if io.kind() == ErrorKind::TimedOut {
                return TlsError::timed_out();
            }
            return TlsError {
                problem: TlsProblem::Failed,
                cause: io_cause(io),
            };
        }
        let text = error.to_string();
        let problem = problem(&text);
        let cause = match problem {
            TlsProblem::Untrusted(_) => reason_in_brackets(&text).to_owned(),
            TlsProblem::NotTls => "what came back is not TLS".into(),
            _ => shortened(&text),
        };
        TlsError { problem, cause }
    }
}

fn io_source(error: &native_tls::Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref() {
            return Some(io);
        }
        source = cause.source();
    }
    None
}

/// Tells failures apart by the library's words: it offers nothing else.
fn problem(text: &str) -> TlsProblem {
    let says = |words: &str| text.contains(words);
    if says("certificate verify failed") {
        let reason = reason_in_brackets(text);
        return TlsProblem::Untrusted(untrusted(reason));
    }
    let not_tls = [
        "wrong version number",
        "http request",
        "packet length too long",
        "record too",
    ];
    if not_tls.iter().any(|words| says(words)) {
        return TlsProblem::NotTls;
    }
    TlsProblem::Failed
}

fn untrusted(reason: &str) -> Untrusted {
    let kinds = [
        ("expired", Untrusted::Expired),
        ("not yet valid", Untrusted::NotYetValid),
        ("hostname mismatch", Untrusted::WrongHost),
        ("IP address mismatch", Untrusted::WrongHost),
        (
            "self-signed certificate in certificate chain",
            Untrusted::UnknownAuthority,
        ),
        (
            "self signed certificate in certificate chain",
            Untrusted::UnknownAuthority,
        ),
        ("self-signed", Untrusted::SelfSigned),
        ("self signed", Untrusted::SelfSigned),
        ("issuer certificate", Untrusted::UnknownAuthority),
        ("first certificate", Untrusted::UnknownAuthority),
    ];
    let known = kinds.iter().find(|(words, _)| reason.contains(words));
    known.map_or(Untrusted::Other, |(_, kind)| *kind)
}

/// OpenSSL's verdict on a certificate stands in the last brackets.
fn reason_in_brackets(text: &str) -> &str {
    let inside = text.rsplit_once('(').map(|(_, after)| after);
    let reason = inside
        .and_then(|after| after.strip_suffix(')'))
        .unwrap_or(text);
    // Some versions say more, and what is said should not depend on them.
    reason
        .strip_suffix(" or the system clock is incorrect")
        .unwrap_or(reason)
}

/// Of `error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert ...:file:line:`
/// the part that a person can use.
fn shortened(text: &str) -> String {
    let mut parts = text.split(':');
    match (parts.next(), parts.nth(3)) {
        (Some("error"), Some(reason)) if !reason.is_empty() => reason.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_on_certificates_are_told_apart() {
        let text = |reason: &str| {
            format!(
                "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:ssl/statem/statem_clnt.c:2092: ({reason})"
            )
        };
        let cases = [
            ("certificate has expired", Untrusted::Expired),
            ("certificate is not yet valid", Untrusted::NotYetValid),
            ("hostname mismatch", Untrusted::WrongHost),
            ("IP address mismatch", Untrusted::WrongHost),
            ("self-signed certificate", Untrusted::SelfSigned),
            (
                "self-signed certificate in certificate chain",
                Untrusted::UnknownAuthority,
            ),
            (
                "unable to get local issuer certificate",
                Untrusted::UnknownAuthority,
            ),
            ("certificate revoked", Untrusted::Other),
        ];
        for (reason, expected) in cases {
            assert_eq!(
                problem(&text(reason)),
                TlsProblem::Untrusted(expected),
                "{reason}"
            );
            assert_eq!(reason_in_brackets(&text(reason)), reason);
        }
    }

    #[test]
    fn plain_text_is_not_tls() {
        let text = "error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:ssl/record/methods/tlsany_meth.c:80:";
        assert_eq!(problem(text), TlsProblem::NotTls);
    }

    #[test]
    fn an_error_is_cut_down_to_its_reason() {
        let text = "error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:ssl/record/rec_layer_s3.c:908:SSL alert number 40";
        assert_eq!(shortened(text), "ssl/tls alert handshake failure");
        assert_eq!(shortened("unexpected EOF"), "unexpected EOF");
    }

    #[test]
    fn trusting_needs_a_certificate() {
        assert!(Trust::only(b"no certificate".to_vec()).is_err());
    }
}
