//! Of events at the end of a connection: closes, losses, and what follows them.

use serde_json::Value;

use super::super::support::events::{events, told};
use super::super::support::{Frame, Server, frame::opcode};
use super::events::events_of;
use super::{abreast, talk};

/// The close events of a server that closes with this payload, the kind of the
/// error, and the exit code.
type Closing = (&'static [u8], [&'static str; 2], Option<&'static str>, i32);

const CLOSINGS: [Closing; 12] = [
    (b"", ["received null  true", "sent null  true"], None, 0),
    (
        b"\x03\xe8",
        ["received 1000  true", "sent 1000  true"],
        None,
        0,
    ),
    (
        b"\x03\xe8bye",
        ["received 1000 bye true", "sent 1000"],
        None,
        0,
    ),
    (
        b"\x03\xf0quota \x1b[2J",
        ["received 1008 quota \u{1b}[2J true", "sent 1008"],
        None,
        69,
    ),
    (
        b"\x0f\xa0",
        ["received 4000  true", "sent 4000  true"],
        None,
        69,
    ),
    (
        b"\x03\xf3",
        ["received 1011  true", "sent 1011  true"],
        None,
        69,
    ),
    (
        b"\x03",
        ["received null", "sent 1002"],
        Some("protocol"),
        76,
    ),
    (
        b"\x03\xed",
        ["received 1005  false", "sent 1002"],
        Some("protocol"),
        76,
    ),
    (
        b"\x03\xee",
        ["received 1006  false", "sent 1002"],
        Some("protocol"),
        76,
    ),
    (
        b"\x00\x00",
        ["received 0  false", "sent 1002"],
        Some("protocol"),
        76,
    ),
    (
        b"\xff\xff",
        ["received 65535  false", "sent 1002"],
        Some("protocol"),
        76,
    ),
    (
        b"\x03\xe8a\xff",
        ["received 1000 Yf8= false", "sent 1007"],
        Some("protocol"),
        76,
    ),
];

#[test]
fn closes_are_told_with_code_and_reason_whatever_they_are() {
    abreast(&CLOSINGS, |(payload, closes, kind, code)| {
        let payload = *payload;
        let run = events_of(&[], move |conn| {
            conn.upgrade();
            conn.frame(opcode::CLOSE, payload);
            conn.read_frame();
            conn.finish();
        });
        let members = ["direction", "code", "reason", "reason_base64", "clean"];
        let names = told(&run.events, &members);
        let case = format!("{}: {names:?}", payload.escape_ascii());
        assert!(
            names[1].starts_with(&format!("close {}", closes[0])),
            "{case}"
        );
        assert!(
            names[2].starts_with(&format!("close {}", closes[1])),
            "{case}"
        );
        let error = run.events.iter().find(|event| event["event"] == "error");
        assert_eq!(
            error.map(|error| &error["kind"]),
            kind.map(Value::from).as_ref(),
            "{case}"
        );
        assert_eq!(run.code, *code, "{case}");
        assert_eq!(run.events.last().expect("an end")["exit"], *code, "{case}");
    });
}

#[test]
fn what_comes_after_the_servers_close_is_ignored() {
    let run = events_of(&[], |conn| {
        conn.upgrade();
        let frames = [
            Frame::close(1000, "bye"),
            Frame::text("late"),
            Frame::new(opcode::PING, "late"),
            Frame::close(4000, "again"),
        ];
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
        conn.raw(bytes).expect_close();
        conn.finish();
    });
    run.holds(
        &["direction", "code", "reason"],
        &["open", "close received 1000 bye", "close sent 1000 ", "end"],
        0,
    );
}

#[test]
fn a_connection_that_is_dropped_on_purpose_is_told_as_it_is() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").expect_eof();
        conn.finish();
    });
    let output = talk(&server)
        .args(["--json", "-E", "--no-close"])
        .stdin("{\"text\":\"a\"}\n")
        .run();
    let found = events(output.stdout_seen());
    let names = told(&found, &["direction", "code", "clean", "exit"]);
    assert_eq!(
        names,
        ["open", "message sent", "close received 1006 false", "end 0"]
    );
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_reader_of_events_that_has_seen_enough_ends_the_run_in_peace() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.answer_close().0, Some(1001));
    });
    let mut running = talk(&server).arg("--json").start();
    running
        .wait_stdout_contains("\"event\":\"open\"")
        .close_stdout();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn several_connections_are_counted_on() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        conn.text("hello").expect_text("x");
        let code = if conn.number() == 1 { 1012 } else { 1000 };
        conn.close(code, "").expect_close();
        conn.finish();
    });
    let output = talk(&server)
        .args(["--json", "--reconnect=3", "-x", "x"])
        .stdin_stays_open()
        .run();
    let found = events(output.stdout_seen());
    let names = told(
        &found,
        &["direction", "n", "attempt", "unsent", "code", "exit"],
    );
    let of = |wanted: &str| {
        let mine = |name: &&String| name.starts_with(wanted);
        names.iter().filter(mine).collect::<Vec<_>>()
    };
    assert_eq!(of("open").len(), 2, "{names:?}");
    assert_eq!(of("reconnect"), ["reconnect 1 0"]);
    let received = ["message received 1", "message received 2"];
    assert_eq!(of("message received"), received);
    assert_eq!(of("message sent"), ["message sent 1", "message sent 2"]);
    assert_eq!(of("end"), ["end 0"]);
    output.code(0);
    server.finish();
}

#[test]
fn a_message_that_could_not_be_ended_is_not_told_as_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("good");
        while conn.read_frame().opcode != opcode::CLOSE {}
        conn.close(1000, "").finish();
    });
    let stdin = [b"good\n", &b"x".repeat(3_000_000)[..], b"\xff\n"].concat();
    let output = talk(&server).args(["--output", "json"]).stdin(stdin).run();
    let found = events(output.stdout_seen());
    let names = told(&found, &["direction", "n", "kind", "exit", "sent"]);
    assert_eq!(
        names,
        [
            "open",
            "message sent 1",
            "close sent",
            "close received",
            "error input 65",
            "end 65 1",
        ]
    );
    output.code(65);
    server.finish();
}
