//! Of a script's connection: what it reads and writes, and how it ends.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

use super::super::support::{Conn, Frame, Server};
use super::failure;

const SHORT: Duration = Duration::from_millis(100);

type Script = fn(&mut Conn<'_>);

/// A server with this script, and a bare connection to it.
fn bare(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> (Server, TcpStream) {
    let server = Server::accept(script);
    let client = TcpStream::connect(server.address()).expect("a server");
    (server, client)
}

/// A server with this script, and another implementation's client on it.
fn client(
    script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
) -> (Server, WebSocket<TcpStream>) {
    let (server, tcp) = bare(script);
    let (socket, _) = tungstenite::client(server.url(), tcp).expect("an upgrade");
    (server, socket)
}

fn rest(client: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).expect("an end");
    bytes
}

#[test]
fn a_head_comes_as_sent_and_what_follows_is_kept() {
    let (server, mut client) = bare(|conn| {
        let head = conn.reply("HTTP/1.1 404 Not Found\r\n\r\n");
        assert_eq!(head.text(), "GET / HTTP/1.1\r\nX-a:  B\r\n\r\n");
        assert_eq!(conn.read_exactly(2), b"re");
        assert_eq!(conn.read_to_end(), b"st");
    });
    for byte in b"GET / HTTP/1.1\r\nX-a:  B\r\n\r\nrest" {
        client.write_all(&[*byte]).expect("a server that reads");
    }
    client.shutdown(std::net::Shutdown::Write).expect("a FIN");
    assert_eq!(rest(&mut client), b"HTTP/1.1 404 Not Found\r\n\r\n");
    server.finish();
}

#[test]
fn messages_and_control_frames_go_both_ways() {
    let (server, mut socket) = client(|conn| {
        let head = conn.upgrade();
        assert_eq!(head.request_line(), "GET / HTTP/1.1");
        conn.text("a").binary([1, 2]).ping("p").pong("q");
        conn.expect_text("hé").expect_binary([3]).expect_pong("p");
        conn.close(1001, "away");
        assert_eq!(conn.expect_close(), (Some(1001), "away".to_owned()));
        conn.finish();
    });
    for expected in [
        Message::text("a"),
        Message::binary([1, 2].as_slice()),
        Message::Ping(b"p".as_slice().into()),
        Message::Pong(b"q".as_slice().into()),
    ] {
        if expected.is_ping() {
            socket.write(Message::text("hé")).expect("written");
            socket
                .write(Message::binary([3].as_slice()))
                .expect("written");
        }
        assert_eq!(socket.read().expect("a message"), expected);
    }
    let close = CloseFrame {
        code: CloseCode::Away,
        reason: "away".into(),
    };
    assert_eq!(socket.read().expect("a Close"), Message::Close(Some(close)));
    while socket.read().is_ok() {}
    drop(socket);
    server.finish();
}

#[test]
fn a_clients_close_is_answered() {
    for (close, seen) in [
        (None, (None, String::new())),
        (
            Some(CloseFrame {
                code: CloseCode::Normal,
                reason: "done".into(),
            }),
            (Some(1000), "done".to_owned()),
        ),
    ] {
        let (server, mut socket) = client(move |conn| {
            conn.upgrade();
            assert_eq!(conn.answer_close(), seen);
        });
        socket.close(close).expect("a Close");
        while socket.read().is_ok() {}
        drop(socket);
        server.finish();
    }
}

#[test]
fn fragments_are_joined_when_asked() {
    let (server, mut client) = bare(|conn| {
        assert_eq!(conn.read_message(), (1, b"abc".to_vec()));
        assert!(!conn.read_frame().fin);
        assert!(!conn.read_any_frame().masked);
    });
    for frame in [
        Frame::text("a").unfinished().masked([1; 4]),
        Frame::continuation("b").unfinished().masked([2; 4]),
        Frame::continuation("c").masked([3; 4]),
        Frame::text("a").unfinished().masked([1; 4]),
        Frame::continuation("b"),
    ] {
        client
            .write_all(&frame.bytes())
            .expect("a server that reads");
    }
    drop(client);
    server.finish();
}

#[test]
fn what_a_client_must_not_do_fails_the_script() {
    let cases: [(&str, Vec<u8>, Script); 7] = [
        ("did not mask", Frame::text("x").bytes(), |conn| {
            conn.read_frame();
        }),
        (
            "expected opcode 1, FIN true, RSV 0, payload \"x\"",
            masked(Frame::text("y")),
            |conn| {
                conn.expect_text("x");
            },
        ),
        (
            "but got opcode 1, FIN false",
            masked(Frame::text("x").unfinished()),
            |conn| {
                conn.expect_text("x");
            },
        ),
        ("not a Close", masked(Frame::text("x")), |conn| {
            conn.expect_close();
        }),
        ("data before the end", b"x".to_vec(), |conn| {
            conn.expect_eof();
        }),
        (
            "waiting for a request head: the client closed",
            b"GET".to_vec(),
            |conn| {
                conn.read_head();
            },
        ),
        (
            "waiting for a frame: the client closed",
            b"\x81\xff".to_vec(),
            |conn| {
                conn.read_frame();
            },
        ),
    ];
    for (what, bytes, script) in cases {
        let (server, mut client) = bare(script);
        client.write_all(&bytes).expect("a server that reads");
        drop(client);
        let failure = failure(|| server.finish());
        assert!(failure.contains(what), "no {what:?} in {failure}");
    }
}

fn masked(frame: Frame) -> Vec<u8> {
    frame.masked([9, 8, 7, 6]).bytes()
}

#[test]
fn a_silent_client_fails_every_read_at_its_limit() {
    let reads: [Script; 4] = [
        |conn| drop(conn.read_head()),
        |conn| drop(conn.read_frame()),
        |conn| drop(conn.read_to_end()),
        |conn| {
            conn.swallow();
        },
    ];
    for read in reads {
        let (server, client) = bare(move |conn| read(conn.within(SHORT)));
        let failure = failure(|| server.finish());
        assert!(
            failure.contains("the time limit passed") || failure.contains("did not leave"),
            "{failure}"
        );
        drop(client);
    }
}

#[test]
fn a_script_that_just_ends_loses_nothing_it_sent() {
    let (server, mut client) = bare(|conn| {
        conn.raw(vec![7; 1_000_000]);
    });
    client
        .write_all(b"never read by the script")
        .expect("written");
    assert_eq!(rest(&mut client), vec![7; 1_000_000]);
    drop(client);
    server.finish();
}

#[test]
fn a_reset_is_a_reset_and_a_half_close_is_half() {
    let (server, mut client) = bare(|conn| conn.reset());
    let error = client.read(&mut [0]).expect_err("a reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    server.finish();

    let (server, mut client) = bare(|conn| {
        conn.shutdown_write();
        assert_eq!(conn.read_to_end(), b"still heard");
    });
    assert_eq!(rest(&mut client), b"");
    client.write_all(b"still heard").expect("written");
    drop(client);
    server.finish();

    let (server, mut client) = bare(|conn| conn.hang_up());
    assert_eq!(rest(&mut client), b"");
    server.finish();
}

#[test]
fn a_drip_comes_byte_by_byte_and_ends_with_its_peer() {
    let (server, mut client) = bare(|conn| {
        assert_eq!(conn.drip("abc", Duration::from_millis(20)), 3);
        let sent = conn.drip(vec![b'x'; 100_000], Duration::from_millis(1));
        assert!(sent < 100_000);
    });
    let mut chunk = [0; 16];
    assert_eq!(client.read(&mut chunk).expect("a byte"), 1);
    assert_eq!(chunk[0], b'a');
    client.read_exact(&mut chunk).expect("more bytes");
    drop(client);
    server.finish();
}

#[test]
fn what_is_swallowed_is_counted() {
    let (server, mut client) = bare(|conn| assert_eq!(conn.swallow(), 200_000));
    client.write_all(&vec![1; 200_000]).expect("written");
    drop(client);
    server.finish();
}

#[test]
fn writing_to_a_peer_that_has_gone_is_an_error_or_a_failure() {
    let (server, client) = bare(|conn| {
        conn.expect_eof();
        while conn.try_raw([0; 1024]).is_ok() {}
        conn.raw("x");
    });
    drop(client);
    let failure = failure(|| server.finish());
    assert!(failure.contains("the client does not take"), "{failure}");
}
