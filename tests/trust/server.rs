//! A server whose side of a conversation is plain data.
//!
//! Each connection is played by the path that it asks for. What a client says is held
//! against the data to the letter, and how it left is remembered. A client that leaves
//! early ends its side, and no other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flate2::{Compress, Compression, FlushCompress};

use super::support::frame::{Frame, opcode};
use super::support::{Conn, Gate, Head, Server};

/// Longer than any limit of a client here.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a server does next.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    /// Accepts the upgrade, with these headers beside those that must be.
    Accept(&'static [(&'static str, &'static str)]),
    /// Writes bytes as they are: a refusal, or what is no frame.
    Raw(&'static [u8]),
    /// A text message of the client, to the letter.
    Hear(&'static str),
    HearBytes(&'static [u8]),
    HearPing(&'static str),
    HearPong(&'static str),
    HearClose,
    /// The same, answered in this way instead of with what it says.
    AnswerClose(u16, &'static str),
    Text(&'static str),
    Bytes(&'static [u8]),
    /// A text message of so many bytes.
    Long(usize),
    /// Text messages in one segment.
    Burst(&'static [&'static str]),
    /// One text message in several fragments, with pings between them.
    Fragments(&'static [&'static str]),
    /// A text message, compressed.
    Deflated(&'static str),
    /// A text message, byte by byte.
    Drip(&'static str),
    Ping(&'static str),
    Pong(&'static str),
    /// So many pings.
    Pings(usize),
    Close(u16, &'static str),
    CloseWithoutCode,
    /// Nothing for so many milliseconds.
    Pause(u64),
    /// Nothing any more: neither reads nor writes.
    Stuck,
    /// RST.
    Reset,
    /// FIN.
    Leave,
    /// Tells the other connections of something, or waits until it was told.
    Tell(&'static str),
    Await(&'static str),
}

/// A move, and the name by which it can be changed.
pub type NamedMove = (&'static str, Move);

/// What happens on one path.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    pub path: &'static str,
    pub moves: &'static [NamedMove],
}

/// What is other than it should be.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Nothing,
    Instead(&'static str, &'static [Move]),
    Without(&'static str),
    Before(&'static str, &'static [Move]),
    After(&'static str, &'static [Move]),
    Twice(&'static str),
    Swapped(&'static str, &'static str),
    All(&'static [Change]),
}

/// How the client of a path left: `1000` for a Close frame with that code, `cut` where
/// it was not its choice, `gone` without a Close frame, `refused`.
pub type Left = BTreeMap<&'static str, String>;

/// A server that plays its sides, for as many clients as come.
pub struct Stage {
    server: Server,
    gates: Gates,
    left: Arc<Mutex<Left>>,
}

impl Stage {
    pub fn new(sides: &'static [Side], change: Change) -> Self {
        let left = Arc::new(Mutex::new(Left::new()));
        let gates = Gates::default();
        let scripts: Vec<Script> = sides
            .iter()
            .map(|side| Script {
                path: side.path,
                moves: changed(side.moves, change),
            })
            .collect();
        let (seen, told) = (Arc::clone(&left), gates.clone());
        let server = Server::repeat(move |conn| {
            let head = conn.read_head();
            let path = head.request_line().split(' ').nth(1).unwrap_or_default();
            let script = scripts.iter().find(|script| script.path == path);
            let script = script.unwrap_or_else(|| panic!("nobody plays {path}"));
            let how = script.play(conn, &head, &told);
            let mut left = seen.lock().unwrap_or_else(PoisonError::into_inner);
            left.insert(script.path, how);
        });
        Stage {
            server,
            gates,
            left,
        }
    }

    /// What connections tell of, and wait for.
    pub fn gate(&self, name: &'static str) -> Gate {
        self.gates.named(name)
    }

    /// HOST:PORT
    pub fn authority(&self) -> String {
        self.server.address().to_string()
    }

    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Waits for the ends of all connections; how their clients left.
    #[track_caller]
    pub fn finish(self) -> Left {
        self.server.finish();
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.clone()
    }
}

/// The moves with the change, if it is one of these.
fn changed(moves: &[NamedMove], change: Change) -> Vec<NamedMove> {
    if let Change::All(changes) = change {
        let all = changes.iter();
        return all.fold(moves.to_vec(), |moves, change| changed(&moves, *change));
    }
    let find = |name| moves.iter().find(|(known, _)| *known == name);
    let new = |moves: &[Move]| -> Vec<NamedMove> { moves.iter().map(|new| ("", *new)).collect() };
    moves
        .iter()
        .flat_map(|&own| match change {
            Change::Instead(at, others) if at == own.0 => new(others),
            Change::Without(at) if at == own.0 => vec![],
            Change::Before(at, others) if at == own.0 => [new(others), vec![own]].concat(),
            Change::After(at, others) if at == own.0 => [vec![own], new(others)].concat(),
            Change::Twice(at) if at == own.0 => vec![own, own],
            Change::Swapped(one, other) if one == own.0 || other == own.0 => {
                let other = find(if one == own.0 { other } else { one });
                vec![other.copied().unwrap_or(own)]
            }
            _ => vec![own],
        })
        .collect()
}

/// Events that one connection tells of and another waits for.
#[derive(Clone, Default)]
struct Gates(Arc<Mutex<BTreeMap<&'static str, Gate>>>);

impl Gates {
    fn named(&self, name: &'static str) -> Gate {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(name).or_default().clone()
    }
}

struct Script {
    path: &'static str,
    moves: Vec<NamedMove>,
}

/// The client has left, in this way.
struct Over(String);

impl Script {
    fn play(&self, conn: &mut Conn<'_>, head: &Head, gates: &Gates) -> String {
        conn.within(PATIENCE);
        let mut player = Player {
            conn,
            accepted: false,
            closed: false,
            last_word: Vec::new(),
        };
        let moves = self.moves.iter();
        let mut moves = moves.map(|(_, next)| player.make(*next, head, gates));
        let over = moves.find_map(Result::err);
        // Who waits for this connection must not wait for ever.
        for (_, next) in &self.moves {
            if let Move::Tell(name) = next {
                gates.named(name).open();
            }
        }
        match over {
            Some(Over(how)) => how,
            None => player.see_out(),
        }
    }
}

/// Who makes the moves on a connection.
struct Player<'a, 'server> {
    conn: &'a mut Conn<'server>,
    accepted: bool,
    /// Our Close frame is sent.
    closed: bool,
    /// What answers the client's Close frame, if not its like.
    last_word: Vec<u8>,
}

impl Player<'_, '_> {
    fn make(&mut self, next: Move, head: &Head, gates: &Gates) -> Result<(), Over> {
        match next {
            Move::Accept(headers) => {
                self.accepted = true;
                self.write(head.switching(headers).as_bytes())
            }
            Move::Hear(text) => self.hear(opcode::TEXT, text.as_bytes()),
            Move::HearBytes(bytes) => self.hear(opcode::BINARY, bytes),
            Move::HearPing(data) => self.hear(opcode::PING, data.as_bytes()),
            Move::HearPong(data) => self.hear(opcode::PONG, data.as_bytes()),
            Move::Pause(milliseconds) => {
                self.conn.stall(Duration::from_millis(milliseconds));
                Ok(())
            }
            Move::Tell(name) => {
                gates.named(name).open();
                Ok(())
            }
            Move::Await(name) => {
                gates.named(name).pass(name);
                Ok(())
            }
            Move::HearClose | Move::AnswerClose(..) | Move::Stuck | Move::Reset | Move::Leave => {
                Err(Over(self.end(next)))
            }
            _ => self.say(next),
        }
    }

    /// What is written.
    fn say(&mut self, next: Move) -> Result<(), Over> {
        match next {
            Move::Raw(bytes) => self.write(bytes),
            Move::Text(text) => self.send(&Frame::text(text)),
            Move::Bytes(bytes) => self.send(&Frame::binary(bytes)),
            Move::Long(length) => self.send(&Frame::text("x".repeat(length))),
            Move::Burst(texts) => {
                let frames = texts.iter().map(|text| Frame::text(text).bytes());
                self.write(&frames.collect::<Vec<_>>().concat())
            }
            Move::Fragments(texts) => self.fragments(texts),
            Move::Deflated(text) => self.send(&Frame::text(deflated(text)).rsv(4)),
            Move::Drip(text) => {
                let pause = Duration::from_millis(1);
                self.conn.drip(Frame::text(text).bytes(), pause);
                Ok(())
            }
            Move::Ping(data) => self.send(&Frame::new(opcode::PING, data)),
            Move::Pong(data) => self.send(&Frame::new(opcode::PONG, data)),
            Move::Pings(count) => {
                self.write(&Frame::new(opcode::PING, "flood").bytes().repeat(count))
            }
            Move::Close(code, reason) => {
                self.closed = true;
                self.send(&Frame::close(code, reason))
            }
            Move::CloseWithoutCode => {
                self.closed = true;
                self.send(&Frame::new(opcode::CLOSE, ""))
            }
            other => panic!("{other:?} writes nothing"),
        }
    }

    /// The last move, and how the client left.
    fn end(&mut self, last: Move) -> String {
        match last {
            Move::Stuck => self.conn.stall(PATIENCE),
            Move::Reset => self.conn.reset(),
            Move::Leave => _ = self.conn.shutdown_write().swallow(),
            Move::AnswerClose(code, reason) => {
                self.last_word = Frame::close(code, reason).bytes();
                return self.see_out();
            }
            _ => return self.see_out(),
        }
        "cut".into()
    }

    fn fragments(&mut self, texts: &[&str]) -> Result<(), Over> {
        for (index, text) in texts.iter().enumerate() {
            let frame = match index {
                0 => Frame::text(text),
                _ => Frame::continuation(text),
            };
            if index + 1 == texts.len() {
                return self.send(&frame);
            }
            self.send(&frame.unfinished())?;
            self.send(&Frame::new(opcode::PING, "between"))?;
        }
        Ok(())
    }

    fn send(&mut self, frame: &Frame) -> Result<(), Over> {
        self.write(&frame.bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Over> {
        let written = self.conn.try_raw(bytes);
        written.map_err(|_| Over("gone".into()))
    }

    /// The client's next message must be this; pongs that answer pings of ours are not
    /// looked at.
    #[track_caller]
    fn hear(&mut self, kind: u8, payload: &[u8]) -> Result<(), Over> {
        loop {
            if !self.accepted {
                return Err(Over("refused".into()));
            }
            let Some(frame) = self.conn.read_frame_or_end() else {
                return Err(Over("gone".into()));
            };
            match frame.opcode {
                opcode::CLOSE => return Err(Over(self.answer(&frame.payload))),
                opcode::PONG if kind != opcode::PONG => {}
                found => {
                    let heard = String::from_utf8_lossy(&frame.payload);
                    let wanted = String::from_utf8_lossy(payload);
                    assert_eq!((found, &*heard), (kind, &*wanted), "the client says");
                    return Ok(());
                }
            }
        }
    }

    /// Waits until the client leaves: it may say nothing more.
    fn see_out(&mut self) -> String {
        if !self.accepted {
            return "refused".into();
        }
        loop {
            match self.conn.read_frame_or_end() {
                None => return "gone".into(),
                Some(frame) if frame.opcode == opcode::CLOSE => return self.answer(&frame.payload),
                Some(frame) if frame.opcode == opcode::PONG => {}
                Some(frame) => panic!("the client says more: {frame:?}"),
            }
        }
    }

    /// The client's Close frame, which is answered unless it is an answer.
    fn answer(&mut self, payload: &[u8]) -> String {
        if !self.closed {
            // It may have gone: its Close frame is what counts.
            let echo = Frame::new(opcode::CLOSE, payload).bytes();
            let answer = match self.last_word.is_empty() {
                true => echo,
                false => std::mem::take(&mut self.last_word),
            };
            let _ = self.write(&answer);
        }
        self.conn.finish();
        match payload.split_first_chunk::<2>() {
            Some((code, _)) => u16::from_be_bytes(*code).to_string(),
            None => "no code".into(),
        }
    }
}

/// As RFC 7692 section 7.2.1 wants it.
fn deflated(text: &str) -> Vec<u8> {
    let mut stream = Compress::new(Compression::default(), false);
    let mut bytes = Vec::with_capacity(text.len() + 64);
    stream
        .compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Sync)
        .expect("a text that can be compressed");
    bytes.truncate(bytes.len() - 4);
    bytes
}
