//! Of events: what is none is noticed.

use super::super::support::events::{events, told};
use super::failure;

const PING: &str = r#"{"v":1,"ms":2.5,"event":"ping","direction":"sent","data":"k"}"#;

#[test]
fn events_are_handed_on_as_they_are() {
    let lines = format!("{PING}\n{}\n", PING.replace("2.5", "2.75"));
    let found = events(&lines);
    assert_eq!(found[1]["ms"], 2.75);
    assert_eq!(told(&found[..1], &["ms", "data", "n"]), ["ping 2.5 k"]);
    assert!(events("").is_empty());
}

#[test]
fn what_is_no_event_fails() {
    let with = |from: &str, to: &str| format!("{}\n", PING.replace(from, to));
    let end = r#"{"v":1,"ms":1,"time":"2026-01-02T03:04:05.678Z","event":"end","exit":0,"error":null,"sent":0,"received":0}"#;
    for (lines, problem) in [
        (PING.to_owned(), "the last line is cut"),
        ("hello\n".into(), "in: hello"),
        (with("ping", "pign"), "pign"),
        (with("sent", "up"), "direction"),
        (with("\"v\":1", "\"v\":2"), "/v"),
        (with("data", "base64"), "base64"),
        (with("data", "dada"), "data"),
        (format!("{PING}\n{}", with("2.5", "2.4")), "back in time"),
        (format!("{end}\n{PING}\n"), "behind the end"),
    ] {
        let told = failure(|| events(&lines));
        assert!(told.contains(problem), "{problem} is not in: {told}");
    }
}
