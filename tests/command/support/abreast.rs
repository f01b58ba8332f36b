//! Several cases at the same time: they wait more than they work.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Follows every case, `most` of them at a time, and panics with what went wrong in any.
#[track_caller]
pub fn abreast<T, Cases>(most: usize, cases: Cases, follow: impl Fn(T) + Sync)
where
    T: Send,
    Cases: IntoIterator<Item = T, IntoIter: Send>,
{
    let cases = Mutex::new(cases.into_iter());
    let next = || cases.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(case) = next() {
            follow(case);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..most).map(|_| scope.spawn(work)).collect();
        let results: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        if let Some(panic) = results.into_iter().find_map(Result::err) {
            resume_unwind(panic);
        }
    });
}
