//! Listens beneath TLS while the handshake goes on.
//!
//! TLS libraries do not tell the version, the cipher, or why a connection broke;
//! what came from the server does. At most 64 KiB of it are kept, until the
//! handshake is over; from then on a tap costs a look at an `Option`.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::Stream;
use super::hello::{ServerHello, server_hello};

/// More than any handshake says in the clear up to what is looked for.
const MAX_HEARD: usize = 64 * 1024;

/// The stream beneath TLS, and an ear on it.
#[derive(Debug)]
pub struct Tap {
    below: Stream,
    ear: Option<Ear>,
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
    Failed(io::ErrorKind),
}

impl Tap {
    pub(super) fn new(below: Stream) -> (Self, Ear) {
        let ear = Ear::default();
        let tap = Tap {
            below,
            ear: Some(ear.clone()),
        };
        (tap, ear)
    }

    pub(super) fn stop(&mut self) {
        self.ear = None;
    }

    pub(in super::super) fn below(&self) -> &Stream {
        &self.below
    }

    pub(in super::super) fn below_mut(&mut self) -> &mut Stream {
        &mut self.below
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
            Ok(0) if !into.is_empty() => heard.broken = Some(Broken::Ended),
            Ok(count) => {
                let room = MAX_HEARD - heard.bytes.len();
                let came = into.get(..*count).unwrap_or(into);
                heard.bytes.extend_from_slice(&came[..came.len().min(room)]);
            }
            Err(error) => heard.broken = Some(Broken::Failed(error.kind())),
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
        let written = self.below.write(bytes);
        if let (Some(ear), Err(error)) = (&self.ear, &written) {
            ear.heard().broken = Some(Broken::Failed(error.kind()));
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.below.flush()
    }
}
