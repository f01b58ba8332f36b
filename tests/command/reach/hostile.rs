//! Of proxies that are none, break off, or never end: bounded, exit 97 or 28, and
//! nothing that drives a terminal.

use std::time::{Duration, Instant};

use super::super::support::{Authority, Conn, Server};
use super::talk;

const LIMIT: Duration = Duration::from_millis(500);

/// How long a run may take, on a busy machine.
const SOON: Duration = Duration::from_secs(15);

type Script = fn(&mut Conn<'_>);

/// What the first line of stderr must be, `PROXY` being the proxy's URL; the exit
/// code, and whether it takes the time limit.
struct Case {
    name: &'static str,
    script: Script,
    first: String,
    code: i32,
}

fn case(name: &'static str, script: Script, first: impl Into<String>, code: i32) -> Case {
    Case {
        name,
        script,
        first: first.into(),
        code,
    }
}

/// Runs the case with this kind of proxy; the destination is `1.2.3.4:81`.
#[track_caller]
fn run(case: &Case, scheme: &str) {
    let authority = Authority::new();
    let proxy = match scheme {
        "https" => Server::accept_tls(&authority.localhost(), case.script),
        _ => Server::accept(case.script),
    };
    let (_, place) = proxy.url().split_once("://").expect("a URL");
    let url = format!("{scheme}://{place}");
    let (limit, least) = match case.code {
        28 => ("500ms", LIMIT),
        _ => ("30", Duration::ZERO),
    };
    let began = Instant::now();
    let output = talk("ws://1.2.3.4:81")
        .args(["--proxy", &url, "--connect-timeout", limit])
        .arg("--cacert")
        .arg(authority.certificate_path())
        .within(SOON)
        .run();
    let took = began.elapsed();
    let stderr = output.stderr_seen();
    let first = format!("wstalk: error: {}", case.first.replace("PROXY", &url));
    let seen = (
        output.exit_code(),
        stderr.lines().next().unwrap_or_default(),
    );
    let name = case.name;
    assert_eq!(seen, (Some(case.code), &*first), "{name}, {scheme}");
    let harmful = |c: char| c != '\n' && c.is_control();
    assert!(!stderr.contains(harmful), "{name}: {stderr:?}");
    assert!(stderr.len() < 1024 * 1024, "{name}: a long stderr");
    assert!(output.stdout_seen().is_empty(), "{name}");
    assert!(took >= least, "{name}: {took:?}");
    proxy.finish();
}

const SILENT: &str = "the proxy's answer took longer than 0.5 s";

/// What is said of an HTTP proxy.
fn no_tunnel(why: &str) -> String {
    format!("the proxy PROXY opened no tunnel to 1.2.3.4:81: {why}")
}

/// What is said of a SOCKS proxy.
fn no_connection(why: &str) -> String {
    format!("the proxy PROXY made no connection to 1.2.3.4:81: {why}")
}

#[test]
fn an_http_proxy_that_keeps_silent_ends_at_the_limit() {
    let cases = [
        case("silence", |conn| _ = conn.swallow(), SILENT, 28),
        case("no reading", |conn| conn.stall(SOON), SILENT, 28),
        case(
            "half a head",
            |conn| {
                conn.reply("HTTP/1.1 200 Connection est");
                conn.swallow();
            },
            SILENT,
            28,
        ),
        case(
            "interim and silence",
            |conn| {
                conn.reply("HTTP/1.1 100 Continue\r\n\r\n");
                conn.swallow();
            },
            SILENT,
            28,
        ),
    ];
    for case in &cases {
        run(case, "http");
        run(case, "https");
    }
}

#[test]
fn an_http_proxy_that_is_none_is_told() {
    let cases = [
        case(
            "an end",
            |conn| {
                conn.read_head();
                conn.finish();
            },
            no_tunnel("the connection ended before anything was received"),
            97,
        ),
        case(
            "an end inside",
            |conn| {
                conn.reply("HTTP/1.1 200 OK\r\n");
                conn.finish();
            },
            no_tunnel("the connection ended inside the head, after 17 bytes"),
            97,
        ),
        case(
            "garbage",
            |conn| {
                conn.reply("\x1b[2Jgarbage and more");
                conn.swallow();
            },
            no_tunnel("what came back is not HTTP: it begins with \"\\x1b[2Jgarbage an\""),
            97,
        ),
        case(
            "an endless head",
            |conn| {
                conn.reply("HTTP/1.1 200 OK\r\n");
                while conn
                    .try_raw("X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
                    .is_ok()
                {}
            },
            no_tunnel("the head is longer than 65536 bytes"),
            97,
        ),
        case(
            "endless interim responses",
            |conn| {
                conn.read_head();
                while conn.try_raw("HTTP/1.1 100 Continue\r\n\r\n").is_ok() {}
            },
            no_tunnel("it came with more than 100 interim responses"),
            97,
        ),
    ];
    for case in &cases {
        run(case, "http");
        run(case, "https");
    }
}

#[test]
fn an_http_proxy_that_opens_no_tunnel_is_told() {
    let cases = [
        case(
            "a refusal with an endless body",
            |conn| {
                conn.reply("HTTP/1.1 403 No \x1b[31m\r\n\r\n");
                while conn.try_raw("aaaaaaaaaaaaaaaaaaaaaaaa\x1b[2J\r\n").is_ok() {}
            },
            "the proxy PROXY refused the tunnel to 1.2.3.4:81: HTTP 403 No \\u001b[31m",
            97,
        ),
        case(
            "an upgrade",
            |conn| {
                conn.reply("HTTP/1.1 101 Switching Protocols\r\n\r\n");
                conn.finish();
            },
            "the proxy PROXY refused the tunnel to 1.2.3.4:81: HTTP 101 Switching Protocols",
            97,
        ),
        case(
            "a tunnel that ends",
            |conn| {
                conn.reply("HTTP/1.1 200 OK\r\n\r\n");
                conn.read_head();
                conn.finish();
            },
            "the server closed the connection before it answered",
            52,
        ),
    ];
    for case in &cases {
        run(case, "http");
        run(case, "https");
    }
}

#[test]
fn a_reset_of_an_http_proxy_is_an_end() {
    let reset = case(
        "a reset",
        |conn| {
            conn.read_head();
            conn.reset();
        },
        no_tunnel("the connection ended before anything was received"),
        97,
    );
    run(&reset, "http");
}

/// The greeting, and the choice of no password.
fn greeted(conn: &mut Conn<'_>) {
    conn.read_exactly(3);
    conn.raw(b"\x05\x00");
    conn.read_exactly(10);
}

#[test]
fn a_socks_proxy_that_keeps_silent_ends_at_the_limit() {
    let cases = [
        case("silence", |conn| _ = conn.swallow(), SILENT, 28),
        case(
            "one byte",
            |conn| {
                conn.raw(b"\x05");
                conn.swallow();
            },
            SILENT,
            28,
        ),
        case(
            "silence after the greeting",
            |conn| {
                greeted(conn);
                conn.swallow();
            },
            SILENT,
            28,
        ),
        case(
            "half an answer",
            |conn| {
                greeted(conn);
                conn.raw(b"\x05\0\0\x03\xff");
                conn.swallow();
            },
            SILENT,
            28,
        ),
    ];
    for case in &cases {
        run(case, "socks5");
    }
}

#[test]
fn a_socks_proxy_that_ends_the_connection_is_told() {
    let cut = no_connection("the connection ended inside the answer");
    let cases = [
        case(
            "an end",
            |conn| {
                conn.read_exactly(3);
                conn.finish();
            },
            no_connection("the connection ended before anything was received"),
            97,
        ),
        case(
            "a reset",
            |conn| {
                conn.read_exactly(3);
                conn.reset();
            },
            no_connection("the connection ended before anything was received"),
            97,
        ),
        case(
            "an end inside",
            |conn| {
                greeted(conn);
                conn.raw(b"\x05\0\0\x04abc");
                conn.finish();
            },
            cut,
            97,
        ),
        case(
            "a connection that ends",
            |conn| {
                greeted(conn);
                conn.raw(b"\x05\0\0\x01\0\0\0\0\0\0");
                conn.read_head();
                conn.finish();
            },
            "the server closed the connection before it answered",
            52,
        ),
    ];
    for case in &cases {
        run(case, "socks5");
    }
}

#[test]
fn a_socks_proxy_that_is_none_is_told() {
    let cases = [
        case(
            "HTTP",
            |conn| {
                conn.raw("HTTP/1.1 400 Bad Request\r\n\r\n");
                conn.swallow();
            },
            no_connection("what came back is HTTP"),
            97,
        ),
        case(
            "garbage",
            |conn| {
                conn.raw(b"\x1b[2J");
                conn.swallow();
            },
            no_connection("what came back is not SOCKS5: it begins with \"\\x1b[\""),
            97,
        ),
        case(
            "a password that nobody offered",
            |conn| {
                conn.read_exactly(3);
                conn.raw(b"\x05\x02");
                conn.swallow();
            },
            no_connection("it chose the way to log in 2, which was not offered"),
            97,
        ),
        case(
            "an unknown kind of address",
            |conn| {
                greeted(conn);
                conn.raw(b"\x05\0\0\x09");
                conn.swallow();
            },
            no_connection("it names an address of the unknown kind 9"),
            97,
        ),
    ];
    for case in &cases {
        run(case, "socks5");
    }
}

#[test]
fn an_answer_may_come_byte_by_byte() {
    for scheme in ["http", "socks5"] {
        let proxy = Server::accept(move |conn| {
            let pause = Duration::from_millis(1);
            if scheme == "http" {
                conn.read_head();
                conn.drip("HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n", pause);
            } else {
                conn.read_exactly(3);
                conn.drip(b"\x05\x00", pause);
                conn.read_exactly(10);
                conn.drip(b"\x05\0\0\x03\x04abcd\0\0", pause);
            }
            super::greet(conn);
        });
        let url = format!("{scheme}://{}", proxy.address());
        super::greeted(scheme, talk("ws://1.2.3.4:81").args(["--proxy", &url]));
        proxy.finish();
    }
}

#[test]
fn tls_that_the_proxy_does_not_speak_is_told() {
    let proxy = Server::accept(|conn| {
        conn.raw("HTTP/1.1 400 Bad Request\r\n\r\n");
        conn.swallow();
    });
    let url = format!("https://{}", proxy.address());
    let output = talk("ws://1.2.3.4:81").args(["--proxy", &url, "-k"]).run();
    let first = format!(
        "wstalk: error: the TLS handshake with the proxy {url} failed: what came back is not TLS"
    );
    output
        .stdout("")
        .stderr_first_line(&first)
        .stderr_contains("hint: the proxy does not speak TLS on this port: http:// in --proxy")
        .code(35);
    proxy.finish();
}

#[test]
fn a_proxy_that_speaks_tls_is_told() {
    let proxy = Server::accept(|conn| {
        conn.reply(b"\x15\x03\x01\0\x02\x02\x46");
        conn.swallow();
    });
    let url = format!("http://{}", proxy.address());
    let output = talk("ws://1.2.3.4:81").args(["--proxy", &url]).run();
    output
        .stderr_contains("what came back is TLS\nhint: the proxy speaks TLS: https:// in --proxy")
        .code(97);
    proxy.finish();
}
