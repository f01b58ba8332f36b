//! Of a server that was granted permessage-deflate (RFC 7692) and abuses it:
//! what inflates is bounded as it comes, not once it is whole.

use std::fs::File;
use std::time::Duration;

use flate2::{Compress, Compression, FlushCompress};

use super::super::support::{Conn, Frame, frame::opcode};
use super::{AT_ONCE, BOTH, Case, ERROR, Site, abreast, assert_bounded, forever, hold};

/// RSV1: the message is compressed.
const COMPRESSED: u8 = 4;

const MIB: usize = 1024 * 1024;

/// How long much may take to inflate, on a busy machine and in a debug build.
const SOON: Duration = Duration::from_secs(20);

/// A case whose server has agreed to compression.
fn compressing(name: &str, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Case {
    Case::new(name, move |conn| {
        agree(conn);
        script(conn);
    })
}

fn agree(conn: &mut Conn<'_>) {
    conn.upgrade_with(&[("Sec-WebSocket-Extensions", "permessage-deflate")]);
}

/// These bytes compressed, whole up to a byte's border; behind itself it is
/// the same again.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let result = stream.compress_vec(bytes, &mut out, FlushCompress::Sync);
    result.expect("a stream that compresses");
    out
}

/// A whole compressed message of these bytes.
fn message(kind: u8, bytes: &[u8]) -> Frame {
    let out = deflated(bytes);
    let out = out.strip_suffix(b"\0\0\xff\xff").expect("an empty block");
    Frame::new(kind, out).rsv(COMPRESSED)
}

/// Begins a message that holds nothing yet.
fn begin(conn: &mut Conn<'_>) {
    conn.send(&Frame::binary("").unfinished().rsv(COMPRESSED));
}

#[test]
fn a_bomb_is_passed_on_without_growing() {
    const SIZE: usize = 32;
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let server = site.server(way, |conn| {
            agree(conn);
            begin(conn);
            let part = Frame::continuation(deflated(&vec![0; MIB])).unfinished();
            conn.raw(part.bytes().repeat(SIZE));
            conn.send(&Frame::continuation([0])).close(1000, "");
            assert_eq!(conn.expect_close().0, Some(1000));
            conn.finish();
        });
        let (command, watch) = site.talk(&server);
        let file = command.home().join("out");
        let out = File::create(&file).expect("a file");
        let output = command.stdout_to(out).within(SOON).run();
        let written = output.home().join("out").metadata().expect("a file").len();
        assert_eq!(written, (SIZE * MIB + 1) as u64, "{way:?}");
        output.stderr("").code(0);
        assert_bounded(&format!("a bomb, {way:?}"), watch.peak());
        server.finish();
    });
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let site = Site::new();
    let runs = ["--output=lines", "--echo"].map(|mode| BOTH.map(|way| (mode, way)));
    let runs = runs.concat();
    abreast(&runs, |&(mode, way)| {
        let server = site.server(way, |conn| {
            agree(conn);
            begin(conn);
            let part = Frame::continuation(deflated(&vec![0; MIB])).unfinished();
            forever(conn, part.bytes().repeat(8));
        });
        let (command, watch) = site.talk(&server);
        let command = command.arg(mode).args(["--max-message-size", "1M"]);
        let output = command.within(AT_ONCE).run();
        let stderr = output.stderr_seen();
        let limit = "a message is larger than the 1048576 bytes that are allowed";
        assert!(stderr.contains(limit), "{mode}, {way:?}: {stderr}");
        assert!(output.stdout_seen().len() <= MIB, "{mode}, {way:?}");
        assert_bounded(&format!("a bomb, {mode}, {way:?}"), watch.peak());
        output.code(76);
        server.finish();
    });
}

/// Blocks that hold nothing, for ever, also after our Close.
#[test]
fn empty_blocks_without_end_are_left() {
    let blocks = Frame::continuation(b"\0\0\0\xff\xff".repeat(800)).unfinished();
    let endless = compressing("empty blocks", move |conn| {
        begin(conn);
        forever(conn, blocks.bytes().repeat(16));
    });
    let empties = compressing("empty fragments", |conn| {
        begin(conn);
        let empty = Frame::continuation("").unfinished();
        forever(conn, empty.bytes().repeat(10_000));
    });
    hold(&[endless, empties].map(|case| {
        case.options(&["-E", "--close-timeout", "0.5"])
            .stdin("")
            .ends(0, "* message 1 was cut short after 0 bytes")
            .takes(Duration::from_millis(500), AT_ONCE)
    }));
}

fn broken(name: &str, frame: &Frame, code: u16, fault: &str) -> Case {
    let bytes = frame.bytes();
    compressing(name, move |conn| {
        conn.send(&message(opcode::TEXT, b"before")).raw(&bytes);
        assert_eq!(conn.expect_close(), (Some(code), String::new()));
        conn.expect_eof();
    })
    .prints("before\n")
    .ends(76, format!("{ERROR}the server broke the protocol: {fault}"))
}

#[test]
fn what_does_not_inflate_breaks_the_protocol() {
    let fault = "a compressed message is not valid DEFLATE data";
    let data = |name: &str, bytes: &[u8]| {
        let frame = Frame::binary(bytes).rsv(COMPRESSED);
        broken(name, &frame, 1007, fault)
    };
    hold(&[
        data("a block of no kind", b"\x07"),
        data(
            "a stored block whose length is wrong",
            b"\x00\x05\x00\x00\x00",
        ),
        data(
            "a stored block that is cut short",
            b"\x00\x05\x00\xfa\xffab",
        ),
        data("bytes", &[0xff; 1000]),
    ]);
}

#[test]
fn compression_where_none_may_be_breaks_the_protocol() {
    let fault = "a frame that does not begin a data message is marked as compressed (RSV1)";
    let marked = |name: &str, frame: Frame| broken(name, &frame.rsv(COMPRESSED), 1002, fault);
    hold(&[
        marked("a ping", Frame::new(opcode::PING, "x")),
        marked("a pong", Frame::new(opcode::PONG, "")),
        marked("a Close", Frame::close(1000, "")),
        broken(
            "text that is not UTF-8",
            &message(opcode::TEXT, b"ab\xff"),
            1007,
            "a text message is not valid UTF-8",
        ),
    ]);
}
