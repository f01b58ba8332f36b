//! The limit of a whole run (`--max-time`).

use std::time::{Duration, Instant};

use crate::error::{Error, Stage};

/// When a run has taken too long; never, if no limit is set.
#[derive(Clone, Copy, Debug)]
pub struct RunLimit {
    limit: Option<(Duration, Instant)>,
}

impl RunLimit {
    /// The clock starts now.
    pub fn start(limit: Option<Duration>) -> Self {
        // A moment that the clock cannot hold never comes.
        let at = |limit| Some((limit, Instant::now().checked_add(limit)?));
        RunLimit {
            limit: limit.and_then(at),
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.limit.map(|(_, at)| at)
    }

    /// The error of a limit that has passed.
    pub fn passed(&self, now: Instant) -> Option<Error> {
        let (limit, at) = self.limit?;
        let stage = Stage::Run;
        (at <= now).then_some(Error::Timeout { stage, limit })
    }
}
