//! Of the line editor as `inputrc` wants it: vi mode, keys, conditions.

use std::fs;

use tempfile::TempDir;

use super::super::support::{Gate, Key, Server, Terminal, wstalk};
use super::{closes_normally, leave, submit, wait_for_line};

/// A prompt with this as its `inputrc`.
fn prompt_as(server: &Server, inputrc: &str) -> Terminal {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("inputrc");
    fs::write(&file, inputrc).expect("a file");
    let command = wstalk().arg(server.url()).env("INPUTRC", &file);
    let mut terminal = command.in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    terminal
}

fn server_that_hears(texts: &[&str]) -> Server {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    Server::accept(closes_normally(move |conn| {
        for text in &texts {
            conn.expect_text(text);
        }
    }))
}

#[test]
fn keys_are_bound_as_inputrc_binds_them() {
    let server = server_that_hears(&["hello one", "help", "hello one!"]);
    let mut terminal = prompt_as(
        &server,
        "\"\\e[A\": history-search-backward\n\"\\C-x\\C-t\": \"!\"\nControl-o: beginning-of-line\n\
         $if Bash\nControl-t: kill-whole-line\n$endif\nControl-t: no-such-function\n",
    );
    terminal.type_("one\x0fhello ");
    submit(&mut terminal, "> hello one");
    terminal.type_("help");
    submit(&mut terminal, "> help");
    terminal.type_("hello").key(Key::Up);
    wait_for_line(&mut terminal, "hello one");
    terminal.key(Key::End).type_("\x18\x14");
    submit(&mut terminal, "> hello one!");
    leave(terminal, server);
}

#[test]
fn vi_mode_edits_as_vi_does() {
    let server = server_that_hears(&["one three", "one two"]);
    let mut terminal = prompt_as(&server, "set editing-mode vi\nset keyseq-timeout 50\n");
    terminal.type_("one two");
    wait_for_line(&mut terminal, "one two");
    terminal.key(Key::Escape);
    terminal.type_("bcwthree");
    submit(&mut terminal, "> one three");
    terminal.key(Key::Escape).type_("kcc");
    wait_for_line(&mut terminal, "");
    terminal.type_("one two");
    submit(&mut terminal, "> one two");
    leave(terminal, server);
}

#[test]
fn ctrl_c_and_ctrl_d_leave_an_empty_line_in_either_of_vis_modes() {
    for keys in [&b"\x03"[..], b"\x04", b"\x1b\x03", b"\x1b\x04"] {
        let server = server_that_hears(&["first"]);
        let mut terminal = prompt_as(&server, "set editing-mode vi\nset keyseq-timeout 1\n");
        terminal.type_("first");
        submit(&mut terminal, "> first");
        for key in keys {
            terminal.type_([*key]);
        }
        let finished = terminal.finish();
        assert_eq!(finished.code, 0, "{keys:?}: {}", finished.screen);
        server.finish();
    }
}

#[test]
fn ctrl_c_begins_a_line_in_insert_mode() {
    let server = server_that_hears(&["hello"]);
    let mut terminal = prompt_as(&server, "set editing-mode vi\nset keyseq-timeout 1\n");
    terminal.type_("thrown away");
    wait_for_line(&mut terminal, "thrown away");
    terminal.key(Key::Escape);
    // The cursor goes back a letter.
    let away = |screen: &vt100::Screen| screen.cursor_position().1 == 12;
    while !terminal.inspect(away) {
        std::thread::yield_now();
    }
    terminal.key(Key::CtrlC);
    wait_for_line(&mut terminal, "");
    terminal.type_("hello");
    submit(&mut terminal, "> hello");
    leave(terminal, server);
}

#[test]
fn ctrl_d_behind_json_that_is_not_complete_sends_nothing_in_vi_mode() {
    let server = server_that_hears(&["{\"a\":\n1}"]);
    let mut terminal = prompt_as(&server, "set editing-mode vi\n");
    terminal.type_("{\"a\":").key(Key::CtrlD).type_("1}");
    submit(&mut terminal, "1}");
    leave(terminal, server);
}

#[test]
fn an_escape_alone_holds_nothing_up_for_long() {
    let escaped = Gate::default();
    let go = escaped.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("an escape");
        conn.text("meanwhile");
    }));
    let mut terminal = prompt_as(&server, "set editing-mode vi\nset keyseq-timeout 0\n");
    terminal.type_("x").key(Key::Escape);
    wait_for_line(&mut terminal, "x");
    escaped.open();
    terminal.wait_for_text("< meanwhile\n> x");
    terminal.type_("x");
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn no_file_is_a_problem() {
    for path in ["/dev/zero", "/", "/nowhere", "/bin/sh"] {
        let server = server_that_hears(&["hello"]);
        let command = wstalk().arg(server.url()).env("INPUTRC", path);
        let mut terminal = command.in_terminal(24, 80);
        wait_for_line(&mut terminal, "");
        terminal.type_("hello");
        submit(&mut terminal, "> hello");
        leave(terminal, server);
    }
}
