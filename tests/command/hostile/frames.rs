//! Of frames that no server may send, and of those that claim more than comes.

use std::time::Duration;

use super::super::support::{Frame, LengthForm, frame::opcode};
use super::{AT_ONCE, BOTH, Case, ERROR, Site, abreast, assert_bounded, forever, hold, watched};

const LIMIT: Duration = Duration::from_secs(1);
const RUN: &str = "the whole run took longer than 1 s";

fn bytes_of(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(Frame::bytes).collect()
}

/// After a whole message these bytes must be answered with `code`, without
/// more of them.
fn broken(name: impl Into<String>, frames: &[Frame], code: u16, first: String) -> Case {
    let bytes = bytes_of(frames);
    Case::upgraded(name, move |conn| {
        conn.text("before").raw(&bytes);
        assert_eq!(conn.expect_close(), (Some(code), String::new()));
        conn.expect_eof();
    })
    .prints("before\n")
    .ends(76, first)
}

fn broke(fault: &str) -> String {
    format!("{ERROR}the server broke the protocol: {fault}")
}

/// A fault that is answered with 1002.
fn fault(name: impl Into<String>, frames: &[Frame], said: &str) -> Case {
    broken(name, frames, 1002, broke(said))
}

/// One frame of every legal opcode, a continuation apart.
fn one_of_each() -> Vec<Frame> {
    vec![
        Frame::text("x"),
        Frame::binary(""),
        Frame::new(opcode::PING, "x"),
        Frame::new(opcode::PONG, ""),
        Frame::close(1000, ""),
    ]
}

#[test]
fn reserved_bits_break_the_protocol() {
    let names = [
        "RSV3",
        "RSV2",
        "RSV2, RSV3",
        "RSV1",
        "RSV1, RSV3",
        "RSV1, RSV2",
        "RSV1, RSV2, RSV3",
    ];
    let mut cases = Vec::new();
    for (bits, named) in (1_u8..).zip(names) {
        let plural = if named.contains(',') { "s" } else { "" };
        let said = format!(
            "a frame has the reserved bit{plural} {named} set, which no extension gave a meaning"
        );
        let other = one_of_each().swap_remove(usize::from(bits) % 5);
        for frame in [Frame::text("x"), other] {
            let name = format!("{named} of {frame:?}");
            cases.push(fault(name, &[frame.rsv(bits)], &said));
        }
    }
    hold(&cases);
}

#[test]
fn reserved_opcodes_break_the_protocol() {
    let mut cases = Vec::new();
    for code in (3..8).chain(11..16) {
        let said = format!("a frame has the reserved opcode {code:#x}");
        // Nothing of it is waited for.
        let huge = Frame::new(code, "x").claiming((1 << 63) - 1);
        cases.push(fault(&said, &[huge], &said));
    }
    hold(&cases);
}

#[test]
fn masked_frames_break_the_protocol() {
    let said = "a frame from the server is masked";
    let cases: Vec<Case> = one_of_each()
        .into_iter()
        .map(|frame| fault(format!("{frame:?}"), &[frame.masked([1, 2, 3, 4])], said))
        .collect();
    hold(&cases);
}

#[test]
fn control_frames_that_are_fragmented_or_oversized_break_the_protocol() {
    let fragmented = "a control frame is fragmented";
    let long = "a control frame claims more than 125 bytes";
    let mut cases = Vec::new();
    for code in [opcode::PING, opcode::PONG, opcode::CLOSE] {
        let frame = Frame::new(code, "");
        let sized = |size| Frame::new(code, vec![b'x'; size]);
        cases.extend([
            fault(
                format!("{code}, no FIN"),
                &[frame.clone().unfinished()],
                fragmented,
            ),
            fault(format!("{code}, 126"), &[sized(126)], long),
            fault(format!("{code}, 70,000"), &[sized(70_000)], long),
            fault(
                format!("{code}, 2^40"),
                &[frame.clone().claiming(1 << 40)],
                long,
            ),
            fault(
                format!("{code}, 16 bits"),
                &[frame.length_in(LengthForm::Bits16)],
                long,
            ),
        ]);
    }
    hold(&cases);
}

#[test]
fn fragments_out_of_order_break_the_protocol() {
    let nothing = "a continuation frame came where no message was begun";
    let cut = "* message 2 was cut short after 2 bytes";
    let begun = Frame::text("be").unfinished();
    let again = broken("inside", &[begun, Frame::text("x")], 1002, cut.to_owned());
    let empty = [
        Frame::binary("be").unfinished(),
        Frame::binary("").unfinished(),
    ];
    hold(&[
        fault("a continuation", &[Frame::continuation("x")], nothing),
        fault(
            "an open one",
            &[Frame::continuation("").unfinished()],
            nothing,
        ),
        again.prints("before\nbe"),
        broken("an empty one", &empty, 1002, cut.to_owned()).prints("before\nbe"),
    ]);
}

#[test]
fn text_that_is_not_utf8_is_answered_with_1007_as_early_as_can_be() {
    let said = broke("a text message is not valid UTF-8");
    let bad: [(&str, &[u8]); 8] = [
        ("a byte that is none", b"\xff"),
        ("a continuation alone", b"\x80"),
        ("an overlong slash", b"\xc0"),
        ("an overlong of three", b"\xe0\x80"),
        ("an overlong of four", b"\xf0\x8f"),
        ("a surrogate", b"\xed\xa0"),
        ("beyond the last character", b"\xf4\x90"),
        ("no continuation", b"\xc3("),
    ];
    let mut cases: Vec<Case> = bad
        .into_iter()
        .map(|(name, bytes)| {
            // Nothing of the rest comes, so it is found before the frame's end.
            let frame = Frame::text(bytes).claiming(1_000_000);
            broken(name, &[frame], 1007, said.clone())
        })
        .collect();
    let cut = Frame::text(b"\xe2\x82");
    cases.push(broken("cut at the end", &[cut], 1007, said));
    let split = [
        Frame::text(b"ab\xe2").unfinished(),
        Frame::continuation(b"(").unfinished(),
    ];
    let told = "* message 2 was cut short after 3 bytes".to_owned();
    cases.push(broken("split", &split, 1007, told).prints(b"before\nab\xe2"));
    hold(&cases);
}

/// Every code that RFC 6455 section 7.4 keeps off the wire, at its borders.
const ILLEGAL: [u16; 16] = [
    0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 32768, 65535,
];

#[test]
fn every_illegal_close_is_shown_and_answered() {
    let mut cases: Vec<Case> = ILLEGAL
        .into_iter()
        .map(|code| {
            let said = format!("a Close frame has the code {code}, which must not be sent");
            fault(code.to_string(), &[Frame::close(code, "")], &said)
        })
        .collect();
    let said = "a Close frame has the code 1005, which must not be sent \"why\\u001b[31m\"";
    cases.push(fault(
        "a reason",
        &[Frame::close(1005, "why\u{1b}[31m")],
        said,
    ));
    let one = Frame::new(opcode::CLOSE, [3]);
    cases.push(fault(
        "a byte",
        &[one],
        "a Close frame has a payload of one byte: 03",
    ));
    let reason = broke("the reason of a Close frame is not valid UTF-8: 1000 \"a\\u001b\u{fffd}\"");
    let bad = Frame::close(1000, b"a\x1b\xff");
    cases.push(broken("a reason that is no text", &[bad], 1007, reason));
    hold(&cases);
}

#[test]
fn lengths_that_cannot_be_or_are_not_shortest_break_the_protocol() {
    let mut cases = Vec::new();
    for length in [1 << 63, (1 << 63) + 5, u64::MAX] {
        let said = format!("a frame claims a length of {length} bytes, over 2^63 - 1");
        for frame in [Frame::text("x"), Frame::binary("")] {
            cases.push(fault(&said, &[frame.claiming(length)], &said));
        }
    }
    for (length, form) in [
        (0, LengthForm::Bits64),
        (125, LengthForm::Bits16),
        (65_535, LengthForm::Bits64),
    ] {
        let said = format!("a frame's length of {length} bytes is not in its shortest form");
        let frame = Frame::text("").claiming(length).length_in(form);
        cases.push(fault(&said, &[frame], &said));
    }
    hold(&cases);
}

/// Claims so much, sends a little and falls silent.
fn claims(name: &str, frame: &Frame) -> Case {
    let bytes = frame.bytes();
    Case::upgraded(name, move |conn| {
        conn.raw(&bytes);
        conn.swallow();
    })
}

#[test]
fn a_length_that_is_only_claimed_costs_nothing() {
    let mut cases = Vec::new();
    for length in [(1 << 63) - 1, 1 << 40, 1 << 32, 17 << 20] {
        for frame in [Frame::text("part"), Frame::binary("part")] {
            let waits = claims(
                &format!("{length} in a pipe"),
                &frame.clone().claiming(length),
            )
            .options(&["-E", "--close-timeout", "1"])
            .stdin("")
            .prints("part")
            .ends(0, "* message 1 was cut short after 4 bytes")
            .takes(LIMIT, AT_ONCE);
            cases.push(waits);
            let limit = broke("a message is larger than the 1048576 bytes that are allowed");
            let limited = claims(&format!("{length}, limited"), &frame.claiming(length))
                .options(&["--max-message-size", "1M"])
                .ends(76, limit);
            cases.push(limited);
        }
    }
    hold(&cases);
}

/// What must be held whole has a limit from the start.
#[test]
fn a_length_beyond_the_limit_ends_an_echo_at_once() {
    let limit = broke("a message is larger than the 67108864 bytes that are allowed");
    let cases = [(1 << 63) - 1, 1 << 40, (64 << 20) + 1].map(|length| {
        claims(
            &format!("{length}"),
            &Frame::binary("part").claiming(length),
        )
        .options(&["--echo"])
        .ends(76, limit.clone())
    });
    hold(&cases);
}

#[test]
fn a_length_beyond_the_limit_ends_a_prompt_at_once() {
    let limit = "closed by us: 1009 (a message is larger than the 67108864 bytes that are allowed)";
    let site = Site::new();
    abreast(&BOTH, |&way| {
        let server = site.upgraded(way, |conn| {
            conn.send(&Frame::text("part").claiming(1 << 40));
            assert_eq!(conn.expect_close().0, Some(1009));
            conn.finish();
        });
        let (command, watch) = watched();
        let command = site.reaching(command, &server).within(AT_ONCE);
        let mut terminal = command.in_terminal(24, 200);
        terminal.wait_for_text(limit);
        let finished = terminal.finish();
        assert_eq!(finished.code, 76, "{way:?}: {}", finished.screen);
        assert_bounded(&format!("a prompt, {way:?}"), watch.peak());
        server.finish();
    });
}

/// What is held whole does not grow beyond the limit, fragment by fragment.
#[test]
fn a_message_without_end_ends_an_echo_at_its_limit() {
    let cut = "* message 1 was cut short after 1048576 bytes";
    let fragment = Frame::continuation([b'x'; 4096]).unfinished().bytes();
    let endless = Case::upgraded("fragments", move |conn| {
        conn.send(&Frame::binary("").unfinished());
        forever(conn, fragment.repeat(16));
    });
    hold(&[endless
        .options(&["--echo", "--max-message-size", "1M"])
        .ends(76, cut)]);
}

/// Sends these bytes after the upgrade and falls silent.
fn silent_after(name: &str, bytes: &'static [u8]) -> Case {
    Case::upgraded(name, move |conn| {
        conn.raw(bytes);
        conn.swallow();
    })
    .options(&["-m", "1"])
    .fails(28, RUN)
    .takes(LIMIT, AT_ONCE)
}

#[test]
fn silence_after_the_upgrade_ends_at_the_limit_of_the_run() {
    hold(&[
        silent_after("nothing", b""),
        silent_after("a whole message", b"\x81\x02me").prints("me\n"),
        silent_after("mid-ping", b"\x89\x05pin"),
        silent_after("mid-Close", b"\x88\x05\x03\xe8"),
    ]);
}

#[test]
fn a_message_that_the_limit_of_the_run_cuts_short_is_told() {
    let cut = |count: usize| format!("* message 1 was cut short after {count} bytes");
    let parts: [(&str, &[u8], &str); 5] = [
        ("half a header", b"\x81", ""),
        ("half a length", b"\x82\x7e\x01", ""),
        ("mid-frame", b"\x81\x05par", "par"),
        ("between fragments", b"\x01\x03par", "par"),
        (
            "a claim of 2^63 - 1",
            b"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xffp",
            "p",
        ),
    ];
    hold(&parts.map(|(name, bytes, came)| {
        silent_after(name, bytes)
            .prints(came)
            .ends(28, cut(came.len()))
    }));
}
