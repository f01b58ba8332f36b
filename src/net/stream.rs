//! What a WebSocket runs on: TCP, or TLS over it.

use std::io::{self, ErrorKind, Read, Write};

use native_tls::TlsStream;

use super::tls::{Accepted, broke};
use super::{Socket, Tap};

/// The byte stream of one connection.
#[derive(Debug)]
pub enum Stream {
    Plain(Socket),
    /// Over another, which may be TLS to a proxy.
    Tls(Box<TlsStream<Tap>>),
    /// The same as the server's side.
    Accepted(Box<Accepted>),
}

impl Stream {
    /// The socket at the bottom.
    pub fn socket(&self) -> &Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream.get_ref().below().socket(),
            Stream::Accepted(stream) => stream.get_ref().below().socket(),
        }
    }

    /// The socket at the bottom.
    pub fn socket_mut(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream.get_mut().below_mut().socket_mut(),
            Stream::Accepted(stream) => stream.get_mut().below_mut().socket_mut(),
        }
    }

    /// Says that nothing more will be sent, at every layer that can say so.
    pub fn end_sending(&mut self) {
        match self {
            Stream::Plain(socket) => socket.shutdown_write(),
            Stream::Tls(stream) => {
                // The notice is a courtesy: the Close frame has said it before.
                let _ = stream.shutdown();
                stream.get_mut().below_mut().end_sending();
            }
            Stream::Accepted(stream) => {
                let _ = stream.shutdown();
                stream.get_mut().below_mut().end_sending();
            }
        }
    }
}

/// What was read through TLS.
fn read(result: io::Result<usize>) -> io::Result<usize> {
    match result {
        // Many end TCP without ending TLS first; the Close frame is what tells a whole
        // conversation from a cut one.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
        other => other.map_err(broke),
    }
}

/// Why writing through TLS did not work.
fn unwritten(error: io::Error, tap: &mut Tap) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => tap.take_failure().unwrap_or(error),
        _ => broke(error),
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(into),
            Stream::Tls(stream) => read(stream.read(into)),
            Stream::Accepted(stream) => read(stream.read(into)),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(stream) => {
                let written = stream.write(bytes);
                written.map_err(|error| unwritten(error, stream.get_mut()))
            }
            Stream::Accepted(stream) => {
                let written = stream.write(bytes);
                written.map_err(|error| unwritten(error, stream.get_mut()))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Connector, Deadline, TlsSettings, Trust};
    use super::*;
    use openssl::asn1::Asn1Time;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::ssl::{SslAcceptor, SslMethod};
    use openssl::x509::X509Builder;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    fn acceptor() -> SslAcceptor {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut certificate = X509Builder::new().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_pubkey(&key).unwrap();
        let (from, until) = (Asn1Time::days_from_now(0), Asn1Time::days_from_now(1));
        certificate.set_not_before(&from.unwrap()).unwrap();
        certificate.set_not_after(&until.unwrap()).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate(&certificate.build()).unwrap();
        acceptor.set_private_key(&key).unwrap();
        acceptor.build()
    }

    #[test]
    fn what_came_before_the_other_end_left_is_read_after_a_write_that_failed() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (left, wait) = channel();
        thread::spawn(move || {
            let mut server = acceptor().accept(theirs).unwrap();
            server.write_all(b"last words").unwrap();
            drop(server);
            left.send(()).unwrap();
        });
        let socket = Socket::new(ours, Deadline::after(Duration::from_secs(10))).unwrap();
        let settings = TlsSettings {
            trust: Trust::Anyone,
            ..TlsSettings::default()
        };
        let connector = Connector::prepare(settings);
        let (mut stream, _) = connector.connect("h", Stream::Plain(socket)).unwrap();
        stream.socket_mut().set_patience(None);
        wait.recv().unwrap();
        let failed = stream.write(b"x").unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::BrokenPipe);
        stream.socket_mut().set_readable();
        let mut came = [0; 100];
        let count = stream.read(&mut came).unwrap();
        assert_eq!(&came[..count], b"last words");
    }
}
