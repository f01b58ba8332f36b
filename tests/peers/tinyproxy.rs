//! tinyproxy, an HTTP proxy: CONNECT, with and without a password.

use super::daemon::{Daemon, configure, daemon, free_port};
use super::proxied::{past, talk_through};
use super::support::wstalk;

/// The proxy, and its port.
#[track_caller]
fn proxy(credentials: &str) -> (Daemon, u16) {
    let command = daemon("tinyproxy");
    let port = free_port();
    let values = [
        ("port", port.to_string()),
        ("credentials", credentials.to_owned()),
    ];
    let configuration = configure(&command, "tinyproxy.conf", &values);
    let command = command.args(["-d", "-c"]).arg(configuration);
    (Daemon::start(command, &[port]), port)
}

/// It must have seen these requests.
#[track_caller]
fn saw(proxy: &mut Daemon, targets: &[String]) {
    for target in targets {
        let request = format!(": CONNECT {target} HTTP/1.1\n");
        proxy.log().wait_stdout_contains(&request);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn tinyproxy_leads_to_servers_of_each_kind() {
    let (mut proxy, port) = proxy("");
    let targets = talk_through(&["--proxy", &format!("http://127.0.0.1:{port}")]);
    saw(&mut proxy, &targets);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn tinyproxy_wants_a_name_and_a_password() {
    let (mut proxy, port) = proxy("BasicAuth alice sesame");
    let url = format!("http://127.0.0.1:{port}");
    let with = format!("http://alice:sesame@127.0.0.1:{port}");
    for options in [
        &["--proxy", &with][..],
        &["--proxy", &url, "--proxy-user", "alice:sesame"],
    ] {
        let targets = talk_through(options);
        saw(&mut proxy, &targets);
    }
    let wrong = format!("http://alice:wrong@127.0.0.1:{port}");
    for (proxy, status) in [
        (&url, "407 Proxy Authentication Required"),
        (&wrong, "401 Unauthorized"),
    ] {
        let output = past(&["--proxy", proxy]).run().stdout("");
        output
            .stderr_contains(status)
            .stderr_contains("--proxy-user")
            .code(97);
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn tinyproxy_says_that_nobody_is_there() {
    let (_proxy, port) = proxy("");
    let output = past(&["--proxy", &format!("http://127.0.0.1:{port}")]).run();
    output
        .stdout("")
        .stderr_contains("500 Unable to connect")
        .code(97);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_proxy_that_is_away_is_not_gone_past() {
    let port = free_port();
    let output = past(&["--proxy", &format!("http://127.0.0.1:{port}")]).run();
    output
        .stdout("")
        .stderr_contains(&format!("127.0.0.1:{port}"))
        .stderr_contains("connection refused")
        .code(7);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn no_proxy_is_asked_for_hosts_that_need_none() {
    let (mut proxy, port) = proxy("");
    let listener = super::listener::Listener::start(&[]);
    let options = [
        "--proxy",
        &format!("http://127.0.0.1:{port}"),
        "-1",
        "-x",
        "x",
    ];
    let url = listener.url();
    let direct = wstalk().args(options).args(["--noproxy", "127.0.0.1", url]);
    direct.run().stdout("x\n").code(0);
    let led = wstalk()
        .args(options)
        .args(["--noproxy", "example.com", url]);
    led.run().stdout("x\n").code(0);
    saw(&mut proxy, &[format!("127.0.0.1:{}", listener.port())]);
    let log = proxy.log().stdout_so_far();
    assert_eq!(log.matches(": CONNECT ").count(), 1, "{log}");
}
