//! Transcripts that somebody careless or hostile wrote.

use std::fs;
use std::process;

use super::super::support::{Command, Server, wstalk};

fn check(text: &str) -> Command {
    let command = wstalk().args(["check", "a.wst"]);
    fs::write(command.home().join("a.wst"), text).expect("a file");
    command
}

#[test]
fn credentials_in_a_url_are_masked_wherever_they_are_said() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("hunter2 and p4r4m3t3r");
        conn.text("hunter2 and p4r4m3t3r");
        conn.answer_close();
    });
    let address = server.address();
    let text = format!(
        "connect ws://me:hunter2@{address}/?token=p4r4m3t3r\n> hunter2 and p4r4m3t3r\n< x\n"
    );
    let output = check(&text).args(["-v", "--record-on-fail", "rec"]).run();
    let record = fs::read_to_string(output.home().join("rec/a.jsonl")).expect("a recording");
    for told in [output.stderr_seen(), &record] {
        assert!(
            !told.contains("hunter2") && !told.contains("p4r4"),
            "{told}"
        );
        assert!(told.contains("*** and ***"), "{told}");
    }
    output.code(1);
    server.finish();
}

#[test]
fn what_never_ends_is_no_certificate_and_no_file_to_send() {
    for line in ["  cacert pipe", "> /file pipe"] {
        let text = format!("connect ws://127.0.0.1:1\n{line}\n");
        let command = check(&text);
        let pipe = command.home().join("pipe");
        let made = process::Command::new("mkfifo").arg(pipe).status();
        assert!(made.expect("mkfifo").success());
        let output = command.run().code(2);
        let told = output.stderr_seen();
        assert!(told.contains(": this is no regular file\n"), "{told}");
    }
}

#[test]
fn an_error_shows_a_part_of_a_line_that_is_long() {
    let long = "x".repeat(100_000);
    for line in [
        long.clone(),
        format!("> {{{{{long}}}}}"),
        format!("> {long}{{{{y}}}}{long}"),
        format!("> {{\"a\":\"{long}\",}}"),
        format!("< a\n  $.{long} == {long}"),
    ] {
        let output = check(&format!("connect ws://127.0.0.1:1\n{line}\n"))
            .run()
            .code(2);
        let told = output.stderr_seen();
        assert!(told.len() < 1_000, "{} bytes: {line:.20}", told.len());
        assert!(told.contains("…"), "{told}");
    }
}

#[test]
fn credentials_under_a_misspelled_option_are_not_shown() {
    for line in [
        "Authorization: Bearer hunter2",
        "-bearer hunter2",
        "cookie: hunter2",
    ] {
        let output = check(&format!("connect ws://127.0.0.1:1\n  {line}\n"))
            .run()
            .code(2);
        assert!(!output.stderr_seen().contains("hunter2"), "{line}");
    }
}
