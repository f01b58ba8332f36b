//! Of which mode it is: stdin and stdout terminals or not, and what chooses.

use super::super::support::{Command, Key, Server, program};
use super::{Ear, abreast, text};

/// What stdin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stdin {
    Terminal,
    Pipe,
    Empty,
    Closed,
}

/// What else there is, and what it makes of messages where nothing is shown.
const OPTIONS: [(&str, Written); 10] = [
    ("", Written::Lines),
    ("TERM=dumb", Written::Lines),
    ("--output lines", Written::Lines),
    ("--output raw", Written::Raw),
    ("--output notation", Written::Notation),
    ("--json", Written::Events),
    ("--input lines", Written::Lines),
    ("-b", Written::Lines),
    ("-w 1", Written::Lines),
    ("-0", Written::Raw),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// As the prompt shows it.
    Shown,
    Lines,
    Raw,
    Notation,
    Events,
    Nothing,
}

/// What a run was like.
#[derive(Debug, PartialEq, Eq)]
struct Mode {
    prompt: bool,
    notice: bool,
    written: Written,
}

/// The rules, as they are told to users.
fn expected(stdin: Stdin, to_terminal: bool, (option, written): (&str, Written)) -> Mode {
    let from_terminal = stdin == Stdin::Terminal;
    let prompt = from_terminal && to_terminal && option.is_empty();
    let shown = to_terminal && !option.contains("output") && !["--json", "-0"].contains(&option);
    Mode {
        prompt,
        notice: from_terminal && !prompt && option != "-w 1",
        written: if shown { Written::Shown } else { written },
    }
}

fn command(stdin: Stdin, to_terminal: bool, option: &str, server: &Server) -> Command {
    let (before, behind) = match stdin {
        Stdin::Terminal => ("", ""),
        Stdin::Pipe => (r#"echo '{"text":"hi"}' |"#, ""),
        Stdin::Empty => ("", "</dev/null"),
        Stdin::Closed => ("", "<&-"),
    };
    let (option, variable) = match option.strip_prefix("TERM=") {
        Some(term) => ("", Some(term)),
        None => (option, None),
    };
    let (to, then) = match to_terminal {
        true => ("", ""),
        false => (
            "> out",
            r#"; code=$?; { cat -v out; echo "|"; } | sed "s/^/out:/"; exit $code"#,
        ),
    };
    let line = format!(r#"{before} "$0" "$1" {option} {behind} {to} {then}"#);
    let command = program("/bin/sh").args(["-c", &line, env!("CARGO_BIN_EXE_wstalk")]);
    let command = command.arg(server.url());
    match variable {
        Some(term) => command.env("TERM", term),
        None => command,
    }
}

/// What a run was like, by what it printed.
fn seen(screen: &str, printed: &str, to_terminal: bool) -> Mode {
    let begins = match to_terminal {
        true => "",
        false => "out:",
    };
    let has = |line: &str| screen.lines().any(|one| one == format!("{begins}{line}"));
    let event = format!("{begins}{{\"v\":1,");
    let written = if has("< /string \"\\u001b[31mred\"") {
        Written::Shown
    } else if has("/string \"\\u001b[31mred\"") {
        Written::Notation
    } else if screen.lines().any(|one| one.starts_with(&event)) {
        Written::Events
    } else if printed.contains("\u{1b}[31mred\r\n") || has("^[[31mred") {
        Written::Lines
    } else if printed.contains("\u{1b}[31mred") || has("^[[31mred|") || has("^[[31mred^@|") {
        Written::Raw
    } else {
        Written::Nothing
    };
    Mode {
        prompt: screen.contains("* connected to "),
        notice: screen.contains("* reading lines from the terminal, Ctrl-D ends\n"),
        written,
    }
}

#[test]
fn the_mode_is_chosen_by_the_ends_and_by_what_was_asked_for() {
    let mut cases = Vec::new();
    for stdin in [Stdin::Terminal, Stdin::Pipe, Stdin::Empty, Stdin::Closed] {
        for to_terminal in [true, false] {
            cases.extend(OPTIONS.map(|option| (stdin, to_terminal, option)));
        }
    }
    abreast(&cases, |(stdin, to_terminal, option)| {
        let reads = *stdin == Stdin::Pipe && option.0 != "-w 1";
        let server = Server::accept(move |conn| {
            conn.upgrade();
            if reads {
                conn.read_message();
            }
            conn.text("\u{1b}[31mred").close(1000, "").expect_close();
            conn.finish();
        });
        let case = format!("{stdin:?}, terminal {to_terminal}, {option:?}");
        let mut terminal = command(*stdin, *to_terminal, option.0, &server).in_terminal(24, 600);
        terminal.wait_for(|screen| screen.contains("red"), &case);
        let printed = String::from_utf8_lossy(&terminal.printed()).into_owned();
        let finished = terminal.finish();
        let seen = seen(&finished.screen, &printed, *to_terminal);
        let expected = expected(*stdin, *to_terminal, *option);
        assert_eq!(seen, expected, "{case}: {}", finished.screen);
        assert_eq!(finished.code, 0, "{case}: {}", finished.screen);
        server.finish();
    });
}

#[test]
fn a_closed_stdin_is_an_empty_one_at_a_terminal_too() {
    let ear = Ear::default();
    let server = ear.server();
    let terminal = command(Stdin::Closed, true, "-x hi -E", &server).in_terminal(24, 100);
    let finished = terminal.finish();
    assert_eq!((finished.code, &*finished.screen), (0, ""));
    server.finish();
    assert_eq!(ear.said()[0], text("hi"));
}

#[test]
fn options_of_the_pipe_alone_are_refused_at_the_prompt() {
    for options in ["--pace", "-E", "--linger 2"] {
        let server = Server::untouched();
        let mut terminal = command(Stdin::Terminal, true, options, &server).in_terminal(24, 100);
        terminal.wait_for(|screen| !screen.is_empty(), options);
        terminal.key(Key::CtrlD);
        let finished = terminal.finish();
        let said = finished.screen.starts_with("wstalk: error: ");
        assert!(said, "{options}: {}", finished.screen);
        assert_eq!(finished.code, 2, "{options}");
        server.finish();
    }
}

#[test]
fn the_events_at_a_terminal_are_told_to_their_end() {
    let ear = Ear::default();
    let server = ear.server();
    let options = "--json -x hi -w 0.1";
    let terminal = command(Stdin::Empty, true, options, &server).in_terminal(24, 600);
    let finished = terminal.finish();
    let last = finished.screen.lines().last().unwrap_or_default();
    assert!(last.contains("\"event\":\"end\",\"exit\":0"), "{last}");
    assert_eq!(finished.code, 0);
    server.finish();
}
