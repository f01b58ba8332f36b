//! A round: the program and its server, each on its way, and what was seen.
//!
//! Promises that both are gone when it is over, and that what stdin still held
//! is counted, so that it is known to the byte what the program has read.

use std::fs::File;
use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write, pipe};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::process::Signal;

use super::chance::Chance;
use super::message::Content;
use super::peer::{self, MOST_REST, Seen};
use super::plan::{Disturbance, Plan, Stdin};
use super::support::stream::Tls;
use super::support::wait::{Ready, Wake, set_non_blocking, wait};
use super::support::{Authority, Command, Gate, Identity, Running, wstalk};

/// A program that runs longer hangs: no plan waits for so long.
const LIMIT: Duration = Duration::from_secs(20);

/// What every round shares.
pub struct World {
    identity: Identity,
    trusted: PathBuf,
    /// SIGINT; SIGTERM where the soak was started with SIGINT ignored, which
    /// the program would inherit and keep.
    interrupt: Signal,
    /// The files are there as long as this is.
    _authority: Authority,
}

impl World {
    pub fn with_certificates() -> Self {
        let authority = Authority::new();
        Self {
            identity: authority.localhost(),
            trusted: authority.certificate_path(),
            interrupt: match interrupts_are_ignored() {
                true => Signal::TERM,
                false => Signal::INT,
            },
            _authority: authority,
        }
    }
}

/// Shells start what runs in their background so. False where the system does
/// not tell.
fn interrupts_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = line.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set >> (Signal::INT.as_raw() - 1) & 1 == 1)
}

/// What a round left behind.
#[derive(Clone, Debug)]
pub struct Facts {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
    pub given: Content,
    /// Bytes of it that the program has read.
    pub read: usize,
    /// From the start of the program to its end.
    pub took: Duration,
    pub server: Seen,
}

/// Says that the program has ended, however the round does.
struct Ended<'a>(&'a Wake);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// Plays the round. None if --max-time was over before the connection was open.
/// An error is a violation too: of the limit, or a server that was not called.
/// Panics where the test's vocabulary does.
pub fn play(plan: &Plan, world: &World) -> Result<Option<Facts>, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let (reader, writer) = pipe().expect("a pipe for stdin");
    let left = reader.try_clone().expect("a second reader");
    let given = given(&plan.stdin);
    let (opened, program_ended) = (Gate::default(), Wake::default());
    let tls = plan.tls.then(|| Tls::from(&world.identity));
    let command = command(plan, world, port).stdin_from(File::from(OwnedFd::from(reader)));
    std::thread::scope(|scope| {
        let ended = Ended(&program_ended);
        let server = scope.spawn(|| {
            peer::serve(
                &listener,
                tls.as_ref(),
                &plan.script,
                &opened,
                &program_ended,
            )
        });
        let feeder = scope.spawn(|| give(&given.bytes, writer, &plan.stdin, &program_ended));
        let began = Instant::now();
        let running = command.start();
        let output = conducted(running, plan, world, &opened).finish();
        let took = began.elapsed();
        drop(ended);
        let written = feeder.join().expect("a feeder that does not panic");
        let server = match server.join() {
            Ok(seen) => seen,
            Err(_) => Err("the server of the round panicked".to_owned()),
        };
        let stderr = output.stderr_seen().to_owned();
        let code = output.exit_code();
        if server.is_err() && plan.max_time.is_some() && code == Some(28) {
            return Ok(None);
        }
        Ok(Some(Facts {
            code,
            stdout: output.stdout_seen().to_owned(),
            server: server.map_err(|problem| format!("{problem}; stderr:\n{stderr}"))?,
            stderr,
            read: written - unread(left),
            given: given.clone(),
            took,
        }))
    })
}

fn command(plan: &Plan, world: &World, port: u16) -> Command {
    let command = wstalk().args(&plan.options).within(LIMIT);
    let command = match plan.slow_reader {
        true => command.stdout_unread(),
        false => command,
    };
    match plan.tls {
        true => command
            .arg("--cacert")
            .arg(&world.trusted)
            .arg(format!("wss://localhost:{port}")),
        false => command.arg(format!("ws://127.0.0.1:{port}")),
    }
}

/// The lines of stdin; an open last line is one without its end.
fn given(stdin: &Stdin) -> Content {
    let mut content = Content::of(&stdin.messages, stdin.delimiter);
    if stdin.open_line {
        let length = content.bytes.len() - stdin.delimiter.bytes().len();
        content.bytes.truncate(length);
        if let Some(end) = content.ends.last_mut() {
            *end = length;
        }
    }
    content
}

/// Reads slowly and disturbs, as planned.
fn conducted(mut running: Running, plan: &Plan, world: &World, opened: &Gate) -> Running {
    let mut chance = plan.chance.clone();
    let Some((after, what)) = plan.disturbance else {
        read_slowly(&mut running, plan, &mut chance, Duration::from_millis(1200));
        return running;
    };
    opened.pass("the program's request");
    let began = Instant::now();
    read_slowly(&mut running, plan, &mut chance, after);
    std::thread::sleep(after.saturating_sub(began.elapsed()));
    match what {
        Disturbance::Interrupt => running.signal(world.interrupt),
        Disturbance::Terminate => running.signal(Signal::TERM),
        Disturbance::StdoutCloses => running.close_stdout(),
    };
    running
}

/// Takes a little and rests, for so long.
fn read_slowly(running: &mut Running, plan: &Plan, chance: &mut Chance, time: Duration) {
    let began = Instant::now();
    while plan.slow_reader && began.elapsed() < time {
        running.read_stdout_bytes(chance.between(1, 100_000));
        std::thread::sleep(chance.milliseconds(1, 40));
    }
}

/// Writes stdin until it is all there or the program has ended; how much.
fn give(bytes: &[u8], mut pipe: PipeWriter, stdin: &Stdin, program_ended: &Wake) -> usize {
    let mut chance = stdin.chance.clone();
    let (mut written, mut rested) = (0, Duration::ZERO);
    set_non_blocking(&pipe);
    while written < bytes.len() {
        let size = chance.between(1, stdin.writes).min(bytes.len() - written);
        match pipe.write(&bytes[written..written + size]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let (fd, events) = (pipe.as_fd(), PollFlags::OUT);
                if wait(fd, events, Some(program_ended), None) == Ready::Woken {
                    return written;
                }
            }
            Err(error) => panic!("writing to stdin: {error}"),
        }
        if rested < MOST_REST && chance.percent(stdin.rests) {
            let time = chance.milliseconds(0, 5);
            std::thread::sleep(time);
            rested += time;
        }
    }
    if !stdin.ends {
        wait_for(program_ended);
    }
    written
}

fn wait_for(program_ended: &Wake) {
    let (idle, _kept_open) = pipe().expect("a pipe on which nothing comes");
    wait(idle.as_fd(), PollFlags::IN, Some(program_ended), None);
}

/// What the program has left in its stdin.
fn unread(mut left: PipeReader) -> usize {
    let (mut chunk, mut count) = (vec![0; 65_536], 0);
    set_non_blocking(&left);
    while let Ok(more @ 1..) = left.read(&mut chunk) {
        count += more;
    }
    count
}

/// What the server sent, as it should stand on stdout.
pub fn expected(plan: &Plan, server: &Seen) -> Content {
    let Some(delimiter) = plan.output else {
        return Content::default();
    };
    let mut content = Content::of(&server.sent, delimiter);
    if let Some(torn) = &server.torn {
        content.bytes.extend_from_slice(&torn.payload);
    }
    content
}
