//! JSON: one object, whose schema is `docs/report.schema.json`.

use std::time::Duration;

use super::{Failure, Outcome, Run, Said, Verdict};
use crate::notation::literal;
use crate::render::rfc3339;

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

/// A file, with what failed in it.
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

/// Every member is there, `null` where there is nothing: readers need not ask.
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

/// A message before the failure.
fn said(said: &Said) -> String {
    let mut object = Object::new();
    object.time("age_ms", said.age);
    object.optional("client", said.client.as_deref());
    object.text("direction", said.direction.name());
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::{awkward, mixed, of, run};
    use super::*;
    use boon::{Compiler, SchemaIndex, Schemas};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn schema() -> (Schemas, SchemaIndex) {
        let schema = include_str!("../../docs/report.schema.json");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let schema = serde_json::from_str(schema).unwrap();
        compiler.add_resource("report.json", schema).unwrap();
        let index = compiler.compile("report.json", &mut schemas).unwrap();
        (schemas, index)
    }

    /// The report, held against its schema.
    fn checked(run: &Run) -> Value {
        let value = serde_json::from_str(&report(run)).unwrap();
        let (schemas, index) = schema();
        if let Err(error) = schemas.validate(&value, index) {
            panic!("{value}: {error}");
        }
        value
    }

    #[test]
    fn a_report_begins_with_what_the_run_came_to() {
        let report = checked(&mixed());
        for (name, expected) in [
            ("v", json!(1)),
            ("passed", json!(1)),
            ("failed", json!(2)),
            ("not_run", json!(1)),
            ("ms", json!(5310.0)),
            ("time", json!("2026-01-02T03:04:05.678Z")),
        ] {
            assert_eq!(report[name], expected, "{name}");
        }
    }

    #[test]
    fn a_file_that_failed_has_all_that_people_are_told() {
        let files = [
            json!({
                "file": "login.wst",
                "outcome": "failed",
                "time": "2026-01-02T03:04:06.678Z",
                "ms": 5012.0,
                "met": 3,
                "line": 14,
                "column": 3,
                "source": "< {\"type\":\"welcome\",\"id\":7}",
                "message": "expected {\"type\":\"welcome\",\"id\":7}, but what came differs",
                "expected": "{\"type\":\"welcome\",\"id\":7}",
                "received": "{\"type\":\"welcome\",\"id\":8,\"name\":\"<b>&\"}",
                "differences": ["$.id: expected 7, received 8"],
                "last": [
                    {"age_ms": 5012.0, "client": null, "direction": "sent", "text": "{\"type\":\"hello\"}"},
                    {"age_ms": 340.0, "client": null, "direction": "received", "text": "/ping k"},
                ],
                "close": "closed by the server: 1008 (policy violation) \"quota\"",
                "hint": null,
                "exit": 1,
                "kind": "expectation",
                "recording": "failed/login.jsonl",
            }),
            json!({
                "file": "-",
                "outcome": "failed",
                "time": "2026-01-02T03:04:06.678Z",
                "ms": 2.0,
                "met": 3,
                "line": null,
                "column": null,
                "source": null,
                "message": "cannot connect to 127.0.0.1:1: connection refused",
                "expected": null,
                "received": null,
                "differences": [],
                "last": [],
                "close": null,
                "hint": "is the server running?",
                "exit": 7,
                "kind": "connect",
                "recording": null,
            }),
        ];
        let report = checked(&mixed());
        assert_eq!([&report["files"][1], &report["files"][2]], files.each_ref());
    }

    #[test]
    fn other_files_have_what_became_of_them() {
        let files = [
            json!({
                "file": "checks/chat/login.wst",
                "outcome": "passed",
                "time": "2026-01-02T03:04:06.678Z",
                "ms": 310.0,
                "met": 3,
            }),
            json!({
                "file": "a #1\\.wst",
                "outcome": "not_run",
                "time": "2026-01-02T03:04:06.678Z",
                "ms": 0.0,
                "met": 3,
                "reason": "interrupted",
            }),
        ];
        let report = checked(&mixed());
        assert_eq!([&report["files"][0], &report["files"][3]], files.each_ref());
    }

    #[test]
    fn each_file_has_a_line_of_its_own() {
        let text = report(&mixed());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6);
        assert!(lines[0].ends_with("\"files\":["));
        assert!(
            lines[1].starts_with("{\"file\":\"checks/chat/login.wst\",\"outcome\":\"passed\",")
        );
        assert_eq!(lines[5], "]}");
        assert_eq!(checked(&run(Vec::new()))["files"], json!([]));
    }

    #[test]
    fn the_schema_refuses_what_no_report_says() {
        let (schemas, index) = schema();
        let report = checked(&mixed());
        for (pointer, wrong) in [
            ("/v", json!(2)),
            ("/time", json!("yesterday")),
            ("/passed", json!(-1)),
            ("/files/0/outcome", json!("maybe")),
            ("/files/0/outcome", json!("failed")),
            ("/files/1/line", json!(0)),
            ("/files/1/message", json!(null)),
            ("/files/1/exit", json!(0)),
            ("/files/1/last/0/direction", json!("up")),
            ("/files/3/reason", json!(null)),
        ] {
            let mut changed = report.clone();
            *changed.pointer_mut(pointer).unwrap() = wrong;
            assert!(schemas.validate(&changed, index).is_err(), "{pointer}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_told_is_read_back_as_it_was(text in awkward()) {
            let report = checked(&of(&text));
            let file = &report["files"][0];
            for name in ["file", "source", "message", "expected", "received", "close", "hint", "recording"] {
                prop_assert_eq!(&file[name], &json!(text), "{}", name);
            }
            prop_assert_eq!(&file["differences"], &json!([text, text]));
            prop_assert_eq!(&file["last"][0]["client"], &json!(text));
            prop_assert_eq!(&report["files"][1]["reason"], &json!(text));
        }
    }
}
