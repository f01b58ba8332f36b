//! What the documents say is what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use wstalk::error::EXIT_CODES;
use wstalk::notation;

fn read(path: &str) -> String {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn help() -> String {
    help_of(&["--help"])
}

/// What the program says to these words.
fn help_of(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_wstalk"))
        .args(words)
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
fn every_option_that_the_pages_name_exists() {
    let pages = [
        "README.md",
        "docs/prompt.md",
        "docs/formats.md",
        "docs/listen.md",
    ];
    let pages = pages
        .into_iter()
        .chain(["docs/connecting.md", "docs/ending.md"]);
    let text: String = pages.map(read).collect();
    let help = help() + &help_of(&["check", "--help"]) + &help_of(&["listen", "--help"]);
    let words = text.split(|c: char| c.is_whitespace() || "`'|,;()=".contains(c));
    let options = words.filter(|word| word.starts_with("--") && !word.ends_with('-'));
    let cargo = ["--release", "--path", "--text", "--test", "--locked"];
    for option in options.filter(|option| !cargo.contains(option)) {
        assert!(help.contains(option), "{option} is not in --help");
    }
}

#[test]
fn the_test_command_of_the_readme_is_the_one_that_ci_runs() {
    assert!(read("README.md").contains("```sh\ncargo test\n```"));
    assert!(read(".ci/run").contains("\ncargo test "));
}

/// Every test function by its module and name, such as `ws::cases::name`:
/// `src`, `tests/command` and the module `tests` are left out of the path.
fn test_functions(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a folder of sources").path();
        let stem = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        let inner = match stem {
            "mod" | "main" | "lib" => module.to_owned(),
            stem => format!("{module}{stem}::"),
        };
        if path.is_dir() {
            test_functions(&path, &inner, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let after = text.split("#[test]").skip(1);
            let names = after.filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
            found.extend(names.map(|(name, _)| format!("{inner}{name}")));
        }
    }
}

#[test]
fn every_rule_of_the_protocol_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    test_functions(&root.join("src"), "", &mut tests);
    test_functions(&root.join("tests/command"), "", &mut tests);
    let table = read("docs/conformance.md");
    let rows = table.lines().filter(|line| {
        let first = line.strip_prefix("| ");
        first.is_some_and(|line| line.starts_with(|letter: char| letter.is_ascii_digit()))
    });
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, _, named] = cells[..] else {
            panic!("not three cells: {row}");
        };
        let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "a rule that no test holds: {row}");
        for name in names {
            assert!(tests.contains(name), "there is no test {name}: {row}");
        }
        count += 1;
    }
    assert!(count > 60, "only {count} rules in the table");
}
