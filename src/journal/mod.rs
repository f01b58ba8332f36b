//! What happens, written down as events: an observer that turns frames into
//! messages, pings and closes, and a place to tell what no observer sees.
//!
//! Each event is one line, for stdout (`--output json`), for a recording, or for
//! both. Messages are held until they are whole, so whoever uses this sets a limit
//! on them. Several connections may follow each other: the counts go on.

mod record;
mod recording;
mod seen;
mod shared;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use crate::error::Error;
use crate::hint::hint;
use crate::render::{self, Event};
use crate::stats::RoundTrips;
use crate::target::Target;
use crate::ws::Direction;
use seen::Messages;

pub use record::Record;
pub use recording::read_recording;
pub use shared::SharedJournal;

/// Lines that wait for stdout, above which no more should come, in bytes.
const MARK: usize = 64 * 1024;
/// The most that an empty buffer keeps for later, in bytes.
const SPARE: usize = 4 * MARK;

/// See the module's head.
pub struct Journal {
    start: Instant,
    /// Journals of several clients share it, and what follows.
    printing: Rc<Cell<Printing>>,
    /// The client that all of it is about, where there may be several.
    client: Option<u64>,
    /// For stdout; without it a place to write lines in.
    lines: Rc<RefCell<Vec<u8>>>,
    /// Whole messages of all of them: received, and sent.
    totals: Rc<Cell<(u64, u64)>>,
    record: Option<Record>,
    received: Messages,
    sent: Messages,
    trips: RoundTrips,
    /// The server's Close frame has come on this connection.
    close_received: bool,
    /// The server broke the protocol on this connection.
    broken: bool,
}

/// What goes to stdout.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Printing {
    Nothing,
    Everything,
    /// Everything but data messages that are received.
    Muted,
}

impl Journal {
    /// A journal of a run that began at `start`, which writes nowhere yet.
    pub fn new(start: Instant) -> Self {
        Journal {
            start,
            printing: Rc::new(Cell::new(Printing::Nothing)),
            client: None,
            lines: Rc::default(),
            totals: Rc::default(),
            record: None,
            received: Messages::default(),
            sent: Messages::default(),
            trips: RoundTrips::default(),
            close_received: false,
            broken: false,
        }
    }

    /// Keeps the lines for stdout, too: they have to be
    /// [passed on](Journal::pass_lines).
    #[must_use]
    pub fn printed(self) -> Self {
        self.printing.set(Printing::Everything);
        self
    }

    /// The journal of one client among several: its lines come where those of this one
    /// do, and say whose they are.
    #[must_use]
    pub fn of_client(&self, number: u64) -> Self {
        Journal {
            printing: Rc::clone(&self.printing),
            client: Some(number),
            lines: Rc::clone(&self.lines),
            totals: Rc::clone(&self.totals),
            ..Journal::new(self.start)
        }
    }

    /// Writes the lines to a file, too: `flush_record` has to follow.
    #[must_use]
    pub fn recorded(mut self, record: Record) -> Self {
        self.record = Some(record);
        self
    }

    /// Data messages that are received go to the recording alone from now on.
    pub fn mute(&mut self) {
        if self.printing.get() == Printing::Everything {
            self.printing.set(Printing::Muted);
        }
    }

    /// Whether to wait with more until the lines have been passed on.
    pub fn is_full(&self) -> bool {
        self.lines.borrow().len() >= MARK
    }

    /// Whether there are lines for stdout.
    pub fn is_waiting(&self) -> bool {
        !self.lines.borrow().is_empty()
    }

    /// Hands the lines for stdout over, in order, those since the last time.
    pub fn pass_lines(&mut self, write: impl FnOnce(&[u8])) {
        if self.is_waiting() {
            let mut lines = self.lines.borrow_mut();
            write(&lines);
            empty(&mut lines, 0);
        }
    }

    /// Writes what the recording has gathered: once a turn.
    fn flush_record(&mut self) {
        if let Some(record) = &mut self.record {
            record.flush();
        }
    }

    /// What went wrong with the recording, once; nothing is recorded any more.
    fn take_record_error(&mut self) -> Option<Error> {
        self.record.as_mut()?.take_error()
    }

    /// Something failed; `hint` says what to do about it.
    fn error(&mut self, error: &Error, hint: Option<&str>) {
        self.write(&Event::Error {
            kind: error.kind(),
            message: &error.to_string(),
            hint,
            exit: error.exit_code(),
        });
    }

    /// Another try to connect begins, so long after the connection was lost, which
    /// had not sent so many messages to their end.
    pub fn reconnect(&mut self, attempt: u64, gap: Duration, unsent: u64) {
        self.write(&Event::Reconnect {
            time: SystemTime::now(),
            attempt,
            gap,
            unsent,
        });
    }

    /// Tells of every failure but a Close of the server, which has been told, and
    /// of the end. The recording ends first: if that fails, stdout still has to
    /// say with which exit code.
    fn conclude(&mut self, errors: &[&Error], target: Option<&Target>) -> Option<Error> {
        let told = |error: &&&Error| !matches!(error, Error::Closed { .. });
        for error in errors.iter().filter(told) {
            self.error(error, hint(error, target).as_deref());
        }
        let printed = self.lines.borrow().len();
        self.end(Error::first(errors.iter().copied()));
        self.flush_record();
        let failed = self.take_record_error();
        if let Some(error) = &failed {
            self.lines.borrow_mut().truncate(printed);
            self.error(error, hint(error, target).as_deref());
            self.end(Error::first(errors.iter().copied().chain(&failed)));
        }
        failed
    }

    fn end(&mut self, first: Option<&Error>) {
        let told = first.filter(|error| !matches!(error, Error::Closed { .. }));
        self.write(&Event::End {
            time: SystemTime::now(),
            exit: first.map_or(0, Error::exit_code),
            error: told.map(ToString::to_string).as_deref(),
            sent: self.totals.get().1,
            received: self.totals.get().0,
        });
    }

    fn write(&mut self, event: &Event<'_>) {
        let mut lines = self.lines.borrow_mut();
        let from = lines.len();
        render::event(&mut lines, self.start.elapsed(), self.client, event);
        if let Some(record) = &mut self.record {
            record.push(&lines[from..]);
        }
        let received = Direction::Received;
        let is_received_data =
            matches!(event, Event::Message { direction, .. } if *direction == received);
        match self.printing.get() {
            Printing::Everything => {}
            Printing::Muted if !is_received_data => {}
            Printing::Muted | Printing::Nothing => empty(&mut lines, from),
        }
    }
}

/// Cuts a buffer, which a huge line must not have made large for good.
fn empty(buffer: &mut Vec<u8>, from: usize) {
    buffer.truncate(from);
    buffer.shrink_to(SPARE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{AfterClose, End, Ended, How};
    use crate::error::Refusal;
    use crate::http::{Body, Head, ResponseHead};
    use crate::message::close_payload;
    use crate::open::Handshake;
    use crate::ws::{FrameSeen, Leftover, Stage, Unsent, Watch, opcode};
    use serde_json::Value;
    use std::fs;
    use tempfile::tempdir;

    use Direction::{Received, Sent};

    fn printed() -> Journal {
        Journal::new(Instant::now()).printed()
    }

    fn saw(journal: &mut Journal, direction: Direction, opcode: u8, fin: bool, payload: &[u8]) {
        journal.frame(&FrameSeen {
            direction,
            fin,
            ..FrameSeen::sample(opcode, payload)
        });
    }

    fn over(how: How) -> End {
        End::Over(Ended {
            how,
            received_close: None,
            closed_by_us: false,
            leftover: Leftover::default(),
            unsent: Unsent::default(),
            pending: 0,
            inside_message: false,
        })
    }

    /// The events for stdout, as `event direction` and the members asked for.
    fn told(journal: &mut Journal, members: &[&str]) -> Vec<String> {
        let mut lines = Vec::new();
        journal.pass_lines(|bytes| lines.extend_from_slice(bytes));
        let lines = String::from_utf8(lines).unwrap();
        let tell = |line: &str| {
            let event: Value = serde_json::from_str(line).unwrap();
            let mut words = vec![event["event"].as_str().unwrap().to_owned()];
            let found = members.iter().filter_map(|name| event.get(name));
            words.extend(found.map(|value| value.to_string().replace('"', "")));
            words.join(" ")
        };
        lines.lines().map(tell).collect()
    }

    #[test]
    fn fragments_become_messages_that_are_counted_in_their_direction() {
        let mut journal = printed();
        saw(&mut journal, Received, opcode::TEXT, false, b"ab");
        saw(&mut journal, Sent, opcode::BINARY, true, b"x");
        saw(&mut journal, Received, opcode::PING, true, b"p");
        saw(&mut journal, Received, opcode::CONTINUATION, false, b"");
        saw(&mut journal, Sent, opcode::PONG, true, b"p");
        saw(&mut journal, Received, opcode::CONTINUATION, true, b"c");
        saw(&mut journal, Received, opcode::BINARY, false, b"");
        saw(&mut journal, Received, opcode::CONTINUATION, true, b"");
        let expected = [
            "message sent 1 binary x",
            "ping received p",
            "pong sent p",
            "message received 1 text abc",
            "message received 2 binary ",
        ];
        let members = ["direction", "n", "type", "data"];
        assert_eq!(told(&mut journal, &members), expected);
    }

    #[test]
    fn a_pong_that_answers_our_ping_has_a_round_trip() {
        let mut journal = printed();
        saw(&mut journal, Sent, opcode::PING, true, b"k");
        for _ in 0..2 {
            saw(&mut journal, Received, opcode::PONG, true, b"k");
        }
        let mut lines = Vec::new();
        journal.pass_lines(|bytes| lines.extend_from_slice(bytes));
        let lines = String::from_utf8(lines).unwrap();
        let timed: Vec<bool> = lines.lines().map(|line| line.contains("rtt_ms")).collect();
        assert_eq!(timed, [false, true, false]);
    }

    #[test]
    fn a_close_is_clean_when_the_handshake_is_complete_and_legal() {
        let legal = close_payload(Some(1000), "");
        let illegal = close_payload(Some(1005), "");
        let faulty = close_payload(Some(1002), "");
        type Frames<'a> = &'a [(Direction, &'a [u8])];
        let cases: [(Frames<'_>, &[&str]); 4] = [
            (
                &[(Received, &legal), (Sent, &legal)],
                &["close received 1000 true", "close sent 1000 true"],
            ),
            (
                &[(Sent, b""), (Received, b"")],
                &["close sent null null", "close received null true"],
            ),
            (
                &[(Received, &illegal), (Sent, &faulty)],
                &["close received 1005 false", "close sent 1002 false"],
            ),
            (
                &[(Sent, &legal)],
                &["close sent 1000 null", "close received 1006 false"],
            ),
        ];
        for (frames, expected) in cases {
            let mut journal = printed();
            for (direction, payload) in frames {
                saw(&mut journal, *direction, opcode::CLOSE, true, payload);
            }
            journal.over(&over(How::Closed(AfterClose::Finished)));
            let members = ["direction", "code", "clean"];
            assert_eq!(told(&mut journal, &members), expected);
        }
    }

    #[test]
    fn our_close_after_a_fault_is_not_clean_and_the_servers_is_missing() {
        let mut journal = printed();
        journal.frame(&FrameSeen {
            stage: Stage::Broken,
            ..FrameSeen::sample(3, b"")
        });
        let faulty = close_payload(Some(1002), "");
        saw(&mut journal, Sent, opcode::CLOSE, true, &faulty);
        journal.over(&over(How::Cut));
        let told = told(&mut journal, &["direction", "code", "clean"]);
        assert_eq!(told, ["close sent 1002 false", "close received 1006 false"]);
    }

    #[test]
    fn counts_go_on_over_connections_and_what_was_torn_is_forgotten() {
        let mut journal = printed();
        let handshake = Handshake::sample("ws://h/");
        journal.connected(&handshake);
        saw(&mut journal, Received, opcode::TEXT, true, b"1");
        saw(&mut journal, Received, opcode::TEXT, false, b"torn");
        saw(&mut journal, Sent, opcode::PING, true, b"p");
        journal.over(&over(How::Finished));
        journal.reconnect(1, Duration::from_millis(500), 3);
        journal.connected(&handshake);
        saw(&mut journal, Received, opcode::PONG, true, b"p");
        saw(&mut journal, Received, opcode::BINARY, true, b"2");
        let quota = close_payload(Some(1008), "quota");
        saw(&mut journal, Received, opcode::CLOSE, true, &quota);
        let closed = Error::Closed {
            code: 1008,
            reason: "quota".into(),
        };
        journal.over(&over(How::Closed(AfterClose::Finished)));
        journal.error(&closed, Some("the server's policy"));
        journal.end(Some(&closed));
        let expected = [
            "open",
            "message 1 1",
            "ping p",
            "close 1006 false",
            "reconnect 1 500.0 3",
            "open",
            "pong p",
            "message 2 2",
            "close 1008 true",
            "error closed 69",
            "end 69 null 0 2",
        ];
        let members = [
            "n", "data", "code", "clean", "rtt_ms", "attempt", "gap_ms", "unsent", "kind", "exit",
            "error", "sent", "received",
        ];
        assert_eq!(told(&mut journal, &members), expected);
    }

    #[test]
    fn what_never_opened_has_an_event_if_there_was_an_answer() {
        let refusal = Refusal {
            response: ResponseHead {
                status: 404,
                reason: "Not Found".into(),
                head: Head::default(),
            },
            body: Body::default(),
        };
        let mut journal = printed();
        let error = Error::Refused(Box::new(refusal));
        journal.error(&error, None);
        journal.end(Some(&error));
        journal.over(&End::NotOpened(error));
        journal.over(&End::NotOpened(Error::Lost("x".into())));
        let expected = [
            "error refused null 22",
            "end 22 the upgrade was refused: HTTP 404 Not Found",
            "refused 404",
        ];
        let members = ["kind", "hint", "status", "exit", "error"];
        assert_eq!(told(&mut journal, &members), expected);
    }

    #[test]
    fn a_muted_journal_shows_no_received_messages_but_records_them() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("r.jsonl");
        let record = Record::create(&path).unwrap();
        let mut journal = printed().recorded(record);
        saw(&mut journal, Received, opcode::TEXT, true, b"1");
        journal.mute();
        saw(&mut journal, Received, opcode::TEXT, true, b"2");
        saw(&mut journal, Sent, opcode::TEXT, true, b"3");
        let expected = ["message 1", "message 3", "end"];
        journal.end(None);
        journal.flush_record();
        assert_eq!(told(&mut journal, &["data"]), expected);
        assert!(!journal.is_waiting());
        let recorded = fs::read_to_string(&path).unwrap();
        let data = |line: &str| serde_json::from_str::<Value>(line).unwrap()["data"].clone();
        let recorded: Vec<Value> = recorded.lines().map(data).collect();
        assert_eq!(
            recorded,
            [1, 2, 3, 0].map(|n| match n {
                0 => Value::Null,
                n => n.to_string().into(),
            })
        );
    }

    #[test]
    fn without_stdout_no_lines_pile_up() {
        let mut journal = Journal::new(Instant::now());
        for _ in 0..3 {
            saw(&mut journal, Received, opcode::BINARY, true, &vec![0; MARK]);
            assert!(!journal.is_full() && !journal.is_waiting());
            assert!(journal.lines.borrow().capacity() <= SPARE);
        }
        let mut journal = printed();
        saw(
            &mut journal,
            Received,
            opcode::BINARY,
            true,
            &vec![b'x'; MARK],
        );
        assert!(journal.is_full() && journal.is_waiting());
    }
}
