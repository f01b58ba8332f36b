//! node's inspector: the Chrome DevTools protocol, JSON in text messages.

use super::support::{Running, program, wstalk};

/// node with its inspector, and the inspector's URL.
#[track_caller]
pub fn node() -> (Running, String) {
    let mut node = program("node")
        .arg("--inspect=127.0.0.1:0")
        .args(["-e", "process.stdin.resume()"])
        .start();
    node.wait_stderr("Debugger listening on ");
    node.wait_stderr_contains("\n");
    let said = node.stderr_so_far();
    let line = said.lines().next().unwrap_or_default();
    let url = line.trim_start_matches("Debugger listening on ");
    (node, url.to_owned())
}

/// What evaluates this in the page or program that is inspected.
pub fn evaluate(id: u32, expression: &str) -> String {
    let parameters = format!(r#"{{"expression":"{expression}","returnByValue":true}}"#);
    format!(r#"{{"id":{id},"method":"Runtime.evaluate","params":{parameters}}}"#)
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn node_evaluates_what_it_is_asked() {
    let (_node, url) = node();
    let output = wstalk()
        .args(["-N", "2", &url])
        .args(["-x", &evaluate(1, "6 * 7"), "-x", &evaluate(2, "'a' + 'b'")])
        .run();
    output
        .stdout(concat!(
            r#"{"id":1,"result":{"result":{"type":"number","value":42,"description":"42"}}}"#,
            "\n",
            r#"{"id":2,"result":{"result":{"type":"string","value":"ab"}}}"#,
            "\n",
        ))
        .stderr("")
        .code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn an_answer_is_found_between_events() {
    let (_node, url) = node();
    let output = wstalk()
        .args([&url, "-x", r#"{"id":1,"method":"Debugger.enable"}"#])
        .args(["-x", &evaluate(2, "1 + 1"), "--until", r#"{"id":2}"#])
        .run();
    let said = String::from_utf8_lossy(output.stdout_seen()).into_owned();
    let last = said.lines().last().unwrap_or_default();
    assert!(last.contains(r#""value":2"#), "{said}");
    assert!(
        said.contains(r#""method":"Debugger.scriptParsed""#),
        "{said}"
    );
    output.stderr("").code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn an_inspector_refuses_an_id_that_is_not_its_own() {
    let (_node, url) = node();
    let (start, _) = url.rsplit_once('/').expect("a path");
    let output = wstalk().arg(format!("{start}/another")).run();
    output
        .stdout("")
        .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 400 Bad Request")
        .code(22);
}
