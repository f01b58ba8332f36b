//! Messages in, frames out.
//!
//! Owns the output buffer, the masking keys and the rules on what may be sent
//! (RFC 6455 sections 5.1 to 5.5 and 7.1): nothing follows a Close frame,
//! pings get their pong, long messages are fragmented. It never writes by
//! itself: whoever owns the connection flushes once a batch. Callers stop
//! giving data when [`Writer::has_room`] says so; that is the bound.

use std::io::{self, Write};

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::deflate::Deflater;
use super::extension::DeflateSide;
use super::header::COMPRESSED;
use super::leftover::{Gather, Leftover};
use super::mask::Keys;
use super::queue::{MARK, Queue};
use super::receipts::{Receipts, Unsent};
use super::sight::{Frame, Leaving};
use super::watch::opcode;
use super::{Onlookers, Piece, Role};
use crate::message::{Kind, MAX_CONTROL};

/// Longer messages go out in fragments of this size unless told otherwise, in bytes.
const FRAGMENT: usize = 1024 * 1024;

/// Messages up to this size are the commonest, and go out by a short way: their
/// length stands in the second byte (section 5.2), and they are never compressed.
const SHORT: usize = 125;

/// How a flush ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// Everything that was queued has been written.
    All,
    /// The stream takes no more for now.
    Blocked,
}

/// The sending half of a connection, and the command interface of everyone
/// who sends.
pub struct Writer {
    role: Role,
    queue: Queue,
    keys: Keys,
    fragment: usize,
    /// A message was begun and not given to its end.
    unfinished: bool,
    /// Of the message that was given last.
    kind: Kind,
    /// The beginning of that message, as far as it has not been queued.
    gathered: Vec<u8>,
    /// A fragment of the message at hand has been queued.
    fragmented: bool,
    /// If compression was agreed on.
    deflater: Option<Deflater>,
    /// The message at hand goes out compressed.
    compressing: bool,
    receipts: Receipts,
    /// The ping that came last while there was no room for its pong.
    postponed_pong: Option<Vec<u8>>,
    closing: bool,
    hung_up: bool,
    sight: Leaving,
}

/// A frame to be queued.
struct Outgoing<'a> {
    opcode: OpCode,
    last: bool,
    payload: &'a [u8],
    /// The payload before it was compressed.
    plain: &'a [u8],
    /// Whether a compressed message begins here.
    compressed: bool,
}

impl Writer {
    pub(super) fn new(role: Role) -> Self {
        Writer {
            role,
            queue: Queue::default(),
            keys: Keys::new(),
            fragment: FRAGMENT,
            unfinished: false,
            kind: Kind::Text,
            gathered: Vec::new(),
            fragmented: false,
            deflater: None,
            compressing: false,
            receipts: Receipts::default(),
            postponed_pong: None,
            closing: false,
            hung_up: false,
            sight: Leaving::default(),
        }
    }

    pub(super) fn set_onlookers(&mut self, onlookers: Onlookers) {
        self.sight.set_onlookers(onlookers);
    }

    /// Messages over `size` bytes go out in fragments of that size (section 5.4);
    /// with `usize::MAX` a message is held until its end has been given.
    pub(super) fn set_fragment(&mut self, size: usize) {
        self.fragment = size;
    }

    /// Messages are compressed from now on, where it is worth it.
    pub(super) fn set_deflate(&mut self, side: DeflateSide) {
        self.deflater = Some(Deflater::new(side));
    }

    /// Keeps what is queued until it is written, for [`Writer::leftover`].
    pub(super) fn keep(&mut self) {
        self.sight.keep();
    }

    /// What was given and not wholly written, for another connection; nothing
    /// unless it was to be kept.
    pub(super) fn leftover(&self) -> Leftover {
        let mut gather = Gather::default();
        for (frame, payload) in self.sight.unwritten() {
            if frame.opcode < opcode::CLOSE {
                gather.frame(frame.opcode, frame.fin, payload);
            }
        }
        if self.unfinished {
            gather.unfinished(self.kind, &self.gathered, self.fragmented);
        }
        gather.finish()
    }

    /// Whether a short message goes out as it is, with nobody looking on.
    fn is_plain(&self) -> bool {
        self.role == Role::Client && !self.closing && !self.unfinished && self.sight.is_idle()
    }

    /// Queues a part of a data message. Pieces of one message follow each
    /// other; control frames may stand between them.
    ///
    /// Holds back at most one fragment of a message whose end has not come.
    /// Ignored once a Close frame is queued (section 5.5.1).
    pub fn data(&mut self, piece: &Piece<'_>) {
        if self.closing {
            return;
        }
        self.unfinished = !piece.last;
        self.kind = piece.kind;
        if piece.last && self.gathered.is_empty() {
            return self.fragments(piece.kind, piece.bytes);
        }
        let mut rest = piece.bytes;
        while self.gathered.len() + rest.len() > self.fragment {
            let (now, later) = rest.split_at(self.fragment - self.gathered.len());
            self.gathered.extend_from_slice(now);
            self.flush_gathered(piece.kind, false);
            rest = later;
        }
        self.gathered.extend_from_slice(rest);
        if piece.last {
            self.flush_gathered(piece.kind, true);
        }
    }

    /// Queues a whole message.
    pub fn message(&mut self, kind: Kind, bytes: &[u8]) {
        if bytes.len() <= SHORT.min(self.fragment) && self.is_plain() {
            self.kind = kind;
            self.receipts.queued(true);
            return self.queue.push_short(kind, self.keys.next(), bytes);
        }
        self.data(&Piece {
            kind,
            bytes,
            first: true,
            last: true,
        });
    }

    /// Forgets the message whose end has not been given.
    ///
    /// Returns false when a fragment of it has been queued already: then the
    /// message stays unfinished, and the connection has to be closed.
    pub fn abandon(&mut self) -> bool {
        self.gathered.clear();
        self.unfinished = self.fragmented;
        !self.fragmented
    }

    /// Queues a ping; data beyond [`MAX_CONTROL`] bytes is cut off.
    pub fn ping(&mut self, data: &[u8]) {
        self.receipts.pinged(&data[..data.len().min(MAX_CONTROL)]);
        self.control(Control::Ping, data);
    }

    /// Queues a pong; data beyond [`MAX_CONTROL`] bytes is cut off.
    pub fn pong(&mut self, data: &[u8]) {
        self.control(Control::Pong, data);
    }

    /// A pong came.
    pub(super) fn ponged(&mut self, data: &[u8]) {
        self.receipts.ponged(data);
    }

    /// Answers a ping: at once while there is room, else only the latest is
    /// answered, when there is room again (section 5.5.3).
    pub(super) fn answer_ping(&mut self, data: &[u8]) {
        if self.has_room() {
            self.pong(data);
        } else {
            self.postponed_pong = Some(data.to_vec());
        }
    }

    /// Queues a Close frame, the last frame of all.
    ///
    /// `payload` is empty, or a code and a reason. Ignored when one is queued.
    pub fn close(&mut self, payload: &[u8]) {
        self.postponed_pong = None;
        self.control(Control::Close, payload);
        self.closing = true;
    }

    /// Takes nothing more, and queues no Close frame either: the connection is
    /// to be dropped when everything has been written.
    pub fn hang_up(&mut self) {
        self.postponed_pong = None;
        self.hung_up |= !self.closing;
        self.closing = true;
    }

    /// Whether the connection is to be dropped without a Close frame.
    pub fn has_hung_up(&self) -> bool {
        self.hung_up
    }

    /// Whether nothing more is taken: a Close frame has been queued, or the
    /// connection is to be dropped.
    pub fn is_closing(&self) -> bool {
        self.closing
    }

    /// Bytes queued and not yet written.
    pub fn pending(&self) -> usize {
        self.queue.pending()
    }

    /// Whether more should be queued now.
    pub fn has_room(&self) -> bool {
        self.pending() < MARK
    }

    /// The data messages that have not been written to their end. Walks the
    /// queue, so it is for the end of a connection.
    pub fn unsent(&self) -> Unsent {
        self.queue.unsent(&self.receipts, self.unfinished)
    }

    /// Writes as much as the stream takes.
    pub(super) fn flush(&mut self, io: &mut impl Write) -> io::Result<Flushed> {
        loop {
            if self.has_room()
                && let Some(data) = self.postponed_pong.take()
            {
                self.pong(&data);
            }
            if self.queue.pending() == 0 {
                self.queue.clear(self.fragmented);
                return Ok(Flushed::All);
            }
            match self.queue.write(io)? {
                Some(count) => self.sight.wrote(count),
                None => return Ok(Flushed::Blocked),
            }
        }
    }

    fn control(&mut self, control: Control, data: &[u8]) {
        if self.closing {
            return;
        }
        let data = &data[..data.len().min(MAX_CONTROL)];
        self.frame(&Outgoing {
            opcode: OpCode::Control(control),
            last: true,
            payload: data,
            plain: data,
            compressed: false,
        });
    }

    /// Queues a message that is wholly here.
    fn fragments(&mut self, kind: Kind, bytes: &[u8]) {
        let mut rest = bytes;
        while rest.len() > self.fragment {
            let (now, later) = rest.split_at(self.fragment);
            self.data_frame(kind, now, false);
            rest = later;
        }
        self.data_frame(kind, rest, true);
    }

    fn flush_gathered(&mut self, kind: Kind, last: bool) {
        let gathered = std::mem::take(&mut self.gathered);
        self.data_frame(kind, &gathered, last);
        self.gathered = gathered;
        self.gathered.clear();
    }

    fn data_frame(&mut self, kind: Kind, bytes: &[u8], last: bool) {
        let first = !self.fragmented;
        let opcode = match (first, kind) {
            (false, _) => Data::Continue,
            (true, Kind::Text) => Data::Text,
            (true, Kind::Binary) => Data::Binary,
        };
        self.fragmented = !last;
        self.receipts.queued(last);
        let mut deflater = self.deflater.take();
        if first {
            let suits = |deflater: &mut Deflater| deflater.suits(bytes.len());
            self.compressing = deflater.as_mut().is_some_and(suits);
        }
        let payload = match &mut deflater {
            Some(deflater) if self.compressing => deflater.deflate(bytes, last),
            _ => bytes,
        };
        self.frame(&Outgoing {
            opcode: OpCode::Data(opcode),
            last,
            payload,
            plain: bytes,
            compressed: first && self.compressing,
        });
        self.deflater = deflater;
    }

    fn frame(&mut self, frame: &Outgoing<'_>) {
        let header = FrameHeader {
            is_final: frame.last,
            rsv1: frame.compressed,
            opcode: frame.opcode,
            mask: (self.role == Role::Client).then(|| self.keys.next()),
            ..FrameHeader::default()
        };
        self.queue.push(&header, frame.payload);
        self.sight.queue(frame.plain, || frame.sight(&header));
    }
}

impl Outgoing<'_> {
    fn sight(&self, header: &FrameHeader) -> Frame {
        let length = self.payload.len() as u64;
        Frame {
            fin: self.last,
            rsv: if self.compressed { COMPRESSED } else { 0 },
            opcode: self.opcode.into(),
            mask: header.mask,
            header: header.len(length),
            length,
            plain: self.plain.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask;
    use super::*;
    use std::io::ErrorKind;

    /// Takes so many bytes, then blocks.
    struct Takes(usize, Vec<u8>);

    impl Write for Takes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match bytes.len().min(self.0) {
                0 => Err(ErrorKind::WouldBlock.into()),
                count => {
                    self.0 -= count;
                    self.1.extend_from_slice(&bytes[..count]);
                    Ok(count)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn server() -> Writer {
        Writer::new(Role::Server)
    }

    fn flushed(writer: &mut Writer) -> Vec<u8> {
        let mut io = Takes(usize::MAX, Vec::new());
        assert_eq!(writer.flush(&mut io).unwrap(), Flushed::All);
        io.1
    }

    fn piece(bytes: &[u8], last: bool) -> Piece<'_> {
        Piece {
            kind: Kind::Text,
            bytes,
            first: false,
            last,
        }
    }

    #[test]
    fn a_server_sends_the_bytes_of_section_5_7() {
        let mut writer = server();
        writer.message(Kind::Text, b"Hello");
        writer.ping(b"Hello");
        writer.message(Kind::Binary, &[7; 256]);
        let bytes = flushed(&mut writer);
        assert_eq!(bytes[..7], *b"\x81\x05Hello");
        assert_eq!(bytes[7..14], *b"\x89\x05Hello");
        assert_eq!(bytes[14..18], *b"\x82\x7e\x01\x00");
        assert_eq!(bytes.len(), 18 + 256);
    }

    #[test]
    fn a_client_masks_with_a_new_key_each_time() {
        let mut writer = Writer::new(Role::Client);
        writer.message(Kind::Text, b"Hello");
        writer.message(Kind::Text, b"Hello");
        let bytes = flushed(&mut writer);
        assert_eq!(bytes[..2], *b"\x81\x85");
        let mut first = bytes[6..11].to_vec();
        mask::apply(&mut first, *bytes[2..].first_chunk().unwrap(), 0);
        assert_eq!(first, b"Hello");
        assert_ne!(bytes[2..6], bytes[13..17]);
    }

    #[test]
    fn pieces_become_one_frame_when_they_fit_a_fragment() {
        let mut writer = server();
        writer.data(&piece(b"Hel", false));
        assert_eq!(writer.pending(), 0);
        writer.data(&piece(b"lo", true));
        assert_eq!(flushed(&mut writer), b"\x81\x05Hello");
    }

    #[test]
    fn a_long_message_goes_out_in_fragments() {
        for step in [1, 2, 3, 4, 10] {
            let mut writer = server();
            writer.fragment = 4;
            let text = b"0123456789";
            for bytes in text.chunks(step) {
                writer.data(&piece(bytes, false));
            }
            writer.data(&piece(b"", true));
            let expected = b"\x01\x040123\x00\x044567\x80\x0289";
            assert_eq!(flushed(&mut writer), expected, "in steps of {step}");
        }
    }

    #[test]
    fn a_whole_long_message_goes_out_in_the_same_fragments() {
        let mut writer = server();
        writer.fragment = 4;
        writer.message(Kind::Binary, b"01234567");
        assert_eq!(flushed(&mut writer), b"\x02\x040123\x80\x044567");
    }

    #[test]
    fn control_frames_stand_between_fragments() {
        let mut writer = server();
        writer.fragment = 2;
        writer.data(&piece(b"abc", false));
        writer.ping(b"");
        writer.data(&piece(b"", true));
        assert_eq!(flushed(&mut writer), b"\x01\x02ab\x89\x00\x80\x01c");
    }

    #[test]
    fn nothing_follows_a_close_frame() {
        let mut writer = server();
        writer.close(b"\x03\xe8bye");
        writer.close(b"\x03\xe9");
        writer.message(Kind::Text, b"late");
        writer.pong(b"late");
        assert_eq!(flushed(&mut writer), b"\x88\x05\x03\xe8bye");
    }

    #[test]
    fn a_ping_flood_keeps_one_pong() {
        let mut writer = server();
        writer.message(Kind::Binary, &vec![0; MARK]);
        for n in 0..100_u8 {
            writer.answer_ping(&[n]);
        }
        let pending = writer.pending();
        assert!(pending < MARK + 20, "{pending} bytes pending");
        let bytes = flushed(&mut writer);
        assert_eq!(bytes[bytes.len() - 3..], *b"\x8a\x01\x63");
        assert_eq!(bytes.len(), MARK + 10 + 3);
    }

    #[test]
    fn an_abandoned_message_is_not_sent_unless_it_has_begun() {
        let mut writer = server();
        writer.fragment = 4;
        writer.data(&piece(b"abc", false));
        assert!(writer.abandon());
        writer.message(Kind::Text, b"x");
        assert_eq!(flushed(&mut writer), b"\x81\x01x");
        writer.data(&piece(b"abcde", false));
        assert!(!writer.abandon());
    }

    #[test]
    fn unsent_messages_are_told_apart_by_the_byte() {
        let expected = [
            (0, 3, false),
            (1, 2, true),
            (6, 2, true),
            (7, 2, false),
            (9, 2, false),
            (10, 1, true),
            (16, 1, false),
            (17, 0, true),
            (23, 0, false),
        ];
        for (count, untouched, begun) in expected {
            let mut writer = server();
            writer.message(Kind::Text, b"first");
            writer.ping(b"");
            writer.message(Kind::Text, b"secnd");
            writer.message(Kind::Text, b"third");
            let _ = writer.flush(&mut Takes(count, Vec::new())).unwrap();
            let unsent = Unsent {
                queued: 3,
                confirmed: 0,
                untouched,
                begun,
                unfinished: false,
            };
            assert_eq!(writer.unsent(), unsent, "after {count} bytes");
        }
    }

    #[test]
    fn who_hangs_up_sends_no_close_and_nothing_more() {
        let mut writer = server();
        writer.message(Kind::Text, b"x");
        writer.hang_up();
        writer.message(Kind::Text, b"late");
        writer.close(b"");
        assert!(writer.is_closing() && writer.has_hung_up());
        assert_eq!(flushed(&mut writer), b"\x81\x01x");
    }

    #[test]
    fn an_unfinished_message_counts_as_unsent() {
        let mut writer = server();
        writer.fragment = 2;
        writer.data(&piece(b"abc", false));
        assert_eq!(writer.unsent().untouched, 1);
        assert!(writer.unsent().unfinished);
        assert!(writer.unsent().without_last().is_none());
        flushed(&mut writer);
        let unsent = writer.unsent();
        assert_eq!((unsent.untouched, unsent.begun), (0, true));
        assert!(unsent.unfinished);
        writer.data(&piece(b"", true));
        flushed(&mut writer);
        assert!(writer.unsent().is_none());
        assert_eq!(writer.unsent().queued, 1);
    }

    #[test]
    fn a_queue_that_is_never_empty_does_not_grow() {
        let mut writer = server();
        let mut sent = 0_usize;
        let mut received = Vec::new();
        while sent < 4_000 {
            while writer.has_room() {
                writer.message(Kind::Binary, &sent.to_be_bytes().repeat(125));
                sent += 1;
            }
            let mut io = Takes(50_000, std::mem::take(&mut received));
            assert_eq!(writer.flush(&mut io).unwrap(), Flushed::Blocked);
            received = io.1;
            assert!(
                writer.queue.len() < 2 * MARK + 2_000,
                "{}",
                writer.queue.len()
            );
        }
        let not_yet = writer.unsent().untouched as usize + usize::from(writer.unsent().begun);
        assert_eq!(received.len() / 1004, sent - not_yet);
        received.extend_from_slice(&flushed(&mut writer));
        for (n, frame) in received.chunks(1004).enumerate() {
            assert_eq!(frame[4..], n.to_be_bytes().repeat(125), "frame {n}");
        }
    }
}
