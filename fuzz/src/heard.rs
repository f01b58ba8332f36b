//! What a connection understood, with the pieces of each message joined.

use wstalk::message::Kind;
use wstalk::ws::{Broken, Connection, Piece, Received, Step};

use crate::Scripted;

/// The longest piece that the reader's buffer can lend, in bytes.
const BUFFER: usize = 128 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Message(Kind, Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    /// With the code of its fault, if there is one.
    Close(Vec<u8>, Option<u16>),
    Fault(u16),
}

/// Listens to one connection, and holds it to what a piece promises.
#[derive(Default)]
pub struct Heard {
    pub events: Vec<Event>,
    open: Option<(Kind, Vec<u8>)>,
    /// So much of an open text has been found to be UTF-8.
    good: usize,
}

impl Heard {
    /// Everything that a connection understands until its stream blocks or ends.
    pub fn all(connection: &mut Connection<Scripted<'_>>) -> Vec<Event> {
        let mut heard = Heard::default();
        heard.listen(connection);
        heard.events
    }

    /// Goes on until the stream blocks or ends.
    pub fn listen(&mut self, connection: &mut Connection<Scripted<'_>>) {
        loop {
            match connection.receive() {
                Ok((Step::Got(received), _)) => self.received(received),
                Ok((Step::Coming, _)) => {}
                Ok((Step::Blocked | Step::Ended, _)) => break,
                Err(Broken::Fault(fault)) => self.events.push(Event::Fault(fault.code())),
                Err(Broken::Io(error)) => panic!("no such error was scripted: {error}"),
            }
        }
        assert!(connection.io().unread().is_empty(), "everything was read");
    }

    /// How many data messages came to their end.
    pub fn messages(&self) -> usize {
        let whole = |event: &&Event| matches!(event, Event::Message(..));
        self.events.iter().filter(whole).count()
    }

    fn received(&mut self, received: Received<'_>) {
        let event = match received {
            Received::Data(piece) => return self.piece(&piece),
            Received::Ping(data) => Event::Ping(data.to_vec()),
            Received::Pong(data) => Event::Pong(data.to_vec()),
            Received::Close(seen) => {
                Event::Close(seen.payload.to_vec(), seen.fault.map(|fault| fault.code()))
            }
        };
        self.events.push(event);
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        assert_eq!(piece.first, self.open.is_none(), "first is set once");
        assert!(
            piece.bytes.len() <= BUFFER,
            "a piece is lent from the buffer"
        );
        let (kind, mut bytes) = self.open.take().unwrap_or((piece.kind, Vec::new()));
        assert_eq!(kind, piece.kind, "a message is of one kind");
        bytes.extend_from_slice(piece.bytes);
        if kind == Kind::Text {
            self.good += good_text(&bytes[self.good..], piece.last);
        }
        if piece.last {
            self.good = 0;
        }
        match piece.last {
            true => self.events.push(Event::Message(kind, bytes)),
            false => self.open = Some((kind, bytes)),
        }
    }
}

/// Text is UTF-8, and what was lent of it at most ends inside a character;
/// returns how much of it is whole characters.
fn good_text(bytes: &[u8], ends: bool) -> usize {
    let Err(error) = std::str::from_utf8(bytes) else {
        return bytes.len();
    };
    let open = !ends && error.error_len().is_none();
    assert!(open, "bad text was lent: {error}");
    error.valid_up_to()
}
