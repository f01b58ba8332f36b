//! What a typed line asks for: a message, or something of the prompt itself.

use crate::nearest::nearest;
use crate::notation::{self, Command, Line, NotationError, parse_block};

use super::editor::is_open;
use crate::render::escape;

/// A line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Nothing was typed.
    Nothing,
    Line(Line),
    Help(Option<String>),
    Status,
    Quit,
}

/// The prompt's own commands.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        name: "/help",
        arguments: "[COMMAND]",
        about: "explain the commands, or one of them",
    },
    Command {
        name: "/status",
        arguments: "",
        about: "show the connection's state and counts",
    },
    Command {
        name: "/quit",
        arguments: "",
        about: "close with 1000 and leave",
    },
];

/// Reads a typed or pasted line.
///
/// # Errors
/// What is wrong with it, and where; nothing is to be sent then.
pub(super) fn read(input: &str) -> Result<Request, NotationError> {
    if input.trim().is_empty() {
        return Ok(Request::Nothing);
    }
    if is_open(input) {
        return Err(NotationError {
            column: 1,
            lines_back: 0,
            message: format!(
                "the JSON value that begins with `{}` is not complete",
                beginning(input)
            ),
            hint: Some("/text sends it as it is".into()),
        });
    }
    let (word, rest) = input.split_once([' ', '\t']).unwrap_or((input, ""));
    let rest = rest.trim();
    match word {
        "/help" => Ok(Request::Help((!rest.is_empty()).then(|| rest.to_owned()))),
        "/status" | "/quit" if !rest.is_empty() => Err(NotationError {
            column: word.len() + 2,
            lines_back: 0,
            message: format!("{word} takes no arguments"),
            hint: None,
        }),
        "/status" => Ok(Request::Status),
        "/quit" => Ok(Request::Quit),
        _ => parse_block(input)
            .map(Request::Line)
            .map_err(|error| suggest(word, error)),
    }
}

/// All commands, or the one that is asked for.
pub(super) fn help(topic: Option<&str>) -> String {
    let all = || notation::COMMANDS.iter().chain(COMMANDS);
    let Some(topic) = topic else {
        let lines = all().map(|command| usage(command) + "\n");
        return String::from(
            "  anything else: that text; //TEXT: the text /TEXT; JSON may span lines\n",
        ) + &lines.collect::<String>();
    };
    let name = format!("/{}", topic.trim_start_matches('/'));
    match all().find(|command| command.name == name) {
        Some(command) => usage(command) + "\n",
        None => format!("  no command {}; /help lists them\n", escape(&name)),
    }
}

fn usage(command: &Command) -> String {
    let call = format!("{} {}", command.name, command.arguments);
    format!("  {call:<26} {}", command.about)
}

/// The notation does not know the prompt's own commands.
fn suggest(word: &str, error: NotationError) -> NotationError {
    let known = notation::COMMANDS
        .iter()
        .any(|command| command.name == word);
    match nearest(word, COMMANDS.iter().map(|command| command.name)) {
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
            ("/quit ", Request::Quit),
            ("{\n\"a\": 1}", text("{\n\"a\": 1}")),
            ("two\nlines\n", text("two\nlines")),
        ];
        for (input, request) in cases {
            assert_eq!(read(input), Ok(request), "{input:?}");
        }
    }

    #[test]
    fn nothing_is_sent_by_a_slip() {
        let hint = |input: &str| read(input).unwrap_err().hint.unwrap_or_default();
        assert!(hint("/statsu").contains("/status"), "{}", hint("/statsu"));
        assert!(hint("/pnig").contains("/ping"), "{}", hint("/pnig"));
        assert!(read("/quit now").is_err());
        assert!(read("{\"a\":\n\n").is_err());
    }

    #[test]
    fn help_knows_every_command() {
        let text = help(None);
        for command in notation::COMMANDS.iter().chain(COMMANDS) {
            assert!(text.contains(command.name), "{}", command.name);
            assert!(help(Some(command.name)).contains(command.about));
        }
    }
}
