//! Raw TCP and raw TLS: the smallest programs that move the same bytes between
//! stdin, a socket and stdout. What they take, nobody who uses pipes and that
//! socket can save.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};

use crate::helper::Target;
use crate::wire::Wire;
use crate::work::Way;

/// Bytes that are moved at once.
const CHUNK: usize = 128 * 1024;

/// Moves the bytes of the job until the other end is reached.
pub fn run(way: Way, target: &Target) -> io::Result<()> {
    let mut wire = target.dial()?;
    wire.write_all(format!("RAW /job/{}\n", target.job).as_bytes())?;
    let (mut stdin, mut stdout) = standard()?;
    match (way, wire) {
        (Way::Echo, Wire::Plain(tcp)) => both(&mut stdin, &mut stdout, tcp),
        (Way::Echo, _) => Err(io::Error::other("the echo is without TLS")),
        (Way::Up, mut wire) => {
            pass(&mut stdin, &mut wire)?;
            wire.end();
            // The server has counted when it ends.
            _ = wire.read(&mut [0])?;
            Ok(())
        }
        (Way::Down, mut wire) => pass(&mut wire, &mut stdout),
    }
}

/// stdin and stdout without buffers.
pub fn standard() -> io::Result<(File, File)> {
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    Ok((File::from(stdin), File::from(stdout)))
}

/// Passes on until the end; a TLS record is 16 KiB at most, so reads are
/// gathered.
fn pass(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let mut filled = 0;
        let mut ended = false;
        while filled < CHUNK / 2 && !ended {
            let count = from.read(&mut chunk[filled..])?;
            filled += count;
            ended = count == 0;
        }
        to.write_all(&chunk[..filled])?;
        if ended {
            return Ok(());
        }
    }
}

/// Both ways in one thread that sleeps in poll.
fn both(stdin: &mut File, stdout: &mut File, mut tcp: TcpStream) -> io::Result<()> {
    tcp.set_nonblocking(true)?;
    let (mut up, mut down) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut at, mut filled, mut open) = (0, 0, true);
    loop {
        let pending = at < filled;
        let socket = if pending {
            PollFlags::IN | PollFlags::OUT
        } else {
            PollFlags::IN
        };
        let input = if open && !pending {
            PollFlags::IN
        } else {
            PollFlags::empty()
        };
        let mut fds = [PollFd::new(&tcp, socket), PollFd::new(&*stdin, input)];
        let watched = if input.is_empty() { 1 } else { 2 };
        poll(&mut fds[..watched], None)?;
        let (socket, input) = (fds[0].revents(), fds[1].revents());
        if watched == 2 && !input.is_empty() {
            (at, filled) = (0, stdin.read(&mut up)?);
            if filled == 0 {
                open = false;
                tcp.shutdown(std::net::Shutdown::Write)?;
            }
        }
        if at < filled {
            at += none_if_blocked(tcp.write(&up[at..filled]))?.unwrap_or(0);
        }
        if socket.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            match none_if_blocked(tcp.read(&mut down))? {
                Some(0) => return Ok(()),
                Some(count) => stdout.write_all(&down[..count])?,
                None => {}
            }
        }
    }
}

fn none_if_blocked(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
