//! Listens beneath TLS while the handshake goes on.
//!
//! TLS libraries do not tell the version, the cipher, or why a connection broke;
//! what came from the server does. At most 64 KiB of it are kept, until the
//! handshake is over; from then on a tap costs a look at an `Option`.
//!
//! It also keeps from the library that writing failed because the other end has gone:
//! OpenSSL would read nothing more, neither the alert of a server that refuses our
//! certificate and closes at once, nor the Close frame of one that closes.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::Stream;
use super::hello::{ServerHello, server_hello};
use crate::io_error::has_gone;

/// More than any handshake says in the clear up to what is looked for.
const MAX_HEARD: usize = 64 * 1024;

/// What is read at once beneath TLS, in bytes: four records of the usual size.
const BUFFER: usize = 68 * 1024;

/// The stream beneath TLS, and an ear on it.
#[derive(Debug)]
pub struct Tap {
    /// A record of TLS is read in two parts, its head of 5 bytes first: these come
    /// from a buffer, many at a time.
    below: BufReader<Stream>,
    ear: Option<Ear>,
    /// Why writing failed, of which the library believes that it found no room.
    failed: Option<io::Error>,
}

/// What a tap has heard; it outlives a handshake that failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Ear(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    bytes: Vec<u8>,
    broken: Option<Broken>,
}

/// How a stream ended beneath TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Ended,
    Failed(ErrorKind),
}

impl Tap {
    pub(super) fn new(below: Stream) -> (Self, Ear) {
        let ear = Ear::default();
        let tap = Tap {
            below: BufReader::with_capacity(BUFFER, below),
            ear: Some(ear.clone()),
            failed: None,
        };
        (tap, ear)
    }

    pub(super) fn stop(&mut self) {
        self.ear = None;
    }

    /// Why the last write really blocked, if the other end has gone.
    pub(in super::super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    pub(in super::super) fn below(&self) -> &Stream {
        self.below.get_ref()
    }

    pub(in super::super) fn below_mut(&mut self) -> &mut Stream {
        self.below.get_mut()
    }
}

impl Ear {
    /// What the server said in the clear.
    pub(super) fn hello(&self) -> ServerHello {
        server_hello(&self.heard().bytes)
    }

    pub(super) fn broken(&self) -> Option<Broken> {
        self.heard().broken
    }

    fn hear(&self, read: &io::Result<usize>, into: &[u8]) {
        let mut heard = self.heard();
        match read {
            Ok(0) if !into.is_empty() => _ = heard.broken.get_or_insert(Broken::Ended),
            Ok(count) => {
                let room = MAX_HEARD - heard.bytes.len();
                let came = into.get(..*count).unwrap_or(into);
                heard.bytes.extend_from_slice(&came[..came.len().min(room)]);
            }
            Err(error) => _ = heard.broken.get_or_insert(Broken::Failed(error.kind())),
        }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Tap {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.below.read(into);
        if let Some(ear) = &self.ear {
            ear.hear(&read, into);
        }
        read
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match (self.below.get_mut().write(bytes), &self.ear) {
            (Err(error), Some(ear)) if has_gone(&error) => {
                // What the server says of it can still be read.
                ear.heard().broken = Some(Broken::Failed(error.kind()));
                Ok(bytes.len())
            }
            (Err(error), None) if has_gone(&error) => {
                self.failed = Some(error);
                Err(ErrorKind::WouldBlock.into())
            }
            (other, _) => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.below.get_mut().flush()
    }
}
