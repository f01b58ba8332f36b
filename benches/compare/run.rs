//! One run of one client: stdin fed, stdout compared, the server's count held
//! against what is due, everything under one deadline.
//!
//! The time is from the start of the program to the last byte of the work
//! where it was to arrive (stdout or server). Processes are ended by their
//! group, which `timed` has made for them.

use std::fs;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::clients::{Client, Place, Task};
use crate::compare::Comparison;
use crate::server::{Role, Seen, Server};
use crate::timed::{self, Took};
use crate::work::{Stream, Way, Work};

/// A run that takes longer has failed.
const LIMIT: Duration = Duration::from_secs(12);
/// How long a program may take to end when its work is done.
const GRACE: Duration = Duration::from_secs(3);
/// Between the end of the handshake at the server and at the client.
const SETTLING: Duration = Duration::from_millis(200);
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;
const CHUNK: usize = 256 * 1024;

/// What all runs share.
pub struct World {
    pub server: Server,
    pub scratch: TempDir,
    pub ca: PathBuf,
    /// Where `strace` writes its counts, when system calls are counted.
    pub counting: Option<PathBuf>,
}

impl World {
    /// Starts the server.
    pub fn start() -> Self {
        let scratch = TempDir::new().expect("a scratch folder can be made");
        let ca = scratch.path().join("ca.pem");
        let server = Server::start(&ca);
        Self {
            server,
            scratch,
            ca,
            counting: None,
        }
    }

    pub fn place(&self, tls: bool, job: u64) -> Place<'_> {
        let server = &self.server;
        let port = if tls { server.tls } else { server.plain };
        Place {
            port,
            job,
            ca: &self.ca,
        }
    }

    /// The program and its words, with nothing of the harness around it but
    /// what counts its system calls.
    pub fn command(&self, client: Client, task: Task<'_>, job: u64) -> Option<Vec<String>> {
        let program = client.find()?.display().to_string();
        let place = self.place(task.tls(), job);
        let counting = self.counting.iter().flat_map(|file| {
            let file = file.display().to_string();
            ["strace", "-f", "-c", "-o"]
                .map(str::to_owned)
                .into_iter()
                .chain([file])
        });
        let words = [vec![program], client.arguments(task, &place)].concat();
        Some(counting.chain(words).collect())
    }
}

/// What a good run took.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Until the last byte of the work was where it belongs.
    pub wall: Duration,
    pub took: Took,
}

/// What happens beside the program.
enum Event {
    /// stdout has given all that is due, or has failed to.
    Output(Result<Instant, String>),
    Server(Seen),
}

/// Moves `work` through `client`; an error says what was wrong.
pub fn move_work(world: &World, client: Client, work: &Work) -> Result<Outcome, String> {
    let delimited = client.delimits(work.kind);
    let role = match work.way {
        Way::Echo => Role::Echo,
        Way::Up => Role::Sink {
            messages: work.count,
            bytes: work.payload(true).length(),
        },
        Way::Down if client == Client::Raw => Role::Flood(work.payload(delimited)),
        Way::Down => Role::Flood(work.frames(client.close())),
    };
    let input = (work.way != Way::Down).then(|| work.payload(true));
    let output = (work.way != Way::Up).then(|| work.payload(delimited));
    let mut run = Run::start(world, client, Task::Move(work), role, input, output)?;
    let wall = match work.way {
        Way::Up => run.until_counted(client, work),
        Way::Echo | Way::Down => run.until_written(),
    };
    run.finish(wall)
}

/// Starts the program for one line; `wall` is until its end.
pub fn once(world: &World, client: Client, tls: bool) -> Result<Outcome, String> {
    let task = Task::Once { tls };
    let line = Stream::of(b"hello\n");
    let mut run = Run::start(
        world,
        client,
        task,
        Role::Echo,
        Some(line.clone()),
        Some(line),
    )?;
    let wall = run.until_written();
    let outcome = run.finish(wall)?;
    let wall = outcome.took.wall;
    Ok(Outcome { wall, ..outcome })
}

struct Run<'a> {
    world: &'a World,
    client: Client,
    job: u64,
    began: Instant,
    deadline: Instant,
    child: Child,
    report: PathBuf,
    stderr: PathBuf,
    events: Receiver<Event>,
    /// Dropped when stdin may end.
    hold: Option<Sender<()>>,
}

impl<'a> Run<'a> {
    fn start(
        world: &'a World,
        client: Client,
        task: Task<'_>,
        role: Role,
        input: Option<Stream>,
        output: Option<Stream>,
    ) -> Result<Self, String> {
        let (tell, events) = channel();
        let (seen, heard) = channel();
        let upwards = matches!(role, Role::Sink { .. });
        let (job, _) = world.server.take(role, seen);
        let forward = tell.clone();
        thread::spawn(move || {
            for seen in heard {
                _ = forward.send(Event::Server(seen));
            }
        });
        let words = world.command(client, task, job).ok_or("not installed")?;
        let report = world.scratch.path().join(format!("report-{job}"));
        let stderr = world.scratch.path().join(format!("stderr-{job}"));
        let (stdin, feed) = large_pipe().map_err(|error| error.to_string())?;
        let (drain, stdout) = large_pipe().map_err(|error| error.to_string())?;
        let began = Instant::now();
        let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        command.arg("timed").arg(&report).args(words);
        command.stdin(stdin).stdout(stdout);
        command.stderr(fs::File::create(&stderr).map_err(|error| error.to_string())?);
        if let Some((name, value)) = client.trust(&world.ca) {
            command.env(name, value);
        }
        let child = command.spawn().map_err(|error| error.to_string())?;
        // The command holds its ends of the pipes.
        drop(command);
        let comparison = output.map(|due| Comparison::new(due, client.decorates()));
        thread::spawn(move || {
            // Who waited may have gone.
            if let Err(problem) = drained(drain, comparison, &tell) {
                _ = tell.send(Event::Output(Err(problem)));
            }
        });
        let began = if client.reads_too_early() {
            opened(&events)?
        } else {
            began
        };
        let hold = feeder(feed, input, upwards);
        Ok(Self {
            world,
            client,
            job,
            began,
            deadline: began + LIMIT,
            child,
            report,
            stderr,
            events,
            hold: Some(hold),
        })
    }

    /// Waits until stdout has given all.
    fn until_written(&mut self) -> Result<Duration, String> {
        loop {
            match self.next()? {
                Event::Output(Ok(at)) => return Ok(at - self.began),
                Event::Output(Err(problem)) => return Err(problem),
                Event::Server(_) => {}
            }
        }
    }

    /// Waits until the server has counted all, and no more than that.
    fn until_counted(&mut self, client: Client, work: &Work) -> Result<Duration, String> {
        let mut all = None;
        // Who gets all may stay for a while and must then be ended.
        loop {
            match self.next() {
                Ok(Event::Server(Seen::Open)) => {}
                Ok(Event::Server(Seen::All(at))) => {
                    all = Some(at - self.began);
                    self.deadline = Instant::now() + GRACE;
                }
                Ok(Event::Server(Seen::Ended { messages, bytes })) => {
                    let raw = client == Client::Raw;
                    let delimited = raw || client.keeps_line_feed();
                    let due = work.payload(delimited).length();
                    if bytes != due || !raw && messages != work.count {
                        return Err(format!("{messages} messages of {bytes} bytes came"));
                    }
                    return all.ok_or_else(|| "counted late".to_owned());
                }
                Ok(Event::Output(Err(problem))) => return Err(problem),
                Ok(Event::Output(Ok(_))) => {}
                Err(problem) => return all.ok_or(problem),
            }
        }
    }

    fn next(&self) -> Result<Event, String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.events.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("not done after {} s", LIMIT.as_secs()),
            RecvTimeoutError::Disconnected => "ended early".to_owned(),
        })
    }

    /// Lets the program end, ends it if it does not, and reads what it took.
    fn finish(mut self, wall: Result<Duration, String>) -> Result<Outcome, String> {
        self.hold = None;
        let patience = if wall.is_ok() {
            GRACE
        } else {
            Duration::from_millis(200)
        };
        let ended = wait(&mut self.child, patience);
        let took = ended.or_else(|()| {
            kill(&self.report);
            wait(&mut self.child, GRACE)
        });
        self.world.server.forget(self.job);
        let told = fs::read_to_string(&self.stderr).unwrap_or_default();
        let wall = wall.map_err(|problem| with_stderr(problem, &told))?;
        took.map_err(|()| "does not end".to_owned())?;
        for event in self.events.try_iter() {
            if let Event::Output(Err(problem)) = event {
                return Err(problem);
            }
        }
        let took = Took::read(&self.report).ok_or("no report")?;
        if ended.is_ok() && self.client.has_crashed(took.code) {
            let problem = format!("ended with exit code {}", took.code);
            return Err(with_stderr(problem, &told));
        }
        Ok(Outcome { wall, took })
    }
}

/// Waits until the connection is open, and the client knows; that moment.
fn opened(events: &Receiver<Event>) -> Result<Instant, String> {
    loop {
        match events.recv_timeout(LIMIT) {
            Ok(Event::Server(Seen::Open)) => break,
            Ok(_) => {}
            Err(error) => return Err(format!("does not connect: {error}")),
        }
    }
    thread::sleep(SETTLING);
    Ok(Instant::now())
}

fn with_stderr(problem: String, told: &str) -> String {
    match told.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => format!("{problem} (stderr: {:.120})", line.trim()),
        None => problem,
    }
}

fn wait(child: &mut Child, patience: Duration) -> Result<(), ()> {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return Ok(());
        }
        thread::sleep(Duration::from_micros(500));
    }
    Err(())
}

fn kill(report: &std::path::Path) {
    if let Some(group) = timed::group(report).and_then(Pid::from_raw) {
        // It may have ended in this moment.
        _ = kill_process_group(group, Signal::KILL);
    }
}

/// A pipe that holds as much as the system allows without privileges.
pub fn large_pipe() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    // The system may allow less, or know no other size; then all have less.
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&reader, PIPE);
    Ok((reader, writer))
}

/// Writes the stream to stdin; then ends it at once (`upwards`) or holds it
/// open until the value is dropped.
fn feeder(mut stdin: PipeWriter, input: Option<Stream>, upwards: bool) -> Sender<()> {
    let (hold, held) = channel();
    thread::spawn(move || {
        if let Some(stream) = input {
            let mut at = 0;
            while at < stream.length() {
                let here = stream.from(at);
                let here = &here[..here.len().min(CHUNK)];
                // A program that has ended is judged by what it did.
                if stdin.write_all(here).is_err() {
                    return;
                }
                at += here.len() as u64;
            }
        }
        if !upwards {
            _ = held.recv();
        }
    });
    hold
}

/// Reads stdout to its end, and tells when all that is due has come.
fn drained(
    mut stdout: PipeReader,
    comparison: Option<Comparison>,
    tell: &Sender<Event>,
) -> Result<(), String> {
    let mut chunk = vec![0; CHUNK];
    let mut comparison = comparison;
    let mut told = false;
    loop {
        let count = stdout.read(&mut chunk).map_err(|error| error.to_string())?;
        let Some(comparison) = &mut comparison else {
            if count == 0 {
                return Ok(());
            }
            continue;
        };
        if count == 0 {
            return if told {
                Ok(())
            } else {
                Err(comparison.missing())
            };
        }
        comparison.add(&chunk[..count])?;
        if comparison.is_done() && !told {
            told = true;
            _ = tell.send(Event::Output(Ok(Instant::now())));
        }
    }
}
