//! Of refusals: the status, the head and the body are shown, harmless.

mod body;
mod harmless;

use std::time::{Duration, Instant};

use super::super::support::{Conn, Server};
use super::{assert_ended, assert_harmless, talk};

/// How long a run may take that waits for nothing, on a busy machine: less
/// than a body is waited for.
const AT_ONCE: Duration = Duration::from_secs(4);

/// Runs against a server that answers so and stays; returns stderr.
#[track_caller]
fn refused_by(case: &str, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> String {
    let server = Server::accept(script);
    let output = talk(&server).run();
    let stderr = output.stderr_seen().to_owned();
    assert_harmless(case, &stderr);
    assert_eq!(output.stdout_seen(), b"", "{case}");
    assert_eq!(output.exit_code(), Some(22), "{case}: {stderr}");
    server.finish();
    stderr
}

/// Answers with these bytes and waits for the client to leave, which must not
/// wait for the end of the connection.
fn answer(bytes: impl AsRef<[u8]>) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    let bytes = bytes.as_ref().to_owned();
    move |conn| {
        conn.reply(&bytes);
        let began = Instant::now();
        conn.swallow();
        assert!(began.elapsed() < AT_ONCE, "it waited {:?}", began.elapsed());
    }
}

/// Answers with these bytes and closes.
fn answer_and_close(bytes: impl AsRef<[u8]>) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    let bytes = bytes.as_ref().to_owned();
    move |conn| {
        conn.reply(&bytes);
        conn.finish();
    }
}

/// Of what stderr shows, what stands between the head and the hint.
#[track_caller]
fn body_in<'a>(case: &str, stderr: &'a str) -> &'a str {
    let (_, body) = stderr
        .split_once("\n\n")
        .unwrap_or_else(|| panic!("{case}: no body: {stderr}"));
    body.rsplit_once("hint: ").map_or(body, |(body, _)| body)
}

const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\n";

#[test]
fn a_refusal_is_shown_whole_with_a_hint_for_its_status() {
    let cases: [(&str, &str, &[&str]); 14] = [
        ("200 OK", "X-Page: 1", &["not a WebSocket endpoint"]),
        (
            "301 Moved Permanently",
            "Location: wss://a.example/new",
            &["wss://a.example/new"],
        ),
        ("400 Bad Request", "X: 1", &["path", "--host", "--origin"]),
        (
            "401 Unauthorized",
            "WWW-Authenticate: Basic realm=\"a\"",
            &["--user", "--bearer"],
        ),
        ("403 Forbidden", "X: 1", &["--user", "--bearer", "--origin"]),
        ("404 Not Found", "x-lower: 1", &["path"]),
        (
            "426 Upgrade Required",
            "Sec-WebSocket-Version: 8",
            &["version"],
        ),
        ("405 Method Not Allowed", "Allow: POST", &["GET"]),
        (
            "407 Proxy Authentication Required",
            "X: 1",
            &["--proxy-user"],
        ),
        ("429 Too Many Requests", "Retry-After: 1", &["later"]),
        ("500 Internal Server Error", "Server: a", &["server"]),
        ("502 Bad Gateway", "Server: a", &["gateway", "--retry"]),
        ("503 Service Unavailable", "Server: a", &["--retry"]),
        ("504 Gateway Timeout", "Server: a", &["--retry"]),
    ];
    for (status, header, hints) in cases {
        let reply =
            format!("HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 10\r\n\r\nwhy: <no>\n");
        let stderr = refused_by(status, answer(reply));
        let shown = format!(
            "wstalk: error: the upgrade was refused: HTTP {status}\n  \
             HTTP/1.1 {status}\n  {header}\n  Content-Length: 10\n\n  why: <no>\nhint: "
        );
        let hint = stderr.strip_prefix(&shown);
        let hint = hint.unwrap_or_else(|| panic!("{status}: {stderr}"));
        assert_eq!(hint.lines().count(), 1, "{status}: {hint}");
        for word in hints {
            assert!(hint.contains(word), "{status}: no {word} in {hint}");
        }
    }
}

#[test]
fn a_page_that_tells_of_tls_on_this_port_becomes_a_hint() {
    for said in [
        "The plain HTTP request was sent to HTTPS port",
        "You're speaking plain HTTP to an SSL-enabled server port.",
    ] {
        let length = said.len();
        let head = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {length}");
        let stderr = refused_by(said, answer(format!("{head}\r\n\r\n{said}")));
        let hint = "\nhint: the server speaks TLS on this port: use wss://127.0.0.1:";
        assert!(stderr.contains(hint), "{stderr}");
    }
}

#[test]
fn every_status_but_101_is_a_refusal() {
    for status in [
        "200",
        "204 No Content",
        "299",
        "305",
        "418 I'm a teapot",
        "503",
        "999 ?",
    ] {
        let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        let stderr = refused_by(status, answer(reply));
        let first = format!("wstalk: error: the upgrade was refused: HTTP {status}");
        assert_eq!(stderr.lines().next(), Some(first.as_str()), "{status}");
    }
}

#[test]
fn quiet_does_not_hide_a_refusal() {
    let reply = "HTTP/1.1 418 Teapot\r\nContent-Length: 3\r\n\r\ntea";
    let server = Server::accept(answer(reply));
    let output = talk(&server).arg("-q").run();
    let stderr = "wstalk: error: the upgrade was refused: HTTP 418 Teapot\n  \
                  HTTP/1.1 418 Teapot\n  Content-Length: 3\n\n  tea\n";
    assert_ended("-q", &output, "", stderr, 22);
    server.finish();
}
