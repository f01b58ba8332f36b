//! JUnit's XML, as far as all agree on it: what is written is valid by the schema of
//! Jenkins' xUnit plugin (`junit-10.xsd`) and by that of Ant (`JUnit.xsd`).
//!
//! Both allow no `file` or `line` at a test, and Ant's no attributes at the root, so the
//! place stands where every reader shows it: at the beginning of the text.

use std::time::Duration;

use super::human::{self, Page, failure, message};
use super::xml::{push, push_attribute};
use super::{Failure, Outcome, Run, Verdict};
use crate::render::{Style, escape, rfc3339};

/// What all tests belong to.
const SUITE: &str = "wstalk check";
/// The digits of a time without a zone: `2026-01-02T03:04:05`.
const TIME: usize = 19;

/// The report of a run.
pub(super) fn report(run: &Run) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    suite(run, &mut out);
    out.push_str("    <properties/>\n");
    for (number, verdict) in run.verdicts.iter().enumerate() {
        let before = run.verdicts[..number].iter();
        let same = before.filter(|before| before.file == verdict.file).count();
        test(verdict, same, &mut out);
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n");
    out
}

fn suite(run: &Run, out: &mut String) {
    let counts = run.counts();
    let time = rfc3339(run.began);
    out.push_str("  <testsuite");
    for (name, value) in [
        ("id", "0"),
        ("name", SUITE),
        ("package", "wstalk"),
        // What Ant's schema has for a name that nobody knows.
        ("hostname", "localhost"),
        ("timestamp", time.get(..TIME).unwrap_or_default()),
        ("tests", &run.verdicts.len().to_string()),
        ("failures", &(counts.failed - counts.errors).to_string()),
        ("errors", &counts.errors.to_string()),
        ("skipped", &counts.not_run.to_string()),
        ("time", &seconds(run.duration)),
    ] {
        push_attribute(name, value, out);
    }
    out.push_str(">\n");
}

/// A file; `same` is how many of the same name stand before it, because readers drop
/// what they take for a repetition.
fn test(verdict: &Verdict, same: usize, out: &mut String) {
    let name = match same {
        0 => human::name(verdict).into_owned(),
        same => format!("{} ({})", human::name(verdict), same + 1),
    };
    out.push_str("    <testcase");
    push_attribute("classname", &class(&verdict.file), out);
    push_attribute("name", &name, out);
    push_attribute("time", &seconds(verdict.duration), out);
    match &verdict.outcome {
        Outcome::Passed => return out.push_str("/>\n"),
        Outcome::NotRun(why) => {
            out.push_str(">\n      <skipped");
            push_attribute("message", &escape(why), out);
            out.push_str("/>\n");
        }
        Outcome::Failed(failure) => failed(verdict, failure, out),
    }
    out.push_str("    </testcase>\n");
}

/// What was expected in vain is a failure, all else an error.
fn failed(verdict: &Verdict, found: &Failure, out: &mut String) {
    let element = match found.is_expectation() {
        true => "failure",
        false => "error",
    };
    let page = Page {
        style: Style::plain(),
        columns: None,
    };
    out.push_str(&format!(">\n      <{element}"));
    push_attribute("message", &message(found), out);
    push_attribute("type", found.kind, out);
    out.push('>');
    push(failure(verdict, &page).trim_end(), out);
    out.push_str(&format!("</{element}>\n"));
}

/// The folders of a file, as readers nest classes: `wstalk.checks.chat`.
fn class(file: &str) -> String {
    let folders = file.rsplit_once('/').map_or("", |(folders, _)| folders);
    let names = folders.split('/');
    let names = names.filter(|name| !matches!(*name, "" | "." | ".."));
    let mut class = String::from("wstalk");
    for name in names {
        class.push('.');
        class.push_str(&escape(name).replace('.', "_"));
    }
    class
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}
