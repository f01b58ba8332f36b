//! Connecting: TCP to the first address that answers, or a Unix socket.
//!
//! The addresses race (RFC 8305 section 5): one is tried, and as long as none has
//! answered, the next a quarter of a second later, or at once when one fails. The
//! first that connects wins, the others are closed. One thread, one poll, one
//! deadline.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::sockopt::{set_tcp_nodelay, socket_error};
use rustix::net::{AddressFamily, connect};

use super::os::{connect_unix, is_connecting, new_socket};
use super::{Address, Deadline, Socket, io_cause, timespec};

/// How long an address has the race to itself before the next joins it.
const HEAD_START: Duration = Duration::from_millis(250);

/// Addresses that are tried at once, at most: beyond that the oldest gives way.
const ABREAST: usize = 16;

/// Why nothing could be reached.
#[derive(Debug)]
pub enum DialError {
    /// Each address that was tried, in order of their failures.
    Failed(Vec<Unreached>),
    /// The deadline has passed. Those that failed before it, in the same order;
    /// any others kept silent.
    TimedOut(Vec<Unreached>),
}

/// An address that did not connect.
#[derive(Debug)]
pub struct Unreached {
    pub address: Address,
    pub cause: io::Error,
}

impl Unreached {
    /// Whether another try may end otherwise: not where the path is none, or not ours.
    pub fn may_be_reached_later(&self) -> bool {
        let kind = self.cause.kind();
        !matches!(kind, ErrorKind::InvalidInput | ErrorKind::PermissionDenied)
    }
}

/// What became of an address.
#[derive(Debug)]
pub enum Attempt {
    Trying(Address),
    Failed { address: Address, cause: String },
    Connected { address: Address, time: Duration },
}

/// Connects to the first of the addresses that answers, in their order; `tell`
/// hears once how each attempt begins, and once how it ends, unless it is left
/// behind by a faster one.
///
/// # Errors
/// When all have failed, or the deadline has passed.
pub fn dial(
    addresses: &[SocketAddr],
    deadline: Deadline,
    tell: &mut dyn FnMut(Attempt),
) -> Result<(Socket, Address), DialError> {
    race(addresses, HEAD_START, deadline, tell)
}

fn race(
    addresses: &[SocketAddr],
    head_start: Duration,
    deadline: Deadline,
    tell: &mut dyn FnMut(Attempt),
) -> Result<(Socket, Address), DialError> {
    let mut race = Race {
        running: Vec::new(),
        failed: Vec::new(),
        tell,
    };
    let mut waiting = addresses.iter();
    let mut next = Instant::now();
    loop {
        if race.running.is_empty() || next <= Instant::now() {
            match waiting.next() {
                Some(address) => race.start(*address),
                None if race.running.is_empty() => return Err(DialError::Failed(race.failed)),
                None => {}
            }
            next = Instant::now() + head_start;
        }
        let until = match waiting.as_slice() {
            [] => deadline.at(),
            _ => deadline.at().min(next),
        };
        match race.wait(until) {
            Turn::Won(runner) => return runner.finish(deadline, race.tell),
            Turn::Lost => next = Instant::now(),
            Turn::Quiet if deadline.remaining().is_err() => {
                return Err(DialError::TimedOut(race.failed));
            }
            Turn::Quiet => {}
        }
    }
}

/// Attempts that are under way, and those that have failed.
struct Race<'a> {
    /// In the order in which they began.
    running: Vec<Runner>,
    failed: Vec<Unreached>,
    tell: &'a mut dyn FnMut(Attempt),
}

/// A connection that is being made.
struct Runner {
    address: SocketAddr,
    socket: OwnedFd,
    began: Instant,
}

/// What a while of waiting came to.
enum Turn {
    Won(Runner),
    /// One has failed, or none is under way.
    Lost,
    Quiet,
}

impl Race<'_> {
    fn start(&mut self, address: SocketAddr) {
        if self.running.len() >= ABREAST {
            let oldest = self.running.remove(0);
            self.fail(oldest.address, ErrorKind::TimedOut.into());
        }
        (self.tell)(Attempt::Trying(address.into()));
        match Runner::start(address) {
            Ok(runner) => self.running.push(runner),
            Err(error) => self.fail(address, error.into()),
        }
    }

    fn fail(&mut self, address: SocketAddr, cause: io::Error) {
        (self.tell)(Attempt::Failed {
            address: address.into(),
            cause: io_cause(&cause),
        });
        let address = address.into();
        self.failed.push(Unreached { address, cause });
    }

    /// Waits until one has connected or failed, until then at most.
    fn wait(&mut self, until: Instant) -> Turn {
        if self.running.is_empty() {
            return Turn::Lost;
        }
        let ready = match ready(&self.running, until) {
            Ok(ready) => ready,
            Err(error) => {
                for runner in std::mem::take(&mut self.running) {
                    self.fail(runner.address, error.into());
                }
                return Turn::Lost;
            }
        };
        let mut turn = Turn::Quiet;
        for (runner, ready) in std::mem::take(&mut self.running).into_iter().zip(ready) {
            match ready.then(|| runner.outcome()) {
                None => self.running.push(runner),
                Some(Ok(())) => return Turn::Won(runner),
                Some(Err(cause)) => {
                    self.fail(runner.address, cause);
                    turn = Turn::Lost;
                }
            }
        }
        turn
    }
}

/// Which of them have connected or failed, as soon as one has.
fn ready(running: &[Runner], until: Instant) -> Result<Vec<bool>, Errno> {
    let left = timespec(until.saturating_duration_since(Instant::now()));
    let entry = |runner| PollFd::new(runner, PollFlags::OUT);
    let mut entries: Vec<PollFd<'_>> = running.iter().map(|r| entry(&r.socket)).collect();
    match poll(&mut entries, Some(&left)) {
        Ok(_) | Err(Errno::INTR) => {
            let ready = |entry: &PollFd<'_>| !entry.revents().is_empty();
            Ok(entries.iter().map(ready).collect())
        }
        Err(error) => Err(error),
    }
}

impl Runner {
    fn start(address: SocketAddr) -> Result<Self, Errno> {
        let began = Instant::now();
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = new_socket(family)?;
        ioctl_fionbio(&socket, true)?;
        match connect(&socket, &address) {
            Err(error) if !is_connecting(error) => Err(error),
            Ok(()) | Err(_) => Ok(Runner {
                address,
                socket,
                began,
            }),
        }
    }

    /// How it went, once it is ready.
    fn outcome(&self) -> io::Result<()> {
        socket_error(&self.socket)??;
        Ok(())
    }

    fn finish(
        self,
        deadline: Deadline,
        tell: &mut dyn FnMut(Attempt),
    ) -> Result<(Socket, Address), DialError> {
        let address = Address::Tcp(self.address);
        let ready = set_tcp_nodelay(&self.socket, true).map_err(io::Error::from);
        let socket = ready.and_then(|()| Socket::new(self.socket, deadline));
        concluded(socket, address, self.began, tell)
    }
}

/// Connects to a Unix socket.
///
/// # Errors
/// When that fails, or the deadline has passed.
pub fn dial_unix(
    path: &Path,
    deadline: Deadline,
    tell: &mut dyn FnMut(Attempt),
) -> Result<(Socket, Address), DialError> {
    let began = Instant::now();
    let address = Address::Unix(path.to_owned());
    tell(Attempt::Trying(address.clone()));
    let socket = connect_unix(path, deadline).and_then(|socket| Socket::new(socket, deadline));
    match socket {
        Err(error) if error.kind() == ErrorKind::TimedOut => Err(DialError::TimedOut(Vec::new())),
        socket => concluded(socket, address, began, tell),
    }
}

fn concluded(
    socket: io::Result<Socket>,
    address: Address,
    began: Instant,
    tell: &mut dyn FnMut(Attempt),
) -> Result<(Socket, Address), DialError> {
    match socket {
        Ok(socket) => {
            tell(Attempt::Connected {
                address: address.clone(),
                time: began.elapsed(),
            });
            Ok((socket, address))
        }
        Err(cause) => {
            tell(Attempt::Failed {
                address: address.clone(),
                cause: io_cause(&cause),
            });
            Err(DialError::Failed(vec![Unreached { address, cause }]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use rustix::net::{SocketAddrUnix, listen};
    use rustix::net::{bind, getsockname};
    #[cfg(target_os = "linux")]
    use std::net::TcpStream;
    use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(10))
    }

    fn open() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    fn bound() -> (OwnedFd, SocketAddr) {
        let socket = new_socket(AddressFamily::INET).unwrap();
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = getsockname(&socket).unwrap().try_into().unwrap();
        (socket, address)
    }

    /// A port that is taken and does not answer: its queue is full.
    #[cfg(target_os = "linux")]
    fn silent() -> (Vec<OwnedFd>, SocketAddr) {
        let (socket, address) = bound();
        listen(&socket, 0).unwrap();
        let mut held = vec![socket];
        while let Ok(call) = TcpStream::connect_timeout(&address, HEAD_START) {
            held.push(call.into());
            assert!(held.len() < 100, "the queue does not fill");
        }
        (held, address)
    }

    /// `try 1, failed 1` and so on, by the place in the list.
    fn told(addresses: &[SocketAddr], attempts: &[Attempt]) -> Vec<String> {
        let place = |address: &Address| {
            let found = addresses
                .iter()
                .position(|one| Address::Tcp(*one) == *address);
            found.unwrap() + 1
        };
        let text = |attempt: &Attempt| match attempt {
            Attempt::Trying(address) => format!("try {}", place(address)),
            Attempt::Failed { address, .. } => format!("failed {}", place(address)),
            Attempt::Connected { address, .. } => format!("connected {}", place(address)),
        };
        attempts.iter().map(text).collect()
    }

    fn run(addresses: &[SocketAddr], deadline: Deadline) -> (Result<Address, DialError>, String) {
        let mut attempts = Vec::new();
        let result = dial(addresses, deadline, &mut |attempt| attempts.push(attempt));
        let told = told(addresses, &attempts).join(", ");
        (result.map(|(_, address)| address), told)
    }

    #[test]
    fn the_first_address_that_answers_at_once_is_the_only_one_tried() {
        let ((_one, first), (_other, second)) = (open(), open());
        let (result, told) = run(&[first, second], soon());
        assert_eq!(result.unwrap(), Address::Tcp(first));
        assert_eq!(told, "try 1, connected 1");
    }

    #[test]
    fn after_a_failure_the_next_is_tried_at_once() {
        let ((_one, deaf), (_other, open)) = (bound(), open());
        let addresses = [vec![deaf; 40], vec![open]].concat();
        let began = Instant::now();
        let (result, told) = run(&addresses, soon());
        assert_eq!(result.unwrap(), Address::Tcp(open));
        assert!(
            told.starts_with("try 1, failed 1, try 1, failed 1"),
            "{told}"
        );
        assert!(told.ends_with("failed 1, try 41, connected 41"), "{told}");
        assert!(began.elapsed() < 20 * HEAD_START, "{:?}", began.elapsed());
    }

    /// Only Linux is known to let calls wait at a full door.
    #[cfg(target_os = "linux")]
    #[test]
    fn an_address_that_keeps_silent_is_overtaken() {
        let ((_one, silent), (_other, open)) = (silent(), open());
        let began = Instant::now();
        let (result, told) = run(&[silent, open], soon());
        assert_eq!(result.unwrap(), Address::Tcp(open));
        assert_eq!(told, "try 1, try 2, connected 2");
        assert!(began.elapsed() >= HEAD_START, "{:?}", began.elapsed());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn so_many_are_tried_at_once_and_then_the_oldest_gives_way() {
        let ((_one, silent), (_other, open)) = (silent(), open());
        let addresses = [vec![silent; ABREAST + 2], vec![open]].concat();
        let mut attempts = Vec::new();
        let result = race(
            &addresses,
            Duration::from_millis(1),
            soon(),
            &mut |attempt| {
                attempts.push(attempt);
            },
        );
        assert_eq!(result.unwrap().1, Address::Tcp(open));
        let told = told(&addresses, &attempts);
        assert!(
            told[..ABREAST].iter().all(|step| step == "try 1"),
            "{told:?}"
        );
        let given_up = told.iter().filter(|step| *step == "failed 1").count();
        assert_eq!(given_up, 3, "{told:?}");
        assert_eq!(told[ABREAST], "failed 1", "{told:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn silence_ends_at_the_deadline() {
        let (_held, silent) = silent();
        let (result, told) = run(&[silent], Deadline::after(Duration::from_millis(50)));
        let Err(DialError::TimedOut(failures)) = result else {
            panic!("{result:?}");
        };
        assert!(failures.is_empty(), "{failures:?}");
        assert_eq!(told, "try 1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_failed_before_the_deadline_is_not_forgotten() {
        let ((_one, deaf), (_held, silent)) = (bound(), silent());
        let soon = Deadline::after(Duration::from_millis(50));
        let (result, told) = run(&[deaf, silent], soon);
        let Err(DialError::TimedOut(failures)) = result else {
            panic!("{result:?}");
        };
        let seen: Vec<_> = failures.iter().map(|one| one.address.clone()).collect();
        assert_eq!(seen, [deaf.into()]);
        assert_eq!(told, "try 1, failed 1, try 2");
    }

    #[test]
    fn when_all_have_failed_each_is_named_with_its_cause() {
        let ((_one, first), (_other, second)) = (bound(), bound());
        let nobody = SocketAddr::from(([255, 255, 255, 255], 1));
        let (result, told) = run(&[first, nobody, second], soon());
        let Err(DialError::Failed(failures)) = result else {
            panic!("{result:?}");
        };
        let seen = |failure: &Unreached| (failure.address.clone(), failure.cause.kind());
        let seen: Vec<_> = failures.iter().map(seen).collect();
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[0], (first.into(), ErrorKind::ConnectionRefused));
        assert_eq!(seen[1].0, nobody.into());
        assert_eq!(seen[2], (second.into(), ErrorKind::ConnectionRefused));
        assert_eq!(told, "try 1, failed 1, try 2, failed 2, try 3, failed 3");
    }

    #[test]
    fn nothing_to_try_is_a_failure_too() {
        let (result, _) = run(&[], soon());
        assert!(matches!(result, Err(DialError::Failed(failures)) if failures.is_empty()));
    }

    fn unix(path: &Path, deadline: Deadline) -> Result<Address, DialError> {
        dial_unix(path, deadline, &mut |_| ()).map(|(_, address)| address)
    }

    fn failure(result: Result<Address, DialError>) -> ErrorKind {
        match result {
            Err(DialError::Failed(failures)) => failures[0].cause.kind(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_unix_socket_is_connected_to_or_its_failure_told() {
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        assert_eq!(failure(unix(&path, soon())), ErrorKind::NotFound);
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(unix(&path, soon()).unwrap(), Address::Unix(path.clone()));
        drop(listener);
        assert_eq!(failure(unix(&path, soon())), ErrorKind::ConnectionRefused);
        let long = folder.path().join("x".repeat(200));
        assert_eq!(failure(unix(&long, soon())), ErrorKind::InvalidFilename);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_unix_socket_that_nobody_accepts_on_is_waited_for_until_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let socket = new_socket(AddressFamily::UNIX).unwrap();
        bind(&socket, &SocketAddrUnix::new(&path).unwrap()).unwrap();
        listen(&socket, 0).unwrap();
        let short = || Deadline::after(Duration::from_millis(100));
        let mut held = Vec::new();
        let timed_out = loop {
            match dial_unix(&path, short(), &mut |_| ()) {
                Ok(call) => held.push(call),
                Err(error) => break error,
            }
            assert!(held.len() < 100, "the queue does not fill");
        };
        assert!(matches!(timed_out, DialError::TimedOut(_)), "{timed_out:?}");
    }
}
