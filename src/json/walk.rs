//! Walking JSON text in place, without recursion and without memory.
//!
//! The text must have been checked: of other text some parts are given, but
//! nobody can say which. There is no text that makes this panic.

use memchr::memchr2;

/// The first value of a text, without the white space around it.
pub(super) fn value(text: &str) -> &str {
    Walk { rest: text }.value()
}

/// The elements of an array, as they are written.
pub(super) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut walk = Walk::into_container(array);
    std::iter::from_fn(move || walk.has_more().then(|| walk.value()))
}

/// The members of an object, names (as string literals) and values as they are
/// written.
pub(super) fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut walk = Walk::into_container(object);
    std::iter::from_fn(move || {
        let more = walk.has_more();
        more.then(|| {
            let name = walk.value();
            walk.skip(b':');
            (name, walk.value())
        })
    })
}

#[derive(Debug)]
struct Walk<'a> {
    rest: &'a str,
}

impl<'a> Walk<'a> {
    fn into_container(text: &'a str) -> Walk<'a> {
        let rest = text.get(1..).unwrap_or_default();
        Walk { rest }
    }

    /// Whether the container goes on, at whose next part we then are.
    fn has_more(&mut self) -> bool {
        self.skip(b',');
        !self.rest.is_empty() && !self.rest.starts_with([']', '}'])
    }

    /// Passes over white space and one of these characters.
    fn skip(&mut self, separator: u8) {
        self.blanks();
        if self.rest.as_bytes().first() == Some(&separator) {
            self.rest = &self.rest[1..];
            self.blanks();
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// The next value; white space before it is passed over.
    fn value(&mut self) -> &'a str {
        self.blanks();
        let bytes = self.rest.as_bytes();
        let length = match bytes.first() {
            Some(b'"') => string_length(bytes),
            Some(b'{' | b'[') => container_length(bytes),
            _ => scalar_length(bytes),
        };
        // Every value ends at the end or beside an ASCII character.
        let (value, rest) = self.rest.split_at(length);
        self.rest = rest;
        value
    }
}

/// Bytes of the literal at the beginning; all of them if it does not end.
pub(super) fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Bytes of the object or array at the beginning, by counting brackets: nothing recurses.
fn container_length(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => string_length(&bytes[at..]),
            _ => 1,
        };
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Bytes of the number or word at the beginning, and at least one, so that a walk goes on.
pub(super) fn scalar_length(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b',' | b':' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'
        )
    };
    // A first byte that ends is part of no value, but we must get on.
    let length = bytes.iter().position(is_end).unwrap_or(bytes.len());
    length.max(1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_given_as_they_are_written() {
        assert_eq!(value(" \n[1, 2] "), "[1, 2]");
        assert_eq!(value(" 1e5\t"), "1e5");
        let array = r#"[ 1 ,"a,]\"\\" , [ {} ,2] ,{"b":[3 , "}"]},null]"#;
        assert_eq!(
            elements(array).collect::<Vec<_>>(),
            [
                "1",
                r#""a,]\"\\""#,
                "[ {} ,2]",
                r#"{"b":[3 , "}"]}"#,
                "null"
            ]
        );
        let object = r#"{ "a" : 1,"é\"":[ ] ,"":{ "a":2 } }"#;
        assert_eq!(
            members(object).collect::<Vec<_>>(),
            [
                ("\"a\"", "1"),
                (r#""é\"""#, "[ ]"),
                ("\"\"", r#"{ "a":2 }"#)
            ]
        );
        assert_eq!(elements("[ ]").count(), 0);
        assert_eq!(members("{\n}").count(), 0);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_walk_panic_or_go_on_for_ever(text in awkward()) {
            value(&text);
            prop_assert!(elements(&text).count() <= text.len());
            prop_assert!(members(&text).count() <= text.len());
        }
    }

    fn awkward() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "1", "é", " ", "😀", "\"a\":", "tru",
        ]);
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }
}
