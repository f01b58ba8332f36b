//! A WebSocket connection after its opening handshake.

use std::io::{self, ErrorKind, Read, Write};

use thiserror::Error;

use super::reader::{Found, Piece, Reader};
use super::writer::{Flushed, Writer};
use super::{CloseSeen, Deflate, Fault, Leftover, Onlookers, Role};
use crate::message::close_payload;

/// A stream, and the two halves of the protocol on it.
///
/// The halves are separate, so that an answer can be queued while a piece is
/// borrowed from the input buffer.
pub struct Connection<S> {
    io: S,
    role: Role,
    reader: Reader,
    writer: Writer,
    close_seen: bool,
}

/// What [`Connection::receive`] came upon.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Got(Received<'a>),
    /// Bytes came that make nothing whole yet, or nothing that is to be told.
    Coming,
    /// The stream has nothing more for now.
    Blocked,
    /// The stream is at its end.
    Ended,
}

/// Something that the other end sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<'a> {
    Data(Piece<'a>),
    /// Its pong has been queued.
    Ping(&'a [u8]),
    Pong(&'a [u8]),
    /// Its answer has been queued, unless a Close frame had been sent before.
    Close(CloseSeen<'a>),
}

/// Why a connection cannot be read any further.
#[derive(Debug, Error)]
pub enum Broken {
    /// The other end broke the protocol; a Close frame with the fault's code
    /// has been queued, and what follows is ignored.
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl<S: Read + Write> Connection<S> {
    /// `already_read` are the bytes that came with the opening handshake.
    pub fn new(io: S, role: Role, already_read: &[u8]) -> Self {
        Connection {
            io,
            role,
            reader: Reader::new(role, already_read),
            writer: Writer::new(role),
            close_seen: false,
        }
    }

    /// Messages of more than `limit` bytes end the connection with 1009.
    pub fn set_message_limit(&mut self, limit: u64) {
        self.reader.set_limit(limit);
    }

    /// Messages of more than `size` bytes go out in fragments of that size.
    pub fn set_fragment(&mut self, size: usize) {
        self.writer.set_fragment(size);
    }

    /// Keeps what is queued until it is written, for [`Connection::leftover`].
    pub fn keep_unwritten(&mut self) {
        self.writer.keep();
    }

    /// What was queued and not wholly written, if it was to be kept.
    pub fn leftover(&self) -> Leftover {
        self.writer.leftover()
    }

    /// Messages are compressed as it was agreed on; to be said before any
    /// message has passed.
    pub fn set_deflate(&mut self, deflate: &Deflate) {
        self.reader.set_deflate(deflate.of(self.role.other()));
        self.writer.set_deflate(deflate.of(self.role));
    }

    /// Lets onlookers see every frame from now on.
    pub fn set_onlookers(&mut self, onlookers: &Onlookers) {
        self.reader.set_onlookers(onlookers.clone());
        self.writer.set_onlookers(onlookers.clone());
    }

    pub fn io(&self) -> &S {
        &self.io
    }

    pub fn io_mut(&mut self) -> &mut S {
        &mut self.io
    }

    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    pub fn writer_mut(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Whether the other end's Close frame has come.
    pub fn close_seen(&self) -> bool {
        self.close_seen
    }

    /// Whether a message has begun to arrive and not ended.
    pub fn is_inside_message(&self) -> bool {
        self.reader.is_inside_message()
    }

    /// The next thing that was received, and the writer to answer it with.
    ///
    /// Reads from the stream only when the buffer holds nothing whole, and at
    /// most once: a stream of nothings must not keep the caller.
    pub fn receive(&mut self) -> Result<(Step<'_>, &mut Writer), Broken> {
        let found = match self.advance()? {
            Some(found) => found,
            None => match self.io.read(self.reader.room()) {
                Ok(0) => {
                    self.reader.pause();
                    return Ok((Step::Ended, &mut self.writer));
                }
                Ok(count) => {
                    self.reader.filled(count);
                    match self.advance()? {
                        Some(found) => found,
                        None => return Ok((Step::Coming, &mut self.writer)),
                    }
                }
                Err(error) => {
                    let step = match error.kind() {
                        ErrorKind::WouldBlock => {
                            self.reader.pause();
                            Step::Blocked
                        }
                        ErrorKind::Interrupted => Step::Coming,
                        _ => return Err(Broken::Io(error)),
                    };
                    return Ok((step, &mut self.writer));
                }
            },
        };
        let received = match found {
            Found::Data {
                kind,
                place,
                first,
                last,
            } => Received::Data(Piece {
                kind,
                bytes: self.reader.bytes(&place),
                first,
                last,
            }),
            Found::Ping(place) => {
                let data = self.reader.bytes(&place);
                self.writer.answer_ping(data);
                Received::Ping(data)
            }
            Found::Pong(place) => {
                let data = self.reader.bytes(&place);
                self.writer.ponged(data);
                Received::Pong(data)
            }
            Found::Close(place, fault) => {
                self.close_seen = true;
                let payload = self.reader.bytes(&place);
                let seen = CloseSeen { payload, fault };
                self.writer.close(&close_answer(&seen));
                Received::Close(seen)
            }
        };
        Ok((Step::Got(received), &mut self.writer))
    }

    fn advance(&mut self) -> Result<Option<Found>, Broken> {
        self.reader.advance().map_err(|fault| self.fail(fault))
    }

    /// Writes what is queued, as far as the stream takes it.
    pub fn flush(&mut self) -> io::Result<Flushed> {
        self.writer.flush(&mut self.io)
    }

    /// Fails the connection (section 7.1.7).
    fn fail(&mut self, fault: Fault) -> Broken {
        self.reader.give_up();
        self.writer.close(&close_payload(Some(fault.code()), ""));
        Broken::Fault(fault)
    }
}

/// A legal Close is answered with its code (section 5.5.1), an illegal one
/// with the code of its fault.
fn close_answer(seen: &CloseSeen<'_>) -> Vec<u8> {
    match &seen.fault {
        Some(fault) => close_payload(Some(fault.code()), ""),
        None => close_payload(seen.code(), ""),
    }
}
