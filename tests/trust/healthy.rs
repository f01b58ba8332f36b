//! Transcripts, and servers that do what they expect.

use super::server::{Move, NamedMove, Side};
use Move::{
    Accept, Await, Bytes, Close, Hear, HearBytes, HearClose, HearPing, HearPong, Leave, Ping, Pong,
    Raw, Tell, Text,
};

/// A transcript and the servers that it needs.
#[derive(Debug)]
pub struct Scene {
    /// Of the file.
    pub name: &'static str,
    pub text: &'static str,
    pub sides: &'static [Side],
}

const CHAT_GREETING: &[(&str, &str)] =
    &[("Server", "chat/7"), ("Sec-WebSocket-Protocol", "chat.v2")];

pub static CHAT: Scene = Scene {
    name: "chat.wst",
    text: include_str!("conversations/chat.wst"),
    sides: &[Side {
        path: "/chat",
        moves: &[
            ("accept", Accept(CHAT_GREETING)),
            ("", Hear(r#"{"type":"hello","id":1}"#)),
            (
                "welcome",
                Text(r#"{"type":"welcome","id":1,"session":"0badcafe","limits":{"rate":50}}"#),
            ),
            ("", Hear(r#"{"type":"who","session":"0badcafe"}"#)),
            (
                "who",
                Text(r#"{"session":"0badcafe","name":"ann","admin":false}"#),
            ),
            ("", Hear("resume 0badcafe")),
            ("resumed", Text("resumed 0badcafe at 17")),
            ("", Hear(r#"{"type":"list"}"#)),
            (
                "items",
                Text(
                    r#"{"items":[{"id":1,"name":"tea","price":3},{"id":2,"price":7.5},{"id":3,"price":9}]}"#,
                ),
            ),
            ("", Hear(r#"{"type":"subscribe"}"#)),
            ("subscribed", Text(r#"{"type":"subscribed"}"#)),
            ("snapshot", Text(r#"{"type":"snapshot","prices":[]}"#)),
            ("tick 2", Text(r#"{"type":"tick","n":2}"#)),
            ("tock", Text("tock 1")),
            ("tick 1", Text(r#"{"type":"tick","n":1}"#)),
            ("", Hear("beat")),
            ("beat 1", Text("beat")),
            ("beat 2", Text("beat")),
            ("beat 3", Text("beat")),
            ("", HearBytes(&[1, 2, 255])),
            ("bytes", Bytes(&[255, 2, 1, 0, 0])),
            ("", HearPing("k")),
            ("pong", Pong("k")),
            ("ping", Ping("who")),
            ("pong who", HearPong("who")),
            ("", Hear("work")),
            ("done", Text("done")),
            ("", Hear("bye")),
            ("bye", Text("bye\n")),
            ("close", Close(1000, "bye")),
            ("", HearClose),
        ],
    }],
};

pub static ROOM: Scene = Scene {
    name: "room.wst",
    text: include_str!("conversations/room.wst"),
    sides: &[
        Side {
            path: "/room/alice",
            moves: &[
                ("accept alice", Accept(&[])),
                ("users for alice", Text(r#"{"users":1}"#)),
                ("", Hear(r#"{"say":"hi"}"#)),
                ("said to alice", Text(r#"{"said":1}"#)),
                ("", Tell("alice says hi")),
                ("", Await("bob says ho")),
                ("ho for alice", Text(r#"{"from":"bob","say":"ho"}"#)),
                ("alice closes", HearClose),
                ("", Tell("alice has left")),
            ],
        },
        Side {
            path: "/room/bob",
            moves: &[
                ("accept bob", Accept(&[])),
                ("users for bob", Text(r#"{"users":2}"#)),
                ("", Await("alice says hi")),
                ("hi for bob", Text(r#"{"from":"alice","say":"hi"}"#)),
                ("", Hear(r#"{"say":"ho"}"#)),
                ("said to bob", Text(r#"{"said":2}"#)),
                ("", Tell("bob says ho")),
                ("", Await("alice has left")),
                ("left for bob", Text(r#"{"left":"alice"}"#)),
                ("", HearClose),
            ],
        },
    ],
};

pub static CRASH: Scene = Scene {
    name: "crash.wst",
    text: include_str!("conversations/crash.wst"),
    sides: &[Side {
        path: "/crash",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("crash")),
            ("last words", Text("as you like")),
            ("end", Leave),
        ],
    }],
};

pub static PRIVATE: Scene = Scene {
    name: "private.wst",
    text: include_str!("conversations/private.wst"),
    sides: &[Side {
        path: "/private",
        moves: &[(
            "refusal",
            Raw(
                b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 20\r\n\r\n{\"error\":\"no token\"}",
            ),
        )],
    }],
};

pub static ECHO: Scene = Scene {
    name: "echo.wst",
    text: include_str!("conversations/echo.wst"),
    sides: &[Side {
        path: "/echo",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("hi")),
            ("echo", Text("hi")),
            ("end", HearClose),
        ],
    }],
};

pub static FEED: Scene = Scene {
    name: "feed.wst",
    text: include_str!("conversations/feed.wst"),
    sides: &[Side {
        path: "/feed",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("start")),
            ("started", Text("started")),
            ("", HearClose),
        ],
    }],
};

pub static SLOW: Scene = Scene {
    name: "slow.wst",
    text: include_str!("conversations/slow.wst"),
    sides: &[Side {
        path: "/slow",
        moves: &[("accept", Accept(&[])), ("", HearClose)],
    }],
};

pub static LEAVE: Scene = Scene {
    name: "leave.wst",
    text: include_str!("conversations/leave.wst"),
    sides: &[Side {
        path: "/leave",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("leave")),
            ("close", Close(1000, "")),
            ("", HearClose),
        ],
    }],
};

pub static ODD: Scene = Scene {
    name: "odd.wst",
    text: include_str!("conversations/odd.wst"),
    sides: &[Side {
        path: "/odd",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("break the protocol")),
            ("close", Close(1006, "")),
            ("", HearClose),
        ],
    }],
};

pub static MORE: Scene = Scene {
    name: "more.wst",
    text: include_str!("conversations/more.wst"),
    sides: &[Side {
        path: "/more",
        moves: &[
            ("accept", Accept(&[])),
            ("", Hear("go")),
            ("noise", Text("noise")),
            ("beat 1", Text("beat")),
            ("beat 2", Text("beat")),
            ("beat 3", Text("beat")),
            ("", HearClose),
        ],
    }],
};

/// What both of the next say: the answer comes when the test lets it.
const WHEN_STOPPED: &[NamedMove] = &[
    ("accept", Accept(&[])),
    ("", Hear("work")),
    ("", Tell("asked")),
    ("", Await("stopped")),
    ("done", Text("done")),
    ("", Tell("said")),
    ("", HearClose),
];

pub static LIMIT: Scene = Scene {
    name: "limit.wst",
    text: include_str!("conversations/limit.wst"),
    sides: &[Side {
        path: "/limit",
        moves: WHEN_STOPPED,
    }],
};

pub static SILENCE: Scene = Scene {
    name: "silence.wst",
    text: include_str!("conversations/silence.wst"),
    sides: &[Side {
        path: "/silence",
        moves: WHEN_STOPPED,
    }],
};
