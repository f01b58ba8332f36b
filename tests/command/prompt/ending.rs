//! Of how a prompt ends: the notice, the exit code, and the terminal as it was.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::super::support::{Conn, Gate, Key, Server, wstalk};
use super::{closes_normally, enter, prompt, prompt_with, submit, wait_for_line};

#[test]
fn a_server_that_closes_ends_the_prompt_with_its_code_and_reason() {
    let cases: [(&str, Option<u16>, &str, i32, &str); 7] = [
        ("1000", Some(1000), "", 0, "1000 (normal closure)"),
        (
            "1001",
            Some(1001),
            "later",
            0,
            "1001 (going away) \"later\"",
        ),
        ("no code", None, "", 0, "no code (1005)"),
        (
            "1008",
            Some(1008),
            "quota",
            69,
            "1008 (policy violation) \"quota\"",
        ),
        ("1011", Some(1011), "", 69, "1011 (internal error)"),
        ("1013", Some(1013), "", 69, "1013 (try again later)"),
        ("3000", Some(3000), "who", 69, "3000 (unauthorized) \"who\""),
    ];
    for (case, close, reason, code, notice) in cases {
        for typed in ["", "half typed"] {
            let ready = Gate::default();
            let go = ready.clone();
            let server = Server::accept(move |conn| {
                conn.upgrade();
                go.pass("a prompt");
                match close {
                    Some(close) => conn.close(close, reason),
                    None => conn.frame(8, ""),
                };
                conn.expect_close();
                conn.finish();
            });
            let mut terminal = prompt(&server);
            terminal.type_(typed);
            wait_for_line(&mut terminal, typed);
            ready.open();
            let finished = terminal.finish();
            let line = format!("* closed by the server: {notice}");
            let screen = &finished.screen;
            assert!(
                screen.lines().any(|found| found == line),
                "{case}: no {line} in:\n{screen}"
            );
            assert_eq!(finished.code, code, "{case}: {screen}");
            server.finish();
        }
    }
}

#[test]
fn a_connection_that_is_lost_ends_the_prompt_with_56() {
    type Script = fn(&mut Conn<'_>);
    let cases: [(&str, Script, &str); 2] = [
        (
            "FIN",
            |conn| conn.finish(),
            "* connection lost: no close frame (1006)",
        ),
        (
            "RST",
            |conn| conn.reset(),
            "* connection lost: connection reset by peer, no close frame (1006)",
        ),
    ];
    for (case, script, line) in cases {
        let ready = Gate::default();
        let go = ready.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            go.pass("a prompt");
            script(conn);
        });
        let mut terminal = prompt(&server);
        terminal.type_("half typed");
        wait_for_line(&mut terminal, "half typed");
        ready.open();
        let finished = terminal.finish();
        let screen = &finished.screen;
        assert!(
            screen.lines().any(|found| found == line),
            "{case}: no {line} in:\n{screen}"
        );
        assert_eq!(finished.code, 56, "{case}: {screen}");
        server.finish();
    }
}

#[test]
fn a_message_just_before_the_close_is_shown_before_its_notice() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for n in 0..20 {
            conn.text(format!("message {n}"));
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let finished = wstalk().arg(server.url()).in_terminal(40, 80).finish();
    let screen = &finished.screen;
    let lines: Vec<&str> = screen
        .lines()
        .filter(|line| line.starts_with("< "))
        .collect();
    let expected: Vec<String> = (0..20).map(|n| format!("< message {n}")).collect();
    assert_eq!(lines, expected, "{screen}");
    assert!(
        screen.ends_with("\n* closed by the server: 1000 (normal closure)"),
        "{screen}"
    );
    assert_eq!(finished.code, 0, "{screen}");
    server.finish();
}

#[test]
fn ctrl_c_clears_the_line_and_closes_on_an_empty_one() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("kept");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("thrown away");
    wait_for_line(&mut terminal, "thrown away");
    terminal.key(Key::CtrlC);
    wait_for_line(&mut terminal, "");
    enter(&mut terminal, "kept");
    terminal.wait_for(|screen| screen.ends_with("> kept\n>"), "an empty line");
    terminal.key(Key::CtrlC);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn ctrl_d_closes_on_an_empty_line_and_waits_for_the_servers_close() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.expect_close(), (Some(1000), String::new()));
        conn.text("last words").close(1000, "bye").finish();
    });
    let mut terminal = prompt(&server);
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert!(
        finished.screen.contains("< last words\n"),
        "{}",
        finished.screen
    );
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn ctrl_d_on_a_half_typed_line_does_not_close() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("half typed");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("half typed").key(Key::CtrlD);
    submit(&mut terminal, "> half typed");
    terminal.wait_for(
        |screen| screen.ends_with("> half typed\n>"),
        "an empty line",
    );
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn our_close_carries_the_code_and_reason_of_the_options() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.answer_close(), (Some(4000), "done".to_owned()));
    });
    let mut terminal = prompt_with(&server, &["--close-code", "4000", "--close-reason", "done"]);
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

/// A server that gets a Close, says so, and never answers it.
fn server_that_never_answers(closed: &Gate) -> Server {
    let seen = closed.clone();
    Server::accept(move |conn| {
        conn.upgrade();
        assert_eq!(conn.expect_close().0, Some(1000));
        seen.open();
        conn.stall(Duration::from_secs(15));
    })
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    for first in [Key::CtrlC, Key::CtrlD] {
        let closed = Gate::default();
        let server = server_that_never_answers(&closed);
        let mut terminal = prompt_with(&server, &["--close-timeout", "60"]);
        terminal.key(first);
        closed.pass("our Close");
        let began = Instant::now();
        terminal.key(Key::CtrlC);
        let finished = terminal.finish();
        assert!(
            began.elapsed() < Duration::from_secs(4),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(finished.code, 130, "{first:?}: {}", finished.screen);
        server.finish();
    }
}

#[test]
fn two_ctrl_c_at_once_leave_at_once() {
    let closed = Gate::default();
    let server = server_that_never_answers(&closed);
    let mut terminal = prompt_with(&server, &["--close-timeout", "60"]);
    let began = Instant::now();
    terminal.type_("\x03\x03");
    let finished = terminal.finish();
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(finished.code, 130, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_server_that_never_answers_our_close_is_left_after_the_close_timeout() {
    let closed = Gate::default();
    let server = server_that_never_answers(&closed);
    let mut terminal = prompt_with(&server, &["--close-timeout", "0.5"]);
    terminal.key(Key::CtrlD);
    closed.pass("our Close");
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_refused_connection_is_told_and_there_is_no_prompt() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let finished = wstalk()
        .arg(format!("ws://{address}"))
        .in_terminal(24, 80)
        .finish();
    let expected = format!(
        "wstalk: error: cannot connect to {address}: connection refused\nhint: nothing listens on port {}",
        address.port()
    );
    assert!(
        finished.screen.starts_with(&expected),
        "{}",
        finished.screen
    );
    assert!(!finished.screen.contains("\n>"), "{}", finished.screen);
    assert_eq!(finished.code, 7);
}

#[test]
fn an_option_that_cannot_work_at_a_prompt_is_wrong_usage() {
    for options in [&["--linger", "2"][..], &["--linger", "-1"], &["-E"]] {
        let server = Server::untouched();
        let finished = wstalk()
            .arg(server.url())
            .args(options)
            .in_terminal(24, 80)
            .finish();
        let screen = &finished.screen;
        assert!(
            screen.starts_with("wstalk: error: --linger and --exit-on-eof "),
            "{screen}"
        );
        assert!(screen.contains("\nhint: "), "{screen}");
        assert_eq!(finished.code, 2, "{options:?}");
        server.finish();
    }
}
