//! Lines that were typed before: what of them is kept, and how it is searched.
//!
//! No line is there twice: one that is typed again moves to the end. Lines that
//! begin with a blank are not kept, nor lines that hold a secret; not even for the
//! run. What is kept is bounded in lines and in bytes. The file is [`file`](mod@file)'s.

#[cfg(unix)]
mod file;
#[cfg(windows)]
#[path = "file_elsewhere.rs"]
mod file;
#[cfg(unix)]
mod text;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;

use rustyline::Result;
use rustyline::history::{SearchDirection, SearchResult};

use crate::secret::{self, Secret};
pub(super) use file::Trouble;
use file::{HistoryFile, load};

const MAX_LINES: usize = 10_000;
/// All lines together, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// A longer line is not kept, in bytes.
const MAX_LINE: usize = 256 * 1024;
/// A secret that is shorter occurs by chance, in characters.
const MIN_SECRET: usize = 4;

/// See the module's head.
pub(super) struct History {
    lines: VecDeque<String>,
    bytes: usize,
    /// What no kept line may hold.
    secrets: Vec<Secret>,
    file: Option<HistoryFile>,
}

impl History {
    /// The lines of this file, which new ones will be added to, and why that cannot
    /// be, if it cannot. Without a file lines are kept for the run.
    pub(super) fn load(file: Option<&Path>, secrets: Vec<Secret>) -> (Self, Option<Trouble>) {
        let (loaded, trouble) = match file.map(load) {
            None => (None, None),
            Some(Ok(loaded)) => (Some(loaded), None),
            Some(Err((lines, trouble))) => {
                let loaded = file::Loaded { lines, file: None };
                (Some(loaded), Some(trouble))
            }
        };
        let mut history = History {
            lines: VecDeque::new(),
            bytes: 0,
            secrets,
            file: None,
        };
        if let Some(loaded) = loaded {
            for line in loaded.lines {
                history.push(line);
            }
            history.file = loaded.file;
        }
        (history, trouble)
    }

    /// Keeps a line, in the file too, if it is one to keep.
    ///
    /// # Errors
    /// When it could not be written. That is told once: no further line will be
    /// written.
    pub(super) fn enter(&mut self, line: &str) -> std::result::Result<(), Trouble> {
        if !self.keeps(line) {
            return Ok(());
        }
        self.remember(line.to_owned());
        let written = match &self.file {
            Some(file) => file.append(line),
            None => Ok(()),
        };
        if written.is_err() {
            self.file = None;
        }
        written
    }

    /// The lines, the oldest first.
    #[cfg(test)]
    fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    fn keeps(&self, line: &str) -> bool {
        let secret = |secret: &Secret| {
            let text = secret.reveal();
            text.chars().count() >= MIN_SECRET && line.contains(text)
        };
        !line.trim().is_empty()
            && !line.starts_with(char::is_whitespace)
            && line.len() <= MAX_LINE
            && secret::text(line) == line
            && !self.secrets.iter().any(secret)
    }

    /// Puts a line at the end, where it stands alone.
    fn remember(&mut self, line: String) {
        if let Some(at) = self.lines.iter().rposition(|kept| *kept == line) {
            self.bytes -= line.len();
            self.lines.remove(at);
        }
        self.push(line);
    }

    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > MAX_LINES || self.bytes > MAX_BYTES {
            let oldest = self.lines.pop_front().unwrap_or_default();
            self.bytes -= oldest.len();
        }
    }

    /// The next line from `start` on for which `place` gives a position.
    fn find(
        &self,
        start: usize,
        direction: SearchDirection,
        place: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'_>> {
        let found = |at: usize| {
            let entry = self.lines.get(at)?;
            let pos = place(entry)?;
            Some(SearchResult {
                entry: Cow::Borrowed(entry),
                idx: at,
                pos,
            })
        };
        match direction {
            SearchDirection::Forward => (start..self.lines.len()).find_map(found),
            SearchDirection::Reverse if start < self.lines.len() => {
                (0..=start).rev().find_map(found)
            }
            SearchDirection::Reverse => None,
        }
    }
}

impl rustyline::history::History for History {
    fn get(&self, index: usize, _: SearchDirection) -> Result<Option<SearchResult<'_>>> {
        Ok(self.lines.get(index).map(|entry| SearchResult {
            entry: Cow::Borrowed(entry),
            idx: index,
            pos: 0,
        }))
    }

    fn add(&mut self, line: &str) -> Result<bool> {
        let kept = self.keeps(line);
        if kept {
            self.remember(line.to_owned());
        }
        Ok(kept)
    }

    fn add_owned(&mut self, line: String) -> Result<bool> {
        self.add(&line)
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The bounds are ours.
    fn set_max_len(&mut self, _: usize) -> Result<()> {
        Ok(())
    }

    fn ignore_dups(&mut self, _: bool) -> Result<()> {
        Ok(())
    }

    fn ignore_space(&mut self, _: bool) {}

    /// Lines are written as they are entered.
    fn save(&mut self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn load(&mut self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> Result<()> {
        self.lines.clear();
        self.bytes = 0;
        Ok(())
    }

    fn search(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> Result<Option<SearchResult<'_>>> {
        let place = |line: &str| line.find(term).filter(|_| !term.is_empty());
        Ok(self.find(start, direction, place))
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> Result<Option<SearchResult<'_>>> {
        let place = |line: &str| line.starts_with(term).then_some(term.len());
        Ok(self.find(start, direction, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rustyline::history::History as _;

    fn history(secrets: &[&str]) -> History {
        let secrets = secrets.iter().copied().map(Secret::new).collect();
        History::load(None, secrets).0
    }

    fn entered(lines: &[&str]) -> Vec<String> {
        let mut history = history(&["hunter2", "abc"]);
        for line in lines {
            history.enter(line).unwrap();
        }
        history.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_that_is_entered_again_moves_to_the_end() {
        assert_eq!(entered(&["a", "b", "c", "a", "a"]), ["b", "c", "a"]);
    }

    #[test]
    fn blanks_and_secrets_are_not_kept() {
        let lines = [
            "",
            "  ",
            " behind a blank",
            "\tbehind a tab",
            "/connect ws://me:secret@h/",
            "see wss://me@h/x",
            "ws://h/?token=abcdef",
            "{\"password\": \"hunter2\"}",
            "hunter2",
            "kept",
            // Too short to be meant.
            "abc",
            "ws://h/a@b",
        ];
        assert_eq!(entered(&lines), ["kept", "abc", "ws://h/a@b"]);
    }

    #[test]
    fn the_oldest_lines_make_room() {
        let mut history = history(&[]);
        for n in 0..MAX_LINES + 10 {
            history.enter(&format!("line {n}")).unwrap();
        }
        assert_eq!(history.len(), MAX_LINES);
        assert_eq!(history.lines().next(), Some("line 10"));
        let long = |n: usize| format!("{n}{}", "x".repeat(MAX_LINE - 10));
        for n in 0..40 {
            history.enter(&long(n)).unwrap();
        }
        assert!(history.bytes <= MAX_BYTES, "{}", history.bytes);
        assert_eq!(history.bytes, history.lines().map(str::len).sum::<usize>());
        assert_eq!(history.lines().next_back(), Some(&*long(39)));
        let before = history.len();
        history.enter(&"x".repeat(MAX_LINE + 1)).unwrap();
        assert_eq!(history.len(), before);
    }

    #[test]
    fn lines_are_found_both_ways() {
        let mut history = history(&[]);
        for line in ["one a", "two", "three a"] {
            history.enter(line).unwrap();
        }
        let find = |term: &str, start, direction| {
            let found = history.search(term, start, direction).unwrap();
            found.map(|found| (found.idx, found.pos))
        };
        assert_eq!(find("a", 2, SearchDirection::Reverse), Some((2, 6)));
        assert_eq!(find("a", 1, SearchDirection::Reverse), Some((0, 4)));
        assert_eq!(find("a", 1, SearchDirection::Forward), Some((2, 6)));
        assert_eq!(find("a", 3, SearchDirection::Reverse), None);
        assert_eq!(find("", 2, SearchDirection::Reverse), None);
        let found = history.starts_with("t", 2, SearchDirection::Reverse);
        assert_eq!(found.unwrap().map(|found| found.idx), Some(2));
    }

    proptest! {
        #[test]
        fn no_line_is_there_twice_and_the_last_is_the_newest(
            lines in prop::collection::vec("[ab\\\\\n ]{0,3}", 0..40)
        ) {
            let kept = entered(&lines.iter().map(String::as_str).collect::<Vec<_>>());
            let mut once = kept.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), kept.len());
            let good = |line: &&String| !line.trim().is_empty() && !line.starts_with(char::is_whitespace);
            prop_assert_eq!(kept.last(), lines.iter().rfind(good));
        }
    }
}
