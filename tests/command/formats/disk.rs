//! Of a recording that cannot go on: a limit on the size of files stands for a
//! full disk.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::super::support::events::events;
use super::super::support::{Command, Gate, Key, Server, program};

/// Messages of a hundred bytes each, more than may be recorded.
const MESSAGES: usize = 400;

/// The program with files of at most 8 KiB (512 bytes are a unit), and where it
/// records. The signal that comes with that must not end it.
fn on_a_small_disk(server: &Server, options: &str) -> (Command, TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording");
    let line = format!(r#"ulimit -f 16; exec "$0" "$1" --record "$2" {options}"#);
    let command = program("/bin/sh")
        .args(["-c", &line, env!("CARGO_BIN_EXE_wstalk"), server.url()])
        .arg(&path);
    (command, folder, path)
}

fn message(n: usize) -> String {
    format!("{n:0100}")
}

/// Says much, then waits for `more`, says one more, and hears our Close.
fn talkative(more: &Gate) -> Server {
    let more = more.clone();
    Server::accept(move |conn| {
        conn.upgrade();
        for n in 0..MESSAGES {
            conn.text(message(n));
        }
        more.pass("the test's word");
        conn.expect_text("and you").text("fine");
        assert_eq!(conn.answer_close().0, Some(1000));
    })
}

#[track_caller]
fn assert_whole_lines(path: &PathBuf) {
    let bytes = fs::read(path).expect("a recording");
    assert!((7000..=8192).contains(&bytes.len()), "{}", bytes.len());
    let found = events(&bytes);
    assert_eq!(found[0]["event"], "open");
    assert!(found.iter().all(|event| event["event"] != "end"));
}

#[test]
fn a_full_disk_is_told_at_once_and_the_conversation_goes_on() {
    for (options, stdin) in [
        ("-E", "and you\n"),
        ("-E -q", "and you\n"),
        ("-E --output notation", "and you\n"),
    ] {
        let more = Gate::default();
        let server = talkative(&more);
        let (command, _folder, path) = on_a_small_disk(&server, options);
        let mut running = command.start();
        // All of it is there while the server waits.
        running.wait_stderr_contains("cannot write ");
        let told = running.stderr_so_far();
        running.wait_stdout_contains(&message(MESSAGES - 1));
        more.open();
        running.send(stdin).wait_stdout_contains("fine\n");
        running.close_stdin();
        let output = running.finish();
        let lines: String = (0..MESSAGES).map(|n| message(n) + "\n").collect();
        let expected = format!("{lines}fine\n");
        assert!(output.stdout_seen() == expected.as_bytes(), "{options}");
        assert!(output.stderr_seen().starts_with(&told), "{options}: {told}");
        assert_eq!(output.exit_code(), Some(23), "{options}");
        server.finish();
        assert_whole_lines(&path);
    }
}

#[test]
fn events_on_stdout_go_on_and_tell_of_it() {
    let more = Gate::default();
    let server = talkative(&more);
    let (command, _folder, path) = on_a_small_disk(&server, "-E --json");
    let mut running = command.start();
    running.wait_stderr_contains("cannot write ");
    more.open();
    running.send("{\"text\":\"and you\"}\n");
    running
        .wait_stdout_contains("\"data\":\"fine\"")
        .close_stdin();
    let output = running.finish();
    let found = events(output.stdout_seen());
    let received = found
        .iter()
        .filter(|event| event["event"] == "message" && event["direction"] == "received");
    assert_eq!(received.count(), MESSAGES + 1);
    let error = found.iter().find(|event| event["event"] == "error");
    let error = error.expect("an error");
    assert_eq!((&error["kind"], &error["exit"]), (&"io".into(), &23.into()));
    let end = found.last().expect("an end");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &23.into()));
    assert_eq!(end["error"], error["message"]);
    output.code(23);
    server.finish();
    assert_whole_lines(&path);
}

#[test]
fn the_prompt_goes_on_without_its_recording() {
    let more = Gate::default();
    let server = talkative(&more);
    let (command, _folder, path) = on_a_small_disk(&server, "");
    let mut terminal = command.in_terminal(30, 200);
    terminal.wait_for(
        |screen| screen.contains(&message(MESSAGES - 1)) && screen.ends_with("\n>"),
        "the last message",
    );
    let printed = terminal.printed();
    let told = memchr::memmem::find(&printed, b"cannot write ");
    assert!(told.is_some(), "{}", terminal.screen());
    more.open();
    terminal.type_("and you").key(Key::Enter);
    terminal.wait_for_text("< fine\n>");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 23, "{}", finished.screen);
    server.finish();
    assert_whole_lines(&path);
}

#[test]
fn a_disk_that_is_full_at_the_very_end_fails_the_run_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        // A line that leaves room for no Close, whatever stands before it.
        conn.text("x".repeat(7500)).close(1000, "").expect_close();
        conn.finish();
    });
    let (command, _folder, path) = on_a_small_disk(&server, "");
    let output = command.stdin_stays_open().run();
    assert_eq!(output.stdout_seen().len(), 7501);
    output.stderr_contains("cannot write ").code(23);
    server.finish();
    let found = events(fs::read(path).expect("a recording"));
    assert!(found.iter().all(|event| event["event"] != "end"));
}

/// A file system of two pages, where the tests may have one.
const TINY: &str = r#"mount -t tmpfs -o size=8k tiny "$2" || exit 99
    "$0" "$1" -E --record "$2/recording"
    code=$?
    cp "$2/recording" "$3" || exit 98
    exit $code"#;

#[test]
fn a_file_system_that_is_full_is_told_and_keeps_whole_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount = folder.path().join("mount");
    fs::create_dir(&mount).expect("a folder");
    let shell = |line: &str, url: &str| {
        program("/usr/bin/env")
            .args(["unshare", "-Urm", "/bin/sh", "-c", line])
            .args([env!("CARGO_BIN_EXE_wstalk"), url])
            .arg(&mount)
            .arg(folder.path().join("copy"))
    };
    let probe = shell(r#"mount -t tmpfs -o size=8k tiny "$2""#, "").run();
    if probe.exit_code() != Some(0) {
        return;
    }
    let more = Gate::default();
    let server = talkative(&more);
    let mut running = shell(TINY, server.url()).start();
    running.wait_stderr_contains("cannot write ");
    running.wait_stderr_contains("space");
    more.open();
    running.send("and you\n").wait_stdout_contains("fine\n");
    running.close_stdin();
    let output = running.finish();
    assert_eq!(output.exit_code(), Some(23), "{}", output.stderr_seen());
    server.finish();
    assert_whole_lines(&folder.path().join("copy"));
}

/// A server that says so many bytes and closes.
fn says_and_closes(length: usize) -> Server {
    Server::accept(move |conn| {
        conn.upgrade();
        conn.text("x".repeat(length)).close(1000, "").expect_close();
        conn.finish();
    })
}

#[test]
fn an_end_that_does_not_fit_on_the_disk_any_more_is_told_with_the_exit_code() {
    // How long everything is but the end, which is not much longer than 100 bytes.
    let server = says_and_closes(1000);
    let (command, _folder, path) = on_a_small_disk(&server, "--json");
    command.stdin_stays_open().run().stderr("").code(0);
    let whole = fs::read(path).expect("a recording");
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let end = lines.last().expect("an end").len();
    let length = 8192 - 60 - (whole.len() - end) + 1000;
    server.finish();

    let server = says_and_closes(length);
    let (command, _folder, path) = on_a_small_disk(&server, "--json");
    let output = command.stdin_stays_open().run();
    let found = events(output.stdout_seen());
    let code = output.exit_code();
    assert_eq!(code, Some(23), "{}", output.stderr_seen());
    let recorded = events(fs::read(path).expect("a recording"));
    assert_eq!(
        recorded.len(),
        found
            .iter()
            .filter(|event| event["event"] != "error")
            .count()
            - 1
    );
    let end = found.last().expect("an end");
    assert_eq!((&end["event"], &end["exit"]), (&"end".into(), &23.into()));
    server.finish();
}
