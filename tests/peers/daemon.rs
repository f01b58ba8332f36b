//! A daemon of the system while a test runs: with a configuration and a folder
//! of the test's own, on ports of loopback that nobody had, without rights.
//!
//! Promises that it answers once it is started, and is gone when it is dropped.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use super::installed;
use super::support::wait::Deadline;
use super::support::{Command, Running, program};

/// Long enough for a busy machine: who waits this long has failed.
const LIMIT: Duration = Duration::from_secs(30);

/// How often is looked whether it answers.
const EVERY: Duration = Duration::from_millis(5);

/// Ports that the system gives nobody who does not ask for one by its number,
/// so that no other test gets one that was found free here.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A daemon's command, in a folder that is its own.
///
/// # Panics
/// When it is not installed.
#[track_caller]
pub fn daemon(name: &str) -> Command {
    program(installed::daemon(name)).within(LIMIT)
}

/// Ends its process when it is dropped.
#[must_use = "a daemon that is dropped has ended"]
pub struct Daemon {
    running: Running,
}

impl Daemon {
    /// Starts it, and waits until somebody answers at each of the ports.
    #[track_caller]
    pub fn start(command: Command, ports: &[u16]) -> Self {
        let running = command.start();
        let deadline = Deadline::after(LIMIT);
        for port in ports {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
            while TcpStream::connect(address).is_err() {
                // A daemon that has closed its stderr will not answer.
                let ended = running.stderr_ends_within(EVERY);
                if ended || deadline.passed() {
                    let said = running.stderr_so_far();
                    panic!("nobody answers at {address}; the daemon said:\n{said}");
                }
            }
        }
        Self { running }
    }

    /// To wait for what it logs.
    pub fn log(&mut self) -> &mut Running {
        &mut self.running
    }
}

/// A port at which nobody listens.
pub fn free_port() -> u16 {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let tried = (0..100).map(|_| rand::random_range(PORTS));
    let mut ports = tried.filter(free);
    ports.next().expect("a free port")
}

/// A file of `servers` with these values in it, put in the command's folder
/// under its own name.
#[track_caller]
pub fn configure(command: &Command, template: &str, values: &[(&str, String)]) -> PathBuf {
    let source = installed::servers().join(template);
    let mut text = fs::read_to_string(&source).expect("a template in servers");
    for (name, value) in values {
        let place = format!("@{name}@");
        assert!(text.contains(&place), "{template} has no {place}");
        text = text.replace(&place, value);
    }
    let open = text.split_whitespace().find(|word| word.contains('@'));
    assert_eq!(open, None, "{template} wants a value");
    let file = command.home().join(template);
    fs::write(&file, text).expect("room for a configuration");
    file
}
