//! Of the history's file: what is kept in it, where, and when.

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use tempfile::TempDir;

use super::super::support::{Gate, Key, Server, Terminal, wstalk};
use super::{closes_normally, enter, leave, wait_for_line};

fn server_that_hears(texts: &[&str]) -> Server {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    Server::accept(closes_normally(move |conn| {
        for text in &texts {
            conn.expect_text(text);
        }
    }))
}

fn prompt_with_history(server: &Server, file: &Path, options: &[&str]) -> Terminal {
    let command = wstalk().arg(server.url()).args(options);
    let mut terminal = command.arg("--history").arg(file).in_terminal(24, 100);
    wait_for_line(&mut terminal, "");
    terminal
}

fn kept(file: &Path) -> String {
    fs::read_to_string(file).expect("a history")
}

#[test]
fn a_line_is_written_when_it_is_entered() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("lines");
    let came = Gate::default();
    let heard = came.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.expect_text("kept");
        heard.open();
        conn.swallow();
    });
    let mut terminal = prompt_with_history(&server, &file, &[]);
    enter(&mut terminal, "kept");
    came.pass("the line");
    assert_eq!(kept(&file), "#V2\nkept\n");
    drop(terminal);
    server.finish();
}

#[test]
fn off_keeps_nothing_but_for_the_run() {
    let server = server_that_hears(&["first", "first"]);
    let mut terminal = prompt_with_history(&server, Path::new("off"), &[]);
    enter(&mut terminal, "first");
    terminal.key(Key::Up);
    wait_for_line(&mut terminal, "first");
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    assert!(!terminal.home().join(".local/state/wstalk").exists());
    assert!(!terminal.home().join("off").exists());
    leave(terminal, server);
}

#[test]
fn no_line_with_a_secret_of_the_run_is_kept() {
    for options in [
        ["--bearer", "t0k3n"],
        ["--user", "me:t0k3n"],
        ["-H", "X-Api-Key: t0k3n"],
    ] {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("lines");
        let lines = ["log in with t0k3n", "see ws://me:pw@h/", "open"];
        let server = server_that_hears(&lines);
        let mut terminal = prompt_with_history(&server, &file, &options);
        for line in lines {
            enter(&mut terminal, line);
        }
        leave(terminal, server);
        assert_eq!(kept(&file), "#V2\nopen\n", "{options:?}");
    }
}

#[test]
fn why_no_history_is_kept_is_told_once() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("notes");
    fs::write(&file, "mine\n").expect("a file");
    let server = server_that_hears(&["a", "b"]);
    let mut terminal = prompt_with_history(&server, &file, &[]);
    terminal.wait_for_text("is no history of wstalk");
    enter(&mut terminal, "a");
    enter(&mut terminal, "b");
    let screen = leave(terminal, server);
    assert_eq!(screen.matches("* history is not kept: ").count(), 1);
    assert!(screen.contains("--history off"), "{screen}");
    assert_eq!(kept(&file), "mine\n");
}

#[test]
fn a_half_typed_line_is_kept_when_the_prompt_ends_from_outside() {
    type End = fn(&mut Terminal, &Gate);
    let ends: [(&str, End, i32); 2] = [
        ("the server closes", |_, gate| gate.open(), 0),
        (
            "a signal",
            |terminal, gate| {
                terminal.signal(Signal::TERM);
                gate.open();
            },
            143,
        ),
    ];
    for (case, end, code) in ends {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("lines");
        let ready = Gate::default();
        let go = ready.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            go.pass("a half typed line");
            conn.close(1000, "").expect_close();
        });
        let mut terminal = prompt_with_history(&server, &file, &[]);
        terminal.type_("half typed");
        wait_for_line(&mut terminal, "half typed");
        end(&mut terminal, &ready);
        assert_eq!(terminal.finish().code, code, "{case}");
        server.finish();
        assert_eq!(kept(&file), "#V2\nhalf typed\n", "{case}");
    }
}

#[test]
fn a_history_is_of_no_use_in_a_pipe() {
    let server = Server::untouched();
    let run = wstalk().args([server.url(), "--history", "off"]).run();
    let _ = run.code(2);
    server.finish();
}
