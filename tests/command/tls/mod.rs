//! TLS: whom the program trusts, what it says of all others, and that a
//! conversation goes through unchanged.

mod clients;
mod facts;
mod failure;
mod files;
mod passphrases;
mod roots;
mod trust;
mod versions;

use super::support::{Authority, Command, Conn, Server, echo_server_tls, wstalk};

/// A conversation that does not end by the end of stdin.
fn talk(url: &str) -> Command {
    wstalk().arg(url).stdin_stays_open()
}

fn trusting(url: &str, authority: &Authority) -> Command {
    let file = authority.certificate_path();
    talk(url).arg("--cacert").arg(file)
}

/// A whole conversation of the server's side.
fn greet(conn: &mut Conn<'_>) {
    conn.upgrade();
    conn.text("hello").close(1000, "").expect_close();
    conn.finish();
}

/// The conversation must take place.
#[track_caller]
fn greeted(case: &str, server: Server, command: Command) {
    let output = command.run();
    let seen = (
        output.exit_code(),
        output.stdout_seen(),
        output.stderr_seen(),
    );
    assert_eq!(seen, (Some(0), &b"hello\n"[..], ""), "{case}");
    server.finish();
}

/// Must end so, with nothing on stdout.
#[track_caller]
fn fails(case: &str, command: Command, stderr: &str, code: i32) {
    let output = command.run();
    let seen = (
        output.exit_code(),
        output.stdout_seen(),
        output.stderr_seen(),
    );
    assert_eq!(seen, (Some(code), &b""[..], stderr), "{case}");
}

#[test]
fn large_messages_go_both_ways_unchanged() {
    let authority = Authority::new();
    let server = echo_server_tls(&authority.localhost());
    let sizes = [
        0, 1, 125, 126, 16_383, 16_384, 16_385, 65_535, 65_536, 3_000_000,
    ];
    let lines: Vec<String> = sizes
        .iter()
        .map(|size| "é0".repeat(size / 3) + "\n")
        .collect();
    let count = lines.len().to_string();
    let output = trusting(server.url(), &authority)
        .args(["-N", &count])
        .stdin(lines.concat())
        .run();
    assert_eq!(output.exit_code(), Some(0), "{}", output.stderr_seen());
    assert!(
        output.stdout_seen() == lines.concat().as_bytes(),
        "another stdout"
    );
    output.stderr("");
    server.finish();
}

#[test]
fn both_directions_flood_at_once() {
    const COUNT: usize = 100_000;
    let authority = Authority::new();
    let server = echo_server_tls(&authority.localhost());
    let lines: String = (0..COUNT).map(|n| format!("{n:064}\n")).collect();
    let output = trusting(server.url(), &authority)
        .args(["-N", &COUNT.to_string()])
        .stdin(&lines)
        .run();
    assert!(output.stdout_seen() == lines.as_bytes(), "another stdout");
    output.stderr("").code(0);
    server.finish();
}
