//! stderr: notices, and errors. The only place that writes there.

use std::io::{self, Write};
use std::time::Duration;

use crate::engine::write_stderr;
use crate::error::Error;
use crate::render::{self, Style};
use crate::secret::Exposure;
use crate::stats::Stats;
use crate::target::Target;

/// How long a stderr that nobody reads is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// The way to the person beside the conversation.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    style: Style,
    level: Level,
    exposure: Exposure,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Errors and losses, which always stay.
    Quiet,
    /// Notices too.
    Normal,
    /// Details too (`-v`).
    Verbose,
}

impl Console {
    pub fn new(style: Style, level: Level) -> Self {
        Console {
            style,
            level,
            exposure: Exposure::Masked,
        }
    }

    /// Shows secrets, or not.
    pub fn exposing(self, exposure: Exposure) -> Self {
        Console { exposure, ..self }
    }

    /// Whether secrets are shown.
    pub fn exposure(&self) -> Exposure {
        self.exposure
    }

    /// Something worth knowing, as `* text`.
    pub fn notice(&self, text: &str) {
        self.write(&self.notice_line(text));
    }

    /// Something that only those want to know who asked for details.
    pub fn detail(&self, text: &str) {
        self.write(&self.detail_line(text));
    }

    /// The line of a notice; empty when notices are dropped.
    pub fn notice_line(&self, text: &str) -> String {
        self.line(Level::Normal, text)
    }

    /// The line of something that must not go unsaid.
    pub fn loss_line(&self, text: &str) -> String {
        self.line(Level::Quiet, text)
    }

    /// The line of a detail; empty when nobody asked for it.
    pub fn detail_line(&self, text: &str) -> String {
        self.line(Level::Verbose, text)
    }

    /// How much is said.
    pub fn level(&self) -> Level {
        self.level
    }

    /// A line that has its mark already, whatever the level.
    pub fn marked(&self, text: &str) -> String {
        format!("{}\n", self.style.notice(text))
    }

    /// What writes to stderr as long as it takes: for a thread of its own.
    pub fn writer() -> impl FnMut(&[u8]) -> io::Result<()> + Send + 'static {
        |bytes| io::stderr().write_all(bytes)
    }

    /// Lines that were made before.
    pub fn lines(&self, text: &str) {
        if !text.is_empty() {
            self.write(text);
        }
    }

    /// What a connection came to (`--stats`).
    pub fn summary(&self, stats: &Stats) {
        self.write(&self.summary_lines(stats));
    }

    /// The same as lines.
    pub fn summary_lines(&self, stats: &Stats) -> String {
        let rows = render::summary(stats).into_iter();
        rows.map(|(name, text)| self.loss_line(&format!("{name:<18}  {text}")))
            .collect()
    }

    /// A failure, with its hint.
    pub fn error(&self, error: &Error, target: Option<&Target>) {
        self.errors(std::slice::from_ref(error), target);
    }

    /// Failures, each with its hint, at once: nobody may be reading them.
    pub fn errors(&self, errors: &[Error], target: Option<&Target>) {
        let told = errors
            .iter()
            .filter(|error| !matches!(error, Error::Stopped(_)));
        let texts = told.map(|error| render::failure(error, target, &self.style, self.exposure));
        self.write(&texts.collect::<String>());
    }

    /// The same where the closing notice has said what happened.
    pub fn error_at_prompt(&self, error: &Error, target: &Target) {
        match error {
            Error::Closed { .. } | Error::Lost(_) | Error::Protocol(_) => {
                self.write(&render::hint(
                    error,
                    Some(target),
                    &self.style,
                    self.exposure,
                ));
            }
            _ => self.error(error, Some(target)),
        }
    }

    /// A line for programs that start us, such as the address of a server.
    pub fn announce(&self, line: &str) {
        self.write(&format!("{line}\n"));
    }

    fn line(&self, level: Level, text: &str) -> String {
        match level > self.level {
            true => String::new(),
            false => self.marked(&format!("* {text}")),
        }
    }

    fn write(&self, text: &str) {
        write_stderr(text.as_bytes(), LIMIT);
    }
}
