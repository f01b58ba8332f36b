//! A server between streams: stdin to every client, what clients say to stdout.

use rustix::process::Signal;
use tungstenite::Message;

use super::super::support::events::events;
use super::super::support::wstalk;
use super::{Listener, close, hears, is_closed};

#[test]
fn what_is_read_goes_to_every_client_and_what_each_says_is_written() {
    let mut listener = Listener::pipe(&[]);
    let (mut one, mut other) = (listener.client(), listener.client());
    listener.running.wait_stderr_contains("client 2 connected");
    listener.running.send("hello\n\nlast");
    for client in [&mut one, &mut other] {
        hears(client, "hello");
        hears(client, "");
    }
    one.send(Message::text("from one")).expect("sent");
    listener.running.wait_stdout("from one\n");
    other.send(Message::binary(&b"\xff\x00"[..])).expect("sent");
    listener.running.wait_stdout(b"\xff\x00\n");
    // What ends without a line feed is a message, and stdin's end no end of the run.
    listener.running.close_stdin();
    hears(&mut one, "last");
    hears(&mut other, "last");
    one.send(Message::text("late")).expect("sent");
    listener.running.wait_stdout("late\n");
    listener.running.signal(Signal::TERM);
    is_closed(&mut one, 1001);
    is_closed(&mut other, 1001);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}

#[test]
fn stdin_waits_until_somebody_is_there() {
    let mut listener = Listener::pipe(&["-q"]);
    listener.running.send("first\nsecond\n");
    let mut client = listener.client();
    hears(&mut client, "first");
    hears(&mut client, "second");
    close(&mut client);
    listener.running.send("third\n");
    let mut next = listener.client();
    hears(&mut next, "third");
    drop(next);
    listener.stop();
}

#[test]
fn who_comes_and_how_each_leaves_is_told() {
    let mut listener = Listener::pipe(&["-s", "chat"]);
    let mut one = listener
        .client_with(&[("Sec-WebSocket-Protocol", "chat")])
        .0;
    listener.running.wait_stderr_contains("client 1 connected");
    close(&mut one);
    listener.running.wait_stderr_contains("client 1 closed");
    let two = listener.client();
    listener.running.wait_stderr_contains("client 2 connected");
    drop(two);
    listener.running.wait_stderr_contains("client 2 lost");
    let stranger = super::status_for(&listener, "https://evil.example");
    assert_eq!(stranger, 403);
    listener.running.wait_stderr_contains("not let in");
    let expected = "\
* client 1 connected from HERE (/, subprotocol chat)
* client 1 closed: no code (1005)
* client 2 connected from HERE (/)
* client 2 lost: no close frame (1006)
* the client at HERE was not let in: HTTP 403, this origin is not allowed; --allow-origin allows it";
    assert_eq!(listener.notices(), expected);
    listener.running.signal(Signal::INT);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}

#[test]
fn details_show_both_heads_of_each_client_and_mask_secrets() {
    let mut listener = Listener::pipe(&["-v"]);
    let client = listener.client_with(&[("Authorization", "Bearer hunter2")]);
    listener.running.wait_stderr_contains("client 1 connected");
    let told = listener.notices();
    assert!(told.starts_with("< GET / HTTP/1.1\n"), "{told}");
    assert!(
        told.contains("\n> HTTP/1.1 101 Switching Protocols\n"),
        "{told}"
    );
    assert!(told.contains("uthorization: Bearer ***"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    drop(client);
    listener.running.signal(Signal::INT);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}

#[test]
fn the_formats_of_the_clients_pipe_are_had_here_too() {
    let mut listener = Listener::pipe(&["-q", "--input", "notation", "--output", "notation"]);
    let mut client = listener.client();
    listener
        .running
        .send("/binary 01 ff\n{\"a\":\n1}\n/ping k\n//quit\n");
    let read = |client: &mut super::Client| client.read().expect("a message");
    assert_eq!(read(&mut client), Message::binary(&b"\x01\xff"[..]));
    assert_eq!(read(&mut client), Message::text("{\"a\":\n1}"));
    assert_eq!(read(&mut client), Message::Ping("k".into()));
    assert_eq!(read(&mut client), Message::text("/quit"));
    client.send(Message::binary(&b"\x02"[..])).expect("sent");
    client.send(Message::text("/x")).expect("sent");
    listener.running.wait_stdout("/binary 02\n//x\n");
    // Whoever is there is closed; the server goes on.
    listener.running.send("/close 4001 enough\nnext\n");
    is_closed(&mut client, 4001);
    let mut next = listener.client();
    hears(&mut next, "next");
    drop(next);
    listener.running.signal(Signal::INT);
    listener.running.finish().code(0);
    let mut listener = Listener::pipe(&["-q", "-b", "-0"]);
    let mut client = listener.client();
    listener.running.send(b"a\xff\0");
    assert_eq!(read(&mut client), Message::binary(&b"a\xff"[..]));
    client.send(Message::text("x\ny")).expect("sent");
    listener.running.wait_stdout("x\ny\0");
    drop(client);
    listener.running.signal(Signal::INT);
    listener.running.finish().code(0);
}

#[test]
fn events_say_which_client_they_are_about() {
    let mut listener = Listener::pipe(&["--json", "-q"]);
    let mut one = listener.client();
    one.send(Message::text("a")).expect("sent");
    listener.running.wait_stdout_contains("\"data\":\"a\"");
    let mut other = listener.client();
    other.send(Message::text("b")).expect("sent");
    listener.running.wait_stdout_contains("\"data\":\"b\"");
    listener.running.send("{\"text\":\"to all\"}\n");
    hears(&mut one, "to all");
    hears(&mut other, "to all");
    close(&mut other);
    listener.running.wait_stdout_contains("\"event\":\"close\"");
    listener.running.signal(Signal::TERM);
    is_closed(&mut one, 1001);
    let output = listener.running.finish().code(0);
    let events = events(output.stdout_seen());
    let told = |name: &str, client: u64| {
        let is = |event: &&serde_json::Value| {
            event["event"] == name && event["client"].as_u64() == Some(client)
        };
        events.iter().filter(is).count()
    };
    // Received and sent.
    assert_eq!((told("open", 1), told("message", 1)), (1, 2));
    assert_eq!((told("open", 2), told("message", 2)), (1, 2));
    let end = events.last().expect("an end");
    assert_eq!(
        (&end["event"], &end["sent"], &end["received"], &end["exit"]),
        (&"end".into(), &2.into(), &2.into(), &0.into())
    );
}

#[test]
fn messages_of_several_clients_are_not_mixed() {
    let mut listener = Listener::pipe(&["-q"]);
    let (mut one, mut other) = (listener.client(), listener.client());
    let tcp = |client: &mut super::Client, bytes: &[u8]| {
        let tungstenite::stream::MaybeTlsStream::Plain(tcp) = client.get_mut() else {
            panic!("plain TCP");
        };
        std::io::Write::write_all(tcp, bytes).expect("written");
    };
    let part = |opcode: u8, text: &str| {
        let frame = super::super::support::Frame::new(opcode, text);
        frame.masked([1, 2, 3, 4])
    };
    tcp(&mut one, &part(1, "be").unfinished().bytes());
    other.send(Message::text("between")).expect("sent");
    listener.running.wait_stdout("between\n");
    tcp(&mut one, &part(0, "gun").bytes());
    listener.running.wait_stdout("begun\n");
    drop((one, other));
    listener.stop_having_printed("between\nbegun\n");
}

#[test]
fn what_is_no_text_ends_the_run_as_a_clients_does() {
    let mut listener = Listener::pipe(&["-q"]);
    let mut client = listener.client();
    listener.running.send(b"good\nb\xffd\nnever\n");
    hears(&mut client, "good");
    is_closed(&mut client, 1000);
    let output = listener.running.finish();
    let told = output.stderr_seen().to_owned();
    assert!(
        told.contains("stdin, line 2") && !told.contains("could be sent"),
        "{told}"
    );
    assert_eq!(output.exit_code(), Some(65));
}

#[test]
fn a_reader_that_goes_away_ends_the_run_well() {
    let mut listener = Listener::pipe(&["-q"]);
    let mut client = listener.client();
    client.send(Message::text("one")).expect("sent");
    listener.running.wait_stdout("one\n").close_stdout();
    is_closed(&mut client, 1001);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}

#[test]
fn our_own_client_and_server_talk_to_each_other() {
    let mut listener = Listener::pipe(&["-q"]);
    let mut talk = wstalk().arg(&listener.url).args(["--linger", "-1"]).start();
    talk.send("question\n");
    listener.running.wait_stdout("question\n").send("answer\n");
    talk.wait_stdout("answer\n");
    listener.running.signal(Signal::INT);
    talk.finish().code(0).stdout("answer\n");
    listener.running.finish().code(0).stdout("question\n");
}
