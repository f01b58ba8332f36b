//! How a connection ends.

use super::super::case::{Case, case, fails};
use super::super::healthy::{CHAT, CRASH, ECHO, LEAVE, ROOM};
use super::super::server::{Change, Move};
use Change::{Before, Instead, Without};
use Move::{Close, CloseWithoutCode, Leave, Raw, Reset, Text};

pub(super) const CASES: &[Case] = &[
    case(
        "closes with another code",
        &CHAT,
        Instead("close", &[Close(1011, "bye")]),
        fails(r#"59:1: the server closed with 1011 (internal error) "bye", and not as expected
  expected  /close 1000 bye
  received  /close 1011 bye"#).left("1011"),
    ),
    case(
        "closes with another reason",
        &CHAT,
        Instead("close", &[Close(1000, "later")]),
        fails(r#"59:1: the server closed with 1000 (normal closure) "later", and not as expected
  expected  /close 1000 bye
  received  /close 1000 later"#),
    ),
    case(
        "closes without a code",
        &CHAT,
        Instead("close", &[CloseWithoutCode]),
        fails("59:1: the server closed with no code (1005), and not as expected
  expected  /close 1000 bye
  received  /close").left("no code"),
    ),
    case(
        "does not close",
        &CHAT,
        Without("close"),
        fails("59:1: the server did not close within 2 s
  expected  /close 1000 bye
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "is lost instead of closing",
        &CHAT,
        Instead("close", &[Leave]),
        fails("59:1: connection lost: no close frame (1006), and a Close frame was expected
  expected    /close 1000 bye
  connection  connection lost: no close frame (1006)").left("cut"),
    ),
    case(
        "is reset instead of closing",
        &CHAT,
        Instead("close", &[Reset]),
        fails("59:1: connection lost: connection reset by peer, no close frame (1006), and a Close frame was expected
  expected    /close 1000 bye
  connection  connection lost: connection reset by peer, no close frame (1006)").left("cut"),
    ),
    case(
        "closes instead of being lost",
        &CRASH,
        Instead("end", &[Close(1000, "")]),
        fails("6:1: the server closed with 1000 (normal closure), and the end was expected without a Close frame
  expected  /lost
  received  /close 1000"),
    ),
    case(
        "talks on instead of being lost",
        &CRASH,
        Instead("end", &[Text("still here")]),
        fails("6:1: a message came, and the end was expected without a Close frame
  expected  /lost
  received  still here"),
    ),
    case(
        "closes in the middle",
        &CHAT,
        Instead("items", &[Close(1008, "quota")]),
        fails(r#"29:1: the server closed with 1008 (policy violation) "quota", before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}
  received  /close 1008 quota"#).left("1008"),
    ),
    case(
        "goes in the middle",
        &CHAT,
        Instead("items", &[Leave]),
        fails(r#"29:1: connection lost: no close frame (1006), before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: no close frame (1006)"#).left("cut"),
    ),
    case(
        "is reset in the middle",
        &CHAT,
        Instead("items", &[Reset]),
        fails(r#"29:1: connection lost: connection reset by peer, no close frame (1006), before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: connection reset by peer, no close frame (1006)"#).left("cut"),
    ),
    case(
        "goes in the middle of a message",
        &CHAT,
        Instead("items", &[Raw(b"\x01\x0a{\"items\":["), Leave]),
        fails(r#"29:1: connection lost: no close frame (1006), in the middle of a message, before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: no close frame (1006)"#).left("cut"),
    ),
    case(
        "goes in the middle of a frame's payload",
        &CHAT,
        Instead("items", &[Raw(b"\x81\x7d{\"items\":["), Leave]),
        fails(r#"29:1: connection lost: no close frame (1006), in the middle of a message, before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: no close frame (1006)"#).left("cut"),
    ),
    case(
        "goes in the middle of a frame's header",
        &CHAT,
        Instead("items", &[Raw(b"\x81\x7e\x01"), Leave]),
        fails(r#"29:1: connection lost: no close frame (1006), in the middle of a message, before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: no close frame (1006)"#).left("cut"),
    ),
    case(
        "is reset in the middle of a frame's header",
        &CHAT,
        Instead("items", &[Raw(b"\x81"), Reset]),
        fails(r#"29:1: connection lost: connection reset by peer, no close frame (1006), in the middle of a message, before the expected message came
  expected    {"items":[{"id":1},{"id":2},{"id":3}]}
  connection  connection lost: connection reset by peer, no close frame (1006)"#).left("cut"),
    ),
    case(
        "closes while something may come before the next message",
        &CHAT,
        Before("snapshot", &[Close(1013, "try later")]),
        fails(r#"36:1: the server closed with 1013 (try again later) "try later", before the expected message came
  expected     {"type":"snapshot"}
  received     {"type":"subscribed"}
  differences  $.type: expected "snapshot", came "subscribed""#).left("1013"),
    ),
    case(
        "closes while a set is expected",
        &CHAT,
        Instead("tock", &[Close(1000, "")]),
        fails(r#"39:1: the server closed with 1000 (normal closure), before the expected message came
  expected  {"type":"tick","n":1}
  received  /close 1000"#),
    ),
    case(
        "closes before the client can speak",
        &CHAT,
        Instead(
            "who",
            &[Raw(
                b"\x81\x31{\"session\":\"0badcafe\",\"name\":\"ann\",\"admin\":false}\x88\x02\x03\xf0",
            )],
        ),
        fails("24:1: this cannot be sent: the server closed with 1008 (policy violation)").left("1008"),
    ),
    case(
        "answers our Close with another code",
        &ROOM,
        Instead("alice closes", &[Move::AnswerClose(1002, "")]),
        fails("17:1: the server closed with 1002 (protocol error), and not as expected
  expected  /close 1000 later
  received  /close 1002"),
    ),
    case(
        "closes with an error where nothing more is expected",
        &ECHO,
        Instead("echo", &[Raw(b"\x81\x02hi\x88\x02\x03\xf3")]),
        fails("6:1: the server closed with 1011 (internal error), and no line expects it
  received  /close 1011").left("1011"),
    ),
    case(
        "is lost instead of closing in whatever way",
        &LEAVE,
        Instead("close", &[Leave]),
        fails("5:1: connection lost: no close frame (1006), and a Close frame was expected
  expected    /close
  connection  connection lost: no close frame (1006)").left("cut"),
    ),
    case(
        "closes with a code that is none, where any will do",
        &LEAVE,
        Instead("close", &[Close(1006, "")]),
        fails("5:1: the server broke the protocol: a Close frame has the code 1006, which must not be sent
  expected  /close
  received  /close /binary 03 ee").code(76).left("1002"),
    ),
    case(
        "closes with half a code, where any will do",
        &LEAVE,
        Instead("close", &[Raw(b"\x88\x01\x03")]),
        fails("5:1: the server broke the protocol: a Close frame has a payload of one byte: 03
  expected  /close
  received  /close /binary 03").code(76).left("1002"),
    ),
];
