//! What a part of a JSON text says, as facts ask: its kind, its size, its order
//! among others, the text that it stands for.
//!
//! A part is the source of one value in a text that has been checked: of other text
//! nobody can say what is answered, but none makes this panic. Of a member that an
//! object has twice, the last counts. Numbers are compared as the decimals they are
//! written as.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::number::Number;
use super::path::{TooMany, Work};
use super::value::{Others, content};
use super::walk::{elements, members, value};
use super::without_blanks;

/// The kinds of JSON values (RFC 8259 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl fmt::Display for Kind {
    /// Its name, lower case: `null`, `boolean`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        })
    }
}

/// Which kind of value it is.
pub fn kind(raw: &str) -> Kind {
    match value(raw).as_bytes().first() {
        Some(b'"') => Kind::String,
        Some(b'[') => Kind::Array,
        Some(b'{') => Kind::Object,
        Some(b't' | b'f') => Kind::Boolean,
        Some(b'-' | b'0'..=b'9') => Kind::Number,
        _ => Kind::Null,
    }
}

/// How many members of different names, elements or characters (Unicode code points)
/// it has; `None` for all that has none of these.
pub fn size(raw: &str) -> Option<usize> {
    let raw = value(raw);
    match kind(raw) {
        Kind::Object => {
            let names: BTreeSet<_> = members(raw).map(|(name, _)| name_content(name)).collect();
            Some(names.len())
        }
        Kind::Array => Some(elements(raw).count()),
        Kind::String => {
            let is_first = |byte: &&u8| **byte & 0xc0 != 0x80;
            Some(content(raw)?.iter().filter(is_first).count())
        }
        Kind::Null | Kind::Boolean | Kind::Number => None,
    }
}

/// The order of two numbers, by their exact value, or of two strings, by their code
/// points; `None` for all else. Powers of ten of 39 digits and more go before
/// whatever stands before the `e`.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (value(a), value(b));
    match (kind(a), kind(b)) {
        (Kind::Number, Kind::Number) => Some(Number::parse(a).cmp(&Number::parse(b))),
        (Kind::String, Kind::String) => Some(content(a)?.cmp(&content(b)?)),
        _ => None,
    }
}

/// What a string stands for, where halves of surrogate pairs become U+FFFD; of all
/// else the source, without blanks between its tokens.
pub fn text_of(raw: &str) -> Cow<'_, str> {
    let raw = value(raw);
    if kind(raw) != Kind::String {
        return without_blanks(raw);
    }
    match content(raw) {
        Some(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
        Some(Cow::Owned(bytes)) => Cow::Owned(lossy(&bytes)),
        None => Cow::Borrowed(raw),
    }
}

/// As text, where there is no more wrong than halves of surrogate pairs, of three
/// bytes each, the first of them 0xed.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().first() == Some(&0xed) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// What the name of a member stands for.
pub(super) fn name_content(literal: &str) -> Cow<'_, [u8]> {
    content(literal).unwrap_or(Cow::Borrowed(literal.as_bytes()))
}

pub(super) fn is_container(raw: &str) -> bool {
    raw.starts_with(['{', '['])
}

/// Whether two values are equal: numbers by value, objects in any order, those of the
/// second perhaps with other members too. Takes no stack, and no more time and memory
/// than the work that is left.
///
/// # Errors
/// When that is not enough.
pub(super) fn same(a: &str, b: &str, others: Others, work: &mut Work) -> Result<bool, TooMany> {
    let mut pairs = vec![(a, b)];
    while let Some((a, b)) = pairs.pop() {
        work.walk(a.len().min(b.len()))?;
        if a == b {
            continue;
        }
        if kind(a) != kind(b) {
            return Ok(false);
        }
        work.walk(a.len() + b.len())?;
        let is_open = match kind(a) {
            Kind::Array => same_elements(a, b, &mut pairs, work)?,
            Kind::Object => same_members((a, b), others, &mut pairs, work)?,
            Kind::String => content(a) == content(b),
            Kind::Number => Number::parse(a) == Number::parse(b),
            Kind::Null | Kind::Boolean => false,
        };
        if !is_open {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two arrays can still be equal; their elements are to be compared.
fn same_elements<'a>(
    a: &'a str,
    b: &'a str,
    pairs: &mut Vec<(&'a str, &'a str)>,
    work: &mut Work,
) -> Result<bool, TooMany> {
    let mut others = elements(b);
    for element in elements(a) {
        let Some(other) = others.next() else {
            return Ok(false);
        };
        work.visit()?;
        pairs.push((element, other));
    }
    Ok(others.next().is_none())
}

/// Whether two objects can still be equal; their members are to be compared.
fn same_members<'a>(
    (a, b): (&'a str, &'a str),
    others: Others,
    pairs: &mut Vec<(&'a str, &'a str)>,
    work: &mut Work,
) -> Result<bool, TooMany> {
    let mut found = by_name(b, work)?;
    for (name, value) in by_name(a, work)? {
        match found.remove(&name) {
            Some(other) => pairs.push((value, other)),
            None => return Ok(false),
        }
    }
    Ok(others == Others::Allowed || found.is_empty())
}

/// The members that count, by what their names stand for.
fn by_name<'a>(
    object: &'a str,
    work: &mut Work,
) -> Result<BTreeMap<Cow<'a, [u8]>, &'a str>, TooMany> {
    let counted = members(object).map(|(name, value)| {
        work.visit()?;
        Ok((name_content(name), value))
    });
    counted.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_has_its_name_and_some_have_a_size() {
        for (raw, name, members) in [
            ("null", "null", None),
            ("true", "boolean", None),
            ("false", "boolean", None),
            ("-1.5e3", "number", None),
            ("0", "number", None),
            (r#""""#, "string", Some(0)),
            (r#""é\ud83d\ude00\n\\""#, "string", Some(4)),
            (r#""\ude00\ud83d""#, "string", Some(2)),
            ("[]", "array", Some(0)),
            (" [1, [2, 3], {}] ", "array", Some(3)),
            ("{}", "object", Some(0)),
            (r#"{"a":1,"b":{"c":2},"\u0061":3}"#, "object", Some(2)),
        ] {
            assert_eq!(kind(raw).to_string(), name, "{raw}");
            assert_eq!(size(raw), members, "{raw}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value_and_strings_by_code_points() {
        let ordered: &[&[&str]] = &[
            &[
                "-1e99999999999999999999999999999999999999999",
                "-1e400",
                "-100",
                "-99.5",
                "-1",
                "-1e-400",
                "-1e-99999999999999999999999999999999999999999",
                "0",
                "1e-99999999999999999999999999999999999999999",
                "1e-400",
                "0.09",
                "0.1",
                "0.10000000000000000001",
                "1",
                "9.99",
                "10",
                "9007199254740992",
                "9007199254740993",
                "1e400",
                "1.5e400",
                "2e170141183460469231731687303715884105727",
                "1e99999999999999999999999999999999999999998",
                "1e99999999999999999999999999999999999999999",
                "1.5e99999999999999999999999999999999999999999",
                "12e99999999999999999999999999999999999999999",
            ],
            &[
                r#""""#,
                r#""10""#,
                r#""9""#,
                r#""a""#,
                r#""\u0061a""#,
                r#""b""#,
                r#""é""#,
                r#""\ud83d""#,
                r#""\uffff""#,
                r#""😀""#,
            ],
        ];
        for row in ordered {
            for (at, a) in row.iter().enumerate() {
                for (other, b) in row.iter().enumerate() {
                    assert_eq!(compare(a, b), Some(at.cmp(&other)), "{a} and {b}");
                }
            }
        }
        for (a, b) in [
            ("1", r#""1""#),
            ("true", "false"),
            ("null", "null"),
            ("[]", "[]"),
            ("{}", "{}"),
        ] {
            assert_eq!(compare(a, b), None, "{a} and {b}");
        }
        for (a, b) in [("-0", "0.0e7"), ("10e-1", "1"), (r#""é""#, r#""\u00e9""#)] {
            assert_eq!(compare(a, b), Some(Ordering::Equal), "{a} and {b}");
        }
    }

    #[test]
    fn a_string_is_what_it_stands_for_and_all_else_its_source_without_blanks() {
        for (raw, text) in [
            (r#""a b""#, "a b"),
            (r#""\"\u00e9\ud83d\ude00\n""#, "\"é😀\n"),
            (r#""a\ud83db\ude00\ude00""#, "a\u{fffd}b\u{fffd}\u{fffd}"),
            (" 1.50 ", "1.50"),
            ("null", "null"),
            (
                "[ 1,\n{ \"a b\" : \" \\\" \" } ]",
                "[1,{\"a b\":\" \\\" \"}]",
            ),
        ] {
            assert_eq!(text_of(raw), text, "{raw}");
        }
    }

    #[test]
    fn values_are_the_same_in_any_order_and_however_they_are_written() {
        let same = |a, b, others| same(a, b, others, &mut Work::of(0)).unwrap();
        let a = r#"{"a":[1,{"b":"é"}],"c":null}"#;
        for (b, equal, within) in [
            (r#"{ "c":null, "\u0061":[1.0,{"b":"\u00e9"}] }"#, true, true),
            (r#"{"c":0,"c":null,"a":[1,{"b":"é","x":2}]}"#, false, true),
            (r#"{"c":null,"a":[1,{"b":"é"},2]}"#, false, false),
            (r#"{"c":null,"a":[1]}"#, false, false),
            (r#"{"a":[1,{"b":"é"}]}"#, false, false),
            ("[]", false, false),
        ] {
            assert_eq!(same(a, b, Others::Refused), equal, "{b}");
            assert_eq!(same(a, b, Others::Allowed), within, "{b}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in "[\\[\\]{}:,\"\\\\a1eu. -]{0,16}", b in "[\\[\\]{}:,\"\\\\a1eu. -]{0,16}") {
            let _ = (kind(&a), size(&a), text_of(&a), compare(&a, &b));
            let _ = same(&a, &b, Others::Refused, &mut Work::of(0));
        }

        #[test]
        fn numbers_are_ordered_as_floating_point_orders_them(a in -1000..1000_i32, b in -1000..1000_i32, down in 0..5_i32) {
            let (a, b) = (f64::from(a) / 8.0, f64::from(b) * 10_f64.powi(-down));
            prop_assert_eq!(compare(&format!("{a}"), &format!("{b:e}")), a.partial_cmp(&b));
        }
    }
}
