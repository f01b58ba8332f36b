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
fn every_path_that_newcomers_are_led_to_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["CONTRIBUTING.md", "README.md", "docs/design.md"] {
        let text = read(page);
        let quoted = text.split('`').skip(1).step_by(2);
        let folders = [
            "src/", "tests/", "docs/", "benches/", "fuzz/", ".ci/", ".github/",
        ];
        let paths = quoted.filter_map(|words| words.split(' ').next());
        let paths = paths.filter(|path| folders.iter().any(|folder| path.starts_with(folder)));
        for path in paths.filter(|path| !path.contains(['*', '{', '…'])) {
            assert!(
                root.join(path).exists(),
                "{page} names {path}, which is not there"
            );
        }
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).expect("pages");
    let pages = pages.map(|entry| entry.expect("a page").path());
    let pages = pages.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    for page in pages.chain([root.join("README.md"), root.join("CONTRIBUTING.md")]) {
        let text = fs::read_to_string(&page).expect("a page");
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.contains("://") {
                continue;
            }
            let (path, part) = link.split_once('#').unwrap_or((link, ""));
            let folder = page.parent().expect("a folder");
            let target = if path.is_empty() {
                page.clone()
            } else {
                folder.join(path)
            };
            assert!(target.exists(), "{}: {link}", page.display());
            if !part.is_empty() {
                let text = fs::read_to_string(&target).expect("a page");
                let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
                let headings = headings.map(|line| line.trim_start_matches('#').trim());
                let mut anchors = headings.map(|line| line.to_lowercase().replace(' ', "-"));
                assert!(
                    anchors.any(|anchor| anchor == part),
                    "{}: {link}",
                    page.display()
                );
            }
        }
    }
}

/// Every test function by its module and name, such as `ws::cases::name`:
/// `src`, `tests/command` and the module `tests` are left out of the path.
fn test_functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for (place, module) in [
        ("src", ""),
        ("tests/command", ""),
        ("tests/panic", "panic::"),
        ("tests/peers", "peers::"),
        ("tests/trust", "trust::"),
    ] {
        functions_below(&root.join(place), module, &mut found);
    }
    functions_of(
        &root.join("tests/architecture.rs"),
        "architecture::",
        &mut found,
    );
    found
}

fn functions_below(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
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
            functions_below(&path, &inner, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            functions_of(&path, &inner, found);
        }
    }
}

fn functions_of(file: &Path, module: &str, found: &mut BTreeSet<String>) {
    let text = fs::read_to_string(file).expect("a source file");
    let after = text.split("#[test]").skip(1);
    let names = after.filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
    found.extend(names.map(|(name, _)| format!("{module}{name}")));
}

/// Sees that every row of a page's tables with a last column `held by` names tests, and
/// that these exist; how many rows there are.
fn rows_that_tests_hold(page: &str) -> usize {
    let tests = test_functions();
    let text = read(page);
    let mut columns = None;
    let mut count = 0;
    for row in text.lines() {
        let cells = row
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix(" |"));
        let cells: Option<Vec<&str>> = cells.map(|cells| cells.split(" | ").collect());
        match cells {
            Some(cells) if cells.last() == Some(&"held by") => columns = Some(cells.len()),
            Some(cells) if columns.is_some() => {
                assert_eq!(
                    columns,
                    Some(cells.len()),
                    "{page}: not so many cells: {row}"
                );
                let named = cells.last().copied().unwrap_or_default();
                let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
                assert!(!names.is_empty(), "{page}: no test holds this: {row}");
                for name in names {
                    assert!(
                        tests.contains(name),
                        "{page}: there is no test {name}: {row}"
                    );
                }
                count += 1;
            }
            None if !row.starts_with('|') => columns = None,
            _ => {}
        }
    }
    count
}

#[test]
fn every_rule_of_the_protocol_names_a_test_that_exists() {
    let count = rows_that_tests_hold("docs/conformance.md");
    assert!(count > 60, "only {count} rules in the table");
}

#[test]
fn every_promise_on_security_names_a_test_that_exists() {
    let count = rows_that_tests_hold("docs/security.md");
    assert!(count > 50, "only {count} promises in the tables");
}
