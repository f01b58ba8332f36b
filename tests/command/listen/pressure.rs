//! Clients that do not read, and clients that go away, while much is sent.

use std::time::Duration;

use rustix::process::Signal;
use tungstenite::Message;
use tungstenite::stream::MaybeTlsStream;

use super::super::support::wstalk;
use super::{Listener, hears};

const LINE: usize = 64 * 1024;

fn line(letter: &str) -> String {
    format!("{}\n", letter.repeat(LINE))
}

#[test]
fn the_slowest_client_sets_the_pace_and_costs_no_memory() {
    let mut listener = Listener::pipe(&["--no-compression"]);
    let stuck = listener.client();
    // Two that come at once may be numbered either way.
    listener.running.wait_stderr_contains("client 1 connected");
    let mut other = listener.client();
    let lines = line("x").repeat(1000);
    let taken = listener
        .running
        .offer_within(Duration::from_secs(1), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    let memory = listener.running.peak_memory();
    assert!(memory < 24 * 1024 * 1024, "{memory}");
    // Whoever reads has got what was sent so far; when the other one has gone, all.
    hears(&mut other, &"x".repeat(LINE));
    drop(stuck);
    let reader = std::thread::spawn(move || {
        let mut count = 1;
        while let Ok(Message::Text(text)) = other.read() {
            assert_eq!(text.len(), LINE);
            count += 1;
        }
        count
    });
    let rest = &lines[taken..];
    let sent = listener.running.offer_within(Duration::from_secs(15), rest);
    assert_eq!(sent, rest.len());
    listener.running.close_stdin();
    listener
        .running
        .wait_stderr_contains("client 1 did not get");
    listener.running.signal(Signal::TERM);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
    let got = reader.join().expect("a reader");
    assert!(got > 900, "{got}");
}

#[test]
fn who_comes_while_a_long_message_is_sent_gets_only_what_follows() {
    let mut listener = Listener::pipe(&["-q", "--fragment", "64k", "--no-compression"]);
    let mut one = listener.client();
    listener.running.send("a".repeat(300_000));
    let MaybeTlsStream::Plain(tcp) = one.get_mut() else {
        panic!("plain TCP");
    };
    // Its first fragment is there: text, and not the end of it.
    let mut first = [0; 1];
    tcp.peek(&mut first).expect("a byte");
    assert_eq!(first, [0x01]);
    let mut late = listener.client();
    // Whoever has been answered is known.
    late.send(Message::text("here")).expect("sent");
    listener.running.wait_stdout("here\n").send("b\nnext\n");
    hears(&mut late, "next");
    hears(&mut one, &format!("{}b", "a".repeat(300_000)));
    hears(&mut one, "next");
    drop((one, late));
    listener.stop_having_printed("here\n");
}

#[test]
fn a_reader_of_stdout_that_is_slow_slows_clients_down() {
    let listener = wstalk().args(["listen", "-q"]).stdout_unread();
    let mut listener = Listener::start(listener);
    let mut client = listener.client();
    let MaybeTlsStream::Plain(tcp) = client.get_mut() else {
        panic!("plain TCP");
    };
    tcp.set_write_timeout(Some(Duration::from_millis(700)))
        .expect("a limit");
    let message = Message::text("x".repeat(LINE));
    let sent = (0..2000).take_while(|_| client.send(message.clone()).is_ok());
    assert!(sent.count() < 2000, "nothing held the client back");
    let memory = listener.running.peak_memory();
    assert!(memory < 24 * 1024 * 1024, "{memory}");
    drop(client);
    listener.running.read_stdout().signal(Signal::TERM);
    assert_eq!(listener.running.finish().exit_code(), Some(0));
}
