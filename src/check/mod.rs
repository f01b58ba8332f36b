//! Transcripts run as tests of a server.
//!
//! Each file is played by an engine of its own, on one of `--jobs` threads
//! ([`run()`]); the thread that began waits for them on an engine without
//! connections, which is where signals and the limit of the whole run arrive, tells
//! verdicts in the order of the files, and draws how far it is.

mod approach;
mod client;
mod halt;
mod run;

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

pub use approach::{Approach, Given};
pub use halt::{Halt, Why};
use run::Played;
pub use run::{Conversation, Job, Rules};

use crate::engine::{
    Driver, End, Engine, Moment, PeerId, Peers, Turn, Waker, Wants, by_name, write_stderr,
};
use crate::error::{Error, Signal};
use crate::open::Handshake;
use crate::report::{self, Counts, Page, Progress, Run, Running, Verdict};
use crate::run_limit::RunLimit;
use crate::terminal;
use crate::ws::{Received, Writer};

/// How much waits for a stderr that nobody reads, in time.
const STDERR_TIME: Duration = Duration::from_secs(5);

/// How a run is told to people.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    pub page: Page,
    /// Draw how far it is.
    pub progress: bool,
    pub tells: Tells,
}

/// Which verdicts are told as they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    All,
    Failures,
    /// Whoever asked for the run tells of it.
    Nothing,
}

impl Tells {
    /// Whether something is told of what failed, or did not.
    fn of(self, failed: bool) -> bool {
        match self {
            Tells::All => true,
            Tells::Failures => failed,
            Tells::Nothing => false,
        }
    }
}

/// What a run came to.
pub struct Finished {
    pub run: Run,
    /// What is about no file: a signal or a time limit that ended it, stdout that could
    /// not be written.
    pub errors: Vec<Error>,
}

/// What comes from a thread that plays files.
enum Told {
    Begun(usize),
    /// Lines for stderr about a file.
    Said(usize, String),
    Ended(usize, Box<Played>),
}

/// Plays all files, so many at a time.
///
/// # Errors
/// When the system gives no threads or descriptors.
pub fn run(
    jobs: Vec<Job>,
    rules: Rules,
    threads: usize,
    telling: Telling,
    limit: RunLimit,
) -> Result<Finished, Error> {
    let (began, start) = (SystemTime::now(), Instant::now());
    let mut engine = Engine::new().map_err(Error::of_system)?;
    engine.heed_signals().map_err(Error::of_system)?;
    let shared = Arc::new(Shared {
        names: jobs.iter().map(|job| job.name.clone()).collect(),
        queue: Mutex::new(jobs.into_iter().enumerate().collect()),
        rules,
        halt: Halt::default(),
        waker: engine.waker(),
    });
    let (sender, told) = channel();
    let playing = play_on(&shared, threads, &sender)?;
    let mut conductor = Conductor {
        told,
        telling,
        limit,
        is_mixed: playing.len() > 1,
        verdicts: shared.names.iter().map(|_| None).collect(),
        shared,
        shown: 0,
        running: Vec::new(),
        progress: Progress::default(),
        errors: Vec::new(),
    };
    engine
        .run(&mut by_name(&mut conductor))
        .map_err(Error::of_system)?;
    for thread in playing {
        // A panic has ended the program.
        let _ = thread.join();
    }
    Ok(conductor.finish(began, start))
}

/// Begins to play on so many threads, or fewer where the system gives no more.
fn play_on(
    shared: &Arc<Shared>,
    threads: usize,
    sender: &Sender<Told>,
) -> Result<Vec<JoinHandle<()>>, Error> {
    let mut playing = Vec::new();
    for _ in 0..threads.clamp(1, shared.names.len().max(1)) {
        let (shared, sender) = (shared.clone(), sender.clone());
        let thread = thread::Builder::new().spawn(move || shared.play(&sender));
        match thread {
            Ok(thread) => playing.push(thread),
            Err(_) if !playing.is_empty() => break,
            Err(error) => return Err(Error::of_system(error)),
        }
    }
    Ok(playing)
}

/// What threads that play files share.
struct Shared {
    names: Vec<String>,
    queue: Mutex<VecDeque<(usize, Job)>>,
    rules: Rules,
    halt: Halt,
    waker: Waker,
}

impl Shared {
    /// Plays files until there are no more.
    fn play(&self, sender: &Sender<Told>) {
        let tell = |told| {
            // Who has gone wants to know nothing.
            let _ = sender.send(told);
            self.waker.wake();
        };
        while let Some((index, job)) = self.next() {
            let played = match self.halt.asked() {
                Some(why) => Played {
                    verdict: run::not_run(&job, &why.to_string()),
                    errors: Vec::new(),
                },
                None => {
                    tell(Told::Begun(index));
                    let say = |lines| tell(Told::Said(index, lines));
                    let played = run::play(&job, &self.rules, &self.halt, &say);
                    played.unwrap_or_else(|error| run::broken(&job, error))
                }
            };
            tell(Told::Ended(index, Box::new(played)));
        }
    }

    fn next(&self) -> Option<(usize, Job)> {
        // A panic ends the program: nobody leaves the queue half changed.
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }
}

/// The thread that tells; see the module's head.
struct Conductor {
    shared: Arc<Shared>,
    told: Receiver<Told>,
    telling: Telling,
    limit: RunLimit,
    /// Several files run at a time.
    is_mixed: bool,
    verdicts: Vec<Option<Verdict>>,
    /// Of so many the verdict has been told.
    shown: usize,
    running: Vec<usize>,
    progress: Progress,
    errors: Vec<Error>,
}

impl Conductor {
    /// Takes in what a thread tells.
    fn take(&mut self, told: Told) {
        match told {
            Told::Begun(index) => self.running.push(index),
            Told::Said(index, lines) => self.say(index, &lines),
            Told::Ended(index, played) => {
                self.running.retain(|running| *running != index);
                self.errors.extend(played.errors);
                self.verdicts[index] = Some(played.verdict);
                self.show();
            }
        }
    }

    /// Tells lines about a file, whose name each gets where another's may stand between.
    fn say(&mut self, index: usize, lines: &str) {
        if !self.is_mixed {
            return self.write(lines);
        }
        let name = report::name(&self.shared.names[index]).into_owned();
        let named = lines.split_inclusive('\n');
        let named: String = named.map(|line| format!("{name}: {line}")).collect();
        self.write(&named);
    }

    /// Tells the verdicts that are due, in the order of the files.
    fn show(&mut self) {
        let mut text = String::new();
        while let Some(Some(verdict)) = self.verdicts.get(self.shown) {
            if self.telling.tells.of(verdict.outcome.is_failed()) {
                text.push_str(&report::verdict(verdict, &self.telling.page));
                text.push_str(&report::failure(verdict, &self.telling.page));
            }
            self.shown += 1;
        }
        self.write(&text);
    }

    fn is_stopped(&self) -> bool {
        self.shared.halt.asked().is_some()
    }

    /// Writes lines, where the progress stood.
    fn write(&mut self, lines: &str) {
        if !lines.is_empty() {
            let erase = self.progress.erase();
            write_stderr(format!("{erase}{lines}").as_bytes(), STDERR_TIME);
        }
    }

    /// Tells how far it is, at a terminal.
    fn draw(&mut self) {
        if !self.telling.progress {
            return;
        }
        let names: Vec<&str> = self
            .running
            .iter()
            .map(|index| self.shared.names[*index].as_str())
            .collect();
        let counts = Counts::of(self.verdicts.iter().flatten());
        let running = Running {
            files: self.verdicts.len(),
            passed: counts.passed,
            failed: counts.failed,
            now: &names,
        };
        let columns = terminal::window(io::stderr()).columns;
        if let Some(text) = self.progress.draw(&running, columns) {
            write_stderr(text.as_bytes(), STDERR_TIME);
        }
    }

    /// The line at the end; nothing is drawn any more.
    fn finish(mut self, began: SystemTime, start: Instant) -> Finished {
        let erase = self.progress.erase();
        let run = Run {
            began,
            duration: start.elapsed(),
            verdicts: self.verdicts.into_iter().flatten().collect(),
        };
        let mut text = erase.to_owned();
        if self.telling.tells.of(run.counts().failed > 0) {
            text.push_str(&report::summary(&run, &self.telling.page));
        }
        write_stderr(text.as_bytes(), STDERR_TIME);
        Finished {
            run,
            errors: self.errors,
        }
    }
}

impl Driver for Conductor {
    fn opened(&mut self, _: PeerId, _: &Handshake, _: &mut Writer) {}

    fn takes(&self, _: PeerId, _: &Writer) -> bool {
        true
    }

    fn event(&mut self, _: PeerId, _: Instant, _: &Received<'_>, _: &mut Writer) {}

    fn ended(&mut self, _: PeerId, _: End) {}

    fn turn(&mut self, _: &mut Peers, moment: &Moment) -> Turn {
        while let Ok(told) = self.told.try_recv() {
            self.take(told);
        }
        if !self.is_stopped()
            && let Some(error) = self.limit.passed(moment.now)
        {
            self.errors.push(error);
            self.shared.halt.ask(Why::TimeIsUp);
        }
        if self.shown == self.verdicts.len() {
            return Turn::Done;
        }
        self.draw();
        Turn::Going
    }

    fn wants(&self, _: &Peers) -> Wants<'_> {
        Wants {
            deadline: self.limit.deadline().filter(|_| !self.is_stopped()),
            ..Wants::default()
        }
    }

    fn stopped(&mut self, _: &mut Peers, signal: Signal) {
        if !self.is_stopped() {
            self.errors.push(Error::Stopped(signal));
        }
        self.shared.halt.ask(Why::Interrupted);
    }
}
