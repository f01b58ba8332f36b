//! Two texts, by character.

use super::show;
use crate::visible::Sight;

/// Characters that are shown before the first that differs, where not all can be.
const BEFORE: usize = 16;

/// Characters that are shown from the first that differs on.
const BEHIND: usize = 24;

/// Where a text differs from another one that is expected.
pub(super) fn difference(expected: &str, found: &str) -> String {
    if expected.is_empty() {
        return format!("expected an empty text, came {}", show::text(found));
    }
    if found.is_empty() {
        return format!("expected {}, came an empty text", show::text(expected));
    }
    let same = same_beginning(expected, found);
    let (rest, other) = (&expected[same..], &found[same..]);
    let counts = || {
        let [expected, found] = [expected, found].map(|text| text.chars().count());
        format!("expected {}, came {found}", count(expected, "character"))
    };
    if other.is_empty() {
        return format!("{}: {} is missing at the end", counts(), show::text(rest));
    }
    if rest.is_empty() {
        return format!("{}: {} follows", counts(), show::text(other));
    }
    let number = expected[..same].chars().count() + 1;
    let (expected, found) = (around(expected, same), around(found, same));
    format!("character {number}: expected {expected}, came {found}")
}

/// So many of something, in words.
pub(super) fn count(number: usize, of: &str) -> String {
    match number {
        1 => format!("1 {of}"),
        _ => format!("{number} {of}s"),
    }
}

/// Bytes that two texts begin with alike, in whole characters.
pub(super) fn same_beginning(a: &str, b: &str) -> usize {
    let pairs = a.char_indices().zip(b.chars());
    let differ = pairs.into_iter().find(|((_, a), b)| a != b);
    differ.map_or(a.len().min(b.len()), |((at, _), _)| at)
}

/// What stands around a byte, as a literal, with a `…` on each side where there is
/// more of it.
fn around(text: &str, at: usize) -> String {
    if show::fits(text) {
        return show::text(text);
    }
    let before = text[..at].char_indices().rev().take(BEFORE).last();
    let begin = before.map_or(at, |(begin, _)| begin);
    let behind = text[at..].char_indices().nth(BEHIND);
    let end = behind.map_or(text.len(), |(length, _)| at + length);
    let mut out = String::new();
    if begin > 0 {
        out.push('…');
    }
    out.push('"');
    let mut sight = Sight::new();
    text[begin..end]
        .chars()
        .for_each(|c| show::push_inside(c, &mut sight, &mut out));
    out.push('"');
    if end < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_that_differs_is_told_with_what_stands_around_it() {
        let long = "x".repeat(100);
        let table = [
            (
                "hello",
                "hallo",
                r#"character 2: expected "hello", came "hallo""#.to_owned(),
            ),
            (
                "ünï",
                "ünì",
                r#"character 3: expected "ünï", came "ünì""#.to_owned(),
            ),
            ("", "a", r#"expected an empty text, came "a""#.to_owned()),
            ("a", "", r#"expected "a", came an empty text"#.to_owned()),
            (
                "hello",
                "hello\n",
                r#"expected 5 characters, came 6: "\n" follows"#.to_owned(),
            ),
            (
                "ab",
                "a",
                r#"expected 2 characters, came 1: "b" is missing at the end"#.to_owned(),
            ),
            (
                &format!("{long}a{long}"),
                &format!("{long}b\u{1b}[2J"),
                format!(
                    "character 101: expected …\"{}a{}\"…, came …\"{}b\\u001b[2J\"",
                    &long[..16],
                    &long[..23],
                    &long[..16]
                ),
            ),
        ];
        for (expected, found, line) in table {
            assert_eq!(difference(expected, found), line);
        }
    }
}
