//! Of the request: every byte of it.

use std::net::{Ipv6Addr, TcpListener};
use std::sync::mpsc::channel;
use std::time::Duration;

use data_encoding::BASE64;

use super::super::support::stream::Stream;
use super::super::support::wait::Wake;
use super::super::support::{Conn, Server, wstalk};
use super::close;

/// The head that these words lead to, `PORT` in them being the server's; in
/// the head the port and the key are `PORT` and `KEY`.
#[track_caller]
fn asked(words: &[&str]) -> String {
    let (sender, heads) = channel();
    let server = Server::accept(move |conn| {
        let head = conn.upgrade();
        close(conn);
        sender.send(head).expect("a test that listens");
    });
    let port = server.port().to_string();
    let words = words.iter().map(|word| word.replace("PORT", &port));
    let output = wstalk().args(words).stdin_stays_open().run();
    output.stdout("").stderr("").code(0);
    server.finish();
    let head = heads.recv().expect("a head");
    let key = head.header("Sec-WebSocket-Key").unwrap_or_default();
    let text = head.text().replacen(&format!(" {key}\r\n"), " KEY\r\n", 1);
    text.replace(&port, "PORT")
}

/// The head with these lines between its first and last, the key's included.
fn head(resource: &str, lines: &[&str]) -> String {
    let agent = format!("User-Agent: wstalk/{}", env!("CARGO_PKG_VERSION"));
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| {
            if *line == "AGENT" {
                agent.as_str()
            } else {
                *line
            }
        })
        .collect();
    format!("GET {resource} HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"))
}

const HOST: &str = "Host: 127.0.0.1:PORT";
const CONNECTION: &str = "Connection: Upgrade";
const UPGRADE: &str = "Upgrade: websocket";
const VERSION: &str = "Sec-WebSocket-Version: 13";
const KEY: &str = "Sec-WebSocket-Key: KEY";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

/// What is sent when nothing is asked for, and what is added to it.
fn plain(resource: &str, added: &[&str]) -> String {
    let usual = [HOST, "AGENT", CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS];
    head(resource, &[&usual, added].concat())
}

#[test]
fn a_request_without_options_is_exactly_this() {
    assert_eq!(asked(&["ws://127.0.0.1:PORT"]), plain("/", &[]));
}

#[test]
fn path_and_query_go_out_as_the_url_has_them() {
    for (tail, resource) in [
        ("", "/"),
        ("/", "/"),
        ("/a/b?c=d&e", "/a/b?c=d&e"),
        ("?q", "/?q"),
        ("/%0d%0aX:%201", "/%0d%0aX:%201"),
        ("/a b", "/a%20b"),
        ("/ü", "/%C3%BC"),
        ("/a//b/", "/a//b/"),
    ] {
        let url = format!("ws://127.0.0.1:PORT{tail}");
        assert_eq!(asked(&[&url]), plain(resource, &[]), "{tail:?}");
    }
}

#[test]
fn the_key_is_sixteen_bytes_and_new_each_time() {
    let (sender, keys) = channel();
    let server = Server::accept_many(4, move |conn| {
        let head = conn.upgrade();
        close(conn);
        let keys = head.headers("Sec-WebSocket-Key");
        assert_eq!(keys.len(), 1, "{}", head.text());
        sender
            .send(keys[0].to_owned())
            .expect("a test that listens");
    });
    let mut seen = Vec::new();
    for _ in 0..4 {
        wstalk().arg(server.url()).stdin_stays_open().run().code(0);
        let key = keys.recv().expect("a key");
        let bytes = BASE64.decode(key.as_bytes()).expect("a key in base64");
        assert_eq!(bytes.len(), 16, "{key}");
        assert!(!seen.contains(&key), "{key} came twice");
        seen.push(key);
    }
    server.finish();
}

#[test]
fn nothing_is_sent_before_the_answer() {
    let server = Server::accept(|conn| {
        conn.read_head();
        // What is to be seen: that nothing comes in this time.
        conn.stall(Duration::from_millis(300));
        conn.raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
        conn.expect_eof();
    });
    let output = wstalk()
        .args([server.url(), "-x", "early"])
        .stdin("line\n")
        .run();
    assert_eq!(output.exit_code(), Some(8), "{}", output.stderr_seen());
    server.finish();
}

#[test]
fn headers_are_added_replaced_and_removed_with_their_case_and_order() {
    let all = |added: &[&str]| plain("/", added);
    let cases: [(&str, &[&str], String); 10] = [
        ("added", &["-H", "x-ONE: 1"], all(&["x-ONE: 1"])),
        (
            "several, in order",
            &["-H", "b: 1", "--header", "A: 2", "-H", "b: 3"],
            all(&["b: 1", "A: 2", "b: 3"]),
        ),
        ("outer blanks", &["-H", "X:  a  b\t"], all(&["X: a  b"])),
        ("no blank", &["-H", "X:a:b"], all(&["X: a:b"])),
        ("not ASCII", &["-H", "X: é"], all(&["X: é"])),
        (
            "replaced in its place",
            &["-H", "user-agent: me"],
            head(
                "/",
                &[
                    HOST,
                    "user-agent: me",
                    CONNECTION,
                    UPGRADE,
                    VERSION,
                    KEY,
                    EXTENSIONS,
                ],
            ),
        ),
        (
            "replaced twice: the second is added",
            &["-H", "Host: a", "-H", "Host: b"],
            head(
                "/",
                &[
                    "Host: a", "AGENT", CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS, "Host: b",
                ],
            ),
        ),
        (
            "removed",
            &["-H", "user-agent:"],
            head("/", &[HOST, CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS]),
        ),
        (
            "several removed",
            &["-H", "Host:", "-H", "USER-AGENT: "],
            head("/", &[CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS]),
        ),
        (
            "one that is not there removed",
            &["-H", "X-None:"],
            all(&[]),
        ),
    ];
    for (case, options, expected) in cases {
        let words = [&["ws://127.0.0.1:PORT"], options].concat();
        assert_eq!(asked(&words), expected, "{case}");
    }
}

#[test]
fn options_of_their_own_set_their_headers() {
    let all = |added: &[&str]| plain("/", added);
    let host = |host: &str| {
        head(
            "/",
            &[host, "AGENT", CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS],
        )
    };
    let agent = |agent: &str| {
        head(
            "/",
            &[HOST, agent, CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS],
        )
    };
    let protocol = |names: &str| all(&[&format!("Sec-WebSocket-Protocol: {names}")]);
    let cases: [(&[&str], String); 13] = [
        (
            &["-o", "https://a.example"],
            all(&["Origin: https://a.example"]),
        ),
        (&["--origin", "null"], all(&["Origin: null"])),
        (&["-s", "chat.v2"], protocol("chat.v2")),
        (&["-s", "a,b"], protocol("a, b")),
        (&["-s", "b", "--subprotocol", "a, c"], protocol("b, a, c")),
        (&["--host", "a.example:1"], host("Host: a.example:1")),
        (&["-A", "me/1 (x)"], agent("User-Agent: me/1 (x)")),
        (&["--user-agent", "me"], agent("User-Agent: me")),
        (
            &["-u", "me:pass"],
            all(&["Authorization: Basic bWU6cGFzcw=="]),
        ),
        (&["--user", "me:"], all(&["Authorization: Basic bWU6"])),
        (
            &["--auth", "me:a:b"],
            all(&["Authorization: Basic bWU6YTpi"]),
        ),
        (&["-u", "mé:ü"], all(&["Authorization: Basic bcOpOsO8"])),
        (
            &["-u", "me:pass", "-H", "authorization: Own"],
            all(&["authorization: Own"]),
        ),
    ];
    for (options, expected) in cases {
        let words = [&["ws://127.0.0.1:PORT"], options].concat();
        assert_eq!(asked(&words), expected, "{options:?}");
    }
}

#[test]
fn the_urls_credentials_become_basic_authentication() {
    let basic = |text: &str| {
        let value = BASE64.encode(text.as_bytes());
        plain("/x", &[&format!("Authorization: Basic {value}")])
    };
    let cases: [(&[&str], String); 6] = [
        (&["ws://me:pass@127.0.0.1:PORT/x"], basic("me:pass")),
        (&["me:pass@127.0.0.1:PORT/x"], basic("me:pass")),
        (&["ws://me@127.0.0.1:PORT/x"], basic("me:")),
        (&["ws://m%40e:p%3a%2F@127.0.0.1:PORT/x"], basic("m@e:p:/")),
        (&["ws://me:p@ss@127.0.0.1:PORT/x"], basic("me:p@ss")),
        (
            &["ws://me:pass@127.0.0.1:PORT/x", "-u", "you:other"],
            basic("you:other"),
        ),
    ];
    for (words, expected) in cases {
        assert_eq!(asked(words), expected, "{words:?}");
    }
}

#[test]
fn a_host_is_named_as_it_is_resolved() {
    let named = |host: &str| {
        head(
            "/",
            &[host, "AGENT", CONNECTION, UPGRADE, VERSION, KEY, EXTENSIONS],
        )
    };
    let number = named(HOST);
    let name = named("Host: localhost:PORT");
    for (url, expected) in [
        ("http://127.0.0.1:PORT", &number),
        ("WS://127.0.0.1:PORT", &number),
        ("127.0.0.1:PORT", &number),
        ("localhost:PORT", &name),
        (":PORT", &name),
        ("ws://LocalHost:PORT", &name),
        ("ws://ⓛｏcalhost:PORT", &name),
        ("ws://１２７.0。0.１:PORT", &number),
        ("ws://2130706433:PORT", &number),
    ] {
        assert_eq!(&asked(&[url]), expected, "{url}");
    }
}

#[test]
fn connect_names_the_url_too() {
    assert_eq!(asked(&["-c", "ws://127.0.0.1:PORT/a"]), plain("/a", &[]));
    assert_eq!(asked(&["--connect", "127.0.0.1:PORT/a"]), plain("/a", &[]));
}

#[test]
fn an_ipv6_address_stands_in_brackets() {
    // A machine without IPv6 has nothing to test here.
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return;
    };
    let port = listener.local_addr().expect("an address").port();
    let server = std::thread::spawn(move || {
        let (tcp, _) = listener.accept().expect("a call");
        let wake = Wake::default();
        let mut conn = Conn::new(Stream::open(tcp, None).expect("TCP"), 1, &wake);
        let host = conn.upgrade().headers("Host").join(", ");
        close(&mut conn);
        host
    });
    let output = wstalk()
        .arg(format!("ws://[0:0::1]:{port}"))
        .stdin_stays_open()
        .run();
    output.stdout("").stderr("").code(0);
    assert_eq!(server.join().expect("a server"), format!("[::1]:{port}"));
}
