//! What the editor asks while a line is typed. It asks with each key, so that nothing
//! here may take long for a long line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::{fs, io};

use rustyline::completion::{Candidate, Completer};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::SearchDirection;
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Changeset, Context, Helper};

use super::Wishes;
use crate::json::{Scan, scan};
use crate::notation::{self, Command};
use crate::prompt::complete::{self, Entry, Sources};
use crate::prompt::gate::Gate;
use crate::prompt::seen::{Seen, is_plain};
use crate::render::Style;
use crate::terminal::window;
use crate::visible::must_escape;

/// Columns that the prompt takes.
const PROMPT_WIDTH: usize = 2;
/// No window has as many rows: of a longer line the rest is not counted.
const MAX_ROWS: usize = 1000;
const TAB: usize = 8;
/// More names of a folder are not looked at.
const MAX_ENTRIES: usize = 5000;
/// Lines of the history in which addresses are looked for.
const MAX_LINES: usize = 1000;

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
    commands: Vec<&'static Command>,
    seen: Seen,
    style: Style,
}

impl Multiline {
    pub(super) fn new(
        wishes: &Arc<Wishes>,
        gate: &Gate,
        seen: Seen,
        style: Style,
        own: &'static [Command],
    ) -> Self {
        Multiline {
            wishes: Arc::clone(wishes),
            gate: gate.clone(),
            draft: RefCell::default(),
            commands: notation::COMMANDS.iter().chain(own).collect(),
            seen,
            style,
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

impl Candidate for complete::Candidate {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.inserted
    }
}

impl Completer for Multiline {
    type Candidate = complete::Candidate;

    fn complete(
        &self,
        line: &str,
        position: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<complete::Candidate>)> {
        let sources = Here {
            seen: &self.seen,
            context,
            commands: &self.commands,
        };
        let window = window(io::stdout());
        Ok(complete::complete(line, position, window, &sources))
    }

    /// A name that is completed inside its quotes takes the second one with it.
    fn update(&self, line: &mut LineBuffer, start: usize, elected: &str, changes: &mut Changeset) {
        let mut end = line.pos();
        let mut elected = elected;
        let name = elected.strip_suffix(": ");
        if let (Some(name), Some(rest)) = (name, line[end..].strip_prefix('"')) {
            end += 1;
            let has_colon = rest.trim_start().starts_with(':');
            elected = if has_colon { name } else { elected };
        }
        line.replace(start..end, elected, changes);
    }
}

/// What an explanation is to the editor: shown, and never part of the line.
pub(super) struct Explanation(String);

impl Hint for Explanation {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Multiline {
    type Hint = Explanation;

    /// Asked whenever the line is about to be drawn, which is what it is for.
    fn hint(&self, line: &str, position: usize, _: &Context<'_>) -> Option<Explanation> {
        self.remember(line, position);
        self.wishes.pasting.store(false, Ordering::Release);
        self.wishes.blank.store(line.is_empty(), Ordering::Release);
        let columns = window(io::stdout()).columns;
        self.gate.open(rows(line, columns));
        let explained = || complete::explain(line, &self.commands).map(Explanation);
        (position == line.len()).then(explained).flatten()
    }
}

/// How many rows a line takes at most in a window with so many columns.
fn rows(line: &str, columns: usize) -> usize {
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
    /// Asked before the line is drawn behind it.
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, own: bool) -> Cow<'b, str> {
        self.gate.search(!own);
        prompt.into()
    }

    /// What is pasted or was kept may hold what drives a terminal. The editor counts no
    /// columns for it, so that it can be left out of what is drawn.
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let drives = |c: char| must_escape(c) && !matches!(c, '\n' | '\t');
        match line.contains(drives) {
            true => line.chars().filter(|c| !drives(*c)).collect(),
            false => line.into(),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        self.style.notice(hint).into()
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

/// Where the editor finds candidates.
struct Here<'a> {
    seen: &'a Seen,
    context: &'a Context<'a>,
    commands: &'a [&'static Command],
}

impl Sources for Here<'_> {
    fn commands(&self) -> Vec<&'static Command> {
        self.commands.to_vec()
    }

    fn entries(&self, folder: &str) -> Vec<Entry> {
        let folder = if folder.is_empty() { "." } else { folder };
        let Ok(found) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let entry = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok();
            let name = name.filter(|name| is_plain(name))?;
            let is_folder = fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            Some(Entry { name, is_folder })
        };
        found
            .flatten()
            .take(MAX_ENTRIES)
            .filter_map(entry)
            .collect()
    }

    fn names(&self) -> Vec<String> {
        self.seen.names()
    }

    fn urls(&self) -> Vec<String> {
        let mut urls = self.seen.urls();
        let history = self.context.history();
        for at in (0..history.len()).rev().take(MAX_LINES) {
            let Ok(Some(found)) = history.get(at, SearchDirection::Reverse) else {
                continue;
            };
            let url = found.entry.strip_prefix("/connect ").map(str::trim);
            urls.extend(url.filter(|url| is_plain(url)).map(str::to_owned));
        }
        urls
    }
}

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
