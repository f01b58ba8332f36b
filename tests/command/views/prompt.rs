//! `-v` and `-vv` at the prompt: what they say appears above the line that is
//! being typed, and leaves it as it was.

use super::super::support::{Frame, Gate, Key, Server, Terminal, beside_the_opening, wstalk};
use super::{plain, upgraded};

fn prompt(server: &Server, options: &[&str]) -> Terminal {
    let command = wstalk().arg(server.url()).args(options);
    let mut terminal = command.in_terminal(50, 100);
    terminal.wait_for(
        |screen| screen.contains("* connected to ") && screen.ends_with("\n>"),
        "a prompt below its notice",
    );
    terminal
}

/// The screen below the notice of the connection, without what differs.
fn lines(screen: &str) -> Vec<String> {
    let lines = beside_the_opening(screen).into_iter();
    lines.skip(1).map(plain).collect()
}

#[test]
fn frames_appear_above_the_line_that_is_typed() {
    let gate = Gate::default();
    let typed = gate.clone();
    let server = upgraded(move |conn| {
        typed.pass("a line half typed");
        conn.text("pushed").ping("k").expect_pong("k");
        conn.expect_text("half typed");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut terminal = prompt(&server, &["-vv"]);
    terminal
        .type_("half")
        .wait_for(|screen| screen.ends_with("> half"), "what was typed");
    gate.open();
    terminal.wait_for(
        |screen| screen.contains(": pong, FIN") && screen.ends_with("\n> half"),
        "frames above the line",
    );
    let expected = [
        "* frame < AGE: text, FIN, 6 bytes, \"pushed\"",
        "< pushed",
        "* frame < AGE: ping, FIN, 1 byte, \"k\"",
        "* frame > AGE: pong, FIN, mask KEY, 1 byte, \"k\"",
        "> half",
    ];
    assert_eq!(lines(&terminal.screen()), expected);
    terminal.type_(" typed").key(Key::Enter);
    terminal.wait_for(
        |screen| screen.contains("10 bytes, \"half typed\"") && screen.ends_with("\n>"),
        "the frame of the line",
    );
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    let seen = lines(&finished.screen);
    let sent = "* frame > AGE: text, FIN, mask KEY, 10 bytes, \"half typed\"";
    for line in [
        sent,
        "* frame > AGE: close, FIN, mask KEY, 2 bytes, 1000",
        "* frame < AGE: close, FIN, 2 bytes, 1000",
        "* closed: 1000 (normal closure)",
    ] {
        assert_eq!(
            seen.iter().filter(|seen| *seen == line).count(),
            1,
            "{line}: {seen:?}"
        );
    }
    server.finish();
}

#[test]
fn a_flood_of_frames_is_shown_in_order_and_leaves_the_line() {
    const FLOOD: usize = 2000;
    let gate = Gate::default();
    let typed = gate.clone();
    let server = upgraded(move |conn| {
        typed.pass("a line half typed");
        let frames: Vec<u8> = (0..FLOOD)
            .flat_map(|n| Frame::text(format!("n{n}")).bytes())
            .collect();
        conn.raw(frames);
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut terminal = prompt(&server, &["-vv", "--color", "never"]);
    terminal
        .type_("half")
        .wait_for(|screen| screen.ends_with("> half"), "what was typed");
    gate.open();
    let last = format!("< n{}\n> half", FLOOD - 1);
    terminal.wait_for(|screen| screen.ends_with(&last), "the last of the flood");
    let printed = String::from_utf8_lossy(&terminal.printed()).into_owned();
    let mut from = 0;
    for n in 0..FLOOD {
        for what in [format!("\"n{n}\""), format!("< n{n}\r")] {
            let found = printed[from..].find(&what);
            from += found.unwrap_or_else(|| panic!("{what} is not in its place"));
        }
    }
    terminal
        .key(Key::CtrlC)
        .wait_for(|screen| screen.ends_with("\n>"), "an empty line");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn oddities_are_told_at_the_prompt() {
    let script = |conn: &mut super::Conn<'_>| {
        let head = conn.read_head();
        let answer = head.switching(&[("Content-Length", "0"), ("X-Odd", "a\r\n b")]);
        conn.raw(answer.replace("Switching Protocols", "\u{9b}1m"));
        assert_eq!(conn.answer_close().0, Some(1000));
    };
    let said = [
        "* the status line is \"HTTP/1.1 101 \\u009b1m\"",
        "* a header of the answer is folded over lines",
        "* the answer has the header Content-Length, which means nothing here",
    ];
    for (options, odd) in [(&["-v"][..], &said[..]), (&[], &[])] {
        let server = Server::accept(script);
        let mut terminal = prompt(&server, options);
        let expected = [odd, &[">"]].concat();
        assert_eq!(lines(&terminal.screen()), expected);
        terminal.key(Key::CtrlD);
        assert_eq!(terminal.finish().code, 0);
        server.finish();
    }
}

#[test]
fn what_became_of_tcp_is_told_below_the_closing_notice() {
    let after = "* after the closing handshake: connection reset by peer";
    for (options, told) in [(&["-v"][..], true), (&[], false)] {
        let server = upgraded(|conn| {
            conn.text("ready");
            conn.close(1000, "").expect_close();
            conn.reset();
        });
        let mut terminal = wstalk()
            .arg(server.url())
            .args(options)
            .in_terminal(24, 100);
        terminal.wait_for_text("* closed by the server: 1000 (normal closure)");
        let finished = terminal.finish();
        assert_eq!(finished.code, 0);
        let last = finished.screen.lines().last().unwrap_or_default();
        assert_eq!(last == after, told, "{}", finished.screen);
        server.finish();
    }
}

#[test]
fn a_summary_stands_below_the_closing_notice() {
    let server = upgraded(|conn| {
        conn.text("abc");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut terminal = prompt(&server, &["--stats"]);
    terminal.wait_for(|screen| screen.ends_with("< abc\n>"), "a message");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    let seen = lines(&finished.screen);
    let closed = "* closed: 1000 (normal closure)";
    let at = seen
        .iter()
        .position(|line| line == closed)
        .expect("a closing notice");
    let expected = [
        "* sent                0 messages, 0 bytes of payload, 8 on the wire",
        "* received            1 message, 3 bytes of payload, 9 on the wire",
        "* compression         not agreed on",
        "* waiting to be sent  0 bytes",
    ];
    assert_eq!(seen[at + 1..at + 5], expected);
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn the_reason_of_an_illegal_close_cannot_drive_the_terminal() {
    let server = upgraded(|conn| {
        conn.close(1006, "a\x1b]0;owned\x07\x1b[31mb")
            .expect_close();
        conn.expect_eof();
    });
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 100);
    terminal.wait_for_text("* closed by the server: 1006 (abnormal closure)");
    // What the screen was told, before the terminal is given back.
    let printed = String::from_utf8_lossy(&terminal.printed()).into_owned();
    let finished = terminal.finish();
    assert_eq!(finished.code, 76, "{}", finished.screen);
    assert!(!printed.contains("\x1b]0;owned"), "{printed:?}");
    assert!(!printed.contains("\x1b[31mb"), "{printed:?}");
    assert!(
        finished
            .screen
            .contains("\\u001b]0;owned\\u0007\\u001b[31mb"),
        "{}",
        finished.screen
    );
    server.finish();
}
