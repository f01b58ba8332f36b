//! Of answers to the upgrade that do not come, do not end, or are none.

use std::sync::Arc;
use std::time::Duration;

use super::super::support::{Conn, Frame, Server};
use super::{AT_ONCE, BOTH, Case, ERROR, Site, abreast, forever, hold};

const LIMIT: Duration = Duration::from_secs(1);

const UPGRADE: &str = "the server's answer to the upgrade took longer than 1 s";
const TLS: &str = "the TLS handshake took longer than 1 s";
const REFUSED: &str = "the upgrade was refused: HTTP 403 Forbidden";
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\n";
const MIB: usize = 1024 * 1024;

/// What is said of a reply that is none.
fn wrong(why: &str) -> String {
    format!("the reply is not a valid opening handshake: {why}")
}

/// Must end at the limit of connecting, once for everything together.
fn times_out(name: &str, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Case {
    Case::new(name, script)
        .options(&["--connect-timeout", "1"])
        .fails(28, UPGRADE)
        .takes(LIMIT, AT_ONCE)
}

/// Answers so far and says nothing more.
fn silent_after(name: &str, beginning: &'static str) -> Case {
    times_out(name, move |conn| {
        conn.reply(beginning);
        conn.swallow();
    })
}

#[test]
fn silence_before_the_upgrade_ends_at_the_limit() {
    hold(&[
        times_out("nothing read", |conn| conn.stall(AT_ONCE)),
        silent_after("no answer", ""),
        silent_after("one byte", "H"),
        silent_after(
            "mid-head",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso",
        ),
        silent_after("after an interim response", "HTTP/1.1 103\r\n\r\n"),
        times_out("no empty line", |conn| {
            let head = conn.read_head();
            let reply = head.switching(&[]);
            let reply = reply.strip_suffix("\r\n").expect("an empty line");
            conn.raw(reply);
            conn.swallow();
        }),
    ]);
}

type Script = fn(&mut Conn<'_>);

/// Here a server that should speak TLS does not.
#[test]
fn silence_after_the_tcp_handshake_ends_at_the_limit() {
    let scripts: [(&str, Script); 2] = [
        ("silent", |conn| conn.stall(AT_ONCE)),
        ("dripping", |conn| {
            // A record of 16 KiB that says it is the server's hello.
            conn.raw(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03");
            let sent = conn.drip([0; 10_000], Duration::from_millis(5));
            assert!(sent < 2_000, "{sent} bytes were taken");
        }),
    ];
    let site = Site::new();
    abreast(&scripts, |&(name, script)| {
        let server = Server::accept(script);
        let (command, _watch) = super::watched();
        let url = format!("wss://localhost:{}", server.port());
        let output = command
            .arg(url)
            .args(["--connect-timeout", "1", "--cacert"])
            .arg(site.authority.certificate_path())
            .stdin_stays_open()
            .within(AT_ONCE)
            .run();
        let stderr = output.stderr_seen();
        assert_eq!(
            stderr.lines().next(),
            Some(&*format!("{ERROR}{TLS}")),
            "{name}"
        );
        output.code(28);
        server.finish();
    });
}

/// Sends the whole reply and two frames byte by byte.
fn drips_a_conversation(conn: &mut Conn<'_>) {
    let head = conn.read_head();
    let reply = head.switching(&[("X-Filler", "drops")]);
    let frames = [Frame::text("drop by drop"), Frame::close(1000, "")];
    let frames: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    let bytes = [reply.as_bytes(), &frames].concat();
    conn.drip(&bytes, Duration::from_micros(500));
    assert_eq!(conn.expect_close().0, Some(1000));
    conn.finish();
}

#[test]
fn a_legal_answer_may_come_byte_by_byte() {
    hold(&[Case::new("byte by byte", drips_a_conversation).prints("drop by drop\n")]);
}

/// One byte every few milliseconds, for longer than the limit.
fn drips(conn: &mut Conn<'_>, beginning: &str, more: &str) {
    conn.reply(beginning);
    let sent = conn.drip(more.repeat(10_000 / more.len()), Duration::from_millis(5));
    assert!(sent < 2_000, "{sent} bytes were taken");
}

#[test]
fn a_drip_that_never_ends_meets_one_limit_for_the_whole() {
    hold(&[
        times_out("headers", |conn| {
            drips(conn, "HTTP/1.1 101 OK\r\n", "X: y\r\n");
        }),
        times_out("one header", |conn| {
            drips(conn, "HTTP/1.1 101 OK\r\nX: ", "x");
        }),
        times_out("the status line", |conn| drips(conn, "HTTP/1.1 101 ", "x")),
        times_out("empty lines", |conn| drips(conn, "", "\r\n")),
        // Each of them is whole and legal.
        times_out("interim responses", |conn| {
            drips(
                conn,
                "",
                "HTTP/1.1 103 Early Hints\r\nX-Filler: 0123456789\r\n\r\n",
            );
        }),
    ]);
}

#[test]
fn a_refusal_that_drips_its_body_ends_at_the_limit() {
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    let cases = [
        ("to the end", "\r\n".to_owned(), "x"),
        (
            "by length",
            "Content-Length: 99999999\r\n\r\n".to_owned(),
            "x",
        ),
        ("in chunks", chunked.to_owned(), "1\r\nx\r\n"),
        ("in a chunk's line", format!("{chunked}1"), ";x"),
    ];
    hold(&cases.map(|(name, framing, more)| {
        times_out(name, move |conn| {
            drips(conn, &format!("{FORBIDDEN}{framing}"), more);
        })
        .fails(22, REFUSED)
    }));
}

fn floods(name: &str, beginning: &'static str, more: &'static str) -> Case {
    Case::new(name, move |conn| {
        conn.reply(beginning);
        forever(conn, more.repeat(64 * 1024 / more.len()));
    })
}

#[test]
fn an_answer_without_end_is_given_up() {
    let long = wrong("the head is longer than 65536 bytes");
    let interim = wrong("it came with more than 100 interim responses");
    let early = "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n";
    let lines = floods("empty lines", "", "\r\n");
    hold(&[
        floods("headers", "HTTP/1.1 101 OK\r\n", "X: 0123456789\r\n").fails(8, &long),
        floods("folded", "HTTP/1.1 101 OK\r\nX: y\r\n", " y\r\n").fails(8, &long),
        floods("one header", "HTTP/1.1 101 OK\r\nX: ", "x").fails(8, &long),
        floods("a name", "HTTP/1.1 101 OK\r\n", "x").fails(8, &long),
        floods("the status line", "HTTP/1.1 101 ", "x").fails(8, &long),
        floods("a refusal's head", FORBIDDEN, "X: y\r\n").fails(8, &long),
        floods("interim responses", early, early).fails(8, &interim),
        lines
            .options(&["--connect-timeout", "1"])
            .fails(28, UPGRADE)
            .takes(LIMIT, AT_ONCE),
    ]);
}

#[test]
fn an_error_page_without_end_is_cut() {
    let chunked = format!("{FORBIDDEN}Transfer-Encoding: chunked\r\n\r\n");
    let length = format!("{FORBIDDEN}Content-Length: 18446744073709551615\r\n\r\n");
    let cases = [
        ("to the end", format!("{FORBIDDEN}\r\n"), "x"),
        (
            "to the end, escapes",
            format!("{FORBIDDEN}\r\n"),
            "\u{1b}[31m\r\n",
        ),
        ("by length", length, "x"),
        ("in small chunks", chunked.clone(), "1\r\nx\r\n"),
        (
            "in one chunk",
            format!("{chunked}7fffffffffffffff\r\n"),
            "x",
        ),
        (
            "in a chunk too long",
            format!("{chunked}ffffffffffffffff\r\n"),
            "x",
        ),
        ("in a chunk's line", format!("{chunked}1;"), "x"),
        ("in a chunk's zeros", chunked.clone(), "0"),
    ];
    hold(&cases.map(|(name, beginning, more)| {
        Case::new(name, move |conn| {
            conn.reply(&beginning);
            forever(conn, more.repeat(64 * 1024 / more.len()));
        })
        .fails(22, REFUSED)
    }));
}

#[test]
fn an_error_page_of_10_mib_is_cut() {
    let line = format!("{}\r\n", "x".repeat(1022));
    let page = Arc::new(line.repeat(10 * MIB / line.len()));
    let framings = [
        ("by length", format!("Content-Length: {}\r\n\r\n", 10 * MIB)),
        ("to the end", "\r\n".to_owned()),
        (
            "in one chunk",
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", 10 * MIB),
        ),
    ];
    hold(&framings.map(|(name, framing)| {
        let page = Arc::clone(&page);
        Case::new(name, move |conn| {
            conn.reply(format!("{FORBIDDEN}{framing}"));
            // The client leaves as soon as it has enough.
            let _ = conn.try_raw(page.as_bytes());
        })
        .fails(22, REFUSED)
    }));
}

/// A 101 with these headers; `(KEY)` in them is the right accept key.
fn answers(name: &str, headers: impl Into<String>) -> Case {
    let headers = headers.into();
    Case::new(name, move |conn| {
        let head = conn.read_head();
        let headers = headers.replace("(KEY)", &head.accept_key());
        conn.raw(format!(
            "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{headers}\r\n"
        ));
        assert_eq!(conn.swallow(), 0, "something was said after the answer");
    })
}

#[test]
fn an_accept_key_must_be_there_once_and_right() {
    let accept = |values: &[&str]| {
        let line = |value: &&str| format!("Sec-WebSocket-Accept: {value}\r\n");
        values.iter().map(line).collect::<String>()
    };
    let missing = "the header Sec-WebSocket-Accept is missing";
    let twice = "the header Sec-WebSocket-Accept stands there more than once";
    let not_ours =
        |key: &str| format!("Sec-WebSocket-Accept is \"{key}\", which does not answer our key");
    let other = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    hold(&[
        answers("missing", "").fails(8, &wrong(missing)),
        answers("another's", accept(&[other])).fails(8, &wrong(&not_ours(other))),
        answers("empty", accept(&[""])).fails(8, &wrong(&not_ours(""))),
        answers("doubled", accept(&["(KEY)", "(KEY)"])).fails(8, &wrong(twice)),
        answers("and another", accept(&["(KEY)", "x"])).fails(8, &wrong(twice)),
        answers("another first", accept(&["x", "(KEY)"])).fails(8, &wrong(twice)),
    ]);
}

/// A good 101 with one more header.
fn chooses(name: &str, what: &str, value: &str) -> Case {
    let key = "Sec-WebSocket-Accept: (KEY)";
    answers(name, format!("{key}\r\nSec-WebSocket-{what}: {value}\r\n"))
}

#[test]
fn what_was_never_offered_may_not_be_chosen() {
    let never = |what: &str, name: &str| {
        wrong(&format!(
            "it names the {what} \"{name}\", which was not offered"
        ))
    };
    let twice = wrong("the header Sec-WebSocket-Protocol stands there more than once");
    let doubled = "a\r\nSec-WebSocket-Protocol: b";
    hold(&[
        chooses("an extension", "Extensions", "x-own").fails(8, &never("extension", "x-own")),
        chooses(
            "with compression",
            "Extensions",
            "permessage-deflate, x-own",
        )
        .fails(8, &never("extension", "x-own")),
        chooses("one of two", "Extensions", "x-own, x-other")
            .fails(8, &never("extension", "x-own")),
        chooses("a subprotocol", "Protocol", "chat").fails(8, &never("subprotocol", "chat")),
        chooses("two", "Protocol", doubled).fails(8, &twice),
        chooses("two that were offered", "Protocol", doubled)
            .options(&["-s", "a,b"])
            .fails(8, &twice),
        chooses("a list", "Protocol", "a, b")
            .options(&["-s", "a,b"])
            .fails(8, &never("subprotocol", "a, b")),
    ]);
}

/// Each of them in words of its own, which are not repeated here.
#[test]
fn an_answer_about_compression_that_makes_no_sense_is_wrong() {
    let values = [
        "permessage-deflate, permessage-deflate",
        "permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate",
        "permessage-deflate; x-own",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ];
    let site = Site::new();
    let runs = values.map(|value| BOTH.map(|way| (value, way))).concat();
    abreast(&runs, |&(value, way)| {
        let headers = [("Sec-WebSocket-Extensions", value)];
        let server = site.server(way, move |conn| {
            conn.upgrade_with(&headers);
            assert_eq!(conn.swallow(), 0, "something was said after the answer");
        });
        let (command, _watch) = site.talk(&server);
        let output = command.within(AT_ONCE).run();
        let stderr = output.stderr_seen();
        let said = stderr.starts_with(&format!("{ERROR}{}", wrong("")));
        let seen = (output.exit_code(), said);
        assert_eq!(seen, (Some(8), true), "{value}, {way:?}: {stderr}");
        server.finish();
    });
}

#[test]
fn what_is_not_http_is_wrong_at_its_first_bytes() {
    let begins = |text: &str| {
        wrong(&format!(
            "what came back is not HTTP: it begins with \"{text}\""
        ))
    };
    let tls = wrong("what came back is TLS");
    let cases: [(&str, &[u8], String); 6] = [
        ("an SSH banner", b"SSH-2.0-x\r\n", begins("SSH-2.0-x\\r\\n")),
        (
            "escapes",
            b"\x1b[2J\x1b]0;x\x07",
            begins("\\x1b[2J\\x1b]0;x\\x07"),
        ),
        ("bytes", b"\xff\xfe\x00", begins("\\xff\\xfe\\x00")),
        ("a frame", b"\x81\x01x", begins("\\x81\\x01x")),
        ("an alert", b"\x15\x03\x01\0\x02\x02F", tls.clone()),
        ("a hello", b"\x16\x03\x03\0\x02xx", tls),
    ];
    hold(&cases.map(|(name, bytes, first)| {
        let bytes = bytes.to_vec();
        Case::new(name, move |conn| {
            conn.reply(&bytes);
            conn.swallow();
        })
        .fails(8, &first)
    }));
}
