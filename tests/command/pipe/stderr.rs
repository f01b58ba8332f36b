//! Of stderr: silence, `-q`, and colours.

use super::super::support::{Command, Frame, Server, frame::opcode, wstalk};
use super::{hear, talk};

/// A server that closes with this code and reason.
fn server_that_closes(code: u16, reason: &'static str) -> Server {
    Server::accept(move |conn| {
        conn.upgrade();
        conn.close(code, reason).expect_close();
        conn.finish();
    })
}

#[test]
fn a_close_with_an_error_code_is_told_with_its_meaning() {
    for options in [&[][..], &["-q"]] {
        let server = server_that_closes(1008, "quota \u{1b}[31m");
        let output = talk(&server).args(options).stdin_stays_open().run();
        output
            .stdout("")
            .stderr_first_line(
                "wstalk: error: the server closed the connection with 1008 \"quota \\u001b[31m\"",
            )
            .stderr_contains("\nhint: ")
            .code(69);
        server.finish();
    }
}

#[test]
fn a_run_that_ends_well_is_silent_whatever_came() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[("Server", "odd one"), ("Set-Cookie", "a=b")]);
        conn.ping("p")
            .pong("q")
            .text("text")
            .frame(opcode::PING, "");
        hear(conn);
    });
    let output = talk(&server).arg("-E").stdin("a\n").run();
    output.stdout("text\n").stderr("").code(0);
    server.finish();
}

type Environment = &'static [(&'static str, &'static str)];

#[test]
fn colours_on_stderr_are_as_asked_for() {
    let cases: [(&str, &[&str], Environment, bool); 9] = [
        ("no terminal", &[], &[], false),
        ("auto", &["--color", "auto"], &[], false),
        ("always", &["--color", "always"], &[], true),
        ("never", &["--color", "never"], &[], false),
        ("forced", &[], &[("CLICOLOR_FORCE", "1")], true),
        ("not forced", &[], &[("CLICOLOR_FORCE", "0")], false),
        (
            "never goes before the environment",
            &["--color", "never"],
            &[("CLICOLOR_FORCE", "1")],
            false,
        ),
        (
            "always goes before the environment",
            &["--color", "always"],
            &[("NO_COLOR", "1")],
            true,
        ),
        (
            "--no-color",
            &["--no-color"],
            &[("CLICOLOR_FORCE", "1")],
            false,
        ),
    ];
    for (case, options, environment, coloured) in cases {
        let server = server_that_closes(1011, "");
        let with = |command: Command, (name, value): &(&str, &str)| command.env(name, value);
        let command = environment.iter().fold(wstalk(), with);
        let output = command.arg(server.url()).args(options).run();
        let stderr = output.stderr_seen();
        assert_eq!(stderr.contains("\x1b["), coloured, "{case}: {stderr:?}");
        let plain = without_colours(stderr);
        assert!(plain.starts_with("wstalk: error: "), "{case}: {plain:?}");
        output.code(69);
        server.finish();
    }
}

/// The text without colours (SGR).
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

#[test]
fn colours_follow_the_terminal_and_no_color() {
    let cases: [(&str, Environment, &[&str], bool); 4] = [
        ("a terminal", &[], &[], true),
        ("NO_COLOR", &[("NO_COLOR", "1")], &[], false),
        ("an empty NO_COLOR", &[("NO_COLOR", "")], &[], true),
        ("never", &[], &["--color", "never"], false),
    ];
    for (case, environment, options, coloured) in cases {
        let server = server_that_closes(1011, "");
        let with = |command: Command, (name, value): &(&str, &str)| command.env(name, value);
        let terminal = environment
            .iter()
            .fold(wstalk(), with)
            .args([server.url(), "--output", "lines"])
            .args(options)
            .in_terminal(24, 80);
        let mut terminal = terminal;
        terminal.wait_for_text("wstalk: error: the server closed");
        let printed = String::from_utf8_lossy(&terminal.printed()).into_owned();
        assert_eq!(printed.contains("\x1b["), coloured, "{case}: {printed:?}");
        assert_eq!(terminal.finish().code, 69, "{case}");
        server.finish();
    }
}

#[test]
fn a_message_beyond_the_limit_ends_the_connection_with_1009() {
    let cases: [(&str, Vec<Frame>); 4] = [
        ("whole", vec![Frame::text("12345678901")]),
        ("claimed", vec![Frame::binary("1").claiming(1 << 40)]),
        (
            "in fragments",
            vec![
                Frame::text("123456").unfinished(),
                Frame::continuation("78901"),
            ],
        ),
        (
            "without end",
            vec![
                Frame::text("1234567890").unfinished(),
                Frame::continuation("1").unfinished(),
            ],
        ),
    ];
    for (case, frames) in cases {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("1234567890");
            for frame in &frames {
                conn.send(frame);
            }
            assert_eq!(conn.expect_close().0, Some(1009), "{case}");
        });
        let output = talk(&server)
            .args(["--max-message-size", "10"])
            .stdin_stays_open()
            .run();
        let stdout = String::from_utf8_lossy(output.stdout_seen()).into_owned();
        assert!(stdout.starts_with("1234567890\n"), "{case}: {stdout:?}");
        assert!(!stdout[11..].contains('\n'), "{case}: {stdout:?}");
        let stderr = output.stderr_seen();
        assert!(
            stderr.contains("wstalk: error: the server broke the protocol: "),
            "{case}: {stderr}"
        );
        assert!(stderr.contains("--max-message-size"), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(76), "{case}");
        server.finish();
    }
}

#[test]
fn lines_and_raw_have_no_limit_unless_one_is_given() {
    for format in ["lines", "raw"] {
        let server = Server::accept(|conn| {
            conn.upgrade();
            // More than what is held whole elsewhere; the rest never comes.
            conn.send(&Frame::text("begun").claiming(1 << 30)).finish();
        });
        let output = talk(&server).args(["--output", format]).run();
        output
            .stdout("begun")
            .stderr_contains("message 1 was cut short after 5 bytes")
            .code(56);
        server.finish();
    }
}
