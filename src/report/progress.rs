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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Running<'_> = Running {
        files: 40,
        passed: 2,
        failed: 1,
        now: &["login.wst", "other.wst"],
    };

    #[test]
    fn a_line_tells_how_far_the_run_is_in_the_room_there_is() {
        for (columns, expected) in [
            (
                80,
                "running 5 of 40: login.wst, other.wst (2 passed, 1 failed)",
            ),
            (
                59,
                "running 5 of 40: login.wst, other.wst (2 passed, 1 failed)",
            ),
            (58, "running 5 of 40: login.wst, … (2 passed, 1 failed)"),
            (50, "running 5 of 40 (2 passed, 1 failed)"),
            (37, "running 5 of 40 (2 passed, 1 failed)"),
            (20, "running 5 of 40 (2…"),
            (0, "…"),
        ] {
            assert_eq!(line(&NOW, columns), expected, "{columns}");
        }
        let none = Running { now: &[], ..NOW };
        assert_eq!(line(&none, 80), "running 3 of 40 (2 passed, 1 failed)");
        let odd = Running {
            now: &["\x1b[2J"],
            ..NOW
        };
        assert_eq!(
            line(&odd, 80),
            "running 4 of 40: \\u001b[2J (2 passed, 1 failed)"
        );
    }

    #[test]
    fn it_is_drawn_when_it_changes_and_erased_once() {
        let mut progress = Progress::default();
        assert_eq!(progress.erase(), "");
        let none = Running { now: &[], ..NOW };
        let drawn = "\rrunning 3 of 40 (2 passed, 1 failed)\x1b[K";
        assert_eq!(progress.draw(&none, 80).as_deref(), Some(drawn));
        assert_eq!(progress.draw(&none, 80), None);
        assert!(progress.draw(&NOW, 80).is_some());
        assert_eq!(progress.erase(), "\r\x1b[K");
        assert_eq!(progress.erase(), "");
        assert_eq!(progress.draw(&none, 80).as_deref(), Some(drawn));
    }

    proptest! {
        #[test]
        fn it_never_fills_the_row(columns in 1usize..100, files in prop::collection::vec("[a-z日\u{1b}]{0,30}", 0..5)) {
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            let running = Running { now: &files, ..NOW };
            prop_assert!(width(&line(&running, columns)) < columns.max(2));
        }
    }
}
