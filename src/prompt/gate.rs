//! Whose turn it is at the terminal.
//!
//! The editor's printer writes past the editor whenever that is not reading,
//! also in the moment in which it hands over a line and draws the next prompt.
//! The gate keeps the screen out of that moment, and out of the time in which
//! the line is taller than the window: the editor would draw it anew with each
//! print, and fill what can be scrolled back to with its copies. While something is
//! searched for the editor prints nothing, so that nothing is handed to it either.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the editor waits for a print that is under way. One that waits for
/// the editor in turn has been accepted, and may come later.
const PATIENCE: Duration = Duration::from_millis(5);

/// How often a window that was too low is looked at again: it may have grown.
const GLANCE: Duration = Duration::from_millis(250);

/// Shared by the editor's thread and the screen's.
#[derive(Clone)]
pub(super) struct Gate(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// How many rows the window has now.
    window: fn() -> usize,
}

#[derive(Default)]
struct State {
    /// The editor is between two lines.
    closed: bool,
    /// The line at hand is over, though it may be drawn once more.
    leaving: bool,
    /// The rows of the line at hand.
    rows: usize,
    /// Another prompt than ours stands before it: of a search, or of a number.
    searching: bool,
    printing: bool,
    /// The editor reads no more.
    removed: bool,
}

impl Gate {
    /// A gate at a window that has as many rows as this says.
    pub(super) fn new(window: fn() -> usize) -> Self {
        Gate(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            window,
        }))
    }

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

    /// As [`Gate::close`], for whom a line is drawn again soon; waits for nothing.
    pub(super) fn hold(&self) {
        self.lock().closed = true;
    }

    /// The next line begins.
    pub(super) fn begin(&self) {
        self.close();
        let mut state = self.lock();
        state.leaving = false;
        state.searching = false;
    }

    /// Whether the line is drawn behind the prompt of a search.
    pub(super) fn search(&self, searching: bool) {
        self.lock().searching = searching;
        self.0.changed.notify_all();
    }

    /// The editor is about to draw its line, which takes so many rows.
    pub(super) fn open(&self, rows: usize) {
        let mut state = self.lock();
        state.closed = state.leaving;
        state.rows = rows;
        self.0.changed.notify_all();
    }

    /// The editor reads no more.
    pub(super) fn remove(&self) {
        self.lock().removed = true;
        self.0.changed.notify_all();
    }

    fn is_tall(&self, state: &State) -> bool {
        state.rows > 1 && state.rows > (self.0.window)()
    }

    /// Prints when the gate is open.
    pub(super) fn pass<T>(&self, print: impl FnOnce() -> T) -> T {
        let mut state = self.lock();
        while !state.removed {
            let changed = &self.0.changed;
            state = match (state.closed || state.searching, self.is_tall(&state)) {
                (false, false) => break,
                (true, _) => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                (false, true) => {
                    let waited = changed.wait_timeout(state, GLANCE);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state.printing = true;
        drop(state);
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

    impl Gate {
        /// Whether nothing is printed until a person does something.
        fn is_blocked(&self) -> bool {
            let state = self.lock();
            !state.removed && (state.searching || self.is_tall(&state))
        }
    }

    #[test]
    fn nothing_is_printed_between_two_lines() {
        let gate = Gate::new(|| 24);
        gate.close();
        gate.open(1);
        let (printed, seen) = channel();
        let other = gate.clone();
        let screen = thread::spawn(move || other.pass(|| printed.send("print").unwrap()));
        assert!(seen.recv_timeout(Duration::from_millis(50)).is_err());
        gate.begin();
        gate.open(1);
        assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("print"));
        screen.join().unwrap();
    }

    #[test]
    fn nothing_is_printed_above_a_line_that_is_taller_than_the_window() {
        let gate = Gate::new(|| 24);
        gate.open(25);
        assert!(gate.is_blocked());
        let (printed, seen) = channel();
        let other = gate.clone();
        let screen = thread::spawn(move || other.pass(|| printed.send("print").unwrap()));
        assert!(seen.recv_timeout(Duration::from_millis(50)).is_err());
        gate.open(24);
        assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("print"));
        screen.join().unwrap();
    }

    #[test]
    fn nothing_is_printed_during_a_search() {
        let gate = Gate::new(|| 24);
        gate.open(1);
        gate.search(true);
        assert!(gate.is_blocked());
        let (printed, seen) = channel();
        let other = gate.clone();
        let screen = thread::spawn(move || other.pass(|| printed.send("print").unwrap()));
        assert!(seen.recv_timeout(Duration::from_millis(50)).is_err());
        gate.search(false);
        assert_eq!(seen.recv_timeout(Duration::from_secs(10)), Ok("print"));
        screen.join().unwrap();
    }

    #[test]
    fn an_editor_that_has_gone_keeps_nobody_waiting() {
        let gate = Gate::new(|| 24);
        gate.close();
        gate.open(100);
        gate.remove();
        assert!(gate.pass(|| true));
        assert!(!gate.is_blocked());
    }

    #[test]
    fn the_editor_does_not_wait_for_a_print_that_waits_for_it() {
        let gate = Gate::new(|| 24);
        gate.pass(|| gate.close());
        assert!(gate.lock().closed);
    }
}
