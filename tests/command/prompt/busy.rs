//! Of a connection that says more than can be drawn.

use super::super::support::{Conn, Frame, Gate, Key, Server, Terminal, program};
use super::{below_notice, closes_normally, enter, leave, prompt, wait_for_line};

/// Data messages `message FIRST` to `message LAST`, as one run of bytes.
fn numbered(first: usize, last: usize) -> Vec<u8> {
    let frames = (first..=last).flat_map(|n| Frame::text(format!("message {n}")).bytes());
    frames.collect()
}

/// Sends a ping and waits for its pong.
fn ping(conn: &mut Conn<'_>, data: &str) {
    conn.ping(data);
    conn.expect_pong(data);
}

/// Begins a search, which holds the screen: the editor draws nothing meanwhile.
fn search(terminal: &mut Terminal) {
    enter(terminal, "a line to find");
    terminal.key(Key::CtrlR).type_("find");
    terminal.wait_for_text("(reverse-i-search)`find': a line to find");
}

/// The numbers of the messages that were drawn, and how many were said not to be.
fn drawn_and_missed(terminal: &Terminal) -> (Vec<usize>, usize) {
    let printed = String::from_utf8(terminal.printed()).expect("UTF-8");
    let printed = printed.replace("\x1b[36m< \x1b[0m", "< ");
    let number = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().expect("a number")
    };
    let drawn = printed.split("< message ").skip(1).map(number).collect();
    let missed = printed
        .lines()
        .filter_map(|line| line.split_once(" messages not shown"))
        .map(|(before, _)| {
            let count = before.rsplit(' ').next().unwrap_or_default();
            number(&count.replace(',', ""))
        });
    (drawn, missed.sum())
}

#[test]
fn keys_are_heeded_while_messages_rush_by_and_each_is_drawn_or_counted() {
    let [ready, typed] = [Gate::default(), Gate::default()];
    let (go, done) = (ready.clone(), typed.clone());
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a prompt");
        let mut sent = 0;
        while !done.is_open() {
            conn.raw(numbered(sent + 1, sent + 500));
            sent += 500;
            ping(conn, &sent.to_string());
        }
        conn.raw(Frame::text(format!("{sent} in all")).bytes());
        conn.expect_text("typed edited");
    }));
    let mut terminal = prompt(&server);
    ready.open();
    let mut line = String::new();
    for letter in "typed in a rush".chars() {
        terminal.type_(letter.to_string());
        line.push(letter);
        wait_for_line(&mut terminal, &line);
    }
    for _ in 0.."in a rush".len() {
        terminal.key(Key::Backspace);
    }
    wait_for_line(&mut terminal, "typed");
    terminal.resize(20, 60).type_("edited");
    wait_for_line(&mut terminal, "typed edited");
    typed.open();
    terminal.wait_for(
        |screen| screen.ends_with(" in all\n> typed edited"),
        "the last message above the line",
    );
    let screen = terminal.screen();
    let total = screen.lines().rev().nth(1).expect("the last message");
    let total = total.trim_matches(|c: char| !c.is_ascii_digit());
    let (drawn, missed) = drawn_and_missed(&terminal);
    assert!(drawn.is_sorted(), "out of order");
    assert_eq!(drawn.len() + missed, total.parse::<usize>().unwrap());
    terminal.key(Key::Enter);
    wait_for_line(&mut terminal, "");
    leave(terminal, server);
}

#[test]
fn what_is_not_drawn_in_time_is_counted_and_can_be_shown() {
    let [searching, answered] = [Gate::default(), Gate::default()];
    let (go, pong) = (searching.clone(), answered.clone());
    let server = Server::accept(closes_normally(move |conn| {
        conn.expect_text("a line to find");
        go.pass("a search that holds the screen");
        // More than waits to be drawn: the ping behind it is read when those
        // that have waited too long are left out.
        let padding = "x".repeat(120);
        let long = |n| Frame::text(format!("message {n} {padding}")).bytes();
        conn.raw((1..=12_000).flat_map(long).collect::<Vec<u8>>());
        ping(conn, "still there");
        pong.open();
        conn.expect_text("found");
    }));
    let mut terminal = prompt(&server);
    search(&mut terminal);
    searching.open();
    answered.pass("a pong while searching");
    terminal.key(Key::CtrlG);
    terminal.wait_for(
        |screen| screen.contains("< message 12000 ") && screen.ends_with("\n>"),
        "the last message",
    );
    let (drawn, missed) = drawn_and_missed(&terminal);
    assert_eq!(drawn.len() + missed, 12_000);
    assert!(missed > 6000, "{missed}");
    let printed = String::from_utf8(terminal.printed()).expect("UTF-8");
    assert!(printed.contains(" messages not shown, /show them ("));
    enter(&mut terminal, "/show 9001");
    terminal.wait_for_text("< message 9000 ");
    enter(&mut terminal, "found");
    leave(terminal, server);
}

#[test]
fn frames_that_nobody_can_draw_hold_up_no_pong_and_are_counted() {
    let [searching, answered] = [Gate::default(), Gate::default()];
    let (go, pong) = (searching.clone(), answered.clone());
    let server = Server::accept(closes_normally(move |conn| {
        conn.expect_text("a line to find");
        go.pass("a search that holds the screen");
        conn.raw(numbered(1, 12_000));
        ping(conn, "still there");
        pong.open();
        conn.expect_text("found");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/set frames on");
    search(&mut terminal);
    searching.open();
    answered.pass("a pong while searching");
    terminal.key(Key::CtrlG);
    terminal.wait_for(
        |screen| screen.contains("< message 12000\n") && screen.ends_with("\n>"),
        "the last message",
    );
    let printed = String::from_utf8(terminal.printed()).expect("UTF-8");
    assert!(printed.contains(" lines not shown"), "nothing was counted");
    enter(&mut terminal, "found");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_stderr_that_nobody_reads_holds_up_nobody() {
    let flood = Gate::default();
    let go = flood.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a prompt");
        conn.raw(numbered(1, 5000));
        ping(conn, "still there");
        conn.expect_text("typed");
    }));
    let silenced = "mkfifo unread && exec 3<>unread && exec \"$@\" 2>&3";
    let mut terminal = program("/bin/sh")
        .args(["-c", silenced, "sh", env!("CARGO_BIN_EXE_wstalk")])
        .args([server.url(), "-vv"])
        .in_terminal(24, 80);
    wait_for_line(&mut terminal, "");
    flood.open();
    terminal.wait_for_text("< message 5000\n>");
    enter(&mut terminal, "typed");
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_pause_draws_nothing_and_the_connection_goes_on() {
    let [paused, answered] = [Gate::default(), Gate::default()];
    let (go, pong) = (paused.clone(), answered.clone());
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a pause");
        conn.raw(numbered(1, 2000));
        ping(conn, "still there");
        pong.open();
        conn.expect_text("sent while paused");
        conn.raw(numbered(2001, 2003));
        conn.expect_text("seen");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/pause");
    terminal.wait_for_text("* no messages are drawn; ");
    paused.open();
    answered.pass("a pong while paused");
    enter(&mut terminal, "sent while paused");
    // A round trip later everything has come.
    enter(&mut terminal, "/status");
    terminal.wait_for_text("paused (/resume)");
    terminal.wait_for(|_| true, "the status");
    while !terminal.screen().contains("latest message     2004") {
        enter(&mut terminal, "/status");
    }
    assert!(!terminal.screen().contains("< message"));
    enter(&mut terminal, "/resume");
    terminal.wait_for_text("< message 2003\n>");
    let screen = terminal.screen();
    assert!(
        screen.contains("2,003 came meanwhile (/show 1-2004)"),
        "{screen}"
    );
    assert!(
        screen.contains("< message 2001\n< message 2002\n"),
        "{screen}"
    );
    enter(&mut terminal, "seen");
    leave(terminal, server);
}

#[test]
fn a_filter_draws_what_matches_and_keeps_the_rest() {
    let set = Gate::default();
    let go = set.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a filter");
        for text in [
            "{\"type\":\"tick\"}",
            "{\"type\":\"trade\",\"n\":1}",
            "plain",
        ] {
            conn.text(text);
        }
        conn.expect_text("again");
        conn.text("unfiltered");
        conn.expect_text("seen");
    }));
    let mut terminal = prompt(&server);
    enter(&mut terminal, "/filter {\"type\":\"trade\"}");
    terminal.wait_for_text("* only messages that match {\"type\":\"trade\"} are drawn");
    set.open();
    terminal.wait_for_text("< {\"type\":\"trade\",\"n\":1}\n>");
    enter(&mut terminal, "/show 1-3");
    terminal.wait_for_text("< plain\n>");
    enter(&mut terminal, "/filter off");
    enter(&mut terminal, "again");
    terminal.wait_for_text("< unfiltered\n>");
    enter(&mut terminal, "/filter /match (");
    terminal.wait_for_text("* error: column ");
    let screen = terminal.screen();
    let lines = below_notice(&screen);
    let ticks = lines.iter().filter(|line| line.contains("tick")).count();
    assert_eq!(ticks, 1, "{screen}");
    enter(&mut terminal, "seen");
    leave(terminal, server);
}
