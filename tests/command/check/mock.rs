//! `wstalk listen --script`: the server's side of a transcript.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::super::support::{Listening, wstalk};
use super::{check, write};

const CHAT: &str = "connect {{base}}/chat
  subprotocol chat.v2
  header X-Key: {{key}}
open
  status == 101
  subprotocol == \"chat.v2\"
  header Server ~ ^nginx
  example Server: nginx/1.22

> {\"type\":\"hello\",\"id\":1}
< {\"type\":\"welcome\"}
  $.session ~ ^[0-9a-f]{8}$
  let sid = $.session
  example {\"type\":\"welcome\",\"session\":\"0123abcd\"}
> {\"type\":\"subscribe\",\"sid\":\"{{sid}}\"}
< ...
<& {\"type\":\"tick\"}
<& /match ^tock \\d+$
  example tock 12
<? perhaps
< /binary ff ??
  example /binary ff 02
  times 3
> /ping k
< /pong k
< /silence 50ms
> /close 1000 bye
< /close 1000
";

/// A server that plays a transcript.
fn mock(text: &str) -> Listening {
    Listening::playing(text, &["--variable", "key=k1"])
}

/// The client's side of it is what this one expects.
#[track_caller]
fn passes(text: &str, mock: &Listening) {
    check(&[("a.wst", text)])
        .args(["--url", mock.url(), "a.wst"])
        .run()
        .code(0);
}

#[test]
fn a_transcript_passes_against_its_own_mock_by_several_clients_at_once() {
    let mock = mock(CHAT);
    let files: Vec<(String, &str)> = (0..6).map(|n| (format!("{n}.wst"), CHAT)).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let names = files.iter().map(|(name, _)| *name);
    let run = check(&files).args(["--url", mock.url(), "--variable", "key=k1", "--jobs", "3"]);
    run.args(names).run().code(0);
    let told = mock.stop(0);
    assert_eq!(
        told.lines()
            .filter(|line| line.ends_with(" of a.wst was met"))
            .count(),
        6,
        "{told}"
    );
}

#[test]
fn a_client_that_does_something_else_is_told_where() {
    let mock = mock(CHAT);
    let run = wstalk().args([
        &format!("{}/chat", mock.url()),
        "-s",
        "chat.v2",
        "-H",
        "X-Key: k1",
    ]);
    let output = run
        .args(["-x", "{\"type\":\"hallo\",\"id\":1}", "--expect", "/any"])
        .run();
    assert_eq!(output.exit_code(), Some(1));
    let told = mock.stop(1);
    assert!(
        told.starts_with("a.wst:10:1: another message came than the expected one\n"),
        "{told}"
    );
    assert!(
        told.contains("  differences  $.type: expected \"hello\", came \"hallo\"\n"),
        "{told}"
    );
    assert!(
        told.ends_with("wstalk: error: 1 of 1 rounds of a.wst were not met\n"),
        "{told}"
    );
}

#[test]
fn an_opening_handshake_is_held_against_connect() {
    for (path, options, place) in [
        (
            "/other",
            &["-s", "chat.v2", "-H", "X-Key: k1"][..],
            "a.wst:1:9: the client asked for /other, expected /chat",
        ),
        (
            "/chat",
            &["-H", "X-Key: k1"],
            "a.wst:2:3: the client did not offer the subprotocol chat.v2",
        ),
        (
            "/chat",
            &["-s", "chat.v2", "-H", "X-Key: k2"],
            "a.wst:3:3: the client did not send the header X-Key: k1",
        ),
    ] {
        let mock = mock(CHAT);
        let run = wstalk()
            .arg(format!("{}{path}", mock.url()))
            .args(options)
            .args(["-w", "-1"]);
        run.run().code(69);
        let told = mock.stop(1);
        assert!(told.starts_with(place), "{told}");
    }
}

#[test]
fn clients_take_the_names_of_the_file_in_their_order() {
    let text = "connect alice {{base}}/a\nconnect bob {{base}}/b\nalice> hi bob\nbob< hi bob\nbob> /close\nbob< /close\n";
    let mock = mock(text);
    for _ in 0..2 {
        passes(text, &mock);
    }
    let told = mock.stop(0);
    assert_eq!(
        told,
        "* round 1 of a.wst was met\n* round 2 of a.wst was met\n"
    );
}

#[test]
fn a_refusal_is_played_too() {
    let text = "connect {{base}}\nopen\n  status == 401\n  header WWW-Authenticate == \"Bearer\"\n  text == \"no\"\n";
    let mock = mock(text);
    passes(text, &mock);
    mock.stop(0);
}

#[test]
fn ends_of_every_kind_are_played() {
    for text in [
        "connect {{base}}\n> go\n< /close 1008 quota\n",
        "connect {{base}}\n> go\n< /lost\n",
        "connect {{base}}\n> go\n< /close\n",
    ] {
        let mock = mock(text);
        passes(text, &mock);
        mock.stop(0);
    }
}

#[test]
fn who_plays_nothing_or_breaks_off_has_not_met_it() {
    let told = mock(CHAT).stop(1);
    assert_eq!(told, "wstalk: error: no client came\n");
    let mock = mock("connect {{base}}\n> a\n< b\n> c\n");
    wstalk()
        .args([mock.url(), "-x", "a", "-1"])
        .run()
        .code(0)
        .stdout("b\n");
    let told = mock.stop(1);
    assert!(told.starts_with("a.wst:4:1: the client closed with 1000 (normal closure), before the expected message came\n"), "{told}");
}

#[test]
fn what_leaves_open_what_to_send_is_refused_with_the_line() {
    for (line, place) in [
        (
            "< /match a\n",
            "a.wst:2:1: a server cannot know what to send here",
        ),
        (
            "< {}\n  $.a == 1\n",
            "a.wst:3:3: what a server would send is not so: $.a is absent",
        ),
        ("<& /any\n", "a.wst:2:1: "),
        ("< /binary ...\n", "a.wst:2:1: "),
    ] {
        let command = wstalk().args(["listen", "--script", "a.wst"]);
        write(
            command.home(),
            "a.wst",
            &format!("connect {{{{base}}}}\n{line}"),
        );
        let output = command.run().code(2);
        let told = output.stderr_seen();
        assert!(
            told.starts_with(&format!("wstalk: error: {place}")),
            "{told}"
        );
    }
}

/// What a client sends to begin with, by hand.
const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A connection that has said this, and gets the beginning of an answer.
fn knock(mock: &Listening, said: &[u8]) -> TcpStream {
    let mut tcp = TcpStream::connect(mock.address()).expect("a listener");
    tcp.set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a limit");
    tcp.write_all(said).expect("a reader");
    assert_eq!(tcp.read(&mut [0]).expect("an answer"), 1);
    tcp
}

#[test]
fn a_client_that_breaks_the_protocol_is_not_called_the_server() {
    let mut server = mock("connect {{base}}\n> a\n");
    let unmasked = [UPGRADE.as_bytes(), b"\x81\x01a"].concat();
    let broken = knock(&server, &unmasked);
    server.wait_told("connection  ");
    drop(broken);
    let told = server.stop(1);
    let expected = "a.wst:2:1: the client broke the protocol: a frame from the client is not masked, before the expected message came\n";
    assert!(told.starts_with(expected), "{told}");
    assert!(!told.contains("the server"), "{told}");
}

#[test]
fn how_a_client_left_is_told_as_its_doing() {
    let server = mock("connect {{base}}\n> a\n");
    wstalk()
        .args([server.url(), "-x", "/close 4001 enough", "-w", "-1"])
        .run()
        .code(0);
    let told = server.stop(1);
    assert!(
        told.starts_with("a.wst:2:1: the client closed with 4001"),
        "{told}"
    );
    assert!(!told.contains("the server"), "{told}");
}

#[test]
fn what_is_no_request_is_told_as_what_came() {
    let mut server = mock("connect {{base}}\n> a\n");
    knock(&server, b"hello\r\n\r\n");
    server.wait_told("GET \"");
    let told = server.stop(1);
    let (_, why) = told.split_once(" was not let in: ").expect("a notice");
    let expected = "the request is not a valid opening handshake: it begins with \"hello\\r\\n\\r\\n\" and not with \"GET \"\n";
    assert!(why.starts_with(expected), "{told}");
}

#[test]
fn a_server_is_silent_for_longer_than_its_client_expects() {
    let server = mock("connect {{base}}\n> a\n< /silence 50ms\n< b\n");
    let begun = Instant::now();
    let mut tcp = knock(
        &server,
        &[UPGRADE.as_bytes(), b"\x81\x81\0\0\0\0a"].concat(),
    );
    let (mut came, mut byte) = (Vec::new(), [0]);
    while !came.ends_with(b"\x81\x01b") {
        tcp.read_exact(&mut byte).expect("a message");
        came.extend(byte);
    }
    assert!(begun.elapsed() >= Duration::from_millis(150));
    tcp.write_all(b"\x88\x82\0\0\0\0\x03\xe8")
        .expect("a reader");
    tcp.read_to_end(&mut came).expect("an end");
    server.stop(0);
}
