//! Tests: what is written of any session is understood, says and expects the same again,
//! and can be played by a server.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::{
    Act, Closing, Expected, Happening, Opening, Request, Session, Transcript, Value, Variables,
    write,
};
use crate::message::{Message, MessageRef};
use crate::notation::Line;
use crate::secret::Secret;

const TOKEN: &str = "s3cr3t-tokén\"{{x}}";

fn opening(name: &str, value: &str, url: &str) -> Opening {
    Opening {
        request: Request {
            headers: vec![(name.into(), Some(Secret::new(value)))],
            subprotocols: vec!["chat.v2".into()],
            authorization: Some(Secret::new(format!("Bearer {TOKEN}"))),
            user_agent: Some("{{agent}}".into()),
            ..Request::default()
        },
        subprotocol: Some("chat.v2".into()),
        ..Opening::of_url(url)
    }
}

/// A session on one connection; what is ours is true.
fn session(opening: &Opening, said: &[(bool, Message)]) -> String {
    let mut happenings = vec![(Duration::ZERO, Happening::Connected(opening))];
    for (ours, message) in said {
        let message = MessageRef::from(message);
        let happening = match ours {
            true => Happening::Sent(message),
            false => Happening::Received(message),
        };
        happenings.push((Duration::ZERO, happening));
    }
    write(&Session {
        saved: UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        happenings: &happenings,
    })
}

fn given() -> Variables {
    let mut variables = Variables::default();
    variables.set("token", Value::given(TOKEN));
    for name in ["x_key", "password"] {
        variables.set(name, Value::given("k3yk3yk3y"));
    }
    variables
}

/// What is a part of the transcript: no pings of the server, no pongs that answer none
/// of ours.
fn kept(said: &[(bool, Message)]) -> Vec<&(bool, Message)> {
    let mut pings: Vec<&Vec<u8>> = Vec::new();
    let mut kept = Vec::new();
    for item in said {
        match item {
            (true, Message::Ping(data)) => pings.push(data),
            (false, Message::Ping(_)) => continue,
            (false, Message::Pong(data)) => match pings.iter().position(|ping| *ping == data) {
                Some(at) => _ = pings.drain(..=at),
                None => continue,
            },
            _ => {}
        }
        kept.push(item);
    }
    kept
}

fn assert_understood(text: &str, said: &[(bool, Message)]) {
    let given = given();
    let transcript = Transcript::parse(text, &given);
    let transcript = transcript.unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
    let playable = transcript.check_playable(&given);
    assert_eq!(playable, Ok(()), "{text}");
    let mut said = kept(said).into_iter();
    for step in &transcript.steps {
        match &step.act {
            Act::Connect(_) | Act::Open(_) => {}
            Act::Send(written) => {
                let (ours, message) = said.next().expect(text);
                let line = written.line(&given).expect(text);
                assert!(*ours, "{text}");
                assert_eq!(line, Line::Message(message.clone()), "{text}");
            }
            Act::Expect(expectation) => match &expectation.what {
                Expected::Message(written) => {
                    let (ours, message) = said.next().expect(text);
                    let pattern = written.pattern(&given).expect(text);
                    assert!(!*ours, "{text}");
                    assert!(pattern.matches(message.into()), "{message:?}\n{text}");
                    let literal = expectation.literal(&given).expect(text);
                    let literal = literal.expect(text);
                    assert!(pattern.matches((&literal).into()), "{literal:?}\n{text}");
                }
                Expected::Anything => {}
                other => panic!("{other:?}\n{text}"),
            },
        }
    }
    assert_eq!(said.next(), None, "{text}");
}

/// What a line of the language may be made of.
const PIECES: &[&str] = &[
    "/",
    "{",
    "[",
    "}",
    "]",
    "\"",
    "\\",
    ":",
    ",",
    "1",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "a",
    "é",
    "/text",
    "/match ",
    "...",
    "#",
    "# ",
    "> ",
    "< ",
    "<& ",
    "c1> ",
    "connect ",
    "open",
    "  ",
    "{{x}}",
    "{{!x}}",
    "{{token}}",
    "{{",
    "}}",
    "{\"a\": 1}",
    "[\n  1\n]",
    "\"a\":",
    "/close 1000",
    "//",
    "times 3",
    "1e400",
    "0.10",
    "null",
];

/// Any text, and texts that could be taken for lines, of these pieces, too.
pub(super) fn awkward(more: &[&'static str]) -> impl Strategy<Value = String> {
    let pieces = prop::sample::select([PIECES, more].concat());
    prop_oneof![
        prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

fn awkward_with_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => awkward(&[]),
        1 => Just(format!("my {TOKEN} here")),
        1 => Just(format!(
            "{{\"t\":\"\",\"u\":{}}}",
            crate::notation::literal(TOKEN)
        )),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..=40);
    let data = prop_oneof![
        bytes(),
        awkward_with_secret().prop_map(|text| text
            .chars()
            .take(30)
            .collect::<String>()
            .into_bytes())
    ];
    prop_oneof![
        4 => awkward_with_secret().prop_map(Message::Text),
        1 => bytes().prop_map(Message::Binary),
        1 => data.clone().prop_map(Message::Ping),
        1 => data.prop_map(Message::Pong),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_session_is_understood_again_and_can_be_played(
        said in prop::collection::vec((any::<bool>(), message()), 0..6),
        name in prop::sample::select(vec!["X-Key", "X-Name"]),
        value in "[ -~]{0,20}",
        path in "[!-~]{0,20}",
    ) {
        let opening = opening(name, value.trim(), &format!("ws://h/{}", path.replace('#', "")));
        let text = session(&opening, &said);
        let mut given = given();
        given.set("x_key", Value::given(value.trim()));
        assert_understood(&text, &said);
    }
}

#[test]
fn a_close_and_a_loss_are_understood_again() {
    let opening = Opening::of_url("ws://h/");
    for payload in [
        &b""[..],
        b"\x03\xe8",
        b"\x03\xe8bye # {{x}}",
        b"\x0f\xa1\xff",
        b"\x03",
        b"\x03\xee",
        b"\x03\xe8\n> x",
        b"\x03\xe8 x ",
    ] {
        let text = session(&opening, &[(false, Message::Close(payload.to_vec()))]);
        let transcript = Transcript::parse(&text, &Variables::default()).expect(&text);
        let Act::Expect(expectation) = &transcript.steps[2].act else {
            panic!("{text}");
        };
        let Expected::Close(written) = &expectation.what else {
            panic!("{text}");
        };
        let closing = written.closing(&Variables::default()).expect(&text);
        assert!(closing.matches(payload), "{text}");
        assert_eq!(closing == Closing::Any, payload.is_empty(), "{text}");
    }
}
