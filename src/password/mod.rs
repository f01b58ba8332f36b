//! Asks for a password on the terminal device, whatever stdin and stdout are.
//!
//! What is typed is not shown. The terminal is left as it was found: Ctrl-C is
//! read here as a key, and signals from elsewhere end the wait.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::time::{Duration, Instant};

use crate::engine::{Engine, Waited};
use crate::error::{Action, Error, Signal, Stage};
use crate::render::escape;
use crate::run_limit::RunLimit;
use crate::secret::Secret;
#[cfg(unix)]
use unix::Device;
#[cfg(windows)]
use windows::Device;

/// How long somebody may take to type it.
const LIMIT: Duration = Duration::from_secs(300);
/// The longest password in bytes.
const MAX_LENGTH: usize = 4096;

/// Asks for what `question` says, such as `password for me`, within the run's `limit`.
///
/// # Errors
/// `Usage` when there is no terminal to ask on, or nothing was typed; `Timeout`
/// after five minutes; `Stopped` by Ctrl-C or a signal.
pub fn ask(question: &str, limit: RunLimit, engine: &mut Engine) -> Result<Secret, Error> {
    let unasked = |_| unanswered(question, "there is no terminal to ask on");
    let mut device = Device::hold().map_err(unasked)?;
    // A name in it may be one that was pasted.
    let asked = format!("{}: ", escape(question));
    device.say(&asked).map_err(broken)?;
    let typed = read(&mut device, limit, engine);
    device.say("\n").map_err(broken)?;
    match typed? {
        Some(line) if line.too_long => {
            let why = format!("what was typed is longer than {MAX_LENGTH} bytes");
            Err(unanswered(question, &why))
        }
        Some(line) => String::from_utf8(line.typed)
            .map(Secret::new)
            .map_err(|_| unanswered(question, "what was typed is not UTF-8")),
        None => Err(unanswered(question, "none was typed")),
    }
}

/// What is typed up to Enter; nothing for the end of input.
fn read(device: &mut Device, limit: RunLimit, engine: &mut Engine) -> Result<Option<Line>, Error> {
    let own = Instant::now() + LIMIT;
    let until = limit.deadline().map_or(own, |run| run.min(own));
    let mut line = Line::default();
    loop {
        match engine.wait_for(device.pollable(), until).map_err(broken)? {
            Waited::Input => {}
            Waited::Signal(signal) => return Err(Error::Stopped(signal)),
            Waited::Nothing => {
                let own = || Error::Timeout {
                    stage: Stage::Password,
                    limit: LIMIT,
                };
                return Err(limit.passed(Instant::now()).unwrap_or_else(own));
            }
        }
        let Some(byte) = device.byte().map_err(broken)? else {
            return Ok(None);
        };
        match line.key(byte) {
            Key::More => {}
            Key::Done => return Ok(Some(line)),
            Key::End => return Ok(None),
            Key::Interrupt => return Err(Error::Stopped(Signal::Interrupt)),
        }
    }
}

/// A line that nobody sees.
#[derive(Default)]
struct Line {
    typed: Vec<u8>,
    /// Keys had no room.
    too_long: bool,
}

/// What a byte meant.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    More,
    Done,
    End,
    Interrupt,
}

impl Line {
    fn key(&mut self, byte: u8) -> Key {
        const CTRL_C: u8 = 3;
        const CTRL_D: u8 = 4;
        const CTRL_U: u8 = 21;
        match byte {
            b'\r' | b'\n' => return Key::Done,
            CTRL_C => return Key::Interrupt,
            CTRL_D if self.typed.is_empty() => return Key::End,
            CTRL_D => return Key::Done,
            CTRL_U => *self = Line::default(),
            // Backspace takes a character, which may be several bytes.
            8 | 127 => while self.typed.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {},
            byte if self.typed.len() < MAX_LENGTH => self.typed.push(byte),
            _ => self.too_long = true,
        }
        Key::More
    }
}

fn unanswered(question: &str, why: &str) -> Error {
    Error::Usage {
        message: format!("{question}: {why}"),
        hint: "give it with the option, which also takes @FILE to keep it off the process list"
            .into(),
    }
}

fn broken(cause: std::io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: Device::NAME.into(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> (Vec<u8>, Key) {
        let mut line = Line::default();
        let last = keys.iter().map(|byte| line.key(*byte)).last();
        (line.typed, last.unwrap())
    }

    #[test]
    fn keys_edit_a_line_that_nobody_sees() {
        assert_eq!(typed(b"pass\r"), (b"pass".to_vec(), Key::Done));
        assert_eq!(typed("pä\u{7f}\u{7f}xy\n".as_bytes()).0, b"xy");
        assert_eq!(
            typed(b"\x7fwrong\x15right\x04"),
            (b"right".to_vec(), Key::Done)
        );
        assert_eq!(typed(b"\x04").1, Key::End);
        assert_eq!(typed(b"ab\x03").1, Key::Interrupt);
    }

    #[test]
    fn a_line_has_an_end() {
        let mut line = Line::default();
        for _ in 0..=MAX_LENGTH {
            assert_eq!(line.key(b'x'), Key::More);
        }
        assert!(line.too_long && line.typed.len() == MAX_LENGTH);
        line.key(21);
        assert!(!line.too_long && line.typed.is_empty());
    }
}
