//! Mishaps around a run: a server that says nothing at first, files named twice, reports
//! in the wrong place, URLs that are none; and a play to which others come than clients.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Listening, Server, wstalk};
use super::{check, echo};

const GOOD: &str = "connect {{base}}\n> a\n< a\n";

#[test]
fn an_interrupt_does_not_wait_for_a_server_that_never_answers() {
    let server = Server::accept(|conn| {
        conn.read_head();
        conn.swallow();
    });
    let run = check(&[("a.wst", GOOD)]).args(["-v", "--url", server.url(), "a.wst"]);
    let mut running = run.within(Duration::from_secs(15)).start();
    running.wait_stderr_contains("> Upgrade: websocket");
    running.signal(Signal::INT);
    let output = running.finish().code(130);
    let told = output.stderr_seen();
    assert!(told.contains("a.wst (not run: interrupted)"), "{told}");
    server.finish();
}

#[test]
fn the_limit_of_the_run_ends_tries_to_connect() {
    let text = "connect ws://127.0.0.1:1\n";
    let run = check(&[("a.wst", text)]).args(["-m", "0.3", "--retry", "50"]);
    let run = run.args(["--retry-delay", "20", "a.wst"]);
    let output = run.within(Duration::from_secs(10)).run().code(28);
    let told = output.stderr_seen();
    assert!(told.contains("(not run: the time limit passed)"), "{told}");
}

#[test]
fn stdin_is_one_transcript() {
    let run = check(&[]).args(["--url", "ws://127.0.0.1:1", "-", "-"]);
    let output = run.stdin(GOOD).run().code(2);
    let told = output.stderr_seen();
    assert!(told.contains("stdin can be read once"), "{told}");
}

#[test]
fn an_empty_name_is_no_file() {
    for options in [&["check", ""][..], &["listen", "--script", ""]] {
        wstalk().args(options).run().code(2).stderr(
            "wstalk: error: a transcript has an empty name\n\
             hint: perhaps a shell's variable in quotes is not set; `-` reads stdin\n",
        );
    }
}

#[test]
fn no_report_replaces_a_transcript_or_another_report() {
    let server = Server::untouched();
    for (options, expected) in [
        (
            vec!["--report-junit", "./t/a.wst"],
            "a report would replace the transcript ./t/a.wst",
        ),
        (
            vec!["--report-tap", "t/../t/real.wst"],
            "a report would replace the transcript t/../t/real.wst",
        ),
        (
            vec!["--report-tap", "r", "--report-json", "./r"],
            "two reports would be written to ./r",
        ),
    ] {
        let run = check(&[("t/a.wst", GOOD), ("t/real.wst", GOOD)]);
        symlink("real.wst", run.home().join("t/b.wst")).expect("a link");
        let home = run.home().to_owned();
        let run = run.args(["--url", server.url(), "t/a.wst", "t/b.wst"]);
        let output = run.args(options).run().code(2);
        let told = output.stderr_seen();
        assert!(told.contains(expected), "{told}");
        for name in ["t/a.wst", "t/real.wst"] {
            // What the run leaves behind, if it still stands.
            if let Ok(text) = fs::read_to_string(home.join(name)) {
                assert_eq!(text, GOOD);
            }
        }
    }
    server.finish();
}

#[test]
fn a_url_that_is_none_is_told_before_anything_runs() {
    let server = Server::untouched();
    let text = "connect a {{base}}\nconnect b ht!tp://x\na> hello\n";
    let output = check(&[("a.wst", text)])
        .args(["--url", server.url(), "a.wst"])
        .run()
        .code(2);
    let told = output.stderr_seen();
    assert!(told.starts_with("wstalk: error: a.wst:2:11: "), "{told}");
    server.finish();
}

#[test]
fn a_url_that_a_line_captures_is_judged_when_it_is_reached() {
    let server = Server::repeat(echo);
    let text = format!(
        "connect a {{{{base}}}}\na> {url}\na< /any\n  let there = text\nconnect b {{{{there}}}}\nb> c\nb< c\n",
        url = server.url()
    );
    check(&[("a.wst", &text)])
        .args([
            "--url",
            server.url(),
            "--variable",
            "there=ht!tp://",
            "a.wst",
        ])
        .run()
        .code(0);
    server.finish();
}

#[test]
fn who_opens_a_connection_and_says_nothing_is_no_client_of_a_play() {
    let text = "connect alice {{base}}/a\nconnect bob {{base}}/b\nalice> hi\nbob< hi\n";
    let mock = Listening::playing(text, &[]);
    let idle = TcpStream::connect(mock.address()).expect("a connection");
    check(&[("a.wst", text)])
        .args(["--url", mock.url(), "a.wst"])
        .run()
        .code(0);
    drop(idle);
    mock.stop(0);
}
