//! A client that is stopped while something comes looks at it, and at its clock, too
//! late: what came in time has to count as that.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::healthy::{LIMIT, SILENCE, Scene};
use super::server::{Change, Stage};
use super::support::wstalk;

/// Past the limit of 800 ms that each transcript here has.
const PAST: Duration = Duration::from_millis(1100);

/// Plays a scene with a client that stands still from when it has asked until long after
/// its limit; what the server says in between, it says after `silence`.
fn stand_still(scene: &'static Scene, silence: Duration) {
    let stage = Stage::new(scene.sides, Change::Nothing);
    let command = wstalk();
    fs::write(command.home().join(scene.name), scene.text).expect("a transcript to play");
    let mut running = command
        .args(["check", "--url", stage.url(), scene.name])
        .start();
    stage.gate("asked").pass("the client's question");
    let asked = Instant::now();
    running.signal(Signal::STOP);
    // The times are what is tested, not waits for anything.
    thread::sleep(silence);
    stage.gate("stopped").open();
    stage.gate("said").pass("the server's answer");
    thread::sleep(PAST.saturating_sub(asked.elapsed()));
    running.signal(Signal::CONT);
    running.finish().code(0);
    stage.finish();
}

#[test]
fn an_answer_that_came_in_time_is_not_late_because_the_client_was_stopped() {
    stand_still(&LIMIT, Duration::ZERO);
}

#[test]
fn what_came_after_a_silence_did_not_break_it_because_the_client_was_stopped() {
    stand_still(&SILENCE, PAST);
}
