//! What the client sends once compression was agreed on, frame by frame.

use super::super::support::{Authority, Frame, Gate, Server, frame::opcode};
use super::codec::{Came, Deflater, Inflater};
use super::{RSV1, agreeing, assert_ended, broke, close, compressing, noise, random, talk};

/// Shorter messages go out as they are, in bytes.
const THRESHOLD: usize = 256;
/// Longer messages go out in fragments of this size.
const FRAGMENT: usize = 1024 * 1024;

/// Sends the messages as the lines of stdin, and checks what comes of each.
/// Returns how many came compressed.
#[track_caller]
fn lines(options: &[&str], messages: Vec<Vec<u8>>, check: fn(&Came, &[u8])) -> usize {
    let stdin: Vec<u8> = messages
        .iter()
        .flat_map(|m| [&m[..], b"\n"].concat())
        .collect();
    let binary = options.contains(&"--binary");
    let (compressed, counted) = std::sync::mpsc::channel();
    let server = compressing("", move |conn| {
        let mut inflater = Inflater::new(15, true);
        for message in &messages {
            let came = Came::read(conn);
            let kind = if binary { opcode::BINARY } else { opcode::TEXT };
            assert_eq!(came.opcode, kind);
            assert!(came.plain(&mut inflater) == *message, "another message");
            check(&came, message);
            compressed.send(came.compressed).expect("a test that waits");
        }
        close(conn);
    });
    let options = [&["--linger", "-1"], options].concat();
    let output = talk(&server).args(options).stdin(stdin).run();
    assert_ended("lines", &output, "", "", 0);
    server.finish();
    counted.try_iter().filter(|compressed| *compressed).count()
}

fn compressed_from_the_threshold(came: &Came, message: &[u8]) {
    let expected = message.len() >= THRESHOLD;
    assert_eq!(came.compressed, expected, "{} bytes", message.len());
    assert_eq!(came.frames.len(), 1);
    if expected {
        assert!(came.payload.len() < message.len(), "it did not shrink");
    }
}

#[test]
fn text_of_every_size_around_the_threshold_arrives() {
    let ascii = (0..=THRESHOLD + 64)
        .map(|length| vec![b'a'; length])
        .collect();
    lines(&[], ascii, compressed_from_the_threshold);
    // Sizes are those of the bytes, not of the characters.
    let accented = (0..=THRESHOLD).map(|count| "é".repeat(count).into_bytes());
    lines(&[], accented.collect(), compressed_from_the_threshold);
}

#[test]
fn binary_messages_are_compressed_alike() {
    let lengths = [0, 1, 255, 256, 257, 4096, 70_000, 300_000];
    let messages = lengths.map(|length| vec![0xfe; length]).to_vec();
    lines(&["--binary"], messages, compressed_from_the_threshold);
}

#[test]
fn messages_of_many_sizes_arrive_through_one_window() {
    let messages = (0..60).map(|n| noise(n * 97, n as u64 % 7)).collect();
    lines(&[], messages, |came, message| {
        assert_eq!(came.compressed, message.len() >= THRESHOLD);
    });
}

#[test]
fn what_does_not_shrink_goes_out_as_it_is_after_a_while() {
    let messages = (0..20).map(|seed| random(4096, seed)).collect();
    let compressed = lines(&["--binary"], messages, |came, message| {
        let most = message.len() + message.len() / 8;
        assert!(came.payload.len() <= most, "{} bytes", came.payload.len());
    });
    assert!(compressed < 5, "{compressed} of 20 that do not shrink");
}

#[test]
fn what_is_sent_by_execute_is_compressed_and_control_frames_are_not() {
    let text = "word".repeat(100);
    let expected = text.clone();
    let server = compressing("", move |conn| {
        let mut inflater = Inflater::new(15, true);
        conn.expect_ping("x".repeat(125)).pong("x".repeat(125));
        let came = Came::read(conn);
        assert!(came.compressed);
        assert_eq!(came.plain(&mut inflater), expected.as_bytes());
        conn.expect_text("").expect_pong("y".repeat(125));
        let reason = "z".repeat(123);
        assert_eq!(conn.answer_close(), (Some(4000), reason));
    });
    let output = talk(&server)
        .args(["-x", &format!("/ping {}", "x".repeat(125))])
        .args(["-x", &text])
        .args(["-x", "/text"])
        .args(["-x", &format!("/pong {}", "y".repeat(125))])
        .args(["-x", &format!("/close 4000 {}", "z".repeat(123))])
        .run();
    assert_ended("execute", &output, "", "", 0);
    server.finish();
}

#[test]
fn a_long_message_goes_out_in_fragments_with_pongs_between() {
    let text = noise(FRAGMENT + FRAGMENT / 2, 6);
    let (expected, between) = (text.clone(), Gate::default());
    let answered = between.clone();
    let server = compressing("", move |conn| {
        let first = conn.read_frame();
        assert_eq!(
            (first.opcode, first.fin, first.rsv),
            (opcode::TEXT, false, RSV1)
        );
        conn.ping("between").expect_pong("between");
        answered.open();
        let came = Came::begun(first, conn);
        assert_eq!(came.frames.len(), 2, "{:?}", came.frames);
        let mut inflater = Inflater::new(15, true);
        assert!(came.plain(&mut inflater) == expected, "another text");
        // The window goes on to the next message.
        let next = Came::read(conn);
        assert!(next.plain(&mut inflater) == expected[expected.len() - 5000..]);
        assert!(next.payload.len() < 1000, "{} bytes", next.payload.len());
        close(conn);
    });
    let mut running = talk(&server).args(["--linger", "-1"]).start();
    let (now, later) = text.split_at(FRAGMENT + FRAGMENT / 4);
    running.send(now);
    between.pass("a pong inside the message");
    running
        .send(later)
        .send("\n")
        .send(&text[text.len() - 5000..]);
    running.close_stdin();
    let output = running.finish();
    assert_ended("fragments", &output, "", "", 0);
    server.finish();
}

#[test]
fn messages_of_whole_fragments_end_as_they_should() {
    let lengths = [FRAGMENT, FRAGMENT + 1];
    let messages = lengths.map(|length| vec![b'w'; length]).to_vec();
    lines(&[], messages, |came, message| {
        assert!(came.compressed);
        assert_eq!(came.frames.len(), message.len().div_ceil(FRAGMENT));
    });
}

#[test]
fn a_long_line_that_is_no_text_is_left_unfinished() {
    let mut line = vec![b'n'; 2 * FRAGMENT];
    line.extend(b"\xff\n");
    let server = compressing("", |conn| {
        let first = conn.read_frame();
        assert_eq!(
            (first.opcode, first.fin, first.rsv),
            (opcode::TEXT, false, RSV1)
        );
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let output = talk(&server).stdin(line).run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: stdin, line 1: not valid UTF-8")
        .code(65);
    server.finish();
}

#[test]
fn without_an_agreement_nothing_is_compressed() {
    let text = "x".repeat(10_000);
    for options in [&[][..], &["--no-compression"]] {
        let expected = text.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.expect_text(&expected);
            close(conn);
        });
        let options = [&["--linger", "-1"], options].concat();
        let output = talk(&server).args(options).stdin(&text).run();
        assert_ended("no agreement", &output, "", "", 0);
        server.finish();
    }
}

/// A script that sends compressed messages, and wants each back.
fn wants_an_echo(conn: &mut super::Conn<'_>) {
    let (mut deflater, mut inflater) = (Deflater::new(15, true), Inflater::new(15, true));
    for (kind, plain) in [
        (opcode::TEXT, noise(5000, 1)),
        (opcode::BINARY, noise(255, 2)),
        (opcode::TEXT, noise(5000, 1)),
        (opcode::TEXT, Vec::new()),
        (opcode::BINARY, vec![0; FRAGMENT + 5]),
        (opcode::TEXT, "ä€😀".repeat(5000).into_bytes()),
    ] {
        let payload = deflater.message(&plain);
        conn.send(&Frame::new(kind, payload).rsv(RSV1));
        let came = Came::read(conn);
        assert_eq!(came.opcode, kind);
        assert_eq!(came.compressed, plain.len() >= THRESHOLD);
        assert!(came.plain(&mut inflater) == plain, "{} bytes", plain.len());
    }
    close(conn);
}

#[test]
fn compressed_messages_are_echoed_compressed() {
    let server = compressing("", wants_an_echo);
    let output = talk(&server).arg("--echo").run();
    assert_ended("ws", &output, "", "", 0);
    server.finish();
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), agreeing("", wants_an_echo));
    let command = talk(&server)
        .arg("--cacert")
        .arg(authority.certificate_path());
    let output = command.arg("--echo").run();
    assert_ended("wss", &output, "", "", 0);
    server.finish();
}

#[test]
fn a_fault_in_the_middle_of_an_echo_is_told() {
    let server = compressing("", |conn| {
        conn.send(&Frame::text(super::HELLO).rsv(RSV1))
            .expect_text("Hello");
        conn.send(&Frame::text(b"\x06\x00").rsv(RSV1));
        assert_eq!(conn.expect_close(), (Some(1007), String::new()));
        conn.expect_eof();
    });
    let output = talk(&server).arg("--echo").run();
    let stderr = broke("a compressed message is not valid DEFLATE data");
    assert_ended("echo", &output, "", &stderr, 76);
    server.finish();
}
