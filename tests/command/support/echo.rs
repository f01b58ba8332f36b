//! Servers that send every data message back, made with another implementation
//! of the protocol, so that it and the program check each other.

use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message};

use super::conn::Conn;
use super::server::Server;
use super::stream::Tls;

/// Echoes for any number of connections, of which there must be one at least,
/// until it is dropped.
pub fn echo_server() -> Server {
    Server::repeat(echo)
}

/// The same over TLS.
pub fn echo_server_tls(tls: impl Into<Tls>) -> Server {
    Server::repeat_tls(tls, echo)
}

/// How a connection ends is for the program's side of the test to judge.
fn echo(conn: &mut Conn<'_>) {
    let unlimited = WebSocketConfig::default()
        .max_message_size(None)
        .max_frame_size(None);
    let Ok(mut socket) = tungstenite::accept_with_config(conn, Some(unlimited)) else {
        return;
    };
    while let Ok(message) = socket.read() {
        let sent = match message {
            Message::Text(_) | Message::Binary(_) => socket.send(message),
            _ => socket.flush(),
        };
        if matches!(sent, Err(Error::ConnectionClosed | Error::Io(_))) {
            break;
        }
    }
}
