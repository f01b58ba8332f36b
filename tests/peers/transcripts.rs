//! Transcripts of conversations with real servers, run as tests of them: those in
//! `tests/peers/transcripts`.

use std::path::Path;

use serde_json::json;

use super::installed::Library;
use super::support::{Output, wstalk};
use super::{graphql_ws, inspector, libraries, mosquitto};

/// Runs a transcript.
#[track_caller]
fn check(name: &str, url: &str) -> Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers/transcripts")
        .join(name);
    wstalk().args(["check", "--url", url]).arg(file).run()
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn libraries_pass() {
    for library in [Library::Node, Library::Python] {
        let (server, port) = libraries::echo(library, &json!({"subprotocol": "chat.v1"}));
        check("echo.wst", &format!("ws://127.0.0.1:{port}/")).code(0);
        assert_eq!(server.finish(), ["chat.v1 1000 5"], "{library:?}");
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn graphql_passes_and_a_wrong_expectation_is_told_where() {
    let (server, url) = graphql_ws::server("20000");
    check("graphql.wst", &url).code(0);
    check("graphql-refused.wst", &url).code(0);
    let told = check("devtools.wst", &url).code(1);
    told.stderr_contains("devtools.wst:8:1: the server closed with 4406 ");
    server.finish();
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn mosquitto_passes() {
    let (_broker, url) = mosquitto::broker();
    check("mqtt.wst", &url).code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn the_inspector_of_node_passes() {
    let (_node, url) = inspector::node();
    check("devtools.wst", &url).code(0);
}
