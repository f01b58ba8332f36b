//! Bytes from one connection to another and back, until both have ended.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::ioctl_fionbio;

use super::stream::Stream;
use super::wait::{Deadline, Ready, Wake, wait_for_any};

/// A relay that nobody uses for so long has failed.
const IDLE: Duration = Duration::from_secs(20);
/// What is under way in each direction, at most.
const ROOM: usize = 64 * 1024;

/// One end of a connection that can be relayed.
pub trait End: Read + Write + AsFd {
    /// Says that nothing more will come.
    fn end(&mut self);
}

impl End for TcpStream {
    fn end(&mut self) {
        drop(self.shutdown(Shutdown::Write));
    }
}

impl End for UnixStream {
    fn end(&mut self) {
        drop(self.shutdown(Shutdown::Write));
    }
}

impl End for Stream {
    fn end(&mut self) {
        self.shutdown_write();
    }
}

/// Relays until both ends have ended, one has broken, or the test is over.
pub fn relay(one: &mut impl End, other: &mut impl End, finished: &Wake) {
    for end in [one.as_fd(), other.as_fd()] {
        ioctl_fionbio(end, true).expect("a socket that does not block");
    }
    let (mut there, mut back) = (Lane::default(), Lane::default());
    loop {
        let (Some(there_moved), Some(back_moved)) = (there.run(one, other), back.run(other, one))
        else {
            return;
        };
        if there.done && back.done {
            return;
        }
        if there_moved || back_moved {
            continue;
        }
        let ends = [
            (one.as_fd(), there.reads() | back.writes()),
            (other.as_fd(), back.reads() | there.writes()),
        ];
        match wait_for_any(&ends, finished, Deadline::after(IDLE)) {
            Ready::Descriptor => {}
            Ready::Woken | Ready::TimedOut => return,
        }
    }
}

/// One direction.
#[derive(Default)]
struct Lane {
    waiting: Vec<u8>,
    ended: bool,
    /// The end was passed on.
    done: bool,
}

impl Lane {
    /// Whether anything moved; none if one end has broken.
    fn run(&mut self, from: &mut impl End, to: &mut impl End) -> Option<bool> {
        let mut moved = false;
        if !self.ended && self.waiting.is_empty() {
            let mut chunk = vec![0; ROOM];
            match from.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(count) => self.waiting.extend_from_slice(&chunk[..count]),
                Err(error) if is_passing(&error) => {}
                Err(_) => return None,
            }
            moved = self.ended || !self.waiting.is_empty();
        }
        if !self.waiting.is_empty() {
            match to.write(&self.waiting) {
                Ok(count) => {
                    self.waiting.drain(..count);
                    moved = true;
                }
                Err(error) if is_passing(&error) => {}
                Err(_) => return None,
            }
        }
        if self.ended && self.waiting.is_empty() && !self.done {
            to.end();
            self.done = true;
            moved = true;
        }
        Some(moved)
    }

    fn reads(&self) -> PollFlags {
        match !self.ended && self.waiting.is_empty() {
            true => PollFlags::IN,
            false => PollFlags::empty(),
        }
    }

    fn writes(&self) -> PollFlags {
        match self.waiting.is_empty() {
            true => PollFlags::empty(),
            false => PollFlags::OUT,
        }
    }
}

fn is_passing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
