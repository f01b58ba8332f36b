//! How a connection came to its end, and what of it is a failure.

use std::io;
use std::time::Duration;

use crate::error::{Error, Stage};
use crate::message::{close_code, close_reason};
use crate::net::io_cause;
use crate::ws::{Fault, Leftover, Unsent};

/// How a connection came to its end.
#[derive(Debug)]
pub struct Ended {
    pub how: How,
    /// The payload of the other end's Close frame, if one came.
    pub received_close: Option<Vec<u8>>,
    /// Our Close frame was queued before any came.
    pub closed_by_us: bool,
    pub unsent: Unsent,
    /// What that is, if it was to be kept.
    pub leftover: Leftover,
    /// Bytes that were queued and never written.
    pub pending: usize,
    /// A message had begun to arrive.
    pub inside_message: bool,
}

/// What ended it.
#[derive(Debug)]
pub enum How {
    /// Both Close frames were exchanged; then this became of TCP.
    Closed(AfterClose),
    /// TCP ended without a Close frame from the other end.
    Finished,
    Failed(io::Error),
    /// The other end broke the protocol.
    Fault(Fault),
    /// No Close frame came in time after ours.
    Silent,
    /// Nothing at all came for so long after a ping of ours.
    Unresponsive(Duration),
    /// We dropped it.
    Cut,
}

/// What became of TCP after the closing handshake.
#[derive(Debug)]
pub enum AfterClose {
    /// It ended as it should.
    Finished,
    Failed(io::Error),
    /// Its end did not come in time.
    Open,
}

impl Ended {
    /// The connection's own failure, if it was one.
    ///
    /// What was closed by us is none, however little the other end did about
    /// it, unless it broke the protocol.
    pub fn error(&self) -> Option<Error> {
        match &self.how {
            How::Fault(fault) => Some(Error::Protocol(fault.clone())),
            _ if self.closed_by_us => None,
            How::Closed(_) => self.closed_with_error(),
            How::Finished => Some(Error::Lost(
                "the server ended it without a close frame (1006)".into(),
            )),
            How::Failed(error) => Some(Error::Lost(format!("{} (1006)", io_cause(error)))),
            How::Unresponsive(limit) => Some(Error::Timeout {
                stage: Stage::Ping,
                limit: *limit,
            }),
            How::Silent | How::Cut => None,
        }
    }

    /// The other end's close code, if its Close frame had one.
    pub fn code(&self) -> Option<u16> {
        close_code(self.received_close.as_deref()?)
    }

    fn closed_with_error(&self) -> Option<Error> {
        let payload = self.received_close.as_deref()?;
        let code = close_code(payload).filter(|code| !matches!(code, 1000 | 1001))?;
        let reason = String::from_utf8_lossy(close_reason(payload)).into_owned();
        Some(Error::Closed { code, reason })
    }
}
