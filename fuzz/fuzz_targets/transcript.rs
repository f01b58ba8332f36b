//! Recordings read back, and messages written into a transcript.
//!
//! Proves that no recording makes reading panic; that no message makes writing panic or
//! brings a character into a transcript that must not stand there as it is; that what was
//! sent is typed by its line; and that a secret stands nowhere.

#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use wstalk::message::MessageRef;
use wstalk::notation::{Line, Parser, must_escape};
use wstalk::transcript::{Happening, Opening, Recording, Session, write};

const SECRET: &str = "hunter2";
/// How often the variable for it stands in the URL, in the head and after `connect`.
const IN_URL: usize = 2;

fuzz_target!(|bytes: &[u8]| {
    let opening = Opening::of_url(format!("ws://h/?password={SECRET}"));
    if let Ok(recording) = Recording::read(bytes, 100_000, &mut |_| Some(opening.clone())) {
        written(&recording.happenings());
    }
    let text = String::from_utf8_lossy(bytes);
    let messages = [MessageRef::Text(&text), MessageRef::Binary(bytes)];
    for message in messages {
        let first = (Duration::ZERO, Happening::Connected(&opening));
        let sent = written(&[first, (Duration::ZERO, Happening::Sent(message))]);
        written(&[first, (Duration::ZERO, Happening::Received(message))]);
        let masked = sent.matches("{{").count() > IN_URL;
        if !masked && !sent.contains("2a here") {
            assert_typed(&sent, message);
        }
    }
});

fn written(happenings: &[(Duration, Happening<'_>)]) -> String {
    let session = Session {
        saved: UNIX_EPOCH,
        happenings,
    };
    let written = write(&session);
    assert!(!written.contains(SECRET), "{written}");
    let is_bad = |c: char| must_escape(c) && !matches!(c, '\n' | '\t');
    assert!(!written.contains(is_bad), "{written:?}");
    written
}

fn assert_typed(transcript: &str, message: MessageRef<'_>) {
    let Some((_, typed)) = transcript.split_once("\n> ") else {
        panic!("{transcript}");
    };
    let mut parser = Parser::default();
    let mut lines = typed.strip_suffix('\n').unwrap_or(typed).split('\n');
    let found = lines.find_map(|line| parser.push(line).expect(typed));
    let Some(Line::Message(found)) = found else {
        panic!("{transcript}");
    };
    let back = MessageRef::from(&found);
    assert_eq!(back, message, "{typed}");
    assert_eq!(lines.next(), None, "{typed}");
}
