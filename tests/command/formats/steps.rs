//! Of `--input notation` and `--input json` as scripts: order, waits, and a Close
//! in the middle.

use std::time::Duration;

use rustix::process::Signal;

use super::super::support::{Gate, Server};
use super::{Ear, Said, abreast, binary, closing, talk, text};

/// Everything that can be said, with waits; the same in both languages.
const NOTATION: &str = "one\n/wait 300ms\n/binary 00 ff\n/ping k\n/wait 0.4\n/pong\n\
    {\"a\":\n 1}\n//two\n/close 4001 bye now\nafter\n/nonsense\n";
const JSON: &str = "{\"text\":\"one\"}\n{\"wait_ms\":300}\n{\"base64\":\"AP8=\"}\n\
    {\"ping\":\"k\"}\n{\"wait_ms\":4e2}\n{\"pong\":\"\"}\n{\"text\":\"{\\\"a\\\":\\n 1}\"}\n\
    {\"text\":\"/two\"}\n{\"close\":{\"code\":4001,\"reason\":\"bye now\"}}\n\
    {\"text\":\"after\"}\nnonsense\n";

fn everything() -> Vec<Said> {
    vec![
        text("one"),
        binary([0, 255]),
        Said::Ping(b"k".to_vec()),
        Said::Pong(Vec::new()),
        text("{\"a\":\n 1}"),
        text("/two"),
        Said::Close(Some(4001), "bye now".to_owned()),
    ]
}

#[test]
fn all_kinds_go_out_in_order_with_their_waits_and_nothing_behind_a_close() {
    abreast(
        &[("notation", NOTATION), ("json", JSON)],
        |(format, stdin)| {
            let ear = Ear::default();
            let server = ear.server();
            let output = talk(&server).args(["--input", format]).stdin(stdin).run();
            output.stdout("").stderr("").code(0);
            server.finish();
            assert_eq!(ear.said(), everything(), "{format}");
            let times = ear.times();
            assert!((300..3000).contains(&times[1]), "{format}: {times:?}");
            assert!((700..5000).contains(&times[3]), "{format}: {times:?}");
        },
    );
}

#[test]
fn after_a_close_stdin_is_read_no_further_and_the_run_ends_without_its_end() {
    for (format, close) in [
        ("notation", "a\n/close 1000 x\n"),
        (
            "json",
            "{\"text\":\"a\"}\n{\"close\":{\"code\":1000,\"reason\":\"x\"}}\n",
        ),
    ] {
        let (ear, closed, answer) = (Ear::default(), Gate::default(), Gate::default());
        let (theirs, came, go) = (ear.clone(), closed.clone(), answer.clone());
        let server = Server::accept(move |conn| {
            conn.upgrade();
            let payload = theirs.listen_until_close(conn);
            came.open();
            go.pass("the test's word");
            conn.text("last word").frame(8, payload).shutdown_write();
            conn.expect_eof();
        });
        let mut running = talk(&server).args(["--input", format]).start();
        running.send(close);
        closed.pass("a Close");
        // A pipe is full at some time, if nobody reads it.
        let more = "more\n".repeat(1024 * 1024);
        let taken = running.send_within(Duration::from_millis(300), more);
        assert!(taken <= 1024 * 1024 + 256 * 1024, "{format}: {taken}");
        answer.open();
        running.finish().stdout("last word\n").stderr("").code(0);
        server.finish();
        let close = Said::Close(Some(1000), "x".to_owned());
        assert_eq!(ear.said(), [text("a"), close], "{format}");
    }
}

#[test]
fn a_close_may_be_without_code_or_reason() {
    let none = Said::Close(None, String::new());
    let cases = [
        ("notation", "/close\n", none.clone()),
        ("json", "{\"close\":{}}\n", none.clone()),
        ("json", "{\"close\":{\"code\":null,\"reason\":null}}", none),
        ("notation", "/close 1000", closing()),
        ("json", "{\"close\":{\"code\":1000}}", closing()),
        (
            "json",
            "{\"close\":{\"code\":1000,\"reason\":\"\"}}",
            closing(),
        ),
    ];
    abreast(&cases, |(format, stdin, expected)| {
        let ear = Ear::default();
        let server = ear.server();
        let output = talk(&server).args(["--input", format]).stdin(stdin).run();
        output.stdout("").stderr("").code(0);
        server.finish();
        assert_eq!(&ear.said()[..], std::slice::from_ref(expected), "{stdin}");
    });
}

#[test]
fn what_comes_during_a_wait_is_written_at_once() {
    for (format, stdin) in [
        ("notation", "one\n/wait 900ms\ntwo\n"),
        (
            "json",
            "{\"text\":\"one\"}\n{\"wait_ms\":900}\n{\"text\":\"two\"}\n",
        ),
    ] {
        let late = Gate::default();
        let over = late.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.expect_text("one").text("meanwhile");
            conn.expect_text("two");
            over.open();
            conn.answer_close();
        });
        let mut running = talk(&server).args(["--input", format, "-E"]).start();
        running.send(stdin).wait_stdout("meanwhile\n");
        assert!(!late.is_open(), "{format}: it came after the wait");
        running.close_stdin();
        running.finish().stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_wait_at_the_end_of_stdin_is_kept() {
    abreast(
        &[
            ("notation", "a\n/wait 500ms\n"),
            ("json", "{\"text\":\"a\"}\n{\"wait_ms\":500}"),
        ],
        |(format, stdin)| {
            let ear = Ear::default();
            let server = ear.server();
            let output = talk(&server)
                .args(["--input", format, "-E"])
                .stdin(stdin)
                .run();
            output.stdout("").stderr("").code(0);
            server.finish();
            assert_eq!(ear.said(), [text("a"), closing()], "{format}");
            assert!(ear.times()[1] >= 500, "{format}: {:?}", ear.times());
        },
    );
}

#[test]
fn a_server_that_closes_during_a_wait_ends_the_run_and_the_rest_is_told() {
    for (format, stdin) in [
        ("notation", "one\n/wait 20\ntwo\nthree\n"),
        (
            "json",
            "{\"text\":\"one\"}\n{\"wait_ms\":20000}\n{\"text\":\"two\"}\n{\"text\":\"three\"}\n",
        ),
    ] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.expect_text("one").close(1000, "").expect_close();
            conn.finish();
        });
        let output = talk(&server).args(["--input", format]).stdin(stdin).run();
        let expected = "wstalk: error: not everything that was read could be sent: \
            0 messages surely sent, 1 perhaps, 2 surely not\n";
        assert!(output.stderr_seen().starts_with(expected), "{format}");
        output.stdout("").code(55);
        server.finish();
    }
}

#[test]
fn a_file_named_in_the_notation_is_sent_from_where_the_program_runs() {
    let ear = Ear::default();
    let server = ear.server();
    let command = talk(&server).args(["--input", "notation", "-E"]);
    std::fs::write(command.home().join("a file"), b"\xff\n\0").expect("a file");
    std::fs::write(command.home().join("text"), "é\n").expect("a file");
    let output = command.stdin("/file a file\n/file --text text\n").run();
    output.stdout("").stderr("").code(0);
    server.finish();
    let expected = [binary(b"\xff\n\0"), text("é\n"), closing()];
    assert_eq!(ear.said(), expected);
}

/// A server that closes with 1000 after the first message.
fn closes_early() -> Server {
    Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one").close(1000, "").expect_close();
        conn.finish();
    })
}

#[test]
fn what_was_not_sent_is_counted_in_messages_not_in_lines() {
    for (format, stdin) in [
        (
            "notation",
            "one\n/wait 20\n{\"a\":\n1,\n\"b\":2}\n/wait 1\n",
        ),
        (
            "json",
            "{\"text\":\"one\"}\n{\"wait_ms\":20000}\n\n{\"wait_ms\":1}\n{\"text\":\"two\"}\n\
            {\"event\":\"message\",\"direction\":\"received\"}\n",
        ),
    ] {
        let server = closes_early();
        let output = talk(&server).args(["--input", format]).stdin(stdin).run();
        let stderr = output.stderr_seen();
        let named = " 1 perhaps, 1 surely not\n";
        assert!(stderr.contains(named), "{format}: {stderr}");
        output.code(55);
        server.finish();
    }
}

#[test]
fn lines_that_send_nothing_are_no_loss_when_the_server_closes() {
    for (format, stdin) in [
        ("notation", "one\n/wait 20\n/wait 1\n"),
        (
            "json",
            "{\"text\":\"one\"}\n{\"wait_ms\":20000}\n{\"wait_ms\":1}\n\n\
            {\"event\":\"close\",\"direction\":\"received\"}\n{\"event\":\"end\"}\n",
        ),
    ] {
        let server = closes_early();
        let output = talk(&server).args(["--input", format]).stdin(stdin).run();
        let seen = (output.exit_code(), output.stderr_seen());
        assert_eq!(seen, (Some(0), ""), "{format}");
        server.finish();
    }
}

#[test]
fn a_signal_during_a_wait_tells_what_was_not_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one").text("go");
        assert_eq!(conn.answer_close().0, Some(1001));
    });
    let mut running = talk(&server).args(["--input", "notation"]).start();
    running.send("one\n/wait 20\ntwo\n").wait_stdout("go\n");
    running.signal(Signal::TERM);
    running
        .finish()
        .stderr_contains("1 perhaps, 1 surely not\n")
        .code(143);
    server.finish();
}
