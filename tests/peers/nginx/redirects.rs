//! nginx sends elsewhere.

use super::super::support::wstalk;
use super::Nginx;

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_redirect_of_nginx_is_told() {
    let nginx = Nginx::start();
    for (status, reason) in [
        ("301", "Moved Permanently"),
        ("302", "Moved Temporarily"),
        ("307", "Temporary Redirect"),
        ("308", "Permanent Redirect"),
    ] {
        let url = nginx.plain(&format!("/relative/{status}"));
        let output = wstalk().arg(&url).run();
        output
            .stdout("")
            .stderr_first_line(&format!(
                "wstalk: error: the upgrade was refused: HTTP {status} {reason}"
            ))
            .stderr_contains("Location: /echo\n")
            .code(22);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn redirects_of_nginx_are_followed() {
    let nginx = Nginx::start();
    for kind in ["relative", "absolute"] {
        for status in ["301", "302", "307", "308"] {
            let url = nginx.plain(&format!("/{kind}/{status}"));
            let output = wstalk().args(["-v", "-L", "-1", "-x", "x", &url]).run();
            let there = nginx.plain("/echo");
            output
                .stdout("x\n")
                .stderr_contains(&format!("* redirected to {there} (HTTP {status})\n"))
                .stderr_contains(&format!("* connected to {there} (HTTP 101, "))
                .code(0);
        }
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn redirects_without_an_end_have_one() {
    let nginx = Nginx::start();
    let output = wstalk().args(["-L", &nginx.plain("/loop")]).run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: the redirects lead round in a loop")
        .code(47);
    for (limit, code) in [("1", 47), ("2", 0)] {
        let url = nginx.plain("/twice");
        let options = ["-L", "--max-redirects", limit, "-w", "0", &url];
        let output = wstalk().args(options).run().stdout("");
        output.code(code);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_redirect_may_lead_into_tls_and_out_of_it() {
    let nginx = Nginx::start();
    let (plain, tls) = (nginx.plain("/to-tls"), nginx.tls("/echo"));
    let command = nginx.trusted().args(["-v", "-L", "-1", "-x", "x", &plain]);
    let output = command.run();
    output
        .stdout("x\n")
        .stderr_contains(&format!("* connected to {tls} (HTTP 101, "))
        .code(0);
    let (tls, plain) = (nginx.tls("/to-plain"), nginx.plain("/echo"));
    let command = nginx.trusted().args(["-q", "-L", "-1", "-x", "x", &tls]);
    let output = command.run();
    let loss = "* from here on without TLS: everybody on the way can read and change it\n";
    output
        .stdout("x\n")
        .stderr(&format!("* redirected to {plain} (HTTP 308)\n{loss}"))
        .code(0);
}

/// The same name and password open it where they were meant for.
#[test]
#[ignore = "needs tests/peers/setup"]
fn credentials_do_not_follow_a_redirect_to_another_origin() {
    let nginx = Nginx::start();
    let options = ["-v", "-L", "-1", "-x", "x", "-u", "alice:open sesame"];
    let inside = nginx.plain("/into-private");
    let output = nginx.trusted().args(options).arg(inside).run();
    output.stdout("x\n").stderr_contains("(HTTP 302)").code(0);
    let elsewhere = nginx.plain("/to-tls-private");
    let output = nginx.trusted().args(options).arg(elsewhere).run();
    output
        .stdout("")
        .stderr_contains("* not sent there, for it is another origin: Authorization\n")
        .stderr_contains("the upgrade was refused: HTTP 401 Unauthorized; a redirect led to wss://")
        .code(22);
    let there = nginx.tls("/private");
    let output = nginx.trusted().args(options).arg(there).run();
    output.stdout("x\n").stderr_contains("(HTTP 101, ").code(0);
}
