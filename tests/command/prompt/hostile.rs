//! Of a server that tries to drive the terminal: it is shown, never obeyed.

use super::super::support::{Authority, Key, Server, wstalk};
use super::{closes_normally, enter, leave, prompt, wait_for_line};

/// Sequences that would change a title, clear, colour, or answer for the user.
const SEQUENCES: [(&str, &str); 7] = [
    ("\u{1b}]0;title\u{7}", "\\u001b]0;title\\u0007"),
    ("\u{1b}[2J\u{1b}[H", "\\u001b[2J\\u001b[H"),
    ("\u{1b}[31mred", "\\u001b[31mred"),
    ("\u{1b}[6n", "\\u001b[6n"),
    ("\u{9b}31m", "\\u009b31m"),
    ("over\rwritten", "over\\rwritten"),
    ("\u{202e}desrever", "\\u202edesrever"),
];

/// The bytes that were printed must not hold what the server sent.
#[track_caller]
fn assert_not_executed(printed: &[u8], sequence: &str) {
    let found = memchr::memmem::find(printed, sequence.as_bytes());
    assert!(found.is_none(), "{sequence:?} went to the terminal");
}

#[test]
fn sequences_in_messages_are_shown() {
    let server = Server::accept(closes_normally(|conn| {
        for (sequence, _) in SEQUENCES {
            conn.text(sequence);
        }
        conn.text("end").expect_text("typed");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("< end\n>");
    let screen = terminal.screen();
    for (sequence, shown) in SEQUENCES {
        let line = format!("< /string \"{shown}\"");
        assert!(
            screen.lines().any(|found| found == line),
            "no {line} in:\n{screen}"
        );
        assert_not_executed(&terminal.printed(), sequence);
    }
    enter(&mut terminal, "typed");
    leave(terminal, server);
}

#[test]
fn sequences_in_a_paste_are_not_obeyed_and_arrive() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("a\u{9b}31m\u{7}\u{202e}b")
            .expect_text("typed");
    }));
    let mut terminal = prompt(&server);
    terminal.paste("a\u{9b}31m\u{7}\u{202e}b");
    terminal.wait_for_text("> a31mb");
    for sequence in ["\u{9b}", "\u{7}", "\u{202e}"] {
        assert_not_executed(&terminal.printed(), sequence);
    }
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    enter(&mut terminal, "typed");
    leave(terminal, server);
}

#[test]
fn sequences_in_a_close_reason_are_shown() {
    for (sequence, shown) in SEQUENCES {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.close(4000, sequence).expect_close();
            conn.finish();
        });
        let mut terminal = wstalk().arg(server.url()).in_terminal(24, 120);
        terminal.wait_for_text("* closed by the server: 4000 (");
        terminal.wait_for_text(&format!("\"{shown}\""));
        assert_not_executed(&terminal.printed(), sequence);
        assert_eq!(terminal.finish().code, 69, "{sequence:?}");
        server.finish();
    }
}

#[test]
fn sequences_in_pongs_are_shown() {
    let server = Server::accept(closes_normally(|conn| {
        conn.pong("\u{1b}[31mred").text("end").expect_text("typed");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("* pong \\u001b[31mred (not asked for)");
    assert_not_executed(&terminal.printed(), "\u{1b}[31mred");
    enter(&mut terminal, "typed");
    leave(terminal, server);
}

#[test]
fn sequences_in_a_refusal_are_shown() {
    let server = Server::accept(|conn| {
        let body = "\u{1b}]0;title\u{7}body";
        conn.reply(format!(
            "HTTP/1.1 403 Forbidden\r\nX-Odd: \u{202e}x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        conn.finish();
    });
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 80);
    terminal.wait_for_text("wstalk: error: the upgrade was refused: HTTP 403 Forbidden");
    terminal.wait_for_text("\\u001b]0;title\\u0007body");
    terminal.wait_for_text("X-Odd: \\u202ex");
    assert_not_executed(&terminal.printed(), "\u{1b}]0;title");
    assert_not_executed(&terminal.printed(), "\u{202e}");
    assert_eq!(terminal.finish().code, 22);
    server.finish();
}

#[test]
fn sequences_in_a_certificate_are_never_obeyed() {
    let server = Server::distrusted(&Authority::new().named("\u{1b}]0;title\u{7}name"));
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 80);
    terminal.wait_for_text("wstalk: error: ");
    let printed = terminal.printed();
    assert_not_executed(&printed, "\u{1b}]0;title");
    assert_eq!(terminal.finish().code, 60);
    server.finish();
}

#[test]
fn a_line_that_is_wider_than_the_screen_leaves_the_prompt_whole() {
    let server = Server::accept(closes_normally(|conn| {
        conn.text("x".repeat(1000)).expect_text("typed");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("xxx\n>");
    assert_eq!(terminal.screen().matches('x').count(), 1000);
    wait_for_line(&mut terminal, "");
    enter(&mut terminal, "typed");
    leave(terminal, server);
}
