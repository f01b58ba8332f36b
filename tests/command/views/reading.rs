//! How messages are laid out on a screen: JSON for the width and height of the
//! window, stamps, colours, and letters that would break the rows.

use super::super::support::{Key, Server, Terminal, program, wstalk};
use super::upgraded;

const ORDER: &str = r#"{"id":7,"side":"buy","tags":["a","b"],"who":{"name":"Ann","at":null},"note":"a long remark on the order"}"#;

/// A server that says `message`, and again for each of so many lines.
fn says(message: impl Into<String>, lines: usize) -> Server {
    let message = message.into();
    upgraded(move |conn| {
        conn.text(&message);
        for _ in 0..lines {
            conn.expect_text("again").text(&message);
        }
        assert_eq!(conn.answer_close().0, Some(1000));
    })
}

/// A server that says this and closes.
fn says_all(messages: &'static [&str]) -> Server {
    upgraded(move |conn| {
        for message in messages {
            conn.text(message);
        }
        super::close(conn);
    })
}

/// The program in a pipe whose stdout is a terminal.
fn shown(server: &Server, options: &str, (rows, columns): (u16, u16)) -> Terminal {
    let line = format!(r#""$0" "$1" -q --linger -1 {options} < /dev/null"#);
    let command =
        program("/bin/sh").args(["-c", &line, env!("CARGO_BIN_EXE_wstalk"), server.url()]);
    command.env("TZ", "UTC0").in_terminal(rows, columns)
}

/// The rows of the screen at the end of a run that ends well.
#[track_caller]
fn rows_of(terminal: Terminal, server: Server) -> Vec<String> {
    let finished = terminal.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    server.finish();
    finished.screen.lines().map(str::to_owned).collect()
}

/// A prompt below the first message.
#[track_caller]
fn prompt(server: &Server, options: &[&str], (rows, columns): (u16, u16)) -> Terminal {
    let command = wstalk().args([server.url(), "-q"]).args(options);
    let mut terminal = command.env("TZ", "UTC0").in_terminal(rows, columns);
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal
}

#[track_caller]
fn leave(mut terminal: Terminal, server: Server) {
    terminal.key(Key::CtrlD);
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}

#[test]
fn json_that_is_too_wide_is_indented_and_follows_the_window() {
    let server = says(ORDER, 2);
    let mut terminal = prompt(&server, &[], (24, 160));
    assert_eq!(terminal.screen(), format!("< {ORDER}\n>"));
    terminal.resize(24, 60).type_("again").key(Key::Enter);
    let narrower = [
        "< {",
        "    \"id\": 7,",
        "    \"side\": \"buy\",",
        "    \"tags\": [\"a\", \"b\"],",
        "    \"who\": {\"name\": \"Ann\", \"at\": null},",
        "    \"note\": \"a long remark on the order\"",
        "  }",
        ">",
    ];
    terminal.wait_for_text(&narrower.join("\n"));
    terminal.resize(24, 30).type_("again").key(Key::Enter);
    let narrowest = [
        "    \"who\": {",
        "      \"name\": \"Ann\",",
        "      \"at\": null",
        "    },",
        "    \"note\": \"a long r\"… of 26",
        "  }",
        "  … /show 5 shows it whole",
        ">",
    ];
    terminal.wait_for_text(&narrowest.join("\n"));
    leave(terminal, server);
}

#[test]
fn a_message_takes_no_more_rows_than_the_window_has() {
    let elements: Vec<String> = (0..500)
        .map(|id| format!("{{\"id\":{id},\"text\":\"{}\"}}", "x".repeat(50)))
        .collect();
    let server = says(format!("[{}]", elements.join(",")), 1);
    let mut terminal = prompt(&server, &[], (12, 40));
    let screen = terminal.screen();
    assert!(
        screen.starts_with("< [\n    {\n      \"id\": 0,\n"),
        "{screen}"
    );
    assert!(
        screen.ends_with(" more\n  ]\n  … /show 1 shows it whole\n>"),
        "{screen}"
    );
    terminal.resize(5, 20).type_("again").key(Key::Enter);
    let expected = [
        "    {… 2 more},",
        "    … 499 more",
        "  ]",
        "  … /show 3",
        ">",
    ];
    terminal.wait_for_text(&expected.join("\n"));
    leave(terminal, server);
}

#[test]
fn json_is_indented_always_or_never_when_asked_for() {
    for (option, expected) in [
        ("", &["< {\"a\":[1]}"][..]),
        ("--pretty=auto", &["< {\"a\":[1]}"]),
        (
            "--pretty",
            &["< {", "    \"a\": [", "      1", "    ]", "  }"],
        ),
        (
            "--pretty=always",
            &["< {", "    \"a\": [", "      1", "    ]", "  }"],
        ),
    ] {
        let server = says_all(&["{\"a\":[1]}"]);
        let terminal = shown(&server, option, (24, 80));
        assert_eq!(rows_of(terminal, server), expected, "{option}");
    }
    let server = says_all(&[ORDER]);
    let terminal = shown(&server, "--pretty=never", (24, 200));
    assert_eq!(rows_of(terminal, server), [format!("< {ORDER}")]);
}

#[test]
fn messages_are_numbered_and_timed_on_request() {
    for (columns, below) in [(80, false), (40, true)] {
        let server = says_all(&["one", "two"]);
        let terminal = shown(&server, "--timestamps", (24, columns));
        let rows = rows_of(terminal, server);
        let (first, second) = match below {
            false => (rows[0].clone(), rows[1].clone()),
            true => (rows[..2].join(" "), rows[2..].join(" ")),
        };
        assert_stamp(&first, "1", None, "< one");
        assert_stamp(&second, "2", Some('s'), "< two");
    }
}

/// Number, time of day, perhaps a gap with its unit, and the message.
#[track_caller]
fn assert_stamp(row: &str, number: &str, unit: Option<char>, message: &str) {
    let stamp = row.strip_suffix(message).expect("the message").trim();
    let mut words = stamp.split_whitespace();
    assert_eq!(words.next(), Some(number), "{row}");
    let time = words.next().expect("a time");
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "00:00:00.000", "{row}");
    let gap = words.next();
    assert_eq!(
        gap.map(|gap| gap.starts_with('+')),
        unit.map(|_| true),
        "{row}"
    );
    assert_eq!(gap.and_then(|gap| gap.chars().last()), unit, "{row}");
    assert_eq!(words.next(), None, "{row}");
}

#[test]
fn a_prompt_stamps_what_was_sent_on_connect_too() {
    let server = upgraded(|conn| {
        conn.expect_text("mine");
        conn.text("theirs");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let mut terminal = prompt(&server, &["--timestamps", "-x", "mine"], (24, 80));
    terminal.wait_for_text("< theirs\n>");
    let screen = terminal.screen();
    let rows: Vec<&str> = screen.lines().collect();
    assert_stamp(rows[0], "1", None, "> mine");
    assert_stamp(rows[1], "2", Some('s'), "< theirs");
    assert_eq!(rows[0].find("> mine"), rows[1].find("< theirs"), "{screen}");
    leave(terminal, server);
}

#[test]
fn colours_of_json_can_be_left_out() {
    let json = "{\"key\":\"text\"}";
    for (options, variable, coloured) in [
        (&[][..], None, true),
        (&[], Some("NO_COLOR"), false),
        (&["--color", "never"], None, false),
        (&["--color", "always"], Some("NO_COLOR"), true),
    ] {
        let server = says(json, 0);
        let mut command = wstalk().args([server.url(), "-q"]).args(options);
        if let Some(name) = variable {
            command = command.env(name, "1");
        }
        let mut terminal = command.in_terminal(24, 80);
        terminal.wait_for_text(&format!("< {json}\n>"));
        let (bold, green) = terminal.inspect(|screen| {
            let cell = |column| screen.cell(0, column).expect("a cell");
            (cell(4).bold(), cell(10).fgcolor() == vt100::Color::Idx(2))
        });
        assert_eq!(
            (bold, green),
            (coloured, coloured),
            "{options:?} {variable:?}"
        );
        leave(terminal, server);
    }
}

#[test]
fn no_letters_break_the_rows() {
    let pile = format!("o{}", "\u{301}".repeat(1000));
    for (message, expected) in [
        ("日本語 שלום e\u{301}".to_owned(), "< 日本語 שלום e\u{301}"),
        ("\u{301}x".to_owned(), "< /string \"\\u0301x\""),
        (
            "a\u{200b}\u{e0041}b".to_owned(),
            "< /string \"a\\u200b\\udb40\\udc41b\"",
        ),
        (pile, "\\u0301\\u0301\""),
    ] {
        let server = says(&*message, 0);
        let mut terminal = prompt(&server, &[], (120, 80));
        terminal.wait_for_text(expected);
        assert_eq!(terminal.screen().lines().last(), Some(">"));
        terminal
            .type_("typed")
            .wait_for(|screen| screen.ends_with("\n> typed"), "a line below");
        terminal.key(Key::CtrlU);
        leave(terminal, server);
    }
}

#[test]
fn wide_letters_in_json_stay_within_the_window() {
    let json = format!(
        "{{\"語\":\"{}\",\"b\":\"{}\"}}",
        "語".repeat(60),
        "ש".repeat(60)
    );
    let server = says(json, 0);
    let terminal = prompt(&server, &[], (24, 40));
    let screen = terminal.screen();
    let rows: Vec<&str> = screen.lines().collect();
    assert_eq!(rows.len(), 6, "{screen}");
    assert!(rows[1].ends_with("語\"… of 60,"), "{screen}");
    assert!(rows[2].ends_with("ש\"… of 60"), "{screen}");
    leave(terminal, server);
}

#[test]
fn options_for_a_screen_are_refused_where_there_is_none() {
    for (options, named) in [
        (
            &["--timestamps"][..],
            "--timestamps is for messages on a screen, and stdout carries",
        ),
        (
            &["--pretty"],
            "--pretty is for messages on a screen, and stdout carries",
        ),
        (
            &["--pretty=never", "--output", "notation"],
            "--pretty is for messages on a screen",
        ),
        (
            &["--timestamps", "--echo"],
            "--timestamps is for messages on a screen, and nothing is",
        ),
    ] {
        let server = Server::untouched();
        let output = wstalk().args([server.url()]).args(options).run();
        let stderr = output.stderr_seen();
        assert!(stderr.contains(named), "{options:?}: {stderr}");
        assert!(stderr.contains("\nhint: "), "{options:?}: {stderr}");
        output.stdout("").code(2);
        server.finish();
    }
}
