//! Of `demo`: a client and its server in one process.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::wstalk;

#[test]
fn a_demo_is_an_echo_without_a_server() {
    let lines: String = (0..1000).map(|n| format!("line {n}\n")).collect();
    let output = wstalk().args(["demo", "-N", "1000"]).stdin(&lines).run();
    output.stdout(&lines).stderr("").code(0);
}

#[test]
fn a_demo_takes_the_options_of_a_conversation() {
    let output = wstalk()
        .args([
            "demo",
            "-x",
            "/binary 61",
            "-x",
            "/string \"b\\nc\"",
            "-N",
            "2",
            "--output",
            "raw",
        ])
        .run();
    output.stdout("ab\nc").stderr("").code(0);
    let output = wstalk()
        .args(["demo", "--linger", "0.3"])
        .stdin("a\n")
        .run();
    output.stdout("a\n").stderr("").code(0);
}

#[test]
fn a_signal_ends_a_demo() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut running = wstalk().arg("demo").start();
        running.send("a\n").wait_stdout("a\n").signal(signal);
        let began = Instant::now();
        let output = running.finish().stdout("a\n").stderr("");
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        assert!(began.elapsed() < Duration::from_secs(3), "{signal:?}");
    }
}

#[test]
fn a_demo_leads_nowhere_else() {
    for option in [
        ["--proxy", "http://127.0.0.1:1"],
        ["--unix-socket", "/tmp/x"],
        ["--noproxy", "*"],
        ["--resolve", "h:1:127.0.0.1"],
    ] {
        let output = wstalk().arg("demo").args(option).stdin("a\n").run();
        output
            .stdout("")
            .stderr_contains("leads elsewhere, and demo talks to a server of its own")
            .code(2);
    }
    let none = wstalk().args(["demo", "-1", "--proxy", ""]).stdin("a\n");
    none.run().stdout("a\n").stderr("").code(0);
}
