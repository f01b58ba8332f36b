//! A connection with or without TLS, on either side, and the certificate for it.
//!
//! Blocking, with Nagle's algorithm off. The server side is OpenSSL's own
//! acceptor, which offers TLS 1.3; the client side is native-tls, as in the
//! program that is measured.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod, SslStream};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

/// One of the four kinds of connection.
pub enum Wire {
    Plain(TcpStream),
    Served(Box<SslStream<TcpStream>>),
    Dialled(Box<native_tls::TlsStream<TcpStream>>),
}

impl Wire {
    /// Dials loopback; with `ca`, in TLS that trusts this PEM file.
    pub fn dial(port: u16, ca: Option<&Path>) -> io::Result<Self> {
        let tcp = TcpStream::connect(("127.0.0.1", port))?;
        tcp.set_nodelay(true)?;
        let Some(ca) = ca else {
            return Ok(Self::Plain(tcp));
        };
        let certificate = native_tls::Certificate::from_pem(&fs::read(ca)?);
        let connector = certificate.and_then(|certificate| {
            native_tls::TlsConnector::builder()
                .add_root_certificate(certificate)
                .build()
        });
        let stream = connector
            .map_err(io::Error::other)?
            .connect("localhost", tcp)
            .map_err(io::Error::other)?;
        Ok(Self::Dialled(Box::new(stream)))
    }

    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Served(tls) => tls.get_ref(),
            Self::Dialled(tls) => tls.get_ref(),
        }
    }

    /// Says that nothing more is sent, and then reads nothing more.
    pub fn end(&mut self) {
        // The other side may have gone first: then there is nothing to say.
        match self {
            Self::Plain(tcp) => _ = tcp.shutdown(std::net::Shutdown::Write),
            Self::Served(tls) => _ = tls.shutdown(),
            Self::Dialled(tls) => _ = tls.shutdown(),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(into),
            Self::Served(tls) => tls.read(into),
            Self::Dialled(tls) => tls.read(into),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Served(tls) => tls.write(bytes),
            Self::Dialled(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An acceptor for `localhost`; writes the certificate to trust to `ca`.
pub fn acceptor(ca: &Path) -> SslAcceptor {
    let (certificate, key) = certificate().expect("a certificate can be made");
    let pem = certificate.to_pem().expect("a certificate has a PEM form");
    fs::write(ca, pem).expect("the scratch folder can be written");
    let builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server());
    let mut builder = builder.expect("an acceptor can be made");
    builder
        .set_private_key(&key)
        .expect("the key fits the acceptor");
    builder
        .set_certificate(&certificate)
        .expect("the certificate fits the acceptor");
    builder.build()
}

fn certificate() -> Result<(X509, PKey<Private>), ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", "localhost")?;
    let name = name.build();
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(BigNum::from_u32(1)?.to_asn1_integer()?.as_ref())?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_pubkey(&key)?;
    builder.set_not_before(Asn1Time::days_from_now(0)?.as_ref())?;
    builder.set_not_after(Asn1Time::days_from_now(2)?.as_ref())?;
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    let names = SubjectAlternativeName::new()
        .dns("localhost")
        .ip("127.0.0.1")
        .build(&builder.x509v3_context(None, None))?;
    builder.append_extension(names)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok((builder.build(), key))
}
