//! What the server does with an open connection: echo, sink, flood, or nothing.

use std::io::{self, Read, Write};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::frame::{self, Header};
use crate::server::{Job, Role, Seen};
use crate::wire::Wire;

/// Bytes that are read at once.
const BUFFER: usize = 256 * 1024;
/// Close with code 1000, unmasked.
pub const CLOSE: [u8; 4] = [0x88, 2, 0x03, 0xe8];

/// Plays the job's role on `wire`; `rest` came behind the head.
pub fn play(wire: &mut Wire, job: &Job, framed: bool, rest: Vec<u8>) -> io::Result<()> {
    match (&job.role, framed) {
        (Role::Echo, true) => echo(wire, rest),
        (Role::Echo, false) => echo_bytes(wire, &rest),
        (Role::Sink { messages, .. }, true) => sink(wire, job, *messages, rest),
        (Role::Sink { bytes, .. }, false) => sink_bytes(wire, job, *bytes, rest.len() as u64),
        (Role::Flood(_), _) => flood(wire, job, framed),
        (Role::Deaf, _) => {
            while !job.over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
    }
}

/// Reads until the client's Close; a time-out or reset is an end, too.
fn until_closed(wire: &mut Wire) {
    let mut count = Count::default();
    let mut held = vec![0; BUFFER];
    let mut filled = 0;
    while !count.closing {
        match wire.read(&mut held[filled..]) {
            Ok(more @ 1..) => filled += more,
            _ => return,
        }
        let used = count.add(&held[..filled]);
        held.copy_within(used..filled, 0);
        filled -= used;
    }
}

fn echo_bytes(wire: &mut Wire, rest: &[u8]) -> io::Result<()> {
    wire.write_all(rest)?;
    let mut chunk = vec![0; BUFFER];
    loop {
        match wire.read(&mut chunk)? {
            0 => break,
            count => wire.write_all(&chunk[..count])?,
        }
    }
    wire.end();
    Ok(())
}

fn echo(wire: &mut Wire, mut held: Vec<u8>) -> io::Result<()> {
    let mut out = Vec::with_capacity(2 * BUFFER);
    let mut filled = held.len();
    let mut part = Part::default();
    loop {
        let (used, closing) = answer_all(&held[..filled], &mut part, &mut out);
        wire.write_all(&out)?;
        out.clear();
        if closing {
            wire.end();
            return Ok(());
        }
        held.copy_within(used..filled, 0);
        filled -= used;
        if held.len() < filled + BUFFER {
            held.resize(2 * (filled + BUFFER), 0);
        }
        match wire.read(&mut held[filled..])? {
            0 => return Ok(()),
            count => filled += count,
        }
    }
}

/// A message whose first frames have come.
#[derive(Debug, Default)]
struct Part {
    first: u8,
    payload: Vec<u8>,
}

/// Answers each whole message in one frame; the bytes used, and whether one
/// was Close.
fn answer_all(bytes: &[u8], part: &mut Part, out: &mut Vec<u8>) -> (usize, bool) {
    let mut used = 0;
    while let Some(header) = Header::read(&bytes[used..]) {
        let begin = used + header.length;
        let end = begin + header.payload as usize;
        let Some(payload) = bytes.get(begin..end) else {
            break;
        };
        used = end;
        match header.opcode() {
            8 => {
                frame::answer(header.first, header.mask, payload, out);
                return (used, true);
            }
            9 => frame::answer(0x8a, header.mask, payload, out),
            10 => {}
            1 | 2 if header.ends_message() => {
                frame::answer(header.first, header.mask, payload, out);
            }
            opcode => join(&header, opcode, payload, part, out),
        }
    }
    (used, false)
}

/// Keeps a fragment; answers the message when this was the last.
fn join(header: &Header, opcode: u8, payload: &[u8], part: &mut Part, out: &mut Vec<u8>) {
    if opcode != 0 {
        part.first = 0x80 | opcode;
    }
    frame::unmask(header.mask, payload, &mut part.payload);
    if header.ends_message() {
        frame::answer(part.first, [0; 4], &part.payload, out);
        part.payload.clear();
    }
}

fn sink_bytes(wire: &mut Wire, job: &Job, due: u64, mut bytes: u64) -> io::Result<()> {
    let mut chunk = vec![0; BUFFER];
    while let Ok(count @ 1..) = wire.read(&mut chunk) {
        let before = bytes;
        bytes += count as u64;
        if before < due && bytes >= due {
            (job.tell)(Seen::All(Instant::now()));
        }
    }
    let messages = 0;
    (job.tell)(Seen::Ended { messages, bytes });
    Ok(())
}

/// Counts messages and bytes; what lies in a payload is passed over.
fn sink(wire: &mut Wire, job: &Job, due: u64, mut held: Vec<u8>) -> io::Result<()> {
    let mut count = Count::default();
    let mut filled = held.len();
    held.resize(BUFFER.max(filled), 0);
    loop {
        let before = count.messages;
        let used = count.add(&held[..filled]);
        if before < due && count.messages >= due {
            (job.tell)(Seen::All(Instant::now()));
        }
        if count.closing {
            wire.write_all(&CLOSE)?;
            wire.end();
            break;
        }
        held.copy_within(used..filled, 0);
        filled -= used;
        match wire.read(&mut held[filled..]) {
            Ok(more @ 1..) => filled += more,
            _ => break,
        }
    }
    (job.tell)(Seen::Ended {
        messages: count.messages,
        bytes: count.bytes,
    });
    Ok(())
}

#[derive(Debug, Default)]
struct Count {
    messages: u64,
    bytes: u64,
    closing: bool,
    /// Bytes of a payload that are still to come, and whether it ends a message.
    open: u64,
    ends: bool,
}

impl Count {
    /// Takes what is whole; the bytes used.
    fn add(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            let here = self.open.min((bytes.len() - at) as u64);
            at += here as usize;
            self.open -= here;
            if self.open > 0 {
                return at;
            }
            self.messages += u64::from(std::mem::take(&mut self.ends));
            let Some(header) = Header::read(&bytes[at..]) else {
                return at;
            };
            at += header.length;
            self.open = header.payload;
            self.ends = header.ends_message();
            self.closing |= header.opcode() == 8;
            if header.opcode() < 8 {
                self.bytes += header.payload;
            }
        }
    }
}

fn flood(wire: &mut Wire, job: &Job, framed: bool) -> io::Result<()> {
    let Role::Flood(stream) = &job.role else {
        return Ok(());
    };
    wire.write_all(&stream.head)?;
    for _ in 0..stream.repeats {
        wire.write_all(&stream.unit)?;
        if job.over.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
    wire.write_all(&stream.tail)?;
    if framed {
        until_closed(wire);
    }
    wire.end();
    Ok(())
}
