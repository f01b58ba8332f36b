//! TLS ends at nginx.

use super::super::support::{Authority, Command, Identity, wstalk};
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

/// With a certificate of ours that this authority signed.
fn showing(nginx: &Nginx, identity: &Identity) -> Command {
    let (certificate, key) = (identity.certificate_path(), identity.key_path());
    let command = nginx.trusted().arg("--cert").arg(certificate);
    command
        .arg("--key")
        .arg(key)
        .args(["-1", &nginx.mutual("/echo")])
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_lets_those_in_who_show_their_certificate() {
    let nginx = Nginx::start();
    let client = nginx.authority.client();
    let output = showing(&nginx, &client).stdin("x\n").run();
    output.stdout("x\n").stderr("").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_asks_for_a_certificate_in_http_and_is_understood() {
    let nginx = Nginx::start();
    let output = nginx.trusted().arg(nginx.mutual("/echo")).run();
    output
        .stdout("")
        .stderr_contains("No required SSL certificate was sent")
        .stderr_contains("\nhint: show one with --cert FILE and --key FILE")
        .code(22);
    let strangers = Authority::new().client();
    let output = showing(&nginx, &strangers).stdin("x\n").run();
    output
        .stdout("")
        .stderr_contains("\nhint: the server wants another certificate than that of --cert")
        .code(22);
}
