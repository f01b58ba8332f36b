//! Of what makes a prompt, and what is shown where only one end is a terminal.

use super::super::support::{Command, Conn, Key, Server, Terminal, program, wstalk};
use super::enter;

/// The program in a shell's line, `$W` with the URL behind it.
fn in_shell(line: &str, server: &Server) -> Terminal {
    shell(line, server).in_terminal(24, 80)
}

fn shell(line: &str, server: &Server) -> Command {
    let script = line.replace("$W", r#""$0" "$1""#);
    program("/bin/sh").args(["-c", &script, env!("CARGO_BIN_EXE_wstalk"), server.url()])
}

/// Says something odd, hears `line`, and is closed with 1000.
fn odd(line: &'static str) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    move |conn| {
        conn.upgrade();
        conn.text("plain").text("\u{1b}[31mred").binary([1, 255]);
        conn.expect_text(line);
        assert_eq!(conn.answer_close().0, Some(1000));
    }
}

const SHOWN: &str = "< plain\n< /string \"\\u001b[31mred\"\n< /binary 01 ff";

#[test]
fn stdin_elsewhere_is_a_pipe_that_is_shown_as_the_prompt_shows_it() {
    let server = Server::accept(odd("a line"));
    let finished = in_shell("echo 'a line' | $W -E", &server).finish();
    assert_eq!(finished.screen, SHOWN);
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn stdout_elsewhere_is_a_pipe_with_a_notice() {
    let server = Server::accept(odd("typed"));
    let mut terminal = in_shell("$W -E > out; cat -v out", &server);
    terminal.wait_for_text("* reading lines from the terminal, Ctrl-D ends");
    terminal.type_("typed").key(Key::Enter).key(Key::CtrlD);
    terminal.wait_for_text("M-^?");
    assert!(
        terminal.screen().ends_with("plain\n^[[31mred\n^AM-^?"),
        "{}",
        terminal.screen()
    );
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn quiet_leaves_the_notices_out() {
    let server = Server::accept(odd("typed"));
    let mut terminal = in_shell("$W -E -q > out", &server);
    terminal.type_("typed").key(Key::Enter).key(Key::CtrlD);
    let finished = terminal.finish();
    assert!(!finished.screen.contains('*'), "{}", finished.screen);
    assert_eq!(finished.code, 0);
    server.finish();

    let server = Server::accept(odd("typed"));
    let mut terminal = in_shell("$W -q", &server);
    terminal.wait_for_text("< /binary 01 ff\n>");
    enter(&mut terminal, "typed");
    terminal.type_("/quit").key(Key::Enter);
    let finished = terminal.finish();
    assert!(!finished.screen.contains('*'), "{}", finished.screen);
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn a_dumb_terminal_has_no_editor() {
    let server = Server::accept(odd("typed"));
    let mut terminal = wstalk()
        .args([server.url(), "-E"])
        .env("TERM", "dumb")
        .in_terminal(24, 80);
    terminal.wait_for_text("< /binary 01 ff");
    assert_eq!(&terminal.modes_now(), terminal.modes_found(), "an editor");
    terminal.type_("typed").key(Key::Enter).key(Key::CtrlD);
    let finished = terminal.finish();
    assert!(finished.screen.contains(SHOWN), "{}", finished.screen);
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn an_explicit_output_writes_bytes_as_they_are_even_to_a_terminal() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("\u{1b}[31mred")
            .text("end")
            .close(1000, "")
            .expect_close();
        conn.finish();
    });
    let mut terminal = wstalk()
        .args([server.url(), "--output", "lines"])
        .in_terminal(24, 80);
    terminal.wait_for_text("red\nend");
    let printed = terminal.printed();
    assert!(memchr::memmem::find(&printed, b"\x1b[31mred").is_some());
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn binary_lines_make_a_pipe_of_a_terminal() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_binary("typed");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut terminal = wstalk()
        .args([server.url(), "-b", "-E"])
        .in_terminal(24, 80);
    terminal.wait_for_text("* reading lines from the terminal, Ctrl-D ends");
    terminal.type_("typed").key(Key::Enter).key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn a_demo_is_a_prompt_with_its_own_server() {
    let mut terminal = wstalk().arg("demo").in_terminal(24, 80);
    terminal.wait_for_text("* connected to ws://127.0.0.1:");
    enter(&mut terminal, "hello");
    terminal.wait_for_text("> hello\n< hello\n>");
    enter(&mut terminal, "/ping k");
    terminal.wait_for_text("* pong k (");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert!(
        finished.screen.ends_with("* closed: 1000 (normal closure)"),
        "{}",
        finished.screen
    );
    assert_eq!(finished.code, 0);
}
