//! `-v` of opening: addresses, both heads as they stood on the wire, times, and
//! secrets masked unless they are to be shown.

use super::super::support::{Authority, Server, deaf_port, wstalk};
use super::{assert_time, close, upgraded};

/// The lines of `-v`, with `PORT`, `KEY`, `ANSWER` and `TIME` for what differs.
fn lines(options: &[&str], query: &str, server: &Server) -> Vec<String> {
    let url = format!("{}/chat{query}", server.url());
    let output = wstalk()
        .arg(url)
        .args(options)
        .arg("-v")
        .stdin_stays_open()
        .run();
    assert_eq!(output.exit_code(), Some(0), "{}", output.stderr_seen());
    let port = server.port().to_string();
    let lines = output.stderr_seen().lines();
    lines
        .map(|line| plain(&line.replace(&port, "PORT")))
        .collect()
}

#[track_caller]
fn plain(line: &str) -> String {
    for (name, word) in [("Key: ", "KEY"), ("Accept: ", "ANSWER")] {
        if let Some((before, _)) = line.split_once(&format!("Sec-WebSocket-{name}")) {
            return format!("{before}Sec-WebSocket-{name}{word}");
        }
    }
    if line.starts_with("* name ") {
        for part in line.trim_start_matches("* ").split(", ") {
            let (_, time) = part.split_once(' ').expect("a phase and its time");
            assert_time(time);
        }
        return "* TIMES".into();
    }
    let timed = line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once(['(', ' ']));
    match timed.filter(|(_, unit)| *unit == "ms") {
        Some((rest, _)) => {
            let (before, number) = rest.rsplit_once(['(', ' ']).expect("a number");
            assert_time(&format!("{number} ms"));
            format!("{} TIME", before.trim_end())
        }
        None => line.to_owned(),
    }
}

#[test]
fn each_step_and_both_heads_are_told_in_order() {
    let server = Server::accept(|conn| {
        conn.upgrade_with(&[("Server", "x\u{9b}y"), ("set-cookie", "a=b")]);
        close(conn);
    });
    let agent = concat!("> User-Agent: wstalk/", env!("CARGO_PKG_VERSION"));
    let expected = [
        "* trying 127.0.0.1:PORT",
        "* reached 127.0.0.1:PORT TIME",
        "> GET /chat HTTP/1.1",
        "> Host: 127.0.0.1:PORT",
        agent,
        "> Connection: Upgrade",
        "> Upgrade: websocket",
        "> Sec-WebSocket-Version: 13",
        "> Sec-WebSocket-Key: KEY",
        "> Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ">",
        "< HTTP/1.1 101 Switching Protocols",
        "< Upgrade: websocket",
        "< Connection: Upgrade",
        "< Sec-WebSocket-Accept: ANSWER",
        "< Server: x\\u009by",
        "< set-cookie: ***",
        "<",
        "* connected to ws://127.0.0.1:PORT/chat (HTTP 101, TIME",
        "* TIMES",
        "* closed by the server: 1000 (normal closure)",
    ];
    assert_eq!(lines(&[], "", &server), expected);
    server.finish();
}

#[test]
fn what_is_no_answer_is_shown_as_it_came() {
    for (reply, shown) in [
        (
            "HTTP/1.1 101 X\r\nServer: x\u{1b}y\r\n\r\n",
            "\n< HTTP/1.1 101 X\n< Server: x\\u001by\n<\n",
        ),
        ("SSH-2.0-x\r\n", "\n< SSH-2.0-x\n"),
        ("HTTP/1.1 101 X\r\nUpg", "\n< HTTP/1.1 101 X\n< Upg\n"),
    ] {
        let server = Server::accept(move |conn| {
            conn.read_head();
            conn.raw(reply);
            conn.shutdown_write();
            conn.expect_eof();
        });
        let output = wstalk().args([server.url(), "-v"]).stdin_stays_open().run();
        output.stdout("").stderr_contains(shown).code(8);
        server.finish();
    }
}

/// Options, a query, and the lines that show the secrets in them, masked and bare.
type Case = (
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
);

#[test]
fn secrets_are_masked_unless_they_are_to_be_shown() {
    const CASES: &[Case] = &[
        (
            &["--user", "me:x"],
            "",
            "> Authorization: Basic ***",
            "> Authorization: Basic bWU6eA==",
        ),
        (
            &["--bearer", "abc"],
            "",
            "> Authorization: Bearer ***",
            "> Authorization: Bearer abc",
        ),
        (&["--cookie", "a=b"], "", "> Cookie: ***", "> Cookie: a=b"),
        (
            &["-H", "x-api-key: k"],
            "",
            "> x-api-key: ***",
            "> x-api-key: k",
        ),
        (
            &[],
            "?token=abc&a=1",
            "> GET /chat?token=***&a=1 HTTP/1.1",
            "> GET /chat?token=abc&a=1 HTTP/1.1",
        ),
        (
            &[],
            "?token=abc",
            "* connected to ws://127.0.0.1:PORT/chat?token=*** (HTTP 101, TIME",
            "* connected to ws://127.0.0.1:PORT/chat?token=abc (HTTP 101, TIME",
        ),
    ];
    for (options, query, masked, bare) in CASES {
        for (more, expected, other) in [
            (&[][..], masked, bare),
            (&["--show-secrets"][..], bare, masked),
        ] {
            let server = upgraded(close);
            let lines = lines(&[options, more].concat(), query, &server);
            assert!(
                lines.iter().any(|line| line == expected),
                "{expected}: {lines:#?}"
            );
            assert!(
                !lines.iter().any(|line| line == other),
                "{other}: {lines:#?}"
            );
            server.finish();
        }
    }
}

#[test]
fn addresses_that_do_not_answer_are_told_with_their_cause() {
    let (_taken, port) = deaf_port();
    let address = format!("127.0.0.1:{port}");
    let output = wstalk().args([&format!("ws://{address}")[..], "-v"]).run();
    let said = format!(
        "* trying {address}\n* {address}: connection refused\nwstalk: error: cannot connect to {address}: connection refused\n"
    );
    output.stdout("").stderr_contains(&said).code(7);
}

#[test]
fn options_of_tls_without_tls_are_told() {
    let said = "* the options of TLS concern wss:// and proxies with TLS; this is ws://\n";
    for (options, told) in [
        (&["-k"][..], true),
        (&["--no-sni"], true),
        (&["--tls-min", "1.3"], true),
        (&[], false),
    ] {
        let server = upgraded(close);
        let command = wstalk().args([server.url(), "-v"]).args(options);
        let output = command.stdin_stays_open().run();
        assert_eq!(output.stderr_seen().contains(said), told, "{options:?}");
        assert_eq!(output.exit_code(), Some(0));
        server.finish();
    }
}

#[test]
fn keys_that_cannot_be_logged_are_told_where_they_are_wanted() {
    let said = "* SSLKEYLOGFILE is set, but the TLS library cannot write keys\n";
    for (scheme, options, told) in [
        ("wss", &["-v"][..], true),
        ("ws", &["-v"], false),
        ("wss", &[], false),
    ] {
        let server = Server::distrusted(&Authority::new().localhost());
        let url = format!("{scheme}://{}", server.address());
        let command = wstalk()
            .arg(url)
            .args(options)
            .env("SSLKEYLOGFILE", "/dev/null");
        let output = command.run();
        assert_eq!(
            output.stderr_seen().contains(said),
            told,
            "{scheme} {options:?}"
        );
        assert_ne!(output.exit_code(), Some(0));
        server.finish();
    }
}

#[test]
fn a_redirect_is_told_between_the_heads() {
    let server = Server::accept_many(2, |conn| match conn.number() {
        1 => {
            conn.reply("HTTP/1.1 302 Found\r\nLocation: /there?sig=abc\r\n\r\n");
        }
        _ => {
            conn.upgrade();
            close(conn);
        }
    });
    let lines = lines(&["-L"], "", &server);
    let at = lines
        .iter()
        .position(|line| line.starts_with("* redirected"));
    let around = &lines[at.expect("a redirect") - 1..][..3];
    let expected = [
        "<",
        "* redirected to ws://127.0.0.1:PORT/there?sig=*** (HTTP 302)",
        "* trying 127.0.0.1:PORT",
    ];
    assert_eq!(around, expected);
    server.finish();
}

#[test]
fn secrets_show_neither_in_hints_nor_in_odd_headers() {
    let refusal = "HTTP/1.1 403 No\r\nSet-Cookie : sid=s3cret\r\nContent-Length: 0\r\n\r\n";
    let redirect = "HTTP/1.1 302 Found\r\nLocation: /?token=s3cret\r\nContent-Length: 0\r\n\r\n";
    for (reply, scheme, shown) in [
        (refusal, "ws", "  Set-Cookie : ***\n"),
        (redirect, "ws", "/?token=***"),
        ("SSH-2.0-x\r\n", "wss", "use ws://127.0.0.1:PORT/?token=***"),
    ] {
        let server = Server::accept(move |conn| {
            conn.raw(reply);
            conn.shutdown_write();
            conn.swallow();
        });
        let url = format!("{scheme}://{}/?token=s3cret", server.address());
        let output = wstalk().args([&url[..], "-k"]).stdin_stays_open().run();
        let stderr = output.stderr_seen();
        let shown = shown.replace("PORT", &server.port().to_string());
        assert!(
            stderr.contains(&shown) && !stderr.contains("s3cret"),
            "{stderr}"
        );
        assert_ne!(output.exit_code(), Some(0));
        server.finish();
    }
}
