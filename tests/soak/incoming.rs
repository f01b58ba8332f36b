//! What came from the program: frames put together to messages, and every rule
//! that a client has to keep on the wire (RFC 6455 sections 5 and 7).

use super::message::{Kind, Message};
use super::support::ReceivedFrame;
use super::support::frame::opcode;

/// More than any frame that the program sends, to look into one that was cut.
const LARGEST_FRAME: usize = 2 * 1024 * 1024;

#[derive(Clone, Debug, Default)]
pub struct Incoming {
    pub whole: Vec<Message>,
    /// What came of a message whose end did not.
    pub part: Option<Message>,
    /// The payload of the program's Close frame.
    pub close: Option<Vec<u8>>,
    pub pongs: Vec<Vec<u8>>,
    /// The first rule that was broken.
    pub problem: Option<String>,
    buffer: Vec<u8>,
    cursor: usize,
}

impl Incoming {
    /// Takes bytes as they came.
    pub fn take(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        while let Some((frame, used)) = ReceivedFrame::parse(&self.buffer[self.cursor..]) {
            self.cursor += used;
            self.frame(frame);
        }
        self.buffer.drain(..self.cursor);
        self.cursor = 0;
    }

    /// Nothing more comes: what stands there of a frame counts as its part.
    pub fn end(&mut self) {
        let came = self.buffer.len();
        if came == 0 {
            return;
        }
        if self.close.is_some() {
            self.break_rule(format!("{came} bytes after the Close frame"));
        }
        let mut padded = std::mem::take(&mut self.buffer);
        padded.resize(came + LARGEST_FRAME, 0);
        let Some((frame, used)) = ReceivedFrame::parse(&padded) else {
            return self.break_rule("a frame of over 2 MiB, or none at all".to_owned());
        };
        let header = used - frame.payload.len();
        if frame.opcode <= opcode::BINARY && came > header {
            let mut frame = frame;
            frame.payload.truncate(came - header);
            frame.fin = false;
            self.data(frame);
        }
    }

    fn break_rule(&mut self, rule: String) {
        self.problem.get_or_insert(rule);
    }

    fn frame(&mut self, frame: ReceivedFrame) {
        if self.close.is_some() {
            self.break_rule("a frame after the Close frame".to_owned());
        }
        if !frame.masked || frame.rsv != 0 {
            self.break_rule(format!("masked {}, RSV {}", frame.masked, frame.rsv));
        }
        let control = frame.opcode >= opcode::CLOSE;
        if control && (!frame.fin || frame.payload.len() > 125) {
            self.break_rule("a control frame in fragments, or too long".to_owned());
        }
        match frame.opcode {
            opcode::CONTINUATION | opcode::TEXT | opcode::BINARY => self.data(frame),
            opcode::CLOSE => self.close = Some(frame.payload),
            opcode::PONG => self.pongs.push(frame.payload),
            other => self.break_rule(format!("a frame with the opcode {other:#x}")),
        }
    }

    fn data(&mut self, frame: ReceivedFrame) {
        let fin = frame.fin;
        let begun = self.part.take();
        let message = match (frame.opcode, begun) {
            (opcode::TEXT, None) => Message {
                kind: Kind::Text,
                payload: frame.payload,
            },
            (opcode::BINARY, None) => Message {
                kind: Kind::Binary,
                payload: frame.payload,
            },
            (opcode::CONTINUATION, Some(mut message)) => {
                message.payload.extend_from_slice(&frame.payload);
                message
            }
            (code, begun) => {
                let begun = begun.is_some();
                let rule = format!("opcode {code:#x} while a message was begun: {begun}");
                return self.break_rule(rule);
            }
        };
        match fin {
            true => self.whole.push(message),
            false => self.part = Some(message),
        }
    }
}
