//! The driver that sends every data message back: `listen --echo`, `demo` and
//! `--echo`.
//!
//! A peer that does not read its echo is not read from either, so that no
//! memory grows with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::engine::{Driver, End, Moment, PeerId, Peers, Turn, Waker, Wants};
use crate::error::{Error, Signal};
use crate::message::close_payload;
use crate::open::Handshake;
use crate::run_limit::RunLimit;
use crate::ws::{Received, Writer};

/// How long an echo goes on.
pub enum Until {
    /// As long as somebody wants it: a server.
    Stopped(Stop),
    /// A client's one connection, at most so long in all.
    Closed(RunLimit),
}

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
    until: Until,
    stopping: bool,
    error: Option<Error>,
}

impl Echo {
    pub fn new(until: Until) -> Self {
        Echo {
            until,
            stopping: false,
            error: None,
        }
    }

    /// Why it did not end well, if so.
    pub fn into_error(self) -> Option<Error> {
        self.error
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

    fn takes(&self, writer: &Writer) -> bool {
        writer.has_room()
    }

    fn event(&mut self, _: PeerId, _: Instant, received: &Received<'_>, writer: &mut Writer) {
        if let Received::Data(piece) = received {
            writer.data(piece);
        }
    }

    fn ended(&mut self, _: PeerId, end: End) {
        // A server goes on whatever becomes of one client.
        if let Until::Closed(_) = self.until {
            let error = match end {
                End::NotOpened(error) => Some(error),
                End::Over(ended) => ended.error(),
            };
            self.error = self.error.take().or(error);
            self.stopping = true;
        }
    }

    fn turn(&mut self, peers: &mut Peers, moment: &Moment) -> Turn {
        if let Until::Stopped(stop) = &self.until
            && stop.asked.load(Ordering::Acquire)
            && !self.stopping
        {
            self.stop(peers);
        }
        if let Until::Closed(limit) = &self.until
            && let Some(error) = limit.passed(moment.now)
        {
            self.error = Some(error);
            return Turn::Done;
        }
        match self.stopping && peers.is_empty() {
            true => Turn::Done,
            false => Turn::Going,
        }
    }

    fn wants(&self, _: &Peers) -> Wants<'_> {
        Wants {
            deadline: match &self.until {
                Until::Closed(limit) => limit.deadline(),
                Until::Stopped(_) => None,
            },
            ..Wants::default()
        }
    }

    fn stopped(&mut self, peers: &mut Peers, signal: Signal) {
        if let Until::Closed(_) = self.until {
            self.error = Some(Error::Stopped(signal));
        }
        if self.stopping {
            peers.cut_all();
        }
        self.stop(peers);
    }
}
