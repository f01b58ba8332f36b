//! What nginx answers instead of the server behind it.

use super::super::support::wstalk;
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_wants_a_name_and_a_password() {
    let nginx = Nginx::start();
    let url = nginx.plain("/private");
    for credentials in [None, Some("alice:wrong"), Some("bob:open sesame")] {
        let options = credentials.map(|user| ["-u", user]);
        let output = wstalk().args(options.into_iter().flatten()).arg(&url).run();
        output
            .stdout("")
            .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 401 Unauthorized")
            .stderr_contains("WWW-Authenticate: Basic realm=\"the private part\"\n")
            .stderr_contains("hint: the server wants credentials: --user")
            .code(22);
    }
    let output = wstalk().args(["-u", "alice:open sesame", "-1", &url]);
    output.stdin("in\n").run().stdout("in\n").stderr("").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_says_that_the_server_behind_it_is_away() {
    let nginx = Nginx::start();
    for (path, status) in [
        ("/down", "502 Bad Gateway"),
        ("/unavailable", "503 Service Temporarily Unavailable"),
    ] {
        let output = wstalk().arg(nginx.plain(path)).run();
        output
            .stdout("")
            .stderr_first_line(&format!(
                "wstalk: error: the upgrade was refused: HTTP {status}"
            ))
            .stderr_contains("hint: the server behind the gateway does not answer: --retry waits")
            .code(22);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_cuts_an_idle_connection() {
    let nginx = Nginx::start();
    let url = nginx.plain("/idle");
    let output = wstalk().args(["--linger", "-1", &url]).stdin("x\n").run();
    output
        .stdout("x\n")
        .stderr_contains("wstalk: error: the connection was lost: ")
        .stderr_contains("a proxy's idle time-out")
        .code(56);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn pings_keep_a_connection_through_nginx() {
    let nginx = Nginx::start();
    let url = nginx.plain("/idle");
    let options = ["--ping-interval", "150ms", "-w", "2.2", "-v"];
    let output = wstalk().args(options).args(["-x", "x", &url]).run();
    output
        .stdout("x\n")
        .stderr_contains("* closed: 1000 (normal closure)\n")
        .code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_port_of_nginx_with_tls_says_so_to_who_comes_without() {
    let nginx = Nginx::start();
    let tls = nginx.tls("/echo");
    let url = tls.replace("wss://", "ws://");
    let output = wstalk().arg(&url).run();
    output
        .stdout("")
        .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 400 Bad Request")
        .stderr_contains(&format!(
            "hint: the server speaks TLS on this port: use {tls}\n"
        ))
        .code(22);
}
