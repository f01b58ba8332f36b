//! The view of how a connection is opened (`-v`): an observer that writes lines
//! for each step. What must not go unsaid is shown without `-v` too.

use super::Lines;
use crate::console::{Console, Level};
use crate::engine::{OpeningObserver, PeerId};
use crate::open::{Progress, Weight};
use crate::render;

/// See the module's head.
pub struct OpeningView {
    console: Console,
    lines: Lines,
}

impl OpeningView {
    /// Adds to `lines` what `console` would say.
    pub fn new(console: Console, lines: Lines) -> Self {
        OpeningView { console, lines }
    }
}

impl OpeningObserver for OpeningView {
    fn least(&self) -> Weight {
        match self.console.level() {
            Level::Quiet => Weight::Loss,
            Level::Normal => Weight::Notice,
            Level::Verbose => Weight::Detail,
        }
    }

    fn step(&mut self, _: PeerId, step: &Progress) {
        for line in render::opening(step, self.console.exposure()) {
            self.lines.offer(&self.console.marked(&line));
        }
    }
}
