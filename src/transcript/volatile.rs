//! Values that will hardly be the same the next time: times, and what looks as if it
//! had been drawn by lot. For each there is a word on how to expect it less exactly.
//!
//! A guess by the look of a text, and only a comment: nothing is left out by itself.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::look::{Kind, Look, look_at, look_of};
use crate::json::{self, Token, Tokens};
use crate::notation::is_plain;
use crate::pattern::quoted;
use crate::visible::must_escape;

/// Remarks on one message, at most.
const FEW: usize = 3;
/// Remarks on members of the same path, at most: many messages look alike.
const ALIKE: u32 = 2;
/// Longer messages are not looked at, in bytes.
const LARGE: usize = 256 * 1024;
/// Values that are remembered, at most.
const REMEMBERED: usize = 64;
/// The longest text of which a pattern is made, and the longest path that is told, in
/// bytes.
const SHORT: usize = 160;

/// What has been seen in a session.
#[derive(Default)]
pub(super) struct Volatile {
    /// When the session was saved, in seconds since 1970.
    now: u64,
    told: HashMap<String, u32>,
    /// Random values, and where they came.
    known: Vec<(String, Path)>,
    /// Values that were sent first: they come back as they went.
    ours: HashSet<String>,
}

/// A step on the way to a value of JSON.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// Into an object, to the member of this name: a literal.
    Member(&'a str),
    /// Into an array, to the element at this place.
    Element(usize),
}

/// Where a value stands: JSONPath, and a name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    text: String,
    name: String,
    /// It is an element of an array, which are all expected.
    is_element: bool,
}

impl Volatile {
    pub(super) fn new(now: u64) -> Self {
        Volatile {
            now,
            ..Volatile::default()
        }
    }

    /// Remarks on a text that was received, each without its `# `. `is_json` says that
    /// it is expected as JSON, `is_masked` that a secret stood in it.
    pub(super) fn received(&mut self, text: &str, is_json: bool, is_masked: bool) -> Vec<String> {
        if text.len() > LARGE {
            return Vec::new();
        }
        if !is_json {
            let look = self.in_text(text, is_masked);
            return look.filter(|_| self.is_new("")).into_iter().collect();
        }
        let mut remarks = Vec::new();
        each(text, |steps, raw| {
            let remark = self.value(steps, raw, remarks.len() < FEW);
            remarks.extend(remark);
        });
        remarks
    }

    /// A remark on a value of JSON, if there is one to make and room for it.
    fn value(&mut self, steps: &[Step<'_>], raw: &str, has_room: bool) -> Option<String> {
        let look = look_at(raw, self.now).filter(|_| !self.is_ours(raw))?;
        let path = Path::of(steps)?;
        let random = look.as_ref().filter(|look| look.kind == Kind::Random);
        if let (Some(_), Ok(value)) = (random, json::string(raw)) {
            self.remember(value, &path);
        }
        let tells = has_room && self.is_new(&path.text);
        tells.then(|| remark(&path, look.as_ref()))
    }

    /// Remarks on a text that was sent: that it holds what had come.
    pub(super) fn sent(&mut self, text: &str) -> Vec<String> {
        if text.len() > LARGE {
            return Vec::new();
        }
        for word in words(text) {
            if self.ours.len() < REMEMBERED && look_of(word, self.now).is_some() {
                self.ours.insert(word.to_owned());
            }
        }
        let held = self
            .known
            .iter()
            .filter(|(value, _)| text.contains(value.as_str()));
        let remarks = held.take(FEW).map(|(_, path)| {
            format!(
                "this holds what came as {0}: write  let {1} = {0}  there, and  {{{{{1}}}}}  here",
                path.text, path.name
            )
        });
        remarks.collect()
    }

    /// Whether a value of JSON was sent before.
    fn is_ours(&self, raw: &str) -> bool {
        self.ours.contains(raw.trim_matches('"'))
    }

    fn remember(&mut self, value: String, path: &Path) {
        let is_known = self.known.iter().any(|(known, _)| *known == value);
        if !is_known && self.known.len() < REMEMBERED {
            self.known.push((value, path.clone()));
        }
    }

    /// Whether enough has been said of what stands there. Elements of an array are
    /// all the same.
    fn is_new(&mut self, path: &str) -> bool {
        let path = path.replace(|c: char| c.is_ascii_digit(), "");
        let count = self.told.entry(path).or_default();
        *count += 1;
        *count <= ALIKE
    }

    fn in_text(&self, text: &str, is_masked: bool) -> Option<String> {
        let others = words(text).filter(|word| !self.ours.contains(*word));
        let mut looks = others.filter_map(|word| Some((word, look_of(word, self.now)?)));
        let (word, look) = looks.next()?;
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        let (before, behind) = (&text[..start], &text[start + word.len()..]);
        if is_masked || !is_plain(text) || text.len() > SHORT || looks.next().is_some() {
            return Some(format!(
                "this has {} in it: /match REGEX expects a part of it",
                look.kind.a()
            ));
        }
        let inner = look.regex.trim_start_matches('^').trim_end_matches('$');
        let open = if look.regex.ends_with('$') {
            ""
        } else {
            "\\S*"
        };
        Some(format!(
            "this has {} in it, to expect any:  < /match ^{}{inner}{open}{}$",
            look.kind.a(),
            quoted(before),
            quoted(behind)
        ))
    }
}

/// The parts of a text that may be values.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "+/=_.:-".contains(c);
    let words = text.split(move |c| !part(c));
    words.map(|word| word.trim_matches(['.', ':', '=']))
}

fn remark(path: &Path, look: Option<&Look>) -> String {
    let (kind, fact) = match look {
        Some(look) => (look.kind, format!("{} ~ {}", path.text, look.regex)),
        None => (Kind::Time, format!("{} type \"number\"", path.text)),
    };
    let take = match path.is_element {
        true => "take its array out above",
        false => "take it out above",
    };
    let looks = kind.looks();
    format!(
        "{} looks {looks}: {take} and write  {fact}  here",
        path.text
    )
}

/// Shows every string, number and word of a value that is not a name, and the steps
/// that lead there.
fn each<'a>(text: &'a str, mut see: impl FnMut(&[Step<'a>], &'a str)) {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open("{") => steps.push(Step::Member("")),
            Token::Open(_) => steps.push(Step::Element(0)),
            Token::Close(_) => _ = steps.pop(),
            Token::Comma => {
                if let Some(Step::Element(place)) = steps.last_mut() {
                    *place += 1;
                }
            }
            Token::String(name) if tokens.rest().starts_with(':') => {
                _ = steps.pop();
                steps.push(Step::Member(name));
            }
            Token::String(raw) | Token::Number(raw) | Token::Word(raw) => see(&steps, raw),
            Token::Colon => {}
        }
    }
}

impl Path {
    /// Where these steps lead, unless that is too long to be told.
    fn of(steps: &[Step<'_>]) -> Option<Self> {
        let length = |step: &Step<'_>| match step {
            Step::Member(literal) => literal.len(),
            Step::Element(_) => 3,
        };
        if steps.iter().map(length).sum::<usize>() > SHORT {
            return None;
        }
        let mut path = Path {
            text: "$".into(),
            name: "value".into(),
            is_element: false,
        };
        for step in steps {
            path.is_element = matches!(step, Step::Element(_));
            match step {
                Step::Member(literal) => path.member(literal),
                // Writing to a string cannot fail.
                Step::Element(place) => _ = write!(path.text, "[{place}]"),
            }
        }
        Some(path)
    }

    fn member(&mut self, literal: &str) {
        let name = json::string(literal).unwrap_or_default();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_word = name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit());
        if is_word && !name.is_empty() {
            self.text.push('.');
            self.text.push_str(&name);
            self.name = name;
        } else {
            // Writing to a string cannot fail.
            _ = write!(self.text, "['{}']", in_quotes(&name));
            self.name = "value".into();
        }
    }
}

/// A name as RFC 9535 writes it between single quotes (section 2.3.1).
fn in_quotes(name: &str) -> String {
    let mut quoted = String::new();
    for c in name.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            // Writing to a string cannot fail.
            c if must_escape(c) => _ = write!(quoted, "\\u{:04x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::message::MessageRef;
    use crate::pattern::Pattern;

    const NOW: u64 = 1_800_000_000;

    fn remarks(text: &str) -> Vec<String> {
        Volatile::new(NOW).received(text, text.starts_with(['{', '[']), false)
    }

    #[test]
    fn a_remark_names_the_member_and_the_fact_to_write_instead() {
        let text = r#"{"type":"welcome","session":"0a1b2c3d","at":1800000000.5,"in":{"odd 'n":["0a1b2c3e"]}}"#;
        let expected = [
            "$.session looks random: take it out above and write  $.session ~ ^[0-9a-f]{8}$  here",
            "$.at looks like a time: take it out above and write  $.at type \"number\"  here",
            "$.in['odd \\'n'][0] looks random: take its array out above and write  $.in['odd \\'n'][0] ~ ^[0-9a-f]{8}$  here",
        ];
        assert_eq!(remarks(text), expected);
        assert!(remarks(r#"{"type":"welcome","n":5}"#).is_empty());
    }

    #[test]
    fn what_stands_too_far_down_is_not_remarked_on() {
        let name = "k".repeat(SHORT);
        let far = format!("{{\"{name}\":[{}1]}}", "\"0a1b2c3d\",".repeat(1000));
        assert!(remarks(&far).is_empty());
        let deep = format!("{}\"0a1b2c3d\"{}", "[".repeat(100), "]".repeat(100));
        assert!(remarks(&deep).is_empty());
    }

    #[test]
    fn a_text_gets_a_pattern_that_matches_it() {
        let text = "session (0a1b2c3d) is yours.";
        let expected = r"this has something random in it, to expect any:  < /match ^session \([0-9a-f]{8}\) is yours\.$";
        assert_eq!(remarks(text), [expected]);
        let line = expected.split_once("< ").unwrap().1;
        assert!(
            Pattern::parse(line)
                .unwrap()
                .matches(MessageRef::Text(text))
        );
        let text = "now 2026-01-02T03:04:05Z";
        let told = remarks(text);
        let line = told[0].split_once("< ").unwrap().1;
        assert!(
            Pattern::parse(line)
                .unwrap()
                .matches(MessageRef::Text(text)),
            "{line}"
        );
        let general = ["this has something random in it: /match REGEX expects a part of it"];
        assert_eq!(remarks("a\n0a1b2c3d"), general);
        assert!(remarks("nothing of the kind").is_empty());
    }

    #[test]
    fn many_messages_that_look_alike_are_not_all_remarked_on() {
        let mut volatile = Volatile::new(NOW);
        let text = r#"[{"at":1800000000},{"at":1800000001},{"at":1800000002},{"at":1800000003}]"#;
        let counts: Vec<usize> = (0..3)
            .map(|_| volatile.received(text, true, false).len())
            .collect();
        assert_eq!(counts, [2, 0, 0]);
    }

    #[test]
    fn what_goes_back_to_the_server_is_told_with_where_it_came() {
        let mut volatile = Volatile::new(NOW);
        volatile.received(r#"{"a":{"sid":"0a1b2c3d"}}"#, true, false);
        let told = volatile.sent(r#"{"sid":"0a1b2c3d"}"#);
        let expected =
            "this holds what came as $.a.sid: write  let sid = $.a.sid  there, and  {{sid}}  here";
        assert_eq!(told, [expected]);
        assert!(volatile.sent("{}").is_empty());
        let ours = r#"{"id":"0123abcd","at":1800000000}"#;
        assert!(volatile.sent(ours).is_empty());
        assert!(volatile.received(ours, true, false).is_empty());
        assert!(volatile.received("got 0123abcd", false, false).is_empty());
    }
}
