//! permessage-deflate (RFC 7692) as its users meet it: what is offered and
//! taken, what goes over the wire, and what comes out at the other end.
//!
//! `codec` is the server's half of it and holds the program to the letter of
//! the RFC.

mod answers;
mod codec;
mod corrupt;
mod large;
mod listen;
mod offer;
mod reach;
mod received;
mod sent;
mod windows;

use super::support::{self, Command, Conn, Output, Server, wstalk};

const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// `Hello`, compressed (RFC 7692 section 7.2.3.1).
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

/// `Hello` that refers to the one before it (section 7.2.3.2).
const HELLO_AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";

/// RSV1, which marks a compressed message, among the reserved bits.
const RSV1: u8 = 4;

/// Runs that go on at the same time.
const ABREAST: usize = 8;

/// A conversation with this server that does not end by the end of stdin.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url()).stdin_stays_open()
}

/// A script that agrees to compression with these parameters first.
fn agreeing(
    parameters: &str,
    script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    let answer = format!("permessage-deflate{parameters}");
    move |conn| {
        conn.upgrade_with(&[(EXTENSIONS, &answer)]);
        script(conn);
    }
}

/// A server that agrees to compression with these parameters, and follows the
/// script.
fn compressing(parameters: &str, script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Server {
    Server::accept(agreeing(parameters, script))
}

/// Closes with 1000 and ends as it should.
#[track_caller]
fn close(conn: &mut Conn<'_>) {
    conn.close(1000, "").expect_close();
    conn.finish();
}

/// Everything that a run left behind, exactly; `case` names it in a failure.
#[track_caller]
fn assert_ended(case: &str, output: &Output, stdout: &str, stderr: &str, code: i32) {
    let seen = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let seen = (output.exit_code(), seen, output.stderr_seen());
    assert_eq!(seen, (Some(code), stdout.to_owned(), stderr), "{case}");
}

/// What is said of a fault.
fn broke(fault: &str) -> String {
    format!("wstalk: error: the server broke the protocol: {fault}\n")
}

/// Runs them a few at a time.
fn abreast<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    support::abreast(ABREAST, cases, run);
}

/// Words without any order, each written twice: text that shrinks, and refers
/// to nothing far away unless it is repeated.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bits = bits(seed);
    let mut text = Vec::with_capacity(length + 16);
    while text.len() < length {
        let word: Vec<u8> = bits
            .by_ref()
            .take(8)
            .map(|bits| b'!' + (bits % 90) as u8)
            .collect();
        text.extend(word.repeat(2));
    }
    text.truncate(length);
    text
}

/// Bytes of all values but the line feed's, which nothing can compress.
fn random(length: usize, seed: u64) -> Vec<u8> {
    let bytes = bits(seed).map(|bits| bits as u8);
    bytes.filter(|byte| *byte != b'\n').take(length).collect()
}

/// A generator (xorshift) that starts anew for every test.
fn bits(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 32
    })
}
