//! Of connections that end without a Close frame.

use super::super::support::{Conn, Frame, Gate, frame::opcode};
use super::{assert_ended, talk, upgraded};

const HINT: &str = "hint: the server, or something on the way such as a proxy's idle time-out, dropped the connection\n";

/// How a server goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    Fin,
    Rst,
}

impl Way {
    fn go(self, conn: &mut Conn<'_>) {
        match self {
            Way::Fin => conn.finish(),
            Way::Rst => conn.reset(),
        }
    }

    fn told(self) -> String {
        let how = match self {
            Way::Fin => "the server ended it without a close frame",
            Way::Rst => "connection reset by peer",
        };
        format!("wstalk: error: the connection was lost: {how} (1006)\n{HINT}")
    }
}

/// What a server has said when it goes.
struct Case {
    name: &'static str,
    sent: Vec<u8>,
    /// Must be on stdout before the server goes.
    stdout: &'static str,
    /// What is said of a message that was cut short.
    cut: &'static str,
}

impl Case {
    fn new(name: &'static str, frames: &[Frame], stdout: &'static str, cut: &'static str) -> Self {
        let sent = frames.iter().flat_map(Frame::bytes).collect();
        Self {
            name,
            sent,
            stdout,
            cut,
        }
    }
}

fn whole() -> Frame {
    Frame::text("whole")
}

fn between_messages() -> Vec<Case> {
    let ping = Frame::new(opcode::PING, "");
    vec![
        Case::new("nothing", &[], "", ""),
        Case::new("a message", &[whole()], "whole\n", ""),
        Case::new("two", &[whole(), whole()], "whole\nwhole\n", ""),
        Case::new("a ping", &[whole(), ping], "whole\n", ""),
    ]
}

const FIRST: &str = "* message 1 was cut short after 4 bytes\n";
const SECOND: &str = "* message 2 was cut short after 4 bytes\n";

fn inside_messages() -> Vec<Case> {
    let part = |length| Frame::text("part").claiming(length);
    let binary = Frame::binary("part").claiming(1000);
    let begun = || Frame::text("pa").unfinished();
    let open = Frame::continuation("rt").unfinished();
    let last = Frame::continuation("rt").claiming(9);
    let empty = Frame::text("").unfinished();
    vec![
        Case::new("in a frame", &[whole(), part(5)], "whole\npart", SECOND),
        Case::new("in a huge frame", &[part(1 << 62)], "part", FIRST),
        Case::new("in binary", &[whole(), binary], "whole\npart", SECOND),
        Case::new("between fragments", &[begun(), open], "part", FIRST),
        Case::new(
            "in a second fragment",
            &[whole(), begun(), last],
            "whole\npart",
            SECOND,
        ),
        Case::new(
            EMPTY,
            &[whole(), empty],
            "whole\n",
            "* message 2 was cut short after 0 bytes\n",
        ),
    ]
}

const EMPTY: &str = "after an empty fragment";

fn cases() -> Vec<Case> {
    between_messages()
        .into_iter()
        .chain(inside_messages())
        .collect()
}

fn loses(case: &Case, way: Way, options: &[&str]) {
    let seen = Gate::default();
    let go = seen.clone();
    let sent = case.sent.clone();
    let server = upgraded(move |conn| {
        conn.raw(&sent);
        go.pass("what was sent on stdout");
        way.go(conn);
    });
    let name = format!("{}, {way:?}, {options:?}", case.name);
    let mut running = talk(&server).args(options).start();
    running.wait_stdout(case.stdout);
    seen.open();
    let output = running.finish();
    let stderr = format!("{}{}", case.cut, way.told());
    assert_ended(&name, &output, case.stdout, &stderr, 56);
    server.finish();
}

#[test]
fn a_connection_that_ends_without_a_close_frame_is_lost() {
    for case in cases() {
        loses(&case, Way::Fin, &[]);
    }
}

#[test]
fn a_connection_that_is_reset_is_lost() {
    // What is not to be seen on stdout may go down with the reset unread.
    for case in cases().iter().filter(|case| case.name != EMPTY) {
        loses(case, Way::Rst, &[]);
    }
}

#[test]
fn quiet_drops_neither_the_loss_nor_the_error() {
    for case in cases() {
        loses(&case, Way::Fin, &["-q"]);
    }
}

#[test]
fn raw_output_ends_where_the_server_did() {
    let seen = Gate::default();
    let go = seen.clone();
    let server = upgraded(move |conn| {
        conn.text("a")
            .text("b")
            .send(&Frame::text("par").claiming(4));
        go.pass("what was sent on stdout");
        conn.reset();
    });
    let mut running = talk(&server).args(["--output", "raw"]).start();
    running.wait_stdout("abpar");
    seen.open();
    let stderr = format!(
        "* message 3 was cut short after 3 bytes\n{}",
        Way::Rst.told()
    );
    running.finish().stdout("abpar").stderr(&stderr).code(56);
    server.finish();
}

/// A message is cut short from its first byte on, which is the header's.
#[test]
fn a_message_of_which_no_payload_came_is_cut_short_too() {
    let beginnings: [(&str, &[u8]); 4] = [
        ("a header", b"\x81\x05"),
        ("half a header", b"\x81"),
        ("half a length", b"\x82\x7e\x01"),
        ("a long header", b"\x82\x7f\0\0\0\0\0\x01\0\0"),
    ];
    for (case, bytes) in beginnings {
        let server = upgraded(move |conn| {
            conn.text("whole").raw(bytes).finish();
        });
        let output = talk(&server).run();
        let cut = "* message 2 was cut short after 0 bytes\n";
        let stderr = format!("{cut}{}", Way::Fin.told());
        assert_ended(case, &output, "whole\n", &stderr, 56);
        server.finish();
    }
}

#[test]
fn what_came_before_a_reset_is_written() {
    const COUNT: usize = 10_000;
    let seen = Gate::default();
    let go = seen.clone();
    let server = upgraded(move |conn| {
        let frames: Vec<u8> = (0..COUNT)
            .flat_map(|number| Frame::text(number.to_string()).bytes())
            .collect();
        conn.raw(frames);
        go.pass("everything on stdout");
        conn.reset();
    });
    let expected: String = (0..COUNT).map(|number| format!("{number}\n")).collect();
    let mut running = talk(&server).start();
    running.wait_stdout_length(expected.len());
    seen.open();
    running
        .finish()
        .stdout(&expected)
        .stderr(&Way::Rst.told())
        .code(56);
    server.finish();
}

/// Bytes that are only claimed cost nothing; those that come are passed on.
#[cfg(target_os = "linux")]
#[test]
fn a_huge_claimed_length_does_not_grow_memory() {
    const MIB: usize = 1024 * 1024;
    const CAME: usize = 40 * MIB;
    for (name, claimed) in [("2^40", 1 << 40), ("2^63 - 1", (1 << 63) - 1)] {
        for kind in [opcode::TEXT, opcode::BINARY] {
            let seen = Gate::default();
            let go = seen.clone();
            let server = upgraded(move |conn| {
                conn.send(&Frame::new(kind, "").claiming(claimed));
                for _ in 0..CAME / MIB {
                    conn.raw(vec![b'x'; MIB]);
                }
                go.pass("everything on stdout");
                conn.finish();
            });
            let mut running = talk(&server).start();
            running.wait_stdout_length(CAME);
            let peak = running.peak_memory();
            seen.open();
            let output = running.finish();
            assert!(peak < 24 * MIB as u64, "{name}: {peak} bytes");
            let stderr = format!(
                "* message 1 was cut short after {CAME} bytes\n{}",
                Way::Fin.told()
            );
            assert_eq!(output.stdout_seen().len(), CAME, "{name}");
            output.stderr(&stderr).code(56);
            server.finish();
        }
    }
}
