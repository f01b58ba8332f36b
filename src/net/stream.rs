//! What a WebSocket runs on: TCP, or TLS over it.

use std::io::{self, ErrorKind, Read, Write};

use native_tls::TlsStream;

use super::{Socket, Tap};

/// The byte stream of one connection.
#[derive(Debug)]
pub enum Stream {
    Plain(Socket),
    /// Over another, which may be TLS to a proxy.
    Tls(Box<TlsStream<Tap>>),
}

impl Stream {
    /// The socket at the bottom.
    pub fn socket(&self) -> &Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream.get_ref().below().socket(),
        }
    }

    /// The socket at the bottom.
    pub fn socket_mut(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream.get_mut().below_mut().socket_mut(),
        }
    }

    /// Says that nothing more will be sent, at every layer that can say so.
    pub fn end_sending(&mut self) {
        if let Stream::Tls(stream) = self {
            // The notice is a courtesy: the Close frame has said it before.
            let _ = stream.shutdown();
        }
        self.socket().shutdown_write();
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(into),
            Stream::Tls(stream) => match stream.read(into) {
                // Many servers end TCP without ending TLS first; the Close
                // frame is what tells a whole conversation from a cut one.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
                other => other,
            },
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
