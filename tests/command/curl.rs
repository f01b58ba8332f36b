//! A browser's "Copy as cURL", pasted into a shell.

use std::sync::mpsc::channel;

use super::support::{Command, Output, Server, program, wstalk};

/// The program with a pasted command, as a shell starts it.
fn pasted(options: &str, command: &str) -> Command {
    program("/bin/sh")
        .env("WSTALK", env!("CARGO_BIN_EXE_wstalk"))
        .arg("-c")
        .arg(format!("exec \"$WSTALK\" curl {options} -- {command}"))
}

/// The lines of the request that a pasted command leads to, without its first,
/// and how the program ended. `PORT` is the server's.
#[track_caller]
fn asked(options: &str, command: &str) -> (Vec<String>, Output) {
    let (sender, heads) = channel();
    let server = Server::accept(move |conn| {
        let head = conn.upgrade();
        let subprotocols = head.header("Sec-WebSocket-Protocol");
        assert_eq!(subprotocols, None, "none is chosen here");
        conn.text("hello").expect_close();
        conn.finish();
        sender.send(head).expect("a test that listens");
    });
    let port = server.port().to_string();
    let output = pasted(options, &command.replace("PORT", &port)).run();
    server.finish();
    let head = heads.recv().expect("a head");
    let key = head.header("Sec-WebSocket-Key").unwrap_or_default();
    let lines = head.header_lines().into_iter();
    let lines = lines.map(|line| line.replace(key, "KEY").replace(&port, "PORT"));
    (lines.collect(), output)
}

const CHROME: &str = r"curl 'ws://127.0.0.1:PORT/socket?room=1' \
  -H 'Upgrade: websocket' \
  -H 'Origin: https://chat.example.com' \
  -H 'Cache-Control: no-cache' \
  -H 'Accept-Language: en-US,en;q=0.9' \
  -H 'Pragma: no-cache' \
  -b 'session=0a1b; quote='\''' \
  -H 'Connection: Upgrade' \
  -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0' \
  -H 'Sec-WebSocket-Version: 13' \
  -H 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits' \
  --insecure
";

#[test]
fn a_pasted_request_is_made_as_the_browser_made_it() {
    let (lines, output) = asked("-1", CHROME);
    assert_eq!(
        lines,
        [
            "Host: 127.0.0.1:PORT",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: KEY",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            "Cookie: session=0a1b; quote='",
            "Origin: https://chat.example.com",
            "Cache-Control: no-cache",
            "Accept-Language: en-US,en;q=0.9",
            "Pragma: no-cache",
        ]
    );
    let left =
        "Upgrade, Connection, Sec-WebSocket-Key, Sec-WebSocket-Version, Sec-WebSocket-Extensions";
    let notice = format!("* made by the handshake itself, so not taken over: {left}\n");
    output.stdout("hello\n").stderr(&notice).code(0);
}

#[test]
fn our_own_options_say_how_the_conversation_goes() {
    let (lines, output) = asked("-q -1 -A mine -H 'Origin: http://mine'", CHROME);
    assert!(lines.contains(&"User-Agent: mine".into()), "{lines:?}");
    assert!(lines.contains(&"Origin: http://mine".into()), "{lines:?}");
    assert_eq!(lines.len(), 12, "{lines:?}");
    output.stdout("hello\n").stderr("").code(0);
}

#[test]
fn a_header_in_our_file_goes_before_curls() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("headers");
    std::fs::write(&file, "authorization: Bearer new\n\nX-Gone:\n").expect("a file");
    let options = format!("-1 -H @{}", file.display());
    let theirs = "-H 'Authorization: old' -H 'X-Gone: old' -H 'X-Other: 1' -u me:old";
    let (lines, output) = asked(&options, &format!("ws://127.0.0.1:PORT {theirs}"));
    assert_eq!(lines[7..], ["authorization: Bearer new", "X-Other: 1"]);
    output.stdout("hello\n").stderr("").code(0);
}

#[test]
fn what_means_nothing_is_told_to_those_who_ask() {
    let command = "ws://127.0.0.1:PORT --compressed -sSN -X GET --http1.1";
    let (_, output) = asked("-1", command);
    output.stdout("hello\n").stderr("").code(0);
    let (_, output) = asked("-v -1", command);
    let said = "* of curl's options, these mean nothing here: --compressed, -s, -S, -N, -X GET, --http1.1\n";
    output.stdout("hello\n").stderr_contains(said).code(0);
    let (_, output) = asked("-1", "-v ws://127.0.0.1:PORT");
    output
        .stdout("hello\n")
        .stderr_contains("* connected to ")
        .code(0);
}

#[test]
fn a_request_that_is_no_handshake_calls_nobody() {
    let server = Server::untouched();
    for (words, why) in [
        ("-X POST", "curl's -X: an opening handshake is a GET"),
        ("--data-raw '{}'", "curl's --data-raw: it sends a body"),
        ("--frobnicate", "curl's --frobnicate is not known here"),
        (
            "--frobnicate=hunter2",
            "curl's --frobnicate is not known here",
        ),
        ("-b jar.txt", "curl's -b: it names a file of cookies"),
    ] {
        let command = format!("curl '{}' {words}", server.url());
        let output = pasted("", &command).run().stdout("");
        let error = format!("wstalk: error: {why}");
        output
            .stderr_contains(&error)
            .stderr_contains("\nhint: ")
            .code(2);
    }
    server.finish();
}

#[test]
fn a_way_of_ours_beside_curls_socket_calls_nobody() {
    let server = Server::untouched();
    let command = format!("curl '{}' --unix-socket /nowhere", server.url());
    for (ours, option) in [
        ("-4", "--ipv4"),
        ("-6", "--ipv6"),
        ("--resolve '*:80:127.0.0.1'", "--resolve"),
        ("--proxy 127.0.0.1:1", "--proxy"),
        ("--proxy-user me:x", "--proxy-user"),
        ("--noproxy '*'", "--noproxy"),
    ] {
        let error = format!("wstalk: error: {option} cannot be used with --unix-socket\n");
        let output = pasted(ours, &command).run();
        output.stdout("").stderr_contains(&error).code(2);
    }
    server.finish();
}

#[test]
fn without_the_two_dashes_the_usage_shows_them() {
    let output = wstalk().args(["curl", "curl", "ws://h/"]).run();
    output
        .stdout("")
        .stderr_contains("wstalk curl [OPTIONS] -- ")
        .code(2);
}
