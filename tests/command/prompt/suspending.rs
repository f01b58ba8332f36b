//! Of stopping the program and going on, as shells do it.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::super::support::{Gate, Key, Server, Terminal, program};
use super::{closes_normally, leave, prompt, submit, wait_for_line};

/// A shell with jobs that runs the program, says when it has stopped, and goes on with
/// it after a line.
const SHELL: &str = r#"
set -m
sh -c 'echo $$ > id; exec "$0" "$1" --history off' "$0" "$1"
echo stopped
read go
fg
"#;

fn in_shell(server: &Server) -> Terminal {
    let program =
        program("/bin/sh").args(["-c", SHELL, env!("CARGO_BIN_EXE_wstalk"), server.url()]);
    let mut terminal = program.in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    terminal
}

fn signal(terminal: &Terminal, signal: Signal) {
    let id = fs::read_to_string(terminal.home().join("id")).expect("an id");
    let id = Pid::from_raw(id.trim().parse().expect("a number")).expect("an id");
    kill_process(id, signal).expect("a signal");
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_the_line_is_there_again() {
    let stopped = Gate::default();
    let go = stopped.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a stop");
        conn.text("meanwhile").expect_text("half Xtyped");
    }));
    let mut terminal = in_shell(&server);
    terminal.type_("half typed");
    wait_for_line(&mut terminal, "half typed");
    for _ in 0..5 {
        terminal.key(Key::Left);
    }
    terminal.key(Key::CtrlZ);
    terminal.wait_for_text("\nstopped");
    assert_eq!(&terminal.modes_now(), terminal.modes_found());
    assert!(!terminal.inspect(vt100::Screen::bracketed_paste));
    stopped.open();
    terminal.resize(24, 40);
    terminal.type_("\n");
    terminal.wait_for_text("< meanwhile\n> half typed");
    assert!(terminal.inspect(vt100::Screen::bracketed_paste));
    terminal.type_("X");
    submit(&mut terminal, "> half Xtyped");
    leave(terminal, server);
}

#[test]
fn a_stop_from_elsewhere_leaves_the_line_too() {
    for stop in [Signal::STOP, Signal::TSTP] {
        let stopped = Gate::default();
        let go = stopped.clone();
        let server = Server::accept(closes_normally(move |conn| {
            go.pass("a stop");
            conn.text("meanwhile").expect_text("half typed");
        }));
        let mut terminal = in_shell(&server);
        terminal.type_("half typed");
        wait_for_line(&mut terminal, "half typed");
        signal(&terminal, stop);
        terminal.wait_for_text("stopped");
        stopped.open();
        // The shell reads this in whatever modes it has set or found.
        terminal.type_("\n");
        terminal.wait_for_text("< meanwhile\n> half typed");
        submit(&mut terminal, "> half typed");
        leave(terminal, server);
    }
}

#[test]
fn a_group_that_nobody_would_wake_is_not_stopped() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("half typed");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("half ");
    wait_for_line(&mut terminal, "half");
    terminal.key(Key::CtrlZ);
    terminal.wait_for(
        |screen| screen.ends_with("> half\n> half"),
        "the line again",
    );
    terminal.type_("typed");
    submit(&mut terminal, "> half typed");
    leave(terminal, server);
}
