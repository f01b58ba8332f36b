//! What a hostile or broken server gets: every case over ws and over wss, each
//! held to an exit code, the first line of stderr, a time and an amount of
//! memory.
//!
//! The cases are tables of scripts; [`hold`] runs each of them both ways.

mod closing;
mod compression;
mod cut;
mod escapes;
mod floods;
mod frames;
mod handshake;
mod memory;
mod tls;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::support::{self, Authority, Command, Conn, Identity, Output, Server};
use memory::{BOUND, Watch, watched};

/// What every error begins with.
const ERROR: &str = "wstalk: error: ";

/// How long a run may take that waits for nothing, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Runs that go on at the same time.
const ABREAST: usize = 8;

/// The two ways to a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Ws,
    Wss,
}

const BOTH: [Way; 2] = [Way::Ws, Way::Wss];

/// Where the servers of a test stand, with the certificate they all show.
struct Site {
    authority: Authority,
    identity: Identity,
}

impl Site {
    fn new() -> Self {
        let authority = Authority::new();
        let identity = authority.localhost();
        Self {
            authority,
            identity,
        }
    }

    fn server(&self, way: Way, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
        match way {
            Way::Ws => Server::accept(script),
            Way::Wss => Server::accept_tls(&self.identity, script),
        }
    }

    /// The same with the upgrade before the script.
    fn upgraded(&self, way: Way, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
        self.server(way, move |conn| {
            conn.upgrade();
            script(conn);
        })
    }

    /// A conversation with this server that does not end by the end of stdin.
    fn talk(&self, server: &Server) -> (Command, Watch) {
        let (command, watch) = watched();
        (self.reaching(command, server).stdin_stays_open(), watch)
    }

    /// Tells the command where the server is and whom to trust.
    fn reaching(&self, command: Command, server: &Server) -> Command {
        let command = command.arg(server.url());
        if server.url().starts_with("ws://") {
            return command;
        }
        let file = self.authority.certificate_path();
        command.arg("--cacert").arg(file)
    }
}

type Script = dyn Fn(&mut Conn<'_>) + Send + Sync;

/// A server, and what the program must make of it.
#[derive(Clone)]
#[must_use = "a case does nothing until it is held"]
struct Case {
    name: String,
    script: Arc<Script>,
    options: Vec<String>,
    /// Nothing, and not the end, unless there is something here.
    stdin: Option<Vec<u8>>,
    code: i32,
    first: String,
    stdout: Vec<u8>,
    time: Range<Duration>,
}

impl Case {
    /// Ends well at once, with nothing on stdout, unless something else is said.
    fn new(
        name: impl Into<String>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            script: Arc::new(script),
            options: Vec::new(),
            stdin: None,
            code: 0,
            first: String::new(),
            stdout: Vec::new(),
            time: Duration::ZERO..AT_ONCE,
        }
    }

    /// The same after the upgrade.
    fn upgraded(
        name: impl Into<String>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, move |conn| {
            conn.upgrade();
            script(conn);
        })
    }

    fn options(mut self, options: &[&str]) -> Self {
        self.options
            .extend(options.iter().map(|word| (*word).to_owned()));
        self
    }

    fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_owned());
        self
    }

    /// The exit code, and the whole first line of stderr.
    fn ends(mut self, code: i32, first: impl Into<String>) -> Self {
        self.code = code;
        self.first = first.into();
        self
    }

    /// The exit code, and what the error says.
    fn fails(self, code: i32, error: &str) -> Self {
        self.ends(code, format!("{ERROR}{error}"))
    }

    fn prints(mut self, stdout: impl AsRef<[u8]>) -> Self {
        self.stdout = stdout.as_ref().to_owned();
        self
    }

    /// Not before the first, and surely before the second.
    fn takes(mut self, from: Duration, to: Duration) -> Self {
        self.time = from..to;
        self
    }

    #[track_caller]
    fn run(&self, site: &Site, way: Way) {
        let script = Arc::clone(&self.script);
        let server = site.server(way, move |conn| script(conn));
        let (command, watch) = site.talk(&server);
        let command = command.args(&self.options).within(self.time.end);
        let command = match &self.stdin {
            Some(bytes) => command.stdin(bytes),
            None => command,
        };
        let began = Instant::now();
        let output = command.run();
        let took = began.elapsed();
        self.check(way, &output, watch);
        let name = &self.name;
        assert!(self.time.contains(&took), "{name}, {way:?}: {took:?}");
        server.finish();
    }

    #[track_caller]
    fn check(&self, way: Way, output: &Output, watch: Watch) {
        let name = &self.name;
        let stderr = output.stderr_seen();
        let first = stderr.lines().next().unwrap_or_default();
        let seen = (output.exit_code(), first);
        let expected = (Some(self.code), &*self.first);
        assert_eq!(seen, expected, "{name}, {way:?}: {stderr}");
        assert_harmless(name, stderr);
        assert!(stderr.len() < 1024 * 1024, "{name}, {way:?}: a long stderr");
        let stdout = output.stdout_seen();
        assert!(
            stdout == self.stdout,
            "{name}, {way:?}: {} bytes on stdout, not {}: {:.100}",
            stdout.len(),
            self.stdout.len(),
            String::from_utf8_lossy(stdout),
        );
        assert_bounded(&format!("{name}, {way:?}"), watch.peak());
    }
}

#[track_caller]
fn assert_bounded(name: &str, peak: u64) {
    assert!(peak < BOUND, "{name}: {peak} bytes were resident");
}

/// Runs every case over ws and over wss.
#[track_caller]
fn hold(cases: &[Case]) {
    let site = Site::new();
    let runs: Vec<(&Case, Way)> = cases
        .iter()
        .flat_map(|case| BOTH.map(|way| (case, way)))
        .collect();
    abreast(&runs, |(case, way)| case.run(&site, *way));
}

/// Runs all of them, a few at a time.
fn abreast<T: Sync>(runs: &[T], run: impl Fn(&T) + Sync) {
    support::abreast(ABREAST, runs, run);
}

/// Nothing in it can drive a terminal.
#[track_caller]
fn assert_harmless(name: &str, stderr: &str) {
    let direction = |c: char| ('\u{202a}'..='\u{202e}').contains(&c);
    let harmful = |c: char| c != '\n' && (c.is_control() || direction(c));
    assert!(!stderr.contains(harmful), "{name}: {stderr:?}");
}

/// Sends this again and again until the client leaves.
fn forever(conn: &mut Conn<'_>, more: impl AsRef<[u8]>) {
    while conn.try_raw(&more).is_ok() {}
}
