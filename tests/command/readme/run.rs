//! Runs a line of the pages in a shell, in a folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{env, iter};

use rustix::process::{Pid, Signal, kill_process};

use super::super::support::{Command, Key, Output, program, wstalk};
use super::pages;
use super::site::{Site, TOKEN};
use super::table::Row;

/// How a line is run.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// With a stdin that is a pipe and ends at once.
    Piped,
    /// In a terminal, where it asks for a password.
    Asked(&'static str),
    Serves(Ping),
}

/// What is done with a server.
#[derive(Clone, Copy)]
pub(super) struct Ping {
    /// The words of a client, whose URL comes last.
    pub(super) client: &'static [&'static str],
    /// What the client prints.
    pub(super) heard: &'static str,
    /// Or else SIGINT ends it.
    pub(super) ends_itself: bool,
}

/// What a line prints.
#[derive(Clone, Copy)]
pub(super) enum Printed {
    /// `\xff` stands for that byte.
    Exactly(&'static str),
    /// This by a real jq, and something with this part where there is none.
    ByJq(&'static str, &'static str),
}

/// Runs the line of a row. Panics with all that is known if it does anything else.
#[track_caller]
pub(super) fn run(row: &Row) {
    let site = Site::new(row.around);
    let command = in_shell(row.line, &site);
    let output = match row.how {
        How::Piped => command.stdin("").run(),
        How::Asked(password) => {
            in_terminal(command, password);
            return site.finish(row.asked);
        }
        How::Serves(ping) => serve(command, ping),
    };
    let home = output.home().to_owned();
    if let Some((name, part)) = row.left {
        let text = fs::read_to_string(home.join(name)).expect("the file that is left");
        assert!(text.contains(part), "{name} has no {part:?}: {text}");
    }
    let output = match row.printed {
        Printed::Exactly(text) => output.stdout_bytes(bytes(text)),
        Printed::ByJq(text, _) if is_there("jq") => output.stdout(text),
        Printed::ByJq(_, part) => {
            let said = String::from_utf8_lossy(output.stdout_seen()).into_owned();
            assert!(said.contains(part), "{said}");
            output
        }
    };
    output.code(0);
    site.finish(row.asked);
}

/// The line as it is run, in a folder with everything that it names.
pub(super) fn in_shell(line: &str, site: &Site) -> Command {
    let command = program("/bin/sh").args(["-c", &site.rewritten(line)]);
    let home = command.home().to_owned();
    site.furnish(&home, line);
    let tools = home.join("bin");
    fs::create_dir(&tools).expect("a folder of tools");
    // It tells its own process, which the shell is not, and becomes the program.
    let tell = "#!/bin/sh\necho $$ > \"$HOME/process\"\nexec";
    let real = env!("CARGO_BIN_EXE_wstalk");
    tool(&tools.join("wstalk"), &format!("{tell} '{real}' \"$@\"\n"));
    for missing in ["jq", "man"].into_iter().filter(|name| !is_there(name)) {
        tool(&tools.join(missing), "#!/bin/sh\nexec cat\n");
    }
    let path = env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let folders = iter::once(tools).chain(env::split_paths(&path));
    let path = env::join_paths(folders).expect("folders without colons");
    let command = command.env("PATH", path).env("token", TOKEN);
    match line.contains("--cacert") || line.contains("--insecure") {
        true => command,
        false => command.env("SSL_CERT_FILE", site.authority().certificate_path()),
    }
}

fn tool(file: &Path, script: &str) {
    fs::write(file, script).expect("a tool");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("a tool that runs");
}

/// Whether the system has this tool; a stand-in passes its input through.
fn is_there(tool: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(tool).is_file())
}

/// It asks, is told, and is a prompt then, which is left.
#[track_caller]
fn in_terminal(command: Command, password: &str) {
    let mut terminal = command.in_terminal(24, 100);
    terminal.wait_for_text("password for me ");
    terminal.type_(password).key(Key::Enter);
    terminal.wait_for_text("* connected to wss://");
    terminal.wait_for(|screen| screen.ends_with("\n>"), "a prompt");
    terminal.key(Key::CtrlD);
    let printed = String::from_utf8_lossy(&terminal.printed()).into_owned();
    assert!(!printed.contains(password), "{printed}");
    assert_eq!(terminal.finish().code, 0);
}

/// It listens, a client speaks with it, and it ends.
#[track_caller]
fn serve(command: Command, ping: Ping) -> Output {
    let process = command.home().join("process");
    let mut running = command.stdin("").start();
    running.wait_stderr("listening on ");
    running.wait_stderr_contains("\n");
    let told = running.stderr_so_far();
    let line = told.lines().next().expect("a line");
    let url = line.trim_start_matches("listening on ");
    let client = wstalk().args(ping.client).arg(url);
    let chat = pages::block("README.md", "wst");
    fs::write(client.home().join("chat.wst"), chat).expect("a file");
    // Judged once the server has been ended, so that none is left behind.
    let heard = client.stdin("").run();
    if !ping.ends_itself {
        let id = fs::read_to_string(process).expect("the id of the server");
        let id = id.trim().parse().ok().and_then(Pid::from_raw);
        kill_process(id.expect("an id"), Signal::INT).expect("a server that runs");
    }
    let output = running.finish();
    heard.stdout(ping.heard).code(0);
    output
}

/// The bytes of a text in which `\xff` is one.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\xff").map(str::as_bytes);
    let first = parts.next().unwrap_or_default().to_vec();
    parts.fold(first, |mut all, part| {
        all.push(0xff);
        all.extend_from_slice(part);
        all
    })
}
