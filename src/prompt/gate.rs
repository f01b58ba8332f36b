//! Whose turn it is at the terminal.
//!
//! The editor's printer writes past the editor whenever that is not reading,
//! also in the moment in which it hands over a line and draws the next prompt.
//! The gate keeps the screen out of that moment.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the editor waits for a print that is under way. One that waits for
/// the editor in turn has been accepted, and may come later.
const PATIENCE: Duration = Duration::from_millis(5);

/// Shared by the editor's thread and the screen's.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The editor is between two lines.
    closed: bool,
    /// The line at hand is over, though it may be drawn once more.
    leaving: bool,
    printing: bool,
}

impl Gate {
    /// The editor leaves a line: nothing is printed until the next one is drawn.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.leaving = true;
        let under_way = |state: &mut State| state.printing;
        // Either way the editor goes on: see `PATIENCE`.
        let _ = self
            .0
            .changed
            .wait_timeout_while(state, PATIENCE, under_way);
    }

    /// The next line begins.
    pub(super) fn begin(&self) {
        self.close();
        self.lock().leaving = false;
    }

    /// The editor is about to draw its line.
    pub(super) fn open(&self) {
        let mut state = self.lock();
        state.closed = state.leaving;
        self.0.changed.notify_all();
    }

    /// The editor reads no more.
    pub(super) fn remove(&self) {
        self.lock().leaving = false;
        self.open();
    }

    /// Prints when the gate is open.
    pub(super) fn pass<T>(&self, print: impl FnOnce() -> T) -> T {
        let closed = |state: &mut State| state.closed;
        let waited = self.0.changed.wait_while(self.lock(), closed);
        waited.unwrap_or_else(PoisonError::into_inner).printing = true;
        let result = print();
        self.lock().printing = false;
        self.0.changed.notify_all();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::thread;

    #[test]
    fn nothing_is_printed_between_two_lines() {
        let gate = Gate::default();
        gate.close();
        gate.open();
        let (printed, seen) = channel();
        let other = gate.clone();
        let screen = thread::spawn(move || other.pass(|| printed.send("print").unwrap()));
        assert!(seen.recv_timeout(Duration::from_millis(50)).is_err());
        gate.begin();
        gate.open();
        assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("print"));
        screen.join().unwrap();
    }

    #[test]
    fn the_editor_does_not_wait_for_a_print_that_waits_for_it() {
        let gate = Gate::default();
        gate.pass(|| gate.close());
        assert!(gate.lock().closed);
    }
}
