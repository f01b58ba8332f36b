//! How conversations end: by the server's Close, by a broken protocol, by a
//! lost connection, and by our Close.

mod codes;
mod faults;
mod lost;
mod ours;
mod payloads;

use super::support::{self, Command, Conn, Output, Server, wstalk};

/// A conversation with this server that does not end by the end of stdin.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url()).stdin_stays_open()
}

/// A server that upgrades and follows the script.
fn upgraded(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
    Server::upgraded(script)
}

/// Everything that a run left behind, exactly; `case` names it in a failure.
#[track_caller]
fn assert_ended(case: &str, output: &Output, stdout: &str, stderr: &str, code: i32) {
    let seen = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let seen = (output.exit_code(), seen, output.stderr_seen());
    assert_eq!(seen, (Some(code), stdout.to_owned(), stderr), "{case}");
}

/// What is said of a fault.
fn broke(fault: &str) -> String {
    format!("wstalk: error: the server broke the protocol: {fault}\n")
}

/// Runs all of them at once.
fn at_once<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    support::abreast(cases.len(), cases, run);
}
