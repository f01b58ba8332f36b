//! The completions in the shells they are for, with the key that people press.

use std::fs;

use super::support::terminal::Terminal;
use super::support::{Key, program};

/// A shell that completes, in a folder with some files. `setup` is what it is told first.
fn shell(words: &[&str], setup: &str) -> Terminal {
    let [path, args @ ..] = words else {
        panic!("a shell");
    };
    let mut terminal = program(path)
        .args(args)
        .env("PS1", "$ ")
        .in_terminal(40, 100);
    for name in ["login.wst", "roots.pem"] {
        fs::write(terminal.home().join(name), "").expect("a file");
    }
    fs::create_dir(terminal.home().join("kept")).expect("a folder");
    terminal.type_(setup).type_("echo rea''dy\n");
    terminal.wait_for(
        |screen| screen.lines().any(|line| line.trim() == "ready"),
        "ready",
    );
    terminal
}

/// What is typed, and what then stands on the screen.
const CASES: [(&str, &[&str]); 9] = [
    ("wstalk che", &["wstalk check"]),
    ("wstalk --close-code 10", &["1000", "1008", "1014"]),
    ("wstalk check --report-ju", &["--report-junit"]),
    ("wstalk check log", &["wstalk check login.wst"]),
    ("wstalk --cacert roo", &["wstalk --cacert roots.pem"]),
    ("wstalk listen --script log", &["--script login.wst"]),
    ("wstalk --input no", &["--input notation"]),
    ("wstalk --input=no", &["--input=notation"]),
    ("wstalk completions fi", &["completions fish"]),
];

/// Each in a shell of its own: what another left on the screen proves nothing.
fn complete(words: &[&str], setup: &str) {
    for (typed, expected) in CASES {
        let mut terminal = shell(words, setup);
        terminal.type_(typed).key(Key::Tab);
        if expected.len() > 1 {
            terminal.key(Key::Tab);
        }
        for text in expected {
            terminal.wait_for_text(text);
        }
        terminal.key(Key::CtrlU).type_("exit\n");
        assert_eq!(terminal.finish().code, 0, "{typed}");
    }
}

fn file(name: &str) -> String {
    format!("{}/completions/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn bash_completes() {
    let setup = format!("source {}\n", file("wstalk.bash"));
    complete(&["bash", "--norc", "--noprofile", "-i"], &setup);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn zsh_completes() {
    let setup = format!(
        "PS1='$ '; fpath=({} $fpath); autoload -U compinit; compinit -u -D\n",
        file("")
    );
    complete(&["zsh", "-f", "-i"], &setup);
}

#[test]
#[ignore = "needs tests/peers/setup"]
fn fish_completes() {
    let setup = format!(
        "function fish_prompt; echo '$ '; end; source {}\n",
        file("wstalk.fish")
    );
    complete(&["fish", "--no-config", "--interactive"], &setup);
}
