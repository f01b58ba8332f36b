//! `graphql-ws`, GraphQL's subscriptions: a subprotocol of JSON messages.

use super::installed::Library;
use super::peer::Peer;
use super::support::wstalk;

const INIT: &str = r#"{"type":"connection_init"}"#;
const ACK: &str = r#"{"type":"connection_ack"}"#;

fn subscribe(query: &str) -> String {
    format!(r#"{{"id":"1","type":"subscribe","payload":{{"query":"{query}"}}}}"#)
}

fn next(value: u32) -> String {
    format!(r#"{{"id":"1","type":"next","payload":{{"data":{{"count":{value}}}}}}}"#)
}

/// The server, which waits so many milliseconds for a client's first message, and
/// its URL.
#[track_caller]
pub fn server(patience: &str) -> (Peer, String) {
    let peer = Peer::serve(Library::Node, "graphql", &[patience]);
    let url = format!("ws://127.0.0.1:{}/graphql", peer.ports()[0]);
    (peer, url)
}

/// It must have acknowledged before it is asked.
#[test]
#[ignore = "needs tests/peers/setup"]
fn a_subscription_runs_to_its_end() {
    let (server, url) = server("20000");
    let mut talk = wstalk()
        .args(["-s", "graphql-transport-ws", "-v", &url])
        .args(["--until", r#"{"type":"complete"}"#])
        .start();
    talk.send(format!("{INIT}\n"))
        .wait_stdout(format!("{ACK}\n"));
    let subscription = subscribe("subscription { count(to: 3) }");
    talk.send(format!("{subscription}\n"));
    let complete = r#"{"id":"1","type":"complete"}"#;
    let lines = [ACK, &next(1), &next(2), &next(3), complete];
    let output = talk.finish();
    output
        .stdout(&format!("{}\n", lines.join("\n")))
        .stderr_contains("subprotocol graphql-transport-ws")
        .stderr_contains("* closed: 1000 (normal closure)\n")
        .code(0);
    assert_eq!(server.finish(), ["1000"]);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn what_breaks_the_rules_of_graphql_ws_is_closed_with_its_code() {
    let early = subscribe("{ answer }");
    let name = "graphql-transport-ws";
    for (patience, subprotocol, line, code, reason) in [
        (
            "20000",
            "graphql-ws",
            INIT,
            4406,
            "Subprotocol not acceptable",
        ),
        ("20000", name, &early, 4401, "Unauthorized"),
        ("20000", name, "{}", 4400, "Invalid message received"),
        (
            "100",
            name,
            "/ping",
            4408,
            "Connection initialisation timeout",
        ),
    ] {
        let (server, url) = server(patience);
        let options = ["-s", subprotocol, "-w", "-1", "-x", line, &url];
        let output = wstalk().args(options).run();
        let closed = format!("the server closed the connection with {code} \"{reason}");
        let error = format!("wstalk: error: {closed}");
        output.stdout("").stderr_contains(&error).code(69);
        assert_eq!(server.finish(), [code.to_string()]);
    }
}
