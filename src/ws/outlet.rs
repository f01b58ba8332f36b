//! Where messages go: to one connection, or to several at once.

use super::{Piece, Writer};
use crate::message::Kind;

/// What takes messages that are to be sent, as a [`Writer`] does, whose methods say more.
pub trait Outlet {
    /// Queues a part of a data message.
    fn data(&mut self, piece: &Piece<'_>);

    /// Queues a whole message.
    fn message(&mut self, kind: Kind, bytes: &[u8]);

    fn ping(&mut self, data: &[u8]);

    fn pong(&mut self, data: &[u8]);

    /// Queues a Close frame, the last frame of all.
    fn close(&mut self, payload: &[u8]);

    /// Whether more should be queued now.
    fn has_room(&self) -> bool;

    /// Whether nothing more is taken, for good.
    fn is_closing(&self) -> bool;
}

impl Outlet for Writer {
    fn data(&mut self, piece: &Piece<'_>) {
        Writer::data(self, piece);
    }

    fn message(&mut self, kind: Kind, bytes: &[u8]) {
        Writer::message(self, kind, bytes);
    }

    fn ping(&mut self, data: &[u8]) {
        Writer::ping(self, data);
    }

    fn pong(&mut self, data: &[u8]) {
        Writer::pong(self, data);
    }

    fn close(&mut self, payload: &[u8]) {
        Writer::close(self, payload);
    }

    fn has_room(&self) -> bool {
        Writer::has_room(self)
    }

    fn is_closing(&self) -> bool {
        Writer::is_closing(self)
    }
}
