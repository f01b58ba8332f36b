//! For people: a line for each file, what failed as a block, and a line at the end.
//!
//! A block has what is needed to find the fault without another run: the place in the
//! file, the line with a mark, what was expected and what came, how the connection ended,
//! and what was said before. All texts are escaped; each function gives whole lines.

use std::borrow::Cow;
use std::time::Duration;

use super::value::{first_columns, fit, last_columns};
use super::{Failure, Outcome, Place, Run, Said, Verdict};
use crate::render::{Style, escape, table};
use crate::visible::width;
use crate::ws::Direction;

/// Columns for a value that no window limits, or not so much.
const WIDE: usize = 1000;
/// Columns for a row that no window limits.
const ROW: usize = 240;
/// Rows are made for so many columns at least.
const NARROWEST: usize = 24;

/// What lines are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub style: Style,
    /// Of the window; nothing where there is none.
    pub columns: Option<usize>,
}

/// `ok   login.wst (0.31 s)`
pub fn verdict(verdict: &Verdict, page: &Page) -> String {
    let style = &page.style;
    let (word, told) = match &verdict.outcome {
        Outcome::Passed => (style.hint("ok"), seconds(verdict.duration)),
        Outcome::Failed(_) => (style.error("FAIL"), seconds(verdict.duration)),
        Outcome::NotRun(why) => (style.notice("--"), format!("not run: {}", escape(why))),
    };
    let blanks = match &verdict.outcome {
        Outcome::Failed(_) => " ",
        _ => "   ",
    };
    format!("{word}{blanks}{} ({told})\n", name(&verdict.file))
}

/// The block of a file that failed; empty for any other.
pub fn failure(verdict: &Verdict, page: &Page) -> String {
    let Outcome::Failed(failure) = &verdict.outcome else {
        return String::new();
    };
    let mut out = format!("{}: {}\n", position(verdict, failure), message(failure));
    if let Some(place) = failure.place {
        source(failure, place, page, &mut out);
    }
    out.push_str(&values(failure, page));
    last(failure, page, &mut out);
    if let Some(hint) = &failure.hint {
        out.push_str(&format!("{} {}\n", page.style.hint("hint:"), escape(hint)));
    }
    if let Some(path) = &failure.recording {
        let path = path.to_string_lossy();
        out.push_str(&format!("all that was said: {}\n", escape(&path)));
    }
    out
}

/// `3 files: 2 passed, 1 failed, 0 not run (5.3 s)`
pub fn summary(run: &Run, page: &Page) -> String {
    let counts = run.counts();
    let failed = format!("{} failed", counts.failed);
    let failed = match counts.failed {
        0 => failed,
        _ => page.style.error(&failed),
    };
    let files = match run.verdicts.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    format!(
        "{files}: {} passed, {failed}, {} not run ({})\n",
        counts.passed,
        counts.not_run,
        seconds(run.duration)
    )
}

/// What a file is called, escaped.
pub fn name(file: &str) -> Cow<'_, str> {
    match file {
        "-" => Cow::Borrowed("stdin"),
        file => escape(file),
    }
}

/// `login.wst:14:3`, as terminals and editors follow it.
fn position(verdict: &Verdict, failure: &Failure) -> String {
    let file = name(&verdict.file);
    match failure.place {
        Some(Place { line, column }) => format!("{file}:{line}:{column}"),
        None => file.into_owned(),
    }
}

/// What failed, on one line.
pub(super) fn message(failure: &Failure) -> String {
    fit(&escape(&failure.message), WIDE)
}

/// The line itself, and a mark beneath its column.
fn source(failure: &Failure, place: Place, page: &Page, out: &mut String) {
    let number = format!("{:>4}", place.line);
    let room = row(page).saturating_sub(number.len() + 3).max(1);
    let (text, before) = section(&failure.source, place.column, room);
    let rule = page.style.notice("|");
    let gutter = page.style.notice(&number);
    let mark = page.style.error("^");
    out.push_str(format!("{gutter} {rule} {text}").trim_end());
    out.push('\n');
    let blank = " ".repeat(number.len());
    out.push_str(&format!("{blank} {rule} {:before$}{mark}\n", ""));
}

/// So much of a line as there is room for, with the column, and the columns before that.
fn section(line: &str, column: usize, room: usize) -> (String, usize) {
    let at = line.char_indices().nth(column.saturating_sub(1));
    let (head, tail) = line.split_at(at.map_or(line.len(), |(at, _)| at));
    // Both parts at once: what may be seen depends on what stands before.
    let whole = escape(line);
    let head_width = width(&escape(head));
    if width(&whole) <= room {
        return (whole.into_owned(), head_width);
    }
    if head_width < room * 2 / 3 {
        return (fit_row(&whole, room), head_width);
    }
    let head = escape(head);
    let kept = last_columns(&head, room / 2);
    let text = format!("…{kept}{}", escape(tail));
    let before = 1 + width(kept);
    (fit_row(&text, room), before)
}

/// A row, of which `…` tells that it goes on.
fn fit_row(text: &str, room: usize) -> String {
    match width(text) <= room {
        true => text.to_owned(),
        false => format!("{}…", first_columns(text, room.saturating_sub(1))),
    }
}

/// What was expected, what came, what of it differs, and how it ended.
fn values(failure: &Failure, page: &Page) -> String {
    let shown = |text: &String| fit(&escape(text), WIDE);
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut row = |name, text: Option<&String>| rows.extend(text.map(|text| (name, shown(text))));
    row("expected", failure.expected.as_ref());
    row("received", failure.received.as_ref());
    for (number, text) in failure.differences.iter().enumerate() {
        row(if number == 0 { "differences" } else { "" }, Some(text));
    }
    row("connection", failure.close.as_ref());
    let name = rows.iter().map(|(name, _)| name.len() + 1).max();
    let columns = page.columns.unwrap_or(usize::MAX);
    table(rows, name.unwrap_or_default(), columns.max(NARROWEST))
}

/// What was said before, a row each.
fn last(failure: &Failure, page: &Page, out: &mut String) {
    match &failure.last[..] {
        [] if failure.is_expectation() => out.push_str("  nothing was said before\n"),
        [] => {}
        [said] => {
            out.push_str("  the last message, and how long before:\n");
            out.push_str(&said_row(said, 0, page));
        }
        all => {
            out.push_str(&format!(
                "  the last {} messages, and how long before:\n",
                all.len()
            ));
            let names = all.iter().map(|said| width(&client(said)));
            let name = names.max().unwrap_or_default();
            out.extend(all.iter().map(|said| said_row(said, name, page)));
        }
    }
}

/// `   5.0 s  alice> hi`
fn said_row(said: &Said, name: usize, page: &Page) -> String {
    let client = client(said);
    let pad = name.saturating_sub(width(&client));
    let before = format!("{:>9}  {:pad$}{client}", age(said.age), "");
    let room = row(page).saturating_sub(width(&before) + 2).max(8);
    let text = fit(&escape(&said.text), room);
    let mark = match said.direction {
        Direction::Sent => page.style.sent(">"),
        Direction::Received => page.style.received("<"),
    };
    format!("{before}{mark} {text}").trim_end().to_owned() + "\n"
}

fn client(said: &Said) -> Cow<'_, str> {
    escape(said.client.as_deref().unwrap_or_default())
}

/// Columns of a row.
fn row(page: &Page) -> usize {
    page.columns.map_or(ROW, |columns| columns.max(NARROWEST))
}

/// `0.31 s`, `5.0 s`, `1 min 05 s`
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{:.2} s", time.as_secs_f64()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// `340 ms`, `5.0 s`
fn age(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        _ => seconds(time),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::{awkward, mixed, of, refused, said, unmet, verdict as one};
    use super::*;
    use crate::visible::must_escape;
    use proptest::prelude::*;

    fn page(columns: Option<usize>) -> Page {
        Page {
            style: Style::plain(),
            columns,
        }
    }

    fn block(failure: Failure, columns: Option<usize>) -> String {
        let outcome = Outcome::Failed(Box::new(failure));
        super::failure(&one("login.wst", 5012, outcome), &page(columns))
    }

    #[test]
    fn each_file_has_a_line_and_the_run_one_at_the_end() {
        let run = mixed();
        let lines = run.verdicts.iter();
        let lines: String = lines.map(|one| verdict(one, &page(None))).collect();
        assert_eq!(
            lines + &summary(&run, &page(None)),
            "ok   checks/chat/login.wst (0.31 s)\n\
             FAIL login.wst (5.0 s)\n\
             FAIL stdin (0.00 s)\n\
             --   a #1\\.wst (not run: interrupted)\n\
             4 files: 1 passed, 2 failed, 1 not run (5.3 s)\n"
        );
        let coloured = Page {
            style: Style::coloured(),
            columns: None,
        };
        let line = verdict(&run.verdicts[1], &coloured);
        assert_eq!(line, "\x1b[1;31mFAIL\x1b[0m login.wst (5.0 s)\n");
    }

    #[test]
    fn a_failure_has_all_that_is_needed_to_find_the_fault() {
        let expected = "\
login.wst:14:3: expected {\"type\":\"welcome\",\"id\":7}, but what came differs
  14 | < {\"type\":\"welcome\",\"id\":7}
     |   ^
  expected     {\"type\":\"welcome\",\"id\":7}
  received     {\"type\":\"welcome\",\"id\":8,\"name\":\"<b>&\"}
  differences  $.id: expected 7, received 8
  connection   closed by the server: 1008 (policy violation) \"quota\"
  the last 2 messages, and how long before:
    5.0 s  > {\"type\":\"hello\"}
   340 ms  < /ping k
all that was said: failed/login.jsonl
";
        assert_eq!(block(unmet(), None), expected);
        assert_eq!(block(unmet(), Some(80)), expected);
        assert_eq!(
            block(refused(), Some(80)),
            "login.wst: cannot connect to 127.0.0.1:1: connection refused\n\
             hint: is the server running?\n"
        );
        assert_eq!(failure(&mixed().verdicts[0], &page(None)), "");
    }

    #[test]
    fn a_narrow_window_has_names_above_and_rows_that_end_in_time() {
        let found = block(unmet(), Some(30));
        let rows: Vec<&str> = found.lines().skip(1).take(13).collect();
        let expected = [
            "  14 | < {\"type\":\"welcome\",\"i…",
            "     |   ^",
            "  expected",
            "    {\"type\":\"welcome\",\"id\":7}",
            "  received",
            "    {\"type\":\"welcome\",\"id\":8,\"name\":\"<b>&\"}",
            "  differences",
            "    $.id: expected 7, received",
            "    8",
            "  connection",
            "    closed by the server: 1008",
            "    (policy violation) \"quota\"",
            "  the last 2 messages, and how long before:",
        ];
        assert_eq!(rows, expected);
        for columns in 0..40 {
            assert!(block(unmet(), Some(columns)).contains("> {\"type\""));
        }
    }

    #[test]
    fn names_of_clients_stand_below_each_other() {
        let mut failure = unmet();
        for (said, name) in failure.last.iter_mut().zip(["al", "bobby"]) {
            said.client = Some(name.into());
        }
        failure.last.push(said(0, Direction::Received, ""));
        let found = block(failure, None);
        let rows: Vec<&str> = found.lines().skip(8).take(3).collect();
        let expected = [
            "    5.0 s     al> {\"type\":\"hello\"}",
            "   340 ms  bobby< /ping k",
            "     0 ms       <",
        ];
        assert_eq!(rows, expected);
        let mut alone = unmet();
        alone.last.truncate(1);
        assert!(
            block(alone.clone(), None)
                .contains("\n  the last message, and how long before:\n    5.0 s  > ")
        );
        alone.last.clear();
        assert!(block(alone, None).contains("\n  nothing was said before\n"));
    }

    #[test]
    fn a_long_line_is_shown_around_its_mark() {
        let mut failure = unmet();
        failure.source = format!("< {}é!{}", "a".repeat(100), "b".repeat(100));
        failure.place = Some(Place {
            line: 9,
            column: 104,
        });
        let found = block(failure.clone(), Some(40));
        let rows: Vec<&str> = found.lines().skip(1).take(2).collect();
        let expected = [
            "   9 | …aaaaaaaaaaaaaaé!bbbbbbbbbbbbbb…",
            "     |                 ^",
        ];
        // The mark stands beneath the exclamation mark.
        let mark = width(expected[0].split('!').next().unwrap());
        assert_eq!(width(expected[1]), mark + 1);
        assert_eq!(
            rows[0].split('!').next().map(width),
            Some(width(rows[1]) - 1)
        );
        assert!(
            width(rows[0]) <= 40 && rows[0].starts_with("   9 | …a"),
            "{}",
            rows[0]
        );
        failure.place = Some(Place {
            line: 12345,
            column: 900,
        });
        let found = block(failure, Some(40));
        let rows: Vec<&str> = found.lines().skip(1).take(2).collect();
        assert!(rows[0].starts_with("12345 | …"), "{}", rows[0]);
        assert!(width(rows[1]) <= 41, "{}", rows[1]);
    }

    #[test]
    fn a_long_value_is_cut_and_its_length_told() {
        let mut failure = unmet();
        failure.received = Some("x".repeat(5000));
        failure.last[0].text = format!("{}… (70,000 bytes)", "y".repeat(1024));
        let found = block(failure, Some(80));
        let row = |start: &str| {
            let mut rows = found.lines();
            rows.find(|row| row.starts_with(start)).unwrap()
        };
        assert!(found.contains("xx…\n               (5,000 bytes)\n"));
        let last = row("    5.0 s");
        assert!(last.ends_with("yy… (70,000 bytes)"), "{last}");
        assert_eq!(width(last), 80);
    }

    #[test]
    fn times_are_as_exact_as_they_are_read() {
        for (milliseconds, text) in [
            (0, "0.00 s"),
            (4, "0.00 s"),
            (310, "0.31 s"),
            (5049, "5.0 s"),
            (59_000, "59.0 s"),
            (65_999, "1 min 05 s"),
            (3_600_000, "60 min 00 s"),
        ] {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_from_outside_drives_the_terminal_or_begins_a_line(text in awkward(), columns in 0usize..200) {
            let run = of(&text);
            for columns in [None, Some(columns)] {
                let page = page(columns);
                let lines = verdict(&run.verdicts[1], &page);
                prop_assert_eq!(lines.lines().count(), 1);
                let block = failure(&run.verdicts[0], &page);
                prop_assert!(block.ends_with('\n'));
                prop_assert!((lines + &block).chars().all(|c| c == '\n' || !must_escape(c)));
            }
        }
    }
}
