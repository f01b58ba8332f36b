//! Takes secrets out of what is written, and lets variables stand in their places.
//!
//! A secret is found wherever its text stands: in a text, in the strings of JSON
//! however they are spelled, in bytes. Texts below [`SHORTEST`] are left alone: they
//! would be found where they are not meant.

use std::fmt::Write as _;

use super::variable;
use crate::masker::{self, Part, Place, SHORTEST, View, parts};
use crate::notation::write_inside;
use crate::secret;
use crate::visible::must_escape;

/// Secrets, each with the name of its variable: no two with the same.
#[derive(Default)]
pub(super) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// Adds a secret under a name like this one; which name it has.
    pub(super) fn add(&mut self, name: &str, text: &str) -> String {
        if let Some((known, _)) = self.0.iter().find(|(_, known)| known == text) {
            return known.clone();
        }
        let name = self.free(&named(name));
        self.0.push((name.clone(), text.to_owned()));
        name
    }

    /// Those that are looked for.
    fn known(&self) -> impl Iterator<Item = &(String, String)> {
        let is_known = |text: &str| text.len() >= SHORTEST && text != secret::MASK;
        self.0.iter().filter(move |(_, text)| is_known(text))
    }

    /// A name that none has: the second gets a number, and so on.
    fn free(&self, name: &str) -> String {
        let is_free = |name: &String| self.0.iter().all(|(known, _)| known != name);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(is_free).unwrap_or_default()
    }

    /// A text, as a line takes it that has no form of its own.
    pub(super) fn text(&self, text: &str) -> String {
        self.write(text, |part, out| out.push_str(part))
    }

    /// A text as a JSON string literal.
    pub(super) fn literal(&self, text: &str) -> String {
        format!("\"{}\"", self.write(text, write_inside))
    }

    /// JSON as it stands. What may only be shown escaped is escaped in its strings,
    /// where it means the same.
    pub(super) fn json(&self, source: &str) -> String {
        let mut out = String::with_capacity(source.len());
        for part in parts(source) {
            match part {
                Part::Between(text) => self.write_scalars(text, &mut out),
                Part::Inner(inner) => self.write_spelled(inner, &mut out),
            }
        }
        out
    }

    /// Where bytes of secrets stand.
    pub(super) fn in_bytes(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let places = self.find(bytes).into_iter();
        places.map(|place| (place.start, place.end)).collect()
    }

    fn write(&self, text: &str, write: impl Fn(&str, &mut String)) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut from = 0;
        let between = |part: &str, out: &mut String| {
            let mut written = String::new();
            write(part, &mut written);
            out.push_str(&variable::escape(&written));
        };
        for place in self.find(text.as_bytes()) {
            between(&text[from..place.start], &mut out);
            variable::push(place.whose, &mut out);
            from = place.end;
        }
        between(&text[from..], &mut out);
        out
    }

    /// The inside of a string literal as it is spelled.
    fn write_spelled(&self, inner: &str, out: &mut String) {
        // Where nothing is escaped, it is spelled as it is meant.
        if !inner.contains('\\') && self.find(inner.as_bytes()).is_empty() {
            return write_raw(inner, out);
        }
        let meant = View::literal(inner);
        let mut from = 0;
        for place in self.find(meant.bytes()) {
            write_raw(&inner[from..meant.place(place.start)], out);
            variable::push(place.whose, out);
            from = meant.place(place.end);
        }
        write_raw(&inner[from..], out);
    }

    /// What stands between strings: a number that is a secret becomes a variable.
    fn write_scalars(&self, between: &str, out: &mut String) {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let secret = |word: &str| self.known().find(|(_, text)| text == word);
        let mut rest = between;
        while let Some(start) = rest.find(is_number).filter(|_| !self.0.is_empty()) {
            let word = &rest[start..];
            let word = &word[..word.find(|c| !is_number(c)).unwrap_or(word.len())];
            out.push_str(&rest[..start]);
            match secret(word) {
                Some((name, _)) => variable::push(name, out),
                None => out.push_str(word),
            }
            rest = &rest[start + word.len()..];
        }
        out.push_str(rest);
    }

    /// Where secrets stand, in order; of those that overlap, the first and longest.
    fn find(&self, text: &[u8]) -> Vec<Place<&str>> {
        let known = self.known();
        masker::find(text, known.map(|(name, text)| (&**name, &**text)))
    }
}

/// A part of a literal's inside as it is spelled.
fn write_raw(inner: &str, out: &mut String) {
    let inner = variable::escape(inner);
    for c in inner.chars() {
        match must_escape(c) {
            // All of these are in the first plane; writing to a string cannot fail.
            true => _ = write!(out, "\\u{:04x}", u32::from(c)),
            false => out.push(c),
        }
    }
}

/// A name for a variable that is like this text.
fn named(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let mut name: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(40)
        .collect();
    if !variable::is_name(&name) {
        name.insert_str(0, "secret_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use proptest::prelude::*;

    fn secrets(known: &[(&str, &str)]) -> Secrets {
        let mut secrets = Secrets::default();
        for (name, text) in known {
            secrets.add(name, text);
        }
        secrets
    }

    #[test]
    fn a_secret_is_masked_wherever_its_text_stands() {
        let secrets = secrets(&[("token", "abcd"), ("pass word", "a\"b\n"), ("x", "no")]);
        assert_eq!(secrets.text("say abcd!"), "say {{token}}!");
        assert_eq!(
            secrets.text("abcdabcd {{x}} no"),
            "{{token}}{{token}} {{!x}} no"
        );
        assert_eq!(secrets.literal("1 a\"b\n\t"), "\"1 {{pass_word}}\\t\"");
        assert_eq!(secrets.in_bytes(b"\0abcd\xff"), [(1, 5)]);
    }

    #[test]
    fn json_keeps_its_spelling_around_a_secret() {
        let secrets = secrets(&[("token", "abcd"), ("pin", "12345"), ("p", "a\"b\\")]);
        for (source, expected) in [
            (
                r#"{"a\u0062cd":"\u00e9abcd"}"#,
                r#"{"{{token}}":"\u00e9{{token}}"}"#,
            ),
            (
                r#"{ "x" : "\nabc\u0064\"" }"#,
                r#"{ "x" : "\n{{token}}\"" }"#,
            ),
            (r#"[12345, 123456, -12345]"#, r#"[{{pin}}, 123456, -12345]"#),
            (r#"["a\"b\\"]"#, r#"["{{p}}"]"#),
            (r#"["\\nabc"]"#, r#"["\\nabc"]"#),
            (
                r#"["{{x}}", "\ud83d\ude00abcd\ud800"]"#,
                r#"["{{!x}}", "\ud83d\ude00{{token}}\ud800"]"#,
            ),
            ("[\"\u{202e}\u{7f}\"]", r#"["\u202e\u007f"]"#),
        ] {
            assert_eq!(secrets.json(source), expected);
        }
    }

    #[test]
    fn each_secret_has_a_name_of_its_own() {
        let mut secrets = Secrets::default();
        assert_eq!(secrets.add("X-Api-Key", "12345"), "x_api_key");
        assert_eq!(secrets.add("x_api_key", "67890"), "x_api_key_2");
        assert_eq!(secrets.add("other", "12345"), "x_api_key");
        assert_eq!(secrets.add("1é", "secret"), "secret_1_");
        assert_eq!(secrets.text("12345 67890"), "{{x_api_key}} {{x_api_key_2}}");
    }

    #[test]
    fn of_secrets_within_secrets_the_longest_is_masked() {
        let secrets = secrets(&[("short", "abcd"), ("long", "abcdef")]);
        assert_eq!(secrets.text("abcdef abcde"), "{{long}} {{short}}e");
    }

    proptest! {
        #[test]
        fn json_without_secrets_means_the_same(text in any::<String>(), known in "[a-c]{4}") {
            let mut literal = String::new();
            write_inside(&text, &mut literal);
            let source = format!("[\"{literal}\"]");
            let masked = secrets(&[("k", &known)]).json(&source);
            prop_assert!(!masked.chars().any(must_escape));
            if !text.contains(&known) {
                let read = masked.replace("{{!", "{{");
                prop_assert_eq!(read.contains("{{!"), false);
                let inner = &read[1..read.len() - 1];
                if !text.contains("{{!") {
                    prop_assert_eq!(json::string(inner), Ok(text));
                }
            }
        }

        #[test]
        fn nothing_makes_the_masking_panic(text in "([\"\\\\u0-9a-f{}é😀]|\\\\ud83d|abcd){0,20}") {
            let secrets = secrets(&[("k", "abcd"), ("q", "\\u00")]);
            secrets.json(&text);
            secrets.text(&text);
        }
    }
}
