//! What the pages show below a command, held against what is really shown. Times, ports,
//! keys and masks are another number each time, and count as the same.

use regex_lite::Regex;

use super::super::support::{Key, Running, wstalk};
use super::pages;
use super::run::in_shell;
use super::site::{Around, Site};

/// A command of a block `console`, and the test of this file that holds what it shows.
pub(super) struct Shown {
    pub(super) line: &'static str,
    test: &'static str,
}

const PLACE: &str = "tests/command/readme/console.rs";
const LISTEN: &str = "wstalk listen 9000 -s chat.v2,chat.v1";
const FEED: &str = "wstalk wss://example.com/feed --timestamps";
const DEMO: &str = "wstalk demo";
const VERBOSE: &str = "echo hello | wstalk -vv --stats -1 :8080";

pub(super) const SHOWN: [Shown; 4] = [
    Shown {
        line: DEMO,
        test: "the_session_of_the_readme_reads_as_it_says",
    },
    Shown {
        line: VERBOSE,
        test: "what_passes_is_told_as_the_readme_shows",
    },
    Shown {
        line: LISTEN,
        test: "the_session_of_a_server_reads_as_its_page_says",
    },
    Shown {
        line: FEED,
        test: "a_busy_server_reads_as_the_page_on_the_prompt_says",
    },
];

#[test]
fn every_session_that_is_shown_is_held_by_a_test() {
    let text = pages::read(PLACE);
    for shown in &SHOWN {
        let test = format!("#[test]\nfn {}()", shown.test);
        assert!(text.contains(&test), "{PLACE} has no {}", shown.test);
    }
}

#[test]
fn what_passes_is_told_as_the_readme_shows() {
    let site = Site::new(Around::Echo);
    let output = in_shell(VERBOSE, &site).stdin("").run();
    let mut expected = blotted(&shown(VERBOSE).join("\n"));
    // On a terminal the payload stands between the notices.
    let payload = expected.find("\nhello\n").expect("the payload");
    expected.replace_range(payload..payload + "\nhello".len(), "");
    let told = blotted(output.stderr_seen().trim_end());
    assert_eq!(told, expected, "the README shows something else");
    output.stdout("hello\n").code(0);
    site.finish(&[]);
}

#[test]
fn the_session_of_the_readme_reads_as_it_says() {
    let mut terminal = wstalk().arg("demo").in_terminal(24, 100);
    let lines = shown(DEMO);
    let typed = |line: &String| line.starts_with("> ");
    for (at, line) in lines.iter().enumerate() {
        let so_far = blotted(&lines[..=at].join("\n"));
        let next = lines.get(at + 1);
        if let Some(text) = line.strip_prefix("> ") {
            terminal.type_(text).key(Key::Enter);
        } else if next.is_some_and(typed) {
            let wanted = format!("{so_far}\n>");
            terminal.wait_for(|screen| blotted(screen) == wanted, &wanted);
        } else if next.is_none() {
            terminal.wait_for(|screen| blotted(screen) == so_far, &so_far);
        }
    }
    assert_eq!(terminal.finish().code, 0);
}

/// In a window of a size that shows both, what fits and what does not.
#[test]
fn a_busy_server_reads_as_the_page_on_the_prompt_says() {
    let site = Site::new(Around::Market);
    let mut terminal = in_shell(FEED, &site).in_terminal(15, 76);
    let wanted = blotted(&(shown(FEED).join("\n") + "\n>"));
    terminal.wait_for(|screen| blotted(screen) == wanted, &wanted);
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    site.finish(&[]);
}

#[test]
fn the_session_of_a_server_reads_as_its_page_says() {
    let site = Site::new(Around::Alone);
    let mut terminal = in_shell(LISTEN, &site).in_terminal(24, 100);
    let lines = shown(LISTEN);
    let mut clients: Vec<Running> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.contains(" connected from ") {
            let screen = terminal.screen();
            let first = screen.lines().next().expect("where it listens");
            let url = first.trim_start_matches("listening on ").to_owned() + "/chat";
            let options = [&["-s", "chat.v2"][..], &["--no-compression"]][clients.len()];
            clients.push(wstalk().arg(url).args(options).start());
        } else if let Some((client, text)) = line.split_once("< ") {
            let client: usize = client.parse().expect("the number of a client");
            clients[client - 1].send(text).send("\n");
        } else if let Some(text) = line.strip_prefix("> ") {
            terminal.type_(text).key(Key::Enter);
        }
        // Clients that are closed together go in an order of their own.
        let wanted = match line.contains(" closed by us: ") {
            true => line.clone(),
            false => blotted(&lines[..=at].join("\n")),
        };
        terminal.wait_for(|screen| blotted(screen).contains(&wanted), &wanted);
    }
    for client in clients {
        client.finish().code(69);
    }
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
}

/// What a page shows below this command.
fn shown(line: &str) -> Vec<String> {
    let mut commands = pages::commands().into_iter();
    let command = commands.find(|command| command.line == line);
    command.expect("a command of the pages").shown
}

fn blotted(text: &str) -> String {
    let mut text = text.to_owned();
    for (numbers, same) in [
        (r"\d+(\.\d+)? ms", "0 ms"),
        (r"\d\d:\d\d:\d\d\.\d{3}", "00:00:00.000"),
        (r"\+\d\.\ds", "+0.0s"),
        (r"(localhost|127\.0\.0\.1):\d+", "$1:0"),
        (r"(Sec-WebSocket-(Key|Accept)): \S+", "$1: key"),
        (r"mask [0-9a-f]{8}", "mask 0"),
    ] {
        let numbers = Regex::new(numbers).expect("a pattern");
        text = numbers.replace_all(&text, same).into_owned();
    }
    text
}

#[test]
fn numbers_of_a_run_are_the_same_and_nothing_else_is() {
    let told = "* reached 127.0.0.1:41 (0.2 ms), mask 0a1b2c3d\n< Sec-WebSocket-Accept: a+/=";
    let same = "* reached 127.0.0.1:0 (0 ms), mask 0\n< Sec-WebSocket-Accept: key";
    assert_eq!(blotted(told), same);
    assert_eq!(
        blotted("5 bytes, 19 on the wire"),
        "5 bytes, 19 on the wire"
    );
}
