//! Of opening under `-v`: the notice, and what is legal but unusual in an
//! answer, each once; without `-v` none of it.

use super::super::support::{Authority, Server, wstalk};
use super::{CLOSED, CONNECTED, EXTENSIONS, assert_told, close, talk, told};

const STATUS: &str = "HTTP/1.1 101 Switching Protocols\r\n";
const HEADERS: &str =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: (KEY)\r\n";

/// A server that answers so, and closes.
fn answering(reply: &str) -> Server {
    let reply = reply.to_owned();
    Server::accept(move |conn| {
        let head = conn.read_head();
        conn.raw(reply.replace("(KEY)", &head.accept_key()));
        close(conn);
    })
}

/// This must be said of the answer under `-v`, and nothing without it.
#[track_caller]
fn odd(case: &str, options: &[&str], reply: &str, oddities: &[&str]) {
    let server = answering(reply);
    let output = talk(&server).arg("-v").args(options).run();
    let expected: Vec<String> = oddities.iter().map(|text| format!("* {text}")).collect();
    let mut lines = told(&output, &server);
    assert_eq!(lines.pop().as_deref(), Some(CLOSED), "{case}");
    let connected = lines.remove(0);
    assert!(
        connected.starts_with("* connected to URL (HTTP 101, "),
        "{case}: {connected}"
    );
    assert_eq!(lines, expected, "{case}");
    output.stdout("").code(0);
    server.finish();
    for quiet in [&[][..], &["-q"]] {
        let server = answering(reply);
        let command = talk(&server).args(options).args(quiet);
        command.run().stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_usual_answer_has_no_oddities() {
    let usual = format!("{STATUS}{HEADERS}\r\n");
    odd("usual", &[], &usual, &[]);
    let lists = HEADERS
        .replace(": Upgrade", ": keep-alive, UPGRADE")
        .replace("Upgrade: w", "upgrade: W");
    odd(
        "lists",
        &[],
        &format!("{STATUS}{lists}Server: x\r\nDate: y\r\n\r\n"),
        &[],
    );
    let options = ["-s", "chat"];
    let chosen = format!("{STATUS}{HEADERS}Sec-WebSocket-Protocol: chat\r\n\r\n");
    odd("a subprotocol", &options, &chosen, &[]);
}

#[test]
fn interim_responses_are_told_with_their_status() {
    let last = format!("{STATUS}{HEADERS}\r\n");
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let text = "the server sent interim responses first: ";
    for (interim, said) in [
        ("HTTP/1.1 100 Continue\r\n\r\n".to_owned(), "[100]"),
        (
            format!("{early}{early}HTTP/1.1 100\r\n\r\n"),
            "[103, 103, 100]",
        ),
    ] {
        let reply = format!("{interim}{last}");
        odd(said, &[], &reply, &[&format!("{text}{said}")]);
    }
}

#[test]
fn each_oddity_of_the_head_is_told_once() {
    let nothing =
        |name: &str| format!("the answer has the header {name}, which means nothing here");
    let cases = [
        (
            "empty lines",
            format!("\r\n\r\n{STATUS}{HEADERS}\r\n"),
            "the server sent empty lines before its answer".to_owned(),
        ),
        (
            "another reason",
            format!("HTTP/1.1 101 Web Socket Protocol Handshake\r\n{HEADERS}\r\n"),
            "the status line is \"HTTP/1.1 101 Web Socket Protocol Handshake\"".to_owned(),
        ),
        (
            "no reason",
            format!("HTTP/1.1 101\r\n{HEADERS}\r\n"),
            "the status line is \"HTTP/1.1 101\"".to_owned(),
        ),
        (
            "a reason that would drive a terminal",
            format!("HTTP/1.1 101 \u{9b}31m\u{202e}\r\n{HEADERS}\r\n"),
            "the status line is \"HTTP/1.1 101 \\u009b31m\\u202e\"".to_owned(),
        ),
        (
            "line feeds",
            format!("{STATUS}{HEADERS}\r\n").replace("\r\n", "\n"),
            "lines of the answer end with a bare line feed".to_owned(),
        ),
        (
            "folded twice",
            format!("{STATUS}{HEADERS}X: a\r\n b\r\nY: c\r\n\td\r\n\r\n"),
            "a header of the answer is folded over lines".to_owned(),
        ),
        (
            "lengths",
            format!("{STATUS}{HEADERS}Content-Length: 0\r\ncontent-length: 0\r\n\r\n"),
            nothing("Content-Length"),
        ),
        (
            "an encoding",
            format!("{STATUS}{HEADERS}Transfer-Encoding: chunked\r\n\r\n"),
            nothing("Transfer-Encoding"),
        ),
    ];
    for (case, reply, said) in cases {
        odd(case, &[], &reply, &[&said]);
    }
}

#[test]
fn offered_subprotocols_of_which_none_was_chosen_are_told() {
    let reply = format!("{STATUS}{HEADERS}\r\n");
    let said = "the server chose none of the subprotocols that were offered";
    odd("one", &["-s", "chat"], &reply, &[said]);
    odd("two", &["-s", "a,b"], &reply, &[said]);
    let own = ["-H", "Sec-WebSocket-Protocol: x"];
    odd("a header of the user's", &own, &reply, &[said]);
}

#[test]
fn oddities_are_told_together() {
    let reply = format!(
        "HTTP/1.1 102 Processing\r\n\r\n\r\nHTTP/1.1 101 OK\n{HEADERS}X: a\r\n b\r\n\
         Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n"
    );
    let said = [
        "the server sent interim responses first: [102]",
        "the server sent empty lines before its answer",
        "the status line is \"HTTP/1.1 101 OK\"",
        "lines of the answer end with a bare line feed",
        "a header of the answer is folded over lines",
        "the answer has the header Content-Length, which means nothing here",
        "the answer has the header Transfer-Encoding, which means nothing here",
        "the server chose none of the subprotocols that were offered",
    ];
    odd("all", &["--subprotocol", "chat"], &reply, &said);
}

#[test]
fn the_notice_of_the_connection_tells_what_was_agreed_on() {
    let server = Server::accept(|conn| {
        let parameters = "permessage-deflate; server_max_window_bits=10";
        conn.upgrade_with(&[("Sec-WebSocket-Protocol", "chat"), (EXTENSIONS, parameters)]);
        close(conn);
    });
    let output = talk(&server).args(["-v", "-s", "chat"]).run();
    let connected = "* connected to URL (HTTP 101, subprotocol chat, permessage-deflate; \
                     server_max_window_bits=10, TIME)";
    assert_told("agreed", &output, &server, &[connected, CLOSED]);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn the_notice_of_the_connection_names_tls() {
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), |conn| {
        conn.upgrade();
        close(conn);
    });
    let command = talk(&server)
        .arg("--cacert")
        .arg(authority.certificate_path());
    let output = command.arg("--verbose").run();
    let lines = told(&output, &server);
    assert!(
        lines[0].starts_with("* connected to URL (HTTP 101, TLS"),
        "{lines:?}"
    );
    assert_eq!(lines[1..], [CLOSED]);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn credentials_are_not_in_the_notice_of_the_connection() {
    let server = answering(&format!("{STATUS}{HEADERS}\r\n"));
    let url = server.url().replace("ws://", "ws://user:secret@");
    let output = wstalk().args([&url[..], "-v"]).stdin_stays_open().run();
    assert_told("userinfo", &output, &server, &[CONNECTED, CLOSED]);
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn when_nothing_was_opened_the_error_follows_the_heads() {
    let server = Server::accept(|conn| {
        conn.reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let output = talk(&server).arg("-vv").run();
    let lines: Vec<&str> = output.stderr_seen().lines().collect();
    let said = "wstalk: error: the upgrade was refused: HTTP 404 Not Found";
    let heads = ["< HTTP/1.1 404 Not Found", "< Content-Length: 0", "<", said];
    assert!(lines.windows(4).any(|four| four == heads), "{lines:?}");
    output.stdout("").code(22);
    server.finish();
}
