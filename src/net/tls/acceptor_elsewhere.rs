//! The server's side of TLS where the library is the system's own.

use std::fmt;

use native_tls::{HandshakeError, TlsAcceptor, TlsStream};

use super::error::shortened;
use super::identity::{Identity, IdentityProblem};
use super::tap::Tap;
use super::{TlsError, TlsFacts, TlsProblem};
use crate::net::Stream;

/// A connection that TLS was accepted on.
pub(in crate::net) type Accepted = TlsStream<Tap>;

/// What makes TLS connections of those that come in; cheap to clone.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl Acceptor {
    /// Shows `identity` to every client.
    ///
    /// # Errors
    /// When the library does not take the certificate or its key.
    pub fn new(identity: &Identity) -> Result<Self, IdentityProblem> {
        let built = TlsAcceptor::new(identity.library.clone());
        let unusable = |error: native_tls::Error| shortened(&error.to_string());
        built
            .map(Acceptor)
            .map_err(|error| IdentityProblem::Unusable(unusable(error)))
    }

    /// Makes the TLS handshake; the socket's patience is the time limit. What does not
    /// speak TLS gets no answer here, because the library keeps the stream.
    ///
    /// # Errors
    /// When the handshake failed.
    pub fn accept(&self, below: Stream, _to_plain: &[u8]) -> Result<(Stream, TlsFacts), TlsError> {
        let (tap, _) = Tap::new(below);
        match self.0.accept(tap) {
            Ok(mut stream) => {
                stream.get_mut().stop();
                Ok((Stream::Accepted(Box::new(stream)), TlsFacts::default()))
            }
            Err(HandshakeError::WouldBlock(_)) => Err(TlsError::timed_out()),
            Err(HandshakeError::Failure(error)) => Err(TlsError::new(
                TlsProblem::Failed,
                shortened(&error.to_string()),
            )),
        }
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acceptor(..)")
    }
}
