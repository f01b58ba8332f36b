//! What the pages tell people to type.

use std::fs;
use std::path::Path;

/// Pages whose commands are held by something else: the page, the file that does it, and
/// a word of that file which shows it.
pub(super) const ELSEWHERE: [(&str, &str, &str); 2] = [
    (
        "docs/transcripts.md",
        "tests/command/transcripts/page.rs",
        "every_block_of_the_page_is_true",
    ),
    // It measures for a quarter of an hour.
    ("docs/performance.md", "Cargo.toml", "name = \"compare\""),
];

/// A command line, and what a page shows below it.
pub(super) struct Command {
    pub(super) line: String,
    pub(super) shown: Vec<String>,
}

/// A file of the repository.
pub(super) fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The commands of every page that [`ELSEWHERE`] does not name.
pub(super) fn commands() -> Vec<Command> {
    names().iter().flat_map(|page| of(&read(page))).collect()
}

/// The first block of this kind in a page.
pub(super) fn block(page: &str, kind: &str) -> String {
    let text = read(page);
    let begin = format!("\n```{kind}\n");
    let (_, rest) = text.split_once(&begin).expect("such a block");
    let (block, _) = rest.split_once("\n```").expect("the end of a block");
    block.to_owned() + "\n"
}

fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let entries = fs::read_dir(folder).expect("the folder of the pages");
    let files = entries.map(|entry| entry.expect("a file").file_name());
    let pages = files.filter_map(|name| name.into_string().ok());
    let pages = pages.filter(|name| name.ends_with(".md"));
    let mut pages: Vec<String> = pages.map(|name| format!("docs/{name}")).collect();
    pages.retain(|page| ELSEWHERE.iter().all(|(other, ..)| other != page));
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

/// What stands in the blocks `sh` and `console` of this text.
fn of(text: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut within: Option<&str> = None;
    let mut goes_on = false;
    for line in text.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            within = within.is_none().then_some(kind);
            continue;
        }
        let typed = match within {
            Some("console") => line.strip_prefix("$ "),
            Some("sh") => Some(line).filter(|line| !line.is_empty() && !line.starts_with('#')),
            _ => continue,
        };
        match (typed, commands.last_mut()) {
            (Some(more), Some(last)) if goes_on => last.line.push_str(more.trim_start()),
            (Some(line), _) => commands.push(Command {
                line: line.to_owned(),
                shown: Vec::new(),
            }),
            (None, Some(last)) => last.shown.push(line.to_owned()),
            (None, None) => {}
        }
        goes_on = commands
            .last_mut()
            .is_some_and(|last| joined(&mut last.line));
    }
    commands
}

/// Takes the backslash off a line that goes on in the next.
fn joined(line: &mut String) -> bool {
    let cut = line.strip_suffix('\\').map(str::len);
    if let Some(cut) = cut {
        line.truncate(cut);
    }
    cut.is_some()
}

#[test]
fn a_command_is_found_with_its_next_lines_and_with_what_is_shown() {
    let text = "a\n```sh\n# why\none \\\n  two\n\nthree\n```\n$ no\n```console\n$ four\nx\n\ny\n```\n```wst\nfive\n```\n";
    let found: Vec<(String, Vec<String>)> = of(text)
        .into_iter()
        .map(|command| (command.line, command.shown))
        .collect();
    let lines: Vec<&str> = found.iter().map(|(line, _)| &**line).collect();
    assert_eq!(lines, ["one two", "three", "four"]);
    assert_eq!(found[2].1, ["x", "", "y"]);
}
