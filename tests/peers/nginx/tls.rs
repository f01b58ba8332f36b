//! TLS ends at nginx.

use super::super::support::wstalk;
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_speaks_tls_for_an_echo_server() {
    let nginx = Nginx::start();
    let url = nginx.tls("/echo");
    let command = nginx.trusted().args(["-v", "-N", "2", &url]);
    let output = command.stdin("one\ntwo\n").run();
    output
        .stdout("one\ntwo\n")
        .stderr_contains(&format!(
            "* connected to {url} (HTTP 101, permessage-deflate, "
        ))
        .stderr_contains("* closed: 1000 (normal closure)\n")
        .code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_certificate_of_nginx_that_nobody_vouches_for_is_not_trusted() {
    let nginx = Nginx::start();
    let output = wstalk().arg(nginx.tls("/echo")).run();
    output
        .stdout("")
        .stderr_contains("\nhint: trust it")
        .code(60);
    let output = wstalk()
        .args(["-k", "-1", &nginx.tls("/echo")])
        .stdin("x\n")
        .run();
    output.stdout("x\n").stderr("").code(0);
}
