//! Variables in the lines of a transcript: `{{x}}` stands for a value, `{{!x}}` for
//! the text `{{x}}`.
//!
//! Pure. A name is an ASCII letter or `_`, then letters, digits, `_` and `-`; `{{`
//! without a name and `}}` behind it stands for itself. Each further `!` is taken off
//! one at a time, so that every text can be written: `{{!!x}}` is the text `{{!x}}`.

use std::borrow::Cow;

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What stands for itself.
    Text(&'a str),
    /// What `{{!` and `}}` stand around, for the text with `{{` and `}}` around it.
    Escaped(&'a str),
    /// The name of a variable.
    Variable(&'a str),
}

/// Whether a variable can have this name.
pub fn is_name(text: &str) -> bool {
    name_length(text) == text.len() && !text.is_empty()
}

/// The parts of a line, in order; none is empty.
pub(super) fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = line;
    let mut next = None;
    std::iter::from_fn(move || {
        if let Some((piece, behind)) = next.take() {
            rest = behind;
            return Some(piece);
        }
        let Some(found) = find(rest) else {
            let text = std::mem::take(&mut rest);
            return Some(Piece::Text(text)).filter(|_| !text.is_empty());
        };
        let (before, behind) = (&rest[..found.start], &rest[found.end..]);
        let inner = &rest[found.start + 2..found.end - 2];
        let piece = match inner.strip_prefix('!') {
            Some(inner) => Piece::Escaped(inner),
            None => Piece::Variable(inner),
        };
        if before.is_empty() {
            rest = behind;
            return Some(piece);
        }
        next = Some((piece, behind));
        Some(Piece::Text(before))
    })
}

/// The text as it has to be written to stand for itself.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let mut written = String::new();
    let mut rest = text;
    while let Some(found) = find(rest) {
        let name = found.start + 2;
        written.push_str(&rest[..name]);
        written.push('!');
        written.push_str(&rest[name..found.end]);
        rest = &rest[found.end..];
    }
    match written.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(written + rest),
    }
}

/// Appends a variable.
pub(super) fn push(name: &str, out: &mut String) {
    out.push_str("{{");
    out.push_str(name);
    out.push_str("}}");
}

/// Where braces stand around a name, with or without `!` before it.
struct Found {
    start: usize,
    end: usize,
}

fn find(text: &str) -> Option<Found> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("{{")?;
        let inner = &text[start + 2..];
        let marks = inner.len() - inner.trim_start_matches('!').len();
        let length = name_length(&inner[marks..]);
        if length > 0 && inner[marks + length..].starts_with("}}") {
            let end = start + marks + length + 4;
            return Some(Found { start, end });
        }
        from = start + 1;
    }
}

/// How much of the beginning is a name.
fn name_length(text: &str) -> usize {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let other = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match text.starts_with(first) {
        true => text.find(|c| !other(c)).unwrap_or(text.len()),
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_in_braces_is_a_variable_and_all_else_stands_for_itself() {
        use Piece::{Escaped, Text, Variable};
        let table: [(&str, &[Piece<'_>]); 9] = [
            ("", &[]),
            ("a{{x}}b", &[Text("a"), Variable("x"), Text("b")]),
            ("{{!x}}", &[Escaped("x")]),
            ("{{!!x-1}}", &[Escaped("!x-1")]),
            ("{{{x}}}", &[Text("{"), Variable("x"), Text("}")]),
            ("{{", &[Text("{{")]),
            ("{{ x }}", &[Text("{{ x }}")]),
            ("{{1}} {{}}", &[Text("{{1}} {{}}")]),
            ("{{a{{b}}", &[Text("{{a"), Variable("b")]),
        ];
        for (line, expected) in table {
            assert_eq!(pieces(line).collect::<Vec<_>>(), expected, "{line}");
        }
        assert!(is_name("a_B-9") && is_name("_"));
        assert!(!is_name("") && !is_name("9a") && !is_name("a b") && !is_name("é"));
    }

    proptest! {
        #[test]
        fn any_text_can_be_written_and_read(text in "([{}!ab-]|\\{\\{|\\}\\}|é){0,12}") {
            let written = escape(&text).into_owned();
            let mut read = String::new();
            for piece in pieces(&written) {
                match piece {
                    Piece::Text(text) => read.push_str(text),
                    Piece::Escaped(inner) => push(inner, &mut read),
                    Piece::Variable(name) => prop_assert!(false, "{} {}", written, name),
                }
            }
            prop_assert_eq!(read, text);
        }
    }
}
