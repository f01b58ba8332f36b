//! Of TLS that breaks after its handshake: records that are none, or that
//! nobody can have sealed.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::ssl::{SslAcceptor, SslMethod, SslStream};

use super::super::support::{Authority, Head, Identity, Output};
use super::{AT_ONCE, ERROR, assert_bounded, assert_harmless, watched};

/// What is written beneath TLS.
const BREAKS: [(&str, &[u8]); 6] = [
    ("plain text", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    ("escapes", b"\x1b]0;evil\x07\x1b[2J"),
    (
        "an unsealed record",
        b"\x17\x03\x03\x00\x20ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
    ),
    ("an empty record", b"\x17\x03\x03\x00\x00"),
    ("a record too long", b"\x17\x03\x03\xff\xffABC"),
    ("an unsealed alert", b"\x15\x03\x03\x00\x02\x02\x28"),
];

/// How far the server goes before it breaks.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Unanswered,
    Answered,
}

/// A server with TLS that can be written past.
struct Breaking {
    port: u16,
    thread: JoinHandle<()>,
}

impl Breaking {
    fn start(identity: &Identity, stage: Stage, bytes: &'static [u8]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = acceptor(identity);
        let thread = std::thread::spawn(move || {
            let (tcp, _) = listener.accept().expect("a call");
            tcp.set_read_timeout(Some(AT_ONCE)).expect("a limit");
            let mut tls = acceptor.accept(tcp).expect("TLS");
            follow(&mut tls, stage);
            tls.get_mut()
                .write_all(bytes)
                .expect("a client that is there");
            // Until the client leaves; it says nothing that matters here.
            let mut rest = [0; 1024];
            while matches!(tls.get_mut().read(&mut rest), Ok(1..)) {}
        });
        Self { port, thread }
    }
}

fn acceptor(identity: &Identity) -> SslAcceptor {
    let mut builder =
        SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("an acceptor");
    builder.set_private_key(identity.key()).expect("a key");
    let certificate = &identity.chain()[0];
    builder.set_certificate(certificate).expect("a certificate");
    builder.build()
}

/// Reads the request; answers it, with a message, if it comes to that.
fn follow(tls: &mut SslStream<TcpStream>, stage: Stage) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        tls.read_exact(&mut byte).expect("a request");
        request.push(byte[0]);
    }
    if let Stage::Answered = stage {
        let reply = Head::new(request).switching(&[]) + "\u{82}\u{6}before";
        let reply: Vec<u8> = reply.chars().map(|letter| letter as u8).collect();
        tls.write_all(&reply).expect("a client that is there");
    }
}

#[track_caller]
fn broken(authority: &Authority, stage: Stage, name: &str, bytes: &'static [u8]) -> Output {
    let name = format!("{name}, {stage:?}");
    let server = Breaking::start(&authority.localhost(), stage, bytes);
    let (command, watch) = watched();
    let output = command
        .arg(format!("wss://localhost:{}", server.port))
        .args(["--connect-timeout", "2", "--cacert"])
        .arg(authority.certificate_path())
        .stdin_stays_open()
        .within(AT_ONCE.saturating_sub(Duration::from_secs(1)))
        .run();
    assert_harmless(&name, output.stderr_seen());
    assert_bounded(&name, watch.peak());
    server.thread.join().expect("a server that was called");
    output
}

#[test]
fn tls_that_breaks_before_the_answer_has_failed() {
    let authority = Authority::new();
    for (name, bytes) in BREAKS {
        let output = broken(&authority, Stage::Unanswered, name, bytes);
        let stderr = output.stderr_seen();
        let first = format!("{ERROR}the TLS handshake with localhost:");
        assert!(stderr.starts_with(&first), "{name}: {stderr}");
        output.stdout("").code(35);
    }
}

#[test]
fn tls_that_breaks_later_is_a_lost_connection() {
    let authority = Authority::new();
    for (name, bytes) in BREAKS {
        let output = broken(&authority, Stage::Answered, name, bytes);
        let stderr = output.stderr_seen();
        let first = format!("{ERROR}the connection was lost: ");
        assert!(stderr.starts_with(&first), "{name}: {stderr}");
        assert!(!stderr.contains("SSL routines"), "{name}: {stderr}");
        assert!(stderr.contains(" (1006)\n"), "{name}: {stderr}");
        output.stdout("before\n").code(56);
    }
}
