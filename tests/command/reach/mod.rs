//! How a server is reached: addresses, Unix sockets, proxies, and what is said
//! when none of that leads to it.

mod addresses;
mod environment;
mod hostile;
mod http;
mod limits;
mod socket;
mod socks;
mod told;
mod usage;

use super::support::{Command, Conn, Output, Server, wstalk};

/// A conversation that does not end by the end of stdin.
fn talk(url: impl AsRef<str>) -> Command {
    wstalk().arg(url.as_ref()).stdin_stays_open()
}

/// Says `hello` and closes.
fn greet(conn: &mut Conn<'_>) {
    conn.upgrade();
    conn.text("hello").close(1000, "").expect_close();
    conn.finish();
}

fn greeting_server() -> Server {
    Server::accept(greet)
}

/// The conversation with a greeting server must take place.
#[track_caller]
fn greeted(case: &str, command: Command) {
    ends(case, &command.run(), "hello\n", "", 0);
}

/// Everything that a run left behind, exactly.
#[track_caller]
fn ends(case: &str, output: &Output, stdout: &str, stderr: &str, code: i32) {
    let seen = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let seen = (output.exit_code(), seen, output.stderr_seen());
    assert_eq!(seen, (Some(code), stdout.to_owned(), stderr), "{case}");
}

/// Must fail so, with an empty stdout.
#[track_caller]
fn fails(case: &str, command: Command, error: &str, hint: &str, code: i32) {
    let stderr = format!("wstalk: error: {error}\nhint: {hint}\n");
    ends(case, &command.run(), "", &stderr, code);
}

/// Lines of many lengths must come back through whatever stands between.
#[track_caller]
fn echoes(case: &str, server: Server, command: Command) {
    let sizes = [0, 1, 125, 126, 16_384, 65_536, 1_000_000];
    let lines: String = sizes.iter().map(|size| "x".repeat(*size) + "\n").collect();
    let count = sizes.len().to_string();
    let output = command.args(["-N", &count]).stdin(&lines).run();
    assert_eq!(
        (output.exit_code(), output.stderr_seen()),
        (Some(0), ""),
        "{case}"
    );
    assert!(
        output.stdout_seen() == lines.as_bytes(),
        "{case}: another stdout"
    );
    server.finish();
}
