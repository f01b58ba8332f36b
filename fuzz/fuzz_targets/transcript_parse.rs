//! Transcripts that anybody may have written, understood and looked at from all sides.
//!
//! The input is text: a transcript, and behind a line `===` a message that is held
//! against its expectations. Proves that no text makes the parser panic, that its errors
//! lie inside the text, and that line ends mean nothing; that variables which are set
//! fill every part; that what a server would send for a line is what the line expects;
//! that no message makes a pattern or a fact panic, and a fact that does not hold sets
//! no variable; and that the same lines from a command line are understood or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::message::MessageRef;
use wstalk::transcript::{
    Act, Context, Expectation, Expected, Matter, Problem, Spoken, Transcript, Value, Variables,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (text, message) = text.split_once("\n===\n").unwrap_or((text, ""));
    let mut given = Variables::default();
    for (name, value) in [("base", "ws://h"), ("x", "a.b\"{{y}}\\"), ("y", "7")] {
        given.set(name, Value::given(value));
    }
    match Transcript::parse(text, &given) {
        Ok(transcript) => assert_played(&transcript, text, message, &given),
        Err(problem) => assert_within(&problem, text),
    }
    if !text.contains('\r') {
        let other = Transcript::parse(&text.replace('\n', "\r\n"), &given);
        let same = Transcript::parse(text, &given);
        assert_eq!(
            other.map(|transcript| transcript.steps),
            same.map(|transcript| transcript.steps)
        );
    }
    let spoken: Vec<Spoken<'_>> = text
        .lines()
        .map(|line| match line.strip_prefix("< ") {
            Some(line) => Spoken::Expected(line),
            None => Spoken::Sent(line),
        })
        .collect();
    let _ = Transcript::of_options("ws://h", &spoken);
});

fn assert_within(problem: &Problem, text: &str) {
    let line = text.split('\n').nth(problem.place.line - 1);
    let length = line.map(|line| line.chars().count());
    assert!(
        length.is_some_and(|length| (1..=length + 1).contains(&problem.place.column)),
        "{problem:?}"
    );
    assert!(!problem.message.is_empty() && !problem.message.contains('\n'));
}

fn assert_played(transcript: &Transcript, text: &str, message: &str, given: &Variables) {
    let playable = transcript.check_playable(given);
    if let Err(problem) = &playable {
        assert_within(problem, text);
    }
    for step in &transcript.steps {
        assert!(!transcript.line(step.place.line).is_empty());
        match &step.act {
            Act::Connect(connect) => {
                let _ = connect.url.fill(Context::Text, given);
            }
            Act::Open(answer) => {
                let _ = answer.greeting(given);
            }
            Act::Send(written) => {
                let _ = written.line(given);
            }
            Act::Expect(expectation) => {
                assert_expectation(expectation, playable.is_ok(), message, given);
            }
        }
    }
}

fn assert_expectation(
    expectation: &Expectation,
    is_playable: bool,
    message: &str,
    given: &Variables,
) {
    let messages = [
        MessageRef::Text(message),
        MessageRef::Binary(message.as_bytes()),
        MessageRef::Close(message.as_bytes()),
    ];
    for fact in &expectation.facts {
        for message in messages {
            let mut variables = given.clone();
            if fact
                .check(Matter::Message(message), &mut variables)
                .is_err()
            {
                assert!(variables.names().eq(given.names()), "{}", fact.source);
            }
        }
    }
    match &expectation.what {
        Expected::Message(written) => {
            let Ok(pattern) = written.pattern(given) else {
                return;
            };
            let _ = messages.map(|message| pattern.matches(message));
            if let (true, Ok(Some(literal))) = (is_playable, expectation.literal(given)) {
                assert!(pattern.matches((&literal).into()), "{pattern}: {literal:?}");
            }
        }
        Expected::Close(written) => {
            if let Ok(closing) = written.closing(given) {
                assert!(closing.matches(&closing.example()));
            }
        }
        Expected::Anything | Expected::Lost | Expected::Silence(_) => {}
    }
}
