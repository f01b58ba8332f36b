//! Notices where stderr is another place than the screen.
//!
//! A thread writes them, because nobody may be reading them there: what is not taken
//! is counted, and holds up nobody.

use std::time::{Duration, Instant};

use crate::console::Console;
use crate::engine::{Output, Waker};
use crate::render::grouped;

/// How long stderr may take for what is left, at the end.
const LAST_TIME: Duration = Duration::from_secs(1);

/// See the module's head.
pub(super) struct Notices {
    output: Output,
    /// Lines that were not taken.
    dropped: u64,
}

impl Notices {
    pub(super) fn new(waker: Waker) -> Self {
        Notices {
            output: Output::through(waker, Console::writer()),
            dropped: 0,
        }
    }

    /// Adds whole lines, or counts them.
    pub(super) fn add(&mut self, lines: &str) {
        if self.output.is_full() {
            let count = memchr::memchr_iter(b'\n', lines.as_bytes()).count();
            self.dropped += count as u64;
            return;
        }
        self.tell_of_dropped();
        self.output.push(lines.as_bytes());
    }

    /// Hands over what is taken.
    pub(super) fn show(&mut self) {
        // There is nowhere to complain when stderr is gone.
        let _ = self.output.hand_over();
    }

    /// Waits for the rest, before something else is said there.
    pub(super) fn settle(&mut self) {
        self.tell_of_dropped();
        self.output.settle(Instant::now() + LAST_TIME);
    }

    fn tell_of_dropped(&mut self) {
        let text = match std::mem::take(&mut self.dropped) {
            0 => return,
            1 => "* 1 line is not shown: nobody read it\n".to_owned(),
            count => format!(
                "* {} lines are not shown: nobody read them\n",
                grouped(count)
            ),
        };
        self.output.push(text.as_bytes());
    }
}
