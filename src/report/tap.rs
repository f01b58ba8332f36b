//! TAP 14, the Test Anything Protocol: a line for each file, behind those that failed
//! what is to be known, in YAML.

use std::fmt::Write as _;

use super::{Failure, Outcome, Run, Said, Verdict, human};
use crate::render::escape;
use crate::visible::Sight;
use crate::ws::Direction;

/// The report of a run. What was not run is skipped, which no reader takes for a
/// failure: so a run that was broken off ends with `Bail out!`.
pub(super) fn report(run: &Run) -> String {
    let mut out = format!("TAP version 14\n1..{}\n", run.verdicts.len());
    let mut why = None;
    for (number, verdict) in run.verdicts.iter().enumerate() {
        line(number + 1, verdict, &mut out);
        match &verdict.outcome {
            Outcome::Passed => {}
            Outcome::NotRun(reason) => why = why.or(Some(reason)),
            Outcome::Failed(failure) => block(verdict, failure, &mut out),
        }
    }
    if let Some(reason) = why {
        out.push_str(&format!("Bail out! {}\n", escaped(reason)));
    }
    out
}

fn line(number: usize, verdict: &Verdict, out: &mut String) {
    let not = match verdict.outcome {
        Outcome::Failed(_) => "not ",
        _ => "",
    };
    let name = escaped(&human::name(verdict));
    out.push_str(&format!("{not}ok {number} - {name}"));
    if let Outcome::NotRun(reason) = &verdict.outcome {
        out.push_str(&format!(" # SKIP {}", escaped(reason)));
    }
    out.push('\n');
}

/// One line in which nothing begins a directive.
fn escaped(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('#', "\\#")
}

fn block(verdict: &Verdict, failure: &Failure, out: &mut String) {
    out.push_str("  ---\n");
    let mut text = |name: &str, value: &str| {
        out.push_str(&format!("  {name}: {}\n", scalar(value)));
    };
    text("message", &failure.message);
    text("kind", failure.kind);
    text("file", &verdict.file);
    if let Some(place) = failure.place {
        out.push_str(&format!("  line: {}\n", place.line));
        out.push_str(&format!("  column: {}\n", place.column));
    }
    for (name, value) in [
        ("source", failure.place.map(|_| &failure.source)),
        ("expected", failure.expected.as_ref()),
        ("received", failure.received.as_ref()),
    ] {
        optional(name, value.map(String::as_str), out);
    }
    list("differences", &failure.differences, |one| scalar(one), out);
    list("last", &failure.last, said, out);
    optional("close", failure.close.as_deref(), out);
    optional("hint", failure.hint.as_deref(), out);
    let recording = failure.recording.as_ref();
    let recording = recording.map(|path| path.to_string_lossy());
    optional("recording", recording.as_deref(), out);
    out.push_str(&format!("  exit: {}\n", failure.exit_code));
    let milliseconds = verdict.duration.as_millis();
    out.push_str(&format!("  duration_ms: {milliseconds}\n  ...\n"));
}

fn optional(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        out.push_str(&format!("  {name}: {}\n", scalar(value)));
    }
}

fn list<T>(name: &str, all: &[T], one: impl Fn(&T) -> String, out: &mut String) {
    if all.is_empty() {
        return;
    }
    out.push_str(&format!("  {name}:\n"));
    for value in all {
        out.push_str(&format!("    - {}\n", one(value)));
    }
}

fn said(said: &Said) -> String {
    let direction = match said.direction {
        Direction::Sent => "sent",
        Direction::Received => "received",
    };
    let client = said.client.as_ref();
    let client = client.map_or(String::new(), |name| format!("client: {}, ", scalar(name)));
    format!(
        "{{age_ms: {}, {client}direction: {direction}, text: {}}}",
        said.age.as_millis(),
        scalar(&said.text)
    )
}

/// A text in YAML's double quotes (YAML 1.2 section 7.3.1), on one line.
fn scalar(text: &str) -> String {
    let mut out = String::from("\"");
    let mut sight = Sight::new();
    for c in text.chars() {
        // Writing to a string cannot fail.
        let _ = match (c, u32::from(c)) {
            ('"' | '\\', _) => write!(out, "\\{c}"),
            ('\n', _) => write!(out, "\\n"),
            ('\t', _) => write!(out, "\\t"),
            ('\r', _) => write!(out, "\\r"),
            (c, code) if sight.hides(c) => match code {
                0..=0xff => write!(out, "\\x{code:02x}"),
                0x100..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            },
            (c, _) => write!(out, "{c}"),
        };
    }
    out + "\""
}
