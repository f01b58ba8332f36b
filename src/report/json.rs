//! JSON: one object, whose schema is `docs/report.schema.json`.

use std::time::Duration;

use super::{Failure, Outcome, Run, Said, Verdict};
use crate::notation::write_inside;
use crate::render::rfc3339;
use crate::ws::Direction;

/// The report of a run: a line for each file, so that what changed can be seen.
pub(super) fn report(run: &Run) -> String {
    let counts = run.counts();
    let mut object = Object::new();
    object.raw("v", "1");
    object.raw("passed", &counts.passed.to_string());
    object.raw("failed", &counts.failed.to_string());
    object.raw("not_run", &counts.not_run.to_string());
    object.time("ms", run.duration);
    object.text("time", &rfc3339(run.began));
    let files: Vec<String> = run.verdicts.iter().map(file).collect();
    object.raw("files", &format!("[\n{}\n]", files.join(",\n")));
    object.end() + "\n"
}

fn file(verdict: &Verdict) -> String {
    let mut object = Object::new();
    object.text("file", &verdict.file);
    object.text(
        "outcome",
        match &verdict.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::NotRun(_) => "not_run",
        },
    );
    object.text("time", &rfc3339(verdict.began));
    object.time("ms", verdict.duration);
    object.raw("met", &verdict.met.to_string());
    match &verdict.outcome {
        Outcome::Passed => {}
        Outcome::NotRun(why) => object.text("reason", why),
        Outcome::Failed(failure) => failed(failure, &mut object),
    }
    object.end()
}

fn failed(failure: &Failure, object: &mut Object) {
    let number = |number: Option<usize>| number.map_or("null".into(), |it| it.to_string());
    object.raw("line", &number(failure.place.map(|place| place.line)));
    object.raw("column", &number(failure.place.map(|place| place.column)));
    let source = failure.place.map(|_| failure.source.as_str());
    object.optional("source", source);
    object.text("message", &failure.message);
    object.optional("expected", failure.expected.as_deref());
    object.optional("received", failure.received.as_deref());
    let differences = failure.differences.iter().map(|text| literal(text));
    object.list("differences", differences);
    object.list("last", failure.last.iter().map(said));
    object.optional("close", failure.close.as_deref());
    object.optional("hint", failure.hint.as_deref());
    object.raw("exit", &failure.exit_code.to_string());
    object.text("kind", failure.kind);
    let recording = failure.recording.as_ref();
    let recording = recording.map(|path| path.to_string_lossy());
    object.optional("recording", recording.as_deref());
}

fn said(said: &Said) -> String {
    let mut object = Object::new();
    object.time("age_ms", said.age);
    object.optional("client", said.client.as_deref());
    object.text(
        "direction",
        match said.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        },
    );
    object.text("text", &said.text);
    object.end()
}

/// An object in the making.
struct Object(String);

impl Object {
    fn new() -> Self {
        Object(String::from("{"))
    }

    /// A member that is written as it is.
    fn raw(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&format!("\"{name}\":{json}"));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.raw(name, &literal(text));
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        self.raw(name, &text.map_or("null".into(), literal));
    }

    /// In milliseconds, to the microsecond.
    fn time(&mut self, name: &str, time: Duration) {
        let micros = time.as_micros();
        self.raw(name, &format!("{}.{:03}", micros / 1000, micros % 1000));
    }

    fn list(&mut self, name: &str, all: impl Iterator<Item = String>) {
        let all: Vec<String> = all.collect();
        self.raw(name, &format!("[{}]", all.join(",")));
    }

    fn end(self) -> String {
        self.0 + "}"
    }
}

fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    write_inside(text, &mut literal);
    literal + "\""
}
