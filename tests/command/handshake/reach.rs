//! Of servers that are not there.

use super::super::support::{Server, deaf_port, wstalk};
use super::{assert_ended, close};

#[test]
fn a_port_that_refuses_is_told_with_its_address() {
    let (_taken, port) = deaf_port();
    for scheme in ["ws", "wss"] {
        let url = format!("{scheme}://127.0.0.1:{port}/a");
        let output = wstalk().arg(&url).stdin("never sent\n").run();
        let stderr = format!(
            "wstalk: error: cannot connect to 127.0.0.1:{port}: connection refused\n\
             hint: nothing listens on port {port} there: is the server running, is the port right? --retry waits for one that is starting\n"
        );
        assert_ended(&url, &output, "", &stderr, 7);
    }
}

#[test]
fn a_name_that_nobody_has_is_told_as_it_was_looked_up() {
    for (host, looked_up) in [
        ("nonexistent.invalid", "nonexistent.invalid"),
        ("MÜNCHEN.invalid", "xn--mnchen-3ya.invalid"),
        ("straße。invalid", "xn--strae-oqa.invalid"),
    ] {
        let output = wstalk().arg(format!("ws://me:hunter2@{host}/")).run();
        let stderr = output.stderr_seen();
        let first = format!("wstalk: error: cannot resolve {looked_up}: ");
        assert!(stderr.starts_with(&first), "{host}: {stderr}");
        assert!(stderr.contains("\nhint: "), "{host}: {stderr}");
        assert!(!stderr.contains("hunter2"), "{host}: {stderr}");
        assert_eq!(output.exit_code(), Some(6), "{host}");
    }
}

/// Where `localhost` is ::1 first, that one refuses.
#[test]
fn an_address_that_refuses_is_not_the_last_word() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("here");
        close(conn);
    });
    let url = format!("ws://localhost:{}", server.port());
    let output = wstalk().arg(url).stdin_stays_open().run();
    assert_ended("localhost", &output, "here\n", "", 0);
    server.finish();
}

#[test]
fn every_address_of_a_name_that_refuses_is_a_refused_connection() {
    let (_taken, port) = deaf_port();
    let output = wstalk().arg(format!("localhost:{port}")).run();
    let stderr = output.stderr_seen();
    assert!(
        stderr.starts_with("wstalk: error: cannot connect to "),
        "{stderr}"
    );
    assert!(stderr.contains("connection refused\nhint: "), "{stderr}");
    output.code(7);
}
