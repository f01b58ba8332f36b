//! JSON on a screen: coloured, indented, folded to a window.
//!
//! The text is walked over and never built anew, so that members stay double and
//! numbers keep their digits; only white space between tokens is set anew, and what
//! may not be shown as it is stands as an escape that means the same. What is left
//! out is said outside of quotes, where nothing that was sent can stand, and begins
//! with `…`: text from right to left in a string cannot reorder it.
//!
//! The time is linear in the text, whatever its depth. What is folded takes memory
//! for the rows that are drawn, and a small multiple of them.

mod fold;
mod plan;
mod row;
mod whole;

use super::Style;
use super::style::Tint;
use crate::json::{self, Token, Tokens};

pub(super) use fold::folded;
pub(super) use whole::whole;

/// What rows of JSON are made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) style: Style,
    /// Twenty at least.
    pub(super) columns: usize,
    pub(super) nested: Nested,
}

/// Objects and arrays inside of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nested {
    /// Stand on one row where they fit.
    Beside,
    /// Are indented, each part on its row.
    Below,
}

impl Sheet {
    /// Blanks before what stands so deep; far down all stand below each other.
    fn indent(&self, depth: usize) -> usize {
        2 + 2 * depth.min(self.deepest())
    }

    /// The depth from which on nothing is indented further: brackets alone must not
    /// become any number of blanks.
    fn deepest(&self) -> usize {
        (self.columns / 6).min(16)
    }

    /// Columns for what stands so deep.
    fn room(&self, depth: usize) -> usize {
        self.columns - self.indent(depth)
    }

    fn new_row(&self, depth: usize, out: &mut String) {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', self.indent(depth)));
    }
}

/// Whether a text is an object or an array.
pub(super) fn is_container(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let closes = match text.as_bytes().first() {
        Some(b'{') => text.ends_with('}'),
        Some(b'[') => text.ends_with(']'),
        _ => false,
    };
    closes && json::check(text).is_ok()
}

/// Appends JSON in colours, otherwise as it stands.
pub(super) fn coloured(text: &str, style: Style, out: &mut String) {
    let mut tokens = Tokens::new(text);
    let mut done = 0;
    loop {
        let begin = text.len() - tokens.rest().len();
        let Some(token) = tokens.next() else {
            break;
        };
        out.push_str(&text[done..begin]);
        let (tint, shown) = tinted(token, &tokens);
        style.tint(tint, shown, out);
        done = begin + shown.len();
    }
    out.push_str(&text[done..]);
}

/// A token's colour and text; `next` is at the token behind it.
fn tinted<'a>(token: Token<'a>, next: &Tokens<'_>) -> (Tint, &'a str) {
    match token {
        Token::Open(text) | Token::Close(text) => (Tint::Plain, text),
        Token::Comma => (Tint::Plain, ","),
        Token::Colon => (Tint::Plain, ":"),
        Token::String(text) if next.rest().starts_with(':') => (Tint::Key, text),
        Token::String(text) => (Tint::String, text),
        Token::Number(text) => (Tint::Number, text),
        Token::Word(text) => (Tint::Word, text),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::visible::width;
    use proptest::prelude::*;

    fn sheet(columns: usize, nested: Nested) -> Sheet {
        Sheet {
            style: Style::plain(),
            columns,
            nested,
        }
    }

    fn fold(text: &str, columns: usize, rows: usize) -> String {
        let mut out = String::from("< ");
        folded(text, &sheet(columns, Nested::Beside), rows, &mut out);
        out
    }

    fn all(text: &str, columns: usize, nested: Nested) -> String {
        let mut out = String::from("< ");
        whole(text, &sheet(columns, nested), usize::MAX, &mut out);
        out
    }

    #[track_caller]
    fn assert_rows(shown: &str, expected: &[&str]) {
        let rows: Vec<&str> = shown.lines().collect();
        assert_eq!(rows, expected, "\n{shown}\n");
    }

    const ORDER: &str = r#"{"id":7,"id":7.0,"side":"buy","price":1.50e2,"tags":["a","b"],"who":{"name":"Ann","at":null},"note":"a long remark that does not fit"}"#;

    #[test]
    fn what_fits_stands_on_a_row_and_what_does_not_is_indented() {
        let expected = [
            "< {",
            "    \"id\": 7,",
            "    \"id\": 7.0,",
            "    \"side\": \"buy\",",
            "    \"price\": 1.50e2,",
            "    \"tags\": [\"a\", \"b\"],",
            "    \"who\": {\"name\": \"Ann\", \"at\": null},",
            "    \"note\": \"a long remark that does not fit\"",
            "  }",
        ];
        assert_rows(&all(ORDER, 50, Nested::Beside), &expected);
        assert_rows(&fold(ORDER, 50, 20), &expected);
    }

    #[test]
    fn everything_stands_below_each_other_when_asked_for() {
        let expected = [
            "< [",
            "    [",
            "      1",
            "    ],",
            "    {},",
            "    {",
            "      \"a\": []",
            "    }",
            "  ]",
        ];
        let text = " [ [1], {\n}, {\"a\":[ ]}]";
        assert_rows(&all(text, 80, Nested::Below), &expected);
        let mut out = String::from("< ");
        assert!(!folded(text, &sheet(80, Nested::Below), 20, &mut out));
        assert_rows(&out, &expected);
    }

    #[test]
    fn long_strings_names_and_numbers_are_cut_with_their_true_length() {
        let text = format!(
            r#"{{"s":"{}","{}":1,"n":1{},"e":"{}"}}"#,
            "x".repeat(100),
            "k".repeat(100),
            "0".repeat(99),
            r"\u00e9".repeat(30),
        );
        let expected = [
            "< {",
            "    \"s\": \"xxxxxxxxxxxxxxxxxxxx\"… of 100,",
            "    \"kkkkkk\"… of 100: 1,",
            "    \"n\": 1000000000000000000000… of 100,",
            "    \"e\": \"\\u00e9\\u00e9\\u00e9\"… of 30",
            "  }",
        ];
        assert_rows(&fold(&text, 40, 20), &expected);
        let wide = fold(&text, 80, 20);
        assert!(wide.contains("xx\"… of 100 characters,\n"), "{wide}");
    }

    #[test]
    fn arrays_and_objects_say_how_much_of_them_is_left_out() {
        let numbers: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let text = format!("[{}]", numbers.join(","));
        let expected = [
            "< [",
            "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,",
            "    11, 12, 13, 14, 15, 16, … 83 more",
            "  ]",
        ];
        assert_rows(&fold(&text, 40, 4), &expected);
        let people: Vec<String> = (0..100)
            .map(|id| format!(r#"{{"id":{id},"name":"somebody","mail":"{id}@example.com"}}"#))
            .collect();
        let text = format!(r#"{{"people":[{}],"page":1}}"#, people.join(","));
        let expected = [
            "< {",
            "    \"people\": [",
            "      {\"id\": 0, \"name\": \"somebody\", … 1 more},",
            "      {\"id\": 1, \"name\": \"somebody\", … 1 more},",
            "      {\"id\": 2, \"name\": \"somebody\", … 1 more},",
            "      … 97 more",
            "    ],",
            "    \"page\": 1",
            "  }",
        ];
        assert_rows(&fold(&text, 50, 9), &expected);
    }

    #[test]
    fn letters_from_right_to_left_cannot_reorder_what_is_ours() {
        let text = format!(
            r#"{{"a":{{"b":"שלום","c":"{0}"}},"d":"{0}"}}"#,
            "ש".repeat(90)
        );
        let expected = [
            "< {",
            "    \"a\": {\"b\": \"שלום\", … more: 1},",
            "    \"d\": \"ששששששששששששששששששששש\"… of 90",
            "  }",
        ];
        assert_rows(&fold(&text, 40, 4), &expected);
    }

    #[test]
    fn no_depth_is_too_deep() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
            let shown = fold(&text, 80, 20);
            assert!(shown.lines().count() <= 20, "{shown}");
            let rows = all(&text, 80, Nested::Beside);
            assert!(rows.len() < 4_000_000, "{} bytes", rows.len());
            assert_eq!(packed(&rows), text);
        }
    }

    #[test]
    fn what_may_not_be_shown_is_an_escape_of_json() {
        let text = "{\"a\u{9b}\":\"\u{202e}\u{e0041}\u{200b}e\u{301}\"}";
        let expected = [
            "< {",
            "    \"a\\u009b\": \"\\u202e\\udb40\\udc41\\u200be\u{301}\"",
            "  }",
        ];
        assert_rows(&all(text, 80, Nested::Beside), &expected);
    }

    #[test]
    fn what_only_looks_like_json_is_none() {
        for (text, is) in [
            ("{}", true),
            (" [1]\r\n", true),
            ("[info] started [ok]", false),
            ("{\"a\":1", false),
            ("{\"a\":1]", false),
            ("[1,]", false),
            ("{} {}", false),
            ("1", false),
            ("\"{}\"", false),
            ("", false),
        ] {
            assert_eq!(is_container(text), is, "{text}");
        }
    }

    #[test]
    fn colours_change_no_letter() {
        let text = r#" {"a" : [1,"b",true , null ] } "#;
        let mut out = String::new();
        coloured(text, Style::plain(), &mut out);
        assert_eq!(out, text);
        out.clear();
        coloured(text, Style::coloured(), &mut out);
        assert!(out.len() > text.len());
        assert_eq!(without_colours(&out), text);
    }

    /// The text behind the mark without white space outside of strings.
    fn packed(shown: &str) -> String {
        json::compact(shown.strip_prefix("< ").unwrap()).unwrap()
    }

    /// The text without the sequences that colour it, which must be closed in their row.
    fn without_colours(text: &str) -> String {
        let mut plain = String::new();
        for row in text.split_inclusive('\n') {
            let mut open = false;
            let mut parts = row.split('\x1b');
            plain.push_str(parts.next().unwrap_or_default());
            for part in parts {
                let (codes, rest) = part.split_once('m').expect("a sequence that colours");
                let codes = codes.strip_prefix('[').expect("a sequence that colours");
                assert!(codes.bytes().all(|b| b.is_ascii_digit() || b == b';'));
                open = codes != "0";
                plain.push_str(rest);
            }
            assert!(!open, "a colour is left on: {row:?}");
        }
        plain
    }

    fn value() -> impl Strategy<Value = String> {
        let letters = "[a-z \"\\\\é日語😀שלום\u{301}\u{200d}\u{202e}\u{fe0f}\u{9b}\u{200b}]{0,12}";
        let string = prop_oneof![
            letters.prop_map(|text| quoted(&text)),
            (1..200_usize).prop_map(|length| quoted(&"long ".repeat(length)))
        ];
        let number = prop::sample::select(vec!["0", "-1.5e10", "12345678901234567890", "1.0"]);
        let word = prop::sample::select(vec!["true", "false", "null"]);
        let leaf = prop_oneof![
            string.clone(),
            number.prop_map(str::to_owned),
            word.prop_map(str::to_owned)
        ];
        let blank = || prop::sample::select(vec!["", " ", "\n\t"]);
        leaf.prop_recursive(6, 120, 12, move |inner| {
            let member = (string.clone(), blank(), inner.clone());
            let member =
                member.prop_map(|(name, blank, value)| format!("{name}{blank}:{value}{blank}"));
            prop_oneof![
                (prop::collection::vec(inner, 0..12), blank())
                    .prop_map(|(parts, blank)| format!("[{blank}{}]", parts.join(","))),
                prop::collection::vec(member, 0..12)
                    .prop_map(|parts| format!("{{{}}}", parts.join(","))),
            ]
        })
    }

    /// A literal with what JSON wants escaped, and no more.
    fn quoted(text: &str) -> String {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{text}\"")
    }

    fn container() -> impl Strategy<Value = String> {
        value().prop_map(|value| format!("[{value}]"))
    }

    fn nested() -> impl Strategy<Value = Nested> {
        prop::sample::select(vec![Nested::Beside, Nested::Below])
    }

    proptest! {
        #[test]
        fn folded_rows_fit_into_the_window(
            text in container(), columns in 20..120_usize, rows in 4..40_usize, nested in nested(),
        ) {
            let mut out = String::from("< ");
            folded(&text, &sheet(columns, nested), rows, &mut out);
            prop_assert!(out.lines().count() <= rows, "{}", out);
            for row in out.lines() {
                prop_assert!(width(row) <= columns, "{}: {}", columns, out);
            }
            prop_assert!(out.len() <= 40 * columns * rows);
        }

        #[test]
        fn what_is_shown_says_the_same(text in container(), columns in 20..120_usize, nested in nested()) {
            let compact = json::compact(&text).unwrap();
            let shown = packed(&all(&text, columns, nested));
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            prop_assert_eq!(read(&shown), read(&compact));
            if compact.is_ascii() {
                prop_assert_eq!(&shown, &compact);
            }
            let mut out = String::from("< ");
            if !folded(&text, &sheet(columns, nested), 100_000, &mut out) {
                prop_assert_eq!(packed(&out), shown);
            }
        }

        #[test]
        fn colours_end_with_their_row_and_nothing_else_drives_the_terminal(
            text in container(), columns in 20..120_usize, nested in nested(),
        ) {
            let plain = sheet(columns, nested);
            let sheet = Sheet { style: Style::coloured(), ..plain };
            let (mut out, mut bare) = (String::new(), String::new());
            whole(&text, &sheet, usize::MAX, &mut out);
            folded(&text, &sheet, 10, &mut out);
            whole(&text, &plain, usize::MAX, &mut bare);
            folded(&text, &plain, 10, &mut bare);
            prop_assert_eq!(without_colours(&out), bare.clone());
            prop_assert!(!bare.chars().any(|c| c != '\n' && crate::visible::must_escape(c)));
        }
    }
}
