//! The tables of docs/ending.md: every row of them, in every combination.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::support::{Command, Conn, Output, ReceivedFrame, Server, frame::opcode, wstalk};
use super::each_at_once;

const DOCUMENT: &str = include_str!("../../../docs/ending.md");

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// What stdin has where it has anything.
const LINES: &str = "first\ndone\n";

/// What the wait of 5 s says.
const NOTICE: &str = "* no reply within 5 s of the last message (--linger, -1)\n";

/// Longer than every wait that ends by itself.
const NEVER: Duration = Duration::from_millis(6500);

/// One combination of the table.
#[derive(Clone, Debug)]
struct Case {
    options: String,
    stdin: String,
    server: String,
    ends: String,
    exit: String,
}

/// When the server last said or heard something, and how long the client stayed
/// after that.
#[derive(Clone, Copy, Debug)]
struct Stayed(Duration);

/// The cells of the rows below this head.
fn rows(head: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut below = false;
    for line in DOCUMENT.lines() {
        below = line == head || below && line.starts_with('|');
        if below && line != head && !line.starts_with("|---") {
            let cells = line.trim_matches('|').split('|');
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    rows
}

fn listed(cell: &str) -> Vec<String> {
    let items = cell.split(", ");
    items
        .map(|item| item.trim_matches('`').to_owned())
        .collect()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for row in rows("| options | stdin | server | ends | exit |") {
        let [options, stdin, server, ends, exit] = &row[..] else {
            panic!("not five cells: {row:?}");
        };
        let stdin = stdin.replace("any", "open, lines, empty, closed");
        for options in listed(&options.replace("none", "")) {
            for stdin in listed(&stdin) {
                for server in listed(server) {
                    cases.push(Case {
                        options: options.clone(),
                        stdin: stdin.clone(),
                        server,
                        ends: ends.clone(),
                        exit: exit.clone(),
                    });
                }
            }
        }
    }
    cases
}

impl Case {
    fn command(&self) -> Command {
        let command = wstalk().args(self.options.split_whitespace());
        match &self.stdin[..] {
            "open" => command.stdin_stays_open(),
            "lines" => command.stdin(LINES),
            "empty" => command.stdin_empty(),
            "closed" => command.stdin_closed(),
            other => panic!("no such stdin: {other}"),
        }
    }

    /// Whether an option of this name is given.
    fn has(&self, option: &str) -> bool {
        self.options.split_whitespace().any(|word| word == option)
    }

    /// How many messages the client sends by itself.
    fn messages(&self) -> usize {
        let reads = !self.has("-w") && !self.has("--echo");
        let lines = match &self.stdin[..] {
            "open" | "lines" if reads => 2,
            _ => 0,
        };
        lines + usize::from(self.has("-x"))
    }

    /// The server's side; how long the client stays after the last event.
    fn serve(&self, conn: &mut Conn<'_>) -> Stayed {
        conn.within(20 * SECOND).upgrade();
        if self.server == "greets" {
            conn.text("done");
        }
        let mut still = Instant::now();
        for heard in 0.. {
            if heard == self.messages() && self.ends_it(conn) {
                still = Instant::now();
                let left = |frame: &ReceivedFrame| frame.opcode == opcode::CLOSE;
                while conn.read_frame_or_end().is_some_and(|frame| !left(&frame)) {}
                conn.finish();
                return Stayed(still.elapsed());
            }
            let Some(frame) = conn.read_frame_or_end() else {
                break;
            };
            if frame.opcode == opcode::CLOSE {
                assert!(!self.has("--no-close"), "{self:?}: a Close frame");
                let stayed = Stayed(still.elapsed());
                conn.frame(opcode::CLOSE, &frame.payload).finish();
                return stayed;
            }
            if self.server == "replies" {
                // Who got what it wanted may have gone.
                drop(
                    conn.try_raw([&[0x81, frame.payload.len() as u8], &frame.payload[..]].concat()),
                );
            }
            still = Instant::now();
        }
        assert!(self.has("--no-close"), "{self:?}: no Close frame");
        Stayed(still.elapsed())
    }

    /// Whether this server ends the conversation, which it does now.
    fn ends_it(&self, conn: &mut Conn<'_>) -> bool {
        match self.server.split_once(' ') {
            Some(("closes", code)) => {
                conn.close(code.parse().expect("a close code"), "");
            }
            _ if self.server == "drops" => {
                conn.shutdown_write();
            }
            _ => return false,
        }
        true
    }

    fn follow(self) {
        let found = Arc::new(Mutex::new(None));
        let (case, stayed) = (self.clone(), Arc::clone(&found));
        let server = Server::accept(move |conn| {
            *stayed.lock().expect("a sound lock") = Some(case.serve(conn));
        });
        let began = Instant::now();
        let mut running = self.command().arg(server.url()).start();
        if self.stdin == "open" {
            // Who does not read stdin may have ended before.
            running.offer_within(Duration::from_secs(5), LINES);
        }
        if self.ends == "never" {
            // That nothing ends it is to be seen.
            std::thread::sleep(NEVER);
            running.signal(Signal::TERM);
            let output = running.finish();
            assert_eq!(output.exit_code(), Some(143), "{self:?}");
            return server.finish();
        }
        let output = running.finish();
        let lasted = began.elapsed();
        server.finish();
        let stayed = found
            .lock()
            .expect("a sound lock")
            .expect("a script that ended");
        self.check(&output, stayed, lasted);
    }

    fn check(&self, output: &Output, Stayed(stayed): Stayed, lasted: Duration) {
        let exit: i32 = self.exit.parse().expect("an exit code");
        let stderr = output.stderr_seen();
        assert_eq!(output.exit_code(), Some(exit), "{self:?}: {stderr}");
        match exit {
            0 if self.ends == "after 5 s" => assert_eq!(stderr, NOTICE, "{self:?}"),
            0 => assert_eq!(stderr, "", "{self:?}"),
            _ => assert!(stderr.starts_with("wstalk: error: "), "{self:?}: {stderr}"),
        }
        let (found, least, most) = match &self.ends[..] {
            "at once" | "with the server" => (stayed, Duration::ZERO, 900 * MS),
            "after 1 s" => (stayed, 900 * MS, 1800 * MS),
            "after 2 s" => (stayed, 1900 * MS, 4 * SECOND),
            "after 5 s" => (stayed, 4900 * MS, 9 * SECOND),
            "at the limit" => (lasted, 1900 * MS, 4 * SECOND),
            other => panic!("no such end: {other}"),
        };
        assert!(least <= found && found <= most, "{self:?}: {found:?}");
    }
}

#[test]
fn a_run_ends_as_the_tables_say() {
    let mut cases = cases();
    assert!(cases.len() > 250, "only {} cases", cases.len());
    // The long ones first, so that they wait beside the others.
    cases.sort_by_key(|case| case.ends != "never" && case.ends != "after 5 s");
    each_at_once(cases, Case::follow);
}

#[test]
fn every_option_and_server_of_the_page_is_in_a_row() {
    let cases = cases();
    let options = [
        "-1",
        "-N",
        "--until",
        "--linger",
        "-E",
        "-m",
        "-w",
        "--echo",
        "--no-close",
    ];
    for option in options {
        assert!(cases.iter().any(|case| case.has(option)), "{option}");
    }
    for stdin in ["open", "lines", "empty", "closed"] {
        assert!(cases.iter().any(|case| case.stdin == stdin), "{stdin}");
    }
    for server in [
        "replies",
        "silent",
        "greets",
        "closes 1000",
        "closes 1011",
        "drops",
    ] {
        assert!(cases.iter().any(|case| case.server == server), "{server}");
    }
}

#[test]
fn no_combination_has_two_rows() {
    let mut seen = std::collections::BTreeSet::new();
    for Case {
        options,
        stdin,
        server,
        ..
    } in cases()
    {
        let told = format!("{options} | {stdin} | {server}");
        assert!(seen.insert(told.clone()), "twice: {told}");
    }
}

#[test]
fn what_cannot_go_together_is_refused_whatever_comes_first() {
    let mut pairs = Vec::new();
    for row in rows("| options | beside |") {
        for options in listed(&row[0]) {
            for beside in listed(&row[1]) {
                pairs.push(format!("{options} {beside}"));
                pairs.push(format!("{beside} {options}"));
            }
        }
    }
    assert!(pairs.len() > 60, "only {} pairs", pairs.len());
    each_at_once(pairs, |pair| {
        let server = Server::untouched();
        let output = wstalk().args(pair.split(' ')).arg(server.url()).run();
        let stderr = output.stderr_seen();
        assert_eq!(output.exit_code(), Some(2), "{pair}: {stderr}");
        assert!(stderr.starts_with("wstalk: error: "), "{pair}: {stderr}");
        assert_eq!(output.stdout_seen(), b"", "{pair}");
        server.finish();
    });
}
