//! Servers that are still starting.

use super::super::daemon::free_port;
use super::super::listener::Listener;
use super::super::support::{Running, wstalk};
use super::Nginx;

/// Tries more often than any start takes.
fn trying(url: &str) -> Running {
    let often = ["--retry", "2000", "--retry-delay", "20ms"];
    let command = wstalk().args(often).args(["-1", "-x", "x", url]);
    command.start()
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_may_come_up_later() {
    let port = free_port();
    let mut talk = trying(&format!("ws://127.0.0.1:{port}/echo"));
    talk.wait_stderr_contains("connection refused; trying again in 0.02 s (3 of 2000)\n");
    let _nginx = Nginx::start_at(port);
    talk.finish().stdout("x\n").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn the_server_behind_nginx_may_come_up_later() {
    let nginx = Nginx::start();
    let mut talk = trying(&nginx.plain("/down"));
    talk.wait_stderr_contains("HTTP 502 Bad Gateway; trying again in 0.02 s (3 of 2000)\n");
    let _late = Listener::start(&[&nginx.nobody.to_string()]);
    talk.finish().stdout("x\n").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_that_stays_away_is_given_up() {
    let nginx = Nginx::start();
    let url = nginx.plain("/unavailable");
    let options = ["-q", "--retry", "3", "--retry-delay", "10ms", &url];
    let output = wstalk().args(options).run();
    output
        .stdout("")
        .stderr_first_line(
            "wstalk: error: the upgrade was refused: HTTP 503 Service Temporarily Unavailable",
        )
        .code(22);
}
