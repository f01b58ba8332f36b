//! The server's side of TLS, on OpenSSL itself: native-tls never offers TLS 1.3 there.

use std::fmt;
use std::io::Write;

use openssl::error::ErrorStack;
use openssl::ssl::{Error, HandshakeError, SslAcceptor, SslMethod, SslStream};

use super::alert;
use super::cipher::Cipher;
use super::error::{alert_number, shortened};
use super::identity::{Identity, IdentityProblem};
use super::tap::{Broken, Ear, Tap};
use super::version::TlsVersion;
use super::{TlsError, TlsFacts, TlsProblem};
use crate::net::{Stream, io_cause};

/// A connection that TLS was accepted on.
pub(in crate::net) type Accepted = SslStream<Tap>;

/// What makes TLS connections of those that come in; cheap to clone.
#[derive(Clone)]
pub struct Acceptor(SslAcceptor);

impl Acceptor {
    /// Shows `identity` to every client; versions 1.2 and 1.3 are spoken.
    ///
    /// # Errors
    /// When the library does not take the certificate or its key.
    pub fn new(identity: &Identity) -> Result<Self, IdentityProblem> {
        let built = build(identity);
        built.map(Acceptor).map_err(|error| {
            let text = error.to_string();
            match text.contains("key values mismatch") {
                true => IdentityProblem::OtherKey,
                false => IdentityProblem::Unusable(shortened(&text)),
            }
        })
    }

    /// Makes the TLS handshake; the socket's patience is the time limit. A client that
    /// does not speak TLS is sent `to_plain`.
    ///
    /// # Errors
    /// When the handshake failed.
    pub fn accept(&self, below: Stream, to_plain: &[u8]) -> Result<(Stream, TlsFacts), TlsError> {
        let (tap, ear) = Tap::new(below);
        match self.0.accept(tap) {
            Ok(mut stream) => {
                stream.get_mut().stop();
                let facts = facts(&stream);
                Ok((Stream::Accepted(Box::new(stream)), facts))
            }
            Err(HandshakeError::SetupFailure(error)) => Err(TlsError::new(
                TlsProblem::Failed,
                shortened(&error.to_string()),
            )),
            // The socket waits by itself, so this is a deadline that passed.
            Err(HandshakeError::WouldBlock(_)) => Err(TlsError::timed_out()),
            Err(HandshakeError::Failure(mut stream)) => {
                let failed = failed(stream.error(), &ear);
                if failed.problem == TlsProblem::NotTls {
                    let below = stream.get_mut().below_mut();
                    // Whoever cannot be told has gone.
                    let _ = below.write_all(to_plain);
                    below.end_sending();
                }
                Err(failed)
            }
        }
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acceptor(..)")
    }
}

fn build(identity: &Identity) -> Result<SslAcceptor, ErrorStack> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    let own = &identity.own;
    builder.set_private_key(&own.key)?;
    builder.set_certificate(&own.certificate)?;
    for between in &own.chain {
        builder.add_extra_chain_cert(between.clone())?;
    }
    builder.check_private_key()?;
    Ok(builder.build())
}

fn facts(stream: &Accepted) -> TlsFacts {
    let ssl = stream.ssl();
    let version = ssl.version_str().strip_prefix("TLSv");
    let cipher = ssl.current_cipher();
    TlsFacts {
        version: version.and_then(TlsVersion::named),
        cipher: cipher.map(|cipher| Cipher(u16::from_be_bytes(cipher.protocol_id()))),
        certificate: None,
    }
}

fn failed(error: &Error, ear: &Ear) -> TlsError {
    if error.io_error().is_some_and(crate::io_error::is_time_out) {
        return TlsError::timed_out();
    }
    if ear.hello().is_tls == Some(false) {
        return TlsError::new(TlsProblem::NotTls, "what came is not TLS");
    }
    let text = error.to_string();
    if let Some(alert) = alert_number(&text) {
        let name = alert::name(alert);
        let cause = format!("the client ended it with the alert: {name}");
        return TlsError::new(TlsProblem::Alert(alert), cause);
    }
    match ear.broken() {
        Some(Broken::Ended) => TlsError::new(TlsProblem::Ended, "the client ended the connection"),
        Some(Broken::Failed(kind)) => TlsError::new(TlsProblem::Ended, io_cause(&kind.into())),
        None => TlsError::new(TlsProblem::Failed, shortened(&text)),
    }
}
