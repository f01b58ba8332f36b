//! From a session to its transcript.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use super::line::{self, Line};
use super::opening::Opening;
use super::secrets::Secrets;
use super::variable::{self, Piece};
use super::volatile::Volatile;
use super::{Happening, Session};
use crate::message::MessageRef;

/// Expectations that took longer get a time limit of their own: the usual one is 5 s.
const PATIENT: Duration = Duration::from_secs(4);

/// The transcript of a session. Credentials, cookies and what is named like a secret in
/// openings are replaced by variables, wherever they stand in it, if they have
/// [`SHORTEST`](crate::masker::SHORTEST) bytes.
///
/// Of several connections, each is a client of its own: `c1`, `c2` and so on.
pub fn write(session: &Session<'_>) -> String {
    let mut secrets = Secrets::default();
    for opening in openings(session) {
        opening.tell(&mut secrets);
    }
    let since = session.saved.duration_since(UNIX_EPOCH);
    let mut writer = Writer {
        body: String::new(),
        secrets,
        volatile: Volatile::new(since.unwrap_or_default().as_secs()),
        is_named: openings(session).count() > 1,
        number: 0,
        last: Duration::ZERO,
        talk: None,
    };
    for (at, happening) in session.happenings {
        writer.add(*at, *happening);
    }
    writer.leave();
    let head = writer.head(session);
    head + &writer.body
}

fn openings<'a>(session: &Session<'a>) -> impl Iterator<Item = &'a Opening> {
    session
        .happenings
        .iter()
        .filter_map(|(_, happening)| match happening {
            Happening::Connected(opening) => Some(*opening),
            _ => None,
        })
}

/// The options that no file can hold, each once.
fn beside<'a>(session: &Session<'a>) -> Vec<&'a str> {
    let mut beside: Vec<&str> = Vec::new();
    for option in openings(session).flat_map(|opening| &opening.beside) {
        if !beside.contains(&option.as_str()) {
            beside.push(option);
        }
    }
    beside
}

struct Writer {
    body: String,
    secrets: Secrets,
    volatile: Volatile,
    /// Clients have names.
    is_named: bool,
    /// Of the connection, from 1.
    number: usize,
    /// When the line before was reached.
    last: Duration,
    /// On the connection that is open.
    talk: Option<Talk>,
}

/// What was said on a connection.
#[derive(Default)]
struct Talk {
    /// The data of pings that have no pong yet.
    pings: Vec<Vec<u8>>,
    /// Data messages.
    sent: u64,
    received: u64,
    /// Our Close was sent.
    is_closing: bool,
    /// Data messages that came after it and are not expected.
    passed_over: u64,
}

impl Talk {
    /// Whether the server says more than it is asked for: then nobody can tell what
    /// it has said at some moment.
    fn is_pushed_to(&self) -> bool {
        self.received > self.sent
    }
}

impl Writer {
    fn add(&mut self, at: Duration, happening: Happening<'_>) {
        match happening {
            Happening::Connected(opening) => self.connect(at, opening),
            Happening::Sent(message) => self.sent(at, message),
            Happening::Received(message) => self.received(at, message),
            Happening::Lost => self.end(at, "/lost"),
        }
    }

    fn connect(&mut self, at: Duration, opening: &Opening) {
        self.leave();
        self.number += 1;
        let client = self.client();
        self.body.push('\n');
        for line in opening.lines(&client, &mut self.secrets) {
            self.push(&line);
        }
        self.body.push('\n');
        self.talk = Some(Talk::default());
        self.last = at;
    }

    fn sent(&mut self, at: Duration, message: MessageRef<'_>) {
        let Some(talk) = &mut self.talk else { return };
        match message {
            MessageRef::Text(_) | MessageRef::Binary(_) => talk.sent += 1,
            MessageRef::Ping(data) => talk.pings.push(data.to_vec()),
            MessageRef::Close(_) if talk.is_closing => return,
            MessageRef::Close(_) => talk.is_closing = true,
            MessageRef::Pong(_) => {}
        }
        let line = line::sent(message, &self.secrets);
        if line.cut.is_some() {
            self.push("# the bytes of a secret are 2a here: put them in");
        }
        if let MessageRef::Text(text) = message {
            let remarks = self.volatile.sent(text);
            self.remark("", remarks);
        }
        self.line('>', &line.text);
        self.last = at;
    }

    fn received(&mut self, at: Duration, message: MessageRef<'_>) {
        let Some(talk) = &mut self.talk else { return };
        match message {
            MessageRef::Text(_) | MessageRef::Binary(_) => {
                talk.received += 1;
                if talk.is_closing && talk.is_pushed_to() {
                    talk.passed_over += 1;
                    return;
                }
            }
            MessageRef::Ping(_) => return,
            MessageRef::Pong(data) => {
                let Some(place) = talk.pings.iter().position(|ping| ping == data) else {
                    return;
                };
                // One pong may answer several pings (RFC 6455 section 5.5.3).
                talk.pings.drain(..=place);
            }
            MessageRef::Close(_) => {}
        }
        let line = line::received(message, &self.secrets);
        if let MessageRef::Close(_) = message {
            return self.end(at, &line.text);
        }
        self.expect(at, &line.text);
        self.loosen(message, &line);
    }

    /// What may be expected less exactly.
    fn loosen(&mut self, message: MessageRef<'_>, line: &Line) {
        if let Some(example) = &line.cut {
            self.push("  # the bytes of a secret are ?? above");
            // Without one, no server can play this.
            self.push(&format!("  example {example}"));
        }
        if let MessageRef::Text(text) = message {
            let is_json = line.text.starts_with(['{', '[']);
            let is_masked = line.text.contains("{{");
            let remarks = self.volatile.received(text, is_json, is_masked);
            self.remark("  ", remarks);
        }
    }

    /// The connection is over.
    fn end(&mut self, at: Duration, line: &str) {
        let Some(talk) = &self.talk else { return };
        if talk.is_closing && talk.is_pushed_to() {
            self.anything("more may come before the end");
        }
        self.expect(at, line);
        self.talk = None;
    }

    /// Nothing more is known of the connection, which may be open.
    fn leave(&mut self) {
        if self.talk.as_ref().is_some_and(Talk::is_pushed_to) {
            self.anything("it was still open: more may come");
        }
        self.talk = None;
    }

    fn anything(&mut self, why: &str) {
        self.push(&format!("# {why}"));
        self.line('<', "...");
    }

    fn expect(&mut self, at: Duration, line: &str) {
        self.line('<', line);
        let waited = at.saturating_sub(self.last);
        if waited > PATIENT {
            let seconds = (waited.as_secs() * 2 + 2).next_multiple_of(5);
            self.push(&format!("  within {seconds}s"));
        }
        self.last = at;
    }

    fn line(&mut self, mark: char, text: &str) {
        let client = self.client();
        self.push(&format!("{client}{mark} {text}"));
    }

    fn remark(&mut self, indent: &str, remarks: Vec<String>) {
        // The names of members stand in it.
        let is_free = |remark: &String| self.secrets.in_bytes(remark.as_bytes()).is_empty();
        let remarks: Vec<String> = remarks.into_iter().filter(is_free).collect();
        for remark in remarks {
            self.push(&format!("{indent}# {remark}"));
        }
    }

    fn push(&mut self, line: &str) {
        self.body.push_str(line);
        self.body.push('\n');
    }

    fn client(&self) -> String {
        match self.is_named {
            true => format!("c{}", self.number),
            false => String::new(),
        }
    }

    /// The comment above: what this is, and how to run it.
    fn head(&mut self, session: &Session<'_>) -> String {
        let when = humantime::format_rfc3339_seconds(session.saved);
        let version = env!("CARGO_PKG_VERSION");
        let whom = match openings(session).next() {
            Some(opening) => format!("with {}", opening.url(&mut self.secrets)),
            None => "without a connection".into(),
        };
        let mut head = format!("# A session {whom}, saved by wstalk {version} at {when}.\n");
        let names = self.variables();
        let given: String = names
            .iter()
            .map(|name| format!(" --secret {name}"))
            .collect();
        head.push_str(&format!(
            "# To run it as a test:  wstalk check{given} FILE\n"
        ));
        if !names.is_empty() {
            head.push_str("# Each secret is read from the environment variable of its name; NAME=@FILE reads a file.\n");
        }
        let beside = beside(session);
        if !beside.is_empty() {
            let options = beside.join(" ");
            head.push_str(&format!("# It needs these options, too:  {options}\n"));
        }
        head
    }

    /// The variables that need a value, in the order of their names.
    fn variables(&self) -> BTreeSet<&str> {
        let lines = self.body.lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with('#'));
        let pieces = lines.flat_map(variable::pieces);
        let names = pieces.filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name),
            _ => None,
        });
        names.collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::message::{Message, close_payload};
    use crate::secret::Secret;
    use crate::transcript::Request;
    use crate::visible::must_escape;
    use proptest::prelude::*;

    const SAVED: u64 = 1_800_000_000;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The transcript without the lines of its head.
    fn body(happenings: &[(Duration, Happening<'_>)]) -> String {
        let whole = whole(happenings);
        let body = whole.lines().skip_while(|line| line.starts_with('#'));
        body.map(|line| format!("{line}\n")).collect()
    }

    fn whole(happenings: &[(Duration, Happening<'_>)]) -> String {
        let saved = UNIX_EPOCH + Duration::from_secs(SAVED);
        write(&Session { saved, happenings })
    }

    fn text(text: &str) -> MessageRef<'_> {
        MessageRef::Text(text)
    }

    use Happening::{Connected, Lost, Received, Sent};

    #[test]
    fn a_session_reads_as_the_conversation_would() {
        let opening = Opening {
            request: Request {
                subprotocols: vec!["chat.v2".into()],
                authorization: Some(Secret::new("Bearer s3cr3t")),
                ..Request::default()
            },
            subprotocol: Some("chat.v2".into()),
            beside: vec!["--insecure".into()],
            ..Opening::of_url("wss://h/chat?api_key=k3y5")
        };
        let bye = close_payload(Some(1000), "");
        let happenings = [
            (ms(10), Connected(&opening)),
            (
                ms(20),
                Received(text("{\"type\":\"welcome\",\"session\":\"0a1b2c3d\"}")),
            ),
            (
                ms(900),
                Sent(text("{\"auth\":\"s3cr3t\",\"sid\":\"0a1b2c3d\"}")),
            ),
            (ms(5_000), Received(text("{\n  \"ok\": true\n}"))),
            (ms(9_000), Sent(MessageRef::Ping(b"k"))),
            (ms(9_001), Received(MessageRef::Ping(b"theirs"))),
            (ms(9_002), Received(MessageRef::Pong(b"k"))),
            (ms(9_003), Received(MessageRef::Pong(b"k"))),
            (ms(9_500), Sent(MessageRef::Binary(&[1, 2, 255]))),
            (ms(9_600), Sent(MessageRef::Close(&bye))),
            (ms(9_700), Received(MessageRef::Close(&bye))),
        ];
        let expected = "\
# A session with wss://h/chat?api_key={{api_key}}, saved by wstalk 0.1.0 at 2027-01-15T08:00:00Z.
# To run it as a test:  wstalk check --secret api_key --secret token FILE
# Each secret is read from the environment variable of its name; NAME=@FILE reads a file.
# It needs these options, too:  --insecure

connect wss://h/chat?api_key={{api_key}}
  subprotocol chat.v2
  bearer {{token}}
open
  status == 101
  subprotocol == \"chat.v2\"

< {\"type\":\"welcome\",\"session\":\"0a1b2c3d\"}
  # $.session looks random: take it out above and write  $.session ~ ^[0-9a-f]{8}$  here
# this holds what came as $.session: write  let session = $.session  there, and  {{session}}  here
> {\"auth\":\"{{token}}\",\"sid\":\"0a1b2c3d\"}
< {
  \"ok\": true
}
  within 10s
> /ping k
< /pong k
> /binary 01 02 ff
> /close 1000
< /close 1000
";
        let version = env!("CARGO_PKG_VERSION");
        let expected = expected.replace("0.1.0", version);
        assert_eq!(whole(&happenings), expected);
    }

    #[test]
    fn several_connections_are_several_clients() {
        let (first, second) = (Opening::of_url("ws://a/"), Opening::of_url("ws://b/"));
        let happenings = [
            (ms(0), Sent(text("before"))),
            (ms(0), Connected(&first)),
            (ms(1), Sent(text("hi"))),
            (ms(2), Lost),
            (ms(3), Connected(&second)),
            (ms(5), Received(text("hello"))),
        ];
        let expected = "
connect c1 ws://a/
open
  status == 101

c1> hi
c1< /lost

connect c2 ws://b/
open
  status == 101

c2< hello
# it was still open: more may come
c2< ...
";
        assert_eq!(body(&happenings), expected);
    }

    #[test]
    fn who_asks_and_is_answered_expects_no_more_and_who_is_pushed_to_does() {
        let opening = Opening::of_url("ws://a/");
        let bye = close_payload(Some(1000), "");
        let mut happenings = vec![
            (ms(0), Connected(&opening)),
            (ms(1), Sent(text("a"))),
            (ms(2), Received(text("a"))),
        ];
        assert!(body(&happenings).ends_with("\n> a\n< a\n"));
        happenings.push((ms(3), Received(text("tick"))));
        happenings.push((ms(4), Sent(MessageRef::Close(&bye))));
        happenings.push((ms(5), Received(text("tick"))));
        happenings.push((ms(6), Received(MessageRef::Close(&bye))));
        let end = "< tick\n> /close 1000\n# more may come before the end\n< ...\n< /close 1000\n";
        assert!(body(&happenings).ends_with(end));
    }

    #[test]
    fn the_echo_of_a_close_is_not_sent_by_hand() {
        let opening = Opening::of_url("ws://a/");
        let close = close_payload(Some(1008), "quota");
        let happenings = [
            (ms(0), Connected(&opening)),
            (ms(60_000), Received(MessageRef::Close(&close))),
            (ms(60_000), Sent(MessageRef::Close(&close))),
        ];
        assert!(body(&happenings).ends_with("\n\n< /close 1008 quota\n  within 125s\n"));
    }

    #[test]
    fn secrets_of_an_opening_stand_nowhere() {
        let opening = Opening {
            request: Request {
                authorization: Some(Secret::new("Bearer hunter2")),
                headers: vec![("X-Name".into(), Some(Secret::new("hunter2")))],
                ..Request::default()
            },
            ..Opening::of_url("ws://a/hunter2")
        };
        let close = close_payload(Some(4000), "hunter2");
        let happenings = [
            (ms(0), Connected(&opening)),
            (ms(1), Sent(text("{\"a\":\"hunt\\u0065r2\"}"))),
            (ms(1), Sent(MessageRef::Binary(b"hunter2"))),
            (ms(2), Received(text("hunter2\n0a1b2c3d"))),
            (ms(2), Received(text("{\"hunter2\":\"0a1b2c3d\"}"))),
            (ms(2), Received(MessageRef::Binary(b"\0hunter2"))),
            (ms(3), Received(MessageRef::Close(&close))),
        ];
        let written = whole(&happenings);
        assert!(!written.contains("hunter2"), "{written}");
        assert!(written.contains("ws://a/{{token}}"));
        assert!(written.contains("> {\"a\":\"{{token}}\"}\n"));
        assert!(written.contains("< /close 4000 {{token}}\n"));
        assert!(written.contains("are 2a here: put them in\n> /binary 2a 2a"));
        let example = "  example /binary 00 2a 2a 2a 2a 2a 2a 2a\n";
        assert!(written.contains(example), "{written}");
    }

    proptest! {
        #[test]
        fn whatever_was_said_every_line_is_one_of_ours(
            said in prop::collection::vec((any::<bool>(), awkward()), 0..12),
        ) {
            let opening = Opening::of_url("ws://a/?token=\n&key=hunter2#x");
            let said: Vec<(bool, Message)> = said;
            let mut happenings = vec![(ms(0), Connected(&opening))];
            for (ours, message) in &said {
                let message = MessageRef::from(message);
                happenings.push((ms(1), if *ours { Sent(message) } else { Received(message) }));
            }
            let written = whole(&happenings);
            prop_assert!(!written.contains("hunter2"));
            let is_bad = |c: char| must_escape(c) && !matches!(c, '\n' | '\t');
            prop_assert!(!written.contains(is_bad));
            let begins = ["> ", "< ", "#", "connect ", "open", "  status", "  #", "  example "];
            let goes_on = |line: &str| line.trim_start().starts_with(|c| "\"{}[],:-0123456789tfn".contains(c));
            for line in written.lines() {
                prop_assert!(line.is_empty() || goes_on(line) || begins.iter().any(|begin| line.starts_with(begin)), "{:?}", line);
            }
        }
    }

    fn awkward() -> impl Strategy<Value = Message> {
        let pieces = prop::sample::select(vec![
            "/",
            "{",
            "[",
            "}",
            "]",
            "\"",
            "\n",
            "\r",
            "\0",
            "\x1b[2J",
            "\u{2028}",
            " ",
            "> ",
            "< ",
            "connect ws://x",
            "open",
            "# ",
            "hunter2",
            "{\"a\": 1}",
            "[\n  1\n]",
            "0a1b2c3d",
            "{{x}}",
            "\\u0068unter2",
            "2026-01-02T03:04:05Z",
            "<& /any",
            "...",
        ]);
        let text = prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat());
        (0..5, text).prop_map(|(kind, text)| match kind {
            0 => Message::Binary(text.into_bytes()),
            1 => Message::Ping(text.into_bytes()),
            2 => Message::Close(close_payload(Some(4000), &text)),
            _ => Message::Text(text),
        })
    }
}
