//! A soak: it breaks connections at random for as long as it is told, and
//! proves by numbered messages that none was lost, doubled or reordered without
//! the program saying so.
//!
//!     cargo test --release --test soak -- [--minutes N] [--seed N] [--jobs N]
//!
//! No part of a normal test run. Each round is drawn from the seed and its
//! number: a server with its ways and its end (`plan`, `peer`), the program in
//! one of its modes (`round`), and a judgement (`oracle`). The first violation
//! ends it with a full account and exit code 1; `--round N` plays that round
//! again and again, `--keep-going` only counts violations on.

#![cfg(unix)]

pub mod chance;
pub mod incoming;
pub mod message;
pub mod options;
pub mod oracle;
pub mod outgoing;
pub mod peer;
pub mod plan;
pub mod report;
pub mod round;
#[path = "../command/support/mod.rs"]
pub mod support;
pub mod told;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use options::Options;
use plan::Plan;
use report::{Report, Tally, account};
use round::World;

/// How often the progress is told.
const PROGRESS: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            report::say(&format!("soak: {problem}"));
            return ExitCode::from(2);
        }
    };
    // A violation is told by its account; what panicked is a part of that.
    std::panic::set_hook(Box::new(|_| {}));
    let violations = soak(&options);
    ExitCode::from(u8::from(violations > 0))
}

/// What a worker tells of a round.
type Result = std::result::Result<Tally, String>;

/// Plays rounds until the time is over; the count of violations.
fn soak(options: &Options) -> u64 {
    let world = World::with_certificates();
    let (stop, next) = (AtomicBool::new(false), AtomicU64::new(1));
    let (sender, results) = channel();
    let mut report = Report::new(options);
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            let (sender, world, stop, next) = (sender.clone(), &world, &stop, &next);
            scope.spawn(move || work(options, world, stop, next, &sender));
        }
        drop(sender);
        let mut told = Instant::now();
        loop {
            match results.recv_timeout(Duration::from_millis(200)) {
                Ok(result) => report.add(result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if report.is_over(options) {
                stop.store(true, Ordering::Release);
            }
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                report.progress();
            }
        }
    });
    report.summary()
}

fn work(
    options: &Options,
    world: &World,
    stop: &AtomicBool,
    next: &AtomicU64,
    sender: &Sender<Result>,
) {
    while !stop.load(Ordering::Acquire) {
        let round = next.fetch_add(1, Ordering::Relaxed);
        let plan = Plan::draw(options.seed, options.round.unwrap_or(round));
        // The main thread goes last.
        let _ = sender.send(played(&plan, world));
    }
}

/// Plays a round and judges it; an error is the whole account.
fn played(plan: &Plan, world: &World) -> Result {
    let facts = match catch_unwind(AssertUnwindSafe(|| round::play(plan, world))) {
        Ok(Ok(Some(facts))) => facts,
        Ok(Ok(None)) => return Ok(Tally::default()),
        Ok(Err(problem)) => return Err(account(plan, &problem, None)),
        Err(panic) => return Err(account(plan, &words(&*panic), None)),
    };
    match oracle::judge(plan, &facts) {
        Ok(()) => Ok(Tally::of(&facts)),
        Err(problem) => Err(account(plan, &problem, Some(&facts))),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_owned(),
        _ => "panicked".to_owned(),
    }
}
