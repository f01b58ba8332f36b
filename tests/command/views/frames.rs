//! `-vv` of what is sent, and of whole frames that come: a line for each, with
//! everything that its header says.

use std::sync::mpsc::channel;

use super::super::support::{Frame, Server, beside_the_opening, frame::opcode};
use super::{CLOSED, CONNECTED, assert_told, close, plain, talk, told, upgraded};

/// The last three lines of a conversation that the server closes with 1000.
const END: [&str; 3] = [
    "* frame < AGE: close, FIN, 2 bytes, 1000",
    "* frame > AGE: close, FIN, mask KEY, 2 bytes, 1000",
    CLOSED,
];

/// These frames must be told of so under `-vv`.
#[track_caller]
fn arriving(case: &str, frames: &[Frame], lines: &[&str]) {
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    let server = upgraded(move |conn| {
        conn.raw(&bytes);
        conn.send(&Frame::close(1000, ""));
        // Pongs may come before the Close.
        while conn.read_frame().opcode != opcode::CLOSE {}
        conn.finish();
    });
    let output = talk(&server).arg("-vv").run();
    let expected = [&[CONNECTED], lines, &END].concat();
    assert_told(case, &output, &server, &expected);
    assert_eq!(output.exit_code(), Some(0), "{case}");
    server.finish();
}

#[test]
fn each_opcode_that_is_sent_has_its_line() {
    let server = upgraded(|conn| {
        while conn.read_frame().opcode != opcode::CLOSE {}
        conn.close(4000, "").finish();
    });
    let lines = [
        "hi",
        "/text",
        "/binary 00 ff",
        "/ping k",
        "/pong",
        "/ping /binary 00 ff",
    ];
    let execute = lines.iter().flat_map(|line| ["-x", line]);
    let command = talk(&server).arg("-vv").args(execute);
    let output = command.args(["-x", "/close 4000 bye"]).run();
    let expected = [
        CONNECTED,
        "* frame > AGE: text, FIN, mask KEY, 2 bytes, \"hi\"",
        "* frame > AGE: text, FIN, mask KEY, 0 bytes",
        "* frame > AGE: binary, FIN, mask KEY, 2 bytes, 00 ff",
        "* frame > AGE: ping, FIN, mask KEY, 1 byte, \"k\"",
        "* frame > AGE: pong, FIN, mask KEY, 0 bytes",
        "* frame > AGE: ping, FIN, mask KEY, 2 bytes, 00 ff",
        "* frame > AGE: close, FIN, mask KEY, 5 bytes, 4000 \"bye\"",
        "* frame < AGE: close, FIN, 2 bytes, 4000",
        "* closed: 4000 (private to the application)",
    ];
    assert_told("sent", &output, &server, &expected);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn the_key_that_is_told_is_the_one_on_the_wire() {
    let (sender, keys) = channel();
    let server = upgraded(move |conn| {
        for length in [2, 3] {
            let frame = conn.read_exactly(6 + length);
            let key: String = frame[2..6]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            sender.send(key).expect("a test that waits");
        }
        close(conn);
    });
    let output = talk(&server).args(["-vv", "-x", "hi", "-x", "you"]).run();
    for key in keys.try_iter() {
        let told = format!(", mask {key}, ");
        assert!(
            output.stderr_seen().contains(&told),
            "{told}: {}",
            output.stderr_seen()
        );
    }
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn each_opcode_that_comes_has_its_line() {
    let frames = [
        Frame::text("hi"),
        Frame::text(""),
        Frame::binary(b"\x00\xff"),
        Frame::new(opcode::PONG, "k"),
        Frame::new(opcode::PONG, ""),
        Frame::new(opcode::PONG, b"\xfe"),
    ];
    let lines = [
        "* frame < AGE: text, FIN, 2 bytes, \"hi\"",
        "* frame < AGE: text, FIN, 0 bytes",
        "* frame < AGE: binary, FIN, 2 bytes, 00 ff",
        "* frame < AGE: pong, FIN, 1 byte, \"k\"",
        "* frame < AGE: pong, FIN, 0 bytes",
        "* frame < AGE: pong, FIN, 1 byte, fe",
    ];
    arriving("opcodes", &frames, &lines);
}

#[test]
fn a_ping_and_its_pong_are_shown_as_they_pass() {
    let data = "are you there?";
    let server = upgraded(move |conn| {
        conn.ping(data).expect_pong(data);
        conn.text("x").close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).arg("-vv").run();
    let lines = [
        "* frame < AGE: ping, FIN, 14 bytes, \"are you there?\"",
        "* frame > AGE: pong, FIN, mask KEY, 14 bytes, \"are you there?\"",
        "* frame < AGE: text, FIN, 1 byte, \"x\"",
    ];
    let expected = [&[CONNECTED], &lines[..], &END].concat();
    assert_told("a ping", &output, &server, &expected);
    output.stdout("x\n").code(0);
    server.finish();
}

#[test]
fn fragments_are_numbered_in_their_message() {
    let frames = [
        Frame::text("be").unfinished(),
        Frame::continuation("").unfinished(),
        Frame::new(opcode::PONG, ""),
        Frame::continuation("gun"),
        Frame::binary(b"\x01").unfinished(),
        Frame::continuation(b"\x02"),
        Frame::text("whole"),
    ];
    let lines = [
        "* frame < AGE: text, 2 bytes, fragment 1, \"be\"",
        "* frame < AGE: continuation, 0 bytes, fragment 2",
        "* frame < AGE: pong, FIN, 0 bytes",
        "* frame < AGE: continuation, FIN, 3 bytes, fragment 3, \"gun\"",
        "* frame < AGE: binary, 1 byte, fragment 1, 01",
        "* frame < AGE: continuation, FIN, 1 byte, fragment 2, 02",
        "* frame < AGE: text, FIN, 5 bytes, \"whole\"",
    ];
    arriving("fragments", &frames, &lines);
}

#[test]
fn fragments_of_ours_are_numbered_too() {
    const MIB: usize = 1024 * 1024;
    let server = upgraded(|conn| {
        let (_, text) = conn.read_message();
        assert_eq!(text.len(), 2 * MIB + 5);
        close(conn);
    });
    let text = "f".repeat(2 * MIB + 5);
    let command = talk(&server).args(["-vv", "--linger", "-1"]);
    let output = command.stdin(text).run();
    let beginning = "f".repeat(64);
    let expected = [
        CONNECTED.to_owned(),
        format!("* frame > AGE: text, mask KEY, {MIB} bytes, fragment 1, \"{beginning}\"…"),
        format!("* frame > AGE: continuation, mask KEY, {MIB} bytes, fragment 2, \"{beginning}\"…"),
        "* frame > AGE: continuation, FIN, mask KEY, 5 bytes, fragment 3, \"fffff\"".to_owned(),
    ];
    let expected: Vec<&str> = expected.iter().map(String::as_str).chain(END).collect();
    assert_told("fragments", &output, &server, &expected);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn payloads_are_escaped_and_cut() {
    let euro = format!("{}€ more", "x".repeat(62));
    let frames = [
        Frame::text("\x1b[2J\r\n\u{202e}\u{9b}\"quoted\""),
        Frame::text("x".repeat(64)),
        Frame::text("x".repeat(65)),
        Frame::text(&euro),
        Frame::binary([7; 16]),
        Frame::binary([7; 17]),
        Frame::new(opcode::PONG, "\x07".repeat(3)),
    ];
    let x = "x".repeat(64);
    let sevens = ["07"; 16].join(" ");
    let lines = [
        "* frame < AGE: text, FIN, 19 bytes, \"\\u001b[2J\\r\\n\\u202e\\u009b\"quoted\"\""
            .to_owned(),
        format!("* frame < AGE: text, FIN, 64 bytes, \"{x}\""),
        format!("* frame < AGE: text, FIN, 65 bytes, \"{x}\"…"),
        // Nothing is shown of the character that the cut goes through.
        format!("* frame < AGE: text, FIN, 70 bytes, \"{}\"…", &x[..62]),
        format!("* frame < AGE: binary, FIN, 16 bytes, {sevens}"),
        format!("* frame < AGE: binary, FIN, 17 bytes, {sevens} …"),
        "* frame < AGE: pong, FIN, 3 bytes, \"\\u0007\\u0007\\u0007\"".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    arriving("payloads", &frames, &lines);
}

#[test]
fn text_that_is_cut_between_fragments_is_shown_without_half_characters() {
    let bytes = "€".as_bytes();
    let frames = [
        Frame::text([b"a", &bytes[..1]].concat()).unfinished(),
        Frame::continuation([&bytes[1..], b"b"].concat()),
    ];
    let lines = [
        "* frame < AGE: text, 2 bytes, fragment 1, \"a\"…",
        "* frame < AGE: continuation, FIN, 3 bytes, fragment 2, \"\u{fffd}\u{fffd}b\"",
    ];
    arriving("half characters", &frames, &lines);
}

#[test]
fn close_frames_show_code_and_reason() {
    for (frame, line) in [
        (Frame::new(opcode::CLOSE, ""), "close, FIN, 0 bytes"),
        (Frame::close(1001, ""), "close, FIN, 2 bytes, 1001"),
        (
            Frame::close(1001, "bye\x1b[0m\n"),
            "close, FIN, 10 bytes, 1001 \"bye\\u001b[0m\\n\"",
        ),
    ] {
        let server = upgraded(move |conn| {
            conn.send(&frame).expect_close();
            conn.finish();
        });
        let output = talk(&server).arg("-vv").run();
        assert_eq!(told(&output, &server)[1], format!("* frame < AGE: {line}"));
        output.stdout("").code(0);
        server.finish();
    }
}

#[test]
fn frames_of_a_flood_are_all_shown_in_order() {
    const FLOOD: usize = 20_000;
    let server = upgraded(|conn| {
        let frames: Vec<u8> = (0..FLOOD)
            .flat_map(|n| Frame::text(n.to_string()).bytes())
            .collect();
        conn.raw(frames);
        close(conn);
    });
    let output = talk(&server).arg("-vv").run();
    // A frame that is cut by the end of a read is shown then too.
    let whole = |line: &&str| !line.ends_with(" (arriving)");
    let lines = beside_the_opening(output.stderr_seen());
    let lines: Vec<&str> = lines.into_iter().filter(whole).collect();
    assert_eq!(lines.len(), FLOOD + 4);
    for (n, line) in lines[1..=FLOOD].iter().enumerate() {
        let length = n.to_string().len();
        let plural = if length == 1 { "" } else { "s" };
        let expected = format!("* frame < AGE: text, FIN, {length} byte{plural}, \"{n}\"");
        assert_eq!(plain(line), expected);
    }
    let stdout: String = (0..FLOOD).map(|n| format!("{n}\n")).collect();
    output.stdout(&stdout).code(0);
    server.finish();
}

#[test]
fn verbose_once_shows_no_frames_and_thrice_no_more_than_twice() {
    for (option, count) in [("-v", 2), ("-vv", 5), ("-vvv", 5)] {
        let server = upgraded(|conn| {
            conn.text("x");
            close(conn);
        });
        let output = talk(&server).arg(option).run();
        assert_eq!(told(&output, &server).len(), count, "{option}");
        output.stdout("x\n").code(0);
        server.finish();
    }
}

#[test]
fn frames_that_come_with_the_answer_are_shown() {
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        let frames = [Frame::text("early").bytes(), Frame::close(1000, "").bytes()].concat();
        conn.raw([head.switching(&[]).as_bytes(), &frames].concat());
        conn.expect_close();
        conn.finish();
    });
    let output = talk(&server).arg("-vv").run();
    let lines = [CONNECTED, "* frame < AGE: text, FIN, 5 bytes, \"early\""];
    let expected = [&lines[..], &END].concat();
    assert_told("early", &output, &server, &expected);
    output.stdout("early\n").code(0);
    server.finish();
}
