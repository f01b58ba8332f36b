//! How a connection is kept alive, and how another one takes its place.

mod gap;
mod pings;
mod reconnect;
mod resumed;
mod tries;

use super::support::{Command, Conn, Server, frame::opcode, wstalk};

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// What a server does on a connection.
type Script = fn(&mut Conn<'_>);

/// What is said of a connection that is lost, in its beginning.
const AGAIN: &str = "; connecting again in ";

/// Closes, and passes over what comes before the answer.
fn closes(conn: &mut Conn<'_>, code: u16) {
    conn.close(code, "");
    while let Some(frame) = conn.read_frame_or_end() {
        if frame.opcode == opcode::CLOSE {
            break;
        }
    }
    conn.finish();
}

/// Closes with 1000, and passes over what comes before the answer.
fn end(conn: &mut Conn<'_>) {
    closes(conn, 1000);
}
