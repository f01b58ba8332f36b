//! Messages that belong together, and clients that do.

use super::super::case::{Case, case, fails};
use super::super::healthy::{CHAT, ECHO, MORE, ROOM};
use super::super::server::{Change, Move};
use Change::{After, All, Before, Instead, Swapped, Twice, Without};
use Move::{Burst, Text};

pub(super) const CASES: &[Case] = &[
    case(
        "never says what may have anything before it",
        &CHAT,
        Without("snapshot"),
        fails(r#"36:1: of 4 messages that came within 1 s, none is the expected one; this is the nearest
  expected     {"type":"snapshot"}
  received     {"type":"subscribed"}
  differences  $.type: expected "snapshot", came "subscribed""#),
    ),
    case(
        "says it, but a fact does not hold",
        &CHAT,
        Instead("snapshot", &[Text(r#"{"type":"snapshot","price":[]}"#)]),
        fails(r#"37:3: of 5 messages that came within 1 s, none is the expected one; nearest: `$.prices exists` does not hold: $.prices is absent
  expected  $.prices exists
  received  {"type":"snapshot","price":[]}"#),
    ),
    case(
        "leaves one of a set out",
        &CHAT,
        Without("tock"),
        fails(r"41:1: nothing more came within 2 s
  expected  /match ^tock \d+$
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "says one of a set twice and another not",
        &CHAT,
        Instead("tick 1", &[Text(r#"{"type":"tick","n":2}"#)]),
        fails(r#"39:1: another message came than the expected one
  expected     {"type":"tick","n":1}
  received     {"type":"tick","n":2}
  differences  $.n: expected 1, came 2"#),
    ),
    case(
        "says one of a set twice beside the others",
        &CHAT,
        Twice("tick 2"),
        fails(r#"39:1: a message came that no line of the set takes; this one is the nearest
  expected     {"type":"tick","n":1}
  received     {"type":"tick","n":2}
  differences  $.n: expected 1, came 2"#),
    ),
    case(
        "says one of a set wrong",
        &CHAT,
        Instead("tock", &[Text("tock one")]),
        fails(r"41:1: a message came that no line of the set takes; this one is the nearest
  expected     /match ^tock \d+$
  received     tock one
  differences  no match for ^tock \d+$"),
    ),
    case(
        "says a fourth after a set",
        &CHAT,
        After("tick 1", &[Text(r#"{"type":"tick","n":3}"#)]),
        fails(r#"45:1: another message came than the expected one
  expected     beat
  received     {"type":"tick","n":3}
  differences  character 1: expected "beat", came "{\"type\":\"tick\",\"n\":3}"
hint: a text is compared whole: /match REGEX looks for a part of it, {"a":1} for JSON that has this member"#),
    ),
    case(
        "says what may come twice",
        &CHAT,
        After(
            "tick 1",
            &[Burst(&[r#"{"type":"hint"}"#, r#"{"type":"hint"}"#])],
        ),
        fails(r#"45:1: another message came than the expected one
  expected     beat
  received     {"type":"hint"}
  differences  character 1: expected "beat", came "{\"type\":\"hint\"}"
hint: a text is compared whole: /match REGEX looks for a part of it, {"a":1} for JSON that has this member"#),
    ),
    case(
        "says two of three",
        &CHAT,
        Without("beat 3"),
        fails("45:1: only 2 of 3 came within 2 s
  expected  beat
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "says four of three",
        &CHAT,
        Twice("beat 3"),
        fails("48:1: another message came than the expected one
  expected     /binary ff ?? 01 ...
  received     beat
  differences  expected binary, came text
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest"),
    ),
    case(
        "says another thing among three",
        &CHAT,
        Before("beat 2", &[Text("beet")]),
        fails(r#"45:1: another message came than the expected one, after 1 of 3
  expected     beat
  received     beet
  differences  character 3: expected "beat", came "beet"
hint: a text is compared whole: /match REGEX looks for a part of it, {"a":1} for JSON that has this member"#),
    ),
    case(
        "says two of three, and something before",
        &MORE,
        Without("beat 3"),
        fails("6:1: only 2 of 3 came within 1 s
  expected  beat
hint: `within 10s` under the line waits longer"),
    ),
    case(
        "closes after one of three",
        &MORE,
        Instead("beat 2", &[Move::Close(1001, "")]),
        fails("6:1: the server closed with 1001 (going away), before the expected message came, after 1 of 3
  expected  beat
  received  /close 1001").left("1001"),
    ),
    case(
        "says something more at the end",
        &ECHO,
        Instead("echo", &[Burst(&["hi", "ho"])]),
        fails("6:1: a message came that no line takes
  received  ho
hint: `< ...` as the last line lets more come; `ignore PATTERN` under `connect` passes it over everywhere"),
    ),
    case(
        "tells the wrong client",
        &ROOM,
        After("said to alice", &[Text(r#"{"from":"alice","say":"hi"}"#)]),
        fails(r#"15:1: another message came than the expected one
  expected     {"from":"bob","say":"ho"}
  received     {"from":"alice","say":"hi"}
  differences  $.from: expected "bob", came "alice"
               $.say: expected "ho", came "hi""#),
    ),
    case(
        "tells nobody",
        &ROOM,
        Without("hi for bob"),
        fails(r#"12:1: nothing came within 2 s
  expected  {"from":"alice","say":"hi"}
hint: `within 10s` under the line waits longer"#),
    ),
    case(
        "mixes two clients up",
        &ROOM,
        All(&[
            Instead("users for alice", &[Text(r#"{"users":2}"#)]),
            Instead("users for bob", &[Text(r#"{"users":1}"#)]),
        ]),
        fails(r#"8:1: another message came than the expected one
  expected     {"users":1}
  received     {"users":2}
  differences  $.users: expected 1, came 2"#),
    ),
    case(
        "tells a client of what another says before it has said what it must",
        &ROOM,
        Instead(
            "hi for bob",
            &[
                Text(r#"{"left":"alice"}"#),
                Text(r#"{"from":"alice","say":"hi"}"#),
            ],
        ),
        fails(r#"12:1: another message came than the expected one
  expected     {"from":"alice","say":"hi"}
  received     {"left":"alice"}
  differences  $.from: missing, expected "alice"
               $.say: missing, expected "hi""#),
    ),
    case(
        "answers one client before it tells of the other",
        &ROOM,
        Swapped("hi for bob", "said to bob"),
        fails(r#"12:1: another message came than the expected one
  expected     {"from":"alice","say":"hi"}
  received     {"said":2}
  differences  $.from: missing, expected "alice"
               $.say: missing, expected "hi""#),
    ),
    case(
        "does not tell that another has left",
        &ROOM,
        Without("left for bob"),
        fails(r#"18:1: nothing came within 2 s
  expected  {"left":"alice"}
hint: `within 10s` under the line waits longer"#),
    ),
    case(
        "tells it twice",
        &ROOM,
        Instead(
            "left for bob",
            &[Burst(&[r#"{"left":"alice"}"#, r#"{"left":"alice"}"#])],
        ),
        fails(r#"18:1: a message came that no line takes
  received  {"left":"alice"}
hint: `< ...` as the last line lets more come; `ignore PATTERN` under `connect` passes it over everywhere"#),
    ),
];
