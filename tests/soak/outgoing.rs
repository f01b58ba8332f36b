//! What a server says, as bytes: messages in fragments with pings between
//! them, frames that break off, and frames that break a rule.

use super::chance::Chance;
use super::message::{Alphabet, Kind, Message, message};
use super::plan::{Fault, Script};
use super::support::Frame;
use super::support::frame::opcode;

/// A message in up to as many fragments as the script says, cut anywhere.
pub fn frames(
    message: &Message,
    script: &Script,
    pings: &mut usize,
    chance: &mut Chance,
) -> Vec<u8> {
    let count = chance.between(1, script.fragments);
    let length = message.payload.len();
    let mut cuts: Vec<usize> = (1..count).map(|_| chance.between(0, length)).collect();
    cuts.sort_unstable();
    cuts.push(length);
    let (mut bytes, mut from) = (Vec::new(), 0);
    for (index, &cut) in cuts.iter().enumerate() {
        if chance.percent(script.pings) {
            *pings += 1;
            bytes.extend(Frame::new(opcode::PING, pings.to_string()).bytes());
        }
        let code = match index {
            0 => opcode_of(message.kind),
            _ => opcode::CONTINUATION,
        };
        let frame = Frame::new(code, &message.payload[from..cut]);
        bytes.extend(match cut == length && index + 1 == cuts.len() {
            true => frame.bytes(),
            false => frame.unfinished().bytes(),
        });
        from = cut;
    }
    bytes
}

fn opcode_of(kind: Kind) -> u8 {
    match kind {
        Kind::Text => opcode::TEXT,
        Kind::Binary => opcode::BINARY,
    }
}

pub fn close(payload: &[u8]) -> Vec<u8> {
    Frame::new(opcode::CLOSE, payload).bytes()
}

pub fn close_with(code: Option<u16>) -> Vec<u8> {
    match code {
        Some(code) => Frame::close(code, "soak").bytes(),
        None => close(b""),
    }
}

/// The beginning of a frame, from its first byte to the last but one, and the
/// part of the message that stands in it.
pub fn torn(number: usize, kind: Kind, chance: &mut Chance) -> (Vec<u8>, Message) {
    let mut whole = message(number, kind, Alphabet::Free, chance);
    let mut bytes = Frame::new(opcode_of(kind), &whole.payload).bytes();
    let header = bytes.len() - whole.payload.len();
    bytes.truncate(chance.between(1, bytes.len() - 1));
    whole.payload.truncate(bytes.len().saturating_sub(header));
    (bytes, whole)
}

/// Frames that break the protocol, and what they leave of a message.
pub fn fault(fault: Fault) -> (Vec<u8>, Option<Message>) {
    let begun = Message {
        kind: Kind::Text,
        payload: b"begun".to_vec(),
    };
    let bytes = match fault {
        Fault::Opcode => Frame::new(3, "x").bytes(),
        Fault::Reserved => Frame::text("x").rsv(2).bytes(),
        Fault::Masked => Frame::text("x").masked([1, 2, 3, 4]).bytes(),
        Fault::Continuation => Frame::continuation("x").bytes(),
        Fault::Utf8 => Frame::text(b"\xff").bytes(),
        Fault::CloseCode => Frame::close(1006, "").bytes(),
        Fault::Inside => {
            let frames = [Frame::text("begun").unfinished(), Frame::text("x")];
            return (frames.iter().flat_map(Frame::bytes).collect(), Some(begun));
        }
    };
    (bytes, None)
}
