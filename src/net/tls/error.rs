//! Why TLS did not come about, told apart by what has different cures.
//!
//! What the server said in the clear comes first: it is the same on every TLS
//! library. Where it was encrypted, or the failure is ours, the library's words
//! are all there is.

use std::error::Error as _;
use std::io::{self, ErrorKind};

use thiserror::Error;

use super::TlsSettings;
use super::alert;
use super::hello::ServerHello;
use super::tap::{Broken, Ear};
use super::version::{TlsVersion, TlsVersions};
use crate::net::io_cause;

/// Why the TLS handshake failed.
#[derive(Debug, Error)]
#[error("{cause}")]
pub struct TlsError {
    pub problem: TlsProblem,
    /// In our words where the library's mislead.
    pub cause: String,
}

/// The kinds of failure that have different cures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    Untrusted(Untrusted),
    /// What came back is not TLS.
    NotTls,
    TimedOut,
    /// The server wants a certificate of ours, and we have none.
    CertificateRequired,
    /// The server does not take our certificate, and says so with this alert.
    CertificateRefused(u8),
    /// There is no version that both speak.
    NoCommonVersion {
        offered: TlsVersions,
        /// What the server wants, if it said so.
        wanted: Option<TlsVersion>,
    },
    /// The TLS library has none of the versions that should be offered.
    NoVersion,
    /// Another alert.
    Alert(u8),
    /// The stream ended or broke.
    Ended,
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

/// A failure of TLS on a connection that stood: shown in few words, kept in all of
/// the library's.
#[derive(Debug, Error)]
#[error("the TLS connection broke: {}", in_few_words(text))]
struct Broke {
    text: String,
}

/// The error of a connection that stood, with words that a person can use.
pub(in crate::net) fn broke(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::Other => io::Error::other(Broke {
            text: error.to_string(),
        }),
        _ => error,
    }
}

/// What is known of a handshake that failed.
#[derive(Clone, Copy)]
struct Failure {
    hello: ServerHello,
    broken: Option<Broken>,
    /// Whether we had a certificate to show.
    has_identity: bool,
    offered: TlsVersions,
}

impl TlsError {
    /// For what TLS 1.3 reports only when the first data is read: a missing
    /// or refused client certificate, mostly.
    pub fn after_handshake(error: &io::Error, settings: &TlsSettings) -> Self {
        let failure = Failure {
            hello: ServerHello::default(),
            broken: None,
            has_identity: settings.identity.is_some(),
            offered: settings.versions,
        };
        let broken = error.get_ref().and_then(|cause| cause.downcast_ref());
        let text = broken.map(|Broke { text }| text.clone());
        failure.explain(&text.unwrap_or_else(|| error.to_string()))
    }

    /// For a handshake that failed, with what was heard beneath it.
    pub(super) fn of_handshake(
        error: &native_tls::Error,
        ear: &Ear,
        settings: &TlsSettings,
    ) -> Self {
        if io_source(error).is_some_and(|io| io.kind() == ErrorKind::TimedOut) {
            return TlsError::timed_out();
        }
        let failure = Failure {
            hello: ear.hello(),
            broken: ear.broken(),
            has_identity: settings.identity.is_some(),
            offered: settings.versions,
        };
        failure.explain(&error.to_string())
    }

    pub(super) fn timed_out() -> Self {
        TlsError::new(TlsProblem::TimedOut, "the time limit passed")
    }

    /// The library itself does not get as far as a handshake.
    pub(super) fn of_library(error: &native_tls::Error) -> Self {
        TlsError::new(TlsProblem::Failed, shortened(&error.to_string()))
    }

    pub(super) fn new(problem: TlsProblem, cause: impl Into<String>) -> Self {
        TlsError {
            problem,
            cause: cause.into(),
        }
    }
}

impl Failure {
    /// `text` is what the library says.
    fn explain(self, text: &str) -> TlsError {
        if text.contains("certificate verify failed") {
            let reason = reason_in_brackets(text);
            return TlsError::new(TlsProblem::Untrusted(untrusted(reason)), reason);
        }
        #[cfg(windows)]
        if let Some(untrusted) = super::verdict::verdict(text) {
            return untrusted;
        }
        if self.hello.is_tls == Some(false) {
            return TlsError::new(TlsProblem::NotTls, "what came back is not TLS");
        }
        if let Some(alert) = alert_number(text).or(self.hello.alert) {
            return self.alert(alert);
        }
        if let Some(broken) = self.broken {
            return self.ended(broken);
        }
        if text.contains("no protocols available") {
            let cause = format!("the TLS library here offers no {}", self.offered);
            return TlsError::new(TlsProblem::NoVersion, cause);
        }
        let other = |version: &TlsVersion| !self.offered.contains(*version);
        if text.contains("unsupported protocol") || self.hello.version.as_ref().is_some_and(other) {
            return self.no_common_version();
        }
        TlsError::new(TlsProblem::Failed, shortened(text))
    }

    fn alert(self, alert: u8) -> TlsError {
        let asked = self.hello.asks_for_certificate && alert == alert::HANDSHAKE_FAILURE;
        if alert == alert::PROTOCOL_VERSION {
            return self.no_common_version();
        }
        if !self.has_identity && (asked || alert::is_about_our_certificate(alert)) {
            return certificate_required();
        }
        let name = alert::name(alert);
        if alert::is_about_our_certificate(alert) {
            let cause = format!("the server does not accept our certificate: {name}");
            return TlsError::new(TlsProblem::CertificateRefused(alert), cause);
        }
        let cause = format!("the server ended it with the alert: {name}");
        TlsError::new(TlsProblem::Alert(alert), cause)
    }

    fn ended(self, broken: Broken) -> TlsError {
        if self.hello.asks_for_certificate && !self.has_identity {
            return certificate_required();
        }
        let cause = match broken {
            Broken::Ended => "the server ended the connection".to_owned(),
            Broken::Failed(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                "the server reset the connection".to_owned()
            }
            Broken::Failed(kind) => io_cause(&kind.into()),
        };
        TlsError::new(TlsProblem::Ended, cause)
    }

    fn no_common_version(self) -> TlsError {
        let offered = self.offered;
        let wanted = self.hello.version;
        let wants = match wanted {
            Some(version) => format!("the server wants TLS {version}"),
            None => "the server takes none of the versions".to_owned(),
        };
        let problem = TlsProblem::NoCommonVersion { offered, wanted };
        TlsError::new(problem, format!("{wants}, and we offer {offered}"))
    }
}

fn certificate_required() -> TlsError {
    TlsError::new(
        TlsProblem::CertificateRequired,
        "the server requires a client certificate",
    )
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

fn in_few_words(text: &str) -> String {
    match alert_number(text) {
        Some(alert) => format!("the other end sent the alert: {}", alert::name(alert)),
        None => shortened(text),
    }
}

/// OpenSSL gives it at the end of its line.
pub(super) fn alert_number(text: &str) -> Option<u8> {
    let (_, number) = text.split_once("SSL alert number ")?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
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
pub(super) fn shortened(text: &str) -> String {
    let mut parts = text.split(':');
    match (parts.next(), parts.nth(3)) {
        (Some("error"), Some(reason)) if !reason.is_empty() => reason.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Failure {
        Failure {
            hello: ServerHello::default(),
            broken: None,
            has_identity: false,
            offered: TlsVersions::default(),
        }
    }

    #[test]
    fn verdicts_on_certificates_are_told_apart() {
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
            let text = format!(
                "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:ssl/statem/statem_clnt.c:2092: ({reason})"
            );
            let error = failure().explain(&text);
            assert_eq!(error.problem, TlsProblem::Untrusted(expected), "{reason}");
            assert_eq!(error.cause, reason);
        }
    }

    #[test]
    fn alerts_about_certificates_depend_on_whether_we_showed_one() {
        let text = |alert: u8| {
            format!(
                "error:0A000416:SSL routines:ssl3_read_bytes:x:rec.c:1:SSL alert number {alert}"
            )
        };
        for alert in [42, 48, 116] {
            let error = failure().explain(&text(alert));
            assert_eq!(error.problem, TlsProblem::CertificateRequired, "{alert}");
            let shown = Failure {
                has_identity: true,
                ..failure()
            };
            let error = shown.explain(&text(alert));
            let expected = TlsProblem::CertificateRefused(alert);
            assert_eq!(error.problem, expected);
        }
        assert_eq!(failure().explain(&text(40)).problem, TlsProblem::Alert(40));
        let asked = Failure {
            hello: ServerHello {
                asks_for_certificate: true,
                ..ServerHello::default()
            },
            ..failure()
        };
        let error = asked.explain(&text(40));
        assert_eq!(error.problem, TlsProblem::CertificateRequired);
    }

    #[test]
    fn an_end_that_follows_the_demand_for_a_certificate_is_about_that() {
        let mut failure = Failure {
            broken: Some(Broken::Ended),
            ..failure()
        };
        assert_eq!(failure.explain("unexpected EOF").problem, TlsProblem::Ended);
        failure.hello.asks_for_certificate = true;
        let error = failure.explain("unexpected EOF");
        assert_eq!(error.problem, TlsProblem::CertificateRequired);
    }

    #[test]
    fn a_connection_that_broke_says_so_in_few_words_and_is_understood_all_the_same() {
        let text = "error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:ssl/record/rec_layer_s3.c:918:SSL alert number 116";
        let error = broke(io::Error::other(text));
        let told =
            "the TLS connection broke: the other end sent the alert: certificate required (116)";
        assert_eq!(error.to_string(), told);
        let error = TlsError::after_handshake(&error, &TlsSettings::default());
        assert_eq!(error.problem, TlsProblem::CertificateRequired);
        let reset = broke(ErrorKind::ConnectionReset.into());
        assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
    }

    #[test]
    fn an_error_is_cut_down_to_its_reason() {
        let text = "error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:ssl/record/rec_layer_s3.c:908:SSL alert number 40";
        assert_eq!(shortened(text), "ssl/tls alert handshake failure");
        assert_eq!(shortened("unexpected EOF"), "unexpected EOF");
    }
}
