//! Of SOCKS5 proxies: names and addresses, passwords, and what their refusals say.

use super::super::support::{Authority, Proxy, Server, echo_server, echo_server_tls, wstalk};
use super::{fails, greeted, greeting_server, talk};

#[test]
fn everything_passes_through_a_socks_proxy() {
    let authority = Authority::new();
    for (scheme, secure) in [("socks5", false), ("socks5h", true)] {
        let server = match secure {
            false => echo_server(),
            true => echo_server_tls(&authority.localhost()),
        };
        let proxy = Proxy::socks().wanting("me", "pw").start();
        let command = wstalk()
            .arg(server.url())
            .args(["--proxy", &format!("{scheme}://me:pw@{}", proxy.place())])
            .arg("--cacert")
            .arg(authority.certificate_path());
        super::echoes(scheme, server, command);
        proxy.finish();
    }
}

#[test]
fn socks5_is_told_an_address_and_socks5h_a_name() {
    for (scheme, host, asked) in [
        ("socks5", "localhost", "127.0.0.1"),
        ("socks5h", "localhost", "localhost"),
        ("socks5h", "nowhere.invalid", "nowhere.invalid"),
        ("socks5h", "127.0.0.1", "127.0.0.1"),
        ("socks5h", "[::1]", "[::1]"),
        ("SOCKS5H", "NoWhere.invalid.", "nowhere.invalid."),
    ] {
        let server = greeting_server();
        let proxy = Proxy::socks().leading_to(&server).start();
        let command = talk(format!("ws://{host}:81"))
            .args(["--proxy", &format!("{scheme}://{}", proxy.place())])
            .args((scheme == "socks5").then_some("-4"));
        greeted(scheme, command);
        assert_eq!(proxy.destinations(), [format!("{asked}:81")]);
        server.finish();
        proxy.finish();
    }
}

#[test]
fn a_given_address_is_what_a_proxy_is_asked_for() {
    for (plan, scheme) in [
        (Proxy::http(), "http"),
        (Proxy::socks(), "socks5"),
        (Proxy::socks(), "socks5h"),
    ] {
        let server = greeting_server();
        let proxy = plan.start();
        let port = server.port();
        let command = talk(format!("ws://nowhere.invalid:{port}"))
            .args(["--proxy", &format!("{scheme}://{}", proxy.place())])
            .args(["--resolve", &format!("nowhere.invalid:{port}:127.0.0.1")]);
        greeted(scheme, command);
        assert_eq!(proxy.destinations(), [format!("127.0.0.1:{port}")]);
        server.finish();
        proxy.finish();
    }
}

#[test]
fn a_name_that_is_looked_up_here_and_that_nobody_has_is_the_hosts() {
    let proxy = Server::untouched();
    let output = talk("ws://nowhere.invalid")
        .args(["--proxy", &format!("socks5://{}", proxy.address())])
        .run();
    let stderr = output.stderr_seen();
    let first = "wstalk: error: cannot resolve nowhere.invalid: ";
    assert!(stderr.starts_with(first), "{stderr}");
    output.stdout("").code(6);
    proxy.finish();
}

/// A proxy that says this after the greeting, and that it was asked so far.
fn refusing(reply: &'static [u8]) -> Server {
    Server::accept(move |conn| {
        conn.read_exactly(3);
        conn.raw(b"\x05\x00");
        conn.read_exactly(10);
        conn.raw(reply);
        conn.finish();
    })
}

#[test]
fn every_refusal_is_told_in_words() {
    let unreached = "the proxy could not reach the server: check its name and port";
    let forbidden = "the proxy does not allow this host or port";
    let cases: [(&[u8], &str, &str); 6] = [
        (b"\x05\x01\0\x01\0\0\0\0\0\0", "general failure", unreached),
        (b"\x05\x02", "its rules do not allow it", forbidden),
        (
            b"\x05\x03\0\x01\0\0\0\0\0\0",
            "network unreachable",
            unreached,
        ),
        (b"\x05\x04", "host unreachable", unreached),
        (b"\x05\x05\0\x03\x01x\0\0", "connection refused", unreached),
        (b"\x05\x5b", "the unknown reply 91", unreached),
    ];
    for (reply, words, hint) in cases {
        let proxy = refusing(reply);
        let url = format!("socks5h://{}", proxy.address());
        let command = talk("ws://1.2.3.4:81").args(["--proxy", &url]);
        let error = format!("the proxy {url} made no connection to 1.2.3.4:81: {words}");
        fails(words, command, &error, hint, 97);
        proxy.finish();
    }
}

#[test]
fn an_ipv6_address_that_the_proxy_cannot_reach_has_a_hint_of_its_own() {
    let proxy = Server::accept(|conn| {
        conn.read_exactly(3);
        conn.raw(b"\x05\x00");
        conn.read_exactly(22);
        conn.raw(b"\x05\x08");
        conn.finish();
    });
    let url = format!("socks5://{}", proxy.address());
    let output = talk("ws://[2001:db8::1]").args(["--proxy", &url]).run();
    output
        .stderr_contains("hint: --ipv4 asks the proxy for an IPv4 address, socks5h:// in --proxy")
        .code(97);
    proxy.finish();
}

#[test]
fn a_proxy_that_wants_other_credentials_says_so() {
    let server = Server::untouched();
    let none = "it accepts none of the ways to log in that were offered (nothing)";
    let wrong = "it does not accept user name and password";
    for (userinfo, why, hint) in [
        ("", none, "--proxy-user USER:PASSWORD logs in"),
        (
            "me:hunter2@",
            wrong,
            "check user name and password (--proxy-user)",
        ),
        ("me@", wrong, "check user name and password (--proxy-user)"),
    ] {
        let proxy = Proxy::socks().wanting("me", "pw").start();
        let url = format!("socks5h://{userinfo}{}", proxy.place());
        let command = talk(server.url()).args(["--proxy", &url]);
        let error = format!(
            "the proxy socks5h://{} made no connection to {}: {why}",
            proxy.place(),
            server.address()
        );
        fails(userinfo, command, &error, hint, 97);
        proxy.finish();
    }
    server.finish();
}
