//! `wstalk URL -x … --expect …`: a check without a file.

use super::super::support::{Conn, Frame, Server, wstalk};
use super::echo;

#[test]
fn lines_are_sent_and_expected_in_the_order_given_and_what_came_is_printed() {
    let server = Server::accept(echo);
    let run = wstalk().args([
        server.url(),
        "-x",
        "a",
        "--expect",
        "a",
        "-x",
        "{\"b\":1,\"c\":2}",
        "--expect",
        "{\"b\":1}",
    ]);
    run.run()
        .code(0)
        .stdout("a\n{\"b\":1,\"c\":2}\n")
        .stderr("");
    server.finish();
}

#[test]
fn what_is_not_met_is_told_with_its_option_and_is_1() {
    let server = Server::accept(echo);
    let run = wstalk().args([server.url(), "-x", "{\"a\":1}", "--expect", "{\"a\":2}"]);
    let output = run.run().code(1).stdout("{\"a\":1}\n");
    let told = output.stderr_seen();
    assert!(
        told.starts_with(
            "wstalk: error: --expect \"{\"a\":2}\": another message came than the expected one\n"
        ),
        "{told}"
    );
    assert!(
        told.contains("  differences  $.a: expected 2, came 1\n"),
        "{told}"
    );
    server.finish();
}

#[test]
fn braces_are_no_variables_here() {
    let server = Server::accept(echo);
    let run = wstalk().args([
        server.url(),
        "-x",
        "{{x}} {{!y}}",
        "--expect",
        "{{x}} {{!y}}",
    ]);
    run.run().code(0).stdout("{{x}} {{!y}}\n");
    server.finish();
}

#[test]
fn stdin_is_not_read() {
    let server = Server::accept(echo);
    let run = wstalk()
        .args([server.url(), "-x", "a", "--expect", "a"])
        .stdin("never\n");
    run.run().code(0).stdout("a\n");
    server.finish();
}

/// Answers with two messages in one segment, so that both have come when one is looked at.
fn twice(conn: &mut Conn<'_>) {
    conn.upgrade();
    conn.expect_text("a");
    conn.raw([Frame::text("a").bytes(), Frame::text("b").bytes()].concat());
    conn.answer_close();
}

#[test]
fn hints_speak_of_options_and_not_of_lines_in_a_file() {
    let told_of = |server: Server, options: &[&str]| {
        let output = wstalk().arg(server.url()).args(options).run().code(1);
        server.finish();
        let told = output.stderr_seen();
        let hint = told.lines().find(|line| line.starts_with("hint: "));
        hint.unwrap_or_else(|| panic!("{told}")).to_owned()
    };
    assert_eq!(
        told_of(Server::accept(twice), &["-x", "a", "--expect", "a"]),
        "hint: --expect ... as the last one lets more come"
    );
    assert_eq!(
        told_of(Server::accept(echo), &["--expect", "a"]),
        "hint: --execute '/wait 10s' before it waits longer"
    );
    let server = Server::accept(twice);
    let run = wstalk().arg(server.url()).args(["-x", "a"]);
    run.args(["--expect", "a", "--expect", "..."]).run().code(0);
    server.finish();
}

#[test]
fn a_pattern_that_is_none_is_told_before_anything_is_sent() {
    let server = Server::untouched();
    let run = wstalk().args([server.url(), "-x", "a", "--expect", "/match ("]);
    let output = run.run().code(2);
    assert!(
        output.stderr_seen().starts_with(
            "wstalk: error: --expect \"/match (\": column 8: not a regular expression"
        ),
        "{}",
        output.stderr_seen()
    );
    server.finish();
}

#[test]
fn a_server_that_is_not_there_is_told_as_ever() {
    let output = wstalk()
        .args(["ws://127.0.0.1:1", "--expect", "a"])
        .run()
        .code(7);
    assert!(
        output.stderr_seen().starts_with(
            "wstalk: error: cannot connect to 127.0.0.1:1: connection refused\nhint: "
        )
    );
}

#[test]
fn options_that_read_stdin_or_stop_otherwise_do_not_go_with_it() {
    for option in [
        "-1",
        "--json",
        "--until=a",
        "-w=1",
        "--reconnect",
        "-b",
        "--echo",
    ] {
        let output = wstalk()
            .args(["ws://127.0.0.1:1", "--expect", "a", option])
            .run()
            .code(2);
        assert!(
            output.stderr_seen().contains("cannot be used with"),
            "{option}: {}",
            output.stderr_seen()
        );
    }
}
