//! Servers behind a proxy: one of each kind that a proxy could treat otherwise.

use std::io::Write;
use std::net::{Ipv6Addr, TcpListener};

use super::listener::Listener;
use super::nginx::Nginx;
use super::support::{Command, wstalk};

/// Each of them has answered: where they are, as the program asked the proxy for
/// them.
#[track_caller]
pub fn talk_through(options: &[&str]) -> Vec<String> {
    let nginx = Nginx::start();
    let six = has_ipv6().then(|| Listener::start(&["[::1]:0"]));
    let mut targets = vec![nginx.plain("/echo"), nginx.tls("/echo")];
    targets.extend(six.as_ref().map(|listener| format!("{}/", listener.url())));
    let mut asked = Vec::new();
    for url in targets {
        let command = nginx.trusted().args(options);
        let output = command.args(["-v", "-1", "-x", "x", &url]).run();
        output
            .stdout("x\n")
            .stderr_contains(&format!("* connected to {url} (HTTP 101, "))
            .stderr_contains("* closed: 1000 (normal closure)\n")
            .code(0);
        let (_, rest) = url.split_once("://").expect("a scheme");
        let (authority, _) = rest.split_once('/').expect("a path");
        asked.push(authority.to_owned());
    }
    asked
}

/// The program on its way through a proxy to a server that nobody must call.
pub fn past(options: &[&str]) -> Command {
    wstalk().args(options).arg("ws://127.0.0.1:9/")
}

/// Whether this machine has the loopback of IPv6; if not, that is said past the
/// capture of a test's output.
fn has_ipv6() -> bool {
    let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, 0));
    if let Err(error) = &listener {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "not run: a target on [::1] ({error})").expect("a stderr");
    }
    listener.is_ok()
}
