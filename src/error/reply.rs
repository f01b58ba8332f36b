//! What is wrong with a server's answer to the opening handshake.

use thiserror::Error;

use crate::http::{Body, HeadError, ResponseHead};
use crate::ws::WrongAnswer;

/// Why a reply is no opening handshake (RFC 6455 section 4.1).
#[derive(Debug, Error)]
pub enum BadReply {
    #[error("the server closed the connection before it answered")]
    Nothing,
    #[error("the reply is not a valid opening handshake: {0}")]
    Head(HeadError),
    #[error("the reply is not a valid opening handshake: {0}")]
    Wrong(WrongReply),
}

/// What is wrong with a reply that has the status 101.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WrongReply {
    #[error("the header \"Upgrade: websocket\" is missing")]
    NoUpgrade,
    #[error("the header \"Connection: Upgrade\" is missing")]
    NoConnection,
    #[error("the header Sec-WebSocket-Accept is missing")]
    NoAccept,
    #[error("Sec-WebSocket-Accept is \"{0}\", which does not answer our key")]
    Accept(String),
    #[error("it names the subprotocol \"{0}\", which was not offered")]
    Subprotocol(String),
    #[error(transparent)]
    Extension(#[from] WrongAnswer),
    #[error("the header {0} stands there more than once")]
    Repeated(&'static str),
}

/// An answer other than 101.
#[derive(Debug)]
pub struct Refusal {
    pub response: ResponseHead,
    pub body: Body,
}

impl Refusal {
    /// `403 Forbidden`, as the server put it.
    pub fn status_line(&self) -> String {
        let line = format!("{} {}", self.response.status, self.response.reason);
        line.trim_end().to_owned()
    }
}
