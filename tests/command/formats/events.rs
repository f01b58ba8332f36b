//! Of events: which come, in which order, and what they hold. Each is held against
//! the published schema.

use std::time::Duration;

use serde_json::Value;

use super::super::support::events::{events, told};
use super::super::support::{Conn, Frame, Gate, Server};
use super::talk;

/// The events of a run that nothing is sent by, and its exit code.
#[track_caller]
pub(super) fn events_of(
    options: &[&str],
    script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
) -> Run {
    let server = Server::accept(script);
    let output = talk(&server)
        .arg("--json")
        .args(options)
        .stdin_stays_open()
        .run();
    let events = events(output.stdout_seen());
    let code = output.exit_code().expect("a code");
    server.finish();
    Run { events, code }
}

pub(super) struct Run {
    pub(super) events: Vec<Value>,
    pub(super) code: i32,
}

impl Run {
    #[track_caller]
    pub(super) fn holds(&self, members: &[&str], expected: &[&str], code: i32) {
        assert_eq!(told(&self.events, members), expected);
        assert_eq!(self.code, code, "{:?}", self.events);
        let end = self.events.last().expect("events");
        assert_eq!(end["event"], "end");
        assert_eq!(end["exit"], code, "{end}");
    }
}

const RECEIVED: [&str; 9] = [
    "message 1 text 3 two",
    "message 2 binary 1 /w==",
    "pong k",
    "ping between",
    "message 3 text 5 three",
    "message 4 text 3 now",
    "pong unasked",
    "message 5 text 5 after",
    "close 1000 bye true",
];

const SENT: [&str; 5] = [
    "message 1 text 3 one",
    "ping k",
    "pong between",
    "message 2 binary 4 four",
    "close 1000  null",
];

/// The events of a conversation in which everything happens.
fn conversation() -> Vec<Value> {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[("X-Server", "a \u{9b}2J")]);
        conn.expect_text("one").text("two").binary([255]);
        conn.expect_ping("k").pong("k");
        conn.send(&Frame::text("thr").unfinished()).ping("between");
        conn.send(&Frame::continuation("").unfinished());
        conn.send(&Frame::continuation("ee"));
        conn.expect_pong("between").text("now");
        conn.expect_binary("four").pong("unasked");
        assert_eq!(conn.expect_close().0, Some(1000));
        conn.text("after").close(1000, "bye").finish();
    });
    let mut running = talk(&server).args(["--json", "-E"]).start();
    running.send("{\"text\":\"one\"}\n{\"ping\":\"k\"}\n");
    running.wait_stdout_contains("\"data\":\"now\"");
    running.send("{\"base64\":\"Zm91cg==\"}\n").close_stdin();
    let output = running.finish().stderr("");
    let found = events(output.stdout_seen());
    output.code(0);
    server.finish();
    found
}

#[test]
fn a_conversation_is_told_in_its_order() {
    let found = conversation();
    // Which of ours and theirs comes first is chance where nobody waits.
    let of = |direction: &str| {
        let mine = |event: &&Value| event["direction"] == direction;
        let found: Vec<Value> = found.iter().filter(mine).cloned().collect();
        let members = [
            "n", "type", "bytes", "data", "base64", "code", "reason", "clean",
        ];
        told(&found, &members)
    };
    assert_eq!(of("received"), RECEIVED);
    assert_eq!(of("sent"), SENT);
    let end = found.last().expect("an end");
    assert_eq!((&end["sent"], &end["received"]), (&2.into(), &5.into()));
    assert_eq!(end["error"], Value::Null);
}

#[test]
fn a_pong_has_a_round_trip_only_if_it_was_asked_for() {
    let found = conversation();
    let pong = |data: &str| {
        let pong = |event: &&Value| event["event"] == "pong" && event["data"] == data;
        found.iter().find(pong).expect("a pong")
    };
    let trip = pong("k")["rtt_ms"].as_f64();
    assert!(trip.is_some_and(|ms| ms < 10_000.0), "{trip:?}");
    assert_eq!(pong("unasked").get("rtt_ms"), None);
    assert_eq!(pong("between").get("rtt_ms"), None);
}

#[test]
fn headers_are_told_as_they_came() {
    let found = conversation();
    assert_eq!(
        (&found[0]["event"], &found[0]["status"]),
        (&"open".into(), &101.into())
    );
    assert_eq!(found[0]["tls"], Value::Null);
    let header = |pair: &Value| pair[0] == "X-Server" && pair[1] == "a \u{9b}2J";
    let headers = found[0]["headers"].as_array().expect("headers");
    assert!(headers.iter().any(header), "{headers:?}");
}

#[test]
fn a_message_is_told_as_sent_when_its_last_byte_went_out_and_not_before() {
    let (ready, read) = (Gate::default(), Gate::default());
    let (full, go) = (ready.clone(), read.clone());
    let server = Server::accept(move |conn| {
        conn.upgrade();
        full.pass("a message on its way");
        conn.text("meanwhile");
        go.pass("the word to read");
        let (_, message) = conn.read_message();
        assert_eq!(message.len(), LENGTH);
        conn.answer_close();
    });
    const LENGTH: usize = 16 * 1024 * 1024;
    let mut running = talk(&server)
        .args(["--json", "-E", "--no-compression"])
        .start();
    running.send(format!("{{\"text\":\"{}\"}}\n", "x".repeat(LENGTH)));
    ready.open();
    running.wait_stdout_contains("\"data\":\"meanwhile\"}\n");
    running.close_stdin();
    read.open();
    let output = running.finish().stderr("");
    let found = events(output.stdout_seen());
    let names = told(&found, &["direction", "bytes", "code"]);
    assert_eq!(
        names[..3],
        [
            "open".to_owned(),
            "message received 9".to_owned(),
            format!("message sent {LENGTH}"),
        ]
    );
    output.code(0);
    server.finish();
}

#[test]
fn what_was_not_sent_is_not_told_as_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("one").close(1000, "").expect_close();
        conn.finish();
    });
    let stdin = "{\"text\":\"one\"}\n{\"wait_ms\":20000}\n{\"text\":\"two\"}\n";
    let output = talk(&server).arg("--json").stdin(stdin).run();
    let found = events(output.stdout_seen());
    let names = told(&found, &["direction", "kind", "exit", "sent"]);
    assert_eq!(
        names,
        [
            "open",
            "message sent",
            "close received",
            "close sent",
            "error unsent 55",
            "end 55 1",
        ]
    );
    output.code(55);
    server.finish();
}

#[test]
fn compressed_messages_are_told_as_what_they_say() {
    // "Hello", and again with the window of the first (RFC 7692 section 7.2.3).
    const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
    const AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";
    let run = events_of(
        &["-x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
        |conn| {
            conn.upgrade_with(&[("Sec-WebSocket-Extensions", "permessage-deflate")]);
            conn.read_message();
            conn.send(&Frame::text(HELLO).rsv(4));
            conn.send(&Frame::text(&AGAIN[..2]).rsv(4).unfinished());
            conn.send(&Frame::continuation(&AGAIN[2..]));
            conn.text("plain").close(1000, "").expect_close();
            conn.finish();
        },
    );
    run.holds(
        &["direction", "n", "bytes", "data", "extensions", "code"],
        &[
            "open permessage-deflate",
            "message sent 1 40 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "message received 1 5 Hello",
            "message received 2 5 Hello",
            "message received 3 5 plain",
            "close received 1000",
            "close sent 1000",
            "end",
        ],
        0,
    );
}

#[test]
fn large_and_fragmented_messages_of_ours_are_one_event() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.read_message().1.len(), 3_000_000);
        assert_eq!(conn.read_message().1.len(), 20);
        conn.answer_close();
    });
    let output = talk(&server)
        .args([
            "--output",
            "json",
            "--fragment",
            "7",
            "-E",
            "--no-compression",
        ])
        .stdin(format!("{}\n{}\n", "x".repeat(3_000_000), "y".repeat(20)))
        .run();
    let found = events(output.stdout_seen());
    let names = told(&found, &["direction", "n", "bytes"]);
    assert_eq!(names[1..3], ["message sent 1 3000000", "message sent 2 20"]);
    output.stderr("").code(0);
    server.finish();
}

#[test]
fn a_count_prints_exactly_so_many_messages() {
    let three = [Frame::text("one"), Frame::text("two"), Frame::text("three")];
    let three: Vec<u8> = three.iter().flat_map(Frame::bytes).collect();
    for (options, count) in [
        (&["-1"][..], 1),
        (&["-N", "2"], 2),
        (&["--until", "two"], 2),
    ] {
        let three = three.clone();
        let run = events_of(options, move |conn| {
            conn.upgrade();
            conn.raw(&three);
            conn.answer_close();
        });
        let messages = run
            .events
            .iter()
            .filter(|event| event["event"] == "message");
        assert_eq!(messages.count(), count, "{options:?}: {:?}", run.events);
        assert_eq!(run.code, 0, "{options:?}");
        assert_eq!(run.events.last().expect("an end")["exit"], 0);
    }
}

#[test]
fn every_line_is_there_when_its_event_is() {
    let (asked, more) = (Gate::default(), Gate::default());
    let go = more.clone();
    let open = asked.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        open.open();
        go.pass("the open event");
        conn.ping("p").expect_pong("p").answer_close();
    });
    let mut running = talk(&server).args(["--json", "-E"]).start();
    asked.pass("the upgrade");
    running.wait_stdout_contains("\"event\":\"open\"");
    more.open();
    running.wait_stdout_contains("\"event\":\"ping\",\"direction\":\"received\",\"data\":\"p\"}\n");
    running.wait_stdout_contains("\"event\":\"pong\",\"direction\":\"sent\",\"data\":\"p\"}\n");
    running.close_stdin();
    running.finish().stderr("").code(0);
    server.finish();
}

#[test]
fn times_are_those_of_the_run() {
    let run = events_of(&["-x", "/wait 300ms", "-x", "late"], |conn| {
        conn.upgrade();
        conn.expect_text("late").close(1000, "").expect_close();
        conn.finish();
    });
    let ms = |at: usize| run.events[at]["ms"].as_f64().expect("a number");
    assert_eq!(run.events[1]["event"], "message");
    let waited = Duration::from_secs_f64((ms(1) - ms(0)) / 1000.0);
    assert!(waited > Duration::from_millis(290), "{:?}", run.events);
    assert!(ms(1) < 10_000.0);
}

#[test]
fn what_was_agreed_on_is_told_at_the_open() {
    let run = events_of(&["-s", "chat.v2"], |conn| {
        let head = conn.read_head();
        let answer = head.switching(&[("Sec-WebSocket-Protocol", "chat.v2")]);
        let (before, _) = answer.split_at(answer.len() - 2);
        conn.raw([before.as_bytes(), b"X-Bytes: a\xffb\r\n\r\n"].concat());
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let open = &run.events[0];
    assert_eq!(open["subprotocol"], "chat.v2");
    assert_eq!(open["extensions"], Value::Null);
    let (url, address) = (open["url"].as_str(), open["address"].as_str());
    let url = url.and_then(|url| url.strip_prefix("ws://"));
    assert_eq!(url.map(|url| url.trim_end_matches('/')), address);
    let timing = ["dns", "tcp", "upgrade"].map(|phase| open["timing"][phase].is_number());
    assert_eq!((timing, &open["timing"]["tls"]), ([true; 3], &Value::Null));
    let name = |pair: &Value| pair[0].as_str().unwrap_or_default().to_owned();
    let names: Vec<String> = open["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(name)
        .collect();
    assert!(names.iter().any(|name| name == "X-Bytes"), "{names:?}");
    assert_eq!(run.code, 0);
}
