//! The server's end of a connection: TCP, or TLS on it.
//!
//! Promises that a peer which left without a TLS close_notify looks like any
//! other end, and that no read or write waits for ever.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use openssl::ssl::{
    ShutdownState, SslAcceptor, SslAcceptorBuilder, SslMethod, SslOptions, SslStream,
    SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use super::certificates::{Authority, Identity};

/// Only a peer that stops inside a TLS record, or does not read, meets it:
/// what waits longer waits in `poll`.
const STUCK: Duration = Duration::from_secs(10);

/// What a TLS server shows and demands.
#[derive(Clone)]
pub struct Tls {
    certificates: Vec<X509>,
    key: openssl::pkey::PKey<openssl::pkey::Private>,
    clients: Option<X509>,
    oldest: Option<SslVersion>,
    newest: Option<SslVersion>,
    groups: Option<&'static str>,
}

impl From<&Identity> for Tls {
    fn from(identity: &Identity) -> Self {
        Self {
            certificates: identity.chain().to_owned(),
            key: identity.key().clone(),
            clients: None,
            oldest: None,
            newest: None,
            groups: None,
        }
    }
}

impl Tls {
    /// Demands a client certificate that this authority signed.
    #[must_use]
    pub fn demanding_client_certificate(mut self, authority: &Authority) -> Self {
        self.clients = Some(authority.certificate().clone());
        self
    }

    /// Offers no newer version.
    #[must_use]
    pub fn at_most(mut self, version: SslVersion) -> Self {
        self.newest = Some(version);
        self
    }

    /// Takes no older version; one before TLS 1.2 only if it is named here.
    #[must_use]
    pub fn at_least(mut self, version: SslVersion) -> Self {
        self.oldest = Some(version);
        self
    }

    /// Agrees on keys in these groups alone.
    #[must_use]
    pub fn groups(mut self, names: &'static str) -> Self {
        self.groups = Some(names);
        self
    }

    fn acceptor(&self) -> SslAcceptor {
        let mut builder =
            SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("a TLS acceptor");
        builder.set_private_key(&self.key).expect("a usable key");
        let (leaf, rest) = self.certificates.split_first().expect("a certificate");
        builder.set_certificate(leaf).expect("a usable certificate");
        for certificate in rest {
            builder
                .add_extra_chain_cert(certificate.clone())
                .expect("a usable chain");
        }
        self.set_versions(&mut builder);
        if let Some(groups) = self.groups {
            builder.set_groups_list(groups).expect("known groups");
        }
        if let Some(authority) = &self.clients {
            let mut store = X509StoreBuilder::new().expect("a store");
            store.add_cert(authority.clone()).expect("an authority");
            builder
                .set_verify_cert_store(store.build())
                .expect("a store");
            builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        }
        builder.build()
    }
}

impl Tls {
    fn set_versions(&self, builder: &mut SslAcceptorBuilder) {
        builder
            .set_max_proto_version(self.newest)
            .expect("a known version");
        let Some(oldest) = self.oldest else { return };
        builder
            .set_min_proto_version(Some(oldest))
            .expect("a known version");
        if [SslVersion::TLS1, SslVersion::TLS1_1].contains(&oldest) {
            builder.clear_options(SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
            builder.set_security_level(0);
            builder.set_cipher_list("ALL").expect("known ciphers");
        }
    }
}

pub enum Stream {
    Plain(TcpStream),
    Tls(SslStream<TcpStream>),
}

impl Stream {
    /// Prepares an accepted connection; with TLS, shakes hands.
    pub fn open(tcp: TcpStream, tls: Option<&Tls>) -> Result<Self, String> {
        tcp.set_nonblocking(false).expect("a socket that blocks");
        tcp.set_nodelay(true).expect("a socket without delay");
        tcp.set_read_timeout(Some(STUCK)).expect("a read limit");
        tcp.set_write_timeout(Some(STUCK)).expect("a write limit");
        match tls {
            None => Ok(Self::Plain(tcp)),
            Some(tls) => tls
                .acceptor()
                .accept(tcp)
                .map(Self::Tls)
                .map_err(|error| format!("the TLS handshake failed: {error}")),
        }
    }

    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref(),
        }
    }

    /// Whether a read has something that `poll` no longer sees.
    pub fn holds_data(&self) -> bool {
        matches!(self, Self::Tls(tls) if tls.ssl().pending() > 0)
    }

    /// Says that nothing more will come: close_notify, then FIN. A peer that
    /// has gone already is no failure.
    pub fn shutdown_write(&mut self) {
        if let Self::Tls(tls) = self
            && !tls.get_shutdown().contains(ShutdownState::SENT)
        {
            drop(tls.shutdown());
        }
        drop(self.tcp().shutdown(Shutdown::Write));
    }

    pub fn tls(&self) -> Option<&openssl::ssl::SslRef> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(tls) => Some(tls.ssl()),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(buffer),
            Self::Tls(tls) => match tls.read(buffer) {
                Err(error) if error.to_string().contains("unexpected eof") => Ok(0),
                result => result,
            },
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tcp().as_fd()
    }
}
