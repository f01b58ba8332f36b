//! The seam for onlookers: who wants to see every frame.

use tungstenite::protocol::frame::FrameHeader;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Received,
    Sent,
}

/// A frame on its way.
#[derive(Debug)]
pub struct FrameSeen<'a> {
    pub direction: Direction,
    pub header: &'a FrameHeader,
    /// The payload's length in bytes, as the header says it.
    pub length: u64,
    /// The payload, unmasked: whole in a control frame and in a frame that is
    /// sent, as much as has arrived in a data frame that is received.
    pub payload: &'a [u8],
}

/// Told of each frame when its header was read, or when it is queued.
///
/// A connection without one pays nothing for the seam.
pub trait Watch {
    fn frame(&mut self, frame: &FrameSeen<'_>);
}
