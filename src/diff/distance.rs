//! How far a message is from what a pattern asks for, to tell the nearest of several.

use super::bytes::Expected;
use super::text::same_beginning;
use super::{data, expected_bytes};
use crate::json::{self, Difference, Kind, kind};
use crate::message::{Message, MessageRef};
use crate::pattern::{Form, Pattern};

/// Of a message of another kind.
const OTHER_KIND: u64 = 1 << 40;

/// Of text that is no JSON where some is asked for.
const NO_JSON: u64 = 1 << 32;

/// Of text and bytes that have nothing in common with what is asked for.
const ALL_OTHER: u64 = 1000;

/// A member or element that is not there, for each scalar in it.
const MISSING: u64 = 4;

/// A value of another kind.
const OTHER_VALUE_KIND: u64 = 3;

/// Another value of the same kind.
const OTHER_VALUE: u64 = 2;

/// A member or element that should not be there.
const EXTRA: u64 = 1;

/// How far a message is from matching: 0 if it matches, less for what is nearer. Only
/// of use for comparing messages that are held against the same pattern; time is as
/// for [`super::diff`].
pub fn distance(pattern: &Pattern, message: MessageRef<'_>) -> u64 {
    if pattern.matches(message) {
        return 0;
    }
    let distance = match (pattern.form(), message) {
        (Form::Exact(Message::Text(expected)), MessageRef::Text(found)) => of_text(expected, found),
        (Form::JsonSubset(_) | Form::JsonEqual(_), MessageRef::Text(found)) => {
            of_json(pattern, found)
        }
        (Form::Match(_), MessageRef::Text(_)) => ALL_OTHER,
        (form, message) => match (expected_bytes(form, message), data(message)) {
            (Some(expected), Some(found)) => of_bytes(expected, found),
            _ => OTHER_KIND,
        },
    };
    distance.max(1)
}

/// By what is left between the beginnings and the ends that are alike.
fn of_text(expected: &str, found: &str) -> u64 {
    let begin = same_beginning(expected, found);
    let ends = expected[begin..]
        .bytes()
        .rev()
        .zip(found[begin..].bytes().rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    share(
        expected.len().max(found.len()) - begin - end,
        expected.len().max(found.len()),
    )
}

fn of_bytes(expected: Expected<'_>, found: &[u8]) -> u64 {
    let others = expected.others(found).count() + expected.surplus(found);
    share(others, expected.len().max(found.len()))
}

/// How much of something is other than it should be.
fn share(others: usize, all: usize) -> u64 {
    let scaled = u128::from(ALL_OTHER) * wide(others) / wide(all).max(1);
    u64::try_from(scaled).unwrap_or(ALL_OTHER)
}

fn wide(number: usize) -> u128 {
    u128::try_from(number).unwrap_or(u128::MAX)
}

/// The sum over all places where they differ.
fn of_json(pattern: &Pattern, found: &str) -> u64 {
    let Some((expected, others)) = pattern.json().filter(|_| json::check(found).is_ok()) else {
        return NO_JSON;
    };
    let mut distance = 0_u64;
    json::differences(expected, found, others, &mut |_, difference| {
        distance = distance.saturating_add(weight(difference));
    });
    distance.min(NO_JSON - 1)
}

/// How much one place counts: less the more of it is right.
fn weight(difference: Difference<'_>) -> u64 {
    match difference {
        Difference::Other { expected, found } if kind(expected) == kind(found) => OTHER_VALUE,
        Difference::Other { expected, .. } => OTHER_VALUE_KIND + scalars(expected),
        Difference::Missing(expected) => MISSING * scalars(expected),
        Difference::Extra(_) => EXTRA,
        Difference::Elements { expected, found } => {
            u64::try_from(expected.abs_diff(found)).unwrap_or(u64::MAX)
        }
    }
}

/// How many scalars a value has in it, and at least one.
fn scalars(raw: &str) -> u64 {
    if !matches!(kind(raw), Kind::Array | Kind::Object) {
        return 1;
    }
    let commas = json::Tokens::new(raw).filter(|token| *token == json::Token::Comma);
    u64::try_from(commas.count())
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::notation::tests::message;

    fn distance_of(pattern: &str, line: &str) -> u64 {
        distance(&Pattern::parse(pattern).unwrap(), (&message(line)).into())
    }

    #[test]
    fn what_is_nearer_has_less_distance() {
        let table: [(&str, &[&str]); 6] = [
            (
                r#"{"type":"snapshot","items":[1,2]}"#,
                &[
                    r#"{"items":[1,2],"type":"snapshot","more":1}"#,
                    r#"{"type":"snapshot","items":[1,3]}"#,
                    r#"{"type":"snapshot","items":[1]}"#,
                    r#"{"type":"snapshot"}"#,
                    r#"{"type":"other"}"#,
                    "{}",
                    "not json",
                    "/binary 00",
                ],
            ),
            (
                r#"/json {"a":1}"#,
                &[r#"{"a":1}"#, r#"{"a":1,"b":2}"#, r#"{"a":2,"b":2}"#, "[1]"],
            ),
            ("hello", &["hello", "hallo", "hullo!", "bye", "/binary 00"]),
            (
                "/binary 01 ?? 03 04",
                &[
                    "/binary 01 00 03 04",
                    "/binary 01 02 00 04",
                    "/binary 01",
                    "/binary 02",
                    "x",
                ],
            ),
            ("/match x", &["x", "y", "/binary 78"]),
            (
                "/ping abc",
                &["/ping abc", "/ping abd", "/ping xyz", "/pong abc"],
            ),
        ];
        for (pattern, lines) in table {
            let distances: Vec<u64> = lines
                .iter()
                .map(|line| distance_of(pattern, line))
                .collect();
            assert_eq!(distances[0], 0, "{pattern}");
            assert!(
                distances.is_sorted_by(|a, b| a < b),
                "{pattern}: {distances:?}"
            );
        }
    }
}
