//! Compressed messages that are none, wherever they stand: what the server
//! gets, what is said, and how much was printed before.

use super::super::support::{Authority, Conn, Frame, Server, frame::opcode};
use super::codec::Deflater;
use super::{
    HELLO, HELLO_AGAIN, RSV1, abreast, agreeing, assert_ended, broke, compressing, noise, talk,
};

const NOT_DEFLATE: &str = "a compressed message is not valid DEFLATE data";
const NOT_UTF8: &str = "a text message is not valid UTF-8";
const MISPLACED: &str = "a frame that does not begin a data message is marked as compressed (RSV1)";

/// What ends a connection: its frames, the code of our Close, and what is left.
#[derive(Clone)]
struct Case {
    name: String,
    parameters: &'static str,
    frames: Vec<Frame>,
    code: u16,
    stdout: Vec<u8>,
    stderr: String,
}

impl Case {
    /// Nothing but the fault is said, and nothing printed.
    fn new(name: &str, frames: Vec<Frame>, code: u16, fault: &str) -> Self {
        Self {
            name: name.to_owned(),
            parameters: "",
            frames,
            code,
            stdout: Vec::new(),
            stderr: broke(fault),
        }
    }

    fn printing(mut self, stdout: impl AsRef<[u8]>) -> Self {
        self.stdout = stdout.as_ref().to_owned();
        self
    }

    /// So much of the message with this number was printed.
    fn cut(mut self, number: u32, bytes: usize) -> Self {
        let loss = format!("* message {number} was cut short after {bytes} bytes\n");
        self.stderr = loss + &self.stderr;
        self
    }

    /// Nothing more may come than these frames: no further byte, and no end.
    fn script(&self) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
        let bytes: Vec<u8> = self.frames.iter().flat_map(Frame::bytes).collect();
        let (code, name) = (self.code, self.name.clone());
        agreeing(self.parameters, move |conn| {
            conn.raw(&bytes);
            assert_eq!(conn.expect_close(), (Some(code), String::new()), "{name}");
            conn.expect_eof();
        })
    }

    #[track_caller]
    fn holds(&self) {
        let server = Server::accept(self.script());
        let output = talk(&server).run();
        let stdout = String::from_utf8_lossy(&self.stdout);
        assert_ended(&self.name, &output, &stdout, &self.stderr, 76);
        output.stdout_bytes(&self.stdout).code(76);
        server.finish();
    }

    #[track_caller]
    fn holds_over_tls(&self) {
        let authority = Authority::new();
        let server = Server::accept_tls(&authority.localhost(), self.script());
        let command = talk(&server)
            .arg("--cacert")
            .arg(authority.certificate_path());
        let output = command.run();
        let stdout = String::from_utf8_lossy(&self.stdout);
        assert_ended(&self.name, &output, &stdout, &self.stderr, 76);
        server.finish();
    }
}

fn text(payload: &[u8]) -> Frame {
    Frame::text(payload).rsv(RSV1)
}

/// Payloads that no sender's DEFLATE could have made.
const NONE: [(&str, &[u8]); 8] = [
    ("a reserved block type", b"\x06\x00"),
    (
        "a stored block of a wrong length",
        b"\x00\x05\x00\x00\x00Hello\x00",
    ),
    ("cut off in a block", b"\xf2\x48\xcd"),
    ("cut off in a stored block", b"\x00\x05\x00\xfa\xff\x48\x65"),
    ("its header cut off", b"\xf2\x48\xcd\xc9\xc9\x07"),
    (
        "the tail left on",
        b"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff",
    ),
    ("plain text", b"not compressed at all"),
    // Distance 32,768, of which there was nothing.
    (
        "a reference before the beginning",
        b"\x62\x80\xfb\xff\x07\x00",
    ),
];

#[test]
fn the_first_message_may_be_corrupt() {
    let case =
        |(name, payload): &(&str, &[u8])| Case::new(name, vec![text(payload)], 1007, NOT_DEFLATE);
    let cases: Vec<Case> = NONE.iter().map(case).collect();
    abreast(&cases, Case::holds);
    cases[0].holds_over_tls();
}

#[test]
fn a_later_message_may_be_corrupt() {
    let case = |(name, payload): &(&str, &[u8])| {
        let frames = vec![
            text(HELLO),
            Frame::text("plain"),
            text(HELLO_AGAIN),
            text(payload),
        ];
        Case::new(name, frames, 1007, NOT_DEFLATE).printing("Hello\nplain\nHello\n")
    };
    let cases: Vec<Case> = NONE.iter().map(case).collect();
    abreast(&cases, Case::holds);
    cases[1].holds_over_tls();
}

#[test]
fn a_continuation_may_be_corrupt_and_what_was_before_it_is_printed() {
    let begun = Deflater::new(15, true).part(b"begun");
    let case = |(name, payload): &(&str, &[u8])| {
        let frames = vec![
            text(&begun).unfinished(),
            Frame::new(opcode::PONG, ""),
            Frame::continuation(payload),
        ];
        let case = Case::new(name, frames, 1007, NOT_DEFLATE);
        case.printing("begun").cut(1, 5)
    };
    let cases: Vec<Case> = NONE.iter().map(case).collect();
    abreast(&cases, Case::holds);
    cases[2].holds_over_tls();
}

#[test]
fn a_corrupt_message_is_found_before_its_end() {
    for (name, payload) in [NONE[0], NONE[1]] {
        let claims = text(payload).claiming(1_000_000);
        Case::new(name, vec![claims], 1007, NOT_DEFLATE).holds();
        let open = vec![text(payload).unfinished()];
        Case::new(name, open, 1007, NOT_DEFLATE).holds();
    }
}

#[test]
fn a_large_message_that_breaks_is_printed_as_far_as_it_came() {
    let plain = noise(300_000, 1);
    let mut payload = Deflater::new(15, true).part(&plain);
    payload.extend(b"\x06\x00");
    let server = compressing("", move |conn| {
        conn.send(&text(&payload));
        assert_eq!(conn.expect_close(), (Some(1007), String::new()));
        conn.expect_eof();
    });
    let output = talk(&server).run();
    let printed = output.stdout_seen().len();
    assert!(noise(300_000, 1).starts_with(output.stdout_seen()));
    assert!(printed > 100_000, "{printed} bytes");
    let cut = format!("* message 1 was cut short after {printed} bytes\n");
    let stderr = cut + &broke(NOT_DEFLATE);
    output.stderr(&stderr).code(76);
    server.finish();
}

#[test]
fn a_reference_to_another_message_is_corrupt_without_takeover() {
    let frames = vec![text(HELLO), text(HELLO_AGAIN)];
    let mut case = Case::new("alone", frames, 1007, NOT_DEFLATE).printing("Hello\n");
    case.parameters = "; server_no_context_takeover";
    case.holds();
}

#[test]
fn every_byte_that_is_missing_at_the_end_is_missed() {
    let payload = Deflater::new(15, true).message(b"some text, some text, some more");
    let cases: Vec<Case> = (1..payload.len())
        .map(|length| {
            let name = format!("{length} of {} bytes", payload.len());
            Case::new(&name, vec![text(&payload[..length])], 1007, NOT_DEFLATE)
        })
        .collect();
    abreast(&cases, Case::holds);
}

#[test]
fn rsv1_belongs_to_the_first_frame_of_a_data_message() {
    let begun = || text(b"").unfinished();
    let alone = |name: &str, frame: Frame| Case::new(name, vec![frame.rsv(RSV1)], 1002, MISPLACED);
    let mut cases = vec![
        alone("a ping", Frame::new(opcode::PING, "")),
        alone("a pong", Frame::new(opcode::PONG, HELLO)),
        alone("a Close", Frame::close(1000, "")),
        alone("a lone continuation", Frame::continuation("")),
        Case::new(
            "a continuation",
            vec![begun(), Frame::continuation(HELLO).rsv(RSV1)],
            1002,
            MISPLACED,
        ),
        Case::new(
            "a ping between fragments",
            vec![begun(), Frame::new(opcode::PING, "").rsv(RSV1)],
            1002,
            MISPLACED,
        ),
    ];
    let plain = vec![
        Frame::text("a").unfinished(),
        Frame::continuation("").rsv(RSV1),
    ];
    let plain = Case::new("a continuation of plain text", plain, 1002, MISPLACED);
    cases.push(plain.printing("a").cut(1, 1));
    abreast(&cases, Case::holds);
    cases[0].holds_over_tls();
}

#[test]
fn the_other_reserved_bits_have_no_meaning_still() {
    let hint = "hint: does the server compress although nothing was negotiated?\n";
    for (bits, named) in [
        (6, "bit RSV2"),
        (2, "bit RSV2"),
        (1, "bit RSV3"),
        (7, "bits RSV2, RSV3"),
    ] {
        let fault =
            format!("a frame has the reserved {named} set, which no extension gave a meaning");
        let mut case = Case::new(named, vec![Frame::text(HELLO).rsv(bits)], 1002, &fault);
        case.stderr += hint;
        case.holds();
    }
}

/// A compressed text of these bytes, which need not be UTF-8.
fn claiming_text(plain: &[u8]) -> Frame {
    text(&Deflater::new(15, true).message(plain))
}

#[test]
fn bad_utf8_in_a_compressed_text_is_answered_with_1007() {
    let cases: Vec<Case> = [
        &b"\xff"[..],
        b"\x80",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"cut \xe2\x82",
        b"in \xe2\x28 the middle",
    ]
    .iter()
    .map(|plain| {
        let name = plain.escape_ascii().to_string();
        Case::new(&name, vec![claiming_text(plain)], 1007, NOT_UTF8)
    })
    .collect();
    abreast(&cases, Case::holds);
    cases[0].holds_over_tls();
    let binary = Frame::binary(Deflater::new(15, true).message(b"\xff")).rsv(RSV1);
    let frames = vec![binary, Frame::text("\u{e9}"), claiming_text(b"\xff")];
    Case::new("after binary", frames, 1007, NOT_UTF8)
        .printing(b"\xff\n\xc3\xa9\n")
        .holds();
}

#[test]
fn bad_utf8_is_found_as_soon_as_it_is_inflated() {
    for plain in [&b"\xff"[..], b"good \xc3(", b"\xed\xa0", b"\xf0\x8f"] {
        let part = Deflater::new(15, true).part(plain);
        let name = plain.escape_ascii().to_string();
        let open = vec![text(&part).unfinished()];
        Case::new(&name, open, 1007, NOT_UTF8).holds();
        let claims = vec![text(&part).claiming(1_000_000)];
        Case::new(&name, claims, 1007, NOT_UTF8).holds();
    }
    let mut deflater = Deflater::new(15, true);
    let begun = text(&deflater.part(b"ab\xe2")).unfinished();
    let broken = Frame::continuation(deflater.part(b"\x28")).unfinished();
    Case::new("over fragments", vec![begun, broken], 1007, NOT_UTF8)
        .printing(b"ab\xe2")
        .cut(1, 3)
        .holds();
}

#[test]
fn characters_may_be_split_between_compressed_fragments() {
    let server = compressing("", |conn| {
        let mut deflater = Deflater::new(15, true);
        let bytes = "ä€😀".as_bytes();
        conn.send(&text(&deflater.part(&bytes[..1])).unfinished());
        for byte in &bytes[1..bytes.len() - 1] {
            conn.send(&Frame::continuation(deflater.part(&[*byte])).unfinished());
        }
        let last = deflater.message(&bytes[bytes.len() - 1..]);
        conn.send(&Frame::continuation(last));
        super::close(conn);
    });
    let output = talk(&server).run();
    assert_ended("split", &output, "ä€😀\n", "", 0);
    server.finish();
}
