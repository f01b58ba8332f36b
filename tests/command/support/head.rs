//! The head of a request exactly as it was sent, and the reply that accepts it.

use std::fmt::Write as _;

use tungstenite::handshake::derive_accept_key;

/// A request line and headers: order, case and blanks kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Head {
    text: String,
}

impl Head {
    /// Takes everything up to the empty line, which is included. Panics if it
    /// is not UTF-8.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            text: String::from_utf8(bytes).expect("a request head in UTF-8"),
        }
    }

    /// Every byte of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn request_line(&self) -> &str {
        self.text.split("\r\n").next().unwrap_or_default()
    }

    /// The header lines as they were sent.
    pub fn header_lines(&self) -> Vec<&str> {
        let lines = self.text.split("\r\n").skip(1);
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// The value of the first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).into_iter().next()
    }

    /// The values of all headers of this name, in order.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.header_lines()
            .into_iter()
            .filter_map(|line| line.split_once(':'))
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// The `Sec-WebSocket-Accept` that this request must be answered with.
    #[track_caller]
    pub fn accept_key(&self) -> String {
        let key = self.header("Sec-WebSocket-Key");
        derive_accept_key(key.expect("a Sec-WebSocket-Key").as_bytes())
    }

    /// A correct 101 for this request, with further headers after its own.
    #[track_caller]
    pub fn switching(&self, headers: &[(&str, &str)]) -> String {
        let mut reply = format!(
            "HTTP/1.1 101 Switching Protocols\r\n\
             Upgrade: websocket\r\n\
             Connection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n",
            self.accept_key()
        );
        for (name, value) in headers {
            write!(reply, "{name}: {value}\r\n").expect("a string takes everything");
        }
        reply + "\r\n"
    }
}
