//! Of servers: which calls they need, and how scripts fail.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tungstenite::Message;

use super::super::support::{Server, echo_server};
use super::failure;

fn call(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).expect("a server that listens")
}

#[test]
fn a_server_that_is_not_called_is_a_failure() {
    let uncalled = [
        failure(|| Server::accept(|_| {}).finish()),
        failure(|| drop(Server::accept(|_| {}))),
        failure(|| drop(Server::repeat(|_| {}))),
        failure(|| drop(echo_server())),
    ];
    for failure in uncalled {
        assert!(failure.contains("the server was"), "{failure}");
    }
}

#[test]
fn a_server_that_is_called_too_rarely_is_a_failure() {
    let server = Server::accept_many(3, |_| {});
    drop((call(&server), call(&server)));
    let failure = failure(|| server.finish());
    assert_eq!(failure, "the server was called 2 times, not 3");
}

#[test]
fn a_server_that_nobody_must_call_says_so() {
    Server::untouched().finish();
    let server = Server::untouched();
    drop(call(&server));
    assert_eq!(failure(|| server.finish()), "the server was called");
}

#[test]
fn a_script_that_panics_is_a_failure_and_closes_its_connection() {
    let server = Server::accept(|_| panic!("as wanted"));
    let mut client = call(&server);
    let mut rest = Vec::new();
    assert_eq!(client.read_to_end(&mut rest).expect("an end"), 0);
    assert_eq!(
        failure(|| server.finish()),
        "the server's script: as wanted"
    );
}

#[test]
fn a_failed_test_is_not_failed_again_by_its_server() {
    let failure = failure(|| {
        let _server = Server::accept(|_| {});
        panic!("the first failure");
    });
    assert_eq!(failure, "the first failure");
}

#[test]
fn a_call_that_came_before_the_end_is_not_missed() {
    for _ in 0..50 {
        let server = Server::accept(|conn| conn.expect_eof());
        drop(call(&server));
        server.finish();
    }
}

#[test]
fn many_connections_are_open_at_once_and_numbered() {
    let (sender, numbers) = channel();
    let server = Server::accept_many(2, move |conn| {
        sender.send(conn.number()).expect("a test that listens");
        conn.read_exactly(1);
        conn.raw("y");
    });
    let mut clients = [call(&server), call(&server)];
    let mut came = [(); 2].map(|()| numbers.recv().expect("a connection"));
    came.sort_unstable();
    assert_eq!(came, [1, 2]);
    for client in &mut clients {
        client.write_all(b"x").expect("a server that reads");
        let mut answer = [0];
        client.read_exact(&mut answer).expect("an answer");
    }
    drop(clients);
    server.finish();
}

#[test]
fn who_calls_after_the_last_is_refused() {
    let server = Server::accept(|conn| conn.finish());
    let mut first = call(&server);
    first.read_to_end(&mut Vec::new()).expect("an end");
    // The port is closed by another thread, soon.
    let until = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(server.address()).is_ok() {
        assert!(Instant::now() < until, "the port is still open");
    }
    drop(first);
    server.finish();
}

#[test]
fn an_echo_serves_several_connections_and_any_size() {
    let server = echo_server();
    for _ in 0..2 {
        let (mut socket, _) = tungstenite::client(server.url(), call(&server)).expect("an upgrade");
        for message in [
            Message::text("hé"),
            Message::binary(vec![7; 300_000]),
            Message::text(""),
        ] {
            socket.send(message.clone()).expect("sent");
            assert_eq!(socket.read().expect("an echo"), message);
        }
        socket.close(None).expect("a closing handshake");
        while socket.read().is_ok() {}
    }
}

#[test]
fn an_echo_ends_although_a_client_stays() {
    let server = echo_server();
    let (mut socket, _) = tungstenite::client(server.url(), call(&server)).expect("an upgrade");
    socket.send(Message::text("x")).expect("sent");
    socket.read().expect("an echo");
    let ended = std::thread::spawn(move || socket.read().is_err());
    server.finish();
    assert!(ended.join().expect("a client"));
}

#[test]
fn a_stalled_script_ends_with_the_test_and_with_its_peer() {
    let long = Duration::from_secs(600);
    let server = Server::accept(move |conn| conn.stall(long));
    let client = call(&server);
    client.shutdown(Shutdown::Both).expect("a socket to shut");
    server.finish();
    let server = Server::accept(move |conn| {
        conn.stall(long);
        conn.hang_up();
    });
    let _stays = call(&server);
    server.finish();
}
