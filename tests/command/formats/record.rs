//! Of `--record`: a new file of its owner's with every event, whatever else the
//! run does.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use super::super::support::events::{events, recording, told};
use super::super::support::{Command, Key, Server, echo_server, wstalk};
use super::{Ear, Said, abreast, closing, says, talk, text};

/// A path in a folder of its own, which outlives the run.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording.jsonl");
    (folder, path)
}

fn recorded(command: Command, path: &PathBuf) -> Command {
    command.arg("--record").arg(path)
}

/// Events by name, direction and payload.
fn names(events: &[Value]) -> Vec<String> {
    told(
        events,
        &["direction", "n", "data", "base64", "code", "exit"],
    )
}

#[test]
fn a_recording_is_a_new_file_for_its_owner_alone() {
    let server = echo_server();
    let (_folder, path) = place();
    let output = recorded(talk(&server), &path)
        .args(["-1"])
        .stdin("a\n")
        .run();
    output.stdout("a\n").stderr("").code(0);
    let mode = fs::metadata(&path)
        .expect("a recording")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600, "{mode:o}");
    let all = names(&recording(&path));
    assert_eq!(
        all,
        [
            "open",
            "message sent 1 a",
            "message received 1 a",
            "close sent 1000",
            "close received 1000",
            "end 0",
        ]
    );
}

#[test]
fn its_mode_does_not_depend_on_the_umask() {
    let (_folder, path) = place();
    let server = echo_server();
    let shell = super::super::support::program("/bin/sh")
        .args(["-c", r#"umask 0; exec "$0" "$1" -E --record "$2""#])
        .args([env!("CARGO_BIN_EXE_wstalk"), server.url()])
        .arg(&path);
    shell.run().stdout("").stderr("").code(0);
    let mode = fs::metadata(&path)
        .expect("a recording")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600, "{mode:o}");
}

#[test]
fn what_is_there_is_left_alone_and_nothing_is_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, link, dangling, directory] =
        ["file", "link", "dangling", "directory"].map(|name| folder.path().join(name));
    fs::write(&file, "mine\n").expect("a file");
    symlink(&file, &link).expect("a link");
    symlink(folder.path().join("new"), &dangling).expect("a link");
    fs::create_dir(&directory).expect("a folder");
    let cases = [
        (file.clone(), "file exists"),
        (link, "file exists"),
        (dangling, "file exists"),
        (directory, "file exists"),
        (
            folder.path().join("no/such/folder"),
            "no such file or directory",
        ),
        (PathBuf::from("/dev/full"), "file exists"),
        (PathBuf::from("/dev/stdout"), "file exists"),
        (PathBuf::new(), ""),
    ];
    abreast(&cases, |(path, cause)| {
        let server = Server::untouched();
        let output = recorded(talk(&server), path).stdin("a\n").run();
        let stderr = output.stderr_seen();
        let begins = format!("wstalk: error: cannot write {}: {cause}", path.display());
        let path = path.display();
        let usage = output.exit_code() == Some(2);
        if !(path.to_string().is_empty() && usage) {
            assert!(stderr.starts_with(&begins), "{path}: {stderr}");
            assert_eq!(output.exit_code(), Some(23), "{path}: {stderr}");
        }
        assert_eq!(output.stdout_seen(), b"", "{path}");
        server.finish();
    });
    assert_eq!(fs::read(&file).expect("a file"), b"mine\n");
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_recording_that_cannot_be_made_is_an_error_at_the_prompt_too() {
    let (_folder, path) = place();
    fs::write(&path, "mine\n").expect("a file");
    let server = Server::untouched();
    let command = recorded(talk(&server), &path);
    let finished = command.in_terminal(24, 200).finish();
    assert_eq!(finished.code, 23, "{}", finished.screen);
    assert!(
        finished.screen.contains("file exists"),
        "{}",
        finished.screen
    );
    server.finish();
}

#[test]
fn a_recording_is_the_same_with_events_on_stdout_and_without() {
    let run = |options: &'static [&'static str], stdin: &'static str| {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.expect_text("a\u{e9}").binary([255]).ping("k");
            conn.expect_pong("k").text("b").close(4000, "bye");
            conn.expect_close();
            conn.finish();
        });
        let (_folder, path) = place();
        let mut running = recorded(talk(&server), &path).args(options).start();
        running.send(stdin);
        let output = running.finish();
        let seen = output.stdout_seen().to_vec();
        output.code(69);
        server.finish();
        (fs::read(&path).expect("a recording"), seen)
    };
    let (file, stdout) = run(&["--json"], "{\"text\":\"aé\"}\n");
    assert!(file == stdout, "they differ");
    let expected = names(&events(&file));
    assert_eq!(expected.len(), 9, "{expected:?}");
    for options in [
        &[][..],
        &["--output", "lines"],
        &["--output", "raw", "--stats"],
        &["--output", "notation", "-q"],
        &["--output", "nul", "-P"],
        &["-v"],
        &["--input", "notation"],
    ] {
        let (file, stdout) = run(options, "aé\n");
        assert_eq!(names(&events(&file)), expected, "{options:?}");
        assert!(!stdout.starts_with(b"{\"v\""), "{options:?}");
    }
}

#[test]
fn a_run_that_only_waits_is_recorded() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("hi").text("there").answer_close();
    });
    let output = recorded(talk(&server), &path)
        .args(["-w", "0.3", "-x", "hi"])
        .run();
    output.stdout("there\n").stderr("").code(0);
    server.finish();
    let all = names(&recording(&path));
    assert_eq!(all[1..3], ["message sent 1 hi", "message received 1 there"]);
    assert_eq!(all.last().map(String::as_str), Some("end 0"));
}

#[test]
fn an_echo_is_recorded() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("a").expect_text("a");
        conn.binary([255]).expect_binary([255]);
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = recorded(talk(&server), &path).arg("--echo").run();
    output.stdout("").stderr("").code(0);
    server.finish();
    let all = names(&recording(&path));
    assert_eq!(
        all,
        [
            "open",
            "message received 1 a",
            "message sent 1 a",
            "message received 2 /w==",
            "message sent 2 /w==",
            "close received 1000",
            "close sent 1000",
            "end 0",
        ]
    );
}

#[test]
fn the_prompt_is_recorded() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("typed").binary([255, 0]).ping("k");
        conn.expect_pong("k");
        conn.expect_ping("mine").pong("mine").answer_close();
    });
    let mut terminal = recorded(talk(&server), &path).in_terminal(24, 120);
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal.type_("typed").key(Key::Enter);
    terminal.wait_for_text("< /binary ff 00\n>");
    terminal.type_("/ping mine").key(Key::Enter);
    terminal.wait_for_text("* pong mine");
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
    let all = names(&recording(&path));
    assert_eq!(
        all,
        [
            "open",
            "message sent 1 typed",
            "message received 1 /wA=",
            "ping received k",
            "pong sent k",
            "ping sent mine",
            "pong received mine",
            "close sent 1000",
            "close received 1000",
            "end 0",
        ]
    );
}

#[test]
fn a_prompt_that_is_ended_by_a_signal_leaves_a_whole_recording() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let (_folder, path) = place();
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.text("hello").answer_close();
        });
        let mut terminal = recorded(talk(&server), &path).in_terminal(24, 120);
        terminal.wait_for_text("< hello\n>");
        terminal.signal(signal);
        assert_eq!(terminal.finish().code, code);
        server.finish();
        let all = names(&recording(&path));
        assert_eq!(all[1], "message received 1 hello");
        let end = format!("end {code}");
        assert_eq!(all.last(), Some(&end), "{all:?}");
    }
}

#[test]
fn what_has_happened_is_in_the_file_while_the_run_goes_on() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("first").expect_text("next");
        conn.text("second").answer_close();
    });
    let mut running = recorded(talk(&server), &path).arg("-E").start();
    running.wait_stdout("first\n").send("next\n");
    running.wait_stdout("second\n");
    let so_far = fs::read(&path).expect("a recording");
    let all = names(&events(&so_far));
    assert_eq!(
        all[..3],
        ["open", "message received 1 first", "message sent 1 next"]
    );
    running.close_stdin();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn a_program_that_is_killed_leaves_whole_lines() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        for n in 0..1000 {
            conn.text(format!("message {n}"));
        }
        conn.swallow();
    });
    let mut running = recorded(talk(&server), &path).start();
    running.wait_stdout_contains("message 999\n");
    running.signal(Signal::KILL);
    assert_eq!(running.finish().exit_code(), None);
    server.finish();
    let found = events(fs::read(&path).expect("a recording"));
    assert!(found.len() > 900, "{}", found.len());
}

#[test]
fn a_refusal_and_a_failure_to_connect_are_recorded() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    });
    let output = recorded(talk(&server), &path).run();
    output.stdout("").code(22);
    server.finish();
    assert_eq!(names(&recording(&path)), ["refused", "error 22", "end 22"]);
}

#[test]
fn messages_beyond_the_goal_are_recorded_though_they_are_not_written() {
    let (_folder, path) = place();
    let server = Server::accept(|conn| {
        conn.upgrade();
        says(conn, &[text("one"), text("two"), text("three")]);
    });
    let output = recorded(talk(&server), &path)
        .args(["-1", "--close-timeout", "3"])
        .stdin_stays_open()
        .run();
    output.stdout("one\n").stderr("").code(0);
    drop(server);
    let found = recording(&path);
    let numbers: Vec<&Value> = found
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| &event["n"])
        .collect();
    assert_eq!(numbers[0], 1);
    let end = &found.last().expect("an end")["received"];
    assert_eq!(*end, numbers.len());
}

#[test]
fn a_reader_that_has_seen_enough_does_not_harm_the_recording() {
    let (_folder, path) = place();
    let ear = Ear::default();
    let theirs = ear.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.text("first");
        theirs.listen(conn);
    });
    let mut running = recorded(talk(&server), &path).start();
    running.wait_stdout("first\n").close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
    assert_eq!(ear.said(), [Said::Close(Some(1001), String::new())]);
    let all = names(&recording(&path));
    assert_eq!(
        all[2..],
        ["close sent 1001", "close received 1001", "end 0"]
    );
}

#[test]
fn a_limit_of_a_message_that_has_to_be_held_is_told() {
    let (_folder, path) = place();
    let ear = Ear::default();
    let server = ear.server();
    let output = recorded(talk(&server), &path)
        .args(["--max-message-size", "100"])
        .stdin(format!("good\n{}\n", "x".repeat(101)))
        .within(Duration::from_secs(10))
        .run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: stdin, line 2: ")
        .code(65);
    server.finish();
    assert_eq!(ear.said(), [text("good"), closing()]);
    let all = names(&recording(&path));
    assert_eq!(all.last().map(String::as_str), Some("end 65"));
}

#[test]
fn nothing_of_a_demo_is_missing_in_its_recording() {
    let (_folder, path) = place();
    let output = recorded(wstalk().arg("demo"), &path)
        .arg("-1")
        .stdin("hello\n")
        .run();
    output.stdout("hello\n").stderr("").code(0);
    let all = names(&recording(&path));
    assert_eq!(
        all[1..3],
        ["message sent 1 hello", "message received 1 hello"]
    );
}

#[test]
fn wrong_usage_leaves_no_recording_behind() {
    let cases: [(&[&str], i32); 5] = [
        (&["-N", "0"], 2),
        (&["-x", "/nonsense"], 2),
        (&["--json", "-b"], 2),
        (&["--close-code", "1006"], 2),
        (&["-x", "/file missing"], 26),
    ];
    abreast(&cases, |(options, code)| {
        let (_folder, path) = place();
        let server = Server::untouched();
        let output = recorded(talk(&server), &path).args(*options).run();
        assert_eq!(output.exit_code(), Some(*code), "{options:?}");
        assert!(!path.exists(), "{options:?}");
        server.finish();
    });
    let (_folder, path) = place();
    let output = recorded(wstalk().arg("ws://[::1/"), &path).run();
    output.code(3);
    assert!(!path.exists());
}
