//! What the documents say is what the program does.

use std::fs;
use std::process::Command;

use wstalk::error::EXIT_CODES;
use wstalk::notation;

fn read(path: &str) -> String {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn help() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_wstalk"))
        .arg("--help")
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("help is text")
}

#[test]
fn the_readme_and_the_help_have_every_exit_code() {
    let (readme, help) = (read("README.md"), help());
    for (code, meaning) in EXIT_CODES {
        let row = format!("| {code} | {meaning} |");
        assert!(readme.contains(&row), "README.md lacks: {row}");
        let line = format!("{code:>3}  {meaning}");
        assert!(help.contains(&line), "--help lacks: {line}");
    }
    let rows = readme.lines().filter(|line| {
        let first = line
            .strip_prefix("| ")
            .and_then(|rest| rest.split(' ').next());
        first.is_some_and(|code| code.parse::<u8>().is_ok())
    });
    assert_eq!(
        rows.count(),
        EXIT_CODES.len(),
        "README.md has a row too many"
    );
}

#[test]
fn the_readme_has_every_command_of_the_notation() {
    let readme = read("README.md");
    for command in notation::COMMANDS {
        assert!(
            readme.contains(&format!("`{}", command.name)),
            "{}",
            command.name
        );
    }
}

#[test]
fn every_option_that_the_readme_names_exists() {
    let (readme, help) = (read("README.md"), help());
    let words = readme.split(|c: char| c.is_whitespace() || "`'|,;()".contains(c));
    let options = words.filter(|word| word.starts_with("--") && !word.ends_with('-'));
    let cargo = ["--release", "--path", "--text"];
    for option in options.filter(|option| !cargo.contains(option)) {
        assert!(help.contains(option), "{option} is not in --help");
    }
}

#[test]
fn the_test_command_of_the_readme_is_the_one_that_ci_runs() {
    assert!(read("README.md").contains("```sh\ncargo test\n```"));
    assert!(read(".ci/run").contains("\ncargo test "));
}
