//! When a run ends, with which exit code, and what it says of what was not sent.

mod table;

use super::support::{Command, Server, wstalk};

/// How many cases of a table run at once: they wait more than they work.
const WORKERS: usize = 64;

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// Follows every case, some at a time, and panics with what went wrong in any.
#[track_caller]
pub(super) fn each_at_once<T: Send + 'static>(
    cases: Vec<T>,
    follow: impl Fn(T) + Send + Sync + 'static,
) {
    use std::sync::{Arc, Mutex, PoisonError};
    let (cases, follow) = (Arc::new(Mutex::new(cases.into_iter())), Arc::new(follow));
    let worker = |_| {
        let (cases, follow) = (Arc::clone(&cases), Arc::clone(&follow));
        std::thread::spawn(move || {
            let next = || cases.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(case) = next() {
                follow(case);
            }
        })
    };
    let workers: Vec<_> = (0..WORKERS).map(worker).collect();
    let results: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
    if let Some(panic) = results.into_iter().find_map(Result::err) {
        std::panic::resume_unwind(panic);
    }
}
