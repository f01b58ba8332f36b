//! What the editor asks while a line is typed. It asks with each key, so that nothing
//! here may take long for a long line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::Wishes;
use crate::json::{Scan, scan};
use crate::prompt::gate::Gate;
use crate::terminal::window;

/// Columns that the prompt takes.
const PROMPT_WIDTH: u32 = 2;
/// No window has as many rows: of a longer line the rest is not counted.
const MAX_ROWS: u32 = 1000;
const TAB: u32 = 8;

/// The line as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    line: String,
    /// Of the cursor, in bytes.
    position: usize,
}

impl Draft {
    pub(super) fn line(&self) -> &str {
        &self.line
    }

    /// What is before the cursor, and what is behind it.
    pub(super) fn halves(&self) -> (&str, &str) {
        self.line
            .split_at_checked(self.position)
            .unwrap_or((&self.line, ""))
    }

    /// Whether it takes one row of any window.
    pub(super) fn is_short(&self) -> bool {
        self.line.len() < 40 && rows(&self.line, 80) == 1
    }
}

/// Lets JSON that is not complete go on in the next line, and remembers the line.
pub(super) struct Multiline {
    wishes: Arc<Wishes>,
    gate: Gate,
    draft: RefCell<Draft>,
}

impl Multiline {
    pub(super) fn new(wishes: &Arc<Wishes>, gate: &Gate) -> Self {
        Multiline {
            wishes: Arc::clone(wishes),
            gate: gate.clone(),
            draft: RefCell::default(),
        }
    }

    pub(super) fn draft(&self) -> Draft {
        self.draft.borrow().clone()
    }

    pub(super) fn clear_draft(&self) {
        self.draft.take();
    }

    fn remember(&self, line: &str, position: usize) {
        let mut draft = self.draft.borrow_mut();
        draft.line.clear();
        draft.line.push_str(line);
        draft.position = position;
    }
}

impl Validator for Multiline {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let input = context.input();
        let blank_end = input
            .rsplit('\n')
            .next()
            .is_none_or(|line| line.trim().is_empty());
        match is_open(input) && !blank_end {
            true => Ok(ValidationResult::Incomplete),
            false => {
                self.gate.close();
                self.clear_draft();
                Ok(ValidationResult::Valid(None))
            }
        }
    }
}

/// Whether a line begins a JSON value and does not end it.
pub(in crate::prompt) fn is_open(input: &str) -> bool {
    input.starts_with(['{', '[']) && matches!(scan(input), Scan::Incomplete)
}

impl Completer for Multiline {
    type Candidate = String;
}

impl Hinter for Multiline {
    type Hint = String;

    /// Asked whenever the line is about to be drawn, which is what it is for.
    fn hint(&self, line: &str, position: usize, _: &Context<'_>) -> Option<String> {
        self.remember(line, position);
        self.wishes.pasting.store(false, Ordering::Release);
        self.wishes.blank.store(line.is_empty(), Ordering::Release);
        let columns = window(rustix::stdio::stdout()).columns;
        self.gate
            .open(rows(line, u32::try_from(columns).unwrap_or(u32::MAX)));
        None
    }
}

/// How many rows a line takes at most in a window with so many columns.
fn rows(line: &str, columns: u32) -> u32 {
    let columns = columns.max(1);
    let mut rows = 1;
    let mut column = PROMPT_WIDTH;
    for c in line.chars() {
        match c {
            '\n' => column = columns + 1,
            '\t' => column += TAB,
            c if c.is_ascii() => column += 1,
            _ => column += 2,
        }
        if column > columns {
            rows += 1;
            column = if c == '\n' { 0 } else { 1 };
        }
        if rows == MAX_ROWS {
            break;
        }
    }
    rows
}

impl Highlighter for Multiline {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Borrowed(line)
    }

    /// Asked whenever the cursor moves, which is what it is for.
    fn highlight_char(&self, line: &str, position: usize, kind: CmdKind) -> bool {
        if kind == CmdKind::MoveCursor {
            let mut draft = self.draft.borrow_mut();
            if draft.line.len() == line.len() {
                draft.position = position;
            }
        }
        false
    }
}

impl Helper for Multiline {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_never_fewer_than_are_drawn() {
        for (line, rows_drawn) in [
            ("", 1),
            ("12345678", 1),
            ("123456789", 2),
            ("a\nb", 2),
            ("a\nb\n", 3),
            ("世界世界世", 2),
            ("\t\t", 2),
        ] {
            assert!(rows(line, 10) >= rows_drawn, "{line:?}");
        }
        assert_eq!(rows("12345678", 10), 1);
        assert_eq!(rows(&"x".repeat(1_000_000), 80), MAX_ROWS);
        assert_eq!(rows(&"x\n".repeat(70_000), 80), MAX_ROWS);
    }

    #[test]
    fn a_draft_is_cut_at_the_cursor() {
        let draft = |line: &str, position| Draft {
            line: line.into(),
            position,
        };
        assert_eq!(draft("größe", 4).halves(), ("grö", "ße"));
        assert_eq!(draft("ö", 1).halves(), ("ö", ""));
        assert_eq!(draft("", 7).halves(), ("", ""));
    }
}
