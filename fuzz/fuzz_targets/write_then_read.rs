//! Whatever is written, the other end reads.
//!
//! Any sequence of messages (whole, in pieces, given up half-way), pings, pongs
//! and Close frames is queued on a writer, whose stream takes any number of bytes
//! at a time. A connection of the other role reads what was written, as it was
//! written; with compression, under any agreement, and without.
//!
//! Proves that the same messages arrive in the same order, that an abandoned
//! message leaves no trace or an unfinished message, as the writer said; and
//! that at every moment the messages that arrived and those that the writer
//! calls unsent are together those that were queued: none is told wrongly.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use wstalk::message::{Kind, MAX_CONTROL, Message};
use wstalk::ws::{Connection, Deflate, DeflateSide, Flushed, Piece, Role, Unsent};
use wstalk_fuzz::{Event, Heard, Room, Scripted, Sizes, other};

/// A message is repeated so often that it is at most this long, in bytes: longer
/// than two fragments of 1 MiB.
const LONGEST: usize = 5 << 19;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    client: bool,
    deflate: Option<[Side; 2]>,
    sizes: [u8; 2],
    doings: Vec<Doing<'a>>,
}

/// How one side compresses.
#[derive(Arbitrary, Debug)]
struct Side {
    window: u8,
    takeover: bool,
}

#[derive(Arbitrary, Debug)]
enum Doing<'a> {
    Message(Body<'a>),
    Pieces(Body<'a>, Cut, Between<'a>),
    /// Gives that many pieces, then the message up.
    Abandon(Body<'a>, Cut, u8),
    Ping(&'a [u8]),
    Pong(&'a [u8]),
    Close(u16, &'a str),
    /// The stream takes so many more bytes.
    Flush(u16),
    FlushAll,
}

#[derive(Arbitrary, Debug)]
struct Body<'a> {
    text: bool,
    bytes: &'a [u8],
    times: u16,
}

/// The sizes of pieces in turn, in bytes, less one.
#[derive(Arbitrary, Debug)]
struct Cut([u16; 2]);

/// What stands between the first two pieces.
#[derive(Arbitrary, Debug)]
enum Between<'a> {
    Nothing,
    Ping(&'a [u8]),
    Flush(u16),
}

fuzz_target!(|input: Input<'_>| {
    let role = if input.client {
        Role::Client
    } else {
        Role::Server
    };
    let mut talk = Talk::new(role, &input.sizes);
    if let Some([client, server]) = &input.deflate {
        let (client, server) = (client.agreed(), server.agreed());
        let deflate = Deflate { client, server };
        talk.writer.set_deflate(&deflate);
        talk.reader.set_deflate(&deflate);
    }
    for doing in &input.doings {
        talk.take(doing);
        talk.compare_unsent();
    }
    talk.flush(Room::Endless);
    talk.compare_unsent();
    assert_eq!(talk.heard.events, talk.expected);
});

/// Both ends, and what the reading one ought to hear.
struct Talk<'a> {
    writer: Connection<Scripted<'static>>,
    reader: Connection<Scripted<'a>>,
    heard: Heard,
    expected: Vec<Event>,
    /// Data messages that were queued, whole or not.
    queued: usize,
    closed: bool,
}

impl<'a> Talk<'a> {
    fn new(role: Role, sizes: &'a [u8]) -> Self {
        let stream = Scripted::new(&[], Sizes::WHOLE);
        let sizes = Sizes::new(sizes, LONGEST);
        Talk {
            writer: Connection::new(stream, role, &[]),
            reader: Connection::new(Scripted::new(&[], sizes), other(role), &[]),
            heard: Heard::default(),
            expected: Vec::new(),
            queued: 0,
            closed: false,
        }
    }

    fn take(&mut self, doing: &Doing<'_>) {
        match doing {
            Doing::Message(body) => {
                let (kind, bytes) = body.message();
                self.writer.writer_mut().message(kind, &bytes);
                self.expect_message(kind, bytes);
            }
            Doing::Pieces(body, cut, between) => self.pieces(body, cut, between),
            Doing::Abandon(body, cut, count) => self.abandon(body, cut, usize::from(*count)),
            Doing::Ping(data) => {
                self.writer.writer_mut().ping(data);
                self.expect(Event::Ping(control(data)));
            }
            Doing::Pong(data) => {
                self.writer.writer_mut().pong(data);
                self.expect(Event::Pong(control(data)));
            }
            Doing::Close(code, reason) => self.close(*code, reason),
            Doing::Flush(count) => self.flush(Room::Bytes(usize::from(*count))),
            Doing::FlushAll => self.flush(Room::Endless),
        }
    }

    fn expect(&mut self, event: Event) {
        if !self.closed {
            self.expected.push(event);
        }
    }

    fn expect_message(&mut self, kind: Kind, bytes: Vec<u8>) {
        self.queued += usize::from(!self.closed);
        self.expect(Event::Message(kind, bytes));
    }

    fn give(&mut self, kind: Kind, bytes: &[u8], first: bool, last: bool) {
        self.writer.writer_mut().data(&Piece {
            kind,
            bytes,
            first,
            last,
        });
    }

    fn pieces(&mut self, body: &Body<'_>, cut: &Cut, between: &Between<'_>) {
        let (kind, bytes) = body.message();
        let pieces = cut.pieces(&bytes);
        for (at, piece) in pieces.iter().enumerate() {
            self.give(kind, piece, at == 0, false);
            match between {
                Between::Ping(data) if at == 0 => self.take(&Doing::Ping(data)),
                Between::Flush(count) if at == 0 => self.flush(Room::Bytes(usize::from(*count))),
                _ => {}
            }
        }
        self.give(kind, &[], pieces.is_empty(), true);
        self.expect_message(kind, bytes);
    }

    /// What was given up after a fragment went out stays open, so that only
    /// closing is left.
    fn abandon(&mut self, body: &Body<'_>, cut: &Cut, count: usize) {
        let (kind, bytes) = body.message();
        for (at, piece) in cut.pieces(&bytes).into_iter().take(count).enumerate() {
            self.give(kind, piece, at == 0, false);
        }
        if !self.writer.writer_mut().abandon() && !self.closed {
            self.queued += 1;
            self.compare_unsent();
            self.close(1001, "");
        }
    }

    /// Sends what the sender may; whoever sends has to ask.
    fn close(&mut self, code: u16, reason: &str) {
        let payload = wstalk::message::close_payload(Some(code), reason);
        if Message::Close(payload.clone()).check_sendable().is_err() {
            return;
        }
        self.writer.writer_mut().close(&payload);
        self.expect(Event::Close(payload, None));
        self.closed = true;
    }

    /// Lets the stream take more, and the other end read it.
    fn flush(&mut self, room: Room) {
        self.writer.io_mut().room = room;
        let flushed = self.writer.flush().expect("the stream never breaks");
        let is_empty = self.writer.writer().pending() == 0;
        assert_eq!(flushed == Flushed::All, is_empty);
        let written = std::mem::take(&mut self.writer.io_mut().output);
        self.reader.io_mut().feed(&written);
        self.heard.listen(&mut self.reader);
    }

    fn compare_unsent(&self) {
        let Unsent {
            untouched, begun, ..
        } = self.writer.writer().unsent();
        let unsent = untouched as usize + usize::from(begun);
        assert_eq!(self.heard.messages() + unsent, self.queued, "{begun}");
        assert_eq!(begun, self.reader.is_inside_message());
    }
}

impl Side {
    fn agreed(&self) -> DeflateSide {
        DeflateSide {
            window_bits: (8..=15).contains(&self.window).then_some(self.window),
            takeover: self.takeover,
        }
    }
}

impl Body<'_> {
    fn message(&self) -> (Kind, Vec<u8>) {
        let kind = if self.text { Kind::Text } else { Kind::Binary };
        let bytes = match kind {
            Kind::Text => String::from_utf8_lossy(self.bytes)
                .into_owned()
                .into_bytes(),
            Kind::Binary => self.bytes.to_vec(),
        };
        let most = LONGEST.checked_div(bytes.len()).unwrap_or_default();
        let message = bytes.repeat(usize::from(self.times).min(most).max(1));
        (kind, message)
    }
}

impl Cut {
    fn pieces<'b>(&self, mut bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let sizes = self.0.iter().map(|size| 1 + usize::from(*size));
        let least = 1 + bytes.len() / 1000;
        let mut pieces = Vec::new();
        for size in sizes.cycle() {
            if bytes.is_empty() {
                break;
            }
            let (piece, rest) = bytes.split_at(size.max(least).min(bytes.len()));
            pieces.push(piece);
            bytes = rest;
        }
        pieces
    }
}

/// What of some data a control frame carries.
fn control(data: &[u8]) -> Vec<u8> {
    data[..data.len().min(MAX_CONTROL)].to_vec()
}
