//! Close payloads of any bytes, sent and received.
//!
//! Proves that a payload may be sent exactly if it is accepted when received;
//! that the answer is legal and carries the right code; that a payload comes
//! apart as it was put together; and that its line in the notation parses back.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use wstalk::message::{
    MAX_CONTROL, Message, close_code, close_payload, close_reason, is_allowed_on_wire, meaning,
};
use wstalk::notation::{Line, parse_line, print};
use wstalk::ws::{Connection, Role};
use wstalk_fuzz::{Event, Heard, Scripted, Sizes, other};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    client: bool,
    key: [u8; 4],
    payload: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let message = Message::Close(input.payload.to_vec());
    let legal = message.check_sendable().is_ok();
    assert_comes_apart(input.payload);
    let line = print(&message);
    assert_eq!(parse_line(&line), Ok(Line::Message(message)), "{line}");
    if input.payload.len() > MAX_CONTROL {
        assert!(!legal, "no control frame carries that much");
        return;
    }
    assert_is_received(&input, legal);
    if legal {
        assert_is_sent(&input);
    }
});

fn assert_comes_apart(payload: &[u8]) {
    let code = close_code(payload);
    assert_eq!(code.is_some(), payload.len() >= 2);
    if let Some(code) = code {
        assert!(!meaning(code).is_empty());
        if let Ok(reason) = std::str::from_utf8(close_reason(payload)) {
            assert_eq!(close_payload(Some(code), reason), payload);
        }
    }
}

fn assert_is_received(input: &Input<'_>, legal: bool) {
    let role = input.role();
    let frame = input.frame(role);
    let mut connection = Connection::new(Scripted::new(&frame, Sizes::WHOLE), role, &[]);
    let fault = match Heard::all(&mut connection).as_slice() {
        [Event::Close(payload, fault)] => {
            assert_eq!(payload, input.payload, "it is shown as it came");
            *fault
        }
        events => panic!("a Close frame is {events:?}"),
    };
    assert_eq!(fault.is_none(), legal, "what may be sent may be received");
    connection.flush().expect("the stream takes everything");
    let code = fault.or(close_code(input.payload));
    let answer = code.map_or(Vec::new(), |code| close_payload(Some(code), ""));
    assert!(code.is_none_or(is_allowed_on_wire));
    assert_eq!(
        read_back(&connection, other(role)),
        [Event::Close(answer, None)]
    );
}

fn assert_is_sent(input: &Input<'_>) {
    let role = input.role();
    let mut connection = Connection::new(Scripted::new(&[], Sizes::WHOLE), role, &[]);
    connection.writer_mut().close(input.payload);
    connection.flush().expect("the stream takes everything");
    let sent = Event::Close(input.payload.to_vec(), None);
    assert_eq!(read_back(&connection, other(role)), [sent]);
}

fn read_back(connection: &Connection<Scripted<'_>>, role: Role) -> Vec<Event> {
    let stream = Scripted::new(&connection.io().output, Sizes::WHOLE);
    Heard::all(&mut Connection::new(stream, role, &[]))
}

impl Input<'_> {
    fn role(&self) -> Role {
        match self.client {
            true => Role::Client,
            false => Role::Server,
        }
    }

    /// The frame as this role may receive it.
    fn frame(&self, role: Role) -> Vec<u8> {
        let length = self.payload.len() as u8;
        if role == Role::Client {
            return [&[0x88, length], self.payload].concat();
        }
        let masked = self.payload.iter().zip(self.key.iter().cycle());
        let masked: Vec<u8> = masked.map(|(byte, key)| byte ^ key).collect();
        [&[0x88, 0x80 | length], &self.key[..], &masked].concat()
    }
}
