//! The loop: wait, read, let the driver have its turn, write.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::session::{GRACE, Session};
use super::wake::Wakeups;
use super::{Driver, Moment, Nudge, Peers, Pollable, Signals, Turn, Waker};
use crate::error::Signal;
use crate::net::timespec;

/// A loop over connections, input and output; see the module's head.
pub struct Engine {
    peers: Peers,
    wakeups: Wakeups,
    signals: Option<Signals>,
    moment: Moment,
    /// A signal came: limits no longer wait for output that is held back.
    hurry: bool,
}

/// What an engine without a driver waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    Input,
    Signal(Signal),
    /// The time is up.
    Nothing,
}

/// What poll said of the descriptors that are no connections.
#[derive(Default)]
struct Ready {
    input: bool,
    output: bool,
    door: bool,
}

impl Engine {
    /// An engine without connections.
    ///
    /// # Errors
    /// When the system has no descriptors left.
    pub fn new() -> io::Result<Self> {
        let wakeups = Wakeups::new()?;
        let now = Instant::now();
        Ok(Engine {
            peers: Peers::new(wakeups.waker()),
            wakeups,
            signals: None,
            moment: Moment {
                now,
                quiet: now,
                input: false,
                output: false,
            },
            hurry: false,
        })
    }

    /// To wake this engine with, from other threads.
    pub fn waker(&self) -> Waker {
        self.peers.waker().clone()
    }

    pub fn peers(&mut self) -> &mut Peers {
        &mut self.peers
    }

    /// From now on signals are caught, and told to the driver.
    ///
    /// # Errors
    /// When the system does not let a handler be installed.
    pub fn heed_signals(&mut self) -> io::Result<Nudge> {
        let signals = match self.signals.take() {
            Some(signals) => signals,
            None => Signals::catch(&self.waker())?,
        };
        Ok(self.signals.insert(signals).nudge())
    }

    /// Waits for something to read, before there is a driver.
    ///
    /// # Errors
    /// When the system cannot poll.
    pub fn wait_for(&mut self, input: Pollable<'_>, until: Instant) -> io::Result<Waited> {
        loop {
            if let Some(signal) = self.signals.as_ref().and_then(Signals::take) {
                return Ok(Waited::Signal(signal));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Waited::Nothing);
            }
            let mut fds = [
                self.wakeups.entry(),
                PollFd::from_borrowed_fd(input, PollFlags::IN),
            ];
            match poll(&mut fds, Some(&timespec(left))) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let [woken, ready] = fds.map(|fd| !fd.revents().is_empty());
            if woken {
                self.wakeups.drain();
            } else if ready {
                return Ok(Waited::Input);
            }
        }
    }

    /// Runs until the driver is done.
    ///
    /// # Errors
    /// When the system cannot poll.
    pub fn run(mut self, driver: &mut impl Driver) -> io::Result<()> {
        loop {
            self.peers.take_arrivals(driver);
            if let Some(signal) = self.signals.as_ref().and_then(Signals::take) {
                self.hurry = true;
                driver.stopped(&mut self.peers, signal);
            }
            if self.signals.as_ref().is_some_and(Signals::take_resumed) {
                driver.resumed();
            }
            self.read(driver);
            if driver.turn(&mut self.peers, &self.moment) == Turn::Done {
                return Ok(());
            }
            self.peers.flush(self.moment.now);
            let mut moment = self.moment;
            if self.hurry {
                moment.quiet = moment.now;
            }
            let reaped = self.peers.reap(driver, &moment);
            let ready = self.wait(driver, reaped)?;
            self.moment.input = ready.input;
            self.moment.output = ready.output;
            if ready.door {
                self.peers.admit();
            }
        }
    }

    /// Delivers what has arrived, and notes up to when that is everything.
    fn read(&mut self, driver: &mut impl Driver) {
        let now = Instant::now();
        self.moment.now = now;
        if self
            .deadline(driver)
            .is_some_and(|deadline| deadline <= now)
        {
            // A limit has passed: whatever came in time must count.
            for session in &mut self.peers.sessions {
                session.look_again();
            }
        }
        self.peers.read(driver, now);
        let sessions = &self.peers.sessions;
        if sessions.iter().all(Session::is_drained) {
            self.moment.quiet = now;
        } else if sessions
            .iter()
            .all(|session| session.is_drained() || session.is_busy(driver))
        {
            // One that talks on without a pause holds nobody for ever.
            let read = now.checked_sub(GRACE).unwrap_or(now);
            self.moment.quiet = self.moment.quiet.max(read);
        }
    }

    fn deadline(&self, driver: &impl Driver) -> Option<Instant> {
        let sessions = self
            .peers
            .sessions
            .iter()
            .filter_map(|session| session.deadline(driver, self.hurry));
        sessions.chain(driver.wants(&self.peers).deadline).min()
    }

    /// Sleeps until there is something to do.
    fn wait(&mut self, driver: &impl Driver, busy: bool) -> io::Result<Ready> {
        let wants = driver.wants(&self.peers);
        let sessions = &self.peers.sessions;
        let busy = busy || wants.again || sessions.iter().any(|session| session.is_busy(driver));
        let mut fds = vec![self.wakeups.entry()];
        let interests: Vec<PollFlags> = sessions
            .iter()
            .map(|session| session.interest(driver))
            .collect();
        for (session, flags) in sessions.iter().zip(&interests) {
            // A socket that is held back is left out: its end would wake us
            // again and again.
            if !flags.is_empty() {
                fds.push(PollFd::from_borrowed_fd(
                    session.socket().pollable(),
                    *flags,
                ));
            }
        }
        let others = [
            (wants.input, PollFlags::IN),
            (wants.output, PollFlags::OUT),
            (wants.reader, PollFlags::empty()),
            (self.peers.door(), PollFlags::IN),
        ];
        for (fd, flags) in others {
            fds.extend(fd.map(|fd| PollFd::from_borrowed_fd(fd, flags)));
        }
        let left = |at: Instant| at.saturating_duration_since(Instant::now());
        let timeout = match busy {
            true => Some(Duration::ZERO),
            false => self.deadline(driver).map(left),
        };
        let timeout = timeout.map(timespec);
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut found = fds.iter().map(PollFd::revents);
        let woken = found.next().is_some_and(|flags| !flags.is_empty());
        let flags: Vec<PollFlags> = interests
            .iter()
            .map(|flags| match flags.is_empty() {
                true => PollFlags::empty(),
                false => found.next().unwrap_or(PollFlags::empty()),
            })
            .collect();
        let mut ready = others
            .map(|(fd, _)| fd.is_some() && found.next().is_some_and(|flags| !flags.is_empty()));
        drop(fds);
        for (session, flags) in self.peers.sessions.iter_mut().zip(flags) {
            session.ready(flags);
        }
        if woken {
            self.wakeups.drain();
        }
        let [input, output, reader, door] = std::mem::take(&mut ready);
        Ok(Ready {
            input,
            output: output || reader,
            door,
        })
    }
}
