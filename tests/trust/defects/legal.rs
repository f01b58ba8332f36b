//! What is odd and legal: nothing may be found.

use super::super::case::{Case, case, passes};
use super::super::healthy::{CHAT, CRASH, ECHO, FEED, LEAVE, MORE, ODD, PRIVATE, ROOM, SLOW};
use super::super::server::{Change, Move};
use Change::{After, All, Before, Instead, Nothing, Swapped};
use Move::{
    Accept, Burst, Close, Deflated, Drip, Fragments, Pause, Ping, Pings, Pong, Raw, Reset, Text,
};

const DEFLATE: &[(&str, &str)] = &[("Sec-WebSocket-Extensions", "permessage-deflate")];

pub(super) const CASES: &[Case] = &[
    case("does all that is expected", &CHAT, Nothing, passes()),
    case("does it for two clients", &ROOM, Nothing, passes()),
    case("goes as it should", &CRASH, Nothing, passes().left("cut")),
    case(
        "refuses as it should",
        &PRIVATE,
        Nothing,
        passes().left("refused"),
    ),
    case("echoes", &ECHO, Nothing, passes()),
    case("feeds", &FEED, Nothing, passes()),
    case(
        "says what is ignored, everywhere",
        &CHAT,
        Before("tock", &[Text(r#"{"type":"presence","who":"bob"}"#)]),
        passes(),
    ),
    case(
        "says what is ignored into the silence",
        &CHAT,
        After("done", &[Pause(50), Text(r#"{"type":"presence"}"#)]),
        passes(),
    ),
    case(
        "says what may come or not",
        &CHAT,
        After("tick 1", &[Text(r#"{"type":"hint"}"#)]),
        passes(),
    ),
    case(
        "says much before what may have anything before it",
        &CHAT,
        After(
            "subscribed",
            &[Burst(&[
                "a",
                r#"{"type":"snapshot"}"#,
                r#"{"type":"tick","n":1}"#,
            ])],
        ),
        passes(),
    ),
    case(
        "says a set in order",
        &CHAT,
        Swapped("tick 1", "tick 2"),
        passes(),
    ),
    case(
        "floods with pings",
        &CHAT,
        Before("items", &[Pings(20_000)]),
        passes(),
    ),
    case(
        "pings and pongs unasked",
        &CHAT,
        Before("welcome", &[Ping(""), Pong("unasked"), Ping("again")]),
        passes(),
    ),
    case(
        "pings into the silence",
        &CHAT,
        After("done", &[Pause(50), Ping("still there")]),
        passes(),
    ),
    case(
        "speaks in fragments",
        &CHAT,
        Instead(
            "welcome",
            &[Fragments(&[
                r#"{"type":"wel"#,
                "",
                r#"come","id":1,"session":"0bad"#,
                r#"cafe","limits":{"rate":50}}"#,
            ])],
        ),
        passes(),
    ),
    case(
        "speaks byte by byte",
        &CHAT,
        Instead(
            "welcome",
            &[Drip(
                r#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50}}"#,
            )],
        ),
        passes(),
    ),
    case(
        "speaks in other spellings",
        &CHAT,
        Instead(
            "welcome",
            &[Text(
                "{ \"limits\": {\"rate\": 1e1},\r\n \"session\": \"0bad\\u0063afe\", \"id\": 1.0, \"type\": \"\\u0077elcome\" }",
            )],
        ),
        passes(),
    ),
    case(
        "agrees to compress, and does not",
        &ECHO,
        Instead("accept", &[Accept(DEFLATE)]),
        passes(),
    ),
    case(
        "compresses",
        &ECHO,
        All(&[
            Instead("accept", &[Accept(DEFLATE)]),
            Instead("echo", &[Deflated("hi")]),
        ]),
        passes(),
    ),
    case(
        "talks on at an open end",
        &FEED,
        After("started", &[Burst(&["a", "b", "c"])]),
        passes(),
    ),
    case(
        "answers within its limit",
        &CHAT,
        Before("done", &[Pause(100)]),
        passes(),
    ),
    case(
        "has other headers beside",
        &CHAT,
        Instead(
            "accept",
            &[Accept(&[
                ("X-Served-By", "cache-7"),
                ("server", "chat/12"),
                ("Sec-WebSocket-Protocol", "chat.v2"),
            ])],
        ),
        passes(),
    ),
    case(
        "talks after its Close",
        &CHAT,
        After("close", &[Text("and another thing"), Raw(b"\xff\xff")]),
        passes(),
    ),
    case(
        "closes by itself at the end",
        &ECHO,
        Instead("echo", &[Raw(b"\x81\x02hi\x88\x02\x03\xe8")]),
        passes(),
    ),
    case(
        "answers our Close with another code at the end",
        &ECHO,
        Instead("end", &[Move::AnswerClose(1011, "")]),
        passes(),
    ),
    case(
        "is reset where it may go",
        &CRASH,
        Instead("end", &[Reset]),
        passes().left("cut"),
    ),
    case("opens in time", &SLOW, Nothing, passes()),
    case("closes as it should", &LEAVE, Nothing, passes()),
    case(
        "closes without a code where any will do",
        &LEAVE,
        Instead("close", &[Move::CloseWithoutCode]),
        passes().left("no code"),
    ),
    case(
        "closes with a code of its own where any will do",
        &LEAVE,
        Instead("close", &[Close(4999, "see you")]),
        passes().left("4999"),
    ),
    case(
        "breaks the protocol as it should",
        &ODD,
        Nothing,
        passes().left("1002"),
    ),
    case("says several in a row", &MORE, Nothing, passes()),
];
