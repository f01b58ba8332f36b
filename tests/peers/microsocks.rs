//! microsocks, a SOCKS5 proxy, with and without a password.

use super::daemon::{Daemon, daemon, free_port};
use super::proxied::{past, talk_through};

/// The proxy, and its port.
#[track_caller]
fn proxy(options: &[&str]) -> (Daemon, u16) {
    let port = free_port();
    let command = daemon("microsocks").args(["-i", "127.0.0.1", "-p", &port.to_string()]);
    (Daemon::start(command.args(options), &[port]), port)
}

/// It must have been asked for these.
#[track_caller]
fn saw(proxy: &mut Daemon, targets: &[String]) {
    for target in targets {
        let target = target.replace(['[', ']'], "");
        let line = format!(": connected to {target}\n");
        proxy.log().wait_stderr_contains(&line);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn microsocks_leads_to_servers_of_each_kind_by_their_names() {
    let (mut proxy, port) = proxy(&[]);
    let targets = talk_through(&["--proxy", &format!("socks5h://127.0.0.1:{port}")]);
    saw(&mut proxy, &targets);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn microsocks_leads_to_servers_of_each_kind_by_their_addresses() {
    let (mut proxy, port) = proxy(&[]);
    let targets = talk_through(&["--proxy", &format!("socks5://127.0.0.1:{port}")]);
    let address = |target: &String| target.replace("localhost", "127.0.0.1");
    let targets: Vec<String> = targets.iter().map(address).collect();
    saw(&mut proxy, &targets);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn microsocks_wants_a_name_and_a_password() {
    let (mut proxy, port) = proxy(&["-u", "alice", "-P", "sesame"]);
    let url = format!("socks5h://127.0.0.1:{port}");
    let with = format!("socks5h://alice:sesame@127.0.0.1:{port}");
    for options in [
        &["--proxy", &with][..],
        &["--proxy", &url, "--proxy-user", "alice:sesame"],
    ] {
        let targets = talk_through(options);
        saw(&mut proxy, &targets);
    }
    let wrong = format!("socks5h://alice:wrong@127.0.0.1:{port}");
    for proxy in [&url, &wrong] {
        let output = past(&["--proxy", proxy]).run().stdout("");
        output.stderr_contains("--proxy-user").code(97);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn microsocks_says_that_nobody_is_there() {
    let (_proxy, port) = proxy(&[]);
    let output = past(&["--proxy", &format!("socks5://127.0.0.1:{port}")]).run();
    output
        .stdout("")
        .stderr_contains("connection refused")
        .code(97);
}
