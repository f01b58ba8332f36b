//! A count that somebody raises as long as it is let.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// So long without a change is a standstill.
const STILL: Duration = Duration::from_millis(500);
/// It must come within this.
const LIMIT: Duration = Duration::from_secs(20);

/// Waits until the count has risen and does not rise any more, and returns it.
#[track_caller]
pub fn standstill(count: &AtomicUsize) -> usize {
    let mut last = (count.load(Ordering::Acquire), Instant::now());
    let until = Instant::now() + LIMIT;
    while Instant::now() < until {
        let now = count.load(Ordering::Acquire);
        if now != last.0 || now == 0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() > STILL {
            return now;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("it did not stand still: {}", last.0);
}
