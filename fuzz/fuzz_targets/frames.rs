//! Frames of any bytes, in reads of any size, for both roles.
//!
//! Proves that reading never panics; that what is understood and answered does
//! not depend on how the bytes were split; that nothing follows a Close frame
//! or a fault; and that tungstenite's own `WebSocket`, given the same frames one
//! by one under the same limits, understands the same messages and finds a fault
//! in the same frame.
//!
//! The two may differ only thus:
//! - A length that is not in its shortest form is a fault here (RFC 6455
//!   section 5.2) and none there.
//! - A fault is found here as early as its bytes allow, there when the frame is
//!   whole. So the last frame, when it is cut short, is completed before
//!   tungstenite has to agree: a payload with zeros, a header with ones, so that
//!   a length that was claimed to be long does not become a short one.
//! - Which fault, where one frame has several: tungstenite looks at the frame's
//!   size first, so its word counts only where it names another.
//! - An illegal close payload is shown as it came here; there it is an error, or
//!   a Close with 1002 in its place. 1014 is legal here (the IANA registry), and
//!   counts as illegal there.
//! - What follows a Close frame is ignored here and an error there, so that the
//!   comparison ends with it.
//!
//! The input is the role, three read sizes, the length of a filler and where it
//! goes (for messages longer than the buffer), and the bytes.

#![no_main]

use std::io::{Cursor, ErrorKind};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::{self, WebSocket, WebSocketConfig};
use tungstenite::{Error, Message};
use wstalk::message::{Kind, close_payload, is_allowed_on_wire};
use wstalk::ws::{Connection, Role};
use wstalk_fuzz::{Event, Heard, Scripted, Sizes, other};

/// The largest message, and so the largest frame, in bytes.
const LIMIT: usize = 100_000;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    client: bool,
    sizes: [u8; 3],
    filler: u16,
    at: u8,
    bytes: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let role = if input.client {
        Role::Client
    } else {
        Role::Server
    };
    let bytes = input.stretched();
    let whole = outcome(role, &bytes, 0, Sizes::WHOLE);
    let sizes = Sizes::new(&input.sizes, bytes.len());
    let early = usize::from(input.sizes[0]).min(bytes.len());
    for already_read in [0, early] {
        let split = outcome(role, &bytes, already_read, sizes);
        assert_eq!(whole, split, "the split makes a difference");
    }
    let one_by_one = compare(role, &bytes);
    assert_eq!(whole.events, one_by_one, "frame by frame is different");
});

impl Input<'_> {
    fn stretched(&self) -> Vec<u8> {
        let at = usize::from(self.at).min(self.bytes.len());
        let (before, after) = self.bytes.split_at(at);
        let filler = vec![b'f'; usize::from(self.filler) * 2];
        [before, &filler, after].concat()
    }
}

#[derive(Debug, PartialEq)]
struct Outcome {
    events: Vec<Event>,
    answers: Vec<Event>,
    is_inside_message: bool,
}

fn outcome(role: Role, bytes: &[u8], already_read: usize, sizes: Sizes<'_>) -> Outcome {
    let (already, later) = bytes.split_at(already_read);
    let mut connection = Connection::new(Scripted::new(later, sizes), role, already);
    connection.set_message_limit(LIMIT as u64);
    let events = Heard::all(&mut connection);
    connection.flush().expect("the stream takes everything");
    let answers = Scripted::new(&connection.io().output, Sizes::WHOLE);
    Outcome {
        events,
        answers: Heard::all(&mut Connection::new(answers, other(role), &[])),
        is_inside_message: connection.is_inside_message(),
    }
}

/// Gives each frame to both; returns what this side understood.
fn compare(role: Role, bytes: &[u8]) -> Vec<Event> {
    let mut ours = Connection::new(Scripted::new(&[], Sizes::WHOLE), role, &[]);
    ours.set_message_limit(LIMIT as u64);
    let mut theirs = Oracle::new(role);
    let mut heard = Heard::default();
    let mut over = false;
    for frame in frames(bytes) {
        let from = heard.events.len();
        ours.io_mut().feed(frame.bytes);
        heard.listen(&mut ours);
        let events = &heard.events[from..];
        if over {
            assert_eq!(events, [], "nothing follows a Close frame or a fault");
            continue;
        }
        over = matches!(events, [.., Event::Close(..) | Event::Fault(_)]);
        theirs.hear(&frame, events);
    }
    heard.events
}

/// A frame, perhaps cut short by the end of the input.
struct FrameBytes<'a> {
    bytes: &'a [u8],
    long_form: bool,
    cut: Cut,
}

#[derive(PartialEq, Eq)]
enum Cut {
    Not,
    InHeader,
    InPayload,
}

fn frames(bytes: &[u8]) -> impl Iterator<Item = FrameBytes<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let frame = first_frame(rest);
        rest = &rest[frame.bytes.len()..];
        (!frame.bytes.is_empty()).then_some(frame)
    })
}

fn first_frame(bytes: &[u8]) -> FrameBytes<'_> {
    let mut cursor = Cursor::new(bytes);
    let Ok(Some((_, length))) = FrameHeader::parse(&mut cursor) else {
        return FrameBytes {
            bytes,
            long_form: false,
            cut: Cut::InHeader,
        };
    };
    let long_form = match bytes[1] & 0x7f {
        126 => length < 126,
        127 => length < 65_536,
        _ => false,
    };
    let end = cursor.position().saturating_add(length);
    let whole = usize::try_from(end).ok().and_then(|end| bytes.get(..end));
    FrameBytes {
        bytes: whole.unwrap_or(bytes),
        long_form,
        cut: whole.map_or(Cut::InPayload, |_| Cut::Not),
    }
}

/// tungstenite's understanding of the same frames.
struct Oracle {
    socket: WebSocket<Scripted<'static>>,
}

impl Oracle {
    fn new(role: Role) -> Self {
        let role = match role {
            Role::Client => protocol::Role::Client,
            Role::Server => protocol::Role::Server,
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .max_message_size(Some(LIMIT))
            .max_frame_size(Some(LIMIT));
        let stream = Scripted::new(&[], Sizes::WHOLE);
        Oracle {
            socket: WebSocket::from_raw_socket(stream, role, Some(config)),
        }
    }

    /// Takes the next frame, and agrees with what was made of it.
    fn hear(&mut self, frame: &FrameBytes<'_>, events: &[Event]) {
        if frame.long_form {
            assert!(matches!(events, [Event::Fault(_)]), "{events:?}");
            return;
        }
        let completion = match frame.cut {
            Cut::Not => None,
            Cut::InHeader => Some(0xff),
            Cut::InPayload => Some(0),
        };
        self.socket.get_mut().feed(frame.bytes);
        if let Some(byte) = completion
            && matches!(events, [Event::Fault(_)])
        {
            self.socket.get_mut().feed(&vec![byte; LIMIT + 14]);
        }
        match self.next() {
            None => assert_eq!(events, [], "tungstenite waits"),
            Some(Ok(message)) => assert_same(&message, events),
            Some(Err(error)) => assert_fault(&error, events),
        }
    }

    fn next(&mut self) -> Option<Result<Message, Error>> {
        match self.socket.read() {
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => None,
            other => Some(other),
        }
    }
}

fn assert_same(message: &Message, events: &[Event]) {
    let [event] = events else {
        panic!("{events:?} where tungstenite has {message:?}");
    };
    let expected = match message {
        Message::Text(text) => Event::Message(Kind::Text, text.as_bytes().to_vec()),
        Message::Binary(bytes) => Event::Message(Kind::Binary, bytes.to_vec()),
        Message::Ping(data) => Event::Ping(data.to_vec()),
        Message::Pong(data) => Event::Pong(data.to_vec()),
        Message::Close(None) => Event::Close(Vec::new(), None),
        Message::Close(Some(frame)) => {
            return assert_same_close(frame.code.into(), frame.reason.as_str(), event);
        }
        Message::Frame(_) => panic!("tungstenite never gives raw frames"),
    };
    assert_eq!(*event, expected);
}

fn assert_same_close(code: u16, reason: &str, event: &Event) {
    let Event::Close(payload, fault) = event else {
        panic!("{event:?} where tungstenite has a Close frame");
    };
    let came = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
    if came == Some(1014) {
        assert_eq!(*fault, None);
    } else if came.is_some_and(is_allowed_on_wire) {
        assert_eq!(*fault, None);
        assert_eq!(*payload, close_payload(Some(code), reason));
    } else {
        assert_eq!((code, *fault), (1002, Some(1002)), "an illegal code");
    }
}

fn assert_fault(error: &Error, events: &[Event]) {
    let code = match events {
        [Event::Fault(code) | Event::Close(_, Some(code))] => *code,
        _ => panic!("{events:?} where tungstenite says: {error}"),
    };
    let is_close = matches!(events, [Event::Close(..)]);
    match error {
        Error::Capacity(_) => {}
        Error::Protocol(_) => assert_eq!(code, 1002, "{error}"),
        Error::Utf8(_) => assert!(code == 1007 || is_close, "{code}: {error}"),
        _ => panic!("an unexpected error: {error}"),
    }
}
