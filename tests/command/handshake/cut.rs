//! Of answers that do not end, or not as they should.

use std::time::{Duration, Instant};

use super::super::support::{Conn, Server};
use super::{assert_ended, talk};

/// How long anything here may take, on a busy machine.
const SOON: Duration = Duration::from_secs(10);

const HINT: &str = "hint: is this the path of a WebSocket endpoint?\n";

#[test]
fn an_endless_head_is_given_up() {
    let cases: [(&str, &str, &str); 3] = [
        ("headers", "HTTP/1.1 101 OK\r\n", "X-Filler: 0123456789\r\n"),
        ("one header", "HTTP/1.1 101 OK\r\nX-Filler: ", "0123456789"),
        ("the status line", "HTTP/1.1 101 ", "0123456789"),
    ];
    for (case, beginning, more) in cases {
        let server = Server::accept(move |conn| {
            conn.reply(beginning);
            let more = more.repeat(1000);
            while conn.try_raw(&more).is_ok() {}
        });
        let began = Instant::now();
        let output = talk(&server).run();
        assert!(began.elapsed() < SOON, "{case}: {:?}", began.elapsed());
        let stderr = format!(
            "wstalk: error: the reply is not a valid opening handshake: \
             the head is longer than 65536 bytes\n{HINT}"
        );
        assert_ended(case, &output, "", &stderr, 8);
        server.finish();
    }
}

#[test]
fn endless_interim_responses_are_given_up() {
    let server = Server::accept(|conn| {
        conn.reply("HTTP/1.1 100 Continue\r\n\r\n");
        let more = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100);
        while conn.try_raw(&more).is_ok() {}
    });
    let began = Instant::now();
    let output = talk(&server).run();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let output = output.stdout("").stderr_contains("interim responses");
    output.code(8);
    server.finish();
}

#[test]
fn a_head_that_is_cut_says_how_much_came() {
    for (case, part) in [
        ("in the version", "HTTP/"),
        ("in the status line", "HTTP/1.1 101 Swit"),
        (
            "before the empty line",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n",
        ),
        (
            "in the empty line",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r",
        ),
        (
            "after an interim response",
            "HTTP/1.1 100\r\n\r\nHTTP/1.1 1",
        ),
    ] {
        let server = Server::accept(move |conn| {
            conn.reply(part);
            conn.finish();
        });
        let output = talk(&server).run();
        let count = part.rsplit("\r\n\r\n").next().unwrap_or_default().len();
        let stderr = format!(
            "wstalk: error: the reply is not a valid opening handshake: \
             the connection ended inside the head, after {count} bytes\n{HINT}"
        );
        assert_ended(case, &output, "", &stderr, 8);
        server.finish();
    }
}

type Script = fn(&mut Conn<'_>);

#[test]
fn a_server_that_closes_before_it_answers_is_told_apart() {
    let scripts: [(&str, Script); 5] = [
        ("FIN", |conn| {
            conn.read_head();
            conn.finish();
        }),
        ("FIN before the request was read", |conn| conn.finish()),
        ("RST", |conn| {
            conn.read_head();
            conn.reset();
        }),
        ("RST inside the request", |conn| {
            conn.read_exactly(1);
            conn.reset();
        }),
        ("FIN after an empty line", |conn| {
            conn.reply("\r\n");
            conn.finish();
        }),
    ];
    for (case, script) in scripts {
        let server = Server::accept(script);
        let output = talk(&server).run();
        let stderr = output.stderr_seen();
        let first = "wstalk: error: the server closed the connection before it answered\n";
        assert!(stderr.starts_with(first), "{case}: {stderr}");
        assert_eq!(output.stdout_seen(), b"", "{case}");
        assert_eq!(output.exit_code(), Some(52), "{case}");
        server.finish();
    }
}
