//! How lines stand in the file of a history: one a row, behind a first row that
//! says so. Rows are rustyline's, so that its files are read.

use std::collections::HashSet;

/// The first row.
pub(super) const HEAD: &str = "#V2\n";

/// A line as a row, with its end.
pub(super) fn row(line: &str) -> String {
    let mut row = String::with_capacity(line.len() + 1);
    for c in line.chars() {
        match c {
            '\n' => row.push_str("\\n"),
            '\\' => row.push_str("\\\\"),
            c => row.push(c),
        }
    }
    row.push('\n');
    row
}

/// The line that a row stands for. An escape that is none stands for itself.
fn line(row: &str) -> String {
    let mut line = String::with_capacity(row.len());
    let mut rest = row.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some('n')) => line.push('\n'),
            ('\\', Some('\\')) => line.push('\\'),
            _ => {
                line.push(c);
                continue;
            }
        }
        rest.next();
    }
    line
}

/// The lines of these rows, and whether the rows say more than that.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// The oldest first, each once.
    pub(super) lines: Vec<String>,
    /// Some rows are double, too many, or no lines.
    pub(super) has_waste: bool,
}

/// Reads rows: of those that are double the last, and of all of them the last ones,
/// as many as `lines` and `bytes` allow.
pub(super) fn read(rows: &[u8], lines: usize, bytes: usize, keeps: impl Fn(&str) -> bool) -> Rows {
    let mut read = Rows::default();
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let mut left = bytes;
    for row in rows.rsplit(|byte| *byte == b'\n') {
        if row.is_empty() {
            continue;
        }
        if read.lines.len() == lines || row.len() > left {
            read.has_waste = true;
            break;
        }
        let text = std::str::from_utf8(row).map(line).ok();
        match text.filter(|text| keeps(text) && seen.insert(row)) {
            Some(text) => {
                left -= row.len();
                read.lines.push(text);
            }
            None => read.has_waste = true,
        }
    }
    read.lines.reverse();
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(rows: &[u8]) -> Rows {
        read(rows, 100, 1000, |_| true)
    }

    #[test]
    fn rows_of_rustyline_are_read() {
        let rows = all(b"one\ntwo\\nlines\na \\\\ b\nodd \\x\n");
        assert_eq!(rows.lines, ["one", "two\nlines", "a \\ b", "odd \\x"]);
        assert!(!rows.has_waste);
    }

    #[test]
    fn of_double_rows_the_last_counts_and_bad_ones_are_passed_over() {
        let rows = all(b"a\nb\n\xff\xfe\na\n\n\nc");
        assert_eq!(rows.lines, ["b", "a", "c"]);
        assert!(rows.has_waste);
    }

    #[test]
    fn the_last_rows_count_where_there_are_too_many() {
        assert_eq!(read(b"a\nb\nc\n", 2, 100, |_| true).lines, ["b", "c"]);
        assert_eq!(read(b"a\nbbbb\ncc\n", 9, 6, |_| true).lines, ["bbbb", "cc"]);
        assert!(read(b"a\nbbbb\ncc\n", 9, 6, |_| true).has_waste);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_lines_come_back(lines in prop::collection::hash_set("[^\\x00]{1,20}", 0..20)) {
            let lines: Vec<String> = lines.into_iter().collect();
            let rows: String = lines.iter().map(|line| row(line)).collect();
            let back = read(rows.as_bytes(), 100, 100_000, |_| true);
            prop_assert_eq!(back.lines, lines);
            prop_assert!(!back.has_waste);
        }

        #[test]
        fn no_bytes_are_a_problem(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let rows = all(&bytes);
            prop_assert!(rows.lines.iter().map(String::len).sum::<usize>() <= bytes.len());
        }
    }
}
