//! What is printed above the line that is being typed.

use std::io::{self, Write};

use rustyline::ExternalPrinter;

use super::gate::Gate;

/// Up a line and down again: printed to learn that what went before has been
/// drawn, without leaving a trace.
pub(super) const NOTHING: &str = "\x1b[A\n";

/// Prints batches through the editor while it reads, directly when not.
///
/// The editor's printer is a channel of one: that a batch was taken shows only
/// when the next one is accepted. What the editor leaves behind at its end is
/// printed again.
pub(super) struct Screen {
    printer: Box<dyn ExternalPrinter + Send>,
    gate: Gate,
    unconfirmed: String,
}

impl Screen {
    pub(super) fn new(printer: Box<dyn ExternalPrinter + Send>, gate: Gate) -> Self {
        Screen {
            printer,
            gate,
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
        let printer = &mut self.printer;
        match self.gate.pass(|| printer.print(text.clone())) {
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
