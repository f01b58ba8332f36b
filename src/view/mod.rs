//! What is shown beside the conversation: how a connection is opened (`-v`), its
//! frames (`-vv`), and in a pipe every notice.
//!
//! Lines are added in the order in which things happen, and taken once a turn by
//! whoever owns the screen; stderr, which nobody may be reading, holds up nothing.

mod frames;
mod onlookers;
mod opening;

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use frames::{FrameView, Switch};
pub use onlookers::Onlookers;
pub use opening::OpeningView;

use crate::console::Console;
use crate::engine::{Output, Waker};

/// How long stderr may take for lines before something else is said there.
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// How much waits of what nobody can hold back, in bytes.
const MAX_OFFERED: usize = 256 * 1024;

/// Lines that wait to be shown.
#[derive(Clone, Default)]
pub struct Lines(Rc<RefCell<Waiting>>);

#[derive(Default)]
struct Waiting {
    text: String,
    /// Nobody is held back: what is too much is dropped.
    bounded: bool,
    /// Lines that were offered and not taken in.
    dropped: u64,
}

impl Lines {
    /// Lines that hold nobody back: when too much waits, they are counted instead.
    pub fn bounded() -> Self {
        let lines = Lines::default();
        lines.0.borrow_mut().bounded = true;
        lines
    }

    /// Adds whole lines, or nothing. Whoever does holds back what makes them while
    /// they wait, unless they are bounded.
    pub fn add(&self, lines: &str) {
        let bounded = self.0.borrow().bounded;
        match bounded {
            true => self.offer(lines),
            false => self.0.borrow_mut().text.push_str(lines),
        }
    }

    /// Adds whole lines, or counts them as dropped when too much waits already.
    pub fn offer(&self, lines: &str) {
        let mut waiting = self.0.borrow_mut();
        match waiting.text.len() < MAX_OFFERED {
            true => waiting.text.push_str(lines),
            false => waiting.dropped += lines.lines().count() as u64,
        }
    }

    /// Whether there are lines to be taken.
    pub fn is_waiting(&self) -> bool {
        !self.0.borrow().text.is_empty()
    }

    /// The lines since it was last asked, and how many were dropped.
    pub fn take(&self) -> String {
        let mut waiting = self.0.borrow_mut();
        let mut text = std::mem::take(&mut waiting.text);
        let dropped = std::mem::take(&mut waiting.dropped);
        if dropped > 0 {
            let _ = writeln!(text, "* {dropped} lines are not shown: nobody read them");
        }
        text
    }
}

/// Lines on stderr, beside a pipe. A thread writes them, because stderr may be
/// read slowly; whoever is asked to wait holds the network back.
pub struct Printer {
    lines: Lines,
    waker: Waker,
    /// Begins with the first line.
    output: Option<Output>,
}

impl Printer {
    pub fn new(lines: Lines, waker: Waker) -> Self {
        Printer {
            lines,
            waker,
            output: None,
        }
    }

    /// Adds whole lines, or nothing.
    pub fn add(&self, lines: &str) {
        self.lines.add(lines);
    }

    /// Adds whole lines, or counts them when too much waits already.
    pub fn offer(&self, lines: &str) {
        self.lines.offer(lines);
    }

    /// Whether to wait with more.
    pub fn is_full(&self) -> bool {
        self.output.as_ref().is_some_and(Output::is_full)
    }

    /// Whether there are lines that have not been handed over.
    pub fn is_waiting(&self) -> bool {
        self.lines.is_waiting() && !self.is_full()
    }

    /// Hands over the lines since the last time, if there is room for them.
    pub fn show(&mut self) {
        if self.is_waiting() {
            self.push();
        }
        if let Some(output) = &mut self.output {
            // There is nowhere to complain when stderr is gone.
            let _ = output.hand_over();
        }
    }

    fn push(&mut self) {
        let begin = || Output::through(self.waker.clone(), Console::writer());
        let output = self.output.get_or_insert_with(begin);
        output.push(self.lines.take().as_bytes());
    }

    /// Hands over all lines, and waits until they are written, before something else
    /// is said there.
    pub fn settle(&mut self) {
        if self.lines.is_waiting() {
            self.push();
        }
        self.show();
        if let Some(output) = &mut self.output {
            output.settle(Instant::now() + SETTLE_TIME);
        }
    }
}
