//! Pings that were typed, whose pongs are told of: those that keep a connection alive are
//! not.

use std::collections::VecDeque;

/// How many are remembered, at most.
const MAX_PINGS: usize = 64;

/// See the module's head; by their data, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Pings(VecDeque<Vec<u8>>);

impl Pings {
    /// One was typed, and sent.
    pub(crate) fn sent(&mut self, data: &[u8]) {
        if self.0.len() == MAX_PINGS {
            self.0.pop_front();
        }
        self.0.push_back(data.to_vec());
    }

    /// Whether a pong answers one of them, as each of several clients may do.
    pub(crate) fn has(&self, data: &[u8]) -> bool {
        self.0.iter().any(|ping| ping == data)
    }

    /// The same, where nobody else answers it: it is forgotten.
    pub(crate) fn answered(&mut self, data: &[u8]) -> bool {
        let at = self.0.iter().position(|ping| ping == data);
        at.and_then(|at| self.0.remove(at)).is_some()
    }
}
