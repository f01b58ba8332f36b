//! Of what is sent around a lost connection: nothing twice, nothing out of
//! order, and what is lost is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::{Decompress, FlushDecompress};

use super::super::support::events::events;
use super::super::support::frame::{ReceivedFrame, opcode};
use super::super::support::{Command, Conn, Gate, Output, Server, abreast, wstalk};
use super::talk;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// Compressed, each message by itself.
const DEFLATE: (&str, &str) = (
    "Sec-WebSocket-Extensions",
    "permessage-deflate; client_no_context_takeover",
);

/// Lines that begin with their number, from 0, each so long.
#[derive(Clone)]
struct Lines {
    length: usize,
    /// Compresses badly.
    noise: String,
}

impl Lines {
    fn new(length: usize) -> Self {
        let mut state = 7_u64;
        let next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'0' + (state >> 58) as u8)
        };
        let noise = std::iter::repeat_with(next)
            .take(length + 200_000)
            .collect();
        Self { length, noise }
    }

    fn line(&self, number: usize) -> String {
        let rest = self.length - 8;
        // Not what stands in the line before, nor anything near.
        let at = number * rest % (self.noise.len() - rest);
        format!("{number:08}{}", &self.noise[at..at + rest])
    }

    fn all(&self, count: usize) -> String {
        (0..count).map(|number| self.line(number) + "\n").collect()
    }

    /// The number of a line, which must be whole.
    #[track_caller]
    fn number(&self, bytes: &[u8]) -> usize {
        let digits = bytes
            .get(..8)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let number = digits.and_then(|digits| digits.parse().ok());
        let number = number.expect("a line with a number");
        assert!(bytes == self.line(number).as_bytes(), "not line {number}");
        number
    }
}

/// A message as it was before RFC 7692 section 7.2.1.
fn inflated(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(length + 100);
    let whole = [bytes, &[0, 0, 0xff, 0xff]].concat();
    Decompress::new(false)
        .decompress_vec(&whole, &mut plain, FlushDecompress::Sync)
        .expect("a deflated message");
    plain
}

/// What a server got on one connection, and whether it answered a Close.
#[derive(Debug, Default)]
struct Got {
    messages: Vec<Vec<u8>>,
    closed: bool,
}

/// Hears the client out; `count` messages at most.
fn hear(conn: &mut Conn<'_>, count: usize, length: usize) -> Got {
    let mut got = Got::default();
    let mut message: Option<ReceivedFrame> = None;
    while got.messages.len() < count
        && let Some(frame) = conn.read_frame_or_end()
    {
        match frame.opcode {
            opcode::CLOSE => {
                conn.frame(opcode::CLOSE, &frame.payload).finish();
                got.closed = true;
                break;
            }
            opcode::PING | opcode::PONG => continue,
            opcode::CONTINUATION => {
                let begun = message.as_mut().expect("a message that had begun");
                begun.payload.extend_from_slice(&frame.payload);
                begun.fin = frame.fin;
            }
            _ => message = Some(frame),
        }
        if let Some(whole) = message.take_if(|message| message.fin) {
            got.messages.push(match whole.rsv {
                0 => whole.payload,
                _ => inflated(&whole.payload, length),
            });
        }
    }
    got
}

/// How a first connection that got `heard` messages and then reads no more ends.
#[derive(Clone, Copy, Debug)]
struct Loss {
    heard: usize,
    lose: fn(&mut Conn<'_>),
    deflates: [bool; 2],
}

/// What stderr says went out before the gap: surely, perhaps, and what follows.
#[track_caller]
fn sent_before(stderr: &str) -> [usize; 3] {
    let line = stderr.lines().find(|line| line.contains("sent before: "));
    let line = line.unwrap_or_else(|| panic!("no gap:\n{stderr}"));
    let (_, counts) = line.split_once("sent before: ").expect("counts");
    let words = counts.split([' ', ',', ';']);
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().expect("three counts")
}

/// All of `count` lines of `length` bytes through a connection that is lost: what
/// the second one got, by number, and the output.
fn over_a_loss(loss: Loss, command: Command, count: usize, length: usize) -> (Vec<usize>, Output) {
    let lines = Lines::new(length);
    let known = lines.clone();
    let full = Gate::default();
    let gate = full.clone();
    let second = Arc::new(Mutex::new(Got::default()));
    let got = Arc::clone(&second);
    let server = Server::accept_many(2, move |conn| {
        let deflates = loss.deflates[conn.number() - 1];
        conn.upgrade_with(if deflates { &[DEFLATE] } else { &[] });
        if conn.number() == 1 {
            let first = hear(conn, loss.heard, length);
            for (at, line) in first.messages.iter().enumerate() {
                assert_eq!(known.number(line), at, "{loss:?}");
            }
            gate.pass("a full way");
            return (loss.lose)(conn);
        }
        *got.lock().expect("a sound lock") = hear(conn, usize::MAX, length);
    });
    let mut running = command.arg(server.url()).arg("--reconnect").start();
    let text = lines.all(count);
    let taken = running.send_within(1200 * MS, &text);
    full.open();
    running.wait_stderr_contains("* connected again after ");
    running.send(&text[taken..]).close_stdin();
    let output = running.finish();
    server.finish();
    let got = second.lock().expect("a sound lock");
    assert!(got.closed, "{loss:?}: no Close");
    let numbers = got.messages.iter().map(|line| lines.number(line));
    (numbers.collect(), output)
}

fn resets(conn: &mut Conn<'_>) {
    conn.reset();
}

fn leaves(conn: &mut Conn<'_>) {
    conn.shutdown_write();
    // Without reading, the client's own end cannot be seen.
    conn.stall(100 * MS);
    conn.reset();
}

fn restarts(conn: &mut Conn<'_>) {
    conn.close(1012, "");
    conn.swallow();
}

#[test]
fn lines_go_on_where_they_were_in_order_and_none_twice() {
    let lines = [(0, 100), (7, 5_000), (3, 70_000)];
    let answers = [[false, false], [true, false], [false, true]];
    let mut losses = Vec::new();
    for (turn, lose) in [resets, leaves, restarts].into_iter().enumerate() {
        for (number, deflates) in answers.into_iter().enumerate() {
            // Each way to be lost with each answer, and with each length.
            let (heard, length) = lines[(turn + number) % lines.len()];
            let loss = Loss {
                heard,
                lose,
                deflates,
            };
            losses.push((loss, length));
        }
    }
    abreast(6, losses, |(loss, length)| {
        let count = 9_000_000 / length;
        let command = wstalk().args(["-E", "-q"]);
        let (numbers, output) = over_a_loss(loss, command, count, length);
        let stderr = output.stderr_seen();
        let case = format!("{loss:?}, lines of {length}: {stderr}");
        assert_eq!(output.exit_code(), Some(0), "{case}");
        let [surely, perhaps, _] = sent_before(stderr);
        let first = surely + perhaps;
        assert!(first >= loss.heard, "{case}");
        let expected: Vec<usize> = (first..count).collect();
        assert_eq!(numbers.first(), expected.first(), "{case}");
        assert!(numbers == expected, "{case}: a line is missing or twice");
    });
}

#[test]
fn a_long_line_that_was_sent_in_part_is_left_out_and_told() {
    for heard in [0, 1] {
        let loss = Loss {
            heard,
            lose: resets,
            deflates: [false, false],
        };
        let command = wstalk().args(["-E", "--fragment", "64k"]);
        let (numbers, output) = over_a_loss(loss, command, 6, 8_000_000);
        let stderr = output.stderr_seen();
        let [surely, perhaps, _] = sent_before(stderr);
        let expected: Vec<usize> = (surely + perhaps + 1..6).collect();
        assert_eq!(numbers, expected, "{stderr}");
        let told = "0 messages surely sent, 5 perhaps, 1 surely not (1 of them in part)\n";
        output.stderr_contains(told).code(55);
    }
}

#[test]
fn lines_that_a_silent_server_did_not_take_go_on_too() {
    let loss = Loss {
        heard: 0,
        lose: |conn| conn.stall(10 * SECOND),
        deflates: [false, false],
    };
    let command = wstalk().args(["-E", "--ping-interval", "0.2", "--ping-timeout", "2"]);
    let (numbers, output) = over_a_loss(loss, command, 150, 60_000);
    let [surely, perhaps, _] = sent_before(output.stderr_seen());
    let expected: Vec<usize> = (surely + perhaps..150).collect();
    assert_eq!(numbers, expected, "{}", output.stderr_seen());
    output.code(0);
}

#[test]
fn dash_x_is_sent_again_before_what_waits() {
    let server = Server::accept_many(3, |conn| {
        conn.upgrade();
        conn.expect_text("login").expect_text("subscribe");
        match conn.number() {
            1 => {
                conn.expect_text("1");
                conn.reset();
            }
            2 => conn.reset(),
            _ => {
                conn.expect_text("2").expect_text("3");
                assert_eq!(conn.answer_close().0, Some(1000));
            }
        }
    });
    let mut running = talk(&server)
        .args(["-x", "login", "-x", "/wait 0.1", "-x", "subscribe"])
        .args(["--reconnect", "-E"])
        .start();
    running
        .send("1\n")
        .wait_stderr_contains("; connecting again in ");
    // In the gap: held back until there is a connection that lasts.
    running.wait_stderr_contains("(try 1); ");
    running.wait_stderr_contains("lost: ");
    running.wait_stderr_contains("(try 2); ");
    running.send("2\n3\n").close_stdin();
    running.finish().stdout("").code(0);
    server.finish();
}

#[test]
fn a_script_that_was_cut_begins_anew() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        conn.expect_text("one");
        if conn.number() == 1 {
            return conn.reset();
        }
        conn.expect_text("two").expect_text("a");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let output = talk(&server)
        .args(["-x", "one", "-x", "/wait 0.5", "-x", "two"])
        .args(["--reconnect", "-E"])
        .stdin("a\n")
        .run();
    output.stdout("").code(0);
    server.finish();
}

#[test]
fn a_long_dash_x_that_was_cut_is_sent_again_whole_and_once() {
    const LONG: usize = 8_000_000;
    let full = Gate::default();
    let gate = full.clone();
    let server = Server::accept_many(2, move |conn| {
        conn.upgrade();
        if conn.number() == 1 {
            gate.pass("a full way");
            return conn.reset();
        }
        assert_eq!(conn.read_message().1.len(), LONG);
        conn.expect_text("a").expect_text("b");
        assert_eq!(conn.answer_close().0, Some(1000));
    });
    let command = talk(&server);
    std::fs::write(command.home().join("long"), vec![b'x'; LONG]).expect("a file");
    let mut running = command
        .args(["-x", "/file --text long", "--fragment", "64k"])
        .args(["--reconnect", "-E"])
        .start();
    running.send("a\nb\n");
    // Time for what fits into the way.
    std::thread::sleep(500 * MS);
    full.open();
    running.wait_stderr_contains("* connected again after ");
    running.close_stdin();
    let output = running.finish();
    // It has been sent in the end, so that nothing is lost.
    assert_eq!(output.exit_code(), Some(0), "{}", output.stderr_seen());
    server.finish();
}

#[test]
fn stderr_and_the_event_of_a_gap_tell_of_the_same_messages() {
    let server = Server::accept_many(2, |conn| {
        conn.upgrade();
        conn.read_message();
        match conn.number() {
            1 => conn.reset(),
            _ => assert_eq!(conn.answer_close().0, Some(1000)),
        }
    });
    let output = talk(&server)
        .args([
            "--reconnect",
            "-E",
            "--input",
            "notation",
            "--output",
            "json",
        ])
        .stdin("one\n/wait 0.5\ntwo\n")
        .run();
    let found = events(output.stdout_seen());
    let gap = found.iter().find(|event| event["event"] == "reconnect");
    let unsent = gap.and_then(|gap| gap["unsent"].as_u64());
    assert_eq!(unsent, Some(1), "{gap:?}");
    let [surely, perhaps, follow] = sent_before(output.stderr_seen());
    assert_eq!(
        (surely, perhaps, follow),
        (0, 1, 1),
        "{}",
        output.stderr_seen()
    );
    output.code(0);
    server.finish();
}
