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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_passes_at_its_moment_and_not_before() {
        let limit = RunLimit::start(Some(Duration::from_secs(2)));
        let at = limit.deadline().unwrap();
        assert!(limit.passed(at - Duration::from_nanos(1)).is_none());
        let error = limit.passed(at).unwrap();
        assert_eq!(error.to_string(), "the whole run took longer than 2 s");
        assert_eq!(error.exit_code(), 28);
    }

    #[test]
    fn no_limit_never_passes() {
        let far = Instant::now() + Duration::from_secs(1_000_000);
        assert!(RunLimit::start(None).passed(far).is_none());
        assert!(RunLimit::start(Some(Duration::MAX)).passed(far).is_none());
    }
}
