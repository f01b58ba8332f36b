//! `-vv` of compressed messages: RSV1, both lengths, and the payload as it was
//! meant.

use super::super::support::{Frame, Server};
use super::{CONNECTED, EXTENSIONS, close, talk, told};

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

fn compressing(script: fn(&mut super::Conn<'_>)) -> Server {
    Server::accept(move |conn| {
        conn.upgrade_with(&[(EXTENSIONS, "permessage-deflate")]);
        script(conn);
    })
}

/// All lines but the notice of the connection and the three of the end.
#[track_caller]
fn said(script: fn(&mut super::Conn<'_>), options: &[&str], code: i32) -> Vec<String> {
    let server = compressing(script);
    let output = talk(&server).arg("-vv").args(options).run();
    let mut lines = told(&output, &server);
    assert_eq!(output.exit_code(), Some(code));
    let connected = CONNECTED.replace("TIME", "permessage-deflate, TIME");
    assert_eq!(lines.remove(0), connected);
    lines.truncate(lines.len() - 3);
    server.finish();
    lines
}

#[test]
fn a_compressed_message_is_shown_as_it_was_meant() {
    let lines = said(
        |conn| {
            conn.send(&Frame::text(HELLO).rsv(4))
                .send(&Frame::binary(HELLO).rsv(4));
            conn.send(&Frame::text("plain"))
                .send(&Frame::text("\0").rsv(4));
            close(conn);
        },
        &[],
        0,
    );
    let expected = [
        "* frame < AGE: text, FIN, RSV1, 7 bytes (5 plain), \"Hello\"",
        "* frame < AGE: binary, FIN, RSV1, 7 bytes (5 plain), 48 65 6c 6c 6f",
        "* frame < AGE: text, FIN, 5 bytes, \"plain\"",
        "* frame < AGE: text, FIN, RSV1, 1 byte (0 plain)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn compressed_fragments_are_shown_with_what_they_hold() {
    let lines = said(
        |conn| {
            // Two blocks with a flush between (RFC 7692 section 7.2.3.5).
            let first = b"\xf2\x48\x05\x00\x00\x00\xff\xff";
            conn.send(&Frame::text(first).rsv(4).unfinished());
            conn.send(&Frame::continuation(b"\xca\xc9\xc9\x07\x00"));
            close(conn);
        },
        &[],
        0,
    );
    let expected = [
        "* frame < AGE: text, RSV1, 8 bytes (2 plain), fragment 1, \"He\"",
        "* frame < AGE: continuation, FIN, 5 bytes (3 plain), fragment 2, \"llo\"",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_sent_compressed_is_shown_as_it_was_meant() {
    let text = "word".repeat(100);
    let lines = said(
        |conn| {
            conn.read_frame();
            conn.expect_text("small");
            close(conn);
        },
        &["-x", &text, "-x", "small"],
        0,
    );
    let (before, after) = lines[0].split_once(" bytes ").expect("a length");
    let length = before.rsplit(' ').next().expect("a length");
    let length: usize = length.parse().expect("a number");
    assert!(length < 100, "{length}");
    let expected = format!("* frame > AGE: text, FIN, RSV1, mask KEY, {length}");
    assert_eq!(before, expected);
    assert_eq!(after, format!("(400 plain), \"{}\"…", "word".repeat(16)));
    assert_eq!(
        lines[1],
        "* frame > AGE: text, FIN, mask KEY, 5 bytes, \"small\""
    );
}

#[test]
fn a_compressed_message_that_is_none_is_shown_as_broken() {
    let lines = said(
        |conn| {
            conn.send(&Frame::text(b"\x06\x00").rsv(4)).expect_close();
            conn.expect_eof();
        },
        &[],
        76,
    );
    assert_eq!(
        lines,
        ["* frame < AGE: text, FIN, RSV1, 2 bytes (breaks the protocol)"]
    );
}

#[test]
fn rsv1_where_it_does_not_belong_is_shown() {
    let lines = said(
        |conn| {
            conn.send(&Frame::new(9, "x").rsv(4)).expect_close();
            conn.expect_eof();
        },
        &[],
        76,
    );
    assert_eq!(
        lines,
        ["* frame < AGE: ping, FIN, RSV1, 1 byte (breaks the protocol)"]
    );
}
