//! What `-v` shows of a connection beside the conversation: how it is opened, and
//! with `-vv` its frames.
//!
//! Those who look on add lines; they are taken once a turn by whoever owns the
//! screen.

mod frames;
mod opening;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use frames::FrameView;
pub use opening::OpeningView;

use crate::console::Console;
use crate::engine::{Output, Waker};

/// How long stderr may take for lines before something else is said there.
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// Lines that wait to be shown.
#[derive(Clone, Default)]
pub struct Lines(Rc<RefCell<String>>);

impl Lines {
    /// Adds whole lines, or nothing.
    pub fn add(&self, lines: &str) {
        self.0.borrow_mut().push_str(lines);
    }

    /// Whether there are lines to be taken.
    pub fn is_waiting(&self) -> bool {
        !self.0.borrow().is_empty()
    }

    /// The lines since it was last asked.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.0.borrow_mut())
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

    /// Whether to wait with more.
    pub fn is_full(&self) -> bool {
        self.output.as_ref().is_some_and(Output::is_full)
    }

    /// Whether there are lines that have not been handed over.
    pub fn is_waiting(&self) -> bool {
        self.lines.is_waiting()
    }

    /// Hands over the lines since the last time.
    pub fn show(&mut self) {
        if self.lines.is_waiting() {
            let begin = || Output::through(self.waker.clone(), Console::writer());
            let output = self.output.get_or_insert_with(begin);
            output.push(self.lines.take().as_bytes());
        }
        if let Some(output) = &mut self.output {
            // There is nowhere to complain when stderr is gone.
            let _ = output.hand_over();
        }
    }

    /// The same, and waits until they are written, before something else is
    /// said there.
    pub fn settle(&mut self) {
        self.show();
        if let Some(output) = &mut self.output {
            output.settle(Instant::now() + SETTLE_TIME);
        }
    }
}
