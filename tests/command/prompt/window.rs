//! Of what was said before: `/show`, `/resend`, `/stats`, `/headers`, `/set`, `/save`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::super::support::{Frame, Key, Server, Terminal, echo_server};
use super::{closes_normally, enter, leave, prompt, prompt_with, wait_for_line, wstalk};

/// How long a terminal may take for a mebibyte of rows.
const DRAWN: Duration = Duration::from_secs(60);

/// The line with this in it.
#[track_caller]
fn line(terminal: &Terminal, text: &str) -> String {
    let screen = terminal.screen();
    let line = screen.lines().find(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("no {text:?} in:\n{screen}"))
        .to_owned()
}

#[test]
fn messages_are_listed_with_numbers_and_shown_whole() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/show");
    terminal.wait_for_text("no messages yet");
    enter(&mut terminal, "one");
    terminal.wait_for_text("< one\n>");
    let long = "long ".repeat(30);
    terminal.type_(format!("/text {long}.")).key(Key::Enter);
    terminal.wait_for_text("< long");
    wait_for_line(&mut terminal, "");
    enter(&mut terminal, "/binary 00 ff");
    terminal.wait_for_text("< /binary 00 ff\n>");
    terminal.key(Key::CtrlL);
    enter(&mut terminal, "/show");
    terminal.wait_for_text("/binary 00 ff\n>");
    assert!(line(&terminal, "  1  >").ends_with(" s ago  one"));
    assert!(line(&terminal, "  2  <").ends_with(" s ago  one"));
    let cut = line(&terminal, "  4  <");
    assert!(
        cut.chars().count() <= 80 && cut.contains(" s ago  long long"),
        "{cut}"
    );
    assert!(line(&terminal, "  6  <").ends_with(" s ago  /binary 00 ff"));
    terminal.key(Key::CtrlL);
    enter(&mut terminal, "/show 1-2");
    terminal.wait_for_text("> one\n< one\n>");
    enter(&mut terminal, "/show 7");
    terminal.wait_for_text("* error: there is no message 7 yet: the latest is 6");
    leave_echo(terminal);
}

#[test]
fn what_was_sent_is_sent_again_and_what_was_received_is_not() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("again").text("answer");
        conn.expect_text("again").expect_text("done");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "again");
    terminal.wait_for_text("< answer\n>");
    enter(&mut terminal, "/resend 2");
    terminal.wait_for_text("* error: message 2 was received, not sent");
    enter(&mut terminal, "/resend 1");
    terminal.wait_for_text("> /resend 1\n> again\n>");
    enter(&mut terminal, "done");
    leave(terminal, server);
}

#[test]
fn heads_are_shown_with_what_is_secret_masked() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("seen");
    }));
    let mut terminal = prompt_with(&server, &["--bearer", "s3cret", "-H", "X-Test: yes"]);
    enter(&mut terminal, "/headers");
    terminal.wait_for_text("  < HTTP/1.1 101 ");
    let screen = terminal.screen();
    for row in [
        "  > GET / HTTP/1.1\n",
        "  > X-Test: yes\n",
        "  > Authorization: Bearer ***\n",
    ] {
        assert!(screen.contains(row), "{screen}");
    }
    assert!(!screen.contains("s3cret"), "{screen}");
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

#[test]
fn settings_change_what_is_shown_from_then_on() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("one").ping("k").text("two");
        conn.expect_pong("k");
        conn.expect_text("three").ping("l").text("four");
        conn.expect_pong("l");
        conn.expect_text("five");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "one");
    terminal.wait_for_text("< two\n>");
    assert!(!terminal.screen().contains("/ping"));
    enter(&mut terminal, "/set ping-pong on");
    terminal.wait_for_text("* ping-pong is on");
    enter(&mut terminal, "/set frames on");
    enter(&mut terminal, "/set numbers on");
    enter(&mut terminal, "three");
    terminal.wait_for_text("four");
    let screen = terminal.screen();
    assert!(screen.contains("< /ping l\n"), "{screen}");
    assert!(screen.contains("* frame < "), "{screen}");
    enter(&mut terminal, "/set frames off");
    enter(&mut terminal, "/set");
    terminal.wait_for_text("numbers on, frames off, ping-pong on");
    enter(&mut terminal, "/set colour on");
    terminal.wait_for_text("there is no setting colour");
    enter(&mut terminal, "five");
    leave(terminal, server);
}

#[test]
fn stats_tell_what_passed() {
    let server = echo_server();
    let mut terminal = prompt(&server);
    enter(&mut terminal, "hello");
    terminal.wait_for_text("< hello\n>");
    enter(&mut terminal, "/ping");
    terminal.wait_for_text("* pong (");
    enter(&mut terminal, "/stats");
    terminal.wait_for_text("ping round trips");
    assert!(line(&terminal, "  sent ").contains("1 message, 5 bytes of payload"));
    assert!(line(&terminal, "ping round trips").contains("1"));
    leave_echo(terminal);
}

#[test]
fn a_session_is_saved_as_a_transcript_once() {
    let server = echo_server();
    let mut terminal = prompt_with(&server, &["--bearer", "s3cretvalue"]);
    enter(&mut terminal, "/text hello");
    terminal.wait_for_text("< hello\n>");
    enter(&mut terminal, "{\"token\":\"s3cretvalue\"}");
    terminal.wait_for_text("< {\"token\"");
    enter(&mut terminal, "/ping k");
    terminal.wait_for_text("* pong k (");
    enter(&mut terminal, "/save");
    terminal.wait_for_text("/save needs the name of a file");
    enter(&mut terminal, "/save s.wst");
    terminal.wait_for_text("* saved as s.wst (");
    enter(&mut terminal, "/save s.wst");
    terminal.wait_for_text("* error: cannot write s.wst: file exists");
    let path = terminal.home().join("s.wst");
    let mode = fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(&path).expect("a transcript");
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| line.starts_with('#') || line.is_empty())
        .collect();
    let url = server.url();
    let expected = [
        &format!("connect {url}/"),
        "  bearer {{token}}",
        "open",
        "  status == 101",
        "",
        "> hello",
        "< hello",
        "> {\"token\":\"{{token}}\"}",
        "< {\"token\":\"{{token}}\"}",
        "> /ping k",
        "< /pong k",
    ];
    assert_eq!(lines, expected);
    assert!(!text.contains("s3cretvalue"));
    leave_echo(terminal);
}

#[test]
fn of_a_huge_message_the_beginning_is_shown_and_all_of_it_saved() {
    let huge = format!("[{}]", vec!["1234567"; 140_000].join(","));
    let size = huge.len();
    let sent = huge.clone();
    let server = Server::accept(closes_normally(move |conn| {
        conn.text(&sent).within(DRAWN);
        conn.expect_text("seen");
    }));
    let mut terminal = prompt(&server);
    terminal.wait_for_text("… /show 1 shows it whole");
    enter(&mut terminal, "/show 1");
    let told = format!("… of {size} bytes the rest is not shown; /save FILE has all of it");
    terminal.wait_for_text(&told);
    enter(&mut terminal, "/save s.wst");
    terminal.wait_for_text("* saved as s.wst (");
    let text = fs::read_to_string(terminal.home().join("s.wst")).expect("a transcript");
    let written = text.lines().find(|line| line.starts_with("< "));
    assert!(written.is_some_and(|line| line[2..] == huge));
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

#[test]
fn a_session_that_lost_its_beginning_is_saved_from_its_recording() {
    const COUNT: usize = 10_500;
    let flood = || {
        let all = (1..=COUNT).flat_map(|n| Frame::text(format!("{n}")).bytes());
        let all: Vec<u8> = all.collect();
        Server::accept(closes_normally(move |conn| {
            conn.raw(&all);
            conn.expect_text("seen");
        }))
    };
    let saved = |terminal: &mut Terminal| {
        terminal.wait_for(
            |screen| screen.ends_with(&format!("< {COUNT}\n>")),
            "the last message",
        );
        enter(terminal, "/save s.wst");
    };
    let server = flood();
    let mut terminal = wstalk().arg(server.url()).in_terminal(24, 80);
    saved(&mut terminal);
    terminal.wait_for_text("* error: the session has lost its beginning: of 10,500 messages");
    assert!(!terminal.home().join("s.wst").exists());
    enter(&mut terminal, "seen");
    leave(terminal, server);

    let server = flood();
    let mut terminal = wstalk()
        .arg(server.url())
        .args(["--record", "r.jsonl"])
        .in_terminal(24, 80);
    saved(&mut terminal);
    terminal.wait_for_text("* saved as s.wst (");
    let text = fs::read_to_string(terminal.home().join("s.wst")).expect("a transcript");
    let received: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("< ") && *line != "< ...")
        .collect();
    assert_eq!(received.len(), COUNT, "{:?}", &received[COUNT - 3..]);
    assert_eq!((received[0], received[COUNT - 1]), ("< 1", "< 10500"));
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

/// Leaves an echo server, which may be asked again.
#[track_caller]
fn leave_echo(mut terminal: Terminal) {
    wait_for_line(&mut terminal, "");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
}
