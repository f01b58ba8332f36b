//! Of `--echo`: every message goes back as it came.

use std::fs::File;
use std::io::Seek;

use rustix::process::Signal;

use super::super::support::{Command, Frame, Gate, Server, frame::opcode, wstalk};

fn echoing(server: &Server) -> Command {
    wstalk().args([server.url(), "--echo"]).stdin_stays_open()
}

#[test]
fn an_echo_sends_every_message_back_as_it_came() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for text in ["text", "", "é\n\0", "/ping", "{"] {
            conn.text(text).expect_text(text);
        }
        conn.binary([0, 255]).expect_binary([0, 255]);
        conn.ping("p").expect_pong("p");
        conn.pong("not asked for").text("last").expect_text("last");
        conn.close(1000, "bye").expect_close();
        conn.finish();
    });
    let output = echoing(&server).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_takes_fragments_apart_by_control_frames() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.send(&Frame::text("o").unfinished());
        conn.ping("between").expect_pong("between");
        conn.send(&Frame::continuation("n").unfinished());
        conn.send(&Frame::continuation("e"));
        assert_eq!(conn.read_message(), (opcode::TEXT, b"one".to_vec()));
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = echoing(&server).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_of_a_large_message_is_the_same_message() {
    const SIZE: usize = 5 * 1024 * 1024;
    let server = Server::accept(|conn| {
        conn.upgrade();
        let payload: Vec<u8> = (0..SIZE).map(|n| (n % 251) as u8).collect();
        conn.binary(&payload);
        let (kind, echo) = conn.read_message();
        assert_eq!(kind, opcode::BINARY);
        assert!(echo == payload, "the echo differs");
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = echoing(&server).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_of_many_messages_is_in_order() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        for round in 0..20 {
            for n in 0..500 {
                conn.text(format!("{round} {n}"));
            }
            for n in 0..500 {
                conn.expect_text(&format!("{round} {n}"));
            }
        }
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = echoing(&server).run();
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_ends_as_the_server_ends_it() {
    let cases: [(&str, Option<u16>, i32); 4] = [
        ("1000", Some(1000), 0),
        ("1001", Some(1001), 0),
        ("1011", Some(1011), 69),
        ("no Close", None, 56),
    ];
    for (case, close, code) in cases {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            if let Some(close) = close {
                conn.close(close, "").expect_close();
            }
            conn.finish();
        });
        let output = echoing(&server).run();
        assert_eq!(output.stdout_seen(), b"", "{case}");
        assert_eq!(output.exit_code(), Some(code), "{case}");
        assert_eq!(output.stderr_seen().is_empty(), code == 0, "{case}");
        server.finish();
    }
}

#[test]
fn an_echo_ends_with_its_limit_and_with_a_signal() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.swallow();
    });
    let output = echoing(&server).args(["-m", "0.4"]).run();
    output
        .stdout("")
        .stderr("wstalk: error: the whole run took longer than 0.4 s\nhint: --max-time sets the limit\n")
        .code(28);
    server.finish();

    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let open = Gate::default();
        let opened = open.clone();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("x").expect_text("x");
            opened.open();
            assert_eq!(conn.answer_close().0, Some(1001));
        });
        let mut running = echoing(&server).start();
        open.pass("the echo");
        running.signal(signal);
        let output = running.finish().stdout("").stderr("");
        assert_eq!(output.exit_code(), Some(code), "{signal:?}");
        server.finish();
    }
}

#[test]
fn an_echo_does_not_read_stdin() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("x").expect_text("x");
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let command = wstalk().args([server.url(), "--echo"]);
    let path = command.home().join("lines");
    std::fs::write(&path, "a line\n").expect("a file");
    let file = File::open(path).expect("a file");
    let mut same = file.try_clone().expect("another handle of the same file");
    let output = command.stdin_from(file).run();
    let position = same.stream_position();
    assert_eq!(position.expect("a position"), 0);
    output.stdout("").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_prints_what_it_sends_back_if_output_is_given() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.text("one")
            .expect_text("one")
            .binary("two")
            .expect_binary("two");
        conn.close(1000, "").expect_close();
        conn.finish();
    });
    let output = echoing(&server).args(["--output", "lines"]).run();
    output.stdout("one\ntwo\n").stderr("").code(0);
    server.finish();
}

#[test]
fn an_echo_refuses_a_message_beyond_the_limit() {
    // 64 MiB unless one is given.
    for (options, length) in [
        (&["--max-message-size", "10"][..], 11),
        (&[], 64 * 1024 * 1024 + 1),
    ] {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.send(&Frame::text("begun").claiming(length));
            conn.shutdown_write();
            assert_eq!(conn.expect_close().0, Some(1009), "{length}");
        });
        let output = echoing(&server).args(options).run();
        assert_eq!(
            output.exit_code(),
            Some(76),
            "{length}: {}",
            output.stderr_seen()
        );
        output.stdout("").stderr_contains("--max-message-size");
        server.finish();
    }
}
