//! Of signals at a prompt: shutting down must never hang, and never leave the
//! terminal other than it was found.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::{Frame, Gate, Key, Server, Terminal, wstalk};
use super::{prompt, prompt_with, wait_for_line};

const SIGNALS: [(Signal, i32); 3] = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)];

const AT_ONCE: Duration = Duration::from_secs(4);

const LONG: Duration = Duration::from_secs(15);

/// Sends this signal, which must end the prompt with this code, without waiting for anyone.
#[track_caller]
fn assert_ends_at_once(mut terminal: Terminal, signal: Signal, code: i32) {
    let began = Instant::now();
    terminal.signal(signal);
    let finished = terminal.finish();
    let time = began.elapsed();
    assert!(time < AT_ONCE, "{signal:?}: {time:?}");
    assert_eq!(finished.code, code, "{signal:?}: {}", finished.screen);
}

#[test]
fn a_signal_closes_with_1001_and_restores_the_terminal() {
    for (signal, code) in SIGNALS {
        for typed in ["", "half typed", "{\"a\":"] {
            let server = Server::accept(move |conn| {
                conn.upgrade();
                assert_eq!(conn.answer_close().0, Some(1001), "{signal:?} {typed}");
            });
            let mut terminal = prompt(&server);
            terminal.type_(typed);
            wait_for_line(&mut terminal, typed);
            assert_ne!(&terminal.modes_now(), terminal.modes_found(), "no editor");
            terminal.signal(signal);
            let finished = terminal.finish();
            assert_eq!(
                finished.code, code,
                "{signal:?} {typed}: {}",
                finished.screen
            );
            server.finish();
        }
    }
}

#[test]
fn a_signal_inside_json_of_several_lines_restores_the_terminal() {
    for (signal, code) in SIGNALS {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.answer_close();
        });
        let mut terminal = prompt(&server);
        terminal.type_("{\"a\":").key(Key::Enter).type_("1");
        terminal.wait_for(|screen| screen.ends_with('1'), "the second line");
        terminal.signal(signal);
        let finished = terminal.finish();
        assert_eq!(finished.code, code, "{signal:?}: {}", finished.screen);
        server.finish();
    }
}

#[test]
fn a_signal_while_connecting_restores_the_terminal() {
    for (signal, code) in SIGNALS {
        let asked = Gate::default();
        let seen = asked.clone();
        let server = Server::accept(move |conn| {
            conn.read_head();
            seen.open();
            conn.swallow();
        });
        let terminal = wstalk().arg(server.url()).in_terminal(24, 80);
        asked.pass("the request");
        assert_ends_at_once(terminal, signal, code);
        server.finish();
    }
}

#[test]
fn ctrl_c_while_connecting_ends_the_run() {
    let asked = Gate::default();
    let seen = asked.clone();
    let server = Server::accept(move |conn| {
        conn.read_head();
        seen.open();
        conn.swallow();
    });
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 80);
    asked.pass("the request");
    terminal.key(Key::CtrlC);
    let finished = terminal.finish();
    assert_eq!(finished.code, 130, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_signal_leaves_a_server_that_never_answers() {
    for (signal, code) in SIGNALS {
        let server = Server::accept(|conn| {
            conn.upgrade();
            conn.stall(LONG);
        });
        let mut terminal = prompt_with(&server, &["--close-timeout", "0.3"]);
        terminal.type_("half typed");
        wait_for_line(&mut terminal, "half typed");
        assert_ends_at_once(terminal, signal, code);
        server.finish();
    }
}

#[test]
fn a_second_signal_leaves_at_once() {
    for (signal, code) in SIGNALS {
        let closed = Gate::default();
        let seen = closed.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            assert_eq!(conn.expect_close().0, Some(1001));
            seen.open();
            conn.stall(LONG);
        });
        let mut terminal = prompt_with(&server, &["--close-timeout", "60"]);
        terminal.type_("half typed");
        wait_for_line(&mut terminal, "half typed");
        terminal.signal(signal);
        closed.pass("our Close");
        assert_ends_at_once(terminal, signal, code);
        server.finish();
    }
}

#[test]
fn a_signal_during_a_flood_ends_the_prompt() {
    for (signal, code) in SIGNALS {
        let server = Server::accept(|conn| {
            conn.upgrade();
            let messages = Frame::text("flood").bytes().repeat(1000);
            while conn.try_raw(&messages).is_ok() {}
        });
        let mut terminal = wstalk()
            .arg(server.url())
            .args(["--close-timeout", "0.3"])
            .in_terminal(24, 80);
        terminal.wait_for_text("< flood");
        let began = Instant::now();
        terminal.signal(signal);
        let finished = terminal.finish();
        assert!(
            began.elapsed() < AT_ONCE,
            "{signal:?}: {:?}",
            began.elapsed()
        );
        assert_eq!(finished.code, code, "{signal:?}");
        server.finish();
    }
}
