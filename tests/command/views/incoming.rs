//! `-vv` of frames that are not whole, or break the protocol.

use super::super::support::{Frame, Gate, Running, Server, frame::opcode};
use super::{CLOSED, CONNECTED, assert_told, close, talk, told, upgraded};

/// A server that sends these bytes, and the rest once the gate is open.
fn in_two(first: Vec<u8>, rest: Vec<u8>, gate: Gate) -> Server {
    upgraded(move |conn| {
        conn.raw(&first);
        gate.pass("a line about what has arrived");
        conn.raw(&rest);
        close(conn);
    })
}

#[test]
fn a_frame_that_stops_halfway_is_shown_then_and_when_it_is_whole() {
    for (frame, at, arriving, whole) in [
        (
            Frame::text("beginning and end"),
            2 + 9,
            "text, FIN, 17 bytes, \"beginning\" (arriving)",
            "text, FIN, 17 bytes, \"beginning and end\"",
        ),
        (
            Frame::binary([1, 2, 3]),
            2,
            "binary, FIN, 3 bytes (arriving)",
            "binary, FIN, 3 bytes, 01 02 03",
        ),
        (
            Frame::new(opcode::PONG, "late"),
            4,
            "pong, FIN, 4 bytes (arriving)",
            "pong, FIN, 4 bytes, \"late\"",
        ),
    ] {
        let (bytes, gate) = (frame.bytes(), Gate::default());
        let server = in_two(bytes[..at].to_vec(), bytes[at..].to_vec(), gate.clone());
        let mut running: Running = talk(&server).arg("-vv").start();
        running.wait_stderr_contains(" (arriving)\n");
        gate.open();
        let output = running.finish();
        let lines = told(&output, &server);
        let expected = [
            format!("* frame < AGE: {arriving}"),
            format!("* frame < AGE: {whole}"),
        ];
        assert_eq!(lines[1..3], expected);
        assert_eq!((lines.len(), output.exit_code()), (6, Some(0)));
        server.finish();
    }
}

#[test]
fn a_frame_that_comes_byte_by_byte_is_shown_twice_at_most() {
    let server = upgraded(|conn| {
        let pause = std::time::Duration::from_millis(1);
        conn.drip(Frame::text("0123456789".repeat(3)).bytes(), pause);
        close(conn);
    });
    let output = talk(&server).arg("-vv").run();
    let lines = told(&output, &server);
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(
        (count(" (arriving)"), count("text, FIN, 30 bytes")),
        (1, 2),
        "{lines:?}"
    );
    output.stdout(&("0123456789".repeat(3) + "\n")).code(0);
    server.finish();
}

#[test]
fn a_frame_longer_than_what_is_read_at_once_is_shown_twice() {
    let server = upgraded(|conn| {
        conn.text("l".repeat(300_000));
        close(conn);
    });
    let output = talk(&server).arg("-vv").run();
    let lines = told(&output, &server);
    let expected = format!(
        "* frame < AGE: text, FIN, 300000 bytes, \"{}\"…",
        "l".repeat(64)
    );
    assert_eq!(lines[2], expected);
    assert!(lines[1].ends_with(" (arriving)"), "{lines:?}");
    assert_eq!((lines.len(), output.exit_code()), (6, Some(0)));
    server.finish();
}

#[test]
fn a_frame_that_never_ends_was_shown() {
    let server = upgraded(|conn| {
        conn.send(&Frame::text("half").claiming(1 << 40));
        conn.finish();
    });
    let output = talk(&server).arg("-vv").run();
    let lines = told(&output, &server);
    let expected = "* frame < AGE: text, FIN, 1099511627776 bytes, \"half\" (arriving)";
    assert_eq!(lines[1], expected);
    output.stdout("half").code(56);
    server.finish();
}

/// The frame must be told of so, then our Close, then the fault.
#[track_caller]
fn broken(frame: &Frame, line: &str, code: u16, fault: &str) {
    let bytes = frame.bytes();
    let server = upgraded(move |conn| {
        conn.text("before").raw(&bytes);
        conn.expect_close();
        conn.expect_eof();
    });
    let output = talk(&server).arg("-vv").run();
    let broken = format!("* frame < AGE: {line} (breaks the protocol)");
    let ours = format!("* frame > AGE: close, FIN, mask KEY, 2 bytes, {code}");
    let closed = format!("* closed by us: {code} ({fault})");
    let error = format!("wstalk: error: the server broke the protocol: {fault}");
    let before = "* frame < AGE: text, FIN, 6 bytes, \"before\"";
    let mut lines = told(&output, &server);
    lines.retain(|line| !line.starts_with("hint: "));
    assert_eq!(lines, [CONNECTED, before, &broken, &ours, &closed, &error]);
    output.stdout("before\n").code(76);
    server.finish();
}

#[test]
fn a_frame_that_breaks_the_protocol_is_shown_as_such() {
    for (frame, line, fault) in [
        (
            Frame::new(3, "x"),
            "opcode 0x3, FIN, 1 byte",
            "a frame has the reserved opcode 0x3",
        ),
        (
            Frame::new(15, "").unfinished(),
            "opcode 0xf, 0 bytes",
            "a frame has the reserved opcode 0xf",
        ),
        (
            Frame::text("x").rsv(7),
            "text, FIN, RSV1, RSV2, RSV3, 1 byte",
            "a frame has the reserved bits RSV1, RSV2, RSV3 set, which no extension gave a meaning",
        ),
        (
            Frame::text("x").masked([0xde, 0xad, 0xbe, 0xef]),
            "text, FIN, mask KEY, 1 byte",
            "a frame from the server is masked",
        ),
        (
            Frame::new(opcode::PING, [0; 126]),
            "ping, FIN, 126 bytes",
            "a control frame claims more than 125 bytes",
        ),
        (
            Frame::new(opcode::PING, "").unfinished(),
            "ping, 0 bytes",
            "a control frame is fragmented",
        ),
        (
            Frame::continuation("x"),
            "continuation, FIN, 1 byte",
            "a continuation frame came where no message was begun",
        ),
        (
            Frame::binary("").claiming(1 << 63),
            "binary, FIN, 9223372036854775808 bytes",
            "a frame claims a length of 9223372036854775808 bytes, over 2^63 - 1",
        ),
    ] {
        broken(&frame, line, 1002, fault);
    }
}

#[test]
fn the_key_of_a_masked_frame_is_the_one_that_came() {
    let server = upgraded(|conn| {
        conn.send(&Frame::text("x").masked([0xde, 0xad, 0xbe, 0xef]));
        conn.expect_close();
        conn.expect_eof();
    });
    let output = talk(&server).arg("-vv").run();
    output
        .stderr_contains(": text, FIN, mask deadbeef, 1 byte (breaks the protocol)\n")
        .code(76);
    server.finish();
}

#[test]
fn text_that_is_not_utf8_is_shown_with_what_broke_it() {
    let fault = "a text message is not valid UTF-8";
    broken(
        &Frame::text(b"ab\xff"),
        "text, FIN, 3 bytes, \"ab\u{fffd}\"",
        1007,
        fault,
    );
}

#[test]
fn a_close_that_is_illegal_is_shown_whole() {
    let server = upgraded(|conn| {
        conn.send(&Frame::close(1005, "no\x1b")).expect_close();
        conn.expect_eof();
    });
    let output = talk(&server).arg("-vv").run();
    let lines = told(&output, &server);
    assert_eq!(
        lines[1],
        "* frame < AGE: close, FIN, 5 bytes, 1005 \"no\\u001b\""
    );
    assert_eq!(
        lines[2],
        "* frame > AGE: close, FIN, mask KEY, 2 bytes, 1002"
    );
    assert_eq!(output.exit_code(), Some(76));
    server.finish();
}

#[test]
fn what_comes_after_the_close_of_the_server_is_not_shown() {
    let server = upgraded(|conn| {
        conn.close(1000, "").text("ignored").expect_close();
        conn.finish();
    });
    let output = talk(&server).arg("-vv").run();
    let expected = [
        CONNECTED,
        "* frame < AGE: close, FIN, 2 bytes, 1000",
        "* frame > AGE: close, FIN, mask KEY, 2 bytes, 1000",
        CLOSED,
    ];
    assert_told("after Close", &output, &server, &expected);
    output.stdout("").code(0);
    server.finish();
}
