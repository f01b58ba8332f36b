//! The driver of an echo server: `listen --echo` and `demo`.
//!
//! A peer that does not read its echo is not read from either, so that no
//! memory grows with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::engine::{Driver, End, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::Signal;
use crate::message::close_payload;
use crate::open::Handshake;
use crate::view::Printer;
use crate::ws::{Received, Writer};

/// Ends an echo server from another thread.
#[derive(Clone)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    waker: Waker,
}

impl Stop {
    pub fn new(waker: Waker) -> Self {
        Stop {
            asked: Arc::default(),
            waker,
        }
    }

    /// Closes every client with 1001.
    pub fn stop(&self) {
        self.asked.store(true, Ordering::Release);
        self.waker.wake();
    }
}

/// See the module's head.
pub struct Echo {
    stop: Stop,
    stopping: bool,
    /// What is said of clients, if that is asked for.
    lines: Option<Printer>,
}

impl Echo {
    /// Goes on until a signal comes or `stop` is asked for.
    pub fn new(stop: Stop) -> Self {
        Echo {
            stop,
            stopping: false,
            lines: None,
        }
    }

    /// The same with an eye on the clients.
    #[must_use]
    pub fn watched(self, lines: Printer) -> Self {
        Echo {
            lines: Some(lines),
            ..self
        }
    }

    fn stop(&mut self, peers: &mut Peers) {
        self.stopping = true;
        peers.stop_listening();
        peers.close_all(&close_payload(Some(1001), ""));
    }
}

impl Driver for Echo {
    fn opened(&mut self, _: PeerId, _: &Handshake, writer: &mut Writer) {
        if self.stopping {
            writer.close(&close_payload(Some(1001), ""));
        }
    }

    fn takes(&self, _: PeerId, writer: &Writer) -> bool {
        // After our Close nothing goes back any more.
        let room = writer.has_room() || writer.is_closing();
        room && !self.lines.as_ref().is_some_and(Printer::is_full)
    }

    fn event(&mut self, _: PeerId, _: Instant, received: &Received<'_>, writer: &mut Writer) {
        if let Received::Data(piece) = received {
            writer.data(piece);
        }
    }

    /// A server goes on whatever becomes of one client.
    fn ended(&mut self, _: PeerId, _: End) {}

    fn turn(&mut self, peers: &mut Peers, _: &Moment) -> Turn {
        if let Some(lines) = &mut self.lines {
            lines.show();
        }
        if self.stop.asked.load(Ordering::Acquire) && !self.stopping {
            self.stop(peers);
        }
        if self.stopping && peers.is_empty() {
            self.lines.iter_mut().for_each(Printer::settle);
            return Turn::Done;
        }
        Turn::Going
    }

    fn wants(&self, _: &Peers) -> Wants<'_> {
        Wants {
            again: self.lines.as_ref().is_some_and(Printer::is_waiting),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, _: Signal) {
        if self.stopping {
            peers.cut_all();
        }
        self.stop(peers);
    }
}
