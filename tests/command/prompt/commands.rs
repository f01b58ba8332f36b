//! Of the prompt's own commands, and of what looks like one.

use super::super::support::{Key, Server, echo_server};
use super::{closes_normally, enter, leave, prompt};

const COMMANDS: [&str; 13] = [
    "/text", "/string", "/json", "/binary", "/base64", "/file", "/ping", "/pong", "/close",
    "/wait", "/help", "/status", "/quit",
];

#[test]
fn a_ping_shows_its_pong_and_the_time_it_took() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/ping k");
    terminal.wait_for_text("* pong k (");
    let screen = terminal.screen();
    let line = screen.lines().find(|line| line.starts_with("* pong k ("));
    let time = line.and_then(|line| line.strip_prefix("* pong k (")?.strip_suffix(" ms)"));
    let time = time.and_then(|time| time.parse::<f64>().ok());
    assert!(time.is_some_and(|time| time < 20_000.0), "{screen}");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn help_names_every_command_and_explains_one() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/help");
    terminal.wait_for_text("/quit");
    let screen = terminal.screen();
    for command in COMMANDS {
        assert!(screen.contains(command), "no {command} in:\n{screen}");
    }
    terminal.key(Key::CtrlL);
    enter(&mut terminal, "/help close");
    terminal.wait_for_text("/close [CODE [REASON]]");
    enter(&mut terminal, "/help nothing");
    terminal.wait_for_text("no command /nothing");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn status_tells_where_the_connection_stands() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    enter(&mut terminal, "hello");
    terminal.wait_for_text("< hello");
    enter(&mut terminal, "/ping");
    terminal.wait_for_text("* pong (");
    enter(&mut terminal, "/status");
    terminal.wait_for_text("round trip");
    let screen = terminal.screen();
    let value = |name: &str| {
        let line = screen
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in:\n{screen}"))
            .trim()
            .to_owned()
    };
    assert_eq!(value("url"), format!("{}/", server.url()));
    assert_eq!(value("address"), server.address().to_string());
    assert_eq!(value("state"), "OPEN");
    assert_eq!(value("subprotocol"), "none");
    assert_eq!(value("extensions"), "none");
    assert_eq!(value("TLS"), "no");
    assert_eq!(value("waiting to be sent"), "0 bytes");
    let sent = "1 message, 5 bytes of payload, 17 on the wire";
    let received = "1 message, 5 bytes of payload, 9 on the wire";
    assert_eq!(value("sent"), sent);
    assert_eq!(value("received"), received);
    assert!(value("round trip").ends_with(" ms"), "{screen}");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn quit_closes_with_1000() {
    let server = Server::accept(closes_normally(|_| {}));
    let mut terminal = prompt(&server);
    terminal.type_("/quit").key(Key::Enter);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn close_sends_its_code_and_reason() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        assert_eq!(conn.answer_close(), (Some(4001), "good bye".to_owned()));
    });
    let mut terminal = prompt(&server);
    terminal.type_("/close 4001 good bye").key(Key::Enter);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn what_is_wrong_is_told_with_its_cure_and_nothing_is_sent() {
    // The line, and what stands in the answer.
    let cases = [
        ("/pnig x", "/ping"),
        ("/statsu", "/status"),
        ("/qiut", "/quit"),
        ("/frobnicate", "unknown command"),
        ("/binary 0g", "column"),
        ("/json {\"a\":}", "line 1, column"),
        ("/close 1006", "1006"),
        ("/status now", "/status"),
        ("/wait soon", "soon"),
    ];
    for (line, answer) in cases {
        let server = Server::accept(closes_normally(move |conn| {
            conn.expect_text("the first message");
        }));
        let mut terminal = prompt(&server);
        enter(&mut terminal, line);
        terminal.wait_for_text("\n* error: ");
        let screen = terminal.screen();
        let told = screen.split_once("* error: ").map_or("", |(_, told)| told);
        assert!(told.contains(answer), "{line}: no {answer:?} in:\n{screen}");
        enter(&mut terminal, "the first message");
        leave(terminal, server);
    }
}
