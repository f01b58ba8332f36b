//! The message layer: RFC 6455 sections 5 to 8 over anything that is `Read + Write`.
//!
//! [`Connection`] reads frames, lends the pieces of messages straight from its
//! input buffer (or from the buffer that they were inflated into), answers pings and Close frames, and queues what is to be
//! sent. It knows no sockets, no threads and no clock: whoever owns it decides
//! when to read, when to flush and how long to wait. Memory is bounded by the
//! buffers, never by a length that a frame claims.
//!
//! Frame headers, opcodes and close codes are tungstenite's.

mod assembler;
#[cfg(test)]
mod cases;
mod close;
#[cfg(test)]
mod compressed;
mod connection;
mod deflate;
mod extension;
mod fault;
mod header;
mod leftover;
mod mask;
mod open_message;
mod outlet;
mod queue;
mod reader;
mod receipts;
mod sight;
mod utf8;
mod watch;
mod writer;

pub use assembler::Assembler;
pub use close::CloseSeen;
pub use connection::{Broken, Connection, Received, Step};
pub use extension::{Deflate, DeflateSide, OFFER, WrongAnswer};
pub use fault::Fault;
pub use leftover::Leftover;
pub use outlet::Outlet;
pub use reader::Piece;
pub use receipts::Unsent;
pub use utf8::Utf8;
pub use watch::{BEGINNING, Direction, FrameSeen, Onlookers, Stage, Watch, opcode};
pub use writer::{Flushed, Writer};

/// Which end of the connection this is.
///
/// It decides who masks (the client) and who must not (the server), RFC 6455
/// section 5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Client,
    Server,
}

impl Role {
    fn other(self) -> Self {
        match self {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }
}
