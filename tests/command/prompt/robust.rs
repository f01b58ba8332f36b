//! Of what a line editor is seldom given: bytes that are no text, lines that are
//! taller than the window, searches that something interrupts.

use super::super::support::{Frame, Gate, Key, Server, wstalk};
use super::{closes_normally, enter, leave, prompt, submit, wait_for_line};

#[test]
fn bytes_that_are_not_utf_8_leave_the_line_as_it_is() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("half Xtyped");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("half typed");
    wait_for_line(&mut terminal, "half typed");
    for _ in 0..5 {
        terminal.key(Key::Left);
    }
    terminal.wait_for(|_| true, "a cursor");
    terminal.type_(b"\xff");
    terminal.wait_for_text("* bytes that are not UTF-8 were left out");
    terminal.type_("X");
    submit(&mut terminal, "> half Xtyped");
    leave(terminal, server);
}

#[test]
fn a_paste_that_is_not_utf_8_is_not_sent_in_pieces() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("before after");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("before ");
    wait_for_line(&mut terminal, "before");
    let mut paste = b"\x1b[200~one\rtw\xff".to_vec();
    paste.extend(b"line\r".repeat(5000));
    paste.extend(b"\x1b[201~");
    terminal.type_(paste);
    terminal.wait_for_text("* a paste that is not UTF-8 was left out");
    terminal.type_("after");
    submit(&mut terminal, "> before after");
    leave(terminal, server);
}

/// In one segment, so that they are read at once.
fn messages_and_a_ping(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..count {
        bytes.extend(Frame::text(format!("message {n}")).bytes());
    }
    bytes.extend([0x89, 0]);
    bytes
}

#[test]
fn nothing_is_drawn_above_a_line_that_is_taller_than_the_window() {
    let (pasted, read) = (Gate::default(), Gate::default());
    let (go, came) = (pasted.clone(), read.clone());
    let text = "0123456789\n".repeat(40);
    let expected = text.trim_end().to_owned();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a paste");
        // The ping is answered, so that all was read before the line went.
        conn.raw(messages_and_a_ping(50)).expect_pong("");
        came.open();
        conn.expect_text(&expected);
    }));
    let mut terminal = prompt(&server);
    terminal.paste(&text);
    terminal.wait_for(|screen| screen.ends_with("0123456789"), "the block");
    let drawn = |printed: Vec<u8>| memchr::memmem::find_iter(&printed, b"0123456789").count();
    let before = drawn(terminal.printed());
    pasted.open();
    read.pass("the messages");
    terminal.key(Key::Left);
    terminal.wait_for(|_| true, "a move");
    terminal.key(Key::End).key(Key::Enter);
    terminal.wait_for_text("< message 49\n>");
    // Enter draws it once more, at most.
    assert!(drawn(terminal.printed()) <= before + 41);
    leave(terminal, server);
}

#[test]
fn long_pastes_arrive_whole() {
    for text in [
        "x".repeat(1 << 20),
        "{\"a\":\n".repeat(3) + "1}}}",
        "line\n".repeat(70_000) + "end",
    ] {
        let expected = text.clone();
        let server = Server::accept(closes_normally(move |conn| {
            conn.expect_text(&expected);
            conn.text("heard").expect_text("after");
        }));
        let mut terminal = prompt(&server);
        terminal.paste(&text);
        terminal.type_("!").key(Key::Backspace).key(Key::Enter);
        terminal.wait_for_text("< heard");
        terminal.type_("after");
        submit(&mut terminal, "> after");
        leave(terminal, server);
    }
}

#[test]
fn a_long_line_can_be_cleared() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("after");
    }));
    let mut terminal = prompt(&server);
    terminal.paste(&"x".repeat(200_000)).key(Key::CtrlC);
    terminal.type_("after");
    submit(&mut terminal, "> after");
    leave(terminal, server);
}

#[test]
fn what_comes_during_a_search_is_drawn_afterwards() {
    let (searching, read) = (Gate::default(), Gate::default());
    let (go, came) = (searching.clone(), read.clone());
    let server = Server::accept(closes_normally(move |conn| {
        conn.expect_text("first");
        go.pass("a search");
        conn.raw(messages_and_a_ping(30)).expect_pong("");
        came.open();
        conn.expect_text("first");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("first");
    submit(&mut terminal, "> first");
    terminal.key(Key::CtrlR).type_("fi");
    terminal.wait_for_text("(reverse-i-search)`fi': first");
    searching.open();
    read.pass("the messages");
    terminal.type_("r");
    terminal.wait_for_text("(reverse-i-search)`fir': first");
    terminal.key(Key::Enter);
    terminal.wait_for_text("< message 29\n>");
    leave(terminal, server);
}

#[test]
fn a_server_that_closes_ends_a_search_too() {
    for keys in [&b"\x12x"[..], b"\x18", b"\x16"] {
        let ready = Gate::default();
        let go = ready.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.expect_text("first");
            go.pass("a search");
            conn.close(1000, "").expect_close();
            conn.finish();
        });
        let mut terminal = prompt(&server);
        terminal.type_("first");
        submit(&mut terminal, "> first");
        terminal.type_("a").type_(keys);
        terminal.wait_for(|screen| !screen.ends_with('>'), "a letter");
        ready.open();
        let finished = terminal.finish();
        assert_eq!(finished.code, 0, "{keys:?}: {}", finished.screen);
        server.finish();
    }
}

#[test]
fn ctrl_l_clears_the_screen_and_keeps_the_line() {
    let server = Server::accept(closes_normally(|conn| {
        conn.text("old").expect_text("half typed");
    }));
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 80);
    terminal.wait_for_text("< old\n>");
    terminal.type_("half typed").key(Key::CtrlL);
    terminal.wait_for(|screen| screen == "> half typed", "the line alone");
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn a_file_that_may_never_end_keeps_nobody_waiting() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("typed");
    }));
    let mut terminal = prompt(&server);
    for path in ["/dev/tty", "/dev/zero"] {
        enter(&mut terminal, &format!("/file {path}"));
        terminal.wait_for_text(&format!("* error: {path} is no regular file: "));
    }
    enter(&mut terminal, "typed");
    leave(terminal, server);
}
