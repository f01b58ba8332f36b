//! `listen --echo` as the server: which offers it takes, how it keeps to them,
//! and the program against itself.

use std::net::TcpStream;

use rustix::process::Signal;

use super::super::support::stream::Stream;
use super::super::support::wait::Wake;
use super::super::support::{Conn, Frame, Running, beside_the_opening, frame::opcode, wstalk};
use super::codec::{Deflater, Inflater};
use super::{HELLO, HELLO_AGAIN, RSV1, noise};

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

struct Listener {
    running: Running,
    address: String,
}

impl Listener {
    fn start(options: &[&str]) -> Self {
        let mut running = wstalk().args(["listen", "--echo"]).args(options).start();
        running
            .wait_stderr("listening on ws://")
            .wait_stderr_contains("\n");
        let told = running.stderr_so_far();
        let address = told.trim_end().trim_start_matches("listening on ws://");
        let address = address.to_owned();
        Self { running, address }
    }

    /// A client that offers this in as many header lines, and the answer's.
    fn client<'a>(&self, offers: &[&str], wake: &'a Wake) -> (Conn<'a>, Vec<String>) {
        let tcp = TcpStream::connect(&self.address).expect("a listener");
        let stream = Stream::open(tcp, None).expect("no TLS");
        let mut conn = Conn::new(stream, 1, wake);
        let lines: String = offers
            .iter()
            .map(|offer| format!("{}: {offer}\r\n", super::EXTENSIONS))
            .collect();
        conn.raw(format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             {lines}\r\n",
            self.address
        ));
        let head = conn.read_head();
        assert_eq!(head.request_line(), "HTTP/1.1 101 Switching Protocols");
        let answers = head.headers(super::EXTENSIONS);
        let answers = answers.into_iter().map(str::to_owned).collect();
        (conn, answers)
    }

    fn stop(mut self) {
        self.running.signal(Signal::INT);
        let first = format!("listening on ws://{}\n", self.address);
        self.running.finish().stdout("").stderr(&first).code(0);
    }
}

/// Says goodbye as a client.
fn leave(conn: &mut Conn<'_>) {
    conn.send(&Frame::close(1000, "").masked(KEY));
    let frame = conn.read_any_frame();
    let expected = (opcode::CLOSE, 0, false, &b"\x03\xe8"[..]);
    let seen = (frame.opcode, frame.rsv, frame.masked, &frame.payload[..]);
    assert_eq!(seen, expected);
    conn.finish();
}

/// Sends a compressed text, and reads what comes back: whether compressed too.
#[track_caller]
fn echoed(conn: &mut Conn<'_>, payload: &[u8]) -> (bool, Vec<u8>) {
    conn.send(&Frame::text(payload).rsv(RSV1).masked(KEY));
    let frame = conn.read_any_frame();
    assert!(
        frame.fin && !frame.masked && frame.opcode == opcode::TEXT,
        "{frame:?}"
    );
    (frame.rsv == RSV1, frame.payload)
}

/// Offers, header line by header line, and the one answer, if there is one.
const OFFERS: [(&[&str], Option<&str>); 19] = [
    (&[], None),
    (&[""], None),
    (&["x-webkit-deflate-frame"], None),
    (&["permessage-bzip2; a=1"], None),
    (&["permessage-deflate"], Some("permessage-deflate")),
    (
        &["permessage-deflate; client_max_window_bits"],
        Some("permessage-deflate"),
    ),
    (
        &["PerMessage-Deflate; Server_No_Context_Takeover"],
        Some("permessage-deflate; server_no_context_takeover"),
    ),
    (
        &["permessage-deflate; client_no_context_takeover; server_max_window_bits=\"9\""],
        Some("permessage-deflate; server_max_window_bits=9; client_no_context_takeover"),
    ),
    (&["permessage-deflate; server_max_window_bits"], None),
    (&["permessage-deflate; server_max_window_bits=7"], None),
    (&["permessage-deflate; server_max_window_bits=010"], None),
    (&["permessage-deflate; client_max_window_bits=16"], None),
    (&["permessage-deflate; server_no_context_takeover=1"], None),
    (
        &["permessage-deflate; client_max_window_bits; client_max_window_bits=9"],
        None,
    ),
    (&["permessage-deflate; surprise"], None),
    (&["permessage deflate"], None),
    (
        &["permessage-deflate; surprise, permessage-deflate; server_max_window_bits=12"],
        Some("permessage-deflate; server_max_window_bits=12"),
    ),
    (
        &[
            "x-own",
            "permessage-deflate; server_max_window_bits=99",
            "permessage-deflate",
        ],
        Some("permessage-deflate"),
    ),
    (
        &["permessage-deflate; server_max_window_bits=11, permessage-deflate"],
        Some("permessage-deflate; server_max_window_bits=11"),
    ),
];

#[test]
fn offers_that_can_be_met_are_taken_and_others_declined() {
    let (listener, wake) = (Listener::start(&[]), Wake::default());
    for (offers, answer) in OFFERS {
        let (mut conn, answers) = listener.client(offers, &wake);
        let expected: Vec<&str> = answer.into_iter().collect();
        assert_eq!(answers, expected, "{offers:?}");
        if answer.is_some() {
            assert_eq!(echoed(&mut conn, HELLO), (false, b"Hello".to_vec()));
        }
        leave(&mut conn);
    }
    listener.stop();
}

#[test]
fn what_was_declined_is_not_used() {
    for (options, offer) in [
        (&[][..], "permessage-deflate; surprise"),
        (&["--no-compression"], "permessage-deflate"),
    ] {
        let (listener, wake) = (Listener::start(options), Wake::default());
        let (mut conn, answers) = listener.client(&[offer], &wake);
        assert!(answers.is_empty(), "{answers:?}");
        let text = "x".repeat(5000);
        conn.send(&Frame::text(&text).masked(KEY));
        let frame = conn.read_any_frame();
        assert_eq!((frame.rsv, frame.text()), (0, &text[..]));
        conn.send(&Frame::text(HELLO).rsv(RSV1).masked(KEY));
        let frame = conn.read_any_frame();
        assert_eq!(
            (frame.opcode, &frame.payload[..]),
            (opcode::CLOSE, &b"\x03\xea"[..])
        );
        conn.finish();
        listener.stop();
    }
}

#[test]
fn the_server_keeps_to_what_it_agreed_to() {
    let (listener, wake) = (Listener::start(&[]), Wake::default());
    let far = [noise(3000, 1), noise(3000, 1)].concat();
    for bits in 8..=15 {
        for takeover in [true, false] {
            let alone = if takeover {
                ""
            } else {
                "; server_no_context_takeover"
            };
            let offer = format!("permessage-deflate{alone}; server_max_window_bits={bits}");
            let (mut conn, answers) = listener.client(&[&offer], &wake);
            assert_eq!(answers, [offer]);
            let mut deflater = Deflater::new(15, true);
            let mut inflater = Inflater::new(bits.max(9), takeover);
            for _ in 0..2 {
                let (compressed, payload) = echoed(&mut conn, &deflater.message(&far));
                assert_eq!(compressed, bits > 8, "{bits}");
                let plain = match compressed {
                    true => inflater.message(&payload).expect("legal DEFLATE"),
                    false => payload,
                };
                assert!(plain == far, "{bits}, takeover {takeover}: another text");
            }
            leave(&mut conn);
        }
    }
    listener.stop();
}

#[test]
fn a_client_that_renounces_takeover_is_held_to_it() {
    let (listener, wake) = (Listener::start(&[]), Wake::default());
    let offer = "permessage-deflate; client_no_context_takeover";
    let (mut conn, answers) = listener.client(&[offer], &wake);
    assert_eq!(answers, [offer]);
    assert_eq!(echoed(&mut conn, HELLO), (false, b"Hello".to_vec()));
    conn.send(&Frame::text(HELLO_AGAIN).rsv(RSV1).masked(KEY));
    let frame = conn.read_any_frame();
    assert_eq!(
        (frame.opcode, &frame.payload[..]),
        (opcode::CLOSE, &b"\x03\xef"[..])
    );
    conn.finish();
    listener.stop();
}

/// Talks to a listener under `-vv`: what is said of the two messages, way by
/// way, without ages and keys.
fn against_itself(listen: &[&str], options: &[&str]) -> (String, Vec<String>) {
    let listener = Listener::start(listen);
    let url = format!("ws://{}", listener.address);
    let text = "a".repeat(400);
    let output = wstalk()
        .args([&url[..], "-vv", "-N", "2", "-x", &text, "-x", "small"])
        .args(options)
        .run();
    let stderr = output.stderr_seen().to_owned();
    output.stdout(&format!("{text}\nsmall\n")).code(0);
    listener.stop();
    let connected = beside_the_opening(&stderr)[0].to_owned();
    let frames = stderr.lines().filter(|line| line.contains(": text, "));
    let told = frames.map(|line| {
        let way = line.trim_start_matches("* frame ").split(' ').next();
        let compressed = line.contains(", RSV1, ") && line.contains(" (400 plain), \"aaaa");
        format!("{} {compressed}", way.expect("a way"))
    });
    (connected, told.collect())
}

#[test]
fn the_program_compresses_when_it_talks_to_itself() {
    let (connected, frames) = against_itself(&[], &[]);
    assert!(
        connected.contains("(HTTP 101, permessage-deflate, "),
        "{connected}"
    );
    assert_eq!(frames, ["> true", "> false", "< true", "< false"]);
    for (listen, options) in [
        (&["--no-compression"][..], &[][..]),
        (&[], &["--no-compression"]),
    ] {
        let (connected, frames) = against_itself(listen, options);
        assert!(!connected.contains("permessage-deflate"), "{connected}");
        assert_eq!(frames, ["> false", "> false", "< false", "< false"]);
    }
}

#[test]
fn every_offer_of_the_program_is_kept_by_itself() {
    let (listener, lines) = (Listener::start(&[]), [noise(4000, 1), noise(4000, 1)]);
    let url = format!("ws://{}", listener.address);
    for parameters in [
        "",
        "; client_max_window_bits=9; server_max_window_bits=9",
        "; client_no_context_takeover; server_no_context_takeover",
        "; client_max_window_bits=8; server_max_window_bits=8",
    ] {
        let offer = format!("{}: permessage-deflate{parameters}", super::EXTENSIONS);
        let stdin = [&lines.join(&b'\n')[..], b"\n"].concat();
        wstalk()
            .args([&url[..], "-N", "2", "-H", &offer])
            .stdin(&stdin)
            .run()
            .stdout_bytes(&stdin)
            .stderr("")
            .code(0);
    }
    listener.stop();
}
