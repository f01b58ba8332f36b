//! Of the terminal.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::{Key, program};
use super::{failure, sh};

const SHORT: Duration = Duration::from_millis(300);

#[test]
fn keys_go_in_and_a_screen_comes_out() {
    let mut terminal = program("/bin/cat").in_terminal(5, 20);
    terminal.type_("hello").key(Key::Enter);
    terminal.wait_for_text("hello\nhello");
    assert_eq!(terminal.screen(), "hello\nhello");
    assert_eq!(terminal.inspect(vt100::Screen::cursor_position), (2, 0));
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0);
    assert_eq!(finished.screen, "hello\nhello");
}

#[test]
fn all_three_streams_are_the_terminal_and_the_last_words_are_seen() {
    for _ in 0..20 {
        let finished = sh("test -t 0 && test -t 1 && test -t 2 && echo last >&2; exit 7")
            .in_terminal(24, 80)
            .finish();
        assert_eq!((finished.code, finished.screen.as_str()), (7, "last"));
    }
}

#[test]
fn control_keys_and_signals_reach_the_program() {
    let script = "trap 'echo caught; exit 9' INT; echo set; while :; do read x; done";
    let mut terminal = sh(script).in_terminal(24, 80);
    terminal.wait_for_text("set").key(Key::Enter);
    terminal.key(Key::CtrlC);
    terminal.wait_for_text("caught");
    assert_eq!(terminal.finish().code, 9);

    let mut terminal = sh("echo set; exec cat").in_terminal(24, 80);
    terminal.wait_for_text("set");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.finish().code, 143);
}

#[test]
fn a_program_sees_the_size_and_its_change() {
    let script = "trap 'stty size' WINCH; stty size; while :; do read x && exit 3; done";
    let mut terminal = sh(script).in_terminal(10, 40);
    terminal.wait_for_text("10 40");
    terminal.resize(12, 50).wait_for_text("12 50");
    assert_eq!(terminal.inspect(|screen| screen.size().1.get()), 50);
    terminal.key(Key::Enter);
    assert_eq!(terminal.finish().code, 3);
}

#[test]
fn the_modes_can_be_seen_while_it_runs() {
    let script = "old=$(stty -g); stty raw -echo; printf raw; dd bs=1 count=1 2>&-; stty \"$old\"";
    let mut terminal = sh(script).in_terminal(24, 80);
    terminal.wait_for_text("raw");
    assert_ne!(&terminal.modes_now(), terminal.modes_found());
    terminal.type_("x").wait_for_text("rawx");
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn a_terminal_that_is_left_raw_is_a_failure() {
    let failure = failure(|| sh("stty raw").in_terminal(24, 80).finish());
    assert!(
        failure.starts_with("the terminal is left with\nTermios"),
        "{failure}"
    );
    assert!(failure.contains("ICANON"), "{failure}");
}

#[test]
fn a_terminal_with_changed_and_restored_modes_is_fine() {
    let script = "old=$(stty -g); stty raw -echo; stty \"$old\"; printf '\\033[?25l\\033[?25h'";
    assert_eq!(sh(script).in_terminal(24, 80).finish().code, 0);
}

#[test]
fn what_escape_sequences_leave_behind_is_a_failure() {
    for (sequence, left) in [
        ("?1049h", "on the alternate screen"),
        ("?25l", "without a cursor"),
        ("?2004h", "marking pastes"),
        ("?1h", "with other cursor keys"),
    ] {
        let script = format!("printf '\\033[{sequence}'");
        let failure = failure(|| sh(&script).in_terminal(24, 80).finish());
        assert!(
            failure.starts_with(&format!("the terminal is left {left}")),
            "{failure}"
        );
    }
}

#[test]
fn a_paste_is_marked_where_it_was_asked_for() {
    for (ask, stop, seen) in [
        (
            "\\033[?2004h",
            "\\033[?2004l",
            "033   [   2   0   0   ~   a",
        ),
        ("", "", "a  \\n"),
    ] {
        let script = format!(
            "stty -echo; printf '{ask}ready\\n'; head -n 1 | od -An -c; stty echo; printf '{stop}'"
        );
        let mut terminal = sh(&script).in_terminal(24, 80);
        terminal.wait_for_text("ready");
        terminal.paste("a\n");
        terminal.wait_for_text(seen);
        assert_eq!(terminal.finish().code, 0);
    }
}

#[test]
fn a_wait_that_is_in_vain_shows_the_screen() {
    let mut terminal = sh("echo something; exec cat")
        .within(SHORT)
        .in_terminal(24, 80);
    terminal.wait_for_text("something");
    let failure = failure(|| {
        terminal.wait_for_text("absent");
    });
    assert!(
        failure.starts_with("waiting for \"absent\": it did not appear"),
        "{failure}"
    );
    assert!(failure.contains("screen:\n  | something\n"), "{failure}");
}

#[test]
fn a_program_that_does_not_end_is_a_failure() {
    let failure = failure(|| sh("exec cat").within(SHORT).in_terminal(24, 80).finish());
    assert!(failure.starts_with("no code of the program"), "{failure}");
}

#[test]
fn a_terminal_that_is_dropped_leaves_no_process() {
    let mut terminal =
        sh("trap '' HUP TERM INT; echo $$; echo ready; exec cat").in_terminal(24, 80);
    terminal.wait_for(|screen| screen.ends_with("ready"), "the program");
    let screen = terminal.screen();
    let process = format!("/proc/{}", screen.lines().next().expect("a process id"));
    assert!(Path::new(&process).exists(), "{process}");
    drop(terminal);
    // Its parent has gone too, so that the system reaps it, soon.
    let until = Instant::now() + Duration::from_secs(10);
    while Path::new(&process).exists() {
        assert!(Instant::now() < until, "{process} is still there");
        std::thread::yield_now();
    }
}
