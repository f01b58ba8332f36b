//! stderr: notices, and errors. The only place that writes there.

use std::io::{self, Write};

use crate::error::Error;
use crate::render::{self, Style};
use crate::target::Target;

/// The way to the person beside the conversation.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    style: Style,
    quiet: bool,
}

impl Console {
    /// `quiet` drops notices; errors and losses always stay.
    pub fn new(style: Style, quiet: bool) -> Self {
        Console { style, quiet }
    }

    /// Something worth knowing, as `* text`.
    pub fn notice(&self, text: &str) {
        self.write(&self.notice_line(text));
    }

    /// The line of a notice; empty when notices are dropped.
    pub fn notice_line(&self, text: &str) -> String {
        match self.quiet {
            true => String::new(),
            false => format!("{}\n", self.style.notice(&format!("* {text}"))),
        }
    }

    /// Something that must not go unsaid, as `* text`.
    pub fn loss(&self, text: &str) {
        self.write(&format!("{}\n", self.style.notice(&format!("* {text}"))));
    }

    /// A failure, with its hint.
    pub fn error(&self, error: &Error, target: Option<&Target>) {
        if !matches!(error, Error::Stopped(_)) {
            self.write(&render::failure(error, target, &self.style));
        }
    }

    /// The same where the closing notice has said what happened.
    pub fn error_at_prompt(&self, error: &Error, target: &Target) {
        match error {
            Error::Closed { .. } | Error::Lost(_) | Error::Protocol(_) => {
                self.write(&render::hint(error, Some(target), &self.style));
            }
            _ => self.error(error, Some(target)),
        }
    }

    /// A line for programs that start us, such as the address of a server.
    pub fn announce(&self, line: &str) {
        self.write(&format!("{line}\n"));
    }

    fn write(&self, text: &str) {
        // There is nowhere left to complain when stderr is gone.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}
