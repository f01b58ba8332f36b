//! Messages that are far larger than what came over the wire: memory does not
//! grow with them, and limits count what comes out.

use std::fs::File;
use std::io::{PipeReader, Read};
use std::os::fd::OwnedFd;
use std::thread::JoinHandle;

use super::super::support::{
    Authority, Command, Conn, Frame, Gate, Server, Terminal, frame::opcode,
};
use super::codec::Deflater;
use super::{RSV1, agreeing, assert_ended, broke, close, compressing, talk, wstalk};

const MIB: usize = 1024 * 1024;

/// What the large message has, in bytes. A debug build inflates it in a second.
const INFLATED: usize = 100 * MIB;

/// The most that may be resident; the code of a debug build takes more.
const BOUND: u64 = (MIB * if cfg!(debug_assertions) { 24 } else { 16 }) as u64;

/// The payload of a message of so many equal letters.
fn bomb(letter: u8, length: usize) -> Vec<u8> {
    let mut deflater = Deflater::new(15, true);
    // It refers to itself alone, so that it may be repeated.
    let part = deflater.part(&vec![letter; MIB]);
    let mut payload = part.repeat(length / MIB);
    payload.push(0);
    payload
}

/// A reader that keeps nothing: how many bytes came, all of them `letter` but
/// for a last line feed.
fn counting(mut reader: PipeReader, letter: u8, enough: usize, all: Gate) -> JoinHandle<usize> {
    std::thread::spawn(move || {
        let (mut count, mut chunk) = (0, vec![0; 256 * 1024]);
        let letters = vec![letter; chunk.len()];
        loop {
            let more = reader.read(&mut chunk).expect("a pipe to read");
            let came = &chunk[..more];
            let came = came.strip_suffix(b"\n").unwrap_or(came);
            assert!(came == &letters[..came.len()], "another letter");
            count += more;
            if count >= enough {
                all.open();
            }
            if more == 0 {
                return count;
            }
        }
    })
}

/// Inflates the bomb into a pipe, and looks at the memory before the end.
#[track_caller]
fn passes_through(options: &[&str], kind: u8, letter: u8, inflated: usize, length: usize) {
    let all = Gate::default();
    let looked = Gate::default();
    let (printed, seen) = (all.clone(), looked.clone());
    let server = compressing("", move |conn| {
        conn.send(&Frame::new(kind, bomb(letter, inflated)).rsv(RSV1));
        printed.pass("all of it on stdout");
        seen.pass("a look at the memory");
        close(conn);
    });
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let counted = counting(reader, letter, length, all.clone());
    let file = File::from(OwnedFd::from(writer));
    let running = talk(&server).args(options).stdout_to(file).start();
    all.pass("all of it on stdout");
    if cfg!(target_os = "linux") {
        let peak = running.peak_memory();
        assert!(peak <= BOUND, "{peak} bytes were resident");
    }
    looked.open();
    running.finish().stderr("").code(0);
    assert_eq!(counted.join().expect("a reader"), length);
    server.finish();
}

#[test]
fn a_binary_bomb_passes_through_in_bounded_memory() {
    let options = ["--output", "raw"];
    passes_through(&options, opcode::BINARY, 0, INFLATED, INFLATED);
}

#[test]
fn a_text_bomb_passes_through_in_bounded_memory() {
    let half = INFLATED / 2;
    passes_through(&[], opcode::TEXT, b'b', half, half + 1);
}

/// Sends the bomb, all of it, and expects it to be refused.
fn refused(conn: &mut Conn<'_>) {
    let frame = Frame::text(bomb(b'b', INFLATED)).rsv(RSV1);
    drop(conn.try_raw(frame.bytes()));
    assert_eq!(conn.expect_close(), (Some(1009), String::new()));
    conn.expect_eof();
}

fn too_large(limit: usize) -> String {
    let fault = format!("a message is larger than the {limit} bytes that are allowed");
    broke(&fault) + "hint: --max-message-size sets the limit\n"
}

#[track_caller]
fn is_refused(command: Command) {
    let running = command.args(["--max-message-size", "1M"]).start();
    let output = running.finish();
    let printed = output.stdout_seen().len();
    assert!(printed <= MIB, "{printed} bytes");
    let cut = match printed {
        0 => String::new(),
        _ => format!("* message 1 was cut short after {printed} bytes\n"),
    };
    output.stderr(&(cut + &too_large(MIB))).code(76);
}

#[test]
fn a_bomb_over_the_limit_ends_with_1009() {
    let server = compressing("", refused);
    is_refused(talk(&server));
    server.finish();
    let authority = Authority::new();
    let server = Server::accept_tls(&authority.localhost(), agreeing("", refused));
    is_refused(
        talk(&server)
            .arg("--cacert")
            .arg(authority.certificate_path()),
    );
    server.finish();
}

#[test]
fn a_bomb_over_the_limit_is_not_echoed_to_its_end() {
    let server = compressing("", |conn| {
        let frame = Frame::text(bomb(b'b', INFLATED)).rsv(RSV1);
        drop(conn.try_raw(frame.bytes()));
        // What came back is a message without an end.
        let mut frame = conn.read_frame();
        while frame.opcode != opcode::CLOSE {
            assert!(!frame.fin, "a message that is whole");
            frame = conn.read_frame();
        }
        assert_eq!(frame.payload, b"\x03\xf1");
        conn.expect_eof();
    });
    let options = ["--echo", "--max-message-size", "3M"];
    let output = talk(&server).args(options).run();
    let stderr = too_large(3 * MIB);
    assert!(output.stderr_seen().ends_with(&stderr));
    output.stdout("").code(76);
    server.finish();
}

#[test]
fn the_prompt_holds_no_bomb() {
    let server = compressing("", |conn| {
        conn.text("before");
        refused(conn);
    });
    let mut terminal = wstalk_at(&server);
    terminal.wait_for_text("< before");
    terminal.wait_for_text("larger than the 67108864 bytes that are allowed");
    let finished = terminal.finish();
    assert_eq!(finished.code, 76, "{}", finished.screen);
    assert!(
        finished.screen.contains("hint: --max-message-size"),
        "{}",
        finished.screen
    );
    server.finish();
}

fn wstalk_at(server: &Server) -> Terminal {
    wstalk().arg(server.url()).in_terminal(24, 100)
}

#[test]
fn a_limit_counts_what_comes_out_to_the_byte() {
    for (length, code) in [(1000, 0), (1001, 76)] {
        let plain = vec![b'l'; length];
        let payload = Deflater::new(15, true).message(&plain);
        let server = compressing("", move |conn| {
            conn.send(&Frame::text(&payload).rsv(RSV1));
            if code == 0 {
                return close(conn);
            }
            assert_eq!(conn.expect_close(), (Some(1009), String::new()));
            conn.expect_eof();
        });
        let output = talk(&server).args(["--max-message-size", "1000"]).run();
        let (stdout, stderr) = match code {
            0 => ("l".repeat(length) + "\n", String::new()),
            _ => (String::new(), too_large(1000)),
        };
        assert_ended(&length.to_string(), &output, &stdout, &stderr, code);
        server.finish();
    }
}

#[test]
fn many_compressed_messages_over_the_limit_together_are_fine() {
    let server = compressing("", |conn| {
        let mut deflater = Deflater::new(15, true);
        for _ in 0..20 {
            let payload = deflater.message(&[b'm'; 900]);
            conn.send(&Frame::text(payload).rsv(RSV1));
        }
        close(conn);
    });
    let output = talk(&server).args(["--max-message-size", "1000"]).run();
    let stdout = ("m".repeat(900) + "\n").repeat(20);
    assert_ended("together", &output, &stdout, "", 0);
    server.finish();
}

#[test]
fn a_reader_that_stands_still_holds_a_bomb_back() {
    let sent = Gate::default();
    let looked = sent.clone();
    let server = compressing("", move |conn| {
        conn.send(&Frame::binary(bomb(0, INFLATED)).rsv(RSV1));
        looked.pass("a look at the memory");
        conn.hang_up();
    });
    let mut running = talk(&server)
        .args(["--output", "raw"])
        .stdout_unread()
        .start();
    running.read_stdout_bytes(MIB).wait_stdout_length(MIB);
    if cfg!(target_os = "linux") {
        let peak = running.peak_memory();
        assert!(peak <= BOUND, "{peak} bytes were resident");
    }
    running.close_stdout();
    sent.open();
    running.finish().stderr("").code(0);
    server.finish();
}
