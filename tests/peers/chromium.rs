//! Chromium's DevTools, if it is installed: it is large, so that
//! `tests/peers/setup` installs it only when it is asked to.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::inspector::evaluate;
use super::support::{Running, program, wstalk};

/// The browser itself: what is on the path is a shell that waits for it, whose
/// end it would outlive.
const BROWSER: &str = "/usr/lib/chromium/chromium-headless-shell";

/// A browser takes its time to start.
const LIMIT: Duration = Duration::from_secs(60);

/// The browser, and the URL of its inspector; nothing if it is not installed,
/// which is then said past the capture of a test's output.
#[track_caller]
fn browser() -> Option<(Running, String)> {
    if !Path::new(BROWSER).exists() {
        let mut stderr = std::io::stderr();
        let why = "not run: chromium-headless-shell is not installed";
        let how = "tests/peers/setup --with-chromium installs it";
        writeln!(stderr, "{why} ({how})").expect("a stderr");
        return None;
    }
    let command = program(BROWSER);
    let profile = command.home().join("profile");
    let mut browser = command
        .args(["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--remote-debugging-port=0", "about:blank"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .within(LIMIT)
        .start();
    let start = "DevTools listening on ";
    browser.wait_stderr_contains(start);
    let said = browser.stderr_so_far();
    let line = said.lines().find_map(|line| line.strip_prefix(start));
    let url = line.expect("a line of its own").to_owned();
    Some((browser, url))
}

/// What comes back for one message.
#[track_caller]
fn ask(url: &str, message: &str) -> Value {
    let output = wstalk().args(["-1", url]).stdin(message).run().stderr("");
    let answer = serde_json::from_slice(output.stdout_seen()).expect("an answer in JSON");
    output.code(0);
    answer
}

#[test]
#[ignore = "needs tests/peers/setup --with-chromium"]
fn a_browser_tells_its_version_and_what_a_page_evaluates() {
    let Some((_browser, url)) = browser() else {
        return;
    };
    let version = ask(&url, r#"{"id":1,"method":"Browser.getVersion"}"#);
    let product = version["result"]["product"].as_str().unwrap_or_default();
    assert!(product.contains("Chrome/"), "{version}");

    let page = r#"{"id":1,"method":"Target.createTarget","params":{"url":"about:blank"}}"#;
    let page = ask(&url, page);
    let id = page["result"]["targetId"].as_str().expect("a page");
    let (start, _) = url.split_once("/browser/").expect("a path");
    let page = format!("{start}/page/{id}");
    let answer = ask(&page, &evaluate(7, "'€'.repeat(1000000)"));
    let value = answer["result"]["result"]["value"].as_str();
    let value = value.unwrap_or_default();
    assert_eq!((value.len(), value.chars().last()), (3_000_000, Some('€')));
}

#[test]
#[ignore = "needs tests/peers/setup --with-chromium"]
fn a_browser_lets_no_page_of_elsewhere_in() {
    let Some((_browser, url)) = browser() else {
        return;
    };
    let output = wstalk().args(["-o", "https://example.com", &url]).run();
    output
        .stdout("")
        .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 403 Forbidden")
        .stderr_contains("hint: the server forbids it: ")
        .code(22);
}
