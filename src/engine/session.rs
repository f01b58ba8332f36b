//! One open connection in the engine: reading, flushing, and how it ends.
//!
//! Every wait has a limit: for the other end's Close `close_timeout`, for the
//! end of TCP after both Close frames one second.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;

use super::keep_alive::{KeepAlive, Pings};
use super::{AfterClose, Driver, Ended, How, Moment, PeerId};
use crate::net::{Socket, Stream};
use crate::open::Opened;
use crate::ws::{Broken, Connection, Fault, Flushed, Onlookers, Received, Role, Step, Writer};

/// How long the end of TCP may take after the closing handshake.
const FIN_TIME: Duration = Duration::from_secs(1);
/// How long a limit may be exceeded while the other end keeps on talking: what
/// it sent in time has been read by then.
pub(super) const GRACE: Duration = Duration::from_millis(500);
/// Received things handled in one turn, so that signals and timers get theirs.
const BUDGET: usize = 16 * 1024;
/// Payload that counts as one more of them, in bytes.
const PORTION: usize = 256;
/// What a read counts that gave nothing to handle: it may have been full of
/// empty fragments.
const IDLE_READ: usize = BUDGET / 2;

/// What a connection may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the other end's Close frame may take after ours.
    pub close_timeout: Duration,
    /// The largest message in bytes; a larger one ends the connection with 1009.
    pub message: u64,
    /// Longer messages go out in fragments of this size, in bytes.
    pub fragment: usize,
    /// Pings of our own.
    pub pings: Option<Pings>,
    /// At our end the connection is dropped, without a closing handshake.
    pub drops: bool,
    /// What is not sent is kept for another connection.
    pub keeps_unsent: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            close_timeout: Duration::from_secs(5),
            message: u64::MAX,
            fragment: 1024 * 1024,
            pings: None,
            drops: false,
            keeps_unsent: false,
        }
    }
}

pub(super) struct Session {
    pub(super) id: PeerId,
    connection: Connection<Stream>,
    role: Role,
    close_timeout: Duration,
    /// A read may give something.
    more: bool,
    flush_blocked: bool,
    received_close: Option<Vec<u8>>,
    closed_by_us: bool,
    fault: Option<Fault>,
    /// Until when the other end may take its time with closing.
    patience: Option<Instant>,
    sending_over: bool,
    /// Writing failed; reading goes on, for what the other end said before.
    send_error: Option<io::Error>,
    keep_alive: Option<KeepAlive>,
    drops: bool,
    over: Option<How>,
}

impl Session {
    pub(super) fn new(id: PeerId, opened: Opened, limits: &Limits, now: Instant) -> Self {
        let Opened {
            stream,
            already_read,
            role,
            handshake,
        } = opened;
        let mut connection = Connection::new(stream, role, &already_read);
        connection.set_message_limit(limits.message);
        connection.set_fragment(limits.fragment);
        if limits.keeps_unsent {
            connection.keep_unwritten();
        }
        if let Some(deflate) = &handshake.deflate {
            connection.set_deflate(deflate);
        }
        Session {
            id,
            connection,
            role,
            close_timeout: limits.close_timeout,
            more: true,
            flush_blocked: false,
            received_close: None,
            closed_by_us: false,
            fault: None,
            patience: None,
            sending_over: false,
            send_error: None,
            keep_alive: limits.pings.map(|pings| KeepAlive::new(pings, now)),
            drops: limits.drops,
            over: None,
        }
    }

    pub(super) fn set_onlookers(&mut self, onlookers: &Onlookers) {
        self.connection.set_onlookers(onlookers);
    }

    pub(super) fn writer(&self) -> &Writer {
        self.connection.writer()
    }

    pub(super) fn writer_mut(&mut self) -> &mut Writer {
        self.connection.writer_mut()
    }

    pub(super) fn socket(&self) -> &Socket {
        self.connection.io().socket()
    }

    /// Whether a turn without sleep would read something.
    pub(super) fn is_busy(&self, driver: &impl Driver) -> bool {
        self.more && self.takes(driver)
    }

    /// Whether everything that had arrived has been read.
    pub(super) fn is_drained(&self) -> bool {
        !self.more
    }

    /// The next read asks the system again.
    pub(super) fn look_again(&mut self) {
        self.more = true;
        self.connection.io_mut().socket_mut().set_readable();
    }

    /// Ends the conversation from our side, with a closing handshake or without
    /// one.
    pub(super) fn leave(&mut self, payload: &[u8]) {
        match self.drops {
            true => self.writer_mut().hang_up(),
            false => self.writer_mut().close(payload),
        }
    }

    pub(super) fn cut(&mut self) {
        self.over.get_or_insert(How::Cut);
    }

    /// Delivers what has arrived, as long as the driver takes it.
    pub(super) fn read(&mut self, driver: &mut impl Driver, at: Instant) {
        let mut budget = BUDGET;
        while budget > 0 {
            budget -= 1;
            if !self.more || self.over.is_some() || !self.takes(driver) {
                return;
            }
            let step = self.connection.receive();
            if let (Ok((Step::Got(_) | Step::Coming, _)), Some(alive)) =
                (&step, &mut self.keep_alive)
            {
                alive.heard();
            }
            match step {
                Ok((Step::Got(received), writer)) => {
                    if let Received::Close(seen) = &received {
                        self.received_close = Some(seen.payload.to_vec());
                        self.fault = self.fault.take().or_else(|| seen.fault.clone());
                    }
                    if let Received::Data(piece) = &received {
                        budget = budget.saturating_sub(piece.bytes.len() / PORTION);
                    }
                    driver.event(self.id, at, &received, writer);
                }
                Ok((Step::Coming, _)) => budget = budget.saturating_sub(IDLE_READ),
                Ok((Step::Blocked, _)) => self.more = false,
                Ok((Step::Ended, _)) => self.finished(),
                Err(Broken::Fault(fault)) => {
                    driver.broken(self.id, at, &fault);
                    self.fault = Some(fault);
                }
                Err(Broken::Io(error)) => self.end(How::Failed(error)),
            }
        }
    }

    /// Writes what is queued, and moves the closing on.
    pub(super) fn flush(&mut self, now: Instant) {
        if self.over.is_some() || self.send_error.is_some() {
            return;
        }
        self.ping(now);
        if !self.flush_blocked && self.writer().pending() > 0 {
            match self.connection.flush() {
                Ok(Flushed::All) => {}
                Ok(Flushed::Blocked) => self.flush_blocked = true,
                Err(error) => return self.send_failed(error, now),
            }
        }
        self.watch_closing(now);
    }

    /// When to look at the clock again. While reading is held back it stands
    /// still, unless there is a `hurry`.
    pub(super) fn deadline(&self, driver: &impl Driver, hurry: bool) -> Option<Instant> {
        let looks = hurry || self.takes(driver);
        let alive = self.keep_alive.as_ref().filter(|_| !self.is_leaving());
        let next = alive.and_then(KeepAlive::next);
        let answer = alive.and_then(KeepAlive::patience).filter(|_| looks);
        let patience = self.patience.filter(|_| looks);
        [next, answer, patience].into_iter().flatten().min()
    }

    /// Ends what took too long: when everything that came in time has been
    /// read, or when that never comes to an end.
    pub(super) fn check_time(&mut self, moment: &Moment, driver: &impl Driver) {
        let alive = self.keep_alive.as_ref().filter(|_| !self.is_leaving());
        if let Some(limit) = alive.and_then(|alive| alive.passed(moment.quiet)) {
            self.end(How::Unresponsive(limit));
        }
        let Some(limit) = self.patience.filter(|_| self.over.is_none()) else {
            return;
        };
        let talks_on = self.takes(driver) && limit + GRACE <= moment.now;
        if limit <= moment.quiet || talks_on {
            match self.send_error.take() {
                Some(error) => self.end(How::Failed(error)),
                None if self.writer().has_hung_up() => self.end(How::Cut),
                None => self.end(How::Silent),
            }
        }
    }

    /// What to poll the socket for; nothing while it is held back.
    pub(super) fn interest(&self, driver: &impl Driver) -> PollFlags {
        let socket = self.socket();
        let mut flags = PollFlags::empty();
        let reads = self.takes(driver) && socket.reading_blocked();
        // TLS may have to read before it can write on.
        let reads_to_write = self.flush_blocked && !socket.writing_blocked();
        if reads || reads_to_write {
            flags |= PollFlags::IN;
        }
        if socket.writing_blocked() {
            flags |= PollFlags::OUT;
        }
        flags
    }

    /// Poll found something.
    pub(super) fn ready(&mut self, flags: PollFlags) {
        if flags.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            self.look_again();
        }
        if !flags.is_empty() {
            if self.flush_blocked && flags.contains(PollFlags::OUT) {
                // The other end takes what we send: it lives.
                self.keep_alive.iter_mut().for_each(KeepAlive::heard);
            }
            self.flush_blocked = false;
            // TLS may have had to write before it could read on.
            self.more = true;
        }
    }

    /// The end, if it has come.
    pub(super) fn take_end(&mut self) -> Option<Ended> {
        let how = self.over.take()?;
        if !self.sending_over {
            self.connection.io_mut().end_sending();
        }
        Some(Ended {
            how,
            received_close: self.received_close.take(),
            closed_by_us: self.closed_by_us,
            unsent: self.writer().unsent(),
            leftover: self.connection.leftover(),
            pending: self.writer().pending(),
            inside_message: self.connection.is_inside_message(),
        })
    }

    /// After the protocol is over there is nothing to hold back for; what can
    /// no longer be written does not become less.
    fn takes(&self, driver: &impl Driver) -> bool {
        self.protocol_over() || self.send_error.is_some() || driver.takes(self.id, self.writer())
    }

    fn protocol_over(&self) -> bool {
        self.fault.is_some() || self.connection.close_seen()
    }

    fn finished(&mut self) {
        let how = match self.send_error.take() {
            Some(error) => How::Failed(error),
            None => How::Finished,
        };
        self.end(how);
    }

    /// Ends the session. A reset after the closing handshake is normal: some
    /// servers do not wait for what is on its way to them. So it ends the way the protocol has told, else as given.
    fn end(&mut self, how: How) {
        self.over = Some(match (self.fault.take(), how) {
            (Some(fault), _) => How::Fault(fault),
            (None, how) if !self.connection.close_seen() => how,
            (None, How::Failed(error)) => How::Closed(AfterClose::Failed(error)),
            (None, How::Silent) => How::Closed(AfterClose::Open),
            (None, _) => How::Closed(AfterClose::Finished),
        });
    }

    /// What the other end sent before it went may still be there to read: a
    /// Close frame that says why, most of all.
    fn send_failed(&mut self, error: io::Error, now: Instant) {
        self.send_error = Some(error);
        self.patience = Some(now + FIN_TIME);
        self.look_again();
    }

    /// Whether the connection is at its end, so that it need not be kept alive.
    pub(super) fn is_leaving(&self) -> bool {
        self.over.is_some() || self.writer().is_closing() || self.send_error.is_some()
    }

    /// Sends the ping that is due. Where there is no room for it, the other end
    /// has to be heard of all the same.
    fn ping(&mut self, now: Instant) {
        let leaving = self.is_leaving();
        let alive = self.keep_alive.as_mut().filter(|_| !leaving);
        let due = alive.and_then(|alive| alive.due(now));
        if let Some(number) = due.filter(|_| self.writer().has_room()) {
            self.writer_mut().ping(number.as_bytes());
        }
    }

    fn watch_closing(&mut self, now: Instant) {
        if !self.writer().is_closing() {
            return;
        }
        if self.writer().has_hung_up() {
            self.closed_by_us = !self.protocol_over();
            self.patience.get_or_insert(now + self.close_timeout);
            if self.writer().pending() == 0 {
                self.end(How::Cut);
            }
            return;
        }
        if self.patience.is_none() {
            self.closed_by_us = !self.protocol_over();
            self.patience = Some(now + self.close_timeout);
        }
        let sent = self.writer().pending() == 0;
        if self.protocol_over() && sent && !self.sending_over {
            self.sending_over = true;
            self.patience = self.patience.map(|limit| limit.min(now + FIN_TIME));
            // The server ends TCP first (RFC 6455 section 7.1.1); after a
            // fault there is nothing to wait for.
            if self.role == Role::Server || self.fault.is_some() {
                self.connection.io_mut().end_sending();
            }
        }
    }
}
