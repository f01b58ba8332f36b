//! Comparing JSON: does a text say what a value says, or at least that?
//!
//! Only the expected value is built, and its depth is bounded. The text it is
//! held against is checked and then walked in place: whatever a server sends, at
//! most one of its strings or numbers is copied, and its nesting takes no stack.
//! Numbers are compared as the decimals they are written as, never as floating
//! point.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::number::Number;
use super::walk::{elements, members, value};
use super::{JsonError, bytes_of_string, check};

/// How deep an expected value may be nested; received ones may be any deeper.
pub const MAX_DEPTH: usize = 128;

/// A JSON value that others are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    /// `null`, `true` or `false`.
    Word(String),
    Number(Number),
    /// The bytes that the literal stands for: UTF-8 but for halves of surrogate
    /// pairs, which JSON can spell.
    String(Vec<u8>),
    Array(Vec<Node>),
    Object(BTreeMap<Vec<u8>, Node>),
}

/// What else an object may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    Allowed,
    Refused,
}

impl Value {
    /// Takes a value apart.
    ///
    /// # Errors
    /// As [`check`]; a member that an object has twice, because nobody can say
    /// which is meant; and more than [`MAX_DEPTH`] levels.
    pub fn parse(text: &str) -> Result<Value, JsonError> {
        check(text)?;
        Node::build(value(text), text, MAX_DEPTH).map(Value)
    }

    /// Whether a text is JSON that says the same: objects have the same members in
    /// any order, arrays the same elements, numbers the same value. Of a member
    /// that the text has twice, the last counts.
    pub fn equals(&self, text: &str) -> bool {
        self.agrees(text, Others::Refused)
    }

    /// Whether a text is JSON that says this and perhaps more: an object may have
    /// members that this one has not, at every level; all else as [`Value::equals`].
    pub fn is_subset_of(&self, text: &str) -> bool {
        self.agrees(text, Others::Allowed)
    }

    fn agrees(&self, text: &str, others: Others) -> bool {
        let raw = value(text);
        // Most of what does not match begins otherwise: that needs no check.
        self.0.begins_like(raw) && check(text).is_ok() && self.0.agrees(raw, others)
    }
}

impl Node {
    /// Builds from a value's source in a checked text.
    fn build(raw: &str, text: &str, levels: usize) -> Result<Node, JsonError> {
        match raw.as_bytes().first() {
            Some(b'"') => content(raw)
                .map(|bytes| Node::String(bytes.into_owned()))
                .ok_or_else(|| error(raw, text, "invalid string")),
            Some(b'{' | b'[') if levels == 0 => {
                let message = format!("nested deeper than {MAX_DEPTH} levels");
                Err(error(raw, text, &message))
            }
            Some(b'[') => elements(raw)
                .map(|element| Node::build(element, text, levels - 1))
                .collect::<Result<_, _>>()
                .map(Node::Array),
            Some(b'{') => Node::object(raw, text, levels - 1),
            Some(b'-' | b'0'..=b'9') => Ok(Node::Number(Number::parse(raw))),
            _ => Ok(Node::Word(raw.to_owned())),
        }
    }

    /// Members by what their names stand for.
    fn object(raw: &str, text: &str, levels: usize) -> Result<Node, JsonError> {
        let mut built = BTreeMap::new();
        for (name, value) in members(raw) {
            let node = Node::build(value, text, levels)?;
            let bytes = content(name).ok_or_else(|| error(name, text, "invalid string"))?;
            if built.insert(bytes.into_owned(), node).is_some() {
                return Err(error(name, text, "the object has this member twice"));
            }
        }
        Ok(Node::Object(built))
    }

    /// Whether the first byte allows that they agree.
    fn begins_like(&self, raw: &str) -> bool {
        let Some(&first) = raw.as_bytes().first() else {
            return false;
        };
        match self {
            Node::Word(word) => word.as_bytes().first() == Some(&first),
            Node::Number(_) => matches!(first, b'-' | b'0'..=b'9'),
            Node::String(_) => first == b'"',
            Node::Array(_) => first == b'[',
            Node::Object(_) => first == b'{',
        }
    }

    /// Whether a part of a checked text says this.
    fn agrees(&self, raw: &str, others: Others) -> bool {
        if !self.begins_like(raw) {
            return false;
        }
        match self {
            Node::Word(word) => raw == word,
            Node::Number(number) => Number::parse(raw) == *number,
            Node::String(bytes) => content(raw).is_some_and(|found| found == *bytes),
            Node::Array(items) => array_agrees(items, raw, others),
            Node::Object(named) => object_agrees(named, raw, others),
        }
    }
}

fn array_agrees(items: &[Node], raw: &str, others: Others) -> bool {
    let mut found = elements(raw);
    let mut agrees = |item: &Node| found.next().is_some_and(|raw| item.agrees(raw, others));
    items.iter().all(&mut agrees) && found.next().is_none()
}

/// Of a member that the text has twice, the last counts: a map keeps that.
fn object_agrees(named: &BTreeMap<Vec<u8>, Node>, raw: &str, others: Others) -> bool {
    let mut found = BTreeMap::new();
    for (name, value) in members(raw) {
        let expected = content(name).and_then(|name| named.get_key_value(&*name));
        match expected {
            Some((name, node)) => _ = found.insert(name, (node, value)),
            None if others == Others::Refused => return false,
            None => {}
        }
    }
    found.len() == named.len() && found.values().all(|(node, raw)| node.agrees(raw, others))
}

/// What a string literal stands for.
pub(super) fn content(literal: &str) -> Option<Cow<'_, [u8]>> {
    if literal.contains('\\') {
        return bytes_of_string(literal).ok().map(Cow::Owned);
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    Some(Cow::Borrowed(inner.as_bytes()))
}

/// An error at the beginning of a part of the text.
fn error(part: &str, text: &str, message: &str) -> JsonError {
    let at = part.as_ptr().addr() - text.as_ptr().addr();
    JsonError::at(text, at, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Value {
        Value::parse(text).unwrap()
    }

    /// An expected value, texts that it equals, texts that say more, others.
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    );

    const TABLE: &[Row] = &[
        (
            "{}",
            &["{}", " { } "],
            &[r#"{"a":1}"#],
            &["[]", "null", "", "{", "{} x"],
        ),
        (
            r#"{"a":1,"b":null}"#,
            &[r#"{"b" : null, "a":1.0}"#, r#"{"\u0061":10e-1,"b":null}"#],
            &[r#"{"a":1,"b":null,"c":{}}"#],
            &[
                r#"{"a":1}"#,
                r#"{"a":1,"b":0}"#,
                r#"{"a":"1","b":null}"#,
                r#"[{"a":1,"b":null}]"#,
            ],
        ),
        (
            r#"[1,{"a":[{}]}]"#,
            &[r#"[1, {"a":[{}]}]"#],
            &[r#"[1,{"a":[{"b":2}],"c":3}]"#],
            &[
                "[1]",
                r#"[1,{"a":[{}]},2]"#,
                r#"[{"a":[{}]},1]"#,
                r#"[1,{"a":[]}]"#,
            ],
        ),
        ("[]", &["[]", "[ ]"], &[], &["[1]", "[[]]", "{}"]),
        (
            "12345678901234567890123",
            &["12345678901234567890123.0"],
            &[],
            &["12345678901234567890124"],
        ),
        ("1e999999999", &["10e999999998"], &[], &["1e999999998", "1"]),
        ("true", &["true"], &[], &["false", "\"true\"", "1", "truer"]),
        ("null", &[" null"], &[], &["0", "nul"]),
        (
            r#""a\"\u00e9\ud83d\ude00""#,
            &["\"a\\u0022é😀\""],
            &[],
            &["\"a\"", "\"A\\\"é😀\"", "\"a\\\"e\u{301}😀\""],
        ),
        (
            r#""\ud800""#,
            &[r#""\uD800""#],
            &[],
            &[r#""\ud801""#, "\"\u{fffd}\""],
        ),
    ];

    #[test]
    fn equality_allows_nothing_more_and_a_subset_more_members() {
        for (expected, equal, more, other) in TABLE {
            let value = parsed(expected);
            for text in equal.iter().chain([expected]) {
                assert!(value.equals(text), "{expected} and {text}");
                assert!(value.is_subset_of(text), "{expected} in {text}");
            }
            for text in *more {
                assert!(!value.equals(text), "{expected} and {text}");
                assert!(value.is_subset_of(text), "{expected} in {text}");
            }
            for text in *other {
                assert!(!value.equals(text), "{expected} and {text}");
                assert!(!value.is_subset_of(text), "{expected} in {text}");
            }
        }
    }

    #[test]
    fn of_a_member_that_was_received_twice_the_last_counts() {
        let value = parsed(r#"{"a":1}"#);
        assert!(value.equals(r#"{"a":2,"a":1}"#));
        assert!(value.is_subset_of(r#"{"a":[],"b":1,"\u0061":1}"#));
        assert!(!value.is_subset_of(r#"{"a":1,"a":2}"#));
    }

    #[test]
    fn a_received_text_may_be_nested_at_any_depth() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(!parsed("[]").is_subset_of(&deep));
        assert!(!parsed("[[[]]]").is_subset_of(&deep));
        let member = format!(r#"{{"x":{deep},"a":1}}"#);
        assert!(parsed(r#"{"a":1}"#).is_subset_of(&member));
        assert!(!parsed(r#"{"a":1}"#).is_subset_of(&member[..member.len() - 1]));
        let objects = format!("{}1{}", r#"{"a":"#.repeat(200_000), "}".repeat(200_000));
        let expected = format!("{}1{}", r#"{"a":"#.repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH));
        assert!(!parsed(&expected).is_subset_of(&objects));
    }

    #[test]
    fn an_expected_value_is_bounded_in_depth_and_says_each_member_once() {
        let nested = |levels| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parsed(&nested(MAX_DEPTH)).equals(&nested(MAX_DEPTH)));
        let table = [
            (
                nested(MAX_DEPTH + 1),
                "line 1, column 129: nested deeper than 128 levels",
            ),
            (
                "[1,\n {\"é\":2, \"b\":1, \"\\u00e9\":3}]".to_owned(),
                "line 2, column 17: the object has this member twice",
            ),
            (
                "{\"a\":".to_owned(),
                "line 1, column 5: the text ends inside a value",
            ),
        ];
        for (text, error) in table {
            assert_eq!(Value::parse(&text).unwrap_err().to_string(), error);
        }
    }

    proptest! {
        #[test]
        fn equality_is_that_of_another_parser(a in small_json(), b in small_json()) {
            let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            prop_assert_eq!(parsed(&a).equals(&b), parse(&a) == parse(&b), "{} and {}", a, b);
            prop_assert!(parsed(&a).equals(&a));
            if parsed(&a).equals(&b) {
                prop_assert!(parsed(&a).is_subset_of(&b));
            }
        }

        #[test]
        fn an_object_is_a_subset_of_itself_with_more_members(a in small_json(), b in small_json()) {
            let more = format!(r#"{{"more":{b},"it":{a}}}"#);
            let named = parsed(&format!(r#"{{"it":{a}}}"#));
            prop_assert!(named.is_subset_of(&more));
            prop_assert!(!named.equals(&more));
        }

        #[test]
        fn no_text_makes_a_comparison_panic(text in "[\\[\\]{}:,\"\\\\a1eu. -]{0,24}") {
            for expected in ["{}", "[]", "[{}]", r#"{"a":1}"#, "1", "\"a\"", "true"] {
                let value = parsed(expected);
                let is_json = check(&text).is_ok();
                prop_assert!(is_json || !(value.equals(&text) || value.is_subset_of(&text)));
            }
        }
    }

    /// Values with few leaves, so that two of them are often equal.
    fn small_json() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["null", "0", "1", "\"\"", "\"a\"", "[]", "{}"]);
        leaf.prop_map(str::to_owned)
            .prop_recursive(3, 8, 2, |inner| {
                let pair = (inner.clone(), inner.clone());
                prop_oneof![
                    inner.clone().prop_map(|a| format!("[{a}]")),
                    pair.clone().prop_map(|(a, b)| format!("[{a} , {b}]")),
                    pair.clone()
                        .prop_map(|(a, b)| format!(r#"{{"a":{a},"b":{b}}}"#)),
                    pair.prop_map(|(a, b)| format!(r#"{{"b":{b}, "\u0061":{a}}}"#)),
                ]
            })
    }
}
