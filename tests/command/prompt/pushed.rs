//! Of messages that arrive while a line is half typed.

use std::time::Duration;

use super::super::support::{Frame, Gate, Key, Server};
use super::{
    below_notice, closes_normally, enter, leave, prompt, prompt_with, submit, wait_for_line, wstalk,
};

#[test]
fn a_message_appears_above_a_half_typed_line_and_leaves_it_whole() {
    let typed = Gate::default();
    let go = typed.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a half typed line");
        conn.text("pushed").text("again");
        conn.expect_text("half and the rest");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("half");
    wait_for_line(&mut terminal, "half");
    typed.open();
    terminal.wait_for_text("< again\n> half");
    let screen = terminal.screen();
    assert_eq!(below_notice(&screen), ["< pushed", "< again", "> half"]);
    assert_eq!(terminal.inspect(vt100::Screen::cursor_position), (3, 6));
    terminal.type_(" and the rest");
    submit(&mut terminal, "> half and the rest");
    leave(terminal, server);
}

#[test]
fn a_message_leaves_the_cursor_where_it_was_in_the_line() {
    let typed = Gate::default();
    let go = typed.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a half typed line");
        conn.text("pushed");
        conn.expect_text("aXbc");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("abc").key(Key::Left).key(Key::Left);
    wait_for_line(&mut terminal, "abc");
    terminal.wait_for(|_| true, "the cursor");
    typed.open();
    terminal.wait_for_text("< pushed\n> abc");
    terminal.type_("X");
    submit(&mut terminal, "> aXbc");
    leave(terminal, server);
}

#[test]
fn a_message_leaves_json_of_several_lines_whole() {
    let typed = Gate::default();
    let go = typed.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("half typed JSON");
        conn.text("pushed");
        conn.expect_text("{\"a\":\n1}");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("{\"a\":").key(Key::Enter);
    terminal.wait_for(|screen| screen.ends_with("> {\"a\":"), "the first line");
    typed.open();
    terminal.wait_for_text("< pushed");
    terminal.type_("1}");
    submit(&mut terminal, "\n1}");
    leave(terminal, server);
}

#[test]
fn a_flood_leaves_the_line_whole_and_nothing_is_missing() {
    const COUNT: usize = 20_000;
    let typed = Gate::default();
    let go = typed.clone();
    let server = Server::accept(closes_normally(move |conn| {
        go.pass("a half typed line");
        let all: Vec<u8> = (1..=COUNT)
            .flat_map(|n| Frame::text(format!("message {n}")).bytes())
            .collect();
        conn.raw(all);
        conn.expect_text("half a line and more");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("half");
    wait_for_line(&mut terminal, "half");
    typed.open();
    for word in [" a", " line", " and", " more"] {
        terminal.type_(word);
    }
    terminal.wait_for(
        |screen| screen.ends_with(&format!("< message {COUNT}\n> half a line and more")),
        "the last message and the line",
    );
    // Each was drawn once, in order, on a line of its own.
    let printed = String::from_utf8(terminal.printed()).expect("UTF-8");
    let numbers = printed.split("message ").skip(1);
    let numbers = numbers.map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse::<usize>().expect("a number")
    });
    assert!(
        numbers.eq(1..=COUNT),
        "a message is missing or out of order"
    );
    submit(&mut terminal, "> half a line and more");
    leave(terminal, server);
}

#[test]
fn a_resize_leaves_a_half_typed_line_whole() {
    let server = Server::accept(closes_normally(|conn| {
        conn.expect_text("a line that is longer than the narrow window will be wide")
            .text("seen");
        conn.expect_text("and another one");
    }));
    let mut terminal = prompt(&server);
    terminal.type_("a line that is longer than the narrow ");
    terminal.wait_for_text("> a line that is longer than the narrow");
    terminal.resize(12, 30).type_("window");
    terminal.resize(40, 120).type_(" will");
    terminal.resize(24, 80).type_(" be wide");
    submit(&mut terminal, " be wide");
    terminal.wait_for_text("< seen");
    enter(&mut terminal, "and another one");
    leave(terminal, server);
}

#[test]
fn a_count_ends_the_prompt_after_so_many_messages() {
    let server = Server::accept(closes_normally(|conn| {
        let three = ["one", "two", "three"].map(|text| Frame::text(text).bytes());
        conn.raw(three.concat());
    }));
    let terminal = wstalk()
        .arg(server.url())
        .args(["-N", "2"])
        .in_terminal(24, 80);
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    assert!(
        finished.screen.contains("< one\n< two\n"),
        "{}",
        finished.screen
    );
    assert!(!finished.screen.contains("three"), "{}", finished.screen);
    server.finish();
}

#[test]
fn a_count_that_is_not_reached_is_exit_1_at_a_prompt_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("one").close(1000, "").expect_close();
        conn.finish();
    });
    let finished = wstalk()
        .arg(server.url())
        .args(["-N", "2"])
        .in_terminal(24, 80)
        .finish();
    assert_eq!(finished.code, 1, "{}", finished.screen);
    server.finish();
}

#[test]
fn a_limit_of_time_ends_the_prompt() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.stall(Duration::from_secs(15));
    });
    let mut terminal = prompt_with(&server, &["-m", "1"]);
    terminal.type_("half typed");
    let finished = terminal.finish();
    assert_eq!(finished.code, 28, "{}", finished.screen);
    assert!(
        finished
            .screen
            .contains("\nwstalk: error: the whole run took longer than 1 s\nhint: --max-time"),
        "{}",
        finished.screen
    );
    server.finish();
}
