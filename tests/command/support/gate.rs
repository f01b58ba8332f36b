//! An event that one side of a test announces and the other waits for.
//!
//! Promises that an announcement is never missed, however early it came, and
//! that nobody waits for ever.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Long enough for a busy machine: who waits this long has failed.
const LIMIT: Duration = Duration::from_secs(15);

/// Closed at first; once open it stays open. A clone is the same gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub fn open(&self) {
        let (state, changed) = &*self.0;
        *state.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    pub fn is_open(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is open; `what` names the event in a failure.
    #[track_caller]
    pub fn pass(&self, what: &str) {
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(state, LIMIT, |open| !*open);
        let (open, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(
            *open,
            "waiting for {what}: it did not come within {LIMIT:?}"
        );
    }
}
