//! When a run ends, with which exit code, and what it says of what was not sent.

mod blocked;
mod counts;
mod no_close;
mod order;
mod table;
mod until;

use super::support::frame::opcode;
use super::support::{self, Command, Conn, Server, wstalk};

/// How many cases of a table run at once: they wait more than they work.
const WORKERS: usize = 64;

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// What a client said until it left.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// The data messages that came whole.
    pub(super) messages: Vec<Vec<u8>>,
    /// A message that had begun and was not whole.
    pub(super) begun: bool,
    /// The code of its Close frame, if one came.
    pub(super) close: Option<u16>,
}

/// Hears the client out, and answers its Close.
#[track_caller]
pub(super) fn hear(conn: &mut Conn<'_>) -> Heard {
    let mut heard = Heard::default();
    let mut message = Vec::new();
    while let Some(frame) = conn.read_frame_or_end() {
        match frame.opcode {
            opcode::CONTINUATION | opcode::TEXT | opcode::BINARY => {
                message.extend_from_slice(&frame.payload);
                heard.begun = !frame.fin;
                if frame.fin {
                    heard.messages.push(std::mem::take(&mut message));
                }
            }
            opcode::CLOSE => {
                let code = frame.payload.first_chunk().copied();
                heard.close = code.map(u16::from_be_bytes);
                // Who dropped the connection does not take it.
                drop(
                    conn.try_raw([&[0x88, frame.payload.len() as u8], &frame.payload[..]].concat()),
                );
                conn.finish();
                break;
            }
            _ => {}
        }
    }
    heard
}

/// Follows every case, some at a time, and panics with what went wrong in any.
#[track_caller]
pub(super) fn each_at_once<T: Send>(cases: Vec<T>, follow: impl Fn(T) + Sync) {
    support::abreast(WORKERS, cases, follow);
}
