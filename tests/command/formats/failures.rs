//! Of runs that fail: their `error` and `end` events have the exit code of the
//! process, on stdout and in a recording; and secrets are masked in all of them.

use std::fs::File;
use std::net::TcpListener;

use rustix::process::Signal;
use serde_json::Value;

use super::super::support::events::{events, recording, told};
use super::super::support::{Authority, Command, Conn, Gate, Output, Server, wstalk};
use super::{abreast, talk};

/// Holds the events of a run that has failed against its exit code, and returns
/// their names.
#[track_caller]
fn failed(case: &str, output: &Output, kind: &str, code: i32) -> Vec<Value> {
    let found = events(output.stdout_seen());
    let shown = told(&found, &["kind", "message", "exit", "error"]);
    assert_eq!(output.exit_code(), Some(code), "{case}: {shown:?}");
    let end = found.last().unwrap_or_else(|| panic!("{case}: no events"));
    assert_eq!(end["event"], "end", "{case}: {shown:?}");
    assert_eq!(end["exit"], code, "{case}: {shown:?}");
    let error = found
        .iter()
        .find(|event| event["event"] == "error" && event["exit"] == code)
        .unwrap_or_else(|| panic!("{case}: no error: {shown:?}"));
    assert_eq!(error["kind"], kind, "{case}: {shown:?}");
    assert_eq!(end["error"], error["message"], "{case}: {shown:?}");
    let message = error["message"].as_str().unwrap_or_default();
    let message = message.replace('\u{1b}', "\\u001b");
    let hint = error["hint"].as_str().map(|hint| format!("hint: {hint}\n"));
    let stderr = output.stderr_seen();
    // Who sent a signal knows.
    if kind == "stopped" {
        assert_eq!(stderr, "", "{case}");
    } else {
        let line = format!("wstalk: error: {message}\n");
        assert!(stderr.contains(&line), "{case}: no {line:?} in {stderr}");
        let hint = hint.unwrap_or_default();
        assert!(stderr.contains(&hint), "{case}: no {hint:?} in {stderr}");
    }
    found
}

/// The same of a run with this script, which is recorded too.
#[track_caller]
fn fails(
    case: &str,
    (options, stdin): (&[&str], Option<&str>),
    script: fn(&mut Conn<'_>),
    (kind, code): (&str, i32),
) -> Vec<Value> {
    let server = Server::accept(script);
    let command = talk(&server)
        .args(["--json", "--record", "r"])
        .args(options);
    let command = match stdin {
        Some(stdin) => command.stdin(stdin),
        None => command.stdin_stays_open(),
    };
    let output = command.run();
    let found = failed(case, &output, kind, code);
    assert_eq!(recording(output.home().join("r")), found, "{case}");
    server.finish();
    found
}

type Failure = (
    &'static str,
    (&'static [&'static str], Option<&'static str>),
    fn(&mut Conn<'_>),
    (&'static str, i32),
    &'static [&'static str],
);

fn silent(conn: &mut Conn<'_>) {
    conn.upgrade();
    conn.swallow();
}

/// What is asked, what the server does, how it ends, and the events.
const FAILURES: [Failure; 13] = [
    (
        "lost",
        (&[], None),
        |conn| {
            conn.upgrade();
            conn.text("one").finish();
        },
        ("lost", 56),
        &["open", "message", "close 1006", "error", "end"],
    ),
    (
        "lost inside a message",
        (&[], None),
        |conn| {
            conn.upgrade();
            conn.raw(b"\x01\x03one").finish();
        },
        ("lost", 56),
        &["open", "close 1006", "error", "end"],
    ),
    (
        "broken frame",
        (&[], None),
        |conn| {
            conn.upgrade();
            conn.raw(b"\x83\x00");
            conn.expect_close();
            conn.finish();
        },
        ("protocol", 76),
        &["open", "close 1002", "close 1006", "error", "end"],
    ),
    (
        "bad text",
        (&[], None),
        |conn| {
            conn.upgrade();
            conn.text(b"\xff").expect_close();
            conn.finish();
        },
        ("protocol", 76),
        &["open", "close 1007", "close 1006", "error", "end"],
    ),
    (
        "time of the run",
        (&["-m", "0.3"], None),
        silent,
        ("timeout", 28),
        &["open", "close 1001", "close 1006", "error", "end"],
    ),
    (
        "silence after a ping",
        (&["--ping-interval", "0.1", "--ping-timeout", "0.2"], None),
        silent,
        ("timeout", 28),
        &[],
    ),
    (
        "no answer in time",
        (&["--connect-timeout", "0.2"], None),
        |conn| _ = conn.swallow(),
        ("timeout", 28),
        &["error", "end"],
    ),
    (
        "no answer",
        (&[], None),
        |conn| drop(conn.read_head()),
        ("handshake", 52),
        &["error", "end"],
    ),
    (
        "no handshake",
        (&[], None),
        |conn| _ = conn.reply("SSH-2.0-x\r\n\r\n"),
        ("handshake", 8),
        &["error", "end"],
    ),
    (
        "not met",
        (&["-N", "2"], None),
        |conn| {
            conn.upgrade();
            conn.text("one").close(1000, "").expect_close();
            conn.finish();
        },
        ("expectation", 1),
        &[
            "open",
            "message",
            "close 1000",
            "close 1000",
            "error",
            "end",
        ],
    ),
    (
        "bad input",
        (&[], Some("{\"text\":\"a\"}\nbad\n")),
        |conn| {
            conn.upgrade();
            conn.expect_text("a").answer_close();
        },
        ("input", 65),
        &[
            "open",
            "message",
            "close 1000",
            "close 1000",
            "error",
            "end",
        ],
    ),
    (
        "unsent",
        (&["-x", "/wait 20", "-x", "a"], None),
        |conn| {
            conn.upgrade();
            conn.close(1000, "").expect_close();
            conn.finish();
        },
        ("unsent", 55),
        &["open", "close 1000", "close 1000", "error", "end"],
    ),
    (
        "unmet and unsent",
        (&["-1", "-x", "/wait 20", "-x", "a"], None),
        |conn| {
            conn.upgrade();
            conn.close(1000, "").expect_close();
            conn.finish();
        },
        ("unsent", 55),
        &[],
    ),
];

#[test]
fn failures_are_told_with_the_exit_code() {
    abreast(&FAILURES, |(case, run, script, outcome, expected)| {
        let found = fails(case, *run, *script, *outcome);
        let names = told(&found, &["code"]);
        if !expected.is_empty() {
            assert_eq!(&names[..], *expected, "{case}");
        }
    });
}

#[test]
fn a_refusal_is_told_with_its_body_and_without_its_secrets() {
    let found = fails(
        "refused",
        (&[], None),
        |conn| {
            conn.reply(
                "HTTP/1.1 401 Not \u{1b}[2J you\r\nContent-Length: 9\r\n\
                Set-Cookie: session=hunter2\r\nX-Api-Key: hunter2\r\n\
                Location: http://user:hunter2@other/?token=hunter2&a=b\r\n\r\nsign in!\n",
            );
        },
        ("refused", 22),
    );
    assert_eq!(told(&found, &[]), ["refused", "error", "end"]);
    assert_eq!(found[0]["status"], 401);
    assert_eq!(found[0]["body"], "sign in!\n");
    assert_eq!(found[0]["body_cut"], false);
    let all = format!("{found:?}");
    assert!(!all.contains("hunter2"), "{all}");
    assert!(all.contains("a=b"), "{all}");
}

#[test]
fn a_refusal_that_is_long_or_no_text_is_cut_and_encoded() {
    let found = fails(
        "long",
        (&[], None),
        |conn| {
            let body = b"\xff".repeat(100_000);
            let head = "HTTP/1.1 500 x\r\nContent-Length: 100000\r\n\r\n";
            conn.read_head();
            // The client may have gone when it has seen enough.
            let _ = conn.try_raw([head.as_bytes(), &body].concat());
        },
        ("refused", 22),
    );
    assert_eq!(found[0]["body_cut"], true);
    let body = found[0]["body_base64"].as_str().expect("base64");
    assert!((80_000..90_000).contains(&body.len()), "{}", body.len());
}

#[test]
fn failures_before_there_is_a_connection_are_told() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let output = wstalk().args([&*format!("ws://{address}"), "--json"]).run();
    let found = failed("nobody there", &output, "connect", 7);
    assert_eq!(told(&found, &[]), ["error", "end"]);

    let authority = Authority::new();
    let server = Server::distrusted(&authority.localhost());
    let output = talk(&server).arg("--json").run();
    let found = failed("untrusted", &output, "tls", 60);
    assert_eq!(told(&found, &[]), ["error", "end"]);
    server.finish();
}

#[test]
fn tls_is_told_of() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        conn.upgrade();
        conn.answer_close();
    });
    let output = talk(&server)
        .args(["--json", "-E", "--cacert"])
        .arg(authority.certificate_path())
        .run();
    let found = events(output.stdout_seen());
    output.stderr("").code(0);
    assert!(found[0]["tls"].is_object(), "{}", found[0]);
    assert!(found[0]["timing"]["tls"].is_number(), "{}", found[0]);
    server.finish();
}

#[test]
fn signals_are_told_in_both_places() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::TERM, 143)] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            assert_eq!(conn.answer_close().0, Some(1001));
        });
        let mut running = talk(&server).args(["--json", "--record", "r"]).start();
        running.wait_stdout_contains("\"event\":\"open\"");
        running.signal(signal);
        let output = running.finish();
        let case = format!("{signal:?}");
        let found = failed(&case, &output, "stopped", code);
        let names = told(&found, &["direction", "code", "exit"]);
        let ours = "close sent 1001";
        let both = ["open", ours, "close received 1001"];
        assert_eq!(names[..3], both, "{case}");
        assert_eq!(recording(output.home().join("r")), found, "{case}");
        server.finish();
    }
}

#[test]
fn a_signal_before_the_connection_is_open_is_told() {
    let asked = Gate::default();
    let request = asked.clone();
    let server = Server::accept(move |conn| {
        conn.read_head();
        request.open();
        conn.swallow();
    });
    let mut running = talk(&server).arg("--json").start();
    asked.pass("the request");
    running.signal(Signal::TERM);
    let found = failed("opening", &running.finish(), "stopped", 143);
    assert_eq!(told(&found, &["exit"]), ["error 143", "end 143"]);
    server.finish();
}

fn with_secrets(server: &Server) -> Command {
    let address = server.address();
    let url = format!("ws://user:hunter2@{address}/path?token=hunter2&room=7");
    wstalk().args([&*url, "--json", "--record", "r"]).args([
        "-H",
        "X-Api-Key: hunter2",
        "-H",
        "Cookie: a=hunter2",
    ])
}

#[test]
fn secrets_are_masked_and_payloads_are_not() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[("Set-Cookie", "a=hunter2"), ("X-Auth-Token", "hunter2")]);
        conn.text("token=hunter3").close(1000, "").expect_close();
        conn.finish();
    });
    let output = with_secrets(&server).stdin_stays_open().run();
    let found = events(output.stdout_seen());
    let record = std::fs::read_to_string(output.home().join("r")).expect("a recording");
    for text in [
        &*String::from_utf8_lossy(output.stdout_seen()),
        &record,
        output.stderr_seen(),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let url = found[0]["url"].as_str().expect("a URL");
    assert!(url.ends_with("/path?token=***&room=7"), "{url}");
    assert_eq!(found[1]["data"], "token=hunter3");
    output.code(0);
    server.finish();
}

#[test]
fn secrets_are_masked_in_errors() {
    let server = Server::accept(|conn| drop(conn.reply("HTTP/1.1 403 no\r\n\r\n")));
    let output = with_secrets(&server).run();
    let record = std::fs::read_to_string(output.home().join("r")).expect("a recording");
    for text in [
        &*String::from_utf8_lossy(output.stdout_seen()),
        &record,
        output.stderr_seen(),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    output.code(22);
    server.finish();
}

#[test]
fn secrets_of_a_refusal_are_masked_on_stderr_too() {
    let server = Server::accept(|conn| {
        conn.reply(
            "HTTP/1.1 403 no\r\nSet-Cookie: session=hunter2\r\nX-Api-Key: hunter2\r\n\
            Location: /?token=hunter2\r\nContent-Length: 0\r\n\r\n",
        );
    });
    let output = talk(&server).run();
    let stderr = output.stderr_seen();
    assert!(!stderr.contains("hunter2"), "{stderr}");
    output.code(22);
    server.finish();
}

#[test]
fn events_that_cannot_be_written_fail_the_run_and_are_in_the_recording() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.answer_close().0, Some(1001));
    });
    let full = File::options().write(true).open("/dev/full");
    let output = talk(&server)
        .args(["--json", "--record", "r"])
        .stdin_stays_open()
        .stdout_to(full.expect("a full device"))
        .run();
    let found = recording(output.home().join("r"));
    let names = told(&found, &["code", "kind", "exit"]);
    assert_eq!(
        names,
        ["open", "close 1001", "close 1001", "error io 23", "end 23"]
    );
    output.stderr_contains("cannot write stdout: ").code(23);
    server.finish();
}
