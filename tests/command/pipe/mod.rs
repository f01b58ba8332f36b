//! The program between pipes: lines in, messages out, and how it ends.

mod counting;
mod execute;
mod lines;
mod linger;
mod output;
mod pressure;
mod stderr;
mod text;
mod time;
mod unread;
mod unsent;
mod usage;

use super::support::frame::opcode;
use super::support::{Command, Conn, ReceivedFrame, Server, wstalk};

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// What a client said after the opening handshake, up to its Close.
#[derive(Debug, Default)]
struct Said {
    /// Of data messages, in order.
    frames: Vec<ReceivedFrame>,
    code: Option<u16>,
    reason: String,
}

impl Said {
    /// The messages that came whole: opcode and payload.
    fn messages(&self) -> Vec<(u8, Vec<u8>)> {
        let mut messages = Vec::new();
        let mut message: Option<(u8, Vec<u8>)> = None;
        for frame in &self.frames {
            let (_, payload) = message.get_or_insert((frame.opcode, Vec::new()));
            payload.extend_from_slice(&frame.payload);
            if frame.fin {
                messages.extend(message.take());
            }
        }
        messages
    }

    /// The messages, which must all be text. Panics if one is not.
    #[track_caller]
    fn texts(&self) -> Vec<String> {
        let text = |(kind, payload): (u8, Vec<u8>)| {
            assert_eq!(kind, opcode::TEXT, "a message that is not text");
            String::from_utf8(payload).expect("text in UTF-8")
        };
        self.messages().into_iter().map(text).collect()
    }
}

/// Reads what the client says until its Close, and answers that.
#[track_caller]
fn hear(conn: &mut Conn<'_>) -> Said {
    let mut said = Said::default();
    loop {
        let frame = conn.read_frame();
        match frame.opcode {
            opcode::CONTINUATION | opcode::TEXT | opcode::BINARY => said.frames.push(frame),
            opcode::CLOSE => {
                conn.frame(opcode::CLOSE, &frame.payload);
                conn.finish();
                let (code, reason) = frame.payload.split_at(frame.payload.len().min(2));
                said.code = code.try_into().ok().map(u16::from_be_bytes);
                said.reason = String::from_utf8(reason.to_vec()).expect("a reason in UTF-8");
                return said;
            }
            _ => {}
        }
    }
}

/// A server that must get exactly these texts and then a Close with 1000.
fn server_that_hears(texts: &[&str], case: &str) -> Server {
    let expected: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let case = case.to_owned();
    Server::accept(move |conn| {
        conn.upgrade();
        let said = hear(conn);
        assert_eq!(said.texts(), expected, "{case}");
        assert_eq!(said.code, Some(1000), "{case}");
    })
}
