//! Servers of libraries as their users set them up: subprotocols and TLS.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::installed::Library;
use super::peer::Peer;
use super::support::{Authority, Command, wstalk};

const BOTH: [Library; 2] = [Library::Node, Library::Python];

/// A server that sends messages back, and its port.
#[track_caller]
pub fn echo(library: Library, settings: &Value) -> (Peer, u16) {
    let peer = Peer::serve(library, "echo", &[&settings.to_string()]);
    let port = peer.ports()[0];
    (peer, port)
}

/// A text and a binary message must come back, on a connection that is told of
/// like this.
#[track_caller]
fn talks(command: Command, url: &str, opened: &str) {
    let output = command
        .args(["-v", "--output", "notation", "-N", "2", url])
        .args(["-x", "grüße", "-x", "/binary 00 ff"])
        .run();
    output
        .stdout("grüße\n/binary 00 ff\n")
        .stderr_contains(&format!("* connected to {url} (HTTP 101, {opened}"))
        .stderr_contains("* closed: 1000 (normal closure)\n")
        .code(0);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn a_server_picks_one_of_several_subprotocols() {
    for library in BOTH {
        let (server, port) = echo(library, &json!({"subprotocol": "chat.v1"}));
        let url = format!("ws://127.0.0.1:{port}/");
        let command = wstalk().args(["-s", "chat.v2,chat.v1"]);
        talks(command, &url, "subprotocol chat.v1, permessage-deflate");
        assert_eq!(server.finish(), ["chat.v1 1000 2"], "{library:?}");
    }
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn libraries_speak_tls() {
    let authority = Authority::new();
    let identity = authority.localhost();
    for library in BOTH {
        let settings = json!({"subprotocol": "chat", "key": identity.key_path(),
            "certificate": identity.certificate_path()});
        let (server, port) = echo(library, &settings);
        for host in ["localhost", "127.0.0.1"] {
            let url = format!("wss://{host}:{port}/");
            let command = wstalk().args(["-s", "chat", "--cacert"]);
            let command = command.arg(authority.certificate_path());
            talks(command, &url, "subprotocol chat, permessage-deflate");
        }
        assert_eq!(server.finish(), ["chat 1000 2"; 2], "{library:?}");
    }
}

/// `ws` goes on without a subprotocol, `websockets` does not.
#[test]
#[ignore = "needs tests/peers/setup"]
fn a_server_that_wants_another_subprotocol_says_so_or_goes_on() {
    let settings = json!({"subprotocol": "chat"});
    let (server, port) = echo(Library::Node, &settings);
    let url = format!("ws://127.0.0.1:{port}/");
    let command = wstalk().args(["-s", "news"]);
    talks(command, &url, "permessage-deflate");
    assert_eq!(server.finish(), ["none 1000 2"]);

    let (server, port) = echo(Library::Python, &settings);
    let url = format!("ws://127.0.0.1:{port}/");
    let output = wstalk().args(["-s", "news", &url]).run();
    output
        .stdout("")
        .stderr_first_line("wstalk: error: the upgrade was refused: HTTP 400 Bad Request")
        .code(22);
    assert_eq!(server.finish(), [""; 0]);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn ws_is_reached_on_a_unix_socket() {
    let folder = TempDir::new().expect("a folder for the socket");
    let socket = folder.path().join("socket");
    let (server, _) = echo(Library::Node, &json!({"socket": socket}));
    let url = format!("ws+unix:{}:/chat?room=1", socket.display());
    talks(wstalk(), &url, "permessage-deflate");
    let command = wstalk().arg("--unix-socket").arg(&socket);
    talks(command, "ws://example.com/", "permessage-deflate");
    assert_eq!(server.finish(), ["none 1000 2"; 2]);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn ws_lets_in_who_shows_a_certificate() {
    let authority = Authority::new();
    let (identity, client) = (authority.localhost(), authority.client());
    let settings = json!({"key": identity.key_path(), "certificate": identity.certificate_path(),
        "clients": authority.certificate_path()});
    let (server, port) = echo(Library::Node, &settings);
    let url = format!("wss://localhost:{port}/");
    let trusting = || wstalk().arg("--cacert").arg(authority.certificate_path());
    let shown = trusting().arg("--cert").arg(client.certificate_path());
    let shown = shown.arg("--key").arg(client.key_path());
    talks(shown, &url, "permessage-deflate");
    let output = trusting().arg(&url).run().stdout("");
    output
        .stderr_contains("\nhint: ")
        .stderr_contains("--cert")
        .code(35);
    assert_eq!(server.finish(), ["none 1000 2"]);
}
