//! Of answers that are legal, however odd: the conversation takes place.

use std::time::Duration;

use super::super::support::{Frame, Head, Server};
use super::{assert_ended, close, reply_to, talk};

/// What follows each answer, in the segment of its end.
fn frames() -> Vec<u8> {
    [Frame::text("open").bytes(), Frame::close(1000, "").bytes()].concat()
}

/// The answer as the usual one, but for its first lines.
fn usual(first: &str) -> String {
    format!(
        "{first}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: (KEY)\r\n\r\n"
    )
}

const STATUS: &str = "HTTP/1.1 101 Switching Protocols\r\n";

/// Runs a conversation whose opening is answered so; `send` cuts the answer.
#[track_caller]
fn accepted_when(
    case: &str,
    options: &[&str],
    reply: &str,
    send: impl Fn(&mut super::Conn<'_>, &[u8]) + Send + Sync + 'static,
) {
    let text = reply.to_owned();
    let server = Server::accept(move |conn| {
        let head: Head = conn.read_head();
        let bytes = [reply_to(&head, &text).as_bytes(), &frames()].concat();
        send(conn, &bytes);
        assert_eq!(conn.expect_close(), (Some(1000), String::new()));
        conn.finish();
    });
    let output = talk(&server).args(options).run();
    assert_ended(case, &output, "open\n", "", 0);
    server.finish();
}

#[track_caller]
fn accepted(case: &str, options: &[&str], reply: &str) {
    accepted_when(case, options, reply, |conn, bytes| {
        conn.raw(bytes);
    });
}

#[test]
fn any_first_line_with_101_is_accepted() {
    for (case, first) in [
        ("as usual", STATUS),
        ("no reason", "HTTP/1.1 101\r\n"),
        ("an empty reason", "HTTP/1.1 101 \r\n"),
        (
            "another reason",
            "HTTP/1.1 101 Web Socket Protocol Handshake\r\n",
        ),
        (
            "an empty line first",
            "\r\nHTTP/1.1 101 Switching Protocols\r\n",
        ),
    ] {
        accepted(case, &[], &usual(first));
    }
}

#[test]
fn legal_headers_are_accepted_however_odd() {
    for (case, headers) in [
        (
            "keep-alive",
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: (KEY)\r\n",
        ),
        (
            "lists over several lines",
            "Connection: keep-alive\r\nUpgrade: h2c\r\nUpgrade: websocket\r\nConnection: x,upgrade\r\nSec-WebSocket-Accept: (KEY)\r\n",
        ),
        (
            "any case",
            "CONNECTION: UPGRADE\r\nupgrade: WebSocket\r\nsec-websocket-ACCEPT: (KEY)\r\n",
        ),
        (
            "blanks around values",
            "Connection:Upgrade\r\nUpgrade:\t websocket \t\r\nSec-WebSocket-Accept:   (KEY)  \r\n",
        ),
        (
            "a folded list",
            "Connection: keep-alive,\r\n  Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: (KEY)\r\n",
        ),
    ] {
        accepted(case, &[], &format!("{STATUS}{headers}\r\n"));
    }
}

#[test]
fn other_headers_do_not_matter() {
    for (case, headers) in [
        (
            "a folded line",
            "X-Folded: one\r\n two\r\n\tthree\r\n".to_owned(),
        ),
        (
            "empty values",
            "Server:\r\nX-Empty: \r\nSec-WebSocket-Extensions:\r\n".to_owned(),
        ),
        ("bytes that are not ASCII", "Server: é\u{9b}\r\n".to_owned()),
        (
            "a length that means nothing",
            "Content-Length: 0\r\n".to_owned(),
        ),
        ("100 headers", many_headers(100)),
        ("1000 headers", many_headers(1000)),
    ] {
        accepted(case, &[], &usual(&format!("{STATUS}{headers}")));
    }
}

#[test]
fn bare_line_feeds_end_lines_too() {
    accepted("line feeds", &[], &usual(STATUS).replace("\r\n", "\n"));
}

fn many_headers(count: usize) -> String {
    (0..count).map(|n| format!("X-{n}: {n}\r\n")).collect()
}

#[test]
fn interim_responses_come_first_and_are_read_over() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nUpgrade: h2c\r\n\r\n";
    for (case, interim) in [
        ("100", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("103", early.to_owned()),
        (
            "103 twice, then 100",
            format!("{early}{early}HTTP/1.1 100\r\n\r\n"),
        ),
    ] {
        accepted(case, &[], &usual(&format!("{interim}{STATUS}")));
    }
}

#[test]
fn the_server_may_choose_an_offered_subprotocol_or_none() {
    let chosen = |name: &str| usual(&format!("{STATUS}Sec-WebSocket-Protocol: {name}\r\n"));
    for (case, options, reply) in [
        ("none", &["-s", "a,b"][..], usual(STATUS)),
        ("the first", &["-s", "a,b"], chosen("a")),
        ("the last", &["-s", "a", "-s", "b"], chosen("b")),
        (
            "offered as a header",
            &["-H", "sec-websocket-protocol: a, b"],
            chosen("b"),
        ),
    ] {
        accepted(case, options, &reply);
    }
}

#[test]
fn an_answer_may_come_byte_by_byte() {
    accepted_when("by bytes", &[], &usual(STATUS), |conn, bytes| {
        assert_eq!(conn.drip(bytes, Duration::from_millis(1)), bytes.len());
    });
}

#[test]
fn an_answer_may_be_split_anywhere() {
    let reply = usual(STATUS);
    // From either end: in the status line, a name, a value and the line ends,
    // before the frames, in a frame's header and in its payload.
    let from_front = [1, 5, 12, 32, 33, 34, 40, 43].map(|at| (at, true));
    let from_back = [1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 40].map(|at| (at, false));
    let cases = [&from_front[..], &from_back].concat();
    super::at_once(&cases, |&(at, front)| {
        accepted_when(
            &format!("at {at}, {front}"),
            &[],
            &reply,
            move |conn, bytes| {
                let at = if front { at } else { bytes.len() - at };
                conn.raw(&bytes[..at]);
                // What the client is to see: a pause inside its answer.
                conn.stall(Duration::from_millis(30));
                conn.raw(&bytes[at..]);
            },
        );
    });
}

#[test]
fn frames_in_the_segment_of_the_answer_are_not_lost() {
    const COUNT: usize = 20_000;
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        let mut bytes = head.switching(&[]).into_bytes();
        for number in 0..COUNT {
            bytes.extend(Frame::text(number.to_string()).bytes());
        }
        conn.raw(bytes);
        close(conn);
    });
    let expected: String = (0..COUNT).map(|number| format!("{number}\n")).collect();
    talk(&server).run().stdout(&expected).stderr("").code(0);
    server.finish();
}
