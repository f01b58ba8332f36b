//! Of stdin: which messages its lines become, and when it is read.

use std::fs::File;
use std::io::Seek;

use super::super::support::{
    Authority, Conn, Gate, Server, echo_server, echo_server_tls, frame::opcode, wstalk,
};
use super::{hear, server_that_hears, talk};

#[test]
fn a_line_is_a_text_message() {
    let cases: [(&str, &str, &[&str]); 12] = [
        ("line feeds", "one\ntwo\n", &["one", "two"]),
        ("carriage returns", "one\r\ntwo\r\n", &["one", "two"]),
        ("carriage returns inside", "a\rb\r\r\nc\n", &["a\rb\r", "c"]),
        ("a last line without an end", "one\ntwo", &["one", "two"]),
        ("half an end is none", "one\r", &["one\r"]),
        ("an empty end", "one\n", &["one"]),
        ("empty lines", "\n\r\n\none\n\n", &["", "", "", "one", ""]),
        ("one empty line", "\n", &[""]),
        ("nothing", "", &[]),
        ("blanks stay", "  one\t \n", &["  one\t "]),
        ("no notation", "/ping\n//x\n{\n", &["/ping", "//x", "{"]),
        (
            "any character",
            "\u{feff}é\0\u{1b}🎉\n",
            &["\u{feff}é\0\u{1b}🎉"],
        ),
    ];
    for (case, stdin, texts) in cases {
        let server = server_that_hears(texts, case);
        let output = talk(&server).arg("-E").stdin(stdin).run();
        output.stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn a_closed_stdin_is_an_empty_one() {
    for (case, command) in [
        ("closed", wstalk().stdin_closed()),
        ("null device", wstalk().stdin_empty()),
    ] {
        let server = server_that_hears(&[], case);
        let output = command.arg(server.url()).arg("-E").run();
        output.stdout("").stderr("").code(0);
        server.finish();
    }
}

type Payloads = &'static [&'static [u8]];

#[test]
fn binary_lines_lose_nothing_but_the_line_feed() {
    let cases: [(&str, &[u8], Payloads); 4] = [
        ("line feeds", b"one\n\ntwo\n", &[b"one", b"", b"two"]),
        ("carriage returns", b"one\r\ntwo\r\n", &[b"one\r", b"two\r"]),
        (
            "not UTF-8",
            b"\xff\x00\xfe\n\xc3",
            &[b"\xff\x00\xfe", b"\xc3"],
        ),
        ("an empty end", b"\xff\n", &[b"\xff"]),
    ];
    for (case, stdin, messages) in cases {
        let expected: Vec<(u8, Vec<u8>)> = messages
            .iter()
            .map(|message| (opcode::BINARY, message.to_vec()))
            .collect();
        let server = Server::accept(move |conn| {
            conn.upgrade();
            assert_eq!(hear(conn).messages(), expected, "{case}");
        });
        let output = talk(&server).args(["-b", "-E"]).stdin(stdin).run();
        output.stdout("").stderr("").code(0);
        server.finish();
    }
}

#[test]
fn binary_lines_come_back_as_they_went() {
    let server = echo_server();
    let stdin: Vec<u8> = (0..200_000_u32).map(|n| (n * 7 % 256) as u8).collect();
    let lines = stdin.split(|byte| *byte == b'\n').count();
    let mut expected = stdin.clone();
    expected.push(b'\n');
    let output = talk(&server)
        .args(["-b", "-N", &lines.to_string()])
        .stdin(stdin)
        .run();
    output.stdout_bytes(expected).stderr("").code(0);
}

#[test]
fn a_hundred_thousand_lines_come_back_in_order() {
    let server = echo_server();
    let lines: String = (0..100_000).map(|n| format!("line {n}\n")).collect();
    let output = talk(&server).args(["-N", "100000"]).stdin(&lines).run();
    output.stdout(&lines).stderr("").code(0);
}

#[test]
fn lines_come_back_in_order_over_tls() {
    let authority = Authority::new();
    let server = echo_server_tls(&authority.localhost());
    let lines: String = (0..20_000).map(|n| format!("line {n}\r\n")).collect();
    let output = talk(&server)
        .args(["-N", "20000", "--cacert"])
        .arg(authority.certificate_path())
        .stdin(&lines)
        .run();
    output.stdout(&lines.replace('\r', "")).stderr("").code(0);
}

#[test]
fn a_line_goes_out_before_the_next_one_comes() {
    let server = echo_server();
    let mut running = talk(&server).arg("-E").start();
    for line in ["one\n", "two\n", "\n", "three\n"] {
        running.send(line).wait_stdout(line);
    }
    // No line is there before its end is.
    running.send("fo").send("ur\n").wait_stdout("four\n");
    running.close_stdin();
    running.finish().stderr("").code(0);
}

#[test]
fn stdin_is_not_read_before_the_connection_is_open() {
    type Script = fn(&mut Conn<'_>);
    let cases: [(&str, Script, i32, u64); 4] = [
        ("refused", |conn| drop(conn.reply(NOT_FOUND)), 22, 0),
        ("no answer", |conn| drop(conn.read_head()), 52, 0),
        ("silence", |conn| _ = conn.swallow(), 28, 0),
        (
            "accepted",
            |conn| {
                conn.upgrade();
                hear(conn);
            },
            0,
            8,
        ),
    ];
    for (case, script, code, read) in cases {
        let server = Server::accept(script);
        let command = talk(&server).args(["-E", "--connect-timeout", "0.5"]);
        let path = command.home().join("lines");
        std::fs::write(&path, "one\ntwo\n").expect("a file");
        let file = File::open(path).expect("a file");
        let mut same = file.try_clone().expect("another handle of the same file");
        let output = command.stdin_from(file).run();
        let position = same.stream_position().expect("a position");
        assert_eq!((output.exit_code(), position), (Some(code), read), "{case}");
        server.finish();
    }
}

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

#[test]
fn lines_that_wait_for_the_connection_are_sent_once_it_is_open() {
    let (asked, answer) = (Gate::default(), Gate::default());
    let (seen, go) = (asked.clone(), answer.clone());
    let server = Server::accept(move |conn| {
        let head = conn.read_head();
        seen.open();
        go.pass("the test's word");
        conn.raw(head.switching(&[]));
        assert_eq!(hear(conn).texts(), ["early", "late"]);
    });
    let mut running = talk(&server).arg("-E").start();
    running.send("early\n");
    asked.pass("the request");
    running.send("late\n").close_stdin();
    answer.open();
    running.finish().stdout("").stderr("").code(0);
}

#[test]
fn a_server_that_closes_ends_the_run_though_stdin_stays_open() {
    let cases: [(&str, Vec<u8>, i32); 3] = [
        ("1000", 1000_u16.to_be_bytes().to_vec(), 0),
        ("1001", 1001_u16.to_be_bytes().to_vec(), 0),
        ("no code", Vec::new(), 0),
    ];
    for (case, payload, code) in cases {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.text("bye").frame(opcode::CLOSE, &payload);
            assert_eq!(conn.read_frame().payload, payload, "{case}");
            conn.finish();
        });
        let output = talk(&server).stdin_stays_open().run();
        output.stdout("bye\n").stderr("").code(code);
        server.finish();
    }
}
