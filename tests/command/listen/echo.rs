//! `listen --echo`: whom it lets in, how it serves them, and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tungstenite::Message;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::stream::MaybeTlsStream;

use super::super::support::{Frame, frame::opcode, wstalk};
use super::{Listener, status_for};

#[test]
fn a_listener_says_first_where_it_listens() {
    for options in [
        &[][..],
        &["-q"],
        &["--quiet", "0"],
        &["localhost:0"],
        &["127.0.0.1:0"],
    ] {
        let listener = Listener::echo(options);
        let mut client = listener.client();
        client.send(Message::text("hello")).expect("sent");
        assert_eq!(client.read().expect("an echo"), Message::text("hello"));
        drop(client);
        listener.stop();
    }
}

#[test]
fn a_listener_takes_the_port_that_it_is_given() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("its address").port().to_string();
    let output = wstalk().args(["listen", "--echo", &port]).run();
    output
        .stdout("")
        .stderr_first_line(&format!(
            "wstalk: error: cannot listen on 127.0.0.1:{port}: address already in use"
        ))
        .code(7);
    drop(free);
    let listener = Listener::echo(&[&port]);
    assert_eq!(listener.url, format!("ws://127.0.0.1:{port}"));
    listener.stop();
}

#[test]
fn a_listener_serves_several_clients_at_once() {
    let listener = Listener::echo(&[]);
    let mut clients: Vec<_> = (0..5).map(|_| listener.client()).collect();
    for (n, client) in clients.iter_mut().enumerate() {
        client
            .send(Message::text(format!("client {n}")))
            .expect("sent");
    }
    // They are answered in whatever order they read.
    for (n, client) in clients.iter_mut().enumerate().rev() {
        let echo = client.read().expect("an echo");
        assert_eq!(echo, Message::text(format!("client {n}")));
    }
    // One that leaves rudely is nobody else's concern.
    drop(clients.remove(0));
    for client in &mut clients {
        for message in [
            Message::binary(vec![7; 300_000]),
            Message::text(""),
            Message::text("é"),
        ] {
            client.send(message.clone()).expect("sent");
            assert_eq!(client.read().expect("an echo"), message);
        }
        client.send(Message::Ping("p".into())).expect("sent");
        assert_eq!(client.read().expect("a pong"), Message::Pong("p".into()));
        client.close(None).expect("a Close");
        while client.read().is_ok() {}
    }
    listener.stop();
}

#[test]
fn a_client_that_does_not_read_its_echo_is_not_read_from_and_costs_no_memory() {
    let listener = Listener::echo(&[]);
    let mut stuck = listener.client();
    let MaybeTlsStream::Plain(tcp) = stuck.get_mut() else {
        panic!("plain TCP");
    };
    tcp.set_write_timeout(Some(Duration::from_millis(700)))
        .expect("a limit");
    let message = Message::binary(vec![7; 64 * 1024]);
    let sent = (0..2000).take_while(|_| stuck.send(message.clone()).is_ok());
    assert!(sent.count() < 2000, "nothing held the client back");
    let memory = listener.running.peak_memory();
    assert!(memory < 8 * 1024 * 1024, "{memory}");
    // Others are served meanwhile.
    let mut other = listener.client();
    other.send(Message::text("hello")).expect("sent");
    assert_eq!(other.read().expect("an echo"), Message::text("hello"));
    drop((stuck, other));
    listener.stop();
}

#[test]
fn only_pages_of_this_machine_come_in_unless_others_are_allowed() {
    let cases: [(&[&str], &str, u16); 9] = [
        (&[], "http://localhost:3000", 101),
        (&[], "http://127.0.0.1", 101),
        (&[], "http://[::1]:8080", 101),
        (&[], "https://evil.example", 403),
        (&[], "http://localhost.evil.example", 403),
        (&[], "null", 403),
        (
            &["--allow-origin", "https://app.example"],
            "https://app.example",
            101,
        ),
        (
            &["--allow-origin", "https://app.example"],
            "https://evil.example",
            403,
        ),
        (&["--allow-origin", "*"], "https://evil.example", 101),
    ];
    for (options, origin, status) in cases {
        let listener = Listener::echo(options);
        assert_eq!(
            status_for(&listener, origin),
            status,
            "{options:?} {origin}"
        );
        listener.stop();
    }
}

#[test]
fn a_page_whose_name_was_turned_to_this_machine_is_turned_away() {
    let listener = Listener::echo(&[]);
    let place = listener.url.trim_start_matches("ws://");
    let port = place.rsplit(':').next().expect("a port");
    let mut tcp = TcpStream::connect(place).expect("a connection");
    let name = format!("rebound.example:{port}");
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {name}\r\nOrigin: http://{name}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    tcp.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    listener.stop();
}

#[test]
fn strangers_who_say_nothing_make_room_when_they_leave() {
    let listener = Listener::echo(&[]);
    let place = listener.url.trim_start_matches("ws://");
    let silent: Vec<TcpStream> = (0..150)
        .map(|_| TcpStream::connect(place).expect("a connection"))
        .collect();
    drop(silent);
    let mut client = listener.client();
    client.send(Message::text("hello")).expect("sent");
    assert_eq!(client.read().expect("an echo"), Message::text("hello"));
    drop(client);
    listener.stop();
}

#[test]
fn what_is_no_opening_handshake_is_answered_with_a_reason() {
    const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const UPGRADE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";
    let cases: [(&str, String, &str); 6] = [
        ("a page", String::new(), "400"),
        ("no key", format!("{UPGRADE}{VERSION}"), "400"),
        ("no upgrade", format!("{KEY}{VERSION}"), "400"),
        (
            "a bad key",
            format!("{UPGRADE}{VERSION}Sec-WebSocket-Key: x\r\n"),
            "400",
        ),
        ("no version", format!("{UPGRADE}{KEY}"), "426"),
        (
            "another version",
            format!("{UPGRADE}{KEY}Sec-WebSocket-Version: 8\r\n"),
            "426",
        ),
    ];
    let listener = Listener::echo(&[]);
    for (case, headers, status) in cases {
        let mut tcp = listener.tcp();
        write!(tcp, "GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").expect("written");
        let mut answer = BufReader::new(tcp);
        let mut line = String::new();
        answer.read_line(&mut line).expect("an answer");
        assert!(
            line.starts_with(&format!("HTTP/1.1 {status} ")),
            "{case}: {line}"
        );
        let mut rest = String::new();
        answer.read_to_string(&mut rest).expect("an end");
        if status == "426" {
            assert!(
                rest.contains("Sec-WebSocket-Version: 13\r\n"),
                "{case}: {rest}"
            );
        }
    }
    for (case, bytes) in [
        ("garbage", &b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"[..]),
        (
            "a POST",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
        ),
    ] {
        let mut tcp = listener.tcp();
        tcp.write_all(bytes).expect("written");
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).expect("an end");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{case}: {answer:?}");
    }
    listener.stop();
}

#[test]
fn a_client_that_breaks_the_protocol_is_told_and_others_stay() {
    let listener = Listener::echo(&[]);
    let mut good = listener.client();
    let mut bad = listener.client();
    // A client must mask (RFC 6455 section 5.1).
    let MaybeTlsStream::Plain(tcp) = bad.get_mut() else {
        panic!("plain TCP");
    };
    tcp.write_all(&Frame::text("unmasked").bytes())
        .expect("written");
    match bad.read().expect("a Close") {
        Message::Close(Some(frame)) => assert_eq!(frame.code, CloseCode::Protocol),
        other => panic!("not a Close: {other:?}"),
    }
    good.send(Message::text("hello")).expect("sent");
    assert_eq!(good.read().expect("an echo"), Message::text("hello"));
    drop((good, bad));
    listener.stop();
}

#[test]
fn a_signal_closes_every_client_with_1001_and_ends_well() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut listener = Listener::echo(&[]);
        let mut clients: Vec<_> = (0..3).map(|_| listener.client()).collect();
        for client in &mut clients {
            client.send(Message::text("x")).expect("sent");
            assert_eq!(client.read().expect("an echo"), Message::text("x"));
        }
        listener.running.signal(signal);
        for client in &mut clients {
            match client.read().expect("a Close") {
                Message::Close(Some(frame)) => assert_eq!(frame.code, CloseCode::Away),
                other => panic!("{signal:?}: not a Close: {other:?}"),
            }
            while client.read().is_ok() {}
        }
        let output = listener.running.finish().stdout("");
        assert_eq!(output.exit_code(), Some(0), "{signal:?}");
    }
}

#[test]
fn a_second_signal_does_not_wait_for_clients() {
    let mut listener = Listener::echo(&[]);
    let mut silent = listener.client();
    silent.send(Message::text("x")).expect("sent");
    assert_eq!(silent.read().expect("an echo"), Message::text("x"));
    let began = Instant::now();
    listener.running.signal(Signal::INT);
    // Its Close has come, and is not answered.
    let MaybeTlsStream::Plain(tcp) = silent.get_mut() else {
        panic!("plain TCP");
    };
    let mut close = [0; 4];
    tcp.read_exact(&mut close).expect("a Close");
    assert_eq!(close[0], 0x80 | opcode::CLOSE);
    listener.running.signal(Signal::INT);
    listener.running.finish().stdout("").code(0);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn listen_with_a_bad_address_or_option_is_wrong_usage() {
    for options in [
        &["listen", "--echo", "example.com:80"][..],
        &["listen", "--echo", "99999"],
        &["listen", "--echo", "--frobnicate"],
    ] {
        let output = wstalk().args(options).run();
        assert_eq!(output.exit_code(), Some(2), "{options:?}");
        output.stdout("");
    }
}
