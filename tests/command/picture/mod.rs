//! The picture in the README: a session that is played here, in a terminal, with the
//! program itself. It is checked in, and has to look like the program does today.

mod svg;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Key, Terminal, wstalk};

/// Set to anything, the picture is written instead of compared.
const REFRESH: &str = "WSTALK_REFRESH_PICTURE";
const COMMAND: &str = "WSTALK_REFRESH_PICTURE=1 cargo test --test command the_picture";

/// What is typed, and how often the end of it stands on the screen when its echo has
/// come.
const SAID: [(&str, &str, usize); 5] = [
    ("hello", "hello", 2),
    (
        r#"{"type":"order","id":7,"items":["tea","cake"],"note":"the long way round the garden","paid":true}"#,
        "true",
        2,
    ),
    ("/binary 01 02 ff", "02 ff", 2),
    ("/ping k", "pong k", 1),
    ("/status", "round trip", 1),
];

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/session.svg")
}

/// Plays the session, up to its last word.
fn played() -> Terminal {
    let command = wstalk().arg("demo").env("TERM", "xterm-256color");
    let mut terminal = command.in_terminal(48, 88);
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    for (line, part, count) in SAID {
        terminal.type_(line);
        // A long one is drawn on two rows.
        let is_drawn = |screen: &str| screen.replace('\n', "").ends_with(line);
        terminal.wait_for(is_drawn, line);
        terminal.key(Key::Enter);
        terminal.wait_for(
            |screen| screen.matches(part).count() >= count && screen.ends_with("\n>"),
            &format!("{part:?} and a prompt"),
        );
    }
    terminal.key(Key::CtrlD);
    terminal.wait_for_text("(normal closure)");
    terminal
}

/// What is another number each time is always the same one here.
fn tidy(text: &str) -> String {
    let text = with_number(
        text,
        |before| before.ends_with("127.0.0.1:"),
        |_| true,
        "41234",
    );
    with_number(&text, |_| true, |behind| behind.starts_with(" ms"), "0.2")
}

/// The text with `number` in the places of numbers between such ends.
fn with_number(
    text: &str,
    is_before: impl Fn(&str) -> bool,
    is_behind: impl Fn(&str) -> bool,
    number: &str,
) -> String {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let mut tidied = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (found, behind) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        tidied.push_str(before);
        let is_meant = is_before(&tidied) && is_behind(behind);
        tidied.push_str(if is_meant { number } else { found });
        rest = behind;
    }
    tidied + rest
}

#[test]
fn the_picture_in_the_readme_is_what_the_program_shows() {
    let terminal = played();
    let drawn = terminal.inspect(|screen| svg::picture("$ wstalk demo", screen, tidy));
    assert_eq!(terminal.finish().code, 0);
    if env::var_os(REFRESH).is_some() {
        return fs::write(file(), drawn).expect("the picture can be written");
    }
    let kept = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        kept == drawn,
        "docs/session.svg is not what the program shows today; refresh it with\n  {COMMAND}\n{drawn}"
    );
}

#[test]
fn numbers_of_a_run_do_not_show_in_the_picture() {
    for (text, tidied) in [
        (
            "127.0.0.1:50123/ (HTTP 101, 0.74 ms)",
            "127.0.0.1:41234/ (HTTP 101, 0.2 ms)",
        ),
        ("* pong k (12 ms) 3", "* pong k (0.2 ms) 3"),
        ("7 bytes", "7 bytes"),
    ] {
        assert_eq!(tidy(text), tidied);
    }
}
