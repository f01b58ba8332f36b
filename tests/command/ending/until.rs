//! Of `--until`: the first message that matches ends the run.

use flate2::{Compress, Compression, FlushCompress};

use super::super::support::{Conn, Frame, Key, Server, frame::opcode, wstalk};
use super::{hear, talk};

type Script = fn(&mut Conn<'_>);

fn text(text: &str) -> Vec<Frame> {
    vec![Frame::text(text)]
}

fn binary(bytes: &[u8]) -> Vec<Frame> {
    vec![Frame::binary(bytes)]
}

/// Messages that match nothing are sent first, then `hit`, then one too many.
#[track_caller]
fn ends_at(pattern: &str, misses: Vec<Vec<Frame>>, hit: Vec<Frame>) {
    let case = pattern.to_owned();
    let count = misses.iter().flatten().count();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        let frames = misses.iter().flatten().chain(&hit);
        let late = Frame::text("too late");
        conn.raw(
            frames
                .chain([&late])
                .flat_map(Frame::bytes)
                .collect::<Vec<u8>>(),
        );
        assert_eq!(hear(conn).close, Some(1000), "{case}");
    });
    let output = talk(&server)
        .args(["--until", pattern, "--output", "notation", "-P"])
        .stdin_stays_open()
        .run();
    let lines = output.stdout_seen().split(|byte| *byte == b'\n').count() - 1;
    assert_eq!(
        output.exit_code(),
        Some(0),
        "{pattern}: {}",
        output.stderr_seen()
    );
    assert_eq!(
        lines,
        count + 1,
        "{pattern}: {:?}",
        output.stdout_seen().escape_ascii().to_string()
    );
    assert_eq!(output.stderr_seen(), "", "{pattern}");
    server.finish();
}

#[test]
fn a_message_in_the_notation_is_matched_exactly() {
    ends_at(
        "done",
        vec![text("done "), text("Done"), binary(b"done")],
        text("done"),
    );
    ends_at("//done", vec![text("done"), text("//done")], text("/done"));
    ends_at(
        "/text {\"a\":1}",
        vec![text("{\"a\": 1}")],
        text("{\"a\":1}"),
    );
    ends_at("/text", vec![text(" "), binary(b"")], text(""));
    ends_at("/string \"a\\nb\"", vec![text("a\\nb")], text("a\nb"));
}

#[test]
fn json_is_matched_in_part_or_wholly() {
    ends_at(
        "{\"a\":{\"b\":null},\"n\":1}",
        vec![
            text("{\"a\":{},\"n\":1}"),
            text("{\"a\":{\"b\":null},\"n\":1.5}"),
            text("[{\"a\":{\"b\":null},\"n\":1}]"),
            text("{\"a\":{\"b\":null},\"n\":1"),
        ],
        text(" {\"x\":[], \"n\":1.0e0, \"a\":{\"b\":null,\"c\":2}}"),
    );
    ends_at(
        "[1,2]",
        vec![text("[1]"), text("[2,1]"), text("[1,2,3]")],
        text("[1, 2.0]"),
    );
    ends_at("[]", vec![text("[1]"), text("{}")], text(" [ ]"));
    ends_at(
        "/json {\"a\":1}",
        vec![text("{\"a\":1,\"b\":2}")],
        text("{ \"a\" : 1 }"),
    );
    ends_at("/json \"x\"", vec![text("x")], text("\"x\""));
}

#[test]
fn regular_expressions_gaps_and_control_frames_are_matched() {
    ends_at(
        "/match ^tock \\d+$",
        vec![text("tock"), text("a tock 1"), binary(b"tock 1")],
        text("tock 17"),
    );
    ends_at("/match b", vec![text("a\nc")], text("a\nb\n"));
    ends_at("/any", vec![], binary(b""));
    ends_at("/any-text", vec![binary(b"x")], text("x"));
    ends_at("/any-binary", vec![text("x")], binary(b"x"));
    ends_at(
        "/binary ff ?? 01",
        vec![
            binary(b"\xff\x01"),
            binary(b"\xff\x00\x01\x02"),
            text("\u{7f}?\u{1}"),
        ],
        binary(b"\xff\xee\x01"),
    );
    ends_at(
        "/binary ff ...",
        vec![binary(b"\xfe\xff")],
        binary(b"\xff\x00\x00"),
    );
    ends_at(
        "/base64 AQL/",
        vec![binary(b"\x01\x02")],
        binary(b"\x01\x02\xff"),
    );
    ends_at(
        "/pong k",
        vec![
            text("k"),
            vec![Frame::new(opcode::PONG, "kk")],
            vec![Frame::new(opcode::PING, "k")],
        ],
        vec![Frame::new(opcode::PONG, "k")],
    );
    ends_at(
        "/ping /binary 01 ??",
        vec![vec![Frame::new(opcode::PONG, [1, 2])]],
        vec![Frame::new(opcode::PING, [1, 2])],
    );
}

#[test]
fn a_fragmented_message_is_matched_when_it_is_whole() {
    ends_at(
        "done",
        vec![text("do"), text("ne")],
        vec![
            Frame::text("d").unfinished(),
            Frame::continuation("").unfinished(),
            Frame::continuation("o").unfinished(),
            Frame::continuation("ne"),
        ],
    );
}

#[test]
fn a_fragmented_message_is_matched_around_a_ping_inside_it() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.send(&Frame::text("do").unfinished()).ping("x");
        conn.expect_pong("x").send(&Frame::continuation("ne"));
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let output = talk(&server)
        .args(["--until", "done"])
        .stdin_stays_open()
        .run();
    output.stdout("done\n").stderr("").code(0);
    server.finish();
}

#[test]
fn a_compressed_message_is_matched_as_what_it_says() {
    let server = Server::accept(|conn| {
        let answer = "permessage-deflate; server_no_context_takeover";
        conn.upgrade_with(&[("Sec-WebSocket-Extensions", answer)]);
        conn.send(&deflated("not yet"))
            .send(&deflated("{\"done\":true}"));
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let output = talk(&server)
        .args(["--until", "{\"done\":true}"])
        .stdin_stays_open()
        .run();
    output
        .stdout("not yet\n{\"done\":true}\n")
        .stderr("")
        .code(0);
    server.finish();
}

/// RFC 7692 section 7.2.1: without the empty block's last four bytes.
fn deflated(text: &str) -> Frame {
    let mut bytes = Vec::with_capacity(1000);
    Compress::new(Compression::default(), false)
        .compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Sync)
        .expect("text to compress");
    bytes.truncate(bytes.len() - 4);
    Frame::text(bytes).rsv(4)
}

#[test]
fn what_is_never_matched_says_how_many_came() {
    let script: Script = |conn| {
        conn.upgrade();
        conn.text("a").text("b").close(1000, "").expect_close();
        conn.finish();
    };
    const NONE: &str = "none of the 2 messages that came matches --until";
    const FEW: &str =
        "only 2 of the 3 messages that were waited for came, and none matches --until";
    for (options, told, hint) in [
        (
            &["--until", "c"][..],
            NONE,
            "hint: a text is compared whole: /match REGEX looks for a part of it, {\"a\":1} for JSON that has this member\n",
        ),
        (
            &["--until", "/binary 01"],
            NONE,
            "hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest\n",
        ),
        (
            &["--until", "/json 1"],
            NONE,
            "hint: /json allows no other members: leave it out to allow them\n",
        ),
        (
            &["--until", "/match c"],
            NONE,
            "hint: the connection ended before that: -v tells how\n",
        ),
        (
            &["--until", "c", "-N", "3"],
            FEW,
            "hint: a text is compared whole: /match REGEX looks for a part of it, {\"a\":1} for JSON that has this member\n",
        ),
    ] {
        let server = Server::accept(script);
        let output = talk(&server).args(options).run();
        output
            .stdout("a\nb\n")
            .stderr(&format!("wstalk: error: {told}\n{hint}"))
            .code(1);
        server.finish();
    }
}

#[test]
fn a_message_that_is_cut_short_matches_nothing() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.send(&Frame::text("done").unfinished());
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk(&server).args(["--until", "done"]).run();
    output
        .stdout("done")
        .stderr_contains("* message 1 was cut short after 4 bytes\n")
        .stderr_contains("none of the 0 messages that came matches --until\n")
        .code(1);
    server.finish();
}

#[test]
fn a_message_too_large_to_be_compared_ends_the_run_with_its_option() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("x".repeat(2000));
        assert_eq!(conn.expect_close().0, Some(1009));
        conn.finish();
    });
    let output = talk(&server)
        .args(["--until", "done", "--max-message-size", "1k"])
        .run();
    output.stderr_contains("hint: --max-message-size").code(76);
    server.finish();
}

#[test]
fn what_is_no_pattern_is_refused_with_its_column_and_a_cure() {
    for (pattern, column, hint) in [
        ("{\"a\":", ": column 5: ", "hint: `/text`"),
        ("{\"a\":1}}", ": column 8: ", "hint: `/text`"),
        ("/json {a}", ": column 8: ", ""),
        ("/match a(b", ": column 8: ", "hint: a backslash"),
        ("/match", ": column 7: ", "hint: `/match REGEX`"),
        ("/binary 0", ": column 9: ", ""),
        ("/binary ... 01", ": column 9: ", ""),
        ("/mtach x", ": ", "hint: did you mean `/match`?"),
        ("/close 1000", ": ", "hint: a pattern is"),
        ("/wait 5", ": ", "hint: a pattern is"),
        ("/any x", ": column 6: ", "hint: a pattern is"),
    ] {
        let server = Server::untouched();
        let output = talk(&server).args(["--until", pattern]).run();
        let stderr = output.stderr_seen();
        let beginning = format!("wstalk: error: --until \"{pattern}\": ");
        assert!(stderr.starts_with(&beginning), "{pattern}: {stderr}");
        assert!(stderr.contains(column), "{pattern}: no {column}: {stderr}");
        assert!(stderr.contains(hint), "{pattern}: no {hint}: {stderr}");
        assert_eq!(output.exit_code(), Some(2), "{pattern}");
        server.finish();
    }
}

#[test]
fn at_the_prompt_it_ends_the_run_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("ask")
            .text("not yet")
            .text("done")
            .text("too late");
        assert_eq!(conn.answer_close(), (Some(1000), String::new()));
    });
    let command = wstalk().arg(server.url()).args(["--until", "done"]);
    let mut terminal = command.in_terminal(24, 80);
    terminal.wait_for_text("* connected to ");
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal
        .type_("ask")
        .wait_for(|screen| screen.ends_with("> ask"), "the line");
    terminal.key(Key::Enter);
    let finished = terminal.finish();
    server.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    assert!(
        finished.screen.contains("< not yet\n< done"),
        "{}",
        finished.screen
    );
    assert!(!finished.screen.contains("too late"), "{}", finished.screen);
}

#[test]
fn at_the_prompt_a_pattern_that_is_never_matched_is_a_failure() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("a").close(1000, "").expect_close();
        conn.finish();
    });
    let command = wstalk().arg(server.url()).args(["--until", "done"]);
    let finished = command.in_terminal(24, 80).finish();
    server.finish();
    assert_eq!(finished.code, 1, "{}", finished.screen);
    assert!(
        finished
            .screen
            .contains("none of the 1 messages that came matches --until"),
        "{}",
        finished.screen
    );
}
