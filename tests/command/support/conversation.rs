//! A connection's frames: what a script sends after the upgrade, and what it
//! expects of the client.

use super::conn::Conn;
use super::frame::{Frame, ReceivedFrame, opcode};

impl Conn<'_> {
    /// Sends a frame with every field as the script set it.
    #[track_caller]
    pub fn send(&mut self, frame: &Frame) -> &mut Self {
        self.raw(frame.bytes())
    }

    #[track_caller]
    pub fn frame(&mut self, opcode: u8, payload: impl AsRef<[u8]>) -> &mut Self {
        self.send(&Frame::new(opcode, payload))
    }

    #[track_caller]
    pub fn text(&mut self, payload: impl AsRef<[u8]>) -> &mut Self {
        self.send(&Frame::text(payload))
    }

    #[track_caller]
    pub fn binary(&mut self, payload: impl AsRef<[u8]>) -> &mut Self {
        self.send(&Frame::binary(payload))
    }

    #[track_caller]
    pub fn ping(&mut self, payload: impl AsRef<[u8]>) -> &mut Self {
        self.frame(opcode::PING, payload)
    }

    #[track_caller]
    pub fn pong(&mut self, payload: impl AsRef<[u8]>) -> &mut Self {
        self.frame(opcode::PONG, payload)
    }

    #[track_caller]
    pub fn close(&mut self, code: u16, reason: impl AsRef<[u8]>) -> &mut Self {
        self.send(&Frame::close(code, reason))
    }

    /// Reads one frame. A client's must be masked (RFC 6455 section 5.1).
    #[track_caller]
    pub fn read_frame(&mut self) -> ReceivedFrame {
        let frame = self.read_any_frame();
        assert!(frame.masked, "the client did not mask: {frame:?}");
        frame
    }

    /// Reads one frame, masked or not.
    #[track_caller]
    pub fn read_any_frame(&mut self) -> ReceivedFrame {
        let deadline = self.deadline();
        loop {
            if let Some((frame, used)) = ReceivedFrame::parse(self.pending()) {
                self.skip(used);
                return frame;
            }
            self.fill_or_fail("a frame", deadline);
        }
    }

    /// Reads one frame, masked; None when the client has left, with FIN or a
    /// reset, whatever part of a frame came before.
    #[track_caller]
    pub fn read_frame_or_end(&mut self) -> Option<ReceivedFrame> {
        let deadline = self.deadline();
        loop {
            if let Some((frame, used)) = ReceivedFrame::parse(self.pending()) {
                self.skip(used);
                assert!(frame.masked, "the client did not mask: {frame:?}");
                return Some(frame);
            }
            if self.fill("a frame or the end", deadline).unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Reads one data message of any number of fragments: its opcode and
    /// payload. A control frame between them is a failure.
    #[track_caller]
    pub fn read_message(&mut self) -> (u8, Vec<u8>) {
        let mut frame = self.read_frame();
        let kind = frame.opcode;
        assert!(
            [opcode::TEXT, opcode::BINARY].contains(&kind),
            "not the beginning of a message: {frame:?}"
        );
        let mut payload = std::mem::take(&mut frame.payload);
        while !frame.fin {
            frame = self.read_frame();
            assert_eq!(
                frame.opcode,
                opcode::CONTINUATION,
                "in a message: {frame:?}"
            );
            payload.append(&mut frame.payload);
        }
        (kind, payload)
    }

    /// The next frame must be this, whole.
    #[track_caller]
    pub fn expect_text(&mut self, expected: &str) -> &mut Self {
        self.expect_frame(opcode::TEXT, expected)
    }

    /// The next frame must be this, whole.
    #[track_caller]
    pub fn expect_binary(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        self.expect_frame(opcode::BINARY, expected)
    }

    #[track_caller]
    pub fn expect_ping(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        self.expect_frame(opcode::PING, expected)
    }

    #[track_caller]
    pub fn expect_pong(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        self.expect_frame(opcode::PONG, expected)
    }

    /// The next frame must be a Close: its code, if it has one, and reason.
    #[track_caller]
    pub fn expect_close(&mut self) -> (Option<u16>, String) {
        let frame = self.read_frame();
        assert_eq!(frame.opcode, opcode::CLOSE, "not a Close: {frame:?}");
        assert!(frame.fin && frame.rsv == 0, "an illegal Close: {frame:?}");
        match frame.payload.split_first_chunk::<2>() {
            Some((code, reason)) => {
                let reason = String::from_utf8(reason.to_vec()).expect("a reason in UTF-8");
                (Some(u16::from_be_bytes(*code)), reason)
            }
            None => {
                assert!(frame.payload.is_empty(), "half a code: {frame:?}");
                (None, String::new())
            }
        }
    }

    /// The client's Close must come next; it is answered with the same code,
    /// and the connection ends as RFC 6455 section 7.1.1 wants it.
    #[track_caller]
    pub fn answer_close(&mut self) -> (Option<u16>, String) {
        let (code, reason) = self.expect_close();
        match code {
            Some(code) => self.close(code, ""),
            None => self.frame(opcode::CLOSE, ""),
        };
        self.finish();
        (code, reason)
    }

    #[track_caller]
    fn expect_frame(&mut self, opcode: u8, expected: impl AsRef<[u8]>) -> &mut Self {
        let frame = self.read_frame();
        let wanted = ReceivedFrame {
            fin: true,
            rsv: 0,
            opcode,
            masked: true,
            payload: expected.as_ref().to_owned(),
        };
        assert!(
            frame == wanted,
            "expected {}\n     but got {}",
            described(&wanted),
            described(&frame)
        );
        self
    }
}

fn described(frame: &ReceivedFrame) -> String {
    let payload = frame.payload.escape_ascii();
    let (fin, rsv, opcode) = (frame.fin, frame.rsv, frame.opcode);
    format!("opcode {opcode}, FIN {fin}, RSV {rsv}, payload \"{payload}\"")
}
