//! One message is not what it should be.

use super::super::case::{Case, case, fails};
use super::super::healthy::CHAT;
use super::super::server::{Change, Move};
use Change::{After, Before, Instead, Swapped, Twice, Without};
use Move::{Bytes, Text};

pub(super) const CASES: &[Case] = &[
    case(
        "answers with another member",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":2,"session":"0badcafe","limits":{"rate":50}}"#,
            )],
        ),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     {"type":"welcome","id":2,"session":"0badcafe","limits":{"rate":50}}
  differences  $.id: expected 1, came 2"#,
        ),
    ),
    case(
        "answers with an error instead",
        &CHAT,
        Instead("welcome", &[Text(r#"{"type":"error","code":"E17"}"#)]),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     {"type":"error","code":"E17"}
  differences  $.type: expected "welcome", came "error"
               $.id: missing, expected 1"#,
        ),
    ),
    case(
        "does not answer",
        &CHAT,
        Without("welcome"),
        fails(
            r#"15:1: nothing came within 2 s
  expected  {"type":"welcome","id":1}
hint: `within 10s` under the line waits longer"#,
        ),
    ),
    case(
        "answers twice",
        &CHAT,
        Twice("welcome"),
        fails(
            r#"23:1: another message came than the expected one
  expected     /json {"session":"0badcafe","name":"ann","admin":false}
  received     {"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50}}
  differences  $.name: missing, expected "ann"
               $.admin: missing, expected false
               $.type: not allowed by /json, came "welcome"
               $.id: not allowed by /json, came 1
               $.limits: not allowed by /json, came {"rate":50}
hint: /json allows no other members: leave it out to allow them"#,
        ),
    ),
    case(
        "says something that nobody asked for",
        &CHAT,
        Before("who", &[Text("news")]),
        fails(
            r#"23:1: another message came than the expected one
  expected     /json {"session":"0badcafe","name":"ann","admin":false}
  received     news
  differences  expected JSON, came the text "news"
hint: /json allows no other members: leave it out to allow them"#,
        ),
    ),
    case(
        "answers in binary what should be text",
        &CHAT,
        Instead(
            "welcome",
            &[Bytes(
                br#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50}}"#,
            )],
        ),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     /binary 7b 22 74 79 70 65 22 3a 22 77 65 6c 63 6f 6d 65 22 2c 22 69 64 22 3a 31 2c 22 73 65 73 73 69 6f 6e 22 3a 22 30 62 61 64 63 61 66 65 22 2c 22 6c 69 6d 69 74 73 22 3a 7b 22 72 61 74 65 22 3a 35 30 7d 7d
  differences  expected JSON, came binary"#,
        ),
    ),
    case(
        "answers in text what should be binary",
        &CHAT,
        Instead("bytes", &[Text("ff020100")]),
        fails(
            "48:1: another message came than the expected one
  expected     /binary ff ?? 01 ...
  received     ff020100
  differences  expected binary, came text
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest",
        ),
    ),
    case(
        "spells a number as a string",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":"1","session":"0badcafe","limits":{"rate":50}}"#,
            )],
        ),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     {"type":"welcome","id":"1","session":"0badcafe","limits":{"rate":50}}
  differences  $.id: expected the number 1, came the string "1""#,
        ),
    ),
    case(
        "answers with JSON that is cut",
        &CHAT,
        Instead(
            "welcome",
            &[Text(r#"{"type":"welcome","id":1,"session":"0badc"#)],
        ),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     /text {"type":"welcome","id":1,"session":"0badc
  differences  expected JSON, came text that is none: line 1, column 41: the text ends inside a string"#,
        ),
    ),
    case(
        "answers with a text that is not JSON",
        &CHAT,
        Instead("welcome", &[Text("welcome")]),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     welcome
  differences  expected JSON, came the text "welcome""#,
        ),
    ),
    case(
        "leaves out a member that a fact needs",
        &CHAT,
        Instead(
            "welcome",
            &[Text(r#"{"type":"welcome","id":1,"limits":{"rate":50}}"#)],
        ),
        fails(
            r#"16:3: `$.session ~ ^[0-9a-f]{8}$` does not hold: $.session is absent
  expected  $.session ~ ^[0-9a-f]{8}$
  received  {"type":"welcome","id":1,"limits":{"rate":50}}"#,
        ),
    ),
    case(
        "gives a session that does not look like one",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":1,"session":"0BADCAFE","limits":{"rate":50}}"#,
            )],
        ),
        fails(
            r#"16:3: `$.session ~ ^[0-9a-f]{8}$` does not hold: $.session is "0BADCAFE"
  expected  $.session ~ ^[0-9a-f]{8}$
  received  {"type":"welcome","id":1,"session":"0BADCAFE","limits":{"rate":50}}"#,
        ),
    ),
    case(
        "gives too low a number",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":9.99}}"#,
            )],
        ),
        fails(
            r#"17:3: `$.limits.rate >= 10` does not hold: $.limits.rate is 9.99
  expected  $.limits.rate >= 10
  received  {"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":9.99}}"#,
        ),
    ),
    case(
        "gives a string where a number is compared",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":"50"}}"#,
            )],
        ),
        fails(
            r#"17:3: `$.limits.rate >= 10` does not hold: $.limits.rate is "50"
  expected  $.limits.rate >= 10
  received  {"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":"50"}}"#,
        ),
    ),
    case(
        "adds a member that must be absent",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                r#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50},"error":null}"#,
            )],
        ),
        fails(
            r#"18:3: `$.error absent` does not hold: $.error is null
  expected  $.error absent
  received  {"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50},"error":null}"#,
        ),
    ),
    case(
        "does not know the session that it gave",
        &CHAT,
        Instead(
            "who",
            &[Text(r#"{"session":"0badbeef","name":"ann","admin":false}"#)],
        ),
        fails(
            r#"23:1: another message came than the expected one
  expected     /json {"session":"0badcafe","name":"ann","admin":false}
  received     {"session":"0badbeef","name":"ann","admin":false}
  differences  $.session: expected "0badcafe", came "0badbeef"
hint: /json allows no other members: leave it out to allow them"#,
        ),
    ),
    case(
        "resumes another session than it gave",
        &CHAT,
        Instead("resumed", &[Text("resumed 0badbeef at 17")]),
        fails(
            r"25:1: another message came than the expected one
  expected     /match ^resumed 0badcafe at \d+$
  received     resumed 0badbeef at 17
  differences  no match for ^resumed 0badcafe at \d+$",
        ),
    ),
    case(
        "tells more than an equal value may hold",
        &CHAT,
        Instead(
            "who",
            &[Text(
                r#"{"session":"0badcafe","name":"ann","admin":false,"password":"x"}"#,
            )],
        ),
        fails(
            r#"23:1: another message came than the expected one
  expected     /json {"session":"0badcafe","name":"ann","admin":false}
  received     {"session":"0badcafe","name":"ann","admin":false,"password":"x"}
  differences  $.password: not allowed by /json, came "x"
hint: /json allows no other members: leave it out to allow them"#,
        ),
    ),
    case(
        "gives an array that is too short",
        &CHAT,
        Instead(
            "items",
            &[Text(
                r#"{"items":[{"id":1,"name":"tea","price":3},{"id":2,"price":7.5}]}"#,
            )],
        ),
        fails(
            r#"29:1: another message came than the expected one
  expected     {"items":[{"id":1},{"id":2},{"id":3}]}
  received     {"items":[{"id":1,"name":"tea","price":3},{"id":2,"price":7.5}]}
  differences  $.items: expected 3 elements, came 2
               $.items[2]: missing, expected {"id":3}"#,
        ),
    ),
    case(
        "gives an array in another order",
        &CHAT,
        Instead(
            "items",
            &[Text(
                r#"{"items":[{"id":1,"name":"tea","price":3},{"id":3,"price":9},{"id":2,"price":7.5}]}"#,
            )],
        ),
        fails(
            r#"29:1: another message came than the expected one
  expected     {"items":[{"id":1},{"id":2},{"id":3}]}
  received     {"items":[{"id":1,"name":"tea","price":3},{"id":3,"price":9},{"id":2,"price":7.5}]}
  differences  $.items[1].id: expected 2, came 3
               $.items[2].id: expected 3, came 2"#,
        ),
    ),
    case(
        "gives other values than a filter counts",
        &CHAT,
        Instead(
            "items",
            &[Text(
                r#"{"items":[{"id":1,"name":"tea","price":3},{"id":2,"price":7.5},{"id":3,"price":"9"}]}"#,
            )],
        ),
        fails(
            r#"31:3: `$.items[?@.price > 5] count == 2` does not hold: $.items[?@.price > 5] selects 1 node
  expected  $.items[?@.price > 5] count == 2
  received  {"items":[{"id":1,"name":"tea","price":3},{"id":2,"price":7.5},{"id":3,"price":"9"}]}"#,
        ),
    ),
    case(
        "gives a number where a type is asked for",
        &CHAT,
        Instead(
            "items",
            &[Text(
                r#"{"items":[{"id":1,"name":17,"price":3},{"id":2,"price":7.5},{"id":3,"price":9}]}"#,
            )],
        ),
        fails(
            r#"32:3: `$.items[0].name type string` does not hold: $.items[0].name is of type number: 17
  expected  $.items[0].name type string
  received  {"items":[{"id":1,"name":17,"price":3},{"id":2,"price":7.5},{"id":3,"price":9}]}"#,
        ),
    ),
    case(
        "answers in the wrong order",
        &CHAT,
        Swapped("who", "resumed"),
        fails(
            r#"23:1: another message came than the expected one
  expected     /json {"session":"0badcafe","name":"ann","admin":false}
  received     resumed 0badcafe at 17
  differences  expected JSON, came the text "resumed 0badcafe at 17"
hint: /json allows no other members: leave it out to allow them"#,
        ),
    ),
    case(
        "echoes one byte wrong",
        &CHAT,
        Instead("bytes", &[Bytes(&[0xff, 2, 0x10, 0, 0])]),
        fails(
            "48:1: another message came than the expected one
  expected     /binary ff ?? 01 ...
  received     /binary ff 02 10 00 00
  differences  byte 3: expected 01, came 10
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest",
        ),
    ),
    case(
        "echoes too few bytes",
        &CHAT,
        Instead("bytes", &[Bytes(&[0xff, 2])]),
        fails(
            "48:1: another message came than the expected one
  expected     /binary ff ?? 01 ...
  received     /binary ff 02
  differences  expected at least 3 bytes, came 2
hint: bytes are compared whole: `??` stands for any byte, a final `...` for any rest",
        ),
    ),
    case(
        "echoes too many bytes",
        &CHAT,
        Instead("bytes", &[Bytes(&[0xff, 2, 1, 0, 0, 0])]),
        fails(
            "49:3: `length == 5` does not hold: length is 6
  expected  length == 5
  received  /binary ff 02 01 00 00 00",
        ),
    ),
    case(
        "leaves out a line break",
        &CHAT,
        Instead("bye", &[Text("bye")]),
        fails(
            r#"58:1: another message came than the expected one
  expected     /string "bye\n"
  received     bye
  differences  expected 4 characters, came 3: "\n" is missing at the end
hint: a text is compared whole: /match REGEX looks for a part of it, {"a":1} for JSON that has this member"#,
        ),
    ),
    case(
        "says an ignored message in other words",
        &CHAT,
        Before("welcome", &[Text(r#"{"type":"presences"}"#)]),
        fails(
            r#"15:1: another message came than the expected one
  expected     {"type":"welcome","id":1}
  received     {"type":"presences"}
  differences  $.type: expected "welcome", came "presences"
               $.id: missing, expected 1"#,
        ),
    ),
    case(
        "says more after its last word",
        &CHAT,
        After("bye", &[Text("bye\n")]),
        fails(
            r#"59:1: a message came, and a Close frame was expected
  expected  /close 1000 bye
  received  /string "bye\n""#,
        ),
    ),
];
