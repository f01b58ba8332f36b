//! Frames that break the protocol.

use super::super::case::{Case, case, fails};
use super::super::healthy::{CHAT, ECHO, FEED};
use super::super::server::{Change, Move};
use Change::{After, All, Instead};
use Move::{Accept, Long, Pause, Raw, Stuck};

pub(super) const CASES: &[Case] = &[
    case(
        "sends a text that is not UTF-8",
        &CHAT,
        Instead("items", &[Raw(b"\x81\x04{\"a\xff")]),
        fails(r#"29:1: the server broke the protocol: a text message is not valid UTF-8, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1007"),
    ),
    case(
        "masks a frame",
        &CHAT,
        Instead("items", &[Raw(b"\x81\x82\x00\x00\x00\x00hi")]),
        fails(r#"29:1: the server broke the protocol: a frame from the server is masked, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "sets a reserved bit",
        &CHAT,
        Instead("items", &[Raw(b"\xa1\x02hi")]),
        fails(r#"29:1: the server broke the protocol: a frame has the reserved bit RSV2 set, which no extension gave a meaning, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "compresses what it did not agree to",
        &CHAT,
        Instead("items", &[Raw(b"\xc1\x02hi")]),
        fails(r#"29:1: the server broke the protocol: a frame has the reserved bit RSV1 set, which no extension gave a meaning, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "uses an unknown opcode",
        &CHAT,
        Instead("items", &[Raw(b"\x83\x02hi")]),
        fails(r#"29:1: the server broke the protocol: a frame has the reserved opcode 0x3, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "goes on with a message that has not begun",
        &CHAT,
        Instead("items", &[Raw(b"\x80\x02hi")]),
        fails(r#"29:1: the server broke the protocol: a continuation frame came where no message was begun, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "begins a message inside another",
        &CHAT,
        Instead("items", &[Raw(b"\x01\x02hi\x81\x02ho")]),
        fails(r#"29:1: the server broke the protocol: a new message began before the fragmented one had ended, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}"#).code(76).left("1002"),
    ),
    case(
        "cuts a ping into fragments",
        &CHAT,
        Instead("ping", &[Raw(b"\x09\x03who")]),
        fails("52:1: the server broke the protocol: a control frame is fragmented, before the expected message came
  expected  /ping who").code(76).left("1002"),
    ),
    case(
        "closes with a code that must not be sent",
        &CHAT,
        Instead("close", &[Raw(b"\x88\x02\x03\xee")]),
        fails("59:1: the server broke the protocol: a Close frame has the code 1006, which must not be sent
  expected  /close 1000 bye
  received  /close /binary 03 ee").code(76).left("1002"),
    ),
    case(
        "says more than a message may hold",
        &CHAT,
        Instead("items", &[Long(65_537)]),
        fails(r#"29:1: the server broke the protocol: a message is larger than the 65536 bytes that are allowed, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}
hint: `max-message-size SIZE` under `connect` allows larger ones"#).code(76).left("1009"),
    ),
    case(
        "claims a message without end",
        &CHAT,
        Instead("items", &[Raw(b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff")]),
        fails(r#"29:1: the server broke the protocol: a message is larger than the 65536 bytes that are allowed, before the expected message came
  expected  {"items":[{"id":1},{"id":2},{"id":3}]}
hint: `max-message-size SIZE` under `connect` allows larger ones"#).code(76).left("1009"),
    ),
    case(
        "masks a frame and is stuck",
        &CHAT,
        Instead("done", &[Raw(b"\x81\x82\x00\x00\x00\x00hi"), Stuck]),
        fails("54:1: the server broke the protocol: a frame from the server is masked, before the expected message came
  expected  done").code(76).left("cut"),
    ),
    case(
        "masks a frame where it has to be silent",
        &CHAT,
        After("done", &[Pause(50), Raw(b"\x81\x82\x00\x00\x00\x00hi")]),
        fails("56:1: the server broke the protocol: a frame from the server is masked after N ms, and silence was expected for 300 ms").code(76).left("1002"),
    ),
    case(
        "masks a frame where anything may come",
        &FEED,
        Instead(
            "started",
            &[Raw(b"\x81\x07started\x81\x82\x00\x00\x00\x00hi")],
        ),
        fails("6:1: the server broke the protocol: a frame from the server is masked").code(76).left("1002"),
    ),
    case(
        "closes with a reason that is not UTF-8",
        &CHAT,
        Instead("close", &[Raw(b"\x88\x03\x03\xe8\xff")]),
        fails(
            r#"59:1: the server broke the protocol: the reason of a Close frame is not valid UTF-8: 1000 "�"
  expected  /close 1000 bye
  received  /close /binary 03 e8 ff"#,
        ).code(76).left("1007"),
    ),
    case(
        "compresses what cannot be inflated",
        &ECHO,
        All(&[
            Instead(
                "accept",
                &[Accept(&[("Sec-WebSocket-Extensions", "permessage-deflate")])],
            ),
            Instead("echo", &[Raw(b"\xc1\x02\xff\xff")]),
        ]),
        fails(
            "6:1: the server broke the protocol: a compressed message is not valid DEFLATE data, before the expected message came
  expected  hi",
        ).code(76).left("1007"),
    ),
    case(
        "claims more than a control frame may hold",
        &CHAT,
        Instead("ping", &[Raw(b"\x89\x7e\x00\x80")]),
        fails(
            "52:1: the server broke the protocol: a control frame claims more than 125 bytes, before the expected message came
  expected  /ping who",
        ).code(76).left("1002"),
    ),
];
