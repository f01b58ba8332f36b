//! TLS through native-tls, and a server's side where that falls short: whom to trust, who we are, what was agreed on, and why
//! it failed.
//!
//! Only the files of this folder and `Stream` know the library. What it does not
//! tell is heard beneath it (`tap`) or read from what it gives (`certificate`).

#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
mod acceptor;
#[cfg(any(target_os = "windows", target_vendor = "apple"))]
#[path = "acceptor_elsewhere.rs"]
mod acceptor;
mod alert;
mod authorities;
mod certificate;
mod cipher;
mod error;
mod file_kind;
mod hello;
mod identity;
mod keys;
mod pem;
mod tap;
#[cfg(any(windows, test))]
mod verdict;
mod version;

use std::io;
use std::thread::{self, JoinHandle};

use native_tls::{HandshakeError, Protocol, TlsConnector, TlsStream};

pub(super) use acceptor::Accepted;
pub use acceptor::Acceptor;
pub use authorities::{BadAuthorities, Trust};
pub use certificate::CertificateFacts;
pub use cipher::Cipher;
pub(super) use error::broke;
pub use error::{TlsError, TlsProblem, Untrusted};
pub use hello::{ServerHello, server_hello};
pub use identity::{BadIdentity, Format, Identity, IdentityFile, IdentityFiles, IdentityProblem};
pub(super) use tap::Tap;
pub use version::{TlsVersion, TlsVersions};

use super::{Stream, io_cause};

/// How to make a TLS connection.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    pub trust: Trust,
    /// What to show to a server that asks who we are.
    pub identity: Option<Identity>,
    pub versions: TlsVersions,
    /// Whether the server is told which host is meant (RFC 6066 section 3). Its
    /// certificate is held against the host's name all the same.
    pub server_name: bool,
}

/// What a handshake came to; what could not be learnt is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFacts {
    pub version: Option<TlsVersion>,
    pub cipher: Option<Cipher>,
    /// The server's.
    pub certificate: Option<CertificateFacts>,
}

/// A connector being built: that reads the trust store, which takes longer
/// than a TCP connection, so it runs beside it.
pub struct Connector {
    /// The thread that builds it, unless there was none left for it.
    built: io::Result<JoinHandle<Result<TlsConnector, native_tls::Error>>>,
    settings: TlsSettings,
}

impl Connector {
    /// Begins to build one.
    pub fn prepare(settings: TlsSettings) -> Self {
        let own = settings.clone();
        Connector {
            built: thread::Builder::new().spawn(move || build(&own)),
            settings,
        }
    }

    /// Makes the TLS handshake; the socket's patience is the time limit.
    ///
    /// # Errors
    /// When the connector cannot be built, or the handshake failed.
    pub fn connect(self, host: &str, below: Stream) -> Result<(Stream, TlsFacts), TlsError> {
        let failed = |cause: &str| TlsError::new(TlsProblem::Failed, cause);
        let building = self.built.map_err(|error| {
            let why = io_cause(&error);
            failed(&format!("no thread can be started for it: {why}"))
        })?;
        let built = building.join();
        let built = built.map_err(|_| failed("the TLS library gave up"))?;
        let connector = built.map_err(|error| TlsError::of_library(&error))?;
        let (tap, ear) = Tap::new(below);
        match connector.connect(host, tap) {
            Ok(mut stream) => {
                stream.get_mut().stop();
                let facts = facts(&stream, ear.hello());
                Ok((Stream::Tls(Box::new(stream)), facts))
            }
            Err(HandshakeError::Failure(error)) => {
                Err(TlsError::of_handshake(&error, &ear, &self.settings))
            }
            // The socket waits by itself, so this is a deadline that passed.
            Err(HandshakeError::WouldBlock(_)) => Err(TlsError::timed_out()),
        }
    }
}

impl TlsSettings {
    /// The same for a proxy: all but our certificate, which is for the server alone.
    pub fn for_proxy(&self) -> Self {
        TlsSettings {
            identity: None,
            ..self.clone()
        }
    }
}

impl Default for TlsSettings {
    fn default() -> Self {
        TlsSettings {
            trust: Trust::default(),
            identity: None,
            versions: TlsVersions::default(),
            server_name: true,
        }
    }
}

fn build(settings: &TlsSettings) -> Result<TlsConnector, native_tls::Error> {
    let mut builder = TlsConnector::builder();
    match &settings.trust {
        Trust::System => {}
        Trust::Only(certificates) => {
            builder.disable_built_in_roots(true);
            for certificate in certificates {
                builder.add_root_certificate(certificate.clone());
            }
        }
        Trust::Anyone => {
            builder.danger_accept_invalid_certs(true);
            builder.danger_accept_invalid_hostnames(true);
        }
    }
    if let Some(identity) = &settings.identity {
        builder.identity(identity.library.clone());
    }
    builder.use_sni(settings.server_name);
    builder.min_protocol_version(Some(protocol(settings.versions.min)));
    // Nothing newer is known here: the library's newest is meant.
    let max = Some(settings.versions.max).filter(|max| *max != TlsVersion::V1_3);
    builder.max_protocol_version(max.map(protocol));
    builder.build()
}

fn protocol(version: TlsVersion) -> Protocol {
    match version {
        TlsVersion::V1_0 => Protocol::Tlsv10,
        TlsVersion::V1_1 => Protocol::Tlsv11,
        TlsVersion::V1_2 => Protocol::Tlsv12,
        TlsVersion::V1_3 => Protocol::Tlsv13,
    }
}

fn facts(stream: &TlsStream<Tap>, hello: ServerHello) -> TlsFacts {
    let certificate = stream.peer_certificate().ok().flatten();
    let certificate = certificate.and_then(|certificate| certificate.to_der().ok());
    TlsFacts {
        version: hello.version,
        cipher: hello.cipher,
        certificate: certificate.and_then(|der| CertificateFacts::of(&der)),
    }
}
