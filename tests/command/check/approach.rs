//! How a transcript's clients reach their servers: `connect`, the options under it, and
//! those of the command line.

use super::super::support::{Head, Output, Server};
use super::{check, echo_on};

/// The head of the request that a transcript makes.
fn head_of(text: &str, options: &[&str]) -> Head {
    let (sender, received) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let server = Server::accept(move |conn| {
        let head = conn.read_head();
        let headers: &[(&str, &str)] = match head.header("Sec-WebSocket-Protocol") {
            Some(_) => &[("Sec-WebSocket-Protocol", "chat")],
            None => &[],
        };
        conn.raw(head.switching(headers));
        let _ = sender.lock().expect("a sender").send(head);
        echo_on(conn);
    });
    let run = check(&[("a.wst", text)]).args(["--url", server.url()]);
    run.args(options).arg("a.wst").run().code(0);
    server.finish();
    received.recv().expect("a head")
}

/// What becomes of a transcript with this server.
fn run(server: &Server, text: &str) -> Output {
    let check = check(&[("a.wst", text)]);
    check.args(["--url", server.url(), "a.wst"]).run()
}

const OPTIONS: &str = "connect {{base}}/room?x=1
  subprotocol chat
  header X-One: 1
  header x-TWO: two words
  header User-Agent:
  origin https://app.example
  host other.example
  cookie a=1; b=2
  bearer {{token}}
  no-compression
open
  subprotocol == \"chat\"
";

#[test]
fn options_under_connect_are_in_the_request() {
    let head = head_of(OPTIONS, &["--secret", "token=s3cretvalue"]);
    assert_eq!(head.request_line(), "GET /room?x=1 HTTP/1.1");
    for (name, value) in [
        ("Sec-WebSocket-Protocol", Some("chat")),
        ("X-One", Some("1")),
        ("x-TWO", Some("two words")),
        ("User-Agent", None),
        ("Origin", Some("https://app.example")),
        ("Host", Some("other.example")),
        ("Cookie", Some("a=1; b=2")),
        ("Authorization", Some("Bearer s3cretvalue")),
        ("Sec-WebSocket-Extensions", None),
    ] {
        assert_eq!(head.header(name), value, "{name}");
    }
}

#[test]
fn the_command_line_wins_over_the_file() {
    let options = [
        "--secret",
        "token=s3cretvalue",
        "-H",
        "X-One: 2",
        "-H",
        "X-Three: 3",
        "--origin",
        "https://other.example",
        "--user",
        "ann:pw12",
        "--cookie",
        "c=3",
        "-A",
        "agent/1",
        "-s",
        "chat,more",
    ];
    let head = head_of(OPTIONS, &options);
    for (name, value) in [
        ("X-One", "2"),
        ("X-Three", "3"),
        ("x-TWO", "two words"),
        ("Origin", "https://other.example"),
        ("Cookie", "c=3"),
        ("Authorization", "Basic YW5uOnB3MTI="),
        ("Sec-WebSocket-Protocol", "chat, more"),
    ] {
        assert_eq!(head.header(name), Some(value), "{name}");
    }
}

#[test]
fn a_header_may_stand_twice_and_one_of_the_command_line_replaces_both() {
    let text = "connect {{base}}\n  header X-Tag: a\n  header x-tag: b\n";
    assert_eq!(head_of(text, &[]).headers("X-Tag"), ["a", "b"]);
    let head = head_of(text, &["-H", "X-Tag: c"]);
    assert_eq!(head.headers("X-Tag"), ["c"]);
}

#[test]
fn a_user_and_a_password_in_the_url_are_credentials() {
    let head = head_of(
        "connect {{base}}\n  user ann:{{pw}}\n",
        &["--secret", "pw=pw12"],
    );
    assert_eq!(head.header("Authorization"), Some("Basic YW5uOnB3MTI="));
}

#[test]
fn a_transcript_follows_redirects_only_if_it_says_so() {
    let server = Server::repeat(|conn| {
        if conn.number() % 2 == 1 {
            conn.reply("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
            return conn.hang_up();
        }
        let head = conn.upgrade();
        assert_eq!(head.request_line(), "GET /there HTTP/1.1");
        echo_on(conn);
    });
    let run = |text| run(&server, text);
    run("connect {{base}}\n  location\n> a\n< a\n").code(0);
    let output = run("connect {{base}}\n> a\n< a\n").code(22);
    assert!(
        output
            .stderr_seen()
            .contains("a.wst:1:1: the upgrade was refused: HTTP 302 Found")
    );
    server.finish();
}

#[test]
fn a_refusal_can_be_what_is_expected() {
    let refuse = |conn: &mut super::Conn<'_>| {
        conn.reply("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 18\r\n\r\n{\"error\":\"expired\"");
        conn.raw("}");
        conn.hang_up();
    };
    let server = Server::repeat(refuse);
    let run = |text| run(&server, text);
    run("connect {{base}}\nopen\n  status == 401\n  header WWW-Authenticate == \"Bearer\"\n  header X absent\n").code(0);
    let output = run("connect {{base}}\nopen\n  status == 101\n").code(1);
    let told = output.stderr_seen();
    assert!(
        told.contains("a.wst:3:3: `status == 101` does not hold: status is 401"),
        "{told}"
    );
    let output = run("connect {{base}}\nopen\n  status == 401\n> hello\n").code(1);
    let told = output.stderr_seen();
    assert!(
        told.contains("a.wst:4:1: this cannot be sent: the upgrade was refused"),
        "{told}"
    );
    run("connect {{base}}\n> hello\n").code(22);
    server.finish();
}

#[test]
fn several_clients_talk_in_the_order_of_the_file() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        echo_on(conn);
    });
    let text = "connect alice {{base}}/a\nopen\n  status == 101\nconnect bob {{base}}/b\nalice> from alice\nbob> from bob\nbob< from bob\nalice< from alice\n  let word = text\nbob> {{word}} again\nbob< from alice again\nalice> /close\nalice< /close\n";
    let run = check(&[("a.wst", text)]).args(["--url", server.url(), "a.wst"]);
    run.run().code(0);
    server.finish();
}

#[test]
fn what_weakens_trust_cannot_stand_in_a_file() {
    for option in [
        "insecure",
        "proxy http://x",
        "cert a.pem",
        "resolve a:1:b",
        "unix-socket /s",
        "record f",
    ] {
        let text = format!("connect ws://127.0.0.1:1\n  {option}\n");
        let output = check(&[("a.wst", &text)]).arg("a.wst").run().code(2);
        assert!(
            output
                .stderr_seen()
                .contains("a.wst:2:3: `connect` has no option"),
            "{option}"
        );
    }
}

#[test]
fn retry_waits_for_a_server_that_starts() {
    let server = Server::untouched();
    let url = server.url().to_owned();
    server.finish();
    let run = check(&[("a.wst", "connect {{base}}\n")]).args([
        "--url",
        &url,
        "--retry",
        "1",
        "--retry-delay",
        "10ms",
        "a.wst",
    ]);
    let output = run.run().code(7);
    assert!(
        output.stderr_seen().starts_with("* "),
        "{}",
        output.stderr_seen()
    );
}
