//! Help, and what is told of a command line that is none.

use super::support::wstalk;

const COMMANDS: [&[&str]; 5] = [&[], &["demo"], &["curl"], &["check"], &["listen"]];

/// What it prints to these words, in a window of 80 columns.
fn told(words: &[&str]) -> String {
    let output = wstalk().args(words).env("COLUMNS", "80").run();
    let text = String::from_utf8(output.stdout_seen().to_owned()).expect("help is text");
    output.stderr("").code(0);
    text
}

/// The options, as the lines that begin with them.
fn options(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim_start);
    lines.filter(|line| line.starts_with('-')).collect()
}

#[test]
fn every_option_has_one_line_of_help() {
    for command in COMMANDS {
        for extent in ["-h", "--help"] {
            let text = told(&[command, &[extent]].concat());
            let (_, listed) = text.split_once("\nOpening handshake:\n").expect("options");
            let end = "\nValues:\n";
            let listed = listed
                .split_once(end)
                .map_or(listed, |(options, _)| options);
            for line in listed.lines() {
                let is_heading = !line.starts_with(' ') && line.ends_with(':');
                let is_option = line.trim_start().starts_with('-');
                let is_under = line.starts_with("          ") && !line.starts_with("           ");
                assert!(
                    line.is_empty()
                        || is_heading
                        || is_option
                        || is_under
                        || !line.starts_with(' '),
                    "{command:?} {extent}: {line}"
                );
                assert!(line.len() <= 80, "{command:?} {extent}: {line}");
            }
        }
    }
}

#[test]
fn the_short_help_has_what_is_used_most_and_the_long_one_has_all() {
    for command in COMMANDS {
        let short = told(&[command, &["-h"]].concat());
        let long = told(&[command, &["--help"]].concat());
        let (few, all) = (options(&short), options(&long));
        let name = |line: &str| line.split("  ").next().unwrap_or_default().to_owned();
        let all: Vec<String> = all.into_iter().map(name).collect();
        assert!(
            few.len() < all.len(),
            "{command:?}: {} {}",
            few.len(),
            all.len()
        );
        for option in few.into_iter().map(name) {
            assert!(all.contains(&option), "{command:?}: {option}");
        }
        assert!(!short.contains("Exit codes:"), "{command:?}");
    }
    assert!(told(&["--help"]).contains("even to a terminal"));
    let most = told(&["-h"]).lines().count();
    assert!(most <= 80, "{most} lines of short help");
}

#[test]
fn help_begins_with_examples() {
    for command in COMMANDS {
        for extent in ["-h", "--help"] {
            let text = told(&[command, &[extent]].concat());
            let examples = text.find("\nExamples:\n").expect("examples");
            let options = text.find("\nOpening handshake:\n").expect("options");
            assert!(examples < options, "{command:?}");
        }
    }
}

#[test]
fn help_is_a_word_too() {
    assert_eq!(told(&["help"]), told(&["--help"]));
    assert_eq!(told(&["help", "check"]), told(&["check", "--help"]));
}

/// Words, and what is told of them.
const SLIPS: [(&[&str], &str); 13] = [
    (
        &["chek", "login.wst"],
        "wstalk: error: `chek` is not a command, nor a URL\n\
         hint: did you mean `wstalk check`? for a host of that name write ws://chek\n",
    ),
    (
        &["check", "--ulr", "ws://h", "login.wst"],
        "wstalk: error: unexpected argument '--ulr' found\n\
         hint: did you mean `--url`? `wstalk check --help` has every option\n",
    ),
    (
        &["--heeder", "a: b", ":1"],
        "wstalk: error: unexpected argument '--heeder' found\n\
         hint: did you mean `--header`? `wstalk --help` has every option\n",
    ),
    (
        &[":1", "hello"],
        "wstalk: error: unexpected argument 'hello' behind the URL\n\
         hint: `wstalk --help` has every option\n",
    ),
    (
        &["--reconnect", "3", ":1"],
        "wstalk: error: unexpected argument ':1' behind the URL\n\
         hint: the value of --reconnect stands behind `=`: --reconnect=N\n",
    ),
    (
        &["--pretty", ":1", "--gibberish"],
        "wstalk: error: unexpected argument '--gibberish' found\n\
         hint: `wstalk --help` has every option\n",
    ),
    (
        &["listen", "--token", "s3cret"],
        "wstalk: error: unexpected argument '--token' found\n\
         hint: `wstalk listen --help` has every option\n",
    ),
    (
        &["--token", "s3cret", ":1"],
        "wstalk: error: unexpected argument '--token' found\n\
         hint: did you mean `--bearer`? `wstalk --help` has every option\n",
    ),
    (
        &["curl", "ws://h/", "-H", "a: b"],
        "wstalk: error: unexpected argument 'ws://h/' found\n\
         hint: what was copied stands behind `--`: usage: wstalk curl [OPTIONS] -- <ARGS>...\n",
    ),
    (
        &["--gibberish", ":1"],
        "wstalk: error: unexpected argument '--gibberish' found\n\
         hint: `wstalk --help` has every option\n",
    ),
    (
        &["completions", "bsh"],
        "wstalk: error: invalid value 'bsh' for '<SHELL>' \
         [possible values: bash, zsh, fish, powershell, elvish]\n\
         hint: did you mean `bash`?\n",
    ),
    (
        &["check"],
        "wstalk: error: the following required arguments were not provided: <FILE>...\n\
         hint: usage: wstalk check [OPTIONS] <FILE>...; `wstalk check --help` has every option\n",
    ),
    (
        &[],
        "wstalk: error: the following required arguments were not provided: <URL>\n\
         hint: try `wstalk demo`; `wstalk --help` has examples and every option\n",
    ),
];

#[test]
fn a_command_line_that_is_none_is_told_with_its_cure() {
    for (words, told) in SLIPS {
        let output = wstalk().args(words).run();
        output.stdout("").stderr(told).code(2);
    }
}
