//! I-Regexp (RFC 9485) by way of the expressions that `/match` takes.

use regex_lite::{Regex, RegexBuilder};

/// The most memory that an expression may take which stands in the path, in bytes;
/// that of `/match`.
pub(super) const IN_A_PATH: usize = 1 << 20;

/// The most for one that comes from the text that is searched.
pub(super) const IN_A_TEXT: usize = 1 << 16;

/// What an instruction of a compiled expression takes at least, in bytes.
const INSTRUCTION: usize = 32;

/// How much of a string an expression has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it: `match`.
    Whole,
    /// Any part: `search`.
    Part,
}

/// An expression to search with.
///
/// # Errors
/// What is none, what is not supported, and what takes more memory than the limit.
pub(super) fn compile(
    source: &str,
    extent: Extent,
    limit: usize,
) -> Result<Regex, regex_lite::Error> {
    let part = translate(source);
    let regex = RegexBuilder::new(&part).size_limit(limit).build()?;
    match extent {
        Extent::Part => Ok(regex),
        // Only what is an expression by itself may be put into brackets.
        Extent::Whole => RegexBuilder::new(&format!(r"\A(?:{part})\z"))
            .size_limit(limit)
            .build(),
    }
}

/// What it costs to take a text one character further, in bytes walked over, where
/// somebody has written the expression who waits for the result.
pub(super) fn weight_in_a_path(source: &str) -> usize {
    1 + source.len() / 8
}

/// The same, where anybody has written it: a few characters can stand for as many
/// instructions as there is room for.
pub(super) fn weight_in_a_text(source: &str) -> usize {
    match source.contains('{') {
        true => IN_A_TEXT / INSTRUCTION,
        false => 1 + source.len(),
    }
}

/// The dot of I-Regexp is no line break of either kind (RFC 9485 section 5).
fn translate(source: &str) -> String {
    let mut translated = String::with_capacity(source.len() + 16);
    let mut in_class = false;
    let mut escaped = false;
    for c in source.chars() {
        match c {
            '.' if !escaped && !in_class => translated.push_str(r"[^\n\r]"),
            c => translated.push(c),
        }
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
    }
    translated
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn matches(source: &str, extent: Extent, text: &str) -> bool {
        compile(source, extent, IN_A_PATH).unwrap().is_match(text)
    }

    #[test]
    fn a_whole_match_leaves_nothing_and_a_part_may_stand_anywhere() {
        for (source, text, whole, part) in [
            ("a.c", "abc", true, true),
            ("a.c", "xabcx", false, true),
            ("a|bc", "abc", false, true),
            ("", "a", false, true),
            ("^ab.*", "abc", true, true),
            ("a.c", "a\nc", false, false),
            ("a.c", "a\rc", false, false),
            ("a.c", "a\u{2028}c", true, true),
            (r"a\.c", "abc", false, false),
            ("a[.]c", "abc", false, false),
            (r"a[\].]c", "a.c", true, true),
            (r"a\\.c", "a\\bc", true, true),
            ("a$", "a\n", false, false),
        ] {
            let found = [Extent::Whole, Extent::Part].map(|extent| matches(source, extent, text));
            assert_eq!(found, [whole, part], "{source} and {text:?}");
        }
    }

    #[test]
    fn what_is_no_expression_by_itself_is_refused() {
        for source in ["a)|(b", "[", r"\p{L}", "(?=a)", "(a{999}){999}"] {
            for extent in [Extent::Whole, Extent::Part] {
                assert!(compile(source, extent, IN_A_PATH).is_err(), "{source}");
            }
        }
    }
}
