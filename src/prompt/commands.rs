//! What a typed line asks for: a message, or something of the prompt itself.

use std::path::PathBuf;

use crate::nearest::nearest;
use crate::notation::{self, Command, Line, NotationError, parse_block};
use crate::pattern::Pattern;

use super::editor::is_open;
use crate::render::{escape, table};

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Nothing was typed.
    Nothing,
    Line(Line),
    /// A line for the client with this number alone.
    To(u64, Line),
    Help(Option<String>),
    Status,
    Headers,
    Stats,
    Show(Which),
    Resend(u64),
    Set(Option<(Setting, bool)>),
    Filter(Filter),
    Pause,
    Resume,
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

/// Columns for a command with its arguments.
const CALL: usize = 21;

/// How many messages are shown at once, at most.
const MAX_SHOWN: u64 = 1000;

/// The prompt's own commands.
pub(super) const COMMANDS: &[Command] = &[
    Command::new("/help", "[COMMAND]", "explain the commands, or one of them"),
    Command::new(
        "/status",
        "",
        "state, address, counts, what waits to be sent",
    ),
    Command::new("/headers", "", "both heads of the opening handshake"),
    Command::new("/stats", "", "what has passed, and round trips"),
    Command::new(
        "/show",
        "[N[-M]]",
        "messages whole; alone, a list of the latest",
    ),
    Command::new("/resend", "N", "send your message N again"),
    Command::new(
        "/set",
        "[NAME on|off]",
        "pretty, timestamps, numbers, frames, ping-pong",
    ),
    Command::new(
        "/filter",
        "[PATTERN|off]",
        "draw only what matches: /match REGEX, JSON in part",
    ),
    Command::new("/pause", "", "draw no messages; the connection goes on"),
    Command::new("/resume", "", "draw them again"),
    Command::new(
        "/save",
        "FILE",
        "write the session as a test of the same server",
    ),
    Command::new(
        "/connect",
        "[URL]",
        "close; connect again, or elsewhere (/PATH: here)",
    ),
    Command::new("/quit", "", "close with 1000 and leave"),
];

/// Reads a typed or pasted line, where there are these `commands`.
///
/// # Errors
/// What is wrong with it, and where; nothing is to be sent then.
pub(crate) fn read(input: &str, commands: &[Command]) -> Result<Request, NotationError> {
    if input.trim().is_empty() {
        return Ok(Request::Nothing);
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
    let known = |command: &Command| command.name == word;
    match word {
        _ if !commands.iter().any(known) => line(input, word, commands).map(Request::Line),
        "/to" => rest.to(commands),
        "/help" => Ok(Request::Help(rest.optional())),
        "/status" => rest.none(Request::Status),
        "/headers" => rest.none(Request::Headers),
        "/stats" => rest.none(Request::Stats),
        "/show" => rest.which().map(Request::Show),
        "/resend" => rest.number(rest.text).map(Request::Resend),
        "/set" => rest.setting().map(Request::Set),
        "/filter" => rest.filter().map(Request::Filter),
        "/pause" => rest.none(Request::Pause),
        "/resume" => rest.none(Request::Resume),
        "/save" => match rest.optional() {
            Some(path) => Ok(Request::Save(path.into())),
            None => Err(rest.wrong("/save needs the name of a file", "/save FILE.wst")),
        },
        "/connect" => Ok(Request::Connect(rest.optional())),
        "/quit" => rest.none(Request::Quit),
        _ => line(input, word, commands).map(Request::Line),
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
    fn wrong(&self, message: impl Into<String>, hint: &str) -> NotationError {
        wrong(self.column, message.into(), hint)
    }

    fn optional(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| self.text.to_owned())
    }

    fn none(&self, request: Request) -> Result<Request, NotationError> {
        match self.text {
            "" => Ok(request),
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

/// All commands, or the one that is asked for, for a window of so many columns.
pub(super) fn help(topic: Option<&str>, columns: usize, commands: &'static [Command]) -> String {
    let all = || notation::COMMANDS.iter().chain(commands);
    let Some(topic) = topic else {
        return overview(columns, commands);
    };
    let name = format!("/{}", topic.trim_start_matches('/'));
    if let Some(command) = all().find(|command| command.name == name) {
        return table([(&*call(command), command.about.into())], CALL, columns);
    }
    let known = nearest(&name, all().map(|command| command.name));
    let hint = match known {
        Some(known) => format!("did you mean {known}?"),
        None => "/help lists them".into(),
    };
    format!("  no command {}; {hint}\n", escape(&name))
}

/// Fits a window of 24 rows and 80 columns.
fn overview(columns: usize, commands: &[Command]) -> String {
    let lines = [
        (
            "TEXT",
            "any other line is sent as it is; //TEXT sends /TEXT",
        ),
        ("{JSON}", "may go on in the next lines until it is complete"),
    ];
    let keys = [
        ("Tab", "completes"),
        ("Ctrl-R", "searches what was typed"),
        ("Ctrl-D", "closes and leaves"),
    ];
    let rows = |rows: &[(&'static str, &str)]| {
        let rows = rows
            .iter()
            .map(|(name, about)| (*name, (*about).to_owned()));
        table(rows, CALL, columns)
    };
    let calls: Vec<String> = commands.iter().map(call).collect();
    let own = commands.iter().zip(&calls);
    let own = own.map(|(command, call)| (call.as_str(), command.about.to_owned()));
    rows(&lines) + &messages(columns) + &table(own, CALL, columns) + &rows(&keys)
}

/// The commands of the notation, side by side.
fn messages(columns: usize) -> String {
    let mut text = String::new();
    let mut row = String::new();
    for command in notation::COMMANDS {
        let call = call(command);
        if !row.is_empty() && row.len() + call.len() + 2 > columns {
            text += &format!("{row}\n");
            row.clear();
        }
        row += &format!("  {call}");
    }
    text + &row + "\n"
}

fn call(command: &Command) -> String {
    match command.arguments {
        "" => command.name.to_owned(),
        arguments => format!("{} {arguments}", command.name),
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

    #[test]
    fn lines_are_messages_unless_they_are_the_prompts_commands() {
        let text = |text: &str| Request::Line(Line::Message(Message::Text(text.into())));
        let cases = [
            ("", Request::Nothing),
            ("   ", Request::Nothing),
            ("hello", text("hello")),
            ("//quit", text("/quit")),
            ("/help", Request::Help(None)),
            ("/help close", Request::Help(Some("close".into()))),
            ("/status", Request::Status),
            ("/headers", Request::Headers),
            ("/stats", Request::Stats),
            ("/show", Request::Show(Which::Latest)),
            ("/show 12", Request::Show(Which::Between(12, 12))),
            ("/show 3-7", Request::Show(Which::Between(3, 7))),
            ("/resend 4", Request::Resend(4)),
            ("/set", Request::Set(None)),
            (
                "/set ping-pong  on",
                Request::Set(Some((Setting::PingPong, true))),
            ),
            ("/filter", Request::Filter(Filter::Ask)),
            ("/filter off", Request::Filter(Filter::Off)),
            ("/pause", Request::Pause),
            ("/resume", Request::Resume),
            ("/save my file.wst", Request::Save("my file.wst".into())),
            ("/connect", Request::Connect(None)),
            ("/connect :80", Request::Connect(Some(":80".into()))),
            ("/quit ", Request::Quit),
            ("{\n\"a\": 1}", text("{\n\"a\": 1}")),
            ("two\nlines\n", text("two\nlines")),
        ];
        for (input, request) in cases {
            assert_eq!(read(input, COMMANDS), Ok(request), "{input:?}");
        }
        let filter = read("/filter {\"a\":1}", COMMANDS).unwrap();
        assert!(matches!(filter, Request::Filter(Filter::On(_, line)) if line == "{\"a\":1}"));
    }

    #[test]
    fn nothing_is_sent_by_a_slip() {
        let hint = |input: &str| read(input, COMMANDS).unwrap_err().hint.unwrap_or_default();
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
            assert!(read(input, COMMANDS).is_err(), "{input}");
        }
        let error = read("/filter /match (", COMMANDS).unwrap_err();
        assert!(error.column > "/filter ".len(), "{error}");
    }

    #[test]
    fn help_knows_every_command() {
        let text = help(None, 80, COMMANDS);
        for command in notation::COMMANDS.iter().chain(COMMANDS) {
            assert!(text.contains(command.name), "{}", command.name);
            assert!(help(Some(command.name), 200, COMMANDS).contains(command.about));
        }
        assert!(help(Some("hedaers"), 80, COMMANDS).contains("/headers"));
    }

    #[test]
    fn help_fits_the_window() {
        let text = help(None, 80, COMMANDS);
        // Above it stands what was typed, below it the prompt.
        assert!(text.lines().count() <= 22, "{text}");
        for columns in [30, 40, 60, 80] {
            let text = help(None, columns, COMMANDS);
            let widest = text.lines().map(str::len).max();
            assert!(widest <= Some(columns), "{columns}:\n{text}");
        }
    }
}
