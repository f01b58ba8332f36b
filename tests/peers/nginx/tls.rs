//! TLS ends at nginx.

use super::super::support::{Authority, Command, Identity, wstalk};
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_speaks_tls_for_an_echo_server() {
    let nginx = Nginx::start();
    let url = nginx.tls("/echo");
    for version in ["1.2", "1.3"] {
        let command = nginx.trusted().args(["--tls-max", version, "-v"]);
        let output = command.args(["-N", "2", &url]).stdin("one\ntwo\n").run();
        let connected =
            format!("* connected to {url} (HTTP 101, permessage-deflate, TLS {version}, ");
        output
            .stdout("one\ntwo\n")
            .stderr_contains(&connected)
            .stderr_contains("* closed: 1000 (normal closure)\n")
            .code(0);
    }
}

/// Short lines and one of 4 MiB, which fills what nginx holds many times.
#[test]
#[ignore = "needs tests/peers/setup"]
fn much_passes_through_nginx_unchanged() {
    let nginx = Nginx::start();
    let short = (0..50_000).map(|number| format!("line {number}\n"));
    let lines: String = short.chain(["ß".repeat(2 << 20) + "\n"]).collect();
    let url = nginx.tls("/echo");
    let output = nginx.trusted().args(["-N", "50001", &url]).stdin(&lines);
    let output = output.run().stderr("");
    assert!(output.stdout_seen() == lines.as_bytes(), "not the same");
    output.code(0);
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

/// The program, which trusts nginx and shows this certificate.
fn showing(nginx: &Nginx, identity: &Identity) -> Command {
    let command = nginx
        .trusted()
        .arg("--cert")
        .arg(identity.certificate_path());
    command.arg("--key").arg(identity.key_path())
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_lets_in_who_shows_a_certificate_of_its_authority() {
    let nginx = Nginx::start();
    let client = nginx.authority.client();
    let command = showing(&nginx, &client);
    let output = command
        .args(["-1", "-x", "x", &nginx.mutual("/echo")])
        .run();
    output.stdout("x\n").stderr("").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn nginx_says_which_certificate_it_misses() {
    let nginx = Nginx::start();
    let url = nginx.mutual("/echo");
    let stranger = Authority::new().client();
    for (command, why) in [
        (nginx.trusted(), "show one with --cert FILE"),
        (
            showing(&nginx, &stranger),
            "the server wants another certificate than that of --cert",
        ),
    ] {
        let output = command.arg(&url).run();
        output
            .stdout("")
            .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 400 Bad Request")
            .stderr_contains(&format!("hint: {why}"))
            .code(22);
    }
}
