//! JSON as text: is it a value, the beginning of one, or neither; the same text
//! without the white space between its tokens; the members of an object; does it say
//! what a [`Value`] says, and where not ([`differences`]); and which of its parts a
//! [`Path`] selects.
//!
//! Nothing is ever built from a text that came from outside, so nothing is
//! dropped, put in another order or rounded: members stay double, numbers keep
//! their digits, escapes their spelling. Any depth of nesting is taken, on a stack
//! of fixed size.

mod difference;
mod error;
mod nesting;
mod node;
mod number;
mod path;
mod token;
mod value;
mod walk;

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::visible::push_escape;

pub use difference::{Difference, Step, differences};
pub use error::JsonError;
pub use nesting::Nesting;
pub use node::{Kind, compare, kind, size, text_of};
pub use path::{MAX_NODES, Path, PathError, TooMany};
pub use token::{Token, Tokens, characters};
pub use value::{MAX_DEPTH, Others, Value};

/// What serde says that it expected.
const OBJECT: &str = "an object";

/// What a text is to JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// Exactly one value, perhaps with white space around it.
    Complete,
    /// Not a value, but something can follow that makes it one.
    Incomplete,
    /// Whatever follows, it will not be JSON.
    Invalid(JsonError),
}

/// Tells a value from the beginning of one, in one pass over the text.
pub fn scan(text: &str) -> Scan {
    let Err(error) = syntax(text) else {
        return Scan::Complete;
    };
    if error.is_eof() {
        return match broken_escape(text) {
            Some(at) => Scan::Invalid(JsonError::at(text, at, "invalid escape")),
            None => Scan::Incomplete,
        };
    }
    if awaits_digit(text) {
        return Scan::Incomplete;
    }
    Scan::Invalid(JsonError::new(text, &error))
}

/// Whether the text is exactly one JSON value.
///
/// # Errors
/// Where it is not, or where it ends too early.
pub fn check(text: &str) -> Result<(), JsonError> {
    syntax(text).map_err(|error| JsonError::new(text, &error))
}

/// The same value without white space outside its strings.
///
/// # Errors
/// As [`check`].
pub fn compact(text: &str) -> Result<String, JsonError> {
    check(text)?;
    Ok(without_blanks(text).into_owned())
}

/// A checked text without white space outside its strings.
fn without_blanks(text: &str) -> Cow<'_, str> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    if !text.contains(is_blank) {
        return Cow::Borrowed(text);
    }
    let mut nesting = Nesting::default();
    let kept = text.chars().filter(|&c| {
        nesting.step(c);
        nesting.in_string() || !is_blank(c)
    });
    Cow::Owned(kept.collect())
}

/// A member of an object, as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name's literal, with its quotes and escapes.
    pub name: &'a str,
    /// The value's text.
    pub value: &'a str,
}

/// The members of the one object that a text is, in order, double ones too.
///
/// # Errors
/// As [`check`], and any other value.
pub fn members(text: &str) -> Result<Vec<Member<'_>>, JsonError> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let members = parser.deserialize_map(Members).and_then(|members| {
        parser.end()?;
        Ok(members)
    });
    members.map_err(|error| match check(text) {
        // It is a value, but no object.
        Ok(()) => JsonError::at(text, text.len() - text.trim_start().len(), "expected an object"),
        Err(_) => JsonError::new(text, &error),
    })
}

/// The elements of the one array that a text is, as they are written.
///
/// # Errors
/// As [`check`], and any other value.
pub fn elements(text: &str) -> Result<Vec<&str>, JsonError> {
    check(text)?;
    let array = walk::value(text);
    match array.starts_with('[') {
        true => Ok(walk::elements(array).collect()),
        false => {
            let at = text.len() - text.trim_start().len();
            Err(JsonError::at(text, at, "expected an array"))
        }
    }
}

/// What a JSON string literal stands for.
///
/// # Errors
/// Anything that is not exactly one literal, and half of a surrogate pair.
pub fn string(text: &str) -> Result<String, JsonError> {
    if !text.trim_start().starts_with('"') {
        let at = text.len() - text.trim_start().len();
        return Err(JsonError::at(
            text,
            at,
            "expected a string in double quotes",
        ));
    }
    serde_json::from_str(text).map_err(|error| JsonError::new(text, &error))
}

/// The literal that stands for a text.
fn literal_of(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            c if c < ' ' => push_escape(c, &mut literal),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// What a JSON string literal stands for, where half of a surrogate pair is no
/// error: as UTF-8, such halves as UTF-8 would write them if it could.
fn bytes_of_string(literal: &str) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::Deserializer::from_str(literal).deserialize_bytes(Bytes)
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

/// Takes an object apart.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(OBJECT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            let (name, value) = (name.get(), value.get());
            members.push(Member { name, value });
        }
        Ok(members)
    }
}

/// The one pass: `IgnoredAny` makes the parser check everything, keep nothing and
/// keep its place in a byte per level instead of recursing.
fn syntax(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ())
}

/// Whether the text ends in a number that needs one more digit, as in `[1.`: the
/// parser calls that an invalid number, though the next character can mend it.
fn awaits_digit(text: &str) -> bool {
    if !text.ends_with(['-', '+', '.', 'e', 'E']) {
        return false;
    }
    match syntax(&format!("{text}0")) {
        Ok(()) => true,
        Err(error) => error.is_eof(),
    }
}

/// Where the text ends in a `\u` that has fewer than four characters and one of
/// them is no hex digit: the parser only says that it ends.
fn broken_escape(text: &str) -> Option<usize> {
    let is_cut = |at: usize| at + "\\u1234".len() > text.len();
    let is_escape = |at: usize| {
        let backslashes = text[..=at].bytes().rev().take_while(|&byte| byte == b'\\');
        backslashes.count() % 2 == 1
    };
    let is_hex = |at: usize| text[at + 2..].bytes().all(|byte| byte.is_ascii_hexdigit());
    text.rmatch_indices("\\u")
        .map(|(at, _)| at)
        .take_while(|&at| is_cut(at))
        .filter(|&at| is_escape(at) && !is_hex(at))
        .last()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOCUMENTS: [&str; 12] = [
        "{}",
        "[]",
        "[[],{}]",
        r#"{"a":1}"#,
        r#"{ "a" : [ true , false , null ] , "b" : { } }"#,
        r#"[-0,-1.5e+10,1E-7,0.25,12345678901234567890123456789]"#,
        r#"["\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"]"#,
        r#"["\\u12","\\\u0041"]"#,
        r#"{"é😀":"😀é"}"#,
        r#"{"a":1,"a":1.0}"#,
        r#"["\ud800"]"#,
        "[\r\n\t1 ,\n2 ]",
    ];

    #[test]
    fn every_proper_beginning_of_a_document_is_incomplete() {
        for document in DOCUMENTS {
            assert_eq!(scan(document), Scan::Complete, "{document}");
            assert_beginnings_are_incomplete(document);
        }
    }

    #[test]
    fn a_value_may_have_white_space_around_it() {
        for text in [" 1", "1 ", "\n{}\t\r\n", "\"a\" ", "null", " true", "-0"] {
            assert_eq!(scan(text), Scan::Complete, "{text:?}");
        }
    }

    #[test]
    fn what_a_character_can_still_mend_is_incomplete() {
        for text in [
            "",
            " ",
            "-",
            "1.",
            "1e",
            "1E+",
            "[1e-",
            "[-",
            "[1,",
            "{\"a\":tr",
            "\"\\u12",
            "\"\\",
            "[\"\\u",
            "{\"a\"",
            "[\"\\\\u\"",
            "[\"\\\\uzz",
            "[\"\\ud83d",
            "nul",
        ] {
            assert_eq!(scan(text), Scan::Incomplete, "{text:?}");
        }
    }

    #[test]
    fn what_nothing_can_mend_is_invalid_with_its_place_in_characters() {
        let table = [
            ("{\"a\":1} x", "line 1, column 9: trailing characters"),
            ("{\"a\":}", "line 1, column 6: expected value"),
            ("[1,]", "line 1, column 4: expected value"),
            ("{a", "line 1, column 2: key must be a string"),
            ("[1 2", "line 1, column 4: expected `,` or `]`"),
            ("[\"é😀\" x", "line 1, column 7: expected `,` or `]`"),
            ("[1,\n \"é\",\n é", "line 3, column 2: expected value"),
            ("[}", "line 1, column 2: expected value"),
            ("[00", "line 1, column 3: invalid number"),
            ("[1.-", "line 1, column 4: invalid number"),
            ("[e", "line 1, column 2: expected value"),
            ("[\"\\x", "line 1, column 4: invalid escape"),
            ("[\"\\u1x", "line 1, column 3: invalid escape"),
            ("\"\\u\\u", "line 1, column 2: invalid escape"),
            ("[\n\"é\\uzz", "line 2, column 3: invalid escape"),
            ("[\"\\\\\\u1\"", "line 1, column 5: invalid escape"),
            ("\u{feff}{}", "line 1, column 1: expected value"),
            ("hello", "line 1, column 1: expected value"),
        ];
        for (text, error) in table {
            let Scan::Invalid(found) = scan(text) else {
                panic!("{text:?} is {:?}", scan(text));
            };
            assert_eq!(found.to_string(), error, "{text:?}");
        }
    }

    #[test]
    fn check_says_where_a_text_ends_too_early() {
        assert_eq!(check(" [1, {}] "), Ok(()));
        assert_eq!(
            check("{\"a\":").unwrap_err().to_string(),
            "line 1, column 5: the text ends inside a value"
        );
        assert_eq!(
            check("[1,\n").unwrap_err().to_string(),
            "line 2, column 1: the text ends inside a value"
        );
        assert_eq!(
            check("").unwrap_err().to_string(),
            "line 1, column 1: the text ends inside a value"
        );
    }

    #[test]
    fn a_million_brackets_are_neither_refused_nor_the_end_of_the_stack() {
        let open = "[".repeat(1_000_000);
        assert_eq!(scan(&open), Scan::Incomplete);
        let closed = format!("{open}{}", "]".repeat(1_000_000));
        assert_eq!(scan(&closed), Scan::Complete);
        assert_eq!(compact(&closed), Ok(closed.clone()));
        let objects = "{\"a\":".repeat(1_000_000);
        assert_eq!(scan(&objects), Scan::Incomplete);
    }

    #[test]
    fn compact_removes_white_space_and_nothing_else() {
        let table = [
            (" { \"a b\" : [ 1 , 2 ] } ", "{\"a b\":[1,2]}"),
            ("{\"a\":1, \"a\":1.0}", "{\"a\":1,\"a\":1.0}"),
            (
                "[1e400,\n 12345678901234567890123]",
                "[1e400,12345678901234567890123]",
            ),
            (r#"["\u00e9 \" , \\" , "é"]"#, r#"["\u00e9 \" , \\","é"]"#),
            (" \"a\" ", "\"a\""),
        ];
        for (text, expected) in table {
            assert_eq!(compact(text).unwrap(), expected);
        }
        assert_eq!(
            compact("{\"a\": x}").unwrap_err().to_string(),
            "line 1, column 7: expected value"
        );
    }

    #[test]
    fn an_object_is_taken_apart_in_the_order_and_spelling_of_its_members() {
        let text = r#" { "b" : [1, {"x":2}] ,"\u0061":1e400,"b":" } " } "#;
        let found: Vec<(&str, &str)> = members(text)
            .unwrap()
            .iter()
            .map(|member| (member.name, member.value))
            .collect();
        let expected = [
            ("\"b\"", "[1, {\"x\":2}]"),
            ("\"\\u0061\"", "1e400"),
            ("\"b\"", "\" } \""),
        ];
        assert_eq!(found, expected);
        assert_eq!(members("{}"), Ok(Vec::new()));
        assert_eq!(
            elements(" [1, {\"a\":[]},\"]\"] ").unwrap(),
            ["1", "{\"a\":[]}", "\"]\""]
        );
        let error = elements(" {}").unwrap_err().to_string();
        assert_eq!(error, "line 1, column 2: expected an array");
        for (text, error) in [
            ("[1]", "line 1, column 1: expected an object"),
            (" \"é\"", "line 1, column 2: expected an object"),
            ("", "line 1, column 1: the text ends inside a value"),
            (
                "{\"a\":1",
                "line 1, column 6: the text ends inside an object",
            ),
            ("{\"é\":x}", "line 1, column 6: expected value"),
            ("{\"a\":1}}", "line 1, column 8: trailing characters"),
            ("{a:1}", "line 1, column 2: key must be a string"),
        ] {
            assert_eq!(members(text).unwrap_err().to_string(), error, "{text}");
        }
        let deep = format!("{{\"a\":{}}}", "[".repeat(100_000) + &"]".repeat(100_000));
        assert_eq!(members(&deep).unwrap().len(), 1);
    }

    #[test]
    fn a_string_literal_is_taken_apart_and_nothing_else_is() {
        assert_eq!(string(r#" "a\n\u00e9\ud83d\ude00" "#).unwrap(), "a\né😀");
        let table = [
            ("5", "line 1, column 1: expected a string in double quotes"),
            ("", "line 1, column 1: expected a string in double quotes"),
            (
                "  x",
                "line 1, column 3: expected a string in double quotes",
            ),
            ("\"a", "line 1, column 2: the text ends inside a string"),
            ("\"é\" x", "line 1, column 5: trailing characters"),
        ];
        for (text, error) in table {
            assert_eq!(string(text).unwrap_err().to_string(), error, "{text:?}");
        }
        for lone in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
        ] {
            assert!(string(lone).is_err(), "{lone}");
        }
    }

    proptest! {
        #[test]
        fn every_proper_beginning_of_any_value_is_incomplete(value in json()) {
            prop_assert_eq!(scan(&value), Scan::Complete);
            assert_beginnings_are_incomplete(&format!("[{value}]"));
        }

        #[test]
        fn compact_is_the_same_value_and_stays_as_it_is(value in json()) {
            let compacted = compact(&value).unwrap();
            prop_assert_eq!(compact(&compacted).unwrap(), compacted.clone());
            let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            prop_assert_eq!(parse(&compacted), parse(&value));
        }

        #[test]
        fn incomplete_means_that_an_ending_exists(text in nearly_json()) {
            let ending = ending(&text);
            match scan(&text) {
                Scan::Complete => {}
                Scan::Incomplete => prop_assert!(ending.is_some(), "no ending for {:?}", text),
                Scan::Invalid(error) => prop_assert_eq!(ending, None, "{:?}: {}", text, error),
            }
        }

        #[test]
        fn an_error_lies_within_the_text(text in any::<String>()) {
            if let Err(error) = check(&text) {
                let line = text.split('\n').nth(error.line - 1).unwrap();
                prop_assert!(error.column <= line.chars().count().max(1) + 1);
            }
        }

        #[test]
        fn nesting_is_closed_just_where_a_value_is_complete(value in json()) {
            let value = format!("[{value}]");
            let mut nesting = Nesting::default();
            for (at, c) in value.char_indices() {
                nesting.step(c);
                prop_assert_eq!(nesting.is_closed(), at + c.len_utf8() == value.len());
            }
        }
    }

    fn assert_beginnings_are_incomplete(value: &str) {
        for (end, _) in value.char_indices().skip(1) {
            assert_eq!(scan(&value[..end]), Scan::Incomplete, "{:?}", &value[..end]);
        }
    }

    fn json() -> impl Strategy<Value = String> {
        let blank = prop::sample::select(vec!["", "", " ", "\n", "\t\r\n "]);
        let leaf = prop::sample::select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0",
            "12",
            "-1.25",
            "1e5",
            "2E-3",
            "0.5e+7",
            r#""""#,
            r#""a b""#,
            r#""é😀""#,
            r#""\"\\\/""#,
            r#""\u00e9\ud83d\ude00\n""#,
            r#""{[\\u]}""#,
        ])
        .prop_map(str::to_owned);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            let item = (blank.clone(), inner, blank.clone())
                .prop_map(|(a, value, b)| format!("{a}{value}{b}"));
            let items = prop::collection::vec(item, 0..4);
            prop_oneof![
                items
                    .clone()
                    .prop_map(|items| format!("[{}]", items.join(","))),
                items.prop_map(|items| {
                    let members: Vec<String> = items
                        .iter()
                        .map(|item| format!(" \"k\\n\" :{item}"))
                        .collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    fn nearly_json() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "0", "1", "a", "F", "e", "-", "+",
            ".", "tr", "ue", "nul", "fals", " ", "\n", "é", "x", "\"a\":", "\"b\"",
        ]);
        prop::collection::vec(pieces, 0..10).prop_map(|pieces| pieces.concat())
    }

    /// Searches an ending that makes the text a value: the rest of a token, what
    /// a member still lacks, and the closing brackets.
    fn ending(text: &str) -> Option<String> {
        let tokens = [
            "", "0", "\"", "\\\"", "u0000\"", "0000\"", "000\"", "00\"", "0\"", "rue", "ue", "e",
            "alse", "lse", "se", "ull", "ll", "l",
        ];
        let members = ["", ":0", "0", "\"\":0"];
        let closers = closers(text);
        tokens.iter().find_map(|token| {
            members.iter().find_map(|member| {
                let ending = format!("{token}{member}{closers}");
                syntax(&format!("{text}{ending}")).is_ok().then_some(ending)
            })
        })
    }

    fn closers(text: &str) -> String {
        let mut nesting = Nesting::default();
        let mut stack = Vec::new();
        for c in text.chars() {
            let in_string = nesting.in_string();
            nesting.step(c);
            match c {
                '{' if !in_string => stack.push('}'),
                '[' if !in_string => stack.push(']'),
                '}' | ']' if !in_string => drop(stack.pop()),
                _ => {}
            }
        }
        stack.iter().rev().collect()
    }
}
