//! How a connection is kept alive, and how another one takes its place.

mod gap;
mod pings;
mod reconnect;

use super::support::{Command, Conn, Server, frame::opcode, wstalk};

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// Closes with 1000, and passes over what comes before the answer.
fn end(conn: &mut Conn<'_>) {
    conn.close(1000, "");
    while let Some(frame) = conn.read_frame_or_end() {
        if frame.opcode == opcode::CLOSE {
            break;
        }
    }
    conn.finish();
}
