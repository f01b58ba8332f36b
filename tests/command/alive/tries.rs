//! Of the tries to connect again: when the first one comes, which ones are
//! followed by another, and how many there are.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::ending::each_at_once;
use super::super::support::{Conn, Server};
use super::{AGAIN, Script, closes, end, talk};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

#[test]
fn the_first_try_comes_after_half_a_second_to_one() {
    let lost = Arc::new(Mutex::new(None));
    let server = Server::accept_many(2, move |conn| {
        let opened = Instant::now();
        conn.upgrade();
        let mut lost = lost.lock().expect("a sound lock");
        if conn.number() == 1 {
            conn.reset();
            *lost = Some(Instant::now());
            return;
        }
        let gap = opened - lost.expect("a first connection");
        assert!(490 * MS <= gap && gap <= 2 * SECOND, "{gap:?}");
        end(conn);
    });
    let output = talk(&server).arg("--reconnect").stdin_stays_open().run();
    output.stdout("").code(0);
    server.finish();
}

/// A server whose first connection is lost, and whose later ones begin so.
fn then(count: usize, later: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
    Server::accept_many(count, move |conn| {
        if conn.number() > 1 {
            return later(conn);
        }
        conn.upgrade();
        conn.reset();
    })
}

const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_try_that_is_refused_for_now_is_followed_by_another() {
    let first: Vec<(&str, Script)> = vec![
        ("503", |conn| {
            conn.reply(UNAVAILABLE);
        }),
        ("no answer", |conn| {
            conn.read_head();
            conn.finish();
        }),
        ("a reset", |conn| conn.reset()),
    ];
    each_at_once(first, |(case, script)| {
        let server = then(3, move |conn| {
            if conn.number() == 2 {
                return script(conn);
            }
            conn.upgrade();
            end(conn);
        });
        let output = talk(&server).arg("--reconnect").stdin_stays_open().run();
        let stderr = output.stderr_seen();
        assert_eq!(stderr.matches(AGAIN).count(), 2, "{case}: {stderr}");
        assert!(stderr.contains(" (try 2); "), "{case}: {stderr}");
        assert_eq!(output.exit_code(), Some(0), "{case}: {stderr}");
        server.finish();
    });
}

#[test]
fn a_try_that_is_refused_for_good_ends_the_run() {
    let server = then(2, |conn| {
        conn.reply(UNAUTHORIZED);
    });
    let output = talk(&server).arg("--reconnect").stdin_stays_open().run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: the upgrade was refused: HTTP 401")
        .code(22);
    server.finish();
}

#[test]
fn a_first_connection_that_fails_is_none_that_was_lost() {
    let replies: Vec<(&str, i32)> = vec![(UNAUTHORIZED, 22), (UNAVAILABLE, 22), ("", 52)];
    for (reply, code) in replies {
        let server = Server::accept(move |conn| {
            conn.reply(reply);
            conn.finish();
        });
        let output = talk(&server).arg("--reconnect").stdin_stays_open().run();
        assert_eq!(output.exit_code(), Some(code), "{}", output.stderr_seen());
        assert!(!output.stderr_seen().contains(AGAIN), "{reply}");
        server.finish();
    }
}

#[test]
fn after_so_many_tries_in_a_row_the_last_cause_is_the_exit_code() {
    let cases: Vec<(&str, usize, Script, i32)> = vec![
        // The port is closed after the first connection.
        ("--reconnect=2", 0, |_| {}, 7),
        (
            "--reconnect=2",
            2,
            |conn| {
                conn.reply(UNAVAILABLE);
            },
            22,
        ),
        // A connection that opens and is lost at once is no good either.
        (
            "--reconnect=2",
            2,
            |conn| {
                conn.upgrade();
                closes(conn, 1013);
            },
            69,
        ),
        (
            "--reconnect=1",
            1,
            |conn| {
                conn.upgrade();
                conn.reset();
            },
            56,
        ),
        (
            "--reconnect=1",
            1,
            |conn| {
                conn.upgrade();
                closes(conn, 1001);
            },
            0,
        ),
    ];
    each_at_once(cases, |(option, tries, script, code)| {
        let server = then(1 + tries, script);
        let output = talk(&server).arg(option).stdin_stays_open().run();
        let stderr = output.stderr_seen();
        let asked: usize = option
            .trim_start_matches("--reconnect=")
            .parse()
            .expect("a number");
        assert_eq!(stderr.matches(AGAIN).count(), asked, "{stderr}");
        assert_eq!(output.exit_code(), Some(code), "{option}: {stderr}");
        server.finish();
    });
}

#[test]
fn values_that_are_none_are_wrong_usage() {
    for option in [
        "--reconnect=0",
        "--reconnect=-1",
        "--reconnect=many",
        "--reconnect=",
    ] {
        let server = Server::untouched();
        let output = talk(&server).arg(option).run();
        assert_eq!(output.exit_code(), Some(2), "{option}");
        server.finish();
    }
}
