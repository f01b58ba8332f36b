//! Of a broken protocol: what the server sees, and what is said of it.

use std::time::{Duration, Instant};

use super::super::support::{Conn, Frame, LengthForm, frame::opcode};
use super::{assert_ended, broke, talk, upgraded};

/// How long a run may take that waits for nothing, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

/// After a whole message these bytes must end the connection with `code`,
/// without more of them: `stderr` is all that is said.
#[track_caller]
fn broken(case: &str, frames: &[Frame], code: u16, stdout: &str, stderr: &str) {
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    let name = case.to_owned();
    let server = upgraded(move |conn| {
        conn.text("before").raw(&bytes);
        assert_eq!(conn.expect_close(), (Some(code), String::new()), "{name}");
        conn.expect_eof();
    });
    let output = talk(&server).run();
    assert_ended(case, &output, &format!("before\n{stdout}"), stderr, 76);
    server.finish();
}

/// A fault of which nothing but this is said.
#[track_caller]
fn fault(case: &str, frames: &[Frame], said: &str) {
    broken(case, frames, 1002, "", &broke(said));
}

#[test]
fn reserved_bits_break_the_protocol() {
    let hint = "hint: does the server compress although nothing was negotiated?\n";
    let meaning = "set, which no extension gave a meaning";
    for (bits, named) in [
        (4, "bit RSV1"),
        (2, "bit RSV2"),
        (1, "bit RSV3"),
        (5, "bits RSV1, RSV3"),
        (7, "bits RSV1, RSV2, RSV3"),
    ] {
        let said = broke(&format!("a frame has the reserved {named} {meaning}")) + hint;
        for frame in [
            Frame::text("x"),
            Frame::text(""),
            Frame::new(opcode::PING, "x"),
            Frame::close(1000, ""),
        ] {
            let case = format!("{named} of {frame:?}");
            broken(&case, &[frame.rsv(bits)], 1002, "", &said);
        }
    }
    let begun = Frame::binary("be").unfinished();
    let rest = Frame::continuation("gun").rsv(4);
    let cut = "* message 2 was cut short after 2 bytes\n";
    let said = broke(&format!("a frame has the reserved bit RSV1 {meaning}"));
    let stderr = format!("{cut}{said}{hint}");
    broken("a continuation", &[begun, rest], 1002, "be", &stderr);
}

#[test]
fn reserved_opcodes_break_the_protocol() {
    for code in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        let said = format!("a frame has the reserved opcode {code:#x}");
        fault(&said, &[Frame::new(code, "x")], &said);
        fault(&said, &[Frame::new(code, "")], &said);
    }
}

#[test]
fn masked_frames_break_the_protocol() {
    for frame in [
        Frame::text("x"),
        Frame::binary(""),
        Frame::new(opcode::PING, ""),
        Frame::close(1000, ""),
    ] {
        let case = format!("{frame:?}");
        fault(
            &case,
            &[frame.masked([1, 2, 3, 4])],
            "a frame from the server is masked",
        );
    }
    let zero = Frame::text("x").masked([0; 4]);
    fault(
        "a key of zeros",
        &[zero],
        "a frame from the server is masked",
    );
}

#[test]
fn control_frames_that_are_fragmented_or_long_break_the_protocol() {
    let fragmented = "a control frame is fragmented";
    let long = "a control frame claims more than 125 bytes";
    for code in [opcode::PING, opcode::PONG, opcode::CLOSE] {
        let frame = Frame::new(code, "");
        fault("fragmented", &[frame.clone().unfinished()], fragmented);
        fault("126 bytes", &[Frame::new(code, [b'x'; 126])], long);
        fault(
            "70,000 bytes",
            &[Frame::new(code, vec![b'x'; 70_000])],
            long,
        );
        fault("claimed", &[frame.clone().claiming(1 << 40)], long);
        fault("0 in 16 bits", &[frame.length_in(LengthForm::Bits16)], long);
    }
}

#[test]
fn lengths_that_are_not_in_their_shortest_form_break_the_protocol() {
    for (length, form) in [
        (0, LengthForm::Bits16),
        (125, LengthForm::Bits16),
        (0, LengthForm::Bits64),
        (125, LengthForm::Bits64),
        (126, LengthForm::Bits64),
        (65_535, LengthForm::Bits64),
    ] {
        let said = format!("a frame's length of {length} bytes is not in its shortest form");
        for frame in [Frame::text(""), Frame::binary("").unfinished()] {
            let frame = frame.claiming(length).length_in(form);
            fault(&format!("{length}, {form:?}"), &[frame], &said);
        }
    }
}

#[test]
fn lengths_beyond_2_to_the_63_break_the_protocol() {
    for length in [1 << 63, (1 << 63) + 5, u64::MAX] {
        let said = format!("a frame claims a length of {length} bytes, over 2^63 - 1");
        fault(&said, &[Frame::binary("").claiming(length)], &said);
        fault(&said, &[Frame::text("x").claiming(length)], &said);
    }
}

#[test]
fn fragments_out_of_order_break_the_protocol() {
    let nothing = "a continuation frame came where no message was begun";
    let inside = "a new message began before the fragmented one had ended";
    fault("a continuation first", &[Frame::continuation("x")], nothing);
    let open = Frame::continuation("x").unfinished();
    fault("one that does not end", &[open], nothing);
    let begun = || Frame::text("be").unfinished();
    let ended = [
        begun(),
        Frame::continuation("gun"),
        Frame::continuation("x"),
    ];
    broken("after the last", &ended, 1002, "begun\n", &broke(nothing));
    let cut = "* message 2 was cut short after 2 bytes\n".to_owned();
    for frame in [
        Frame::text("x"),
        Frame::binary("x"),
        Frame::text("").unfinished(),
    ] {
        let case = format!("inside: {frame:?}");
        broken(
            &case,
            &[begun(), frame],
            1002,
            "be",
            &(cut.clone() + &broke(inside)),
        );
    }
    let with_ping = [begun(), Frame::new(opcode::PONG, ""), Frame::text("x")];
    broken(
        "after a pong",
        &with_ping,
        1002,
        "be",
        &(cut + &broke(inside)),
    );
}

#[test]
fn text_that_is_not_utf8_is_answered_with_1007() {
    let bad: [(&str, &[u8]); 11] = [
        ("a byte that is none", b"\xff"),
        ("a continuation alone", b"\x80"),
        ("an overlong slash", b"\xc0\xaf"),
        ("an overlong NUL", b"\xe0\x80\x80"),
        ("an overlong of four", b"\xf0\x80\x80\x80"),
        ("a surrogate", b"\xed\xa0\x80"),
        ("beyond the last character", b"\xf4\x90\x80\x80"),
        ("five bytes", b"\xf8\x88\x80\x80\x80"),
        ("cut at the end", b"\xe2\x82"),
        ("cut in the middle", b"\xe2\x82x"),
        ("after good text", "ä€😀\u{0}\u{7ff}".as_bytes()),
    ];
    let said = broke("a text message is not valid UTF-8");
    for (case, bytes) in bad {
        let bytes = match case {
            "after good text" => [bytes, b"\xfe"].concat(),
            _ => bytes.to_vec(),
        };
        broken(case, &[Frame::text(bytes)], 1007, "", &said);
    }
}

#[test]
fn bad_text_is_found_before_its_frame_is_whole() {
    let bad: [(&str, &[u8]); 6] = [
        ("a byte that is none", b"\xff"),
        ("no continuation", b"\xc3("),
        ("a beginning of no character", b"\xc0"),
        ("half of a surrogate", b"\xed\xa0"),
        ("half of one too large", b"\xf4\x90"),
        ("half of an overlong", b"\xf0\x8f"),
    ];
    let said = broke("a text message is not valid UTF-8");
    for (case, bytes) in bad {
        let frame = Frame::text(bytes).claiming(1_000_000);
        broken(case, &[frame], 1007, "", &said);
    }
}

#[test]
fn text_is_checked_across_fragments() {
    let said = broke("a text message is not valid UTF-8");
    let cut = |count: usize| format!("* message 2 was cut short after {count} bytes\n{said}");
    let begun = |bytes: &[u8]| Frame::text(bytes).unfinished();
    let split = [begun(b"ab\xe2"), Frame::continuation(b"\x28")];
    // What came of the character is on stdout already.
    broken(
        "a character that breaks off",
        &split,
        1007,
        "ab\u{fffd}",
        &cut(3),
    );
    let ends = [begun(b"ab"), Frame::continuation(b"\xe2\x82")];
    broken("cut at the end", &ends, 1007, "ab", &cut(2));
    let open = [begun(b"ab"), Frame::continuation(b"\xff").unfinished()];
    broken("found before the end", &open, 1007, "ab", &cut(2));
}

#[test]
fn bytes_that_are_not_utf8_are_no_fault_of_binary_messages() {
    let server = upgraded(|conn| {
        conn.binary(b"\xff\xc0\x80").close(1000, "").expect_close();
        conn.finish();
    });
    talk(&server)
        .run()
        .stdout_bytes(b"\xff\xc0\x80\n")
        .stderr("")
        .code(0);
    server.finish();
}

#[test]
fn a_character_may_be_split_between_fragments() {
    let server = upgraded(|conn| {
        for frame in [
            Frame::text(b"\xf0").unfinished(),
            Frame::continuation(b"\x9f\x98").unfinished(),
            Frame::continuation("").unfinished(),
            Frame::continuation(b"\x80"),
        ] {
            conn.send(&frame);
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    talk(&server).run().stdout("😀\n").stderr("").code(0);
    server.finish();
}

type Script = fn(&mut Conn<'_>);

#[test]
fn a_server_that_goes_on_after_its_fault_is_left() {
    let scripts: [(&str, Script); 2] = [
        ("talking", |conn| {
            let noise = Frame::text("x".repeat(1000)).bytes().repeat(64);
            let began = Instant::now();
            while began.elapsed() < AT_ONCE && conn.try_raw(&noise).is_ok() {}
            assert!(began.elapsed() < AT_ONCE, "the client did not leave");
        }),
        ("silent", |conn| conn.stall(AT_ONCE)),
    ];
    for (case, script) in scripts {
        let server = upgraded(move |conn| {
            conn.send(&Frame::new(3, ""));
            script(conn);
        });
        let began = Instant::now();
        let output = talk(&server).run();
        assert!(began.elapsed() < AT_ONCE, "{case}: {:?}", began.elapsed());
        let stderr = broke("a frame has the reserved opcode 0x3");
        assert_ended(case, &output, "", &stderr, 76);
        server.finish();
    }
}
