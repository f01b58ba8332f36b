//! The strings of a JSON text, and what stands between them.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// What stands between the insides of strings: quotes, too.
    Between(&'a str),
    /// The inside of a string, as it is spelled.
    Inner(&'a str),
}

/// The parts of a text, in order. Together they are the text, whatever it is; a string
/// that does not end goes on to the end.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    let mut is_inside = false;
    let mut opening = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = match is_inside {
            true => string_length(rest),
            false => rest[opening..]
                .find('"')
                .map_or(rest.len(), |quote| opening + quote + 1),
        };
        let (part, behind) = rest.split_at(length);
        rest = behind;
        let part = match is_inside {
            true => Part::Inner(part),
            false => Part::Between(part),
        };
        is_inside = !is_inside;
        // The quote that ends a string begins none.
        opening = usize::from(!is_inside);
        Some(part)
    })
}

/// The bytes up to the quote that ends a literal.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_and_what_stands_between_them_come_apart() {
        use Part::{Between, Inner};
        let table: [(&str, &[Part<'_>]); 5] = [
            ("", &[]),
            ("[1]", &[Between("[1]")]),
            (
                r#"{"a\"":"",1}"#,
                &[
                    Between("{\""),
                    Inner(r#"a\""#),
                    Between("\":\""),
                    Inner(""),
                    Between("\",1}"),
                ],
            ),
            (r#""a\\""#, &[Between("\""), Inner(r"a\\"), Between("\"")]),
            (r#"["ab\""#, &[Between("[\""), Inner(r#"ab\""#)]),
        ];
        for (text, expected) in table {
            assert_eq!(parts(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_the_text(text in "[\"\\\\a:,é]{0,20}") {
            let parts = parts(&text).map(|part| match part {
                Part::Between(text) | Part::Inner(text) => text,
            });
            prop_assert_eq!(parts.collect::<String>(), text);
        }
    }
}
