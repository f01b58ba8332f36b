//! `/help`: all commands, or one of them.

use crate::nearest::nearest;
use crate::notation::{self, Command};
use crate::render::{escape, table};

/// Columns for a command with its arguments.
const CALL: usize = 21;

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
        (
            "Ctrl-C",
            "drops the line; on an empty one, closes and leaves",
        ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::commands::OF_CLIENT;

    #[test]
    fn help_knows_every_command() {
        let text = help(None, 80, OF_CLIENT);
        for command in notation::COMMANDS.iter().chain(OF_CLIENT) {
            assert!(text.contains(command.name), "{}", command.name);
            assert!(help(Some(command.name), 200, OF_CLIENT).contains(command.about));
        }
        assert!(help(Some("hedaers"), 80, OF_CLIENT).contains("/headers"));
    }

    #[test]
    fn help_fits_the_window() {
        let text = help(None, 80, OF_CLIENT);
        // Above it stands what was typed, below it the prompt.
        assert!(text.lines().count() <= 22, "{text}");
        for columns in [30, 40, 60, 80] {
            let text = help(None, columns, OF_CLIENT);
            let widest = text.lines().map(str::len).max();
            assert!(widest <= Some(columns), "{columns}:\n{text}");
        }
    }
}
