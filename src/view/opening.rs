//! The view of how a connection is opened (`-v`): an observer that writes lines
//! for each step. What must not go unsaid is shown without `-v` too.

use super::Lines;
use crate::console::{Console, Level};
use crate::engine::{OpeningObserver, PeerId};
use crate::open::Progress;
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
    fn step(&mut self, _: PeerId, step: &Progress) {
        for line in render::opening(step, self.console.exposure()) {
            self.lines
                .add(&self.console.marked_line(level(step), &line));
        }
    }
}

fn level(step: &Progress) -> Level {
    match step {
        // Losing TLS is a loss, and losses always stay.
        Progress::Redirected(hop) if hop.loses_tls() => Level::Quiet,
        Progress::Retrying(_) => Level::Normal,
        _ => Level::Verbose,
    }
}
