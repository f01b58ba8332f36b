//! The line of a terminal that tells how far a run is, drawn over and over again.

use super::value::fit;
use crate::render::escape;
use crate::visible::width;

/// Back to the beginning of the row, and nothing from there on.
const CLEAR: &str = "\r\x1b[K";

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running<'a> {
    pub files: usize,
    pub passed: usize,
    pub failed: usize,
    /// The files that are running, in their order.
    pub now: &'a [&'a str],
}

/// What stands there.
#[derive(Debug, Default)]
pub struct Progress {
    drawn: String,
}

impl Progress {
    /// What to write so that the line is this one, in a window of so many columns;
    /// nothing where it is already.
    pub fn draw(&mut self, running: &Running<'_>, columns: usize) -> Option<String> {
        let line = line(running, columns);
        if line == self.drawn {
            return None;
        }
        let text = format!("\r{line}\x1b[K");
        self.drawn = line;
        Some(text)
    }

    /// What to write before anything else is; nothing where no line is.
    pub fn erase(&mut self) -> &'static str {
        match std::mem::take(&mut self.drawn).is_empty() {
            true => "",
            false => CLEAR,
        }
    }
}

/// `running 5 of 40: login.wst, other.wst (2 passed, 1 failed)`; of the files that have
/// begun, those that have ended are counted too.
fn line(running: &Running<'_>, columns: usize) -> String {
    // A full row would begin the next one.
    let room = columns.saturating_sub(1);
    let Running { passed, failed, .. } = running;
    let begun = passed + failed + running.now.len();
    let start = format!("running {begun} of {}", running.files);
    let end = format!(" ({passed} passed, {failed} failed)");
    let left = room.saturating_sub(width(&start) + width(&end) + 2);
    let names = names(running.now, left);
    match names.is_empty() {
        true => fit(&format!("{start}{end}"), room),
        false => format!("{start}: {names}{end}"),
    }
}

/// As many as there is room for, whole.
fn names(files: &[&str], room: usize) -> String {
    let mut shown = String::new();
    for (number, file) in files.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        let name = escape(file);
        let more = if number + 1 < files.len() { 3 } else { 0 };
        if width(&shown) + comma.len() + width(&name) + more > room {
            let rest = if number == 0 { "" } else { ", …" };
            return shown + rest;
        }
        shown.push_str(comma);
        shown.push_str(&name);
    }
    shown
}
