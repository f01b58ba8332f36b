//! Of answers that came whole and are none.

use super::super::support::{Authority, Server, wstalk};
use super::{assert_ended, assert_harmless, reply_to, talk};

const STATUS: &str = "HTTP/1.1 101 Switching Protocols\r\n";
const UPGRADE: &str = "Upgrade: websocket\r\n";
const CONNECTION: &str = "Connection: Upgrade\r\n";
const ACCEPT: &str = "Sec-WebSocket-Accept: (KEY)\r\n";
const ENDPOINT: &str = "is this the path of a WebSocket endpoint?";
const UNCOMPRESSED: &str = "the server agrees wrongly to compression: --no-compression offers none";

fn reply(headers: &[&str]) -> String {
    format!("{STATUS}{}\r\n", headers.concat())
}

/// The answer must be found wrong for this reason.
#[track_caller]
fn wrong(case: &str, options: &[&str], reply: &str, why: &str, hint: &str) {
    let text = reply.to_owned();
    let server = Server::accept(move |conn| {
        let head = conn.read_head();
        conn.raw(reply_to(&head, &text));
        assert_eq!(conn.swallow(), 0, "something was said after the answer");
    });
    let output = talk(&server).args(options).run();
    let stderr =
        format!("wstalk: error: the reply is not a valid opening handshake: {why}\nhint: {hint}\n");
    assert_ended(case, &output, "", &stderr, 8);
    server.finish();
}

#[test]
fn an_answer_that_lacks_what_it_needs_is_wrong() {
    let no_upgrade = "the header \"Upgrade: websocket\" is missing";
    let no_connection = "the header \"Connection: Upgrade\" is missing";
    for (case, headers, why) in [
        ("no Upgrade", &[CONNECTION, ACCEPT][..], no_upgrade),
        (
            "another Upgrade",
            &["Upgrade: h2c\r\n", CONNECTION, ACCEPT],
            no_upgrade,
        ),
        (
            "a longer Upgrade",
            &["Upgrade: websockets\r\n", CONNECTION, ACCEPT],
            no_upgrade,
        ),
        ("no Connection", &[UPGRADE, ACCEPT], no_connection),
        (
            "another Connection",
            &[UPGRADE, "Connection: close\r\n", ACCEPT],
            no_connection,
        ),
        (
            "no accept",
            &[UPGRADE, CONNECTION],
            "the header Sec-WebSocket-Accept is missing",
        ),
        ("nothing", &[], no_upgrade),
    ] {
        wrong(case, &[], &reply(headers), why, ENDPOINT);
    }
}

#[test]
fn an_accept_key_that_is_not_ours_is_wrong() {
    let twice = "the header Sec-WebSocket-Accept stands there more than once";
    for (case, accept, why) in [
        (
            "another's",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
            "Sec-WebSocket-Accept is \"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\", which does not answer our key",
        ),
        (
            "empty",
            "Sec-WebSocket-Accept:\r\n",
            "Sec-WebSocket-Accept is \"\", which does not answer our key",
        ),
        (
            "harmful",
            "Sec-WebSocket-Accept: a\u{9b}31m\u{202e}\r\n",
            "Sec-WebSocket-Accept is \"a\\u009b31m\\u202e\", which does not answer our key",
        ),
        (
            "twice",
            "Sec-WebSocket-Accept: (KEY)\r\nsec-websocket-accept: (KEY)\r\n",
            twice,
        ),
        (
            "right, then another",
            "Sec-WebSocket-Accept: (KEY)\r\nSec-WebSocket-Accept: x\r\n",
            twice,
        ),
    ] {
        wrong(
            case,
            &[],
            &reply(&[UPGRADE, CONNECTION, accept]),
            why,
            ENDPOINT,
        );
    }
}

#[test]
fn an_accept_key_in_another_case_is_wrong() {
    let server = Server::accept(|conn| {
        let head = conn.read_head();
        let key = head.accept_key();
        let other: String = key.chars().map(swapped).collect();
        conn.raw(head.switching(&[]).replace(&key, &other));
        conn.swallow();
    });
    let output = talk(&server).run();
    let output = output
        .stdout("")
        .stderr_contains("which does not answer our key");
    output.code(8);
    server.finish();
}

fn swapped(letter: char) -> char {
    match letter.is_ascii_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    }
}

#[test]
fn what_was_not_offered_may_not_be_chosen() {
    let extension = |name: &str| {
        let header = format!("Sec-WebSocket-Extensions: {name}\r\n");
        reply(&[UPGRADE, CONNECTION, ACCEPT, &header])
    };
    let protocol = |name: &str| {
        let header = format!("Sec-WebSocket-Protocol: {name}\r\n");
        reply(&[UPGRADE, CONNECTION, ACCEPT, &header])
    };
    let why =
        |what: &str, name: &str| format!("it names the {what} \"{name}\", which was not offered");
    for (case, options, reply, why, hint) in [
        (
            "an extension",
            &[][..],
            extension("x-own; a=1"),
            why("extension", "x-own"),
            ENDPOINT,
        ),
        (
            "a subprotocol",
            &[],
            protocol("chat"),
            why("subprotocol", "chat"),
            "offer it with --subprotocol chat",
        ),
        (
            "another subprotocol",
            &["-s", "a,b"],
            protocol("c"),
            why("subprotocol", "c"),
            "offer it with --subprotocol c",
        ),
        (
            "another case",
            &["-s", "chat"],
            protocol("Chat"),
            why("subprotocol", "Chat"),
            "offer it with --subprotocol Chat",
        ),
        (
            "one that is harmful",
            &["-s", "a"],
            protocol("\u{9b}2J"),
            why("subprotocol", "\\u009b2J"),
            "offer it with --subprotocol \\u009b2J",
        ),
        (
            "two at once",
            &["-s", "a,b"],
            protocol("a\r\nSec-WebSocket-Protocol: b"),
            "the header Sec-WebSocket-Protocol stands there more than once".to_owned(),
            ENDPOINT,
        ),
    ] {
        wrong(case, options, &reply, &why, hint);
    }
}

#[test]
fn compression_is_agreed_on_as_it_was_offered_or_not_at_all() {
    let extension = |name: &str| {
        let header = format!("Sec-WebSocket-Extensions: {name}\r\n");
        reply(&[UPGRADE, CONNECTION, ACCEPT, &header])
    };
    for (case, options, reply, why, hint) in [
        (
            "compression that was not offered",
            &["--no-compression"][..],
            extension("permessage-deflate"),
            "it names the extension \"permessage-deflate\", which was not offered".to_owned(),
            ENDPOINT,
        ),
        (
            "compression twice",
            &[],
            extension("permessage-deflate, permessage-deflate"),
            "it names the extension permessage-deflate twice".to_owned(),
            UNCOMPRESSED,
        ),
        (
            "compression with a window of no size",
            &[],
            extension("permessage-deflate; client_max_window_bits=16"),
            "it agrees to permessage-deflate with client_max_window_bits=16, which is not from 8 to 15"
                .to_owned(),
            UNCOMPRESSED,
        ),
        (
            "no list of extensions",
            &[],
            extension("permessage deflate"),
            "its Sec-WebSocket-Extensions \"permessage deflate\" is not a list of extensions"
                .to_owned(),
            UNCOMPRESSED,
        ),
    ] {
        wrong(case, options, &reply, &why, hint);
    }
}

#[test]
fn what_is_not_http_is_said_to_be_something_else() {
    let begins = |text: &str| format!("what came back is not HTTP: it begins with \"{text}\"");
    let port = "is this the port of a WebSocket server?";
    for (case, bytes, why) in [
        ("an SSH banner", "SSH-2.0-x\r\n", begins("SSH-2.0-x\\r\\n")),
        (
            "a line",
            "hello, who is there?\n",
            begins("hello, who is th"),
        ),
        (
            "HTTP/2",
            "HTTP/2 101\r\n\r\n",
            begins("HTTP/2 101\\r\\n\\r\\n"),
        ),
        (
            "another case",
            "http/1.1 101\r\n\r\n",
            begins("http/1.1 101\\r\\n\\r\\n"),
        ),
        ("escapes", "\u{1b}[2J\u{7}", begins("\\x1b[2J\\x07")),
        ("zeros", "\0\0\0\0", begins("\\x00\\x00\\x00\\x00")),
        ("a frame", "\u{1}\u{1}x", begins("\\x01\\x01x")),
    ] {
        wrong(case, &[], bytes, &why, port);
    }
}

#[test]
fn a_head_that_is_not_http_is_wrong() {
    for (case, text) in [
        ("no status", "HTTP/1.1\r\n\r\n"),
        ("a status of letters", "HTTP/1.1 abc OK\r\n\r\n"),
        (
            "a header without a colon",
            "HTTP/1.1 101 OK\r\nUpgrade\r\n\r\n",
        ),
        ("a NUL in a value", "HTTP/1.1 101 OK\r\nX: a\0b\r\n\r\n"),
        ("a blank in a name", "HTTP/1.1 101 OK\r\nX Y: a\r\n\r\n"),
    ] {
        let server = Server::accept(move |conn| {
            conn.reply(text);
            conn.swallow();
        });
        let output = talk(&server).run();
        let stderr = output.stderr_seen();
        let first =
            "wstalk: error: the reply is not a valid opening handshake: the head is not HTTP: ";
        assert!(stderr.starts_with(first), "{case}: {stderr}");
        assert_harmless(case, stderr);
        assert_eq!(output.exit_code(), Some(8), "{case}");
        server.finish();
    }
}

#[test]
fn tls_behind_ws_is_told_with_the_url_to_use() {
    let why = "what came back is TLS";
    for bytes in ["\u{15}\u{3}\u{1}\0\u{2}\u{2}F", "\u{16}\u{3}\u{3}\0\u{2}xx"] {
        let server = Server::accept(move |conn| {
            conn.reply(bytes);
            conn.swallow();
        });
        let port = server.port();
        let url = format!("ws://me:secret@127.0.0.1:{port}/a?b");
        let output = wstalk().arg(url).run();
        let stderr = format!(
            "wstalk: error: the reply is not a valid opening handshake: {why}\n\
             hint: the server speaks TLS: use wss://127.0.0.1:{port}/a?b\n"
        );
        assert_ended("TLS", &output, "", &stderr, 8);
        server.finish();
    }
}

/// OpenSSL, and what is built on it, closes without a word.
#[test]
fn a_tls_server_that_only_closes_may_be_found_out_too() {
    let authority = Authority::new();
    let server = Server::distrusted(&authority.localhost());
    let port = server.port();
    let output = wstalk().arg(format!("localhost:{port}/a")).run();
    output
        .stdout("")
        .stderr_first_line("wstalk: error: the server closed the connection before it answered")
        .stderr_contains(&format!("wss://localhost:{port}/a"))
        .code(52);
    server.finish();
}
