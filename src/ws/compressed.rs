//! The rules of RFC 7692 as tables, beside those of RFC 6455 in `cases`, and
//! what onlookers see of both.

use std::cell::RefCell;
use std::rc::Rc;

use super::cases::{Scripted, run_with, unmask_all};
use super::{
    Broken, Connection, Deflate, Direction, Fault, FrameSeen, Onlookers, Role, Stage, Step, Watch,
};
use crate::message::Kind;

/// `Hello`, compressed (RFC 7692 section 7.2.3.1).
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

fn agreed(parameters: &str) -> Deflate {
    Deflate::accept(&format!("permessage-deflate{parameters}")).expect("a good offer")
}

fn case(name: &str, bytes: &[u8], understood: &[&str], answered: &[u8]) {
    case_with("", name, bytes, understood, answered);
}

fn case_with(parameters: &str, name: &str, bytes: &[u8], understood: &[&str], answered: &[u8]) {
    let deflate = agreed(parameters);
    for step in [usize::MAX, 3, 1] {
        let (lines, mut output) = run_with(Role::Client, bytes, step, |connection| {
            connection.set_deflate(&deflate);
        });
        assert_eq!(lines, understood, "{name}, by {step} bytes");
        unmask_all(&mut output);
        assert_eq!(output, answered, "the answer to: {name}, by {step} bytes");
    }
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(length as u8),
        length => {
            bytes.push(126);
            bytes.extend((length as u16).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

#[test]
fn compressed_messages_are_read_in_any_fragments() {
    case(
        "the text of section 7.2.3.1",
        &frame(0xc1, HELLO),
        &["text Hello"],
        b"",
    );
    case("binary", &frame(0xc2, HELLO), &["binary Hello"], b"");
    let split = [frame(0x41, &HELLO[..3]), frame(0x80, &HELLO[3..])].concat();
    case("two fragments", &split, &["text Hello"], b"");
    let bytes = HELLO.iter().map(|byte| frame(0x00, &[*byte]));
    let single: Vec<u8> = [frame(0x41, b"")]
        .into_iter()
        .chain(bytes)
        .chain([frame(0x80, b"")])
        .flatten()
        .collect();
    case(
        "a byte each, empty ones around",
        &single,
        &["text Hello"],
        b"",
    );
    let pinged = [
        frame(0x41, &HELLO[..3]),
        frame(0x89, b"p"),
        frame(0x80, &HELLO[3..]),
    ]
    .concat();
    case(
        "a ping between",
        &pinged,
        &["ping p", "text Hello"],
        b"\x8a\x01p",
    );
}

#[test]
fn messages_may_be_compressed_or_not_in_turn() {
    let turns = [
        frame(0xc1, HELLO),
        frame(0x81, b"plain"),
        frame(0xc1, b"\xf2\x00\x11\x00\x00"),
        frame(0xc1, b"\x00"),
        frame(0x81, b""),
        frame(0xc1, b""),
    ];
    let texts = [
        "text Hello",
        "text plain",
        "text Hello",
        "text ",
        "text ",
        "text ",
    ];
    case("in turn", &turns.concat(), &texts, b"");
}

#[test]
fn final_blocks_may_end_a_message_or_stand_in_it() {
    for (name, payload) in [
        ("7.2.3.4", &b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"[..]),
        ("no block behind", b"\xf3\x48\xcd\xc9\xc9\x07\x00"),
    ] {
        let twice = [frame(0xc1, payload), frame(0xc1, HELLO)].concat();
        case(name, &twice, &["text Hello", "text Hello"], b"");
    }
}

#[test]
fn without_takeover_no_message_refers_to_another() {
    let hello = frame(0xc1, HELLO);
    let refers = frame(0xc1, b"\xf2\x00\x11\x00\x00");
    let takeover = "; server_no_context_takeover";
    let both = [hello.clone(), hello.clone()].concat();
    case_with(takeover, "alone", &both, &["text Hello", "text Hello"], b"");
    let bad = [hello, refers].concat();
    case_with(
        takeover,
        "refers",
        &bad,
        &["text Hello", "fault 1007"],
        b"\x88\x02\x03\xef",
    );
}

#[test]
fn rsv1_stands_on_the_first_frame_of_a_data_message_alone() {
    let cases = [
        ("a ping", frame(0xc9, b"")),
        ("a pong", frame(0xca, b"")),
        ("a Close", frame(0xc8, b"\x03\xe8")),
        ("a lone continuation", frame(0xc0, b"")),
        (
            "a continuation",
            [frame(0x41, &HELLO[..3]), frame(0xc0, &HELLO[3..])].concat(),
        ),
        (
            "a continuation of plain text",
            [frame(0x01, b"a"), frame(0xc0, b"")].concat(),
        ),
        ("RSV2 beside it", frame(0xe1, HELLO)),
        ("RSV3 alone", frame(0x91, b"")),
    ];
    for (name, bytes) in cases {
        case(name, &bytes, &["fault 1002"], b"\x88\x02\x03\xea");
    }
}

#[test]
fn what_is_not_deflate_is_answered_with_1007() {
    for (name, payload) in [
        ("a reserved block type", &b"\x06\x00"[..]),
        ("cut off", b"\xf2\x48\xcd"),
        ("text", b"not compressed at all"),
        (
            "the tail left on",
            b"\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff",
        ),
    ] {
        case(
            name,
            &frame(0xc2, payload),
            &["fault 1007"],
            b"\x88\x02\x03\xef",
        );
    }
}

#[test]
fn inflated_text_must_be_utf8() {
    // A stored block of one byte that begins no character.
    let bad = frame(0xc1, b"\x00\x01\x00\xfe\xff\xff\x00");
    case("text", &bad, &["fault 1007"], b"\x88\x02\x03\xef");
    let good = frame(0xc2, b"\x00\x01\x00\xfe\xff\xff\x00");
    case("binary", &good, &["binary \\xff"], b"");
}

fn client(bytes: Vec<u8>, step: usize) -> Connection<Scripted> {
    let io = Scripted {
        input: bytes.into(),
        step,
        ends: false,
        output: Vec::new(),
    };
    let mut connection = Connection::new(io, Role::Client, &[]);
    connection.set_deflate(&agreed(""));
    connection
}

/// The bytes that a server sends when it says these.
fn served(messages: &[&[u8]]) -> Vec<u8> {
    let io = Scripted {
        input: [].into(),
        step: 1,
        ends: false,
        output: Vec::new(),
    };
    let mut server = Connection::new(io, Role::Server, &[]);
    server.set_deflate(&agreed(""));
    for message in messages {
        server.writer_mut().message(Kind::Binary, message);
    }
    server.flush().unwrap();
    std::mem::take(&mut server.io_mut().output)
}

/// Reads on until the other end breaks a rule.
pub(super) fn fault_of(connection: &mut Connection<Scripted>) -> Fault {
    loop {
        match connection.receive() {
            Ok((Step::Got(_) | Step::Coming, _)) => {}
            Ok((step, _)) => panic!("{step:?}"),
            Err(Broken::Fault(fault)) => return fault,
            Err(Broken::Io(error)) => panic!("{error}"),
        }
    }
}

#[test]
fn the_limit_counts_what_comes_out() {
    let bytes = served(&[&vec![0; 100_000]]);
    assert!(bytes.len() < 1000, "{} bytes", bytes.len());
    let mut connection = client(bytes, 7);
    connection.set_message_limit(99_999);
    let fault = fault_of(&mut connection);
    assert_eq!(fault.code(), 1009);
}

#[test]
fn a_large_message_comes_in_pieces_of_bounded_size() {
    let zeros = vec![0; 10_000_000];
    let bytes = served(&[&zeros]);
    let mut connection = client(bytes, usize::MAX);
    let (mut total, mut pieces, mut ended) = (0, 0, false);
    while let (Step::Got(super::Received::Data(piece)), _) = connection.receive().unwrap() {
        assert!(piece.bytes.len() <= 64 * 1024);
        assert_eq!(piece.first, pieces == 0);
        assert!(!ended);
        ended = piece.last;
        total += piece.bytes.len();
        pieces += 1;
    }
    assert_eq!((total, ended), (zeros.len(), true));
}

#[test]
fn a_small_message_is_one_piece() {
    let mut connection = client(frame(0xc1, HELLO), usize::MAX);
    let (Step::Got(super::Received::Data(piece)), _) = connection.receive().unwrap() else {
        panic!("a message");
    };
    assert_eq!(
        (piece.bytes, piece.first, piece.last),
        (&b"Hello"[..], true, true)
    );
}

/// Remembers frames in words.
#[derive(Default)]
struct Seen(Vec<String>);

impl Watch for Seen {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        let way = match frame.direction {
            Direction::Sent => '>',
            Direction::Received => '<',
        };
        self.0.push(format!(
            "{way} {:?} opcode {} fin {} rsv {} {}+{} plain {} {}",
            frame.stage,
            frame.opcode,
            frame.fin,
            frame.rsv,
            frame.header,
            frame.length,
            frame.plain,
            frame.payload.escape_ascii()
        ));
    }
}

#[test]
fn onlookers_see_each_frame_when_it_is_whole_and_once_when_it_is_not() {
    let bytes = [
        frame(0xc1, HELLO),
        frame(0x89, b"p"),
        frame(0x81, b"ab"),
        frame(0xf3, b"x"),
    ];
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut onlookers = Onlookers::default();
    onlookers.add(seen.clone());
    let mut connection = client(bytes.concat(), 10);
    connection.set_onlookers(&onlookers);
    while let Ok((Step::Got(_) | Step::Coming, _)) = connection.receive() {}
    connection
        .writer_mut()
        .message(Kind::Text, b"ignored after the fault");
    assert_eq!(seen.borrow().0.len(), 4, "nothing has been written");
    connection.flush().unwrap();
    let whole = Stage::Whole;
    let expected = [
        format!("< {whole:?} opcode 1 fin true rsv 4 2+7 plain 5 Hello"),
        format!("< {whole:?} opcode 9 fin true rsv 0 2+1 plain 1 p"),
        format!("< {whole:?} opcode 1 fin true rsv 0 2+2 plain 2 ab"),
        format!("< {:?} opcode 3 fin true rsv 7 2+1 plain 0 ", Stage::Broken),
        format!("> {whole:?} opcode 10 fin true rsv 0 6+1 plain 1 p"),
        format!("> {whole:?} opcode 8 fin true rsv 0 6+2 plain 2 \\x03\\xea"),
    ];
    assert_eq!(seen.borrow().0, expected);
    let mut slow = client(frame(0x82, b"slow")[..4].to_vec(), 1);
    slow.set_onlookers(&onlookers);
    seen.borrow_mut().0.clear();
    while let Ok((Step::Got(_) | Step::Coming, _)) = slow.receive() {}
    let arriving = format!(
        "< {:?} opcode 2 fin true rsv 0 2+4 plain 2 sl",
        Stage::Arriving
    );
    assert_eq!(seen.borrow().0, [arriving]);
}

#[test]
fn a_message_over_a_fragment_is_one_stream_of_blocks() {
    // More than one fragment of 1 MiB, that does compress.
    let message: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 1000) as u8).collect();
    let bytes = served(&[&message, &message]);
    assert_eq!(bytes[0], 0x42, "binary, unfinished, compressed");
    let mut connection = client(bytes, usize::MAX);
    let mut got = Vec::new();
    while let (Step::Got(super::Received::Data(piece)), _) = connection.receive().unwrap() {
        got.extend_from_slice(piece.bytes);
    }
    assert_eq!(got.len(), 2 * message.len());
    assert!(got[..message.len()] == message && got[message.len()..] == message);
}

#[test]
fn text_that_is_bad_and_too_large_is_judged_in_the_order_of_its_bytes() {
    for (bad_at, code) in [(70_000, 1007), (105_000, 1009)] {
        let mut text = vec![b'a'; 110_000];
        text[bad_at] = 0xff;
        let mut bytes = served(&[&text]);
        bytes[0] = 0xc1;
        for step in [usize::MAX, 7, 1] {
            let mut connection = client(bytes.clone(), step);
            connection.set_message_limit(100_000);
            let fault = fault_of(&mut connection);
            assert_eq!(fault.code(), code, "bad at {bad_at}, by {step} bytes");
        }
    }
}

/// Remembers payloads, all of them.
#[derive(Default)]
struct Payloads(Vec<(Direction, Stage, Vec<u8>)>);

impl Watch for Payloads {
    fn frame(&mut self, frame: &FrameSeen<'_>) {
        assert!(frame.stage != Stage::Whole || frame.plain == frame.payload.len() as u64);
        let payload = frame.payload.to_vec();
        self.0.push((frame.direction, frame.stage, payload));
    }

    fn wants_payloads(&self) -> bool {
        true
    }
}

#[test]
fn an_onlooker_gets_whole_payloads_both_ways_when_it_wants_them() {
    let text: Vec<u8> = b"the same again, ".repeat(20_000);
    let long: Vec<u8> = (0..600_000_u32).map(|n| (n / 700) as u8).collect();
    let bytes = [served(&[&text, &long]), frame(0x89, b"p")].concat();
    for step in [usize::MAX, 1000] {
        let seen = Rc::new(RefCell::new(Payloads::default()));
        let beginnings = Rc::new(RefCell::new(Seen::default()));
        let mut onlookers = Onlookers::default();
        onlookers.add(beginnings.clone());
        onlookers.add(seen.clone());
        let mut connection = client(bytes.clone(), step);
        connection.set_onlookers(&onlookers);
        connection.writer_mut().message(Kind::Binary, &long);
        connection.writer_mut().message(Kind::Text, b"");
        connection.writer_mut().message(Kind::Text, &text);
        while let (Step::Got(_) | Step::Coming, _) = connection.receive().unwrap() {}
        connection.flush().unwrap();
        let seen = seen.borrow();
        let whole = seen.0.iter().filter(|(_, stage, _)| *stage == Stage::Whole);
        let whole: Vec<(Direction, &[u8])> = whole.map(|(way, _, all)| (*way, &all[..])).collect();
        let (received, sent) = (Direction::Received, Direction::Sent);
        let expected: [(Direction, &[u8]); 7] = [
            (received, &text),
            (received, &long),
            (received, b"p"),
            (sent, &long),
            (sent, b""),
            (sent, &text),
            (sent, b"p"),
        ];
        assert!(whole == expected, "in steps of {step}");
    }
}
