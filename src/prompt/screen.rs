//! What is printed above the line that is being typed.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustyline::ExternalPrinter;

use super::gate::Gate;

/// Up a line and down again: printed to learn that what went before has been
/// drawn, without leaving a trace.
pub(super) const NOTHING: &str = "\x1b[A\n";

/// The largest batch, in bytes.
const LARGEST: usize = 64 * 1024;
/// The smallest that is aimed at.
const SMALLEST: usize = 1024;
/// A batch is so much larger than the one before, in bytes, while the terminal keeps up;
const GROWTH: usize = 1024;
/// and so much once it did not.
const CAREFUL_GROWTH: usize = 128;
/// A terminal that takes longer for the batch before does not keep up.
const SLOW: Duration = Duration::from_millis(5);
/// It is left alone for a multiple of that time, but no longer than this.
const LONGEST_REST: Duration = Duration::from_millis(200);

/// How much is drawn at once: a key waits for the batch that is being drawn, and for
/// what the system holds of those before. It grows by little and falls by half, so that
/// a terminal that is slow has hardly anything waiting.
#[derive(Clone)]
pub(super) struct Pace {
    batch: Arc<AtomicUsize>,
    growth: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            batch: Arc::new(AtomicUsize::new(8 * SMALLEST)),
            growth: GROWTH,
        }
    }
}

impl Pace {
    /// The size of the next batch, in bytes.
    pub(super) fn batch(&self) -> usize {
        self.batch.load(Ordering::Relaxed)
    }

    /// A batch was accepted after so long, because the one before was being drawn; how
    /// long to leave the terminal alone.
    fn took(&mut self, time: Duration) -> Duration {
        let batch = self.batch();
        let slow = time > SLOW;
        let next = match slow {
            true => (batch / 2).max(SMALLEST),
            false => (batch + self.growth).min(LARGEST),
        };
        self.growth = match (slow, next) {
            (true, _) => CAREFUL_GROWTH,
            (false, LARGEST) => GROWTH,
            (false, _) => self.growth,
        };
        self.batch.store(next, Ordering::Relaxed);
        match slow {
            true => (4 * time).min(LONGEST_REST),
            false => Duration::ZERO,
        }
    }
}

/// Prints batches through the editor while it reads, directly when not.
///
/// The editor's printer is a channel of one: that a batch was taken shows only
/// when the next one is accepted. What the editor leaves behind at its end is
/// printed again.
pub(super) struct Screen {
    printer: Box<dyn ExternalPrinter + Send>,
    gate: Gate,
    pace: Pace,
    unconfirmed: String,
}

impl Screen {
    pub(super) fn new(printer: Box<dyn ExternalPrinter + Send>, gate: Gate, pace: Pace) -> Self {
        Screen {
            printer,
            gate,
            pace,
            unconfirmed: String::new(),
        }
    }

    /// Prints whole lines.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub(super) fn print(&mut self, batch: &[u8]) -> io::Result<()> {
        // What is rendered is text; a batch never ends inside a character.
        let text = String::from_utf8_lossy(batch).into_owned();
        let (printer, began) = (&mut self.printer, Instant::now());
        let printed = self.gate.pass(|| printer.print(text.clone()));
        thread::sleep(self.pace.took(began.elapsed()));
        match printed {
            Ok(()) => {
                self.unconfirmed = text;
                Ok(())
            }
            Err(_) => {
                let before = std::mem::take(&mut self.unconfirmed);
                self.direct(&before)?;
                self.direct(&text)
            }
        }
    }

    fn direct(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_follow_what_the_terminal_draws_in_time() {
        let mut pace = Pace::default();
        let engine = pace.clone();
        assert_eq!(pace.took(Duration::ZERO), Duration::ZERO);
        assert_eq!(engine.batch(), 8 * SMALLEST + GROWTH);
        for _ in 0..20 {
            assert_eq!(pace.took(Duration::from_millis(100)), LONGEST_REST);
        }
        assert_eq!(engine.batch(), SMALLEST);
        pace.took(Duration::ZERO);
        assert_eq!(engine.batch(), SMALLEST + CAREFUL_GROWTH);
        for _ in 0..1000 {
            pace.took(Duration::ZERO);
        }
        assert_eq!(engine.batch(), LARGEST);
    }
}
