//! The program at a terminal: a prompt, and a screen that only it draws.

mod again;
mod busy;
mod commands;
mod completion;
mod editing;
mod ending;
mod history;
mod hostile;
mod inputrc;
mod modes;
mod pushed;
mod robust;
mod signals;
mod suspending;
mod typing;
mod waiting;
mod window;

use super::support::{Conn, Key, Server, Terminal, wstalk};

/// A prompt that waits for the first line, connected to this server.
fn prompt(server: &Server) -> Terminal {
    prompt_with(server, &[])
}

fn prompt_with(server: &Server, options: &[&str]) -> Terminal {
    let command = wstalk().arg(server.url()).args(options);
    let mut terminal = command.in_terminal(24, 80);
    terminal.wait_for(
        |screen| screen.starts_with("* connected to ") && screen.ends_with("\n>"),
        "a prompt below its notice",
    );
    terminal
}

/// Waits until the last line is the prompt with this typed.
#[track_caller]
fn wait_for_line(terminal: &mut Terminal, typed: &str) {
    let line = format!("> {typed}");
    let line = line.trim_end();
    terminal.wait_for(
        |screen| screen.lines().last() == Some(line),
        &format!("the line {line:?}"),
    );
}

/// Types a line as a person does, who waits for the prompt before the next:
/// between two lines the terminal is not the editor's.
#[track_caller]
fn enter(terminal: &mut Terminal, line: &str) {
    terminal.type_(line);
    submit(terminal, format!("> {line}").trim_end());
}

/// Ends a line once the screen ends with it, and waits for the prompt. Behind the line
/// its arguments may be explained.
#[track_caller]
fn submit(terminal: &mut Terminal, drawn: &str) {
    let is_drawn = |screen: &str| {
        let last = screen.lines().last().unwrap_or_default();
        screen.ends_with(drawn) || last.starts_with(drawn)
    };
    terminal.wait_for(is_drawn, &format!("{drawn:?}"));
    terminal.key(Key::Enter);
    wait_for_line(terminal, "");
}

/// What stands under the notice of the connection, line by line.
fn below_notice(screen: &str) -> Vec<&str> {
    let mut lines = screen.lines();
    let notice = lines.next().unwrap_or_default();
    assert!(notice.starts_with("* connected to "), "{screen}");
    lines.collect()
}

/// A script that upgrades, follows `rest`, and answers our Close with 1000.
fn closes_normally(
    rest: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
) -> impl Fn(&mut Conn<'_>) + Send + Sync + 'static {
    move |conn| {
        conn.upgrade();
        rest(conn);
        assert_eq!(conn.answer_close(), (Some(1000), String::new()));
    }
}

/// Types Ctrl-D and checks that this is a good end.
#[track_caller]
fn leave(mut terminal: Terminal, server: Server) -> String {
    terminal.key(Key::CtrlD);
    let finished = terminal.finish();
    server.finish();
    assert_eq!(finished.code, 0, "{}", finished.screen);
    finished.screen
}
