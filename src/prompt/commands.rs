//! What can be typed beside messages, at the prompt of a client and at that of a server.

use crate::notation::Command;
use crate::ws::Role;

const HELP: Command = Command::new("/help", "[COMMAND]", "explain the commands, or one of them");
const SHOW: Command = Command::new(
    "/show",
    "[N[-M]]",
    "messages whole; alone, a list of the latest",
);
const SET: Command = Command::new(
    "/set",
    "[NAME on|off]",
    "pretty, timestamps, numbers, frames, ping-pong",
);
const FILTER: Command = Command::new(
    "/filter",
    "[PATTERN|off]",
    "draw only what matches: /match REGEX, JSON in part",
);
const RESUME: Command = Command::new("/resume", "", "draw them again");

/// What can be typed at this end.
pub(super) fn of(role: Role) -> &'static [Command] {
    match role {
        Role::Client => OF_CLIENT,
        Role::Server => OF_SERVER,
    }
}

/// Those of a client, in the order in which help lists them.
pub(super) const OF_CLIENT: &[Command] = &[
    HELP,
    Command::new(
        "/status",
        "",
        "state, address, counts, what waits to be sent",
    ),
    Command::new("/headers", "", "both heads of the opening handshake"),
    Command::new("/stats", "", "what has passed, and round trips"),
    SHOW,
    Command::new("/resend", "N", "send your message N again"),
    SET,
    FILTER,
    Command::new("/pause", "", "draw no messages; the connection goes on"),
    RESUME,
    Command::new(
        "/save",
        "FILE",
        "write the session as a test of the same server",
    ),
    Command::new(
        "/connect",
        "[URL]",
        "close; connect again, or elsewhere (/PATH: here)",
    ),
    Command::new("/quit", "", "close with 1000 and leave"),
];

/// Those of a server.
const OF_SERVER: &[Command] = &[
    HELP,
    Command::new(
        "/status",
        "",
        "who is connected, what has passed and what waits",
    ),
    Command::new("/to", "N LINE", "send this to client N alone: /to 2 hello"),
    SHOW,
    Command::new("/resend", "N", "send your message N again, to every client"),
    SET,
    FILTER,
    Command::new("/pause", "", "draw no messages; connections go on"),
    RESUME,
    Command::new("/quit", "", "close every client with 1001 and leave"),
];
