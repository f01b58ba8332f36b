//! `wstalk check` and `--expect`: transcripts as tests of a server.
//!
//! What the language says is tested with its parser, and each kind of defect in
//! `tests/trust`; here is the command around it.

mod approach;
mod care;
mod files;
mod mock;
mod one_line;
mod run;
mod secrets;

use std::fs;
use std::path::Path;

use super::support::{Command, Conn, wstalk};

/// `wstalk check` with these files beside it.
fn check(files: &[(&str, &str)]) -> Command {
    let command = wstalk().arg("check");
    for (name, text) in files {
        write(command.home(), name, text);
    }
    command
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("a folder");
    }
    fs::write(path, text).expect("a file");
}

/// Sends every message back until the client closes.
fn echo(conn: &mut Conn<'_>) {
    conn.upgrade();
    echo_on(conn);
}

fn echo_on(conn: &mut Conn<'_>) {
    while let Some(frame) = conn.read_frame_or_end() {
        match frame.opcode {
            8 => {
                conn.frame(8, &frame.payload).finish();
                return;
            }
            9 => conn.pong(&frame.payload),
            10 => conn,
            opcode => conn.frame(opcode, &frame.payload),
        };
    }
}

/// stderr without the times in it.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let cut = line
            .rfind(" (")
            .filter(|_| line.trim_end().ends_with(" s)"));
        match cut {
            Some(at) => out.push_str(&format!("{}\n", &line[..at])),
            None => out.push_str(line),
        }
    }
    out
}
