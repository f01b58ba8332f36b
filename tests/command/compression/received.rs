//! What a server may send once compression was agreed on, in every legal form:
//! all of it comes out as it was meant.

use std::time::Duration;

use super::super::support::{Authority, Conn, Frame, Gate, Server, frame::opcode};
use super::codec::Deflater;
use super::{
    HELLO, HELLO_AGAIN, RSV1, agreeing, assert_ended, close, compressing, noise, random, talk,
};

/// A whole compressed text.
fn text(payload: &[u8]) -> Frame {
    Frame::text(payload).rsv(RSV1)
}

/// The frames of these must print `stdout`, and end well.
#[track_caller]
fn prints(case: &str, parameters: &str, frames: &[Frame], stdout: &[u8]) {
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    let server = compressing(parameters, move |conn| {
        conn.raw(&bytes);
        close(conn);
    });
    let output = talk(&server).run();
    assert_eq!(
        (output.exit_code(), output.stderr_seen()),
        (Some(0), ""),
        "{case}"
    );
    output.stdout_bytes(stdout).code(0);
    server.finish();
}

/// The payload in fragments that end at these places, and at its own.
fn fragments(payload: &[u8], ends: &[usize]) -> Vec<Frame> {
    let starts: Vec<usize> = [0].iter().chain(ends).copied().collect();
    let last = payload.len();
    let frame = |(at, from): (usize, &usize)| {
        let part = &payload[*from..*ends.get(at).unwrap_or(&last)];
        let frame = match at {
            0 => text(part),
            _ => Frame::continuation(part),
        };
        match at < ends.len() {
            true => frame.unfinished(),
            false => frame,
        }
    };
    starts.iter().enumerate().map(frame).collect()
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    let twice = [text(HELLO), text(HELLO_AGAIN), text(HELLO_AGAIN)];
    prints("takeover", "", &twice, b"Hello\nHello\nHello\n");
    let alone = [text(HELLO), text(HELLO)];
    let parameters = "; server_no_context_takeover";
    prints("no takeover", parameters, &alone, b"Hello\nHello\n");
    let in_two = fragments(HELLO, &[3]);
    prints("two fragments", "", &in_two, b"Hello\n");
    let forms = [
        &b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"[..],
        b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
        b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
    ];
    prints("all forms", "", &forms.map(text), &b"Hello\n".repeat(3));
    let binary = [Frame::binary(HELLO).rsv(RSV1)];
    prints("binary", "", &binary, b"Hello\n");
}

#[test]
fn a_compressed_message_may_be_cut_anywhere() {
    let plain = "Ä text with 😀 and ends: abcabcabcabcabcabc";
    let payload = Deflater::new(15, false).message(plain.as_bytes());
    let whole: Vec<usize> = (0..=payload.len()).collect();
    let mut frames: Vec<Frame> = whole
        .iter()
        .flat_map(|at| fragments(&payload, &[*at]))
        .collect();
    // A byte a fragment, and empty ones around each.
    frames.extend(fragments(&payload, &whole));
    let doubled: Vec<usize> = whole.iter().flat_map(|at| [*at, *at]).collect();
    frames.extend(fragments(&payload, &doubled));
    let stdout = format!("{plain}\n").repeat(whole.len() + 2);
    let parameters = "; server_no_context_takeover";
    prints("anywhere", parameters, &frames, stdout.as_bytes());
}

#[test]
fn compressed_messages_may_come_byte_by_byte() {
    let server = compressing("", |conn| {
        let mut deflater = Deflater::new(15, true);
        for plain in ["ein 😀 Wort", "ein 😀 Wort", ""] {
            let frame = text(&deflater.message(plain.as_bytes()));
            conn.drip(frame.bytes(), Duration::from_micros(50));
        }
        close(conn);
    });
    let output = talk(&server).run();
    assert_ended("drip", &output, "ein 😀 Wort\nein 😀 Wort\n\n", "", 0);
    server.finish();
}

#[test]
fn pings_between_fragments_are_answered_at_once() {
    let server = compressing("", |conn| {
        let plain = noise(2000, 1);
        let payload = Deflater::new(15, true).message(&plain);
        for (n, frame) in fragments(&payload, &[1, 2, 500, 501]).iter().enumerate() {
            let data = format!("ping {n}");
            conn.send(frame).ping(&data).expect_pong(&data);
        }
        conn.pong("unasked");
        close(conn);
    });
    let stdout = [noise(2000, 1), b"\n".to_vec()].concat();
    talk(&server).run().stdout_bytes(stdout).stderr("").code(0);
    server.finish();
}

#[test]
fn plain_messages_between_do_not_touch_the_window() {
    let plain = |bytes: &str| Frame::text(bytes);
    let frames = [
        plain("first"),
        text(HELLO),
        plain("between"),
        plain(""),
        plain("in ").unfinished(),
        Frame::continuation("two"),
        Frame::binary("b"),
        text(HELLO_AGAIN),
    ];
    let stdout = "first\nHello\nbetween\n\nin two\nb\nHello\n";
    prints("between", "", &frames, stdout.as_bytes());
}

#[test]
fn a_final_block_may_end_a_message() {
    let padded: &[u8] = b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00";
    for (case, payload) in [
        ("an empty block behind", padded),
        ("nothing behind", HELLO_FINAL),
    ] {
        let frames = [text(payload), text(HELLO), text(payload), text(payload)];
        prints(case, "", &frames, &b"Hello\n".repeat(4));
        let parameters = "; server_no_context_takeover";
        prints(case, parameters, &frames, &b"Hello\n".repeat(4));
        let cut: Vec<Frame> = (0..=payload.len())
            .flat_map(|at| fragments(payload, &[at]))
            .collect();
        let stdout = b"Hello\n".repeat(payload.len() + 1);
        prints(case, "", &cut, &stdout);
    }
}

/// `Hello` in a block that says that it is final, and no more.
const HELLO_FINAL: &[u8] = b"\xf3\x48\xcd\xc9\xc9\x07\x00";

#[test]
fn empty_messages_come_in_two_forms() {
    let frames = [
        text(b"\x00"),
        text(b""),
        text(HELLO),
        text(b""),
        text(b"\x00"),
        text(b"\x02\x00"),
        text(HELLO_AGAIN),
        text(b"").unfinished(),
        Frame::continuation(""),
        text(b"").unfinished(),
        Frame::continuation("\x00"),
    ];
    let stdout = "\n\nHello\n\n\n\nHello\n\n\n";
    prints("takeover", "", &frames, stdout.as_bytes());
    let frames = [
        text(HELLO),
        text(b""),
        text(HELLO),
        text(b"\x00"),
        text(HELLO),
    ];
    let parameters = "; server_no_context_takeover";
    prints("alone", parameters, &frames, b"Hello\n\nHello\n\nHello\n");
}

/// Blocks that are not compressed, of at most this many bytes.
fn stored(plain: &[u8], most: usize) -> Vec<u8> {
    let mut payload = Vec::new();
    for part in plain.chunks(most) {
        let length = u16::try_from(part.len()).expect("a stored block");
        payload.push(0);
        payload.extend(length.to_le_bytes());
        payload.extend((!length).to_le_bytes());
        payload.extend_from_slice(part);
    }
    payload.push(0);
    payload
}

#[test]
fn blocks_may_be_stored() {
    let plain = random(200_000, 5);
    let frames: Vec<Frame> = [1, 7, 300, 32_768, 65_535]
        .iter()
        .map(|most| {
            let length = if *most < 10 { 900 } else { plain.len() };
            Frame::binary(stored(&plain[..length], *most)).rsv(RSV1)
        })
        .collect();
    let lengths = [900, 900, plain.len(), plain.len(), plain.len()];
    let stdout: Vec<u8> = lengths
        .iter()
        .flat_map(|length| [&plain[..*length], b"\n"].concat())
        .collect();
    prints("stored", "", &frames, &stdout);
}

/// How many messages go through a window.
const MANY: u64 = 9;

/// Messages through every window that a library makes, takeover or not.
fn speaks_at_length(bits: u8, takeover: bool) -> impl Fn(&mut Conn<'_>) + Send + Sync {
    move |conn: &mut Conn<'_>| {
        let mut deflater = Deflater::new(bits, takeover);
        for n in 0..MANY {
            let payload = deflater.message(&long_text(n));
            let middle = payload.len() / 2;
            for frame in fragments(&payload, &[middle]) {
                conn.send(&frame);
            }
        }
        close(conn);
    }
}

fn long_text(n: u64) -> Vec<u8> {
    let part = noise(n as usize * 800, n % 3);
    [&part[..], "äöü".as_bytes(), &part].concat()
}

#[test]
fn every_window_is_read() {
    let stdout: Vec<u8> = (0..MANY)
        .flat_map(|n| [&long_text(n)[..], b"\n"].concat())
        .collect();
    let cases: Vec<(u8, bool)> = (9..=15)
        .flat_map(|bits| [(bits, true), (bits, false)])
        .collect();
    super::abreast(&cases, |&(bits, takeover)| {
        let alone = if takeover {
            ""
        } else {
            "; server_no_context_takeover"
        };
        let parameters = format!("; server_max_window_bits={bits}{alone}");
        let server = compressing(&parameters, speaks_at_length(bits, takeover));
        talk(&server).run().stdout_bytes(&stdout).stderr("").code(0);
        server.finish();
    });
}

#[test]
fn compressed_messages_come_over_tls_alike() {
    let stdout: Vec<u8> = (0..MANY)
        .flat_map(|n| [&long_text(n)[..], b"\n"].concat())
        .collect();
    let authority = Authority::new();
    let script = agreeing("", speaks_at_length(15, true));
    let server = Server::accept_tls(&authority.localhost(), script);
    let command = talk(&server)
        .arg("--cacert")
        .arg(authority.certificate_path());
    command.run().stdout_bytes(stdout).stderr("").code(0);
    server.finish();
}

#[test]
fn frames_in_the_segment_of_the_answer_are_inflated() {
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        let answer = head.switching(&[(super::EXTENSIONS, "permessage-deflate")]);
        let frames = [text(HELLO), text(HELLO_AGAIN)].map(|frame| frame.bytes());
        conn.raw([answer.as_bytes(), &frames.concat()].concat());
        close(conn);
    });
    let output = talk(&server).run();
    assert_ended("at once", &output, "Hello\nHello\n", "", 0);
    server.finish();
}

#[test]
fn what_was_inflated_is_printed_before_the_rest_comes() {
    let gate = Gate::default();
    let printed = gate.clone();
    let server = compressing("", move |conn| {
        let mut deflater = Deflater::new(15, true);
        let begun = Frame::new(opcode::TEXT, deflater.part(b"begun, ")).rsv(RSV1);
        conn.send(&begun.unfinished());
        printed.pass("the beginning on stdout");
        conn.send(&Frame::continuation(deflater.message(b"ended")));
        close(conn);
    });
    let mut running = talk(&server).start();
    running.wait_stdout("begun, ");
    gate.open();
    running.finish().stdout("begun, ended\n").stderr("").code(0);
    server.finish();
}
