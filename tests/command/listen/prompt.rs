//! A server at a terminal: what is typed goes to every client, what each says is shown
//! behind its number.

use rustix::process::Signal;
use tungstenite::Message;
use tungstenite::stream::MaybeTlsStream;

use super::super::support::{Key, Terminal, wstalk};
use super::{Client, close, hears, is_closed, without_port};

/// A prompt that waits for the first line, and where clients come in.
fn prompt(options: &[&str]) -> (Terminal, String) {
    let command = wstalk().arg("listen").args(options);
    let mut terminal = command.in_terminal(24, 80);
    terminal.wait_for(
        |screen| screen.starts_with("listening on ") && screen.ends_with("\n>"),
        "a prompt below the address",
    );
    let screen = terminal.screen();
    let line = screen.lines().next().expect("a line");
    let url = line.trim_start_matches("listening on ").to_owned();
    (terminal, url)
}

fn client(url: &str) -> Client {
    let address = url.trim_start_matches("ws://");
    let tcp = std::net::TcpStream::connect(address).expect("a listener");
    tcp.set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .expect("a limit");
    let (socket, _) = tungstenite::client(url, MaybeTlsStream::Plain(tcp)).expect("an upgrade");
    socket
}

/// Types a line at an empty prompt, and waits for the next one.
#[track_caller]
fn enter(terminal: &mut Terminal, line: &str) {
    terminal.type_(line);
    let drawn = format!("> {line}");
    terminal.wait_for(
        |screen| {
            screen
                .lines()
                .last()
                .is_some_and(|last| last.starts_with(&drawn))
        },
        &drawn,
    );
    terminal.key(Key::Enter);
    terminal.wait_for(
        |screen| screen.lines().last() == Some(">"),
        "an empty prompt",
    );
}

/// What stands below the address, without ports.
fn below(terminal: &Terminal) -> Vec<String> {
    let screen = terminal.screen();
    screen.lines().skip(1).map(without_port).collect()
}

#[test]
fn a_conversation_with_two_clients_reads_well() {
    let (mut terminal, url) = prompt(&[]);
    let mut one = client(&url);
    terminal.wait_for_text("client 1 connected");
    enter(&mut terminal, "hello");
    hears(&mut one, "hello");
    one.send(Message::text("hi")).expect("sent");
    terminal.wait_for_text("1< hi");
    let mut two = client(&url);
    terminal.wait_for_text("client 2 connected");
    two.send(Message::text("\x1b[31mred")).expect("sent");
    terminal.wait_for_text("2< ");
    enter(&mut terminal, "both");
    hears(&mut one, "both");
    hears(&mut two, "both");
    enter(&mut terminal, "/to 2 {\"only\":2}");
    hears(&mut two, "{\"only\":2}");
    close(&mut one);
    terminal.wait_for_text("client 1 closed");
    let expected = [
        "* client 1 connected from HERE (/)",
        "> hello",
        "1< hi",
        "* client 2 connected from HERE (/)",
        "2< /string \"\\u001b[31mred\"",
        "> both",
        "> /to 2 {\"only\":2}",
        "* client 1 closed: no code (1005)",
        ">",
    ];
    assert_eq!(below(&terminal), expected);
    terminal.key(Key::CtrlD);
    is_closed(&mut two, 1001);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    assert!(
        finished
            .screen
            .ends_with("* client 2 closed by us: 1001 (going away)"),
        "{}",
        finished.screen
    );
}

#[test]
fn what_nobody_can_get_is_not_sent() {
    let (mut terminal, url) = prompt(&[]);
    enter(&mut terminal, "hello");
    terminal.wait_for_text("* error: no client is connected: nothing is sent");
    enter(&mut terminal, "/to 1 x");
    terminal.wait_for_text("* error: there was no client 1 yet: nothing is sent");
    let mut one = client(&url);
    terminal.wait_for_text("client 1 connected");
    close(&mut one);
    terminal.wait_for_text("client 1 closed");
    enter(&mut terminal, "/to 1 x");
    terminal.wait_for_text("* error: client 1 has gone: nothing is sent");
    enter(&mut terminal, "/to x");
    terminal.wait_for_text("/to needs the number of a client");
    enter(&mut terminal, "/connect ws://h");
    terminal.wait_for_text("unknown command `/connect`");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn commands_tell_of_clients_and_messages() {
    let (mut terminal, url) = prompt(&[]);
    let mut one = client(&url);
    terminal.wait_for_text("client 1 connected");
    one.send(Message::text("hi")).expect("sent");
    terminal.wait_for_text("1< hi");
    enter(&mut terminal, "/status");
    terminal.wait_for_text("0 messages sent, 1 received");
    terminal.wait_for_text("1 client, of 1 that came");
    enter(&mut terminal, "/show");
    terminal.wait_for_text("1<");
    enter(&mut terminal, "/help to");
    terminal.wait_for_text("send this to client N alone");
    enter(&mut terminal, "/ping k");
    assert_eq!(one.read().expect("a ping"), Message::Ping("k".into()));
    one.flush().expect("a pong");
    terminal.wait_for_text("* client 1: pong k (");
    enter(&mut terminal, "/close 4000 bye");
    is_closed(&mut one, 4000);
    terminal.wait_for_text("client 1 closed by us: 4000");
    enter(&mut terminal, "/quit");
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn signals_end_it_and_leave_the_terminal_as_it_was() {
    for signal in [Signal::INT, Signal::TERM] {
        let (mut terminal, url) = prompt(&["-q"]);
        let mut one = client(&url);
        enter(&mut terminal, "x");
        hears(&mut one, "x");
        terminal.type_("half a line");
        terminal.wait_for_text("> half a line");
        terminal.signal(signal);
        is_closed(&mut one, 1001);
        let finished = terminal.finish();
        assert_eq!(finished.code, 0, "{signal:?}: {}", finished.screen);
    }
}

#[test]
fn a_second_signal_does_not_wait_for_a_client_that_is_silent() {
    let (mut terminal, url) = prompt(&[]);
    let mut silent = client(&url);
    terminal.wait_for_text("client 1 connected");
    terminal.signal(Signal::TERM);
    let MaybeTlsStream::Plain(tcp) = silent.get_mut() else {
        panic!("plain TCP");
    };
    let mut close = [0; 4];
    std::io::Read::read_exact(tcp, &mut close).expect("a Close");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn a_client_that_does_not_read_holds_lines_back_and_no_keys() {
    let (mut terminal, url) = prompt(&["--no-compression"]);
    let stuck = client(&url);
    terminal.wait_for_text("client 1 connected");
    let big = terminal.home().join("big");
    std::fs::write(&big, vec![7; 8 << 20]).expect("written");
    enter(&mut terminal, "/file big");
    enter(&mut terminal, "/file big");
    enter(&mut terminal, "behind");
    enter(&mut terminal, "/status");
    terminal.wait_for_text("bytes wait");
    drop(stuck);
    terminal.wait_for_text("client 1 lost");
    terminal.wait_for_text("whom this was for has gone");
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

#[test]
fn what_waits_when_everyone_has_gone_is_given_up_and_keeps_nobody_awake() {
    let (mut terminal, url) = prompt(&[]);
    let mut one = client(&url);
    terminal.wait_for_text("client 1 connected");
    enter(&mut terminal, "/wait 60");
    enter(&mut terminal, "behind");
    enter(&mut terminal, "/resend 1");
    terminal.wait_for_text("there are no messages yet");
    close(&mut one);
    terminal.wait_for_text("whom this was for has gone");
    let before = terminal.processor_time();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let spent = terminal.processor_time() - before;
    assert!(spent < std::time::Duration::from_millis(100), "{spent:?}");
    let mut two = client(&url);
    terminal.wait_for_text("client 2 connected");
    enter(&mut terminal, "hello");
    hears(&mut two, "hello");
    enter(&mut terminal, "/resend 1");
    hears(&mut two, "hello");
    enter(&mut terminal, "/wait 60");
    enter(&mut terminal, "never");
    terminal.key(Key::CtrlD);
    is_closed(&mut two, 1001);
    let finished = terminal.finish();
    let last = "* 1 message was read, and sent to nobody";
    assert!(finished.screen.ends_with(last), "{}", finished.screen);
    assert_eq!(finished.code, 0);
}
