//! What comes too late, too early, or never. Beside each limit there are 300 ms for a
//! machine that is busy: a limit of 300 ms is passed after 600.

use super::super::case::{Case, case, fails};
use super::super::healthy::{CHAT, CRASH, ECHO, ROOM, SLOW};
use super::super::server::{Change, Move};
use Change::{All, Before, Instead};
use Move::{HearPong, Pause, Ping, Pong, Stuck, Text};

pub(super) const CASES: &[Case] = &[
    case(
        "answers after its limit",
        &CHAT,
        Before("done", &[Pause(600)]),
        fails("54:1: nothing came within 300 ms
  expected  done
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "answers after the limit of its client",
        &CHAT,
        Before("welcome", &[Pause(2300)]),
        fails(r#"15:1: nothing came within 2 s
  expected  {"type":"welcome","id":1}
hint: `within 10s` under the line waits longer"#),
    ),
    case(
        "says something where it has to be silent",
        &CHAT,
        Instead("done", &[Text("done"), Pause(50), Text("again")]),
        fails("56:1: a message came after N ms, and silence was expected for 300 ms
  received  again"),
    ),
    case(
        "closes where it has to be silent",
        &CHAT,
        Instead("done", &[Text("done"), Move::Close(1001, "")]),
        fails("56:1: the server closed with 1001 (going away) after N ms, and silence was expected for 300 ms
  received  /close 1001").left("1001"),
    ),
    case(
        "goes where it has to be silent",
        &CHAT,
        Instead("done", &[Text("done"), Pause(50), Move::Leave]),
        fails("56:1: connection lost: no close frame (1006) after N ms, and silence was expected for 300 ms
  connection  connection lost: no close frame (1006)").left("cut"),
    ),
    case(
        "does not answer the opening handshake",
        &ECHO,
        Instead("accept", &[Stuck]),
        fails("2:1: the server's answer to the upgrade took longer than 3 s
hint: --connect-timeout sets the limit").code(28).left("cut"),
    ),
    case(
        "is stuck",
        &CHAT,
        Instead("items", &[Stuck]),
        fails(r#"29:1: nothing came within 2 s
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}
hint: `within 10s` under the line waits longer"#).left("cut"),
    ),
    case(
        "is stuck for one client",
        &ROOM,
        Instead("ho for alice", &[Stuck]),
        fails(r#"15:1: nothing came within 2 s
  expected  {"from":"bob","say":"ho"}
hint: `within 10s` under the line waits longer"#).left("cut"),
    ),
    case(
        "does not answer a ping",
        &CHAT,
        Change::Without("pong"),
        fails("51:1: nothing came within 2 s
  expected  /pong k
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "answers a ping with other data",
        &CHAT,
        Instead("pong", &[Pong("j")]),
        fails("51:1: of 1 message that came within 2 s, none is the expected one; this is the nearest
  expected     /pong k
  received     /pong j
  differences  byte 1: expected 6b, came 6a
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest"),
    ),
    case(
        "answers a ping without data",
        &CHAT,
        Instead("pong", &[Pong("")]),
        fails("51:1: of 1 message that came within 2 s, none is the expected one; this is the nearest
  expected     /pong k
  received     /pong
  differences  expected 1 byte, came 0
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest"),
    ),
    case(
        "sends no ping of its own",
        &CHAT,
        Change::Without("ping"),
        fails("52:1: nothing came within 2 s
  expected  /ping who
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "sends a ping with other data",
        &CHAT,
        All(&[
            Instead("ping", &[Ping("whom")]),
            Instead("pong who", &[HearPong("whom")]),
        ]),
        fails("52:1: of 1 message that came within 2 s, none is the expected one; this is the nearest
  expected     /ping who
  received     /ping whom
  differences  expected 3 bytes, came 4
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest"),
    ),
    case(
        "opens too slowly",
        &SLOW,
        Before("accept", &[Pause(1500)]),
        fails("4:3: `time < 1s` does not hold: time is N ms
  expected  time < 1s"),
    ),
    case(
        "does not go when it should",
        &CRASH,
        Instead("end", &[]),
        fails("6:1: the connection was not lost within 2 s
  expected  /lost
hint: `within 10s` under the line waits longer"),
    ),
];
