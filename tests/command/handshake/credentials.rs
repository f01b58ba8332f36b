//! Who we say we are: passwords that are asked for or come from files, tokens,
//! cookies, and headers from files.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;
use tempfile::TempDir;

use super::super::support::{Key, Server, Terminal, wstalk};
use super::close;

/// A server that is sent this header.
fn server_that_gets(name: &'static str, value: &'static str) -> Server {
    Server::accept(move |conn| {
        let head = conn.upgrade();
        assert_eq!(head.header(name), Some(value));
        close(conn);
    })
}

fn file(folder: &TempDir, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join("file");
    fs::write(&path, text).expect("a file");
    path
}

const ME: &str = "Basic bWU6aHVudGVyMg==";

#[test]
fn tokens_and_cookies_are_headers() {
    for (options, name, value) in [
        (&["--bearer", "abc"][..], "Authorization", "Bearer abc"),
        (&["--oauth2-bearer", "abc"], "Authorization", "Bearer abc"),
        (&["--auth", "me:hunter2"], "Authorization", ME),
        (&["--cookie", "a=b; c=d"], "Cookie", "a=b; c=d"),
        (
            &["--bearer", "abc", "-H", "Authorization: x"],
            "Authorization",
            "x",
        ),
        (&["--cookie", "a=b", "-H", "Cookie: x"], "Cookie", "x"),
    ] {
        let server = server_that_gets(name, value);
        let command = wstalk().arg(server.url()).args(options).stdin_stays_open();
        command.run().stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn secrets_come_from_files_without_their_line_end() {
    for (option, text, name, value) in [
        ("--bearer", "abc\n", "Authorization", "Bearer abc"),
        ("--bearer", "abc", "Authorization", "Bearer abc"),
        ("--user", "me:hunter2\r\n", "Authorization", ME),
        ("--cookie", "a=b\n", "Cookie", "a=b"),
    ] {
        let folder = TempDir::new().expect("a folder");
        let path = format!("@{}", file(&folder, text).display());
        let server = server_that_gets(name, value);
        let command = wstalk()
            .args([server.url(), option, &path])
            .stdin_stays_open();
        command.run().stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_secret_may_come_from_stdin() {
    let server = server_that_gets("Authorization", "Bearer abc");
    let command = wstalk()
        .args([server.url(), "--bearer", "@-"])
        .stdin("abc\n");
    command.run().stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn stdin_holds_one_secret() {
    let server = Server::untouched();
    let options = ["--bearer", "@-", "--cookie", "@-"];
    let command = wstalk().arg(server.url()).args(options).stdin("abc\n");
    let first = "wstalk: error: --cookie: - is empty";
    command.run().stdout("").stderr_first_line(first).code(2);
    server.finish();
}

#[test]
fn a_file_that_holds_no_secret_is_refused_by_name() {
    let folder = TempDir::new().expect("a folder");
    for (text, before, said, code) in [
        (
            &b"two\nlines\n"[..],
            "--bearer: ",
            " holds more than a line of text",
            2,
        ),
        (b"\n", "--bearer: ", " is empty", 2),
        (b"\xff\n", "--bearer: ", " is not UTF-8", 2),
        (
            &[b'x'; 70_000],
            "cannot read ",
            ": it is longer than 64 KiB",
            26,
        ),
    ] {
        let path = file(&folder, text);
        let server = Server::untouched();
        let option = format!("@{}", path.display());
        let output = wstalk().args([server.url(), "--bearer", &option]).run();
        let first = format!("wstalk: error: {before}{}{said}", path.display());
        output.stdout("").stderr_first_line(&first).code(code);
        server.finish();
    }
    let server = Server::untouched();
    let command = wstalk().args([server.url(), "--cookie", "@/nowhere/at/all"]);
    let said = "wstalk: error: cannot read /nowhere/at/all: no such file or directory";
    command.run().stdout("").stderr_first_line(said).code(26);
    server.finish();
}

#[test]
fn headers_come_from_files_in_their_place() {
    let folder = TempDir::new().expect("a folder");
    let path = format!(
        "@{}",
        file(&folder, "X-B: 2\r\n\nx-c:  3 \nUser-Agent:\n").display()
    );
    let server = Server::accept(|conn| {
        let head = conn.upgrade();
        let lines = head.header_lines();
        let ours: Vec<&&str> = lines
            .iter()
            .filter(|line| line.to_lowercase().starts_with("x-"))
            .collect();
        assert_eq!(ours, [&"X-A: 1", &"X-B: 2", &"x-c: 3", &"X-D: 4"]);
        assert_eq!(head.header("User-Agent"), None);
        close(conn);
    });
    let options = ["-H", "X-A: 1", "-H", &path, "-H", "X-D: 4"];
    let command = wstalk().arg(server.url()).args(options).stdin_stays_open();
    command.run().stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn a_file_with_a_line_that_is_no_header_names_the_line() {
    let folder = TempDir::new().expect("a folder");
    let path = file(&folder, "X-A: 1\n\nnot a header s3cret\n");
    let server = Server::untouched();
    let option = format!("@{}", path.display());
    let output = wstalk().args([server.url(), "-H", &option]).run();
    let said = format!("wstalk: error: --header @{}: line 3: ", path.display());
    assert!(!output.stderr_seen().contains("s3cret"));
    output.stdout("").stderr_contains(&said).code(2);
    server.finish();
}

#[test]
fn two_ways_to_authenticate_contradict_each_other() {
    let server = Server::untouched();
    let options = ["--bearer", "abc", "--user", "me:x"];
    let command = wstalk().arg(server.url()).args(options);
    command.run().stdout("").code(2);
    server.finish();
}

/// A prompt for a password.
fn asked(server: &Server) -> Terminal {
    let mut terminal = wstalk()
        .args([server.url(), "-u", "me"])
        .in_terminal(24, 80);
    terminal.wait_for(
        |screen| screen.ends_with("password for me (--user):"),
        "the question",
    );
    terminal
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let server = Server::accept(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.header("Authorization"), Some(ME));
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let mut terminal = asked(&server);
    terminal
        .type_("hunterr")
        .key(Key::Backspace)
        .type_("2")
        .key(Key::Enter);
    terminal.wait_for_text("* closed by the server: 1000");
    let finished = terminal.finish();
    assert!(!finished.screen.contains("hunter"), "{}", finished.screen);
    assert_eq!(finished.code, 0);
    server.finish();
}

#[test]
fn a_password_that_is_not_typed_is_a_usage_error() {
    let server = Server::untouched();
    let mut terminal = asked(&server);
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    assert!(
        finished
            .screen
            .contains("password for me (--user): none was typed"),
        "{}",
        finished.screen
    );
    assert_eq!(finished.code, 2);
    server.finish();
}

#[test]
fn leaving_while_a_password_is_typed_leaves_the_terminal_as_it_was() {
    let server = Server::untouched();
    let mut terminal = asked(&server);
    terminal.type_("hunt").key(Key::CtrlC);
    assert_eq!(terminal.finish().code, 130);
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let mut terminal = asked(&server);
        terminal.type_("hunt").signal(signal);
        assert_eq!(terminal.finish().code, code);
    }
    server.finish();
}

#[test]
fn the_limit_of_the_run_holds_while_a_password_is_typed() {
    let server = Server::untouched();
    let options = [server.url(), "-u", "me", "-m", "0.3"];
    let finished = wstalk().args(options).in_terminal(24, 80).finish();
    assert!(
        finished
            .screen
            .contains("the whole run took longer than 0.3 s"),
        "{}",
        finished.screen
    );
    assert_eq!(finished.code, 28);
    server.finish();
}

#[test]
fn what_follows_a_password_is_not_lost() {
    let server = Server::accept(|conn| {
        assert_eq!(conn.upgrade().header("Authorization"), Some(ME));
        conn.expect_text("first line");
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let mut terminal = asked(&server);
    terminal.type_("hunter2\rfirst line\r");
    terminal.wait_for_text("* closed by the server: 1000");
    assert_eq!(terminal.finish().code, 0);
    server.finish();
}
