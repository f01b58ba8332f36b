//! What a run of checks came to: its data, and how it is told to people and programs.
//!
//! Who runs checks makes a [`Verdict`] of each file, masks it ([`Verdict::masked`]), and
//! hands all of them on as a [`Run`]. Everything here but [`Reports`] is pure: from
//! values to text.
//!
//! Texts in a verdict are as they came, and escaped where they are rendered. Secrets
//! are masked before anything is cut: a half of one would not be found any more. So
//! [`Said::new`] asks for the masker already.

mod file;
mod human;
mod json;
mod junit;
mod progress;
mod tap;
mod value;
mod xml;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::error::Error;
use crate::masker::Masker;
use crate::message::MessageRef;
use crate::ws::Direction;

pub use file::{Format, Reports};
pub use human::{Page, failure, name, summary, verdict};
pub use progress::{Progress, Running};

/// The longest value that a report holds, in bytes; of longer ones there is the
/// beginning, and how long they are.
pub const LONGEST: usize = 16 * 1024;
/// The longest text of a message among the last ones, in bytes.
pub const SHORT: usize = 1024;
/// How many of the last messages a failure shows, at most.
pub const LAST: usize = 10;

/// A run of checks.
#[derive(Clone, Debug)]
pub struct Run {
    pub began: SystemTime,
    pub duration: Duration,
    /// In the order of the files.
    pub verdicts: Vec<Verdict>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// As it was given; stdin is `-`.
    pub file: String,
    pub outcome: Outcome,
    pub duration: Duration,
    pub began: SystemTime,
    /// Expectations that were met.
    pub met: u64,
}

/// How a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(Box<Failure>),
    /// Why it was not run, or not to its end: `interrupted`, `the time limit passed`.
    NotRun(String),
}

/// Where in a file, both counted from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// What somebody needs who looks for the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Nothing where it is not about a line.
    pub place: Option<Place>,
    /// The line as it stands in the file; empty without a place.
    pub source: String,
    /// One line, lower case: `expected {"type":"welcome"}, but the server closed with 1008`.
    pub message: String,
    /// In the notation.
    pub expected: Option<String>,
    /// In the notation.
    pub received: Option<String>,
    /// One line each: `$.id: expected 1, received 2`.
    pub differences: Vec<String>,
    /// [`LAST`] at most, the oldest first.
    pub last: Vec<Said>,
    /// How the connection had ended: `closed by the server: 1008 (policy violation) "quota"`.
    pub close: Option<String>,
    pub hint: Option<String>,
    /// The file that holds everything that was said.
    pub recording: Option<PathBuf>,
    /// Of this failure alone.
    pub exit_code: u8,
    /// That of the error, or [`Failure::EXPECTATION`].
    pub kind: &'static str,
}

/// A message before a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How long before the failure.
    pub age: Duration,
    /// Whose connection, where clients have names.
    pub client: Option<String>,
    pub direction: Direction,
    /// In the notation, one line, masked, [`SHORT`] at most.
    pub text: String,
}

/// How many files ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    /// That an expectation was not met, and all else.
    pub failed: usize,
    /// Of the failed, those that failed for another reason than an expectation.
    pub errors: usize,
    pub not_run: usize,
}

impl Run {
    /// How many of its files ended how.
    pub fn counts(&self) -> Counts {
        Counts::of(self.verdicts.iter())
    }
}

impl Counts {
    /// Counts these.
    pub fn of<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Self {
        let mut counts = Counts::default();
        for verdict in verdicts {
            match &verdict.outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::NotRun(_) => counts.not_run += 1,
                Outcome::Failed(failure) => {
                    counts.failed += 1;
                    counts.errors += usize::from(!failure.is_expectation());
                }
            }
        }
        counts
    }
}

impl Outcome {
    pub fn is_failed(&self) -> bool {
        matches!(self, Outcome::Failed(_))
    }
}

impl Verdict {
    /// The same without secrets, each text no longer than [`LONGEST`]. The paths of the
    /// file and of its recording stay: somebody has to find them.
    pub fn masked(self, masker: &Masker) -> Verdict {
        let outcome = match self.outcome {
            Outcome::Passed => Outcome::Passed,
            Outcome::NotRun(why) => Outcome::NotRun(value::masked(&why, LONGEST, masker)),
            Outcome::Failed(failure) => Outcome::Failed(Box::new(failure.masked(masker))),
        };
        Verdict { outcome, ..self }
    }
}

impl Failure {
    /// The kind of what is no error of the run: an expectation was not met.
    pub const EXPECTATION: &'static str = "expectation";

    /// What is about no line.
    pub fn of_error(error: &Error) -> Self {
        Failure {
            place: None,
            source: String::new(),
            message: error.to_string(),
            expected: None,
            received: None,
            differences: Vec::new(),
            last: Vec::new(),
            close: None,
            hint: None,
            recording: None,
            exit_code: error.exit_code(),
            kind: error.kind(),
        }
    }

    /// Whether an expectation was not met, in time or at all.
    pub fn is_expectation(&self) -> bool {
        self.kind == Failure::EXPECTATION
    }

    fn masked(self, masker: &Masker) -> Failure {
        let text = |text: String| value::masked(&text, LONGEST, masker);
        let last = self.last.into_iter().map(|said| Said {
            text: text(said.text),
            ..said
        });
        Failure {
            source: text(self.source),
            message: text(self.message),
            expected: self.expected.map(text),
            received: self.received.map(text),
            differences: self.differences.into_iter().map(text).collect(),
            last: last.collect(),
            close: self.close.map(text),
            hint: self.hint.map(text),
            ..self
        }
    }
}

impl Said {
    /// A message as it is to be told of: masked first, then cut.
    pub fn new(
        age: Duration,
        client: Option<String>,
        direction: Direction,
        message: MessageRef<'_>,
        masker: &Masker,
    ) -> Self {
        Said {
            age,
            client,
            direction,
            text: value::message(message, SHORT, masker),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(super) mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;
    use std::time::UNIX_EPOCH;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn at(seconds: u64) -> SystemTime {
        // 2026-01-02T03:04:05.678Z
        UNIX_EPOCH + ms(1_767_323_045_678) + Duration::from_secs(seconds)
    }

    pub(super) fn verdict(file: &str, milliseconds: u64, outcome: Outcome) -> Verdict {
        Verdict {
            file: file.into(),
            outcome,
            duration: ms(milliseconds),
            began: at(1),
            met: 3,
        }
    }

    pub(super) fn said(age: u64, direction: Direction, text: &str) -> Said {
        Said {
            age: ms(age),
            client: None,
            direction,
            text: text.into(),
        }
    }

    /// An expectation that was not met.
    pub(super) fn unmet() -> Failure {
        Failure {
            place: Some(Place {
                line: 14,
                column: 3,
            }),
            source: "< {\"type\":\"welcome\",\"id\":7}".into(),
            message: "expected {\"type\":\"welcome\",\"id\":7}, but what came differs".into(),
            expected: Some("{\"type\":\"welcome\",\"id\":7}".into()),
            received: Some("{\"type\":\"welcome\",\"id\":8,\"name\":\"<b>&\"}".into()),
            differences: vec!["$.id: expected 7, received 8".into()],
            last: vec![
                said(5012, Direction::Sent, "{\"type\":\"hello\"}"),
                said(340, Direction::Received, "/ping k"),
            ],
            close: Some("closed by the server: 1008 (policy violation) \"quota\"".into()),
            hint: None,
            recording: Some("failed/login.jsonl".into()),
            exit_code: 1,
            kind: Failure::EXPECTATION,
        }
    }

    /// What is no expectation.
    pub(super) fn refused() -> Failure {
        Failure {
            place: None,
            source: String::new(),
            message: "cannot connect to 127.0.0.1:1: connection refused".into(),
            expected: None,
            received: None,
            differences: Vec::new(),
            last: Vec::new(),
            close: None,
            hint: Some("is the server running?".into()),
            recording: None,
            exit_code: 7,
            kind: "connect",
        }
    }

    pub(super) fn run(verdicts: Vec<Verdict>) -> Run {
        Run {
            began: at(0),
            duration: ms(5310),
            verdicts,
        }
    }

    pub(super) fn mixed() -> Run {
        run(vec![
            verdict("checks/chat/login.wst", 310, Outcome::Passed),
            verdict("login.wst", 5012, Outcome::Failed(Box::new(unmet()))),
            verdict("-", 2, Outcome::Failed(Box::new(refused()))),
            verdict("a #1\\.wst", 0, Outcome::NotRun("interrupted".into())),
        ])
    }

    /// A run whose texts are all this one.
    pub(super) fn of(text: &str) -> Run {
        let failure = Failure {
            place: Some(Place { line: 1, column: 2 }),
            source: text.into(),
            message: text.into(),
            expected: Some(text.into()),
            received: Some(text.into()),
            differences: vec![text.into(), text.into()],
            last: vec![Said {
                age: ms(1),
                client: Some(text.into()),
                direction: Direction::Sent,
                text: text.into(),
            }],
            close: Some(text.into()),
            hint: Some(text.into()),
            recording: Some(text.into()),
            exit_code: 1,
            kind: Failure::EXPECTATION,
        };
        run(vec![
            verdict(text, 1, Outcome::Failed(Box::new(failure))),
            verdict(text, 1, Outcome::NotRun(text.into())),
        ])
    }

    /// Any text, and what may be awkward somewhere.
    pub(super) fn awkward() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "&",
            "<",
            ">",
            "\"",
            "'",
            "]]>",
            "\\",
            "#",
            "---",
            "...",
            ": ",
            "- ",
            "{",
            "|",
            "\n",
            "\r",
            "\t",
            "\0",
            "\u{1b}[2J",
            "\u{85}",
            "\u{202e}",
            "\u{2028}",
            "\u{feff}",
            "\u{fffe}",
            "\u{e0041}",
            "😀",
            "é",
            " ",
            "ok 1",
            "# SKIP x",
        ]);
        prop_oneof![
            prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat()),
            any::<String>(),
        ]
    }

    #[test]
    fn verdicts_are_counted() {
        let counts = Counts {
            passed: 1,
            failed: 2,
            errors: 1,
            not_run: 1,
        };
        assert_eq!(mixed().counts(), counts);
    }

    #[test]
    fn no_secret_is_in_any_report() {
        let secret = Secret::new("hunter2");
        let masker = Masker::new(std::iter::once(&secret));
        let texts = [
            "hunter2",
            "{\"p\":\"hunt\\u0065r2\"}",
            "/binary 68 75 6e 74 65 72 32",
            "?p=h%75nter2",
        ];
        for text in texts {
            let mut run = of(text);
            for verdict in &mut run.verdicts {
                verdict.file = "x.wst".into();
                let masked = verdict.clone().masked(&masker);
                *verdict = masked;
                if let Outcome::Failed(failure) = &mut verdict.outcome {
                    failure.recording = None;
                    failure.last[0].client = None;
                }
            }
            let page = Page {
                style: crate::render::Style::plain(),
                columns: None,
            };
            let told = [
                super::failure(&run.verdicts[0], &page),
                super::verdict(&run.verdicts[1], &page),
                junit::report(&run),
                tap::report(&run),
                json::report(&run),
            ];
            for told in told {
                assert!(told.contains("***"), "{told}");
                assert!(!told.contains("r2") && !told.contains("72 32"), "{told}");
            }
        }
    }
}
