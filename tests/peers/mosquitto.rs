//! mosquitto, an MQTT broker: subprotocol `mqtt`, binary messages.

use super::daemon::{Daemon, configure, daemon, free_port};
use super::support::wstalk;

/// CONNECT as `ws` for 60 seconds, with MQTT 3.1.1, and its answer.
const CONNECT: &str = "/binary 10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 77 73";
const CONNACK: &str = "/binary 20 02 00 00";

/// To the topic `a/b`, and its answer.
const SUBSCRIBE: &str = "/binary 82 08 00 01 00 03 61 2f 62 00";
const SUBACK: &str = "/binary 90 03 00 01 00";

/// `hi` to `a/b`.
const PUBLISH: &str = "/binary 30 07 00 03 61 2f 62 68 69";

const DISCONNECT: &str = "/binary e0 00";

/// The broker, and its URL.
#[track_caller]
pub fn broker() -> (Daemon, String) {
    let command = daemon("mosquitto");
    let [plain, websocket] = [(); 2].map(|()| free_port());
    let values = [("plain", plain), ("websocket", websocket)];
    let values = values.map(|(name, port)| (name, port.to_string()));
    let configuration = configure(&command, "mosquitto.conf", &values);
    let command = command.arg("-c").arg(configuration);
    let broker = Daemon::start(command, &[plain, websocket]);
    (broker, format!("ws://127.0.0.1:{websocket}/mqtt"))
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_broker_answers_and_delivers_what_is_published() {
    let (_broker, url) = broker();
    let output = wstalk()
        .args(["-s", "mqtt", "-v", "--output", "notation", "-N", "3", &url])
        .args(["-x", CONNECT, "-x", SUBSCRIBE, "-x", PUBLISH])
        .run();
    output
        .stdout(&format!("{CONNACK}\n{SUBACK}\n{PUBLISH}\n"))
        .stderr_contains("subprotocol mqtt")
        .stderr_contains("* closed: 1000 (normal closure)\n")
        .code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn packets_pass_as_bytes_through_a_pipe() {
    let (_broker, url) = broker();
    let bytes = |line: &str| {
        let hex = line.trim_start_matches("/binary ").split(' ');
        let byte = |text| u8::from_str_radix(text, 16).expect("hex");
        hex.map(byte).collect::<Vec<u8>>()
    };
    let output = wstalk()
        .args(["-s", "mqtt", "--input", "whole", "--binary"])
        .args(["--output", "raw", "-1", &url])
        .stdin(bytes(CONNECT))
        .run();
    output.stdout_bytes(bytes(CONNACK)).stderr("").code(0);
}

/// It closes TCP where MQTT ends.
#[test]
#[ignore = "needs tests/peers/setup"]
fn a_broker_that_is_told_goodbye_leaves_without_a_close_frame() {
    let (_broker, url) = broker();
    let output = wstalk()
        .args(["-s", "mqtt", "--output", "notation", "-w", "-1", &url])
        .args(["-x", CONNECT, "-x", DISCONNECT])
        .run();
    output
        .stdout(&format!("{CONNACK}\n"))
        .stderr_contains("wstalk: error: the connection was lost: ")
        .code(56);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_broker_answers_no_other_subprotocol() {
    let (_broker, url) = broker();
    let output = wstalk().args(["-s", "chat", &url]).run();
    output
        .stdout("")
        .stderr_contains("wstalk: error: the server closed the connection before it answered\n")
        .code(52);
}
