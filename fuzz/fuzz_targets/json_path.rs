//! JSONPath, and texts that are searched.
//!
//! The input is text: its first line is a path, the rest what is searched. Proves
//! that parsing never panics and places its errors inside the path; that no text, be
//! it JSON or not, makes a search panic or go on for ever; that a path is its own
//! text again, and what follows it is told from it; that what is selected from JSON
//! is JSON and stands in the text; that a singular path selects one node at most;
//! and that what follows the last segment changes nothing that was selected before.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::json::{self, Path};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    match Path::parse(line) {
        Ok(path) => assert_search(&path, line, rest),
        Err(error) => {
            assert!(error.column >= 1, "{error}");
            assert!(error.column <= line.chars().count() + 1, "{line}: {error}");
        }
    }
    if let Ok((path, behind)) = Path::split(line) {
        assert_eq!(format!("{path}{behind}"), line);
        assert!(Path::parse(&path.to_string()).is_ok(), "{line}");
    }
    assert_facts(line, rest);
});

fn assert_search(path: &Path, line: &str, text: &str) {
    assert_eq!(path.to_string(), line);
    let Ok(nodes) = path.select(text) else {
        return;
    };
    assert!(!path.is_singular() || nodes.len() <= 1, "{line}");
    if json::check(text).is_err() {
        return;
    }
    let within = text.as_bytes().as_ptr_range();
    for node in &nodes {
        assert!(within.contains(&node.as_ptr()), "{line}");
        assert!(json::check(node).is_ok(), "{line}: {node}");
    }
    let children = Path::parse(&format!("{line}[*]")).and_then(|all| Ok(all.select(text)));
    if let Ok(Ok(children)) = children {
        let sizes = nodes.iter().filter(|node| node.starts_with(['{', '[']));
        let expected: usize = sizes.filter_map(|node| json::size(node)).sum();
        assert_eq!(children.len(), expected, "{line}");
    }
}

/// What is said of two texts, JSON or not.
fn assert_facts(a: &str, b: &str) {
    let _ = (json::kind(a), json::size(a), json::text_of(a));
    let order = json::compare(a, b);
    assert_eq!(order, json::compare(b, a).map(std::cmp::Ordering::reverse));
    if json::check(a).is_err() || json::check(b).is_err() {
        return;
    }
    assert!(json::check(&json::text_of(a)).is_ok() || json::kind(a) == json::Kind::String);
    let Ok(value) = json::Value::parse(a) else {
        return;
    };
    let lines = wstalk::diff::values(a, b);
    assert_eq!(lines.is_empty(), value.equals(b), "{a} and {b}: {lines:?}");
    if let Some(order) = order {
        assert_eq!(order.is_eq(), value.equals(b), "{a} and {b}");
    }
}
