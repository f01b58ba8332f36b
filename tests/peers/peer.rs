//! A server of `servers` while a test runs: where its ports are, and what it
//! said when it ended.

use std::fs::File;
use std::io::pipe;
use std::os::fd::OwnedFd;
use std::time::Duration;

use super::installed::Library;
use super::support::Running;
use super::support::collector::{Allowance, Collector, Waited};
use super::support::wait::Deadline;

/// Long enough for a busy machine: who waits this long has failed.
const LIMIT: Duration = Duration::from_secs(60);

/// Ends its process when it is dropped.
#[must_use = "a server's report is read with .finish()"]
pub struct Peer {
    running: Running,
    stdout: Collector,
    ports: Vec<u16>,
}

impl Peer {
    /// Starts a server program, which serves once it has said its ports: a line
    /// of numbers with blanks between them.
    #[track_caller]
    pub fn serve(library: Library, name: &str, arguments: &[&str]) -> Self {
        let (reader, writer) = pipe().expect("a pipe for the server's stdout");
        let running = library
            .program(name)
            .args(arguments)
            .within(LIMIT)
            .stdout_to(File::from(OwnedFd::from(writer)))
            .start();
        let stdout = Collector::start(reader.into(), Allowance::Everything);
        let waited = stdout.wait_until(Deadline::after(LIMIT), |bytes| bytes.contains(&b'\n'));
        if waited != Waited::Fulfilled {
            panic!(
                "no ports on stdout: {waited:?}\n{}",
                running.stderr_so_far()
            );
        }
        let said = text_of(&stdout);
        let line = said.lines().next().unwrap_or_default();
        let ports = line.split(' ').map(|port| port.parse().expect("a port"));
        let ports = ports.collect();
        Self {
            running,
            stdout,
            ports,
        }
    }

    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Closes its stdin, at which it ends once its connections have ended, and
    /// returns the lines that followed the first.
    #[track_caller]
    pub fn finish(mut self) -> Vec<String> {
        self.running.close_stdin();
        self.running.finish().stderr("").code(0);
        let ended = self.stdout.wait_end(Deadline::after(LIMIT));
        assert!(ended, "the server has ended, but its stdout was kept open");
        text_of(&self.stdout)
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect()
    }
}

fn text_of(stream: &Collector) -> String {
    String::from_utf8(stream.bytes()).expect("a server that prints UTF-8")
}
