//! The rules of RFC 6455 as tables: bytes in, what is understood, what is
//! answered. Each case is fed at once, by three bytes and by one.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};

use super::compressed::fault_of;
use super::{Broken, Connection, Received, Role, Step};
use crate::message::Kind;

/// A stream that gives what it was told in reads of a chosen size, then
/// blocks or ends.
pub(super) struct Scripted {
    pub(super) input: VecDeque<u8>,
    pub(super) step: usize,
    pub(super) ends: bool,
    pub(super) output: Vec<u8>,
}

impl Read for Scripted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() && !self.ends {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = self.step.min(into.len()).min(self.input.len());
        for (to, from) in into.iter_mut().zip(self.input.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was understood, pieces of one message joined.
#[derive(Default)]
struct Log {
    lines: Vec<String>,
    open: Vec<u8>,
}

impl Log {
    fn received(&mut self, received: &Received<'_>) {
        match received {
            Received::Data(piece) => {
                assert_eq!(piece.first, self.open.is_empty(), "first is set once");
                self.open.push(b'.');
                self.open.extend_from_slice(piece.bytes);
                if piece.last {
                    let body: Vec<u8> = std::mem::take(&mut self.open);
                    let body: Vec<u8> = body.into_iter().filter(|byte| *byte != b'.').collect();
                    let kind = match piece.kind {
                        Kind::Text => "text",
                        Kind::Binary => "binary",
                    };
                    self.lines.push(format!("{kind} {}", body.escape_ascii()));
                }
            }
            Received::Ping(data) => self.lines.push(format!("ping {}", data.escape_ascii())),
            Received::Pong(data) => self.lines.push(format!("pong {}", data.escape_ascii())),
            Received::Close(seen) => self.lines.push(format!(
                "close {:?} {}{}",
                seen.code(),
                seen.reason().escape_ascii(),
                seen.fault
                    .as_ref()
                    .map_or(String::new(), |f| format!(" ({})", f.code()))
            )),
        }
    }
}

/// Runs a connection over `bytes`; returns what was understood and answered.
fn run(role: Role, bytes: &[u8], step: usize) -> (Vec<String>, Vec<u8>) {
    run_with(role, bytes, step, |_| {})
}

/// The same with a connection that was set up in some way.
pub(super) fn run_with(
    role: Role,
    bytes: &[u8],
    step: usize,
    set_up: impl FnOnce(&mut Connection<Scripted>),
) -> (Vec<String>, Vec<u8>) {
    let io = Scripted {
        input: bytes.iter().copied().collect(),
        step,
        ends: false,
        output: Vec::new(),
    };
    let mut connection = Connection::new(io, role, &[]);
    set_up(&mut connection);
    let mut log = Log::default();
    loop {
        match connection.receive() {
            Ok((Step::Got(received), _)) => log.received(&received),
            Ok((Step::Coming, _)) => {}
            Ok((Step::Blocked | Step::Ended, _)) => break,
            Err(Broken::Fault(fault)) => log.lines.push(format!("fault {}", fault.code())),
            Err(Broken::Io(error)) => panic!("no i/o error was scripted: {error}"),
        }
    }
    assert!(connection.io().input.is_empty(), "everything was read");
    connection.flush().unwrap();
    (log.lines, std::mem::take(&mut connection.io_mut().output))
}

fn case(name: &str, bytes: &[u8], understood: &[&str], answered: &[u8]) {
    for step in [usize::MAX, 3, 1] {
        let (lines, mut output) = run(Role::Client, bytes, step);
        assert_eq!(lines, understood, "{name}, by {step} bytes");
        unmask_all(&mut output);
        assert_eq!(
            output.escape_ascii().to_string(),
            answered.escape_ascii().to_string(),
            "the answer to: {name}, by {step} bytes"
        );
    }
}

/// Rewrites masked frames of at most 125 bytes as unmasked ones.
pub(super) fn unmask_all(bytes: &mut Vec<u8>) {
    let mut plain = Vec::new();
    let mut rest = bytes.as_slice();
    while let [first, second, k0, k1, k2, k3, after @ ..] = rest {
        let key = [*k0, *k1, *k2, *k3];
        let length = usize::from(second & 0x7f);
        assert!(second & 0x80 != 0, "a client's frame is masked");
        plain.extend([*first, *second & 0x7f]);
        let (payload, next) = after.split_at(length);
        plain.extend(payload.iter().zip(key.iter().cycle()).map(|(b, k)| b ^ k));
        rest = next;
    }
    *bytes = plain;
}

const CLOSE_1002: &[u8] = b"\x88\x02\x03\xea";
const CLOSE_1007: &[u8] = b"\x88\x02\x03\xef";

#[test]
fn whole_messages_of_every_length_form() {
    case("empty text", b"\x81\x00", &["text "], b"");
    case("text", b"\x81\x05Hello", &["text Hello"], b"");
    case("binary", b"\x82\x02\x01\xff", &["binary \\x01\\xff"], b"");
    let mut medium = b"\x82\x7e\x00\x7e".to_vec();
    medium.extend([b'm'; 126]);
    let text = format!("binary {}", "m".repeat(126));
    case("126 bytes", &medium, &[&text], b"");
    let mut long = b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00".to_vec();
    long.extend([b'l'; 65_536]);
    let text = format!("text {}", "l".repeat(65_536));
    case("65536 bytes", &long, &[&text], b"");
}

#[test]
fn fragments_make_one_message() {
    case("two", b"\x01\x03Hel\x80\x02lo", &["text Hello"], b"");
    case(
        "empty ones everywhere",
        b"\x02\x00\x00\x00\x00\x01x\x00\x00\x80\x00",
        &["binary x"],
        b"",
    );
    case("all empty", b"\x01\x00\x80\x00", &["text "], b"");
    case(
        "a ping between",
        b"\x01\x03Hel\x89\x01p\x80\x02lo\x82\x00",
        &["ping p", "text Hello", "binary "],
        b"\x8a\x01p",
    );
    case(
        "a Close between",
        b"\x01\x03Hel\x88\x02\x03\xe8\x80\x02lo",
        &["close Some(1000) "],
        b"\x88\x02\x03\xe8",
    );
}

#[test]
fn control_frames_are_answered() {
    case("ping", b"\x89\x02hi", &["ping hi"], b"\x8a\x02hi");
    case("empty ping", b"\x89\x00", &["ping "], b"\x8a\x00");
    case("unasked pong", b"\x8a\x01x", &["pong x"], b"");
    let mut longest = b"\x89\x7d".to_vec();
    longest.extend([b'p'; 125]);
    let mut answer = longest.clone();
    answer[0] = 0x8a;
    let text = format!("ping {}", "p".repeat(125));
    case("the longest ping", &longest, &[&text], &answer);
}

#[test]
fn legal_closes_are_answered_with_their_code() {
    case("no code", b"\x88\x00", &["close None "], b"\x88\x00");
    case(
        "with a reason",
        b"\x88\x07\x03\xf0quota",
        &["close Some(1008) quota"],
        b"\x88\x02\x03\xf0",
    );
    for code in [
        1000_u16, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ] {
        let mut bytes = b"\x88\x02".to_vec();
        bytes.extend(code.to_be_bytes());
        let line = format!("close Some({code}) ");
        case("a code", &bytes, &[&line], &bytes);
    }
}

#[test]
fn illegal_closes_are_shown_and_answered_with_1002() {
    for code in [
        0_u16, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ] {
        let mut bytes = b"\x88\x02".to_vec();
        bytes.extend(code.to_be_bytes());
        let line = format!("close Some({code})  (1002)");
        case("an illegal code", &bytes, &[&line], CLOSE_1002);
    }
    case(
        "one byte",
        b"\x88\x01\x03",
        &["close None  (1002)"],
        CLOSE_1002,
    );
    case(
        "a reason that is not UTF-8",
        b"\x88\x04\x03\xe8\xc3\x28",
        &["close Some(1000) \\xc3( (1007)"],
        CLOSE_1007,
    );
}

#[test]
fn what_follows_a_close_is_ignored() {
    case(
        "text, garbage and another Close",
        b"\x88\x00\x81\x02hi\xff\xff\xff\x88\x02\x03\xe9",
        &["close None "],
        b"\x88\x00",
    );
}

#[test]
fn every_broken_rule_of_framing_is_answered_with_1002() {
    let cases: [(&str, &[u8]); 22] = [
        ("RSV1", b"\xc1\x00"),
        ("RSV2", b"\xa1\x00"),
        ("RSV3", b"\x91\x00"),
        ("RSV on a continuation", b"\x40\x00"),
        ("RSV on a ping", b"\xc9\x00"),
        ("opcode 3", b"\x83\x00"),
        ("opcode 7", b"\x87\x00"),
        ("opcode 11", b"\x8b\x00"),
        ("opcode 15", b"\x8f\x00"),
        ("masked", b"\x81\x81\x00\x00\x00\x00x"),
        ("fragmented ping", b"\x09\x00"),
        ("fragmented Close", b"\x08\x00"),
        ("long ping", b"\x89\x7e\x00\x7e"),
        (
            "very long ping",
            b"\x89\x7f\x00\x00\x00\x00\x00\x01\x00\x00",
        ),
        ("long Close", b"\x88\x7e\x00\x7e"),
        ("5 in 16 bits", b"\x81\x7e\x00\x05Hello"),
        ("125 in 16 bits", b"\x81\x7e\x00\x7d"),
        (
            "5 in 64 bits",
            b"\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x05Hello",
        ),
        (
            "65535 in 64 bits",
            b"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff",
        ),
        ("2^63", b"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"),
        ("continuation first", b"\x80\x00"),
        ("unfinished continuation first", b"\x00\x01x"),
    ];
    for (name, bytes) in cases {
        case(name, bytes, &["fault 1002"], CLOSE_1002);
    }
    case(
        "a message inside a message",
        b"\x01\x01a\x81\x01b",
        &["fault 1002"],
        CLOSE_1002,
    );
    case(
        "a continuation after the end",
        b"\x01\x01a\x80\x01b\x80\x01c",
        &["text ab", "fault 1002"],
        CLOSE_1002,
    );
}

#[test]
fn control_frames_are_judged_by_their_first_two_bytes() {
    for bytes in [b"\x89\x7e", b"\x88\x7f", b"\x8a\x7e"] {
        case("too long", bytes, &["fault 1002"], CLOSE_1002);
    }
}

#[test]
fn what_follows_a_fault_is_ignored() {
    case(
        "text after a reserved opcode",
        b"\x83\x00\x81\x02hi\x88\x00",
        &["fault 1002"],
        CLOSE_1002,
    );
}

#[test]
fn text_is_valid_utf8_or_answered_with_1007() {
    case(
        "across frames",
        b"\x01\x01\xe2\x00\x01\x82\x80\x01\xac",
        &["text \\xe2\\x82\\xac"],
        b"",
    );
    let cases: [(&str, &[u8]); 9] = [
        ("a lone continuation byte", b"\x81\x01\x80"),
        ("an overlong slash", b"\x81\x02\xc0\xaf"),
        ("a surrogate", b"\x81\x03\xed\xa0\x80"),
        ("beyond U+10FFFF", b"\x81\x04\xf4\x90\x80\x80"),
        ("cut inside a character", b"\x81\x02\xe2\x82"),
        ("cut across frames", b"\x01\x01\xe2\x80\x01\x82"),
        ("bad only in the second frame", b"\x01\x01\xe2\x80\x01\x28"),
        ("found before the frame is whole", b"\x81\x7e\xff\xffok\xff"),
        ("found before the message is whole", b"\x01\x02\xf4\x90"),
    ];
    for (name, bytes) in cases {
        case(name, bytes, &["fault 1007"], CLOSE_1007);
    }
    case(
        "binary may hold anything",
        b"\x82\x02\xff\xfe",
        &["binary \\xff\\xfe"],
        b"",
    );
}

#[test]
fn a_frame_in_the_buffer_is_checked_before_any_of_it_is_lent() {
    let io = Scripted {
        input: b"\x81\x04abc\xff".iter().copied().collect(),
        step: usize::MAX,
        ends: false,
        output: Vec::new(),
    };
    let mut connection = Connection::new(io, Role::Client, &[]);
    assert!(matches!(connection.receive(), Err(Broken::Fault(_))));
}

#[test]
fn a_server_unmasks_and_refuses_what_is_not_masked() {
    for step in [usize::MAX, 3, 1] {
        let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x89\x81\x00\x00\x00\x01\x70";
        let (lines, output) = run(Role::Server, masked, step);
        assert_eq!(lines, ["text Hello", "ping p"]);
        assert_eq!(output, b"\x8a\x01p");
        let (lines, output) = run(Role::Server, b"\x81\x05Hello", step);
        assert_eq!(lines, ["fault 1002"]);
        assert_eq!(output, CLOSE_1002);
    }
}

#[test]
fn a_claimed_length_costs_no_memory() {
    let bytes = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffsome";
    let io = Scripted {
        input: bytes.iter().copied().collect(),
        step: usize::MAX,
        ends: true,
        output: Vec::new(),
    };
    let mut connection = Connection::new(io, Role::Client, &[]);
    let (step, _) = connection.receive().unwrap();
    let Step::Got(Received::Data(piece)) = step else {
        panic!("{step:?}");
    };
    assert_eq!(
        (piece.bytes, piece.first, piece.last),
        (&b"some"[..], true, false)
    );
    assert_eq!(connection.receive().unwrap().0, Step::Ended);
    assert!(connection.is_inside_message());
}

#[test]
fn a_limit_is_held_against_what_a_header_claims() {
    for bytes in [
        &b"\x82\x05"[..],
        b"\x02\x03abc\x80\x02",
        b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let io = Scripted {
            input: bytes.iter().copied().collect(),
            step: 1,
            ends: false,
            output: Vec::new(),
        };
        let mut connection = Connection::new(io, Role::Client, &[]);
        connection.set_message_limit(4);
        let fault = fault_of(&mut connection);
        assert_eq!(fault.code(), 1009);
    }
}

#[test]
fn bytes_that_came_with_the_handshake_are_read_first() {
    let io = Scripted {
        input: b"llo\x81\x01x".iter().copied().collect(),
        step: 1,
        ends: true,
        output: Vec::new(),
    };
    let mut connection = Connection::new(io, Role::Client, b"\x89\x00\x81\x05He");
    let mut log = Log::default();
    loop {
        match connection.receive().unwrap().0 {
            Step::Got(received) => log.received(&received),
            Step::Coming => {}
            Step::Blocked | Step::Ended => break,
        }
    }
    assert_eq!(log.lines, ["ping ", "text Hello", "text x"]);
    assert!(!connection.is_inside_message());
}
