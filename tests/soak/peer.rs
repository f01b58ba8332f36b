//! The server of a round: it follows its script on a socket that never blocks,
//! so that neither end waits for the other unless the script says so.
//!
//! Promises to keep account of every message that it queued, of everything
//! that came, and of how far its own end went.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;

use super::incoming::Incoming;
use super::message::{Kind, Message};
use super::outgoing;
use super::plan::{End, Leave, Notify, Reading, Script};
use super::support::stream::{Stream, Tls};
use super::support::wait::{Deadline, Ready, Wake, wait};
use super::support::{Gate, Head};

/// A server that is busy for longer has lost its program.
const LIMIT: Duration = Duration::from_secs(30);

/// Bytes that wait to be written, above which no more are queued.
const QUEUE: usize = 256 * 1024;

/// How long an end may rest in all, however little it does at once.
pub const MOST_REST: Duration = Duration::from_millis(1500);

const TICK: Duration = Duration::from_millis(10);

/// How the stream from the program ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// With its FIN: everything that it sent has come.
    Fin,
    Reset,
    /// By this server, which did not wait for it.
    ByUs,
}

/// What the server can tell when it is over.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Every message that was queued, in order.
    pub sent: Vec<Message>,
    /// The beginning of one more.
    pub torn: Option<Message>,
    pub pings: usize,
    pub incoming: Incoming,
    /// The end that was begun, which is the script's or an answer.
    pub end: Option<End>,
    /// The last byte of that end went out.
    pub end_written: bool,
    pub ended: Ended,
}

/// Accepts the program and follows the script to its end.
pub fn serve(
    listener: &TcpListener,
    tls: Option<&Tls>,
    script: &Script,
    opened: &Gate,
    program_ended: &Wake,
) -> Result<Seen, String> {
    let deadline = Deadline::after(LIMIT);
    let called = wait(
        listener.as_fd(),
        PollFlags::IN,
        Some(program_ended),
        Some(deadline),
    );
    if called != Ready::Descriptor {
        return Err(format!("the program did not call: {called:?}"));
    }
    let (tcp, _) = listener
        .accept()
        .map_err(|error| format!("accepting: {error}"))?;
    let mut stream = Stream::open(tcp, tls)?;
    let head = read_head(&mut stream)?;
    stream
        .tcp()
        .set_nonblocking(true)
        .map_err(|error| format!("a socket that does not block: {error}"))?;
    let mut peer = Peer::new(stream, script, program_ended, deadline);
    peer.out.push(head.switching(&[]).as_bytes());
    peer.head = peer.out.len();
    opened.open();
    peer.run()
}

fn read_head(stream: &mut Stream) -> Result<Head, String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            Ok(_) => return Err("the program left before its request was whole".to_owned()),
            Err(error) => return Err(format!("reading the request: {error}")),
        }
    }
    Ok(Head::new(bytes))
}

/// Bytes that wait to be written; those that were move nothing at once.
#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    written: usize,
}

impl Queue {
    fn bytes(&self) -> &[u8] {
        &self.bytes[self.written..]
    }

    fn len(&self) -> usize {
        self.bytes().len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn written(&mut self, count: usize) {
        self.written += count;
        if self.is_empty() || self.written > QUEUE {
            self.bytes.drain(..self.written);
            self.written = 0;
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

struct Peer<'a> {
    /// None once the server has closed it.
    stream: Option<Stream>,
    script: &'a Script,
    script_chance: super::chance::Chance,
    program_ended: &'a Wake,
    deadline: Deadline,
    opened: Instant,
    out: Queue,
    /// Bytes of `out` that are the reply to the request and not yet written.
    head: usize,
    /// The length of a write that blocked: TLS wants it again.
    retry: Option<usize>,
    fed: usize,
    echoed: usize,
    /// The program takes nothing more.
    refused: bool,
    rested: Duration,
    over: bool,
    seen: Seen,
}

impl<'a> Peer<'a> {
    fn new(
        stream: Stream,
        script: &'a Script,
        program_ended: &'a Wake,
        deadline: Deadline,
    ) -> Self {
        Self {
            stream: Some(stream),
            script,
            script_chance: script.chance.clone(),
            program_ended,
            deadline,
            opened: Instant::now(),
            out: Queue::default(),
            head: 0,
            retry: None,
            fed: 0,
            echoed: 0,
            refused: false,
            rested: Duration::ZERO,
            over: false,
            seen: Seen {
                sent: Vec::new(),
                torn: None,
                pings: 0,
                incoming: Incoming::default(),
                end: None,
                end_written: false,
                ended: Ended::ByUs,
            },
        }
    }

    fn run(mut self) -> Result<Seen, String> {
        while !self.over {
            if self.deadline.passed() {
                return Err(format!("the connection lasted longer than {LIMIT:?}"));
            }
            if self.seen.end.is_none() {
                self.say_more();
                self.begin_to_end();
            }
            self.write();
            self.go_on_ending();
            self.read();
            self.rest();
        }
        self.seen.incoming.end();
        Ok(self.seen)
    }

    /// Echoes what came, then feeds, as far as the queue has room.
    fn say_more(&mut self) {
        while self.script.echoes
            && self.out.len() < QUEUE
            && self.echoed < self.seen.incoming.whole.len()
        {
            let message = self.seen.incoming.whole[self.echoed].clone();
            self.echoed += 1;
            self.say(message);
        }
        while self.out.len() < QUEUE && self.fed < self.script.feed.len() {
            let message = self.script.feed[self.fed].clone();
            self.fed += 1;
            self.say(message);
        }
    }

    fn say(&mut self, message: Message) {
        let pings = &mut self.seen.pings;
        let chance = &mut self.script_chance;
        self.out
            .push(&outgoing::frames(&message, self.script, pings, chance));
        self.seen.sent.push(message);
    }

    /// Begins the end if it is time to, or if the program has closed.
    fn begin_to_end(&mut self) {
        if self.head > 0 {
            return;
        }
        if let Some(payload) = self.seen.incoming.close.clone() {
            // Some servers do not answer a Close but just end.
            let rude = self.script.end != End::Answer && self.script_chance.percent(30);
            match rude {
                true => self.end_as(self.script.end),
                false => {
                    self.out.push(&outgoing::close(&payload));
                    self.seen.end = Some(End::Answer);
                }
            }
            return;
        }
        let messages = self.seen.sent.len() + self.seen.incoming.whole.len();
        let due =
            self.opened.elapsed() >= self.script.after || messages >= self.script.after_messages;
        if due && self.script.end != End::Answer {
            self.end_as(self.script.end);
        }
    }

    fn end_as(&mut self, end: End) {
        self.seen.end = Some(end);
        match end {
            End::Answer | End::Fin(_) => {}
            End::Close(code) => self.out.push(&outgoing::close_with(code)),
            End::Rst => self.reset(),
            End::HangUp => self.leave(),
            End::Torn(_) => self.tear(),
            End::Fault(fault) => {
                let (bytes, torn) = outgoing::fault(fault);
                self.out.push(&bytes);
                self.seen.torn = torn;
            }
            End::Silence => self.keep_silent(),
        }
    }

    /// Queues the beginning of a frame.
    fn tear(&mut self) {
        let kind = self.script_chance.pick(&[Kind::Text, Kind::Binary]);
        let number = self.seen.sent.len() + 1;
        let (bytes, part) = outgoing::torn(number, kind, &mut self.script_chance);
        self.out.push(&bytes);
        self.seen.torn = Some(part);
    }

    fn keep_silent(&mut self) {
        if let Some(stream) = &self.stream {
            let nothing = PollFlags::empty();
            let (wake, deadline) = (Some(self.program_ended), Some(self.deadline));
            // A hang-up is reported unasked, and is the program's end too.
            wait(stream.as_fd(), nothing, wake, deadline);
        }
        self.out.clear();
    }

    /// What follows once everything that was queued is out.
    fn go_on_ending(&mut self) {
        if !self.out.is_empty() || self.seen.end_written || self.refused {
            return;
        }
        let (Some(end), Some(stream)) = (self.seen.end, &mut self.stream) else {
            return;
        };
        let closed = self.seen.incoming.close.is_some();
        match end {
            End::Fin(Notify::Yes) => stream.shutdown_write(),
            End::Fin(Notify::No) | End::Torn(Leave::Fin) => {
                drop(stream.tcp().shutdown(Shutdown::Write));
            }
            End::Torn(Leave::Rst) => self.reset(),
            // The server ends TCP when both Close frames have been seen.
            End::Answer | End::Close(_) if closed => stream.shutdown_write(),
            End::Close(_) => return,
            _ => {}
        }
        self.seen.end_written = !matches!(end, End::Silence | End::Torn(Leave::Rst));
    }

    fn write(&mut self) {
        let Some(stream) = self.stream.as_mut().filter(|_| !self.out.is_empty()) else {
            return;
        };
        let size = self.script_chance.between(1, self.script.writes);
        let size = self.retry.take().unwrap_or(size.min(self.out.len()));
        match stream.write(&self.out.bytes()[..size]) {
            Ok(count) => {
                self.head = self.head.saturating_sub(count);
                self.out.written(count);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.retry = Some(size),
            Err(_) => self.give_up_writing(),
        }
    }

    /// The program has gone, or has shut the door; reading goes on.
    fn give_up_writing(&mut self) {
        self.out.clear();
        self.head = 0;
        self.refused = true;
        self.seen.end.get_or_insert(End::Silence);
    }

    fn reads_at_most(&self) -> usize {
        match self.script.reading {
            Reading::Chunks(size) => size,
            Reading::Late if self.seen.end.is_some() => 65_536,
            Reading::Late => 0,
        }
    }

    fn read(&mut self) {
        let mut chunk = vec![0; self.reads_at_most()];
        let Some(stream) = self.stream.as_mut().filter(|_| !chunk.is_empty()) else {
            return;
        };
        match stream.read(&mut chunk) {
            Ok(0) => self.finished(Ended::Fin),
            Ok(count) => self.seen.incoming.take(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.finished(Ended::Reset),
        }
    }

    fn finished(&mut self, ended: Ended) {
        self.seen.ended = ended;
        self.over = true;
    }

    /// Waits until there is something to do; at times longer than that.
    fn rest(&mut self) {
        let Some(stream) = &self.stream else {
            return;
        };
        if self.rested < MOST_REST && self.script_chance.percent(self.script.rests) {
            let time = self.script_chance.milliseconds(0, 5);
            self.rested += time;
            std::thread::sleep(time);
            return;
        }
        let mut events = PollFlags::empty();
        if self.reads_at_most() > 0 && !self.over {
            events |= PollFlags::IN;
        }
        if !self.out.is_empty() {
            events |= PollFlags::OUT;
        }
        if !stream.holds_data() {
            wait(stream.as_fd(), events, None, Some(Deadline::after(TICK)));
        }
    }

    fn reset(&mut self) {
        if let Some(stream) = &self.stream {
            linger_nothing(stream.tcp());
        }
        self.leave();
    }

    fn leave(&mut self) {
        self.stream = None;
        self.over = true;
    }
}

/// Closing sends RST and drops what was not sent.
fn linger_nothing(tcp: &TcpStream) {
    // A socket that is broken already needs no reset.
    let _ = rustix::net::sockopt::set_socket_linger(tcp, Some(Duration::ZERO));
}
