//! Lines that are sent by themselves: those of `--execute`, in their order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

use crate::error::{Action, Error};
use crate::message::{Kind, Message, NotSendable};
use crate::notation::Line;
use crate::ws::Outlet;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Send(Message),
    /// The same, so long after the first step was due.
    SendAt(Duration, Message),
    /// What follows waits that long.
    Wait(Duration),
}

/// Why a line of the notation cannot be done.
#[derive(Debug)]
pub enum Undoable {
    /// Its file cannot be read, or is not what it should be.
    File(Error),
    /// What it asks for may not be put on the wire.
    Message(NotSendable),
}

impl Step {
    /// The step that a line of the notation asks for; a file that it names is
    /// read, up to `limit` bytes.
    ///
    /// # Errors
    /// As [`Undoable`] says.
    pub fn of(line: Line, limit: u64) -> Result<Self, Undoable> {
        let message = match line {
            Line::Wait(time) => return Ok(Step::Wait(time)),
            Line::File { kind, path } => {
                read_message(kind, &path, limit).map_err(Undoable::File)?
            }
            Line::Message(message) => message,
        };
        message.check_sendable().map_err(Undoable::Message)?;
        Ok(Step::Send(message))
    }
}

/// Steps that are still to be done.
#[derive(Debug, Default)]
pub struct Script {
    steps: VecDeque<Step>,
    began: Option<Instant>,
    waiting: Option<Instant>,
    closed: bool,
}

impl Script {
    pub fn new(steps: Vec<Step>) -> Self {
        Script {
            steps: steps.into(),
            began: None,
            waiting: None,
            closed: false,
        }
    }

    /// Whether everything has been done.
    pub fn is_over(&self) -> bool {
        self.steps.is_empty() && self.waiting.is_none()
    }

    /// Whether one of the steps was to close.
    pub fn has_closed(&self) -> bool {
        self.closed
    }

    /// Adds a step behind the others.
    pub fn push(&mut self, step: Step) {
        self.steps.push_back(step);
    }

    /// Whether there is something to do that waits for no time.
    pub fn is_due(&self) -> bool {
        !self.steps.is_empty() && self.waiting.is_none()
    }

    /// How many steps are still to be done.
    pub fn steps_left(&self) -> usize {
        self.steps.len()
    }

    /// How large the messages among them are, in bytes.
    pub fn bytes_left(&self) -> usize {
        let sizes = self.steps.iter().map(|step| match step {
            Step::Send(message) | Step::SendAt(_, message) => message.len(),
            Step::Wait(_) => 0,
        });
        sizes.sum()
    }

    /// How many data messages have not been sent.
    pub fn unsent(&self) -> u64 {
        let is_data = |step: &&Step| matches!(step, Step::Send(message) | Step::SendAt(_, message) if message.is_data());
        self.steps.iter().filter(is_data).count() as u64
    }

    /// When the next step is due, if it waits for a time.
    pub fn deadline(&self) -> Option<Instant> {
        self.waiting
    }

    /// Does what is due, as long as the writer has room; how many data
    /// messages were queued.
    pub fn run(&mut self, writer: &mut dyn Outlet, now: Instant) -> u64 {
        self.run_telling(writer, now, &mut |_| {})
    }

    /// The same, telling of each message that is queued.
    pub fn run_telling(
        &mut self,
        writer: &mut dyn Outlet,
        now: Instant,
        tell: &mut dyn FnMut(&Message),
    ) -> u64 {
        let mut queued = 0;
        let began = *self.began.get_or_insert(now);
        while writer.has_room() && !writer.is_closing() {
            if self.waiting.is_some_and(|until| now < until) {
                break;
            }
            self.waiting = None;
            match self.steps.pop_front() {
                Some(Step::Send(message)) => {
                    self.closed |= matches!(message, Message::Close(_));
                    queued += u64::from(queue(&message, writer));
                    tell(&message);
                }
                Some(Step::SendAt(time, message)) => {
                    self.waiting = began.checked_add(time);
                    self.steps.push_front(Step::Send(message));
                }
                Some(Step::Wait(time)) => self.waiting = now.checked_add(time),
                None => break,
            }
        }
        queued
    }
}

/// Reads a file as a message of at most `limit` bytes.
///
/// # Errors
/// `Io` when it cannot be read, `Input` when it is too large or, as text, not
/// UTF-8.
pub fn read_message(kind: Kind, path: &str, limit: u64) -> Result<Message, Error> {
    let file = File::open(path).map_err(|cause| Error::Io {
        action: Action::Read,
        medium: path.to_owned(),
        cause,
    })?;
    message_in(file, kind, path, limit)
}

/// The same for a file that is open, and called `path`.
///
/// # Errors
/// Those of [`read_message`].
pub fn message_in(file: impl Read, kind: Kind, path: &str, limit: u64) -> Result<Message, Error> {
    let unreadable = |cause| Error::Io {
        action: Action::Read,
        medium: path.to_owned(),
        cause,
    };
    let wrong = |message: String, hint: &str| Error::Input {
        place: path.to_owned(),
        message,
        hint: hint.into(),
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        let message = format!("larger than the {limit} bytes that are allowed");
        return Err(wrong(message, "--max-message-size allows more"));
    }
    match kind {
        Kind::Binary => Ok(Message::Binary(bytes)),
        Kind::Text => String::from_utf8(bytes)
            .map(Message::Text)
            .map_err(|error| {
                let at = error.utf8_error().valid_up_to() + 1;
                let message = format!("not valid UTF-8 at byte {at}");
                wrong(message, "without --text it goes out as a binary message")
            }),
    }
}

/// Queues a message that may be sent; whether it is a data message.
pub fn queue(message: &Message, writer: &mut dyn Outlet) -> bool {
    match message {
        Message::Text(text) => writer.message(Kind::Text, text.as_bytes()),
        Message::Binary(bytes) => writer.message(Kind::Binary, bytes),
        Message::Ping(data) => writer.ping(data),
        Message::Pong(data) => writer.pong(data),
        Message::Close(payload) => writer.close(payload),
    }
    message.is_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::{Connection, Role};
    use std::io::Cursor;

    fn connection() -> Connection<Cursor<Vec<u8>>> {
        Connection::new(Cursor::default(), Role::Server, &[])
    }

    fn text(text: &str) -> Step {
        Step::Send(Message::Text(text.into()))
    }

    #[test]
    fn what_stands_behind_a_wait_is_sent_when_its_time_has_come() {
        let second = Duration::from_secs(1);
        let mut script = Script::new(vec![text("a"), Step::Wait(second), text("b")]);
        let mut connection = connection();
        let start = Instant::now();
        assert_eq!(script.run(connection.writer_mut(), start), 1);
        assert_eq!(script.deadline(), Some(start + second));
        assert_eq!(script.run(connection.writer_mut(), start + second / 2), 0);
        assert_eq!((script.unsent(), script.is_over()), (1, false));
        assert_eq!(script.run(connection.writer_mut(), start + second), 1);
        assert!(script.is_over());
        connection.flush().unwrap();
        assert_eq!(connection.io().get_ref(), b"\x81\x01a\x81\x01b");
    }

    #[test]
    fn what_has_its_own_time_is_sent_then_or_at_once_if_that_has_passed() {
        let second = Duration::from_secs(1);
        let late = |text: &str| Step::SendAt(second, Message::Text(text.into()));
        let mut script = Script::new(vec![text("a"), late("b"), late("c")]);
        let mut connection = connection();
        let start = Instant::now();
        assert_eq!(script.run(connection.writer_mut(), start), 1);
        assert_eq!(script.deadline(), Some(start + second));
        assert_eq!(script.unsent(), 2);
        assert_eq!(script.run(connection.writer_mut(), start + second), 2);
        assert!(script.is_over());
    }

    #[test]
    fn a_wait_at_the_end_is_kept() {
        let mut script = Script::new(vec![Step::Wait(Duration::from_secs(1))]);
        let now = Instant::now();
        script.run(connection().writer_mut(), now);
        assert!(!script.is_over());
    }

    #[test]
    fn a_full_writer_makes_the_script_wait() {
        let big = Step::Send(Message::Binary(vec![0; 200_000]));
        let mut script = Script::new(vec![big.clone(), big]);
        let mut connection = connection();
        assert_eq!(script.run(connection.writer_mut(), Instant::now()), 1);
        assert!(script.is_due());
        connection.flush().unwrap();
        assert_eq!(script.run(connection.writer_mut(), Instant::now()), 1);
        assert!(!script.is_due());
    }

    #[test]
    fn a_file_is_read_within_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("message");
        std::fs::write(&path, b"ab\xff").unwrap();
        let path = path.to_str().unwrap();
        let whole = read_message(Kind::Binary, path, 3).unwrap();
        assert_eq!(whole, Message::Binary(b"ab\xff".to_vec()));
        assert_eq!(
            read_message(Kind::Binary, path, 2).unwrap_err().exit_code(),
            65
        );
        assert_eq!(
            read_message(Kind::Text, path, 9).unwrap_err().exit_code(),
            65
        );
        assert_eq!(
            read_message(Kind::Text, "/nowhere", 9)
                .unwrap_err()
                .exit_code(),
            26
        );
    }
}
