//! When a server between streams ends by itself, and with which code.

use std::io::Write;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tungstenite::Message;
use tungstenite::stream::MaybeTlsStream;

use super::super::support::{Frame, wstalk};
use super::{Listener, close, hears, is_closed};

#[test]
fn at_the_end_of_stdin_everyone_is_closed_if_that_is_asked_for() {
    for options in [&["-q", "-E"][..], &["-q", "--linger", "0.2"]] {
        let mut listener = Listener::pipe(options);
        listener.running.send("one\ntwo\n").close_stdin();
        let mut client = listener.client();
        hears(&mut client, "one");
        hears(&mut client, "two");
        is_closed(&mut client, 1000);
        assert_eq!(
            listener.running.finish().exit_code(),
            Some(0),
            "{options:?}"
        );
    }
}

#[test]
fn what_comes_while_the_server_lingers_puts_the_end_off() {
    let mut listener = Listener::pipe(&["-q", "--linger", "1"]);
    listener.running.send("go\n").close_stdin();
    let mut client = listener.client();
    hears(&mut client, "go");
    let began = Instant::now();
    for number in 0..3 {
        std::thread::sleep(Duration::from_millis(400));
        client
            .send(Message::text(format!("{number}")))
            .expect("sent");
    }
    is_closed(&mut client, 1000);
    assert!(began.elapsed() > Duration::from_secs(2));
    listener.running.finish().stdout("0\n1\n2\n").code(0);
}

#[test]
fn a_number_of_messages_ends_the_run_whoever_sends_them() {
    let mut listener = Listener::pipe(&["-q", "-N", "2"]);
    let (mut one, mut other) = (listener.client(), listener.client());
    one.send(Message::text("a")).expect("sent");
    listener.running.wait_stdout("a\n");
    other.send(Message::text("b")).expect("sent");
    is_closed(&mut one, 1000);
    is_closed(&mut other, 1000);
    listener.running.finish().stdout("a\nb\n").code(0);
}

#[test]
fn a_pattern_ends_the_run() {
    let listener = Listener::pipe(&["-q", "--until", "{\"type\":\"done\"}"]);
    let mut client = listener.client();
    for text in ["{\"type\":\"x\"}", "{\"type\":\"done\",\"n\":1}"] {
        client.send(Message::text(text)).expect("sent");
    }
    is_closed(&mut client, 1000);
    let expected = "{\"type\":\"x\"}\n{\"type\":\"done\",\"n\":1}\n";
    listener.running.finish().stdout(expected).code(0);
}

#[test]
fn what_was_waited_for_and_did_not_come_is_a_failure() {
    let mut listener = Listener::pipe(&["-q", "-N", "2"]);
    let mut client = listener.client();
    client.send(Message::text("a")).expect("sent");
    listener.running.wait_stdout("a\n").signal(Signal::TERM);
    is_closed(&mut client, 1001);
    listener
        .running
        .finish()
        .stderr_contains("only 1 of the 2 messages")
        .code(1);
}

#[test]
fn messages_that_a_client_did_not_take_are_told_and_a_failure_of_a_script() {
    let mut listener = Listener::pipe(&["-q", "-E", "--no-compression"]);
    let mut client = listener.client();
    // More than the system holds between two sockets.
    let lines = format!("{}\n", "x".repeat(1 << 20)).repeat(40);
    listener
        .running
        .offer_within(Duration::from_secs(1), &lines);
    listener.running.close_stdin();
    let MaybeTlsStream::Plain(tcp) = client.get_mut() else {
        panic!("plain TCP");
    };
    // It closes without having read.
    let bye = Frame::close(1000, "").masked([1, 2, 3, 4]);
    tcp.write_all(&bye.bytes()).expect("written");
    drop(client);
    listener
        .running
        .wait_stderr_contains("client 1 did not get ");
    // What was read and is for nobody waits for somebody.
    let mut next = listener.client();
    while next.read().is_ok() {}
    let output = listener.running.finish();
    assert!(
        output
            .stderr_seen()
            .contains("not everything that was read could be sent")
    );
    assert_eq!(output.exit_code(), Some(55));
}

#[test]
fn a_second_signal_leaves_at_once() {
    let mut listener = Listener::pipe(&["-q"]);
    let client = listener.client();
    listener.running.send("x\n");
    let began = Instant::now();
    let mut client = client;
    hears(&mut client, "x");
    listener.running.signal(Signal::INT);
    // Our Close has come, and is not answered.
    let MaybeTlsStream::Plain(tcp) = client.get_mut() else {
        panic!("plain TCP");
    };
    let mut bytes = [0; 4];
    std::io::Read::read_exact(tcp, &mut bytes).expect("a Close");
    listener.running.signal(Signal::INT);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_client_that_is_silent_after_a_ping_counts_as_lost() {
    let mut listener = Listener::pipe(&["--ping-interval", "0.1", "--ping-timeout", "0.3"]);
    // It does not read, so it does not answer.
    let silent = listener.client();
    listener
        .running
        .wait_stderr_contains("client 1 lost: no sign of life after a ping");
    drop(silent);
    let mut talk = wstalk().arg(&listener.url).args(["--linger", "-1"]).start();
    listener.running.wait_stderr_contains("client 2 connected");
    listener.running.send("hello\n");
    talk.wait_stdout("hello\n");
    listener.running.signal(Signal::INT);
    assert_eq!(talk.finish().exit_code(), Some(0));
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}

#[test]
fn a_message_that_is_too_large_is_refused_with_1009() {
    let mut listener = Listener::pipe(&["--max-message-size", "10"]);
    let mut client = listener.client();
    client.send(Message::text("0123456789x")).expect("sent");
    is_closed(&mut client, 1009);
    let mut next = listener.client();
    next.send(Message::text("0123456789")).expect("sent");
    listener.running.wait_stdout("0123456789\n");
    close(&mut next);
    listener.running.signal(Signal::INT);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}
