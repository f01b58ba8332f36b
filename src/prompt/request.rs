//! What a typed line asks for: a message, or something of the prompt itself.

use std::path::PathBuf;

use super::editor::is_open;
use crate::nearest::nearest;
use crate::notation::{self, Command, Line, NotationError, parse_block};
use crate::pattern::Pattern;

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Nothing was typed.
    Nothing,
    /// It concerns the screen alone.
    Showing(Showing),
    Request(Request),
}

/// What is asked of the screen, and of what was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Showing {
    Help(Option<String>),
    Messages(Which),
    Set(Option<(Setting, bool)>),
    Filter(Filter),
    Pause,
    Resume,
}

/// What is asked of who keeps the connections.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Line(Line),
    /// A line for the client with this number alone.
    To(u64, Line),
    Status,
    Headers,
    Stats,
    Resend(u64),
    Save(PathBuf),
    Connect(Option<String>),
    Quit,
}

/// Messages by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// A list of the latest.
    Latest,
    /// From one to another.
    Between(u64, u64),
}

/// What is drawn of the messages that come.
#[derive(Debug)]
pub(crate) enum Filter {
    /// Say which there is.
    Ask,
    /// All of them.
    Off,
    /// Those that match, and the line that says so.
    On(Pattern, String),
}

impl PartialEq for Filter {
    /// By their lines.
    fn eq(&self, other: &Self) -> bool {
        let line = |filter: &Filter| match filter {
            Filter::On(_, line) => line.clone(),
            Filter::Ask => "?".into(),
            Filter::Off => "off".into(),
        };
        line(self) == line(other)
    }
}

impl Eq for Filter {}

/// What can be switched while one talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Pretty,
    Timestamps,
    Numbers,
    Frames,
    PingPong,
}

/// The settings by their names.
pub(super) const SETTINGS: [(&str, Setting); 5] = [
    ("pretty", Setting::Pretty),
    ("timestamps", Setting::Timestamps),
    ("numbers", Setting::Numbers),
    ("frames", Setting::Frames),
    ("ping-pong", Setting::PingPong),
];

/// How many messages are shown at once, at most.
const MAX_SHOWN: u64 = 1000;

/// Reads a typed or pasted line, where there are these `commands`.
///
/// # Errors
/// What is wrong with it, and where; nothing is to be sent then.
pub(super) fn read(input: &str, commands: &[Command]) -> Result<Read, NotationError> {
    if input.trim().is_empty() {
        return Ok(Read::Nothing);
    }
    if is_open(input) {
        let message = format!(
            "the JSON value that begins with `{}` is not complete",
            beginning(input)
        );
        return Err(wrong(1, message, "/text sends it as it is"));
    }
    let (word, rest) = input.split_once([' ', '\t']).unwrap_or((input, ""));
    let rest = Rest {
        word,
        text: rest.trim(),
        column: input.len() - rest.trim_start().len() + 1,
    };
    if !commands.iter().any(|command| command.name == word) {
        return line(input, word, commands).map(|line| Read::Request(Request::Line(line)));
    }
    match rest.showing() {
        Some(showing) => showing.map(Read::Showing),
        None => rest.request(input, commands).map(Read::Request),
    }
}

/// A line of the notation.
fn line(input: &str, word: &str, commands: &[Command]) -> Result<Line, NotationError> {
    parse_block(input).map_err(|error| suggest(word, error, commands))
}

/// What follows a command.
struct Rest<'a> {
    word: &'a str,
    text: &'a str,
    column: usize,
}

impl Rest<'_> {
    /// What a command asks of the screen, if it is one of those.
    fn showing(&self) -> Option<Result<Showing, NotationError>> {
        Some(match self.word {
            "/help" => Ok(Showing::Help(self.optional())),
            "/show" => self.which().map(Showing::Messages),
            "/set" => self.setting().map(Showing::Set),
            "/filter" => self.filter().map(Showing::Filter),
            "/pause" => self.none(Showing::Pause),
            "/resume" => self.none(Showing::Resume),
            _ => return None,
        })
    }

    /// What another one asks for; `input` is the whole line.
    fn request(&self, input: &str, commands: &[Command]) -> Result<Request, NotationError> {
        match self.word {
            "/to" => self.to(commands),
            "/status" => self.none(Request::Status),
            "/headers" => self.none(Request::Headers),
            "/stats" => self.none(Request::Stats),
            "/resend" => self.number(self.text).map(Request::Resend),
            "/save" => match self.optional() {
                Some(path) => Ok(Request::Save(path.into())),
                None => Err(self.wrong("/save needs the name of a file", "/save FILE.wst")),
            },
            "/connect" => Ok(Request::Connect(self.optional())),
            "/quit" => self.none(Request::Quit),
            word => line(input, word, commands).map(Request::Line),
        }
    }

    fn wrong(&self, message: impl Into<String>, hint: &str) -> NotationError {
        wrong(self.column, message.into(), hint)
    }

    fn optional(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| self.text.to_owned())
    }

    /// What is asked for, by a command without arguments.
    fn none<T>(&self, asked: T) -> Result<T, NotationError> {
        match self.text {
            "" => Ok(asked),
            _ => Err(self.wrong(format!("{} takes no arguments", self.word), "")),
        }
    }

    fn number(&self, text: &str) -> Result<u64, NotationError> {
        let number = text.trim().parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| {
            self.wrong(
                format!("{} needs the number of a message", self.word),
                "/show lists the latest",
            )
        })
    }

    fn to(&self, commands: &[Command]) -> Result<Request, NotationError> {
        let (number, text) = self.text.split_once([' ', '\t']).unwrap_or((self.text, ""));
        let number = number.parse().ok().filter(|number| *number > 0);
        let number = number.ok_or_else(|| {
            let message = "/to needs the number of a client, and what to send";
            self.wrong(message, "/to 2 hello; /status lists the clients")
        })?;
        let before = self.column - 1 + self.text.len() - text.len();
        let word = text.split([' ', '\t']).next().unwrap_or_default();
        let parsed = line(text, word, commands).map_err(|error| NotationError {
            column: error.column + before,
            ..error
        })?;
        Ok(Request::To(number, parsed))
    }

    fn which(&self) -> Result<Which, NotationError> {
        if self.text.is_empty() {
            return Ok(Which::Latest);
        }
        let (first, last) = self.text.split_once('-').unwrap_or((self.text, self.text));
        let (first, last) = (self.number(first)?, self.number(last)?);
        match last.checked_sub(first) {
            None => Err(self.wrong("the first number is the larger one", "/show 3-7")),
            Some(more) if more >= MAX_SHOWN => Err(self.wrong(
                format!("at most {MAX_SHOWN} messages are shown at once"),
                "",
            )),
            Some(_) => Ok(Which::Between(first, last)),
        }
    }

    fn setting(&self) -> Result<Option<(Setting, bool)>, NotationError> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let names = SETTINGS.map(|(name, _)| name);
        let &[name, value] = words.as_slice() else {
            return match words.as_slice() {
                [] => Ok(None),
                _ => Err(self.wrong("/set needs a name, and on or off", "/set pretty off")),
            };
        };
        let Some((_, setting)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
            let hint = match nearest(name, names) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("there are {}", names.join(", ")),
            };
            return Err(self.wrong(format!("there is no setting {name}"), &hint));
        };
        match value {
            "on" => Ok(Some((*setting, true))),
            "off" => Ok(Some((*setting, false))),
            _ => Err(self.wrong(format!("{name} is on or off, not {value}"), "")),
        }
    }

    fn filter(&self) -> Result<Filter, NotationError> {
        match self.text {
            "" => Ok(Filter::Ask),
            "off" => Ok(Filter::Off),
            line => match Pattern::parse(line) {
                Ok(pattern) => Ok(Filter::On(pattern, line.to_owned())),
                Err(error) => Err(NotationError {
                    column: error.column + self.column - 1,
                    ..error
                }),
            },
        }
    }
}

fn wrong(column: usize, message: String, hint: &str) -> NotationError {
    NotationError {
        column,
        lines_back: 0,
        message,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    }
}

/// The notation does not know the prompt's own commands.
fn suggest(word: &str, error: NotationError, commands: &[Command]) -> NotationError {
    let known = notation::COMMANDS
        .iter()
        .any(|command| command.name == word);
    match nearest(word, commands.iter().map(|command| command.name)) {
        Some(name) if !known && word.starts_with('/') && !word.starts_with("//") => NotationError {
            hint: Some(format!(
                "did you mean {name}? /{word} sends the text {word}"
            )),
            ..error
        },
        _ => error,
    }
}

fn beginning(input: &str) -> String {
    let line = input.lines().next().unwrap_or_default();
    line.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;
    use crate::prompt::commands::OF_CLIENT;

    #[test]
    fn lines_are_messages_unless_they_are_the_prompts_commands() {
        let line = |text: &str| Request::Line(Line::Message(Message::Text(text.into())));
        let text = |text: &str| Read::Request(line(text));
        let cases = [
            ("", Read::Nothing),
            ("   ", Read::Nothing),
            ("hello", text("hello")),
            ("//quit", text("/quit")),
            ("/help", Read::Showing(Showing::Help(None))),
            (
                "/help close",
                Read::Showing(Showing::Help(Some("close".into()))),
            ),
            ("/status", Read::Request(Request::Status)),
            ("/headers", Read::Request(Request::Headers)),
            ("/stats", Read::Request(Request::Stats)),
            ("/show", Read::Showing(Showing::Messages(Which::Latest))),
            (
                "/show 12",
                Read::Showing(Showing::Messages(Which::Between(12, 12))),
            ),
            (
                "/show 3-7",
                Read::Showing(Showing::Messages(Which::Between(3, 7))),
            ),
            ("/resend 4", Read::Request(Request::Resend(4))),
            ("/set", Read::Showing(Showing::Set(None))),
            (
                "/set ping-pong  on",
                Read::Showing(Showing::Set(Some((Setting::PingPong, true)))),
            ),
            ("/filter", Read::Showing(Showing::Filter(Filter::Ask))),
            ("/filter off", Read::Showing(Showing::Filter(Filter::Off))),
            ("/pause", Read::Showing(Showing::Pause)),
            ("/resume", Read::Showing(Showing::Resume)),
            (
                "/save my file.wst",
                Read::Request(Request::Save("my file.wst".into())),
            ),
            ("/connect", Read::Request(Request::Connect(None))),
            (
                "/connect :80",
                Read::Request(Request::Connect(Some(":80".into()))),
            ),
            ("/quit ", Read::Request(Request::Quit)),
            ("{\n\"a\": 1}", text("{\n\"a\": 1}")),
            ("two\nlines\n", text("two\nlines")),
        ];
        for (input, request) in cases {
            assert_eq!(read(input, OF_CLIENT), Ok(request), "{input:?}");
        }
        let filter = read("/filter {\"a\":1}", OF_CLIENT).unwrap();
        assert!(
            matches!(filter, Read::Showing(Showing::Filter(Filter::On(_, line))) if line == "{\"a\":1}")
        );
    }

    #[test]
    fn nothing_is_sent_by_a_slip() {
        let hint = |input: &str| read(input, OF_CLIENT).unwrap_err().hint.unwrap_or_default();
        let cases = [
            ("/statsu", "/stat"),
            ("/pnig", "/ping"),
            ("/show x", "/show lists"),
            ("/show 7-3", "/show 3-7"),
            ("/resend", "/show lists"),
            ("/set prety on", "did you mean pretty"),
            ("/save", "/save FILE"),
        ];
        for (input, expected) in cases {
            let hint = hint(input);
            assert!(hint.contains(expected), "{input}: {hint}");
        }
        let wrong = [
            "/quit now",
            "{\"a\":\n\n",
            "/show 0",
            "/show 1-5000",
            "/set pretty",
            "/set pretty maybe",
            "/filter /match (",
            "/pause 5",
        ];
        for input in wrong {
            assert!(read(input, OF_CLIENT).is_err(), "{input}");
        }
        let error = read("/filter /match (", OF_CLIENT).unwrap_err();
        assert!(error.column > "/filter ".len(), "{error}");
    }
}
