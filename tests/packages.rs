//! What comes in with the dependencies: from where, under which licence, and for
//! how old a Rust. `deny.toml` has the rules; cargo-deny holds them for all platforms
//! and looks up advisories, but is not built in every run.

use std::fs;
use std::process::Command;

use serde_json::Value;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every package but our own that this platform's build and tests take. Those of other
/// platforms are not there to be read where nothing else was built.
fn packages() -> Vec<Value> {
    let words = [
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        &host(),
    ];
    let metadata = said(env!("CARGO"), &words);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages are there");
    let foreign = packages.iter().filter(|package| !own(package));
    let foreign: Vec<Value> = foreign.cloned().collect();
    assert!(foreign.len() > 50, "only {} packages found", foreign.len());
    foreign
}

fn host() -> String {
    let version = said("rustc", &["--verbose", "--version"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc says what it runs on").to_owned()
}

fn said(program: &str, words: &[&str]) -> String {
    let output = Command::new(program)
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
    String::from_utf8(output.stdout).expect("text")
}

fn own(package: &Value) -> bool {
    package["name"] == env!("CARGO_PKG_NAME")
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// The part of `deny.toml` between a key's `[` and the next `]`, as words.
fn listed(key: &str) -> Vec<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml");
    let rules = fs::read_to_string(file).expect("deny.toml can be read");
    let (_, rest) = rules
        .split_once(&format!("\n{key} = ["))
        .expect("deny.toml has the list");
    let list = rest.split("\n]").next().unwrap_or_default();
    let words = list.split('"').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// Whether the expression can be met with these licences alone. `OR` binds less than
/// `AND`, as SPDX has it; `/` is the old way to write `OR`.
fn met(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.trim();
    if let Some(parts) = divided(expression, " OR ").or_else(|| divided(expression, "/")) {
        return parts.iter().any(|part| met(part, allowed));
    }
    if let Some(parts) = divided(expression, " AND ") {
        return parts.iter().all(|part| met(part, allowed));
    }
    let inner = expression.strip_prefix('(');
    match inner.and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => met(inner, allowed),
        None => allowed.iter().any(|licence| licence == expression),
    }
}

/// The parts around a word that stands outside of parentheses, if it is there.
fn divided<'a>(expression: &'a str, word: &str) -> Option<Vec<&'a str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, _) in expression.match_indices(word) {
        let before = &expression[..at];
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(&expression[start..at]);
            start = at + word.len();
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(&expression[start..]);
    Some(parts)
}

#[test]
fn every_package_of_every_platform_comes_from_crates_io() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
    let lock = fs::read_to_string(file).expect("Cargo.lock can be read");
    let foreign = lock
        .split("[[package]]\n")
        .skip(1)
        .filter(|package| !package.starts_with(&format!("name = {:?}\n", env!("CARGO_PKG_NAME"))));
    let source = format!("\nsource = {CRATES_IO:?}\n");
    let mut seen = 0;
    for package in foreign {
        assert!(package.contains(&source), "{package}");
        seen += 1;
    }
    assert!(seen > 50, "only {seen} packages found");
}

#[test]
fn every_package_has_a_licence_that_is_allowed() {
    let allowed = listed("allow");
    assert!(allowed.contains(&"MIT".to_owned()), "{allowed:?}");
    for package in packages() {
        let (name, licence) = (text(&package, "name"), text(&package, "license"));
        // The one exception of deny.toml, with its reason.
        let excepted = name == "colored" && licence == "MPL-2.0";
        assert!(excepted || met(licence, &allowed), "{name}: {licence:?}");
    }
}

#[test]
fn no_package_takes_a_newer_rust_than_ours() {
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    for package in packages() {
        let (name, oldest) = (text(&package, "name"), text(&package, "rust_version"));
        assert!(version(oldest) <= ours, "{name} takes Rust {oldest}");
    }
}

/// Numbers compare as numbers; none is the oldest.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.split('.').filter(|number| !number.is_empty());
    numbers
        .map(|number| number.parse().expect("a number of a version"))
        .collect()
}

#[test]
fn a_licence_is_met_by_one_of_several_or_by_all_that_are_asked_for() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    let cases = [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("", false),
        ("Apache-2.0/MIT", true),
        ("GPL-3.0-only OR MIT", true),
        ("GPL-3.0-only AND MIT", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
        ("GPL-3.0-only AND Apache-2.0 OR MIT", true),
        ("Apache-2.0 WITH LLVM-exception OR MIT", true),
        ("Apache-2.0 WITH LLVM-exception", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(met(expression, &allowed), expected, "{expression:?}");
    }
}
