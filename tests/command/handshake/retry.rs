//! Of `--retry`: for servers that are still starting.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::{Server, deaf_port, wstalk};
use super::close;

#[test]
fn a_server_that_is_not_ready_is_asked_again() {
    for answer in [
        "",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nnot",
        "HTTP/1.1 504 Gateway Timeout\r\n\r\n",
    ] {
        let server = Server::accept_many(3, move |conn| match conn.number() - 1 {
            2 => {
                conn.upgrade();
                conn.expect_text("hi");
                conn.text("ready");
                close(conn);
            }
            _ => {
                conn.read_head();
                conn.raw(answer);
                conn.hang_up();
            }
        });
        let options = ["--retry", "2", "--retry-delay", "20ms", "-1"];
        let output = wstalk().arg(server.url()).args(options).stdin("hi\n").run();
        let said = output.stderr_seen();
        for number in ["(1 of 2)", "(2 of 2)"] {
            let line = format!("; trying again in 0.02 s {number}\n");
            assert!(said.contains(&line), "{answer}: {said}");
        }
        output.stdout("ready\n").code(0);
        server.finish();
    }
}

#[test]
fn a_closed_port_is_tried_until_the_tries_are_used_up() {
    let (_taken, port) = deaf_port();
    let began = Instant::now();
    let options = ["--retry", "3", "--retry-delay", "50ms"];
    let output = wstalk().arg(format!(":{port}")).args(options).run();
    assert!(began.elapsed() >= Duration::from_millis(150));
    let tries = output.stderr_seen().matches("trying again").count();
    assert_eq!(tries, 3);
    let said = "\nwstalk: error: cannot connect to ";
    output.stdout("").stderr_contains(said).code(7);
}

#[test]
fn a_name_that_does_not_resolve_yet_is_tried_again() {
    let options = ["--retry", "1", "--retry-delay", "10ms", "-q"];
    let output = wstalk().arg("ws://nowhere.invalid").args(options).run();
    output.stdout("").code(6);
    let options = ["--retry", "1", "--retry-delay", "10ms"];
    let output = wstalk().arg("ws://nowhere.invalid").args(options).run();
    output.stderr_contains("(1 of 1)\n").code(6);
}

#[test]
fn an_answer_that_will_not_change_is_final() {
    for (status, code) in [
        ("404 Not Found", 22),
        ("401 No", 22),
        ("500 Broken", 22),
        ("101 X", 8),
    ] {
        let server = Server::accept(move |conn| {
            conn.reply(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        });
        let options = ["--retry", "3", "--retry-delay", "10ms"];
        let output = wstalk()
            .arg(server.url())
            .args(options)
            .stdin_stays_open()
            .run();
        assert!(!output.stderr_seen().contains("trying again"), "{status}");
        assert_eq!(output.exit_code(), Some(code), "{status}");
        server.finish();
    }
}

#[test]
fn waiting_for_a_server_ends_with_the_time_for_the_run_and_with_a_signal() {
    let (_taken, port) = deaf_port();
    let url = format!(":{port}");
    let options = ["--retry", "100", "--retry-delay", "60"];
    let output = wstalk().arg(&url).args(options).args(["-m", "0.2"]).run();
    output.stdout("").code(28);

    let mut running = wstalk().arg(&url).args(options).start();
    running.wait_stderr_contains("trying again");
    running.signal(Signal::TERM);
    running.finish().stdout("").code(143);
}

#[test]
fn a_lost_connection_is_not_the_business_of_retry() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.reset();
    });
    let options = ["--retry", "3", "--retry-delay", "10ms"];
    let output = wstalk()
        .arg(server.url())
        .args(options)
        .stdin_stays_open()
        .run();
    output.stdout("").code(56);
    server.finish();
}

#[test]
fn a_server_that_leaves_during_the_tls_handshake_is_asked_again() {
    let server = Server::accept_many(2, |conn| {
        conn.read_exactly(5);
        conn.hang_up();
    });
    let url = server.url().replace("ws://", "wss://");
    let options = ["-k", "--retry", "1", "--retry-delay", "10ms"];
    let output = wstalk().arg(url).args(options).run();
    output.stdout("").stderr_contains("(1 of 1)\n").code(35);
    server.finish();
}
