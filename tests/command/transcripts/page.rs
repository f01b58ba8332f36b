//! The page that teaches transcripts (docs/transcripts.md): each block of it is run.
//!
//! A block `wst` must pass against `listen --script` of itself, `wst,fails` must fail
//! against the server of the block before, `wst,error` cannot be understood, and `sh` is
//! a shell's. A block `text` is what the block before it told on stderr, but for times.
//! Where a shell starts no server, the transcript that it names is one, or else the
//! first of the page.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::super::support::{Command, Listening, program, wstalk};

const ADDRESS: &str = "ws://127.0.0.1:8080";

struct Block<'a> {
    kind: &'a str,
    text: &'a str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut rest = page;
    let mut blocks = Vec::new();
    while let Some((_, begun)) = rest.split_once("\n```") {
        let (kind, begun) = begun.split_once('\n').expect("a line");
        let (text, behind) = begun.split_once("```\n").expect("the end of a block");
        blocks.push(Block { kind, text });
        rest = behind;
    }
    blocks
}

impl Block<'_> {
    /// Its first line says it.
    fn name(&self) -> &str {
        let first = self.text.lines().next().unwrap_or_default();
        let name = first.strip_prefix("# ");
        name.filter(|name| name.ends_with(".wst"))
            .unwrap_or_else(|| panic!("no name: {first}"))
    }

    /// The variables that somebody has to set, set.
    fn variables(&self) -> Vec<String> {
        let inner = self.text.split("{{").skip(1);
        let names: BTreeSet<&str> = inner
            .filter_map(|rest| Some(rest.split_once("}}")?.0))
            .collect();
        let is_set = |name: &&str| {
            let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase());
            is_name
                && !name.is_empty()
                && *name != "base"
                && !self.text.contains(&format!("let {name} "))
        };
        let names = names.into_iter().filter(is_set);
        names
            .flat_map(|name| ["--variable".into(), format!("{name}=value of {name}")])
            .collect()
    }
}

/// The blocks that were run, with one folder for all.
struct Page {
    folder: TempDir,
    /// The last transcript that passed, and the first.
    passed: Vec<(String, Vec<String>)>,
    /// What the last block told.
    told: String,
}

impl Page {
    fn mock(&self, name: &str, variables: &[String]) -> Listening {
        let path = self.folder.path().join(name);
        let command = wstalk().args(["listen", "--script"]).arg(path);
        Listening::start(command.args(variables))
    }

    fn check(&mut self, block: &Block<'_>, url: &str, code: i32, variables: &[String]) {
        let home = self.folder.path().display();
        let line = format!(
            "cd {home} && exec wstalk check --url {url} {}",
            block.name()
        );
        let output = shell(&line).arg("sh").args(variables).run();
        self.told = output.stderr_seen().to_owned();
        output.stdout("").code(code);
    }

    fn run(&mut self, block: &Block<'_>) {
        match block.kind {
            "wst" => {
                fs::write(self.folder.path().join(block.name()), block.text).expect("a file");
                let variables = block.variables();
                let mock = self.mock(block.name(), &variables);
                let url = mock.url().to_owned();
                self.check(block, &url, 0, &variables);
                mock.interrupt(0);
                self.passed.push((block.name().to_owned(), variables));
            }
            "wst,fails" => {
                fs::write(self.folder.path().join(block.name()), block.text).expect("a file");
                let (name, variables) = self.passed.last().expect("one before").clone();
                let mock = self.mock(&name, &variables);
                let url = mock.url().to_owned();
                self.check(block, &url, 1, &[]);
                mock.interrupt(1);
            }
            "wst,error" => {
                fs::write(self.folder.path().join(block.name()), block.text).expect("a file");
                self.check(block, "ws://127.0.0.1:1", 2, &[]);
            }
            "sh" => self.shell(block.text),
            "text" => assert_eq!(timeless(&self.told), timeless(block.text)),
            other => panic!("what is a block {other}?"),
        }
    }

    fn shell(&mut self, text: &str) {
        let mut servers = Vec::new();
        let mut lines = vec![format!("cd {}", self.folder.path().display())];
        for line in text.lines() {
            match line
                .strip_prefix("wstalk listen ")
                .and_then(|line| line.strip_suffix(" 8080 &"))
            {
                Some(options) => {
                    // The shell goes, and the server stays with what was exported before.
                    let line = format!("{}\nexec wstalk listen {options}", lines.join("\n"));
                    servers.push(Listening::start(shell(&line)));
                }
                None => lines.push(line.to_owned()),
            }
        }
        let mut text = lines.join("\n");
        if servers.is_empty() && text.contains(ADDRESS) {
            let named = self.passed.iter().find(|(name, _)| text.contains(name));
            let (name, variables) = named.unwrap_or(&self.passed[0]);
            servers.push(self.mock(name, variables));
        }
        if let Some(server) = servers.first() {
            text = text.replace(ADDRESS, server.url());
        }
        let output = shell(&text).run();
        self.told = output.stderr_seen().to_owned();
        output.code(0);
        for server in servers {
            server.interrupt(0);
        }
    }
}

/// A shell that finds the program; what follows are its arguments.
fn shell(line: &str) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_wstalk"))
        .parent()
        .expect("a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let line = line.replacen("exec wstalk check", "exec wstalk check \"$@\"", 1);
    program("/bin/sh").args(["-c", &line]).env("PATH", path)
}

/// Without how long something took, and how long ago it was.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let aged = line
            .split_once(" ms  ")
            .filter(|(age, _)| age.trim().parse::<u64>().is_ok());
        let timed = line
            .rsplit_once(" (")
            .filter(|(_, time)| time.ends_with(" s)"));
        out.push_str(match (aged, timed) {
            (Some((_, line)), _) | (None, Some((line, _))) => line,
            (None, None) => line,
        });
        out.push('\n');
    }
    out
}

#[test]
fn every_block_of_the_page_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/transcripts.md");
    let text = fs::read_to_string(path).expect("the page");
    let mut page = Page {
        folder: TempDir::new().expect("a folder"),
        passed: Vec::new(),
        told: String::new(),
    };
    let blocks = blocks(&text);
    assert!(blocks.len() > 30, "{}", blocks.len());
    for block in &blocks {
        page.run(block);
    }
}
