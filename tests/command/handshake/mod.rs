//! The opening handshake: what is asked, which answers are taken, and what is
//! said of all others.

mod accepted;
mod credentials;
mod cut;
mod limits;
mod reach;
mod redirects;
mod refusal;
mod request;
mod retry;
mod url;
mod wrong;

use super::support::{self, Command, Conn, Head, Output, Server, wstalk};

/// A conversation with this server that does not end by the end of stdin.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url()).stdin_stays_open()
}

/// The reply to this request: `(KEY)` in it is the accept key.
fn reply_to(head: &Head, reply: &str) -> String {
    reply.replace("(KEY)", &head.accept_key())
}

/// Closes with 1000 and ends as it should.
#[track_caller]
fn close(conn: &mut Conn<'_>) {
    conn.close(1000, "").expect_close();
    conn.finish();
}

/// Everything that a run left behind, exactly; `case` names it in a failure.
#[track_caller]
fn assert_ended(case: &str, output: &Output, stdout: &str, stderr: &str, code: i32) {
    let seen = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let seen = (output.exit_code(), seen, output.stderr_seen());
    assert_eq!(seen, (Some(code), stdout.to_owned(), stderr), "{case}");
}

/// Nothing in it can drive a terminal.
#[track_caller]
fn assert_harmless(case: &str, stderr: &str) {
    let harmful = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(!stderr.contains(harmful), "{case}: {stderr:?}");
}

/// Runs all of them at once.
fn at_once<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    support::abreast(cases.len(), cases, run);
}
