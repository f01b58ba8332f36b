//! What a panic leaves behind, in a real terminal: this test runs itself there, sets up
//! what the program sets up, and panics.

#![cfg(unix)]

#[path = "../command/support/mod.rs"]
pub mod support;

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use support::Terminal;
use support::terminal::Finished;
use wstalk::crash;
use wstalk::error::INTERNAL;
use wstalk::terminal::{Aside, Held};

/// Which of the ways to panic is asked for.
const WAY: &str = "WSTALK_TEST_PANIC";
const LIMIT: Duration = Duration::from_secs(20);

/// Runs this test's other half in a terminal.
fn panicking(way: &str) -> Finished {
    let program = env::current_exe().expect("our own path");
    let mut words = vec![program];
    for word in ["--exact", "the_one_that_panics", "--ignored", "--nocapture"] {
        words.push(PathBuf::from(word));
    }
    let environment = [
        (WAY.into(), way.into()),
        ("PATH".into(), "/usr/bin:/bin".into()),
        ("TERM".into(), "xterm".into()),
    ];
    let home = tempfile::tempdir().expect("a home");
    let size = (24, 200);
    // This holds the terminal's modes, cursor and paste mode against those before.
    Terminal::start(words, environment.into(), home, LIMIT, size).finish()
}

/// Not a test: what runs in the terminal.
#[test]
#[ignore = "it panics, where the others ask for it"]
fn the_one_that_panics() {
    let Ok(way) = env::var(WAY) else { return };
    crash::guard();
    let aside = match way.as_str() {
        "password" => Aside::LinesAndSignals,
        _ => Aside::Lines,
    };
    let _held = Held::begin(rustix::stdio::stdin(), aside).expect("a terminal");
    let mut screen = std::io::stdout();
    screen
        .write_all(b"\x1b[?2004h\x1b[?25l\x1b[31m> half typed")
        .and_then(|()| screen.flush())
        .expect("a screen");
    match way.as_str() {
        "here" | "password" => panic!("the \x1b[2Jroof fell in"),
        "twice" => _ = (thread::spawn(fall), thread::spawn(fall)),
        _ => _ = thread::Builder::new().name("editor".into()).spawn(fall),
    }
    let patience = Instant::now() + LIMIT;
    while Instant::now() < patience {
        thread::park_timeout(LIMIT);
    }
}

fn fall() {
    panic!("{}", String::from("the floor gave way"));
}

#[test]
fn a_panic_on_another_thread_ends_the_program_and_gives_the_terminal_back() {
    let finished = panicking("there");
    assert_eq!(finished.code, i32::from(INTERNAL));
    let told = "wstalk: error: internal: the floor gave way (tests/panic/main.rs:";
    let lines: Vec<&str> = finished.screen.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(told));
    let at = at.unwrap_or_else(|| panic!("{}", finished.screen));
    assert!(lines[at].ends_with(", thread editor)"), "{}", lines[at]);
    assert!(lines[at - 1].ends_with("> half typed"));
    assert!(lines[at + 1].starts_with("hint: please report this"));
    assert_eq!(lines.len(), at + 2);
}

#[test]
fn a_panic_here_or_while_a_password_is_typed_is_told_without_driving_the_terminal() {
    for way in ["here", "password"] {
        let finished = panicking(way);
        assert_eq!(finished.code, i32::from(INTERNAL));
        let told = "wstalk: error: internal: the \\u001b[2Jroof fell in (";
        assert!(finished.screen.contains(told), "{}", finished.screen);
    }
}

#[test]
fn of_two_panics_at_once_one_is_told() {
    let finished = panicking("twice");
    assert_eq!(finished.code, i32::from(INTERNAL));
    let count = finished.screen.matches("error: internal").count();
    assert_eq!(count, 1, "{}", finished.screen);
}
