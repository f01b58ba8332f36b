//! Of connections that follow one another: `--reconnect` and `/connect`.

use std::time::Duration;

use super::super::support::{Conn, Gate, Key, Server, Terminal, deaf_port};
use super::{enter, wait_for_line, wstalk};

/// A prompt in a wide window, so that no notice is wrapped.
fn prompt(server: &Server, options: &[&str]) -> Terminal {
    let command = wstalk().arg(server.url()).args(options);
    let mut terminal = command.in_terminal(24, 160);
    terminal.wait_for_text("* connected to ");
    terminal
}

fn closes(conn: &mut Conn<'_>) {
    assert_eq!(conn.answer_close(), (Some(1000), String::new()));
}

/// Types Ctrl-D; the exit code and the screen.
fn left(mut terminal: Terminal) -> (i32, String) {
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    (finished.code, finished.screen)
}

#[test]
fn a_lost_connection_is_opened_again_and_the_line_stays() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        conn.expect_text("hello");
        if conn.number() == 1 {
            conn.expect_text("one").text("a");
            return conn.reset();
        }
        conn.text("b");
        conn.expect_text("half and the rest");
        closes(conn);
    });
    let mut terminal = prompt(&server, &["--reconnect", "-x", "hello"]);
    enter(&mut terminal, "one");
    terminal.wait_for_text("* connection lost: ");
    terminal.type_("half");
    wait_for_line(&mut terminal, "half");
    terminal.wait_for_text("< b\n> half");
    let screen = terminal.screen();
    assert!(screen.contains("* connected again after "), "{screen}");
    terminal.type_(" and the rest").key(Key::Enter);
    wait_for_line(&mut terminal, "");
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    server.finish();
}

#[test]
fn what_is_typed_while_there_is_no_connection_is_sent_on_the_next() {
    let lost = Gate::default();
    let go = lost.clone();
    let server = Server::accept_many(2, move |conn| {
        if conn.number() == 1 {
            conn.upgrade();
            return conn.reset();
        }
        conn.within(Duration::from_secs(30));
        go.pass("two typed lines");
        conn.upgrade();
        conn.expect_text("first").expect_text("second");
        closes(conn);
    });
    let mut terminal = prompt(&server, &["--reconnect"]);
    terminal.wait_for_text("; connecting again in ");
    enter(&mut terminal, "first");
    terminal.wait_for_text("* waits for the connection");
    enter(&mut terminal, "second");
    enter(&mut terminal, "/status");
    terminal.wait_for(
        |screen| screen.contains("CLOSED") || screen.contains("CONNECTING"),
        "the state",
    );
    lost.open();
    terminal.wait_for_text("* connected again after ");
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    server.finish();
}

#[test]
fn leaving_while_there_is_no_connection_tells_what_was_not_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.reset();
    });
    let mut terminal = prompt(&server, &["--reconnect=1"]);
    terminal.wait_for_text("; connecting again in ");
    let port = server.port();
    server.finish();
    terminal.wait_for_text(&format!("error: cannot connect to 127.0.0.1:{port}"));
    let finished = terminal.finish();
    assert_eq!(finished.code, 7, "{}", finished.screen);
}

#[test]
fn connect_leaves_for_the_same_place_or_for_another_path() {
    let server = Server::accept_many(3, |conn| {
        let head = conn.upgrade();
        match conn.number() {
            1 | 2 => assert!(head.request_line().starts_with("GET /a "), "{head:?}"),
            _ => assert!(head.request_line().starts_with("GET /b?c "), "{head:?}"),
        }
        conn.text(format!("connection {}", conn.number()));
        closes(conn);
    });
    let mut terminal = wstalk()
        .arg(format!("{}/a", server.url()))
        .in_terminal(24, 80);
    terminal.wait_for_text("< connection 1\n>");
    enter(&mut terminal, "/connect");
    terminal.wait_for_text("< connection 2\n>");
    enter(&mut terminal, "/connect /b?c");
    terminal.wait_for_text("< connection 3\n>");
    let screen = terminal.screen();
    let closings = screen.matches("* closed: 1000 (normal closure)\n").count();
    assert_eq!(closings, 2, "{screen}");
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    server.finish();
}

#[test]
fn where_there_is_nothing_the_prompt_stays_and_can_go_elsewhere() {
    let first = Server::accept(|conn| {
        conn.upgrade();
        closes(conn);
    });
    let second = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("there");
        closes(conn);
    });
    let (_deaf, port) = deaf_port();
    let mut terminal = prompt(&first, &[]);
    enter(&mut terminal, &format!("/connect :{port}"));
    terminal.wait_for_text("* not connected: /connect tries again, /quit leaves");
    enter(&mut terminal, "lost?");
    terminal.wait_for_text("* error: there is no connection; /connect opens one");
    enter(&mut terminal, "/connect ht!tp://x");
    enter(&mut terminal, "/connect word");
    terminal.wait_for_text("ws://word");
    enter(&mut terminal, &format!("/connect {}", second.url()));
    terminal.wait_for_text(&format!("* connected to {}", second.url()));
    enter(&mut terminal, "there");
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    first.finish();
    second.finish();
}

#[test]
fn leaving_where_there_is_nothing_has_the_code_of_that() {
    let first = Server::accept(|conn| {
        conn.upgrade();
        closes(conn);
    });
    let (_deaf, port) = deaf_port();
    let mut terminal = prompt(&first, &[]);
    enter(&mut terminal, &format!("/connect :{port}"));
    terminal.wait_for_text("* not connected: ");
    let (code, screen) = left(terminal);
    assert_eq!(code, 7, "{screen}");
    // It was told once, when it happened.
    assert_eq!(screen.matches("connection refused").count(), 1, "{screen}");
    first.finish();
}

#[test]
fn credentials_and_first_lines_stay_with_their_server() {
    let first = Server::accept_many(2, |conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Authorization"), Some("Bearer secret"));
        conn.expect_text("login");
        closes(conn);
    });
    let second = Server::accept(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Authorization"), None);
        conn.expect_text("there");
        closes(conn);
    });
    let mut terminal = prompt(&first, &["--bearer", "secret", "-x", "login"]);
    enter(&mut terminal, &format!("/connect {}", second.url()));
    terminal.wait_for_text("* not sent there: Authorization\n");
    terminal.wait_for_text("* not sent there: the --execute lines\n");
    terminal.wait_for_text(&format!("* connected to {}", second.url()));
    enter(&mut terminal, "there");
    let home = format!("/connect {}", first.url());
    enter(&mut terminal, &home);
    terminal.wait_for(
        |screen| {
            let below = screen.split(&home).nth(1);
            below.is_some_and(|below| below.contains("> login"))
        },
        "the first line again at home",
    );
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    first.finish();
    second.finish();
}

#[test]
fn who_leaves_while_there_is_no_connection_is_told_why_and_what_was_not_sent() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.close(1011, "").expect_close();
        conn.finish();
    });
    let mut terminal = prompt(&server, &["--reconnect"]);
    terminal.wait_for_text("; connecting again in ");
    server.finish();
    enter(&mut terminal, "never sent");
    let (code, screen) = left(terminal);
    assert_eq!(code, 69, "{screen}");
    let told = "not everything that was read could be sent: 0 messages surely sent, 0 perhaps, 1 surely not";
    assert!(screen.contains(told), "{screen}");
    // The cause was told when the connection was lost.
    assert_eq!(screen.matches("1011").count(), 1, "{screen}");
}

#[test]
fn connect_goes_elsewhere_while_a_connection_is_being_opened() {
    let first = Server::accept(|conn| {
        conn.upgrade();
        closes(conn);
    });
    let silent = Server::accept(|conn| {
        conn.read_head();
        conn.stall(Duration::from_secs(30));
    });
    let third = Server::accept(|conn| {
        let head = conn.upgrade();
        assert!(head.request_line().starts_with("GET /path "), "{head:?}");
        conn.expect_text("there");
        closes(conn);
    });
    let mut terminal = prompt(&first, &[]);
    enter(&mut terminal, &format!("/connect {}", silent.url()));
    enter(&mut terminal, "/status");
    let silent_url = format!("  url                {}/\n", silent.url());
    while !terminal.screen().contains(&silent_url) {
        enter(&mut terminal, "/status");
    }
    terminal.wait_for_text("  state              CONNECTING");
    enter(&mut terminal, &format!("/connect {}/path", third.url()));
    terminal.wait_for_text(&format!("* connected to {}/path ", third.url()));
    enter(&mut terminal, "there");
    let (code, screen) = left(terminal);
    assert_eq!(code, 0, "{screen}");
    first.finish();
    silent.finish();
    third.finish();
}
