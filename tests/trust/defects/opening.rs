//! The opening handshake.

use super::super::case::{Case, case, fails};
use super::super::healthy::{CHAT, ECHO, PRIVATE, ROOM};
use super::super::server::{Change, Move};
use Change::{All, Instead};
use Move::{Accept, Leave, Raw, Reset};

pub(super) const CASES: &[Case] = &[
    case(
        "wants a login",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 8\r\n\r\nno token")]),
        fails("9:3: `status == 101` does not hold: status is 401
  expected    status == 101
  received    no token
  connection  the upgrade was refused: HTTP 401 Unauthorized
hint: the server wants credentials: --user NAME, --bearer TOKEN, or a header with --header").left("refused"),
    ),
    case(
        "does not know the path",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]),
        fails("9:3: `status == 101` does not hold: status is 404
  expected    status == 101
  connection  the upgrade was refused: HTTP 404 Not Found
hint: nothing is at this path: check the URL").left("refused"),
    ),
    case(
        "breaks down",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops")]),
        fails("9:3: `status == 101` does not hold: status is 500
  expected    status == 101
  received    oops
  connection  the upgrade was refused: HTTP 500 Internal Server Error
hint: the server or a gateway before it failed").left("refused"),
    ),
    case(
        "sends elsewhere",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n")]),
        fails("9:3: `status == 101` does not hold: status is 302
  expected    status == 101
  connection  the upgrade was refused: HTTP 302 Found
hint: it moved to ws://HOST/login: --location (-L) goes there").left("refused"),
    ),
    case(
        "is no WebSocket server",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]),
        fails("9:3: `status == 101` does not hold: status is 200
  expected    status == 101
  received    hello
  connection  the upgrade was refused: HTTP 200 OK
hint: this is an HTTP page, not a WebSocket endpoint: check the path").left("refused"),
    ),
    case(
        "does not speak HTTP",
        &CHAT,
        Instead("accept", &[Raw(b"220 mail.example ESMTP\r\n")]),
        fails(r#"2:1: the reply is not a valid opening handshake: what came back is not HTTP: it begins with "220 mail.example"
hint: is this the port of a WebSocket server?"#).code(8).left("refused"),
    ),
    case(
        "proves nothing by its key",
        &CHAT,
        Instead("accept", &[Raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n")]),
        fails(r#"2:1: the reply is not a valid opening handshake: Sec-WebSocket-Accept is "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", which does not answer our key
hint: is this the path of a WebSocket endpoint?"#).code(8).left("refused"),
    ),
    case(
        "goes before it answers",
        &CHAT,
        Instead("accept", &[Leave]),
        fails("2:1: the server closed the connection before it answered
hint: is this the path of a WebSocket endpoint? or a server with TLS: wss://HOST/chat").code(52).left("cut"),
    ),
    case(
        "is torn away before it answers",
        &CHAT,
        Instead("accept", &[Reset]),
        fails("2:1: the server closed the connection before it answered
hint: is this the path of a WebSocket endpoint? or a server with TLS: wss://HOST/chat").code(52).left("cut"),
    ),
    case(
        "agrees on another subprotocol",
        &CHAT,
        Instead("accept", &[Accept(&[("Server", "chat/7"), ("Sec-WebSocket-Protocol", "chat.v1")])]),
        fails(r#"10:3: `subprotocol == "chat.v2"` does not hold: subprotocol is "chat.v1"
  expected  subprotocol == "chat.v2""#),
    ),
    case(
        "agrees on no subprotocol",
        &CHAT,
        Instead("accept", &[Accept(&[("Server", "chat/7")])]),
        fails(r#"10:3: `subprotocol == "chat.v2"` does not hold: subprotocol is absent
  expected  subprotocol == "chat.v2""#),
    ),
    case(
        "chooses a subprotocol that was not offered",
        &CHAT,
        Instead("accept", &[Accept(&[("Server", "chat/7"), ("Sec-WebSocket-Protocol", "mqtt")])]),
        fails(r#"2:1: the reply is not a valid opening handshake: it names the subprotocol "mqtt", which was not offered
hint: offer it with --subprotocol mqtt"#).code(8).left("gone"),
    ),
    case(
        "has another header",
        &CHAT,
        Instead("accept", &[Accept(&[("Server", "chat/7-beta"), ("Sec-WebSocket-Protocol", "chat.v2")])]),
        fails(r#"11:3: `header Server ~ ^chat/\d+$` does not hold: header Server is "chat/7-beta"
  expected  header Server ~ ^chat/\d+$"#),
    ),
    case(
        "has the header not",
        &CHAT,
        Instead("accept", &[Accept(&[("Sec-WebSocket-Protocol", "chat.v2")])]),
        fails(r"11:3: `header Server ~ ^chat/\d+$` does not hold: header Server is absent
  expected  header Server ~ ^chat/\d+$"),
    ),
    case(
        "has the header twice",
        &CHAT,
        Instead("accept", &[Accept(&[("Server", "chat/7"), ("Server", "chat/8"), ("Sec-WebSocket-Protocol", "chat.v2")])]),
        fails(r"11:3: `header Server ~ ^chat/\d+$` does not hold: header Server came 2 times, and `~` needs one
  expected  header Server ~ ^chat/\d+$"),
    ),
    case(
        "lets in whom it should refuse",
        &PRIVATE,
        Instead("refusal", &[Accept(&[])]),
        fails("4:3: `status == 401` does not hold: status is 101
  expected  status == 401"),
    ),
    case(
        "refuses with another status",
        &PRIVATE,
        Instead("refusal", &[Raw(b"HTTP/1.1 403 Forbidden\r\nWWW-Authenticate: Bearer\r\nContent-Length: 20\r\n\r\n{\"error\":\"no token\"}")]),
        fails(r#"4:3: `status == 401` does not hold: status is 403
  expected    status == 401
  received    {"error":"no token"}
  connection  the upgrade was refused: HTTP 403 Forbidden
hint: the server forbids it: perhaps it wants credentials (--user, --bearer) or another --origin"#).left("refused"),
    ),
    case(
        "refuses without the header",
        &PRIVATE,
        Instead("refusal", &[Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 20\r\n\r\n{\"error\":\"no token\"}")]),
        fails(r#"5:3: `header WWW-Authenticate ~ ^Bearer` does not hold: header WWW-Authenticate is absent
  expected    header WWW-Authenticate ~ ^Bearer
  received    {"error":"no token"}
  connection  the upgrade was refused: HTTP 401 Unauthorized"#).left("refused"),
    ),
    case(
        "refuses in other words",
        &PRIVATE,
        Instead("refusal", &[Raw(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 20\r\n\r\n{\"error\":\"go away!\"}")]),
        fails(r#"6:3: `$.error == "no token"` does not hold: $.error is "go away!"
  expected    $.error == "no token"
  received    {"error":"go away!"}
  connection  the upgrade was refused: HTTP 401 Unauthorized"#).left("refused"),
    ),
    case(
        "refuses with a page",
        &PRIVATE,
        Instead("refusal", &[Raw(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 13\r\n\r\n<h1>Login</h1")]),
        fails(r#"6:3: `$.error == "no token"` does not hold: $.error selects nothing: what came is not JSON
  expected    $.error == "no token"
  received    <h1>Login</h1
  connection  the upgrade was refused: HTTP 401 Unauthorized"#).left("refused"),
    ),
    case(
        "goes where it should refuse",
        &PRIVATE,
        Instead("refusal", &[Leave]),
        fails("2:1: the server closed the connection before it answered
hint: is this the path of a WebSocket endpoint? or a server with TLS: wss://HOST/private").code(52).left("cut"),
    ),
    case(
        "wants a login, of which the transcript says nothing",
        &ECHO,
        Instead("accept", &[Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 8\r\n\r\nno token")]),
        fails("2:1: the upgrade was refused: HTTP 401 Unauthorized
  received  no token
hint: the server wants credentials: --user NAME, --bearer TOKEN, or a header with --header").code(22).left("refused"),
    ),
    case(
        "sends elsewhere, of which the transcript says nothing",
        &ECHO,
        Instead("accept", &[Raw(b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n")]),
        fails("2:1: the upgrade was refused: HTTP 302 Found
hint: it moved to ws://HOST/login: --location (-L) goes there").code(22).left("refused"),
    ),
    case(
        "refuses one of two clients",
        &ROOM,
        All(&[
            Instead("accept bob", &[Raw(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")]),
            Instead("ho for alice", &[]),
        ]),
        fails("6:1: the upgrade was refused: HTTP 503 Service Unavailable
hint: the server behind the gateway does not answer: --retry waits for one that is starting").code(22),
    ),
];
