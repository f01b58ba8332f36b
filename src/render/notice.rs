//! The notices of a client: connected, a ping, a recording that stops.

use std::fmt::Write;

use crate::error::Error;
use crate::message::MessageRef;
use crate::open::Handshake;
use crate::secret::Exposure;

use super::{escape, escape_bytes, milliseconds, tls_version};

/// `connected to wss://host/ (HTTP 101, subprotocol chat, TLS 1.3, 34 ms)`
pub fn connected(handshake: &Handshake, exposure: Exposure) -> String {
    let url = exposure.of(&handshake.url);
    let mut text = format!("connected to {} (HTTP 101", escape(&url));
    agreed(handshake, &mut text);
    if let Some(proxy) = &handshake.proxy {
        let _ = write!(text, ", through {}", escape(proxy));
    }
    let _ = write!(text, ", {})", milliseconds(handshake.times.total()));
    text
}

/// `the recording stops here: cannot write FILE: no space left on device`
pub fn recording_stopped(error: &Error) -> String {
    format!("the recording stops here: {}", escape(&error.to_string()))
}

/// `ping received "k"`
pub fn control(message: MessageRef<'_>) -> String {
    let (name, data) = match message {
        MessageRef::Ping(data) => ("ping", data),
        MessageRef::Pong(data) => ("pong", data),
        MessageRef::Text(_) | MessageRef::Binary(_) | MessageRef::Close(_) => return String::new(),
    };
    match data {
        [] => format!("{name} received"),
        data => format!("{name} received \"{}\"", escape_bytes(data)),
    }
}

/// `, subprotocol chat, permessage-deflate, TLS 1.3`
pub(super) fn agreed(handshake: &Handshake, text: &mut String) {
    if let Some(name) = &handshake.subprotocol {
        let _ = write!(text, ", subprotocol {}", escape(name));
    }
    if let Some(deflate) = &handshake.deflate {
        let _ = write!(text, ", {deflate}");
    }
    if let Some(tls) = &handshake.tls {
        let _ = write!(text, ", {}", tls_version(tls));
    }
}
