//! Of Tab, and of what is explained behind the cursor.

use std::fs;

use super::super::support::{Key, Server, wstalk};
use super::{closes_normally, leave, prompt, submit, wait_for_line};

#[test]
fn tab_completes_commands_and_lists_them_where_several_fit() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_ping("k").pong("k");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("/b").key(Key::Tab);
    terminal.wait_for_text("> /b\n/base64  /binary\n> /b");
    terminal
        .key(Key::CtrlU)
        .type_("/pi")
        .key(Key::Tab)
        .type_("k");
    submit(&mut terminal, "> /ping k");
    terminal.wait_for_text("* pong k (");
    leave(terminal, server);
}

#[test]
fn an_explanation_is_drawn_dim_and_is_no_part_of_the_line() {
    let server = Server::accept(closes_normally(|_| {}));
    let mut terminal = wstalk()
        .args([server.url(), "--color", "always"])
        .in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    terminal.type_("/help");
    wait_for_line(&mut terminal, "/help [COMMAND]");
    let dim = |screen: &vt100::Screen| {
        let (row, column) = screen.cursor_position();
        screen.cell(row, column + 1).is_some_and(vt100::Cell::dim)
    };
    assert!(terminal.inspect(dim));
    terminal.key(Key::Right).key(Key::Enter);
    terminal.wait_for_text("/close");
    wait_for_line(&mut terminal, "");
    let screen = terminal.screen();
    assert!(screen.lines().any(|line| line == "> /help"), "{screen}");
    assert!(!screen.contains("> /help ["), "{screen}");
    terminal.type_("/close 1008");
    wait_for_line(&mut terminal, "/close 1008  policy violation");
    terminal.key(Key::CtrlU);
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn without_colours_an_explanation_has_none() {
    let server = Server::accept(closes_normally(|_| {}));
    let mut terminal = wstalk()
        .arg(server.url())
        .env("NO_COLOR", "1")
        .in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    terminal.type_("/help");
    wait_for_line(&mut terminal, "/help [COMMAND]");
    assert!(memchr::memmem::find(&terminal.printed(), b"\x1b[2m").is_none());
    terminal.key(Key::CtrlU);
    leave(terminal, server);
}

#[test]
fn names_that_were_seen_are_completed_inside_json() {
    let server = Server::accept(closes_normally(|conn| {
        conn.text(r#"{"outer": {"subscription": 1}}"#)
            .expect_text(r#"{"subscription": true}"#);
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("subscription");
    terminal.type_("{\"sub").key(Key::Tab);
    wait_for_line(&mut terminal, "{\"subscription\":");
    terminal.type_("t").key(Key::Tab).type_("}");
    submit(&mut terminal, "> {\"subscription\": true}");
    leave(terminal, server);
}

#[test]
fn files_are_completed_and_long_lists_are_cut() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_binary("content");
    }));
    let mut terminal = prompt(&server);
    let home = terminal.home().to_owned();
    fs::create_dir(home.join("a folder")).expect("a folder");
    fs::write(home.join("a folder/the file"), "content").expect("a file");
    fs::write(home.join("a folder/\x1b[2Jodd"), "").expect("a file");
    fs::create_dir(home.join("many")).expect("a folder");
    for n in 0..500 {
        fs::write(home.join(format!("many/{n}")), "").expect("a file");
    }
    terminal.type_("/file m").key(Key::Tab).key(Key::Tab);
    terminal.wait_for_text("… 409 more");
    wait_for_line(&mut terminal, "/file many/");
    terminal.key(Key::CtrlU);
    wait_for_line(&mut terminal, "");
    terminal.type_("/file a ").key(Key::Tab).key(Key::Tab);
    submit(&mut terminal, "> /file a folder/the file");
    leave(terminal, server);
}
