//! Of the line editor: history, pastes, keys.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::super::support::{Command, Gate, Key, Server, Terminal, wstalk};
use super::{closes_normally, enter, leave, prompt, submit, wait_for_line};

/// A server that gets just these texts.
fn server_that_hears(texts: &[&str]) -> Server {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    Server::accept(closes_normally(move |conn| {
        for text in &texts {
            conn.expect_text(text);
        }
    }))
}

/// A prompt whose state is kept where the next one finds it.
fn prompt_in(state: &Path, server: &Server) -> Terminal {
    let command: Command = wstalk().arg(server.url()).env("XDG_STATE_HOME", state);
    let mut terminal = command.in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    terminal
}

fn type_lines(terminal: &mut Terminal, lines: &[&str]) {
    for line in lines {
        enter(terminal, line);
    }
}

#[test]
fn history_is_private_and_there_again_in_the_next_run() {
    let state = TempDir::new().expect("a directory for state");
    let server = server_that_hears(&["first", "second", "second", "third"]);
    let mut terminal = prompt_in(state.path(), &server);
    type_lines(&mut terminal, &["first", "second", "second", "third"]);
    leave(terminal, server);

    let file = state.path().join("wstalk/history");
    let mode = std::fs::metadata(&file)
        .expect("a history")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let server = server_that_hears(&["third", "first"]);
    let mut terminal = prompt_in(state.path(), &server);
    terminal.key(Key::Up);
    wait_for_line(&mut terminal, "third");
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    // No duplicates: what was sent again is not there twice.
    for line in ["third", "second", "first"] {
        terminal.key(Key::Up);
        wait_for_line(&mut terminal, line);
    }
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn history_is_where_the_system_keeps_state_unless_told() {
    let server = server_that_hears(&["kept"]);
    let mut terminal = prompt(&server);
    type_lines(&mut terminal, &["kept"]);
    wait_for_line(&mut terminal, "");
    terminal.type_("/quit").key(Key::Enter);
    let file = terminal.home().join(".local/state/wstalk/history");
    // The file is looked at before the home goes with the terminal.
    terminal.wait_for_text("* closed: 1000");
    server.finish();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !file.exists() {
        assert!(std::time::Instant::now() < until, "no {}", file.display());
        std::thread::yield_now();
    }
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn a_line_behind_a_blank_is_not_kept() {
    let state = TempDir::new().expect("a directory for state");
    let server = server_that_hears(&["open", " secret"]);
    let mut terminal = prompt_in(state.path(), &server);
    type_lines(&mut terminal, &["open", " secret"]);
    leave(terminal, server);
    let history = std::fs::read_to_string(state.path().join("wstalk/history"));
    let history = history.expect("a history");
    assert!(history.contains("open"), "{history}");
    assert!(!history.contains("secret"), "{history}");
}

#[test]
fn a_history_that_cannot_be_kept_is_no_failure() {
    let state = TempDir::new().expect("a directory for state");
    std::fs::write(state.path().join("wstalk"), "in the way").expect("a file");
    let server = server_that_hears(&["typed"]);
    let mut terminal = prompt_in(state.path(), &server);
    type_lines(&mut terminal, &["typed"]);
    leave(terminal, server);
}

#[test]
fn history_survives_a_signal() {
    let state = TempDir::new().expect("a directory for state");
    let kept = Gate::default();
    let heard = kept.clone();
    let server = Server::accept(move |conn| {
        conn.upgrade();
        conn.expect_text("kept");
        heard.open();
        conn.answer_close();
    });
    let mut terminal = prompt_in(state.path(), &server);
    type_lines(&mut terminal, &["kept"]);
    kept.pass("the message");
    terminal.signal(rustix::process::Signal::TERM);
    assert_eq!(terminal.finish().code, 143);
    server.finish();
    let history = std::fs::read_to_string(state.path().join("wstalk/history"));
    assert!(history.expect("a history").contains("kept"));
}

#[test]
fn a_pasted_block_is_one_message() {
    let cases: [(&str, &str, &str); 6] = [
        ("lines", "a\nb\nc", "a\nb\nc"),
        ("a final line break", "a\nb\n", "a\nb"),
        ("two of them", "a\nb\n\n", "a\nb\n"),
        ("as terminals send it", "a\rb\r", "a\nb"),
        ("JSON", "{\"a\":\n 1}\n", "{\"a\":\n 1}"),
        (
            "no notation in several lines",
            "/ping\n/pong",
            "/ping\n/pong",
        ),
    ];
    for (case, block, message) in cases {
        let server = server_that_hears(&[message, case]);
        let mut terminal = prompt(&server);
        terminal.paste(block);
        // A block has more rows than the prompt had: until they are drawn,
        // what is typed next could stand in the middle of it.
        terminal.wait_for(|screen| !screen.ends_with("\n>"), "the block");
        terminal.key(Key::Enter);
        wait_for_line(&mut terminal, "");
        enter(&mut terminal, case);
        leave(terminal, server);
    }
}

#[test]
fn a_pasted_line_is_notation() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_ping("k").pong("k").expect_text("end");
    }));
    let mut terminal = prompt(&server);
    terminal.paste("/ping k");
    submit(&mut terminal, "> /ping k");
    terminal.wait_for_text("* pong k (");
    enter(&mut terminal, "end");
    leave(terminal, server);
}

#[test]
fn the_keys_of_an_editor_work() {
    let server = server_that_hears(&["hello world", "kept", "abc"]);
    let mut terminal = prompt(&server);
    terminal.type_("world").key(Key::CtrlA).type_("hello ");
    submit(&mut terminal, "> hello world");
    terminal.type_("thrown away").key(Key::CtrlU).type_("kept");
    submit(&mut terminal, "> kept");
    terminal.type_("axc").key(Key::Left).key(Key::Backspace);
    terminal.type_("b").key(Key::End);
    submit(&mut terminal, "> abc");
    leave(terminal, server);
}

#[test]
fn a_line_that_is_longer_than_the_screen_is_sent_whole() {
    let long = "0123456789".repeat(150);
    let server = server_that_hears(&[&long, "after"]);
    let mut terminal = prompt(&server);
    terminal.type_(&long);
    submit(&mut terminal, "0123456789");
    enter(&mut terminal, "after");
    leave(terminal, server);
}
