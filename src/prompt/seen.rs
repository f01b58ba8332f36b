//! What the session has shown that can be typed again: names of members, addresses.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::render::escape;
use crate::secret;

/// Names that are remembered, and how long one may be, in characters.
const MAX_NAMES: usize = 1000;
const MAX_NAME: usize = 64;
/// Of a longer text only the beginning is read, in bytes.
const MAX_READ: usize = 16 * 1024;
const MAX_URLS: usize = 100;

/// Shared by who draws messages and who completes lines; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    names: BTreeSet<String>,
    urls: BTreeSet<String>,
}

impl Seen {
    /// Remembers the names of members in a text, if it is JSON or begins like it.
    pub(super) fn learn(&self, text: &[u8]) {
        let start = text.trim_ascii_start();
        if !start.starts_with(b"{") && !start.starts_with(b"[") {
            return;
        }
        let text = beginning(start);
        let mut known = self.lock();
        if known.names.len() >= MAX_NAMES {
            return;
        }
        for name in names(text) {
            if known.names.len() < MAX_NAMES && !known.names.contains(name) {
                known.names.insert(name.to_owned());
            }
        }
    }

    /// Remembers an address, unless it holds a secret.
    pub(super) fn learn_url(&self, url: &str) {
        let mut known = self.lock();
        if known.urls.len() < MAX_URLS && is_plain(url) && secret::text(url) == url {
            known.urls.insert(url.to_owned());
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.lock().names.iter().cloned().collect()
    }

    pub(super) fn urls(&self) -> Vec<String> {
        self.lock().urls.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a text can be drawn as it is.
pub(super) fn is_plain(text: &str) -> bool {
    escape(text) == text
}

/// As much of a text as is read.
fn beginning(text: &[u8]) -> &str {
    let bytes = &text[..text.len().min(MAX_READ)];
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// Names in a text that begins JSON: strings before a colon. Those that are not
/// written as they are read are left out, and so is what could drive a terminal.
fn names(json: &str) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find('"')? + 1;
            let string = &rest[start..];
            let length = string_length(string)?;
            rest = &string[length + 1..];
            let name = &string[..length];
            let is_name = rest.trim_start().starts_with(':');
            if is_name && is_fit(name) {
                return Some(name);
            }
        }
    })
}

/// Up to the quote that ends a string.
fn string_length(string: &str) -> Option<usize> {
    let mut escaped = false;
    string.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn is_fit(name: &str) -> bool {
    !name.contains('\\') && name.chars().count() <= MAX_NAME && is_plain(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn learned(text: &str) -> Vec<String> {
        let seen = Seen::default();
        seen.learn(text.as_bytes());
        seen.names()
    }

    #[test]
    fn names_at_any_depth_are_learned() {
        let text = r#" {"b": [{"a" : "x: y"}, "c"], "d": {"a": "\"e\": 1"}, "f"#;
        assert_eq!(learned(text), ["a", "b", "d"]);
        let nothing: [&str; 0] = [];
        assert_eq!(learned("hello \"a\": 1"), nothing);
        assert_eq!(learned("{\"a\u{202e}b\": 1, \"c\\u0061\": 2}"), nothing);
        assert_eq!(learned(&format!("{{\"{}\": 1}}", "x".repeat(65))), nothing);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let seen = Seen::default();
        for n in 0..2000 {
            seen.learn(format!("{{\"name{n}\": 1}}").as_bytes());
            seen.learn_url(&format!("ws://h/{n}"));
        }
        assert_eq!(seen.names().len(), MAX_NAMES);
        assert_eq!(seen.urls().len(), MAX_URLS);
        let seen = Seen::default();
        seen.learn_url("ws://h/?token=abc");
        assert!(seen.urls().is_empty());
        let far = "[1,".repeat(MAX_READ) + "{\"far\": 1";
        assert!(learned(&far).is_empty());
    }

    proptest! {
        #[test]
        fn no_text_is_a_problem(text in r#"[{\[]["\\:a-c ö,]{0,60}"#) {
            for name in learned(&text) {
                let named = text.contains(&format!("\"{name}\""));
                prop_assert!(named);
            }
        }
    }
}
