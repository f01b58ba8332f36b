//! Two JSON values, by place.

use super::MAX_LINES;
use super::show;
use super::text::{self, count};
use crate::json::{Difference, Kind, Others, Step, differences, kind, text_of};

/// A line for each place where they differ. What is found and not asked for is said
/// to be so in the words that are given.
pub(super) fn lines(expected: &str, found: &str, others: Others, extra: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut more = 0_usize;
    differences(
        expected,
        found,
        others,
        &mut |steps, difference| match lines.len() < MAX_LINES {
            true => lines.push(line(steps, difference, extra)),
            false => more += 1,
        },
    );
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// `$.items[2]: missing, expected 3`
fn line(steps: &[Step<'_>], difference: Difference<'_>, extra: &str) -> String {
    let path = show::path(steps);
    let what = match difference {
        Difference::Other { expected, found } => other(expected, found),
        Difference::Missing(expected) => format!("missing, expected {}", show::value(expected)),
        Difference::Extra(found) => {
            let extra = match steps.last() {
                Some(Step::Member(_)) => extra,
                // Patterns of every kind say how many elements there are.
                _ => "not expected",
            };
            format!("{extra}, came {}", show::value(found))
        }
        Difference::Elements { expected, found } => {
            format!("expected {}, came {found}", count(expected, "element"))
        }
    };
    format!("{path}: {what}")
}

/// Two values by kind, where that differs, else as they are; long texts around the first
/// character that differs.
fn other(expected: &str, found: &str) -> String {
    if kind(expected) != kind(found) {
        let (expected, found) = (show::kind_and_value(expected), show::kind_and_value(found));
        return format!("expected {expected}, came {found}");
    }
    if kind(expected) == Kind::String {
        let (expected, found) = (text_of(expected), text_of(found));
        if !show::fits(&expected) || !show::fits(&found) {
            return text::difference(&expected, &found);
        }
    }
    format!(
        "expected {}, came {}",
        show::value(expected),
        show::value(found)
    )
}
