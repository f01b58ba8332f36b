//! The healthy server, a thousand times, on a machine that never rests: threads that burn
//! all processors, several runs with several checks each, and each run stopped again and
//! again for longer than the limits of its transcript.
//!
//! Why this proves that arrival counts: the server says `done` 100 ms after it was asked,
//! and the line that expects it waits 300 ms, the silence behind it as long. Whoever is
//! stopped for 400 ms between the question and the answer looks at its clock after the
//! limit, and whoever judges by that moment calls an answer late that was there in time.
//! A run is stopped for more than half of the time, so this befalls hundreds of the
//! thousand. The 200 ms between answer and limit are for the server, which shares the
//! processors with those that burn them, and is not stopped.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::healthy::CHAT;
use super::server::{Change, Move, Stage};
use super::support::{Running, wstalk};

const RUNS: u32 = 4;
const CHECKS_AT_ONCE: &str = "16";
const CHECKS: usize = 250;
/// Of one run: the whole takes half of it on two processors that are not ours alone.
const LIMIT: Duration = Duration::from_secs(80);

const STOPPED: Duration = Duration::from_millis(400);
const GOING: Duration = Duration::from_millis(300);

#[test]
fn the_healthy_server_passes_a_thousand_times_in_a_row_under_load() {
    let stage = Stage::new(CHAT.sides, Change::Before("done", &[Move::Pause(100)]));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let burners = thread::available_parallelism().map_or(2, |count| 2 * count.get());
        for _ in 0..burners {
            scope.spawn(|| burn(&over));
        }
        let url = stage.url();
        let runs: Vec<_> = (0..RUNS)
            .map(|run| scope.spawn(move || check(url, run)))
            .collect();
        let ended: Vec<_> = runs.into_iter().map(|run| run.join()).collect();
        over.store(true, Ordering::Release);
        for run in ended {
            if let Err(panic) = run {
                std::panic::resume_unwind(panic);
            }
        }
    });
    stage.finish();
}

/// Burns a processor until it is over.
fn burn(over: &AtomicBool) {
    while !over.load(Ordering::Acquire) {
        std::hint::spin_loop();
    }
}

/// One run of many checks, all of which pass.
fn check(url: &str, run: u32) {
    let command = wstalk().within(LIMIT);
    fs::write(command.home().join(CHAT.name), CHAT.text).expect("a transcript to play");
    let mut running = command
        .args(["check", "--jobs", CHECKS_AT_ONCE, "--url", url])
        .args([CHAT.name; CHECKS])
        .start();
    let summary = format!("{CHECKS} files: ");
    let begun = Instant::now();
    // Not all of them stand still at the same time.
    thread::sleep(GOING / RUNS * run);
    while !running.stderr_so_far().contains(&summary) && begun.elapsed() < LIMIT {
        stop_and_go(&mut running);
    }
    let output = running.finish();
    let code = output.exit_code();
    let passed = format!("\n{CHECKS} files: {CHECKS} passed, 0 failed, 0 not run (");
    let told = output.stderr_seen();
    let others: Vec<&str> = told
        .lines()
        .filter(|line| !line.starts_with("ok "))
        .collect();
    let others = others.join("\n");
    assert!(code == Some(0) && told.contains(&passed), "{others}");
}

/// The pauses are what is tested, not waits for anything.
fn stop_and_go(running: &mut Running) {
    running.signal(Signal::STOP);
    thread::sleep(STOPPED);
    running.signal(Signal::CONT);
    thread::sleep(GOING);
}
