//! Events as the program writes them, on stdout or to a file: each held against
//! the published schema.

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../docs/events.schema.json");

/// The events in lines of JSON.
///
/// # Panics
/// If a line is not whole, is no event by the schema, or goes back in time, and if
/// something follows the end.
#[track_caller]
pub fn events(lines: impl AsRef<[u8]>) -> Vec<Value> {
    let text = std::str::from_utf8(lines.as_ref()).expect("events are UTF-8");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "the last line is cut: {text}"
    );
    let (schemas, schema) = schema();
    let mut found: Vec<Value> = Vec::new();
    for line in text.lines() {
        let event = match serde_json::from_str(line) {
            Ok(event) => event,
            Err(error) => panic!("{error} in: {line}"),
        };
        if let Err(error) = schemas.validate(&event, schema) {
            panic!("{error:#}\nin: {line}");
        }
        if let Some(last) = found.last() {
            assert!(ms(last) <= ms(&event), "back in time: {line}");
            assert!(last["event"] != "end", "behind the end: {line}");
        }
        found.push(event);
    }
    found
}

/// The events in a file.
#[track_caller]
pub fn recording(path: impl AsRef<Path>) -> Vec<Value> {
    let path = path.as_ref();
    match fs::read(path) {
        Ok(lines) => events(lines),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// Each event as its name and the members asked for, those that it has: what is
/// the same in every run.
pub fn told(events: &[Value], members: &[&str]) -> Vec<String> {
    let tell = |event: &Value| {
        let values = members.iter().filter_map(|name| event.get(name));
        let values = values.map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let name = event["event"].as_str().unwrap_or_default().to_owned();
        [name]
            .into_iter()
            .chain(values)
            .collect::<Vec<_>>()
            .join(" ")
    };
    events.iter().map(tell).collect()
}

fn schema() -> (Schemas, SchemaIndex) {
    let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler
        .add_resource("events.schema.json", schema)
        .expect("the schema has a place");
    let index = compiler.compile("events.schema.json", &mut schemas);
    (schemas, index.expect("the schema is one"))
}

fn ms(event: &Value) -> f64 {
    event["ms"].as_f64().unwrap_or_default()
}
