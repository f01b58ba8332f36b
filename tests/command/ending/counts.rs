//! Of exit 55: surely sent, perhaps, surely not. What the server got whole lies
//! between the first and the first two, and the three are all that was read.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::support::frame::{Frame, opcode};
use super::super::support::{Command, Conn, Gate, Output, Server, abreast, wstalk};
use super::each_at_once;

/// What the line on stderr says, the messages sent in part among the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    surely: usize,
    perhaps: usize,
    surely_not: usize,
    in_part: usize,
}

impl Told {
    fn all(self) -> usize {
        self.surely + self.perhaps + self.surely_not
    }

    /// The law that each case is to keep.
    #[track_caller]
    fn assert_true(self, whole: usize, read: usize, case: &str) {
        assert!(self.surely <= whole, "{case}: {self:?}, got {whole}");
        let most = self.surely + self.perhaps;
        assert!(whole <= most, "{case}: {self:?}, got {whole}");
        assert_eq!(self.all(), read, "{case}: {self:?}");
        assert!(self.in_part <= self.surely_not, "{case}: {self:?}");
        assert!(self.surely_not > 0, "{case}: {self:?}");
    }
}

#[track_caller]
fn told(stderr: &str) -> Told {
    let beginning = "wstalk: error: not everything that was read could be sent: ";
    let mut lines = stderr
        .lines()
        .filter_map(|line| line.strip_prefix(beginning));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("no counts:\n{stderr}"));
    assert!(lines.next().is_none(), "counts twice:\n{stderr}");
    let words = line.split([' ', ',', '(', ')']);
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    let [surely, perhaps, surely_not] = numbers[..3] else {
        unreachable!("three are three");
    };
    Told {
        surely,
        perhaps,
        surely_not,
        in_part: numbers.get(3).copied().unwrap_or(0),
    }
}

/// A conversation that a server ends after `read` whole messages of it.
struct Case {
    name: &'static str,
    command: Command,
    stdin: Vec<u8>,
    /// How many of them are all that is read of stdin and `-x`.
    all: usize,
    /// How many messages the server hears before it ends it, answering pings.
    heard: usize,
    end: fn(&mut Conn<'_>),
    exit: i32,
}

/// Reads `count` whole messages, and answers pings.
fn hear_some(conn: &mut Conn<'_>, count: usize) -> usize {
    let mut whole = 0;
    while whole < count {
        let Some(frame) = conn.read_frame_or_end() else {
            break;
        };
        match frame.opcode {
            opcode::PING => {
                conn.pong(&frame.payload);
            }
            opcode::CLOSE => break,
            opcode::PONG => {}
            _ => whole += usize::from(frame.fin),
        }
    }
    whole
}

/// What still comes, after the end was said.
fn hear_rest(conn: &mut Conn<'_>) -> usize {
    let mut whole = 0;
    while let Some(frame) = conn.read_frame_or_end() {
        whole += usize::from(frame.fin && frame.opcode <= opcode::BINARY);
    }
    whole
}

fn follow(case: Case) {
    let whole = Arc::new(Mutex::new(0));
    let (got, heard, end) = (Arc::clone(&whole), case.heard, case.end);
    let server = Server::accept(move |conn| {
        conn.upgrade();
        let mut count = hear_some(conn, heard);
        end(conn);
        if !conn.is_closed() {
            count += hear_rest(conn);
        }
        *got.lock().expect("a sound lock") = count;
    });
    let output = case.command.arg(server.url()).stdin(case.stdin).run();
    server.finish();
    let stderr = output.stderr_seen();
    let whole = *whole.lock().expect("a sound lock");
    assert_eq!(
        output.exit_code(),
        Some(case.exit),
        "{}: {stderr}",
        case.name
    );
    told(stderr).assert_true(whole, case.all, case.name);
}

fn closes(conn: &mut Conn<'_>) {
    conn.close(1000, "");
}

fn fails(conn: &mut Conn<'_>) {
    conn.close(1011, "");
}

fn resets(conn: &mut Conn<'_>) {
    conn.reset();
}

fn ends(conn: &mut Conn<'_>) {
    conn.shutdown_write();
}

fn notation() -> Command {
    wstalk().args(["--input", "notation"])
}

/// Two lines, a ping, two lines, and one that waits for longer than the test.
const PINGED: &[u8] = b"a\nb\n/ping k\nc\nd\n/wait 20\ne\n";

#[test]
fn the_three_counts_are_true_when_a_line_waits() {
    type End = fn(&mut Conn<'_>);
    let ends: [(&str, End, i32); 4] = [
        ("closes", closes, 55),
        ("1011", fails, 69),
        ("resets", resets, 56),
        ("ends", ends, 56),
    ];
    let mut cases = Vec::new();
    for (name, end, exit) in ends {
        for heard in [1, 2, 3, 4] {
            cases.push(Case {
                name,
                command: notation(),
                stdin: PINGED.to_vec(),
                all: 5,
                heard,
                end,
                exit,
            });
            let words = ["a", "b", "/ping k", "c", "d", "/wait 20", "e"];
            let command = words
                .iter()
                .fold(wstalk(), |all, word| all.args(["-x", word]));
            cases.push(Case {
                name,
                command: command.args(["-w", "9"]),
                stdin: Vec::new(),
                all: 5,
                heard,
                end,
                exit,
            });
        }
    }
    each_at_once(cases, follow);
}

#[test]
fn a_pong_makes_what_went_before_its_ping_sure() {
    for (answers, surely) in [("k", 2), ("j", 0), ("", 0)] {
        let server = Server::accept(move |conn| {
            conn.upgrade();
            conn.expect_text("a").expect_text("b").expect_ping("k");
            conn.expect_text("c").expect_text("d");
            conn.pong(answers).close(1000, "").expect_close();
            conn.finish();
        });
        let output = talk_notation(&server).stdin(PINGED).run();
        let expected = Told {
            surely,
            perhaps: 4 - surely,
            surely_not: 1,
            in_part: 0,
        };
        assert_eq!(told(output.stderr_seen()), expected, "{answers:?}");
        output.code(55);
        server.finish();
    }
}

fn talk_notation(server: &Server) -> Command {
    notation().arg(server.url())
}

#[test]
fn pings_at_an_interval_make_sure_too() {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").expect_text("b").expect_ping("1");
        conn.pong("1").close(1000, "").expect_close();
        conn.finish();
    });
    let output = talk_notation(&server)
        .args(["--ping-interval", "0.3"])
        .stdin("a\nb\n/wait 20\nc\n")
        .run();
    let expected = Told {
        surely: 2,
        perhaps: 0,
        surely_not: 1,
        in_part: 0,
    };
    assert_eq!(told(output.stderr_seen()), expected);
    output.code(55);
    server.finish();
}

/// The most that waits in a pipe, in bytes.
const PIPE: usize = 1 << 20;

/// How a server that has not read ends it: messages it could still read whole.
type End = fn(&mut Conn<'_>) -> Option<usize>;

/// Lines that go nowhere until `end`; what the server got, how many lines were
/// taken at most, and the output.
fn stuck(options: &[&str], line: usize, end: End) -> (Option<usize>, usize, Output) {
    let (gate, got) = (Gate::default(), Arc::new(Mutex::new(None)));
    let (full, whole) = (gate.clone(), Arc::clone(&got));
    let server = Server::accept(move |conn| {
        conn.upgrade();
        full.pass("a full way");
        *whole.lock().expect("a sound lock") = end(conn);
    });
    let mut running = wstalk().arg(server.url()).args(options).start();
    let lines = ("x".repeat(line - 1) + "\n").repeat(24_000_000 / line);
    let taken = running.send_within(Duration::from_millis(1000), &lines);
    assert!(taken < lines.len(), "nothing held stdin back");
    gate.open();
    let output = running.finish();
    server.finish();
    let got = *got.lock().expect("a sound lock");
    (got, taken / line, output)
}

#[test]
fn the_three_counts_are_true_when_nothing_is_read() {
    let closes: End = |conn| {
        conn.close(1000, "");
        Some(hear_rest(conn))
    };
    let resets: End = |conn| {
        conn.reset();
        Some(0)
    };
    let silent: End = |conn| {
        conn.stall(Duration::from_secs(15));
        Some(hear_rest(conn))
    };
    let ends: [(&str, &'static [&'static str], End, i32); 5] = [
        ("closes", &[], closes, 55),
        ("resets", &[], resets, 56),
        ("-m", &["-m", "5"], silent, 28),
        (
            "ping time-out",
            &["--ping-interval", "0.2", "--ping-timeout", "4"],
            silent,
            28,
        ),
        ("fragments", &["--fragment", "1k"], closes, 55),
    ];
    let mut cases = Vec::new();
    for end in ends {
        for line in [100, 70_000, 8_000_000] {
            cases.push((end, line));
        }
    }
    // They work more than they wait.
    abreast(10, cases, |((name, options, end, exit), line)| {
        let (whole, taken, output) = stuck(options, line, end);
        let case = format!("{name}, lines of {line}");
        let stderr = output.stderr_seen();
        assert_eq!(output.exit_code(), Some(exit), "{case}: {stderr}");
        let told = told(stderr);
        let whole = whole.expect("a script that ended");
        assert!(told.surely <= whole, "{case}: {told:?}, got {whole}");
        let most = told.surely + told.perhaps;
        assert!(whole <= most, "{case}: {told:?}, got {whole}");
        // What was written to the pipe need not have been read from it.
        let all = told.all();
        let pipe = PIPE / line + 2;
        assert!(all <= taken + 1, "{case}: {told:?}, {taken} written");
        assert!(all + pipe > taken, "{case}: {told:?}, {taken} written");
        assert!(told.in_part <= 1, "{case}: {told:?}");
    });
}

#[test]
fn a_line_that_went_out_in_part_is_told() {
    let closes: End = |conn| {
        conn.reset();
        Some(0)
    };
    let (_, _, output) = stuck(&[], 8_000_000, closes);
    let told = told(output.stderr_seen());
    assert_eq!(told.in_part, 1, "{told:?}");
    output.code(56);
}

#[test]
fn an_echo_counts_what_was_to_go_back() {
    const COUNT: usize = 110;
    let server = Server::accept(|conn| {
        conn.upgrade();
        let message = Frame::binary(vec![7; 65_536]).bytes();
        // What comes back is not read, which holds the client up.
        conn.raw(message.repeat(COUNT));
        conn.stall(Duration::from_millis(700));
        conn.reset();
    });
    let output = wstalk().arg(server.url()).args(["--echo"]).run();
    let told = told(output.stderr_seen());
    assert!(told.all() <= COUNT && told.surely == 0, "{told:?}");
    assert!(told.surely_not > 0 && told.perhaps > 0, "{told:?}");
    output.code(56);
    server.finish();
}

/// A server that hears `a` and closes while what follows waits for its time.
fn closes_before_the_rest(input: &[u8], format: &str) -> Output {
    let server = Server::accept(|conn| {
        conn.upgrade();
        conn.expect_text("a").close(1000, "").expect_close();
        conn.finish();
    });
    let output = wstalk()
        .arg(server.url())
        .args(["--input", format])
        .stdin(input)
        .run();
    server.finish();
    output
}

#[test]
fn lines_that_are_no_messages_are_not_counted() {
    for (format, input, surely_not) in [
        ("notation", &b"a\n/wait 20\nb\n/ping\nc\n"[..], 2),
        ("notation", b"a\n/wait 20\n{\n\"b\":1\n}\n", 1),
        ("notation", b"a\n/wait 20\nb\n/wait 1\n/close\n", 1),
        (
            "json",
            b"{\"text\":\"a\"}\n{\"wait_ms\":20000}\n{\"ping\":\"\"}\n{\"text\":\"b\"}\n",
            1,
        ),
    ] {
        let output = closes_before_the_rest(input, format);
        let case = input.escape_ascii().to_string();
        assert_eq!(told(output.stderr_seen()).surely_not, surely_not, "{case}");
        assert_eq!(output.exit_code(), Some(55), "{case}");
    }
}

#[test]
fn where_no_message_is_left_nothing_is_lost() {
    const EVENT: &str = r#"{"v":1,"ms":2,"event":"message","direction":"received","n":1,"type":"text","bytes":1,"data":"x"}"#;
    let recording = format!("{{\"text\":\"a\"}}\n{{\"wait_ms\":20000}}\n{EVENT}\n{EVENT}\n");
    for (format, input) in [
        ("notation", "a\n/wait 20\n/ping\n"),
        ("notation", "a\n/wait 20\n/wait 1\n"),
        ("notation", "a\n/wait 20\n/close\n"),
        ("json", &recording),
    ] {
        let output = closes_before_the_rest(input.as_bytes(), format);
        let code = output.exit_code();
        assert_eq!(code, Some(0), "{input}: {}", output.stderr_seen());
    }
}
