//! The benchmark's command line.

use std::path::PathBuf;

/// What is to be measured and where it is to be written.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of rows; all when empty.
    pub rows: Vec<String>,
    /// Parts of client names; all when empty. wstalk is always there.
    pub clients: Vec<String>,
    pub rounds: usize,
    /// A tenth of the work.
    pub quick: bool,
    /// Counts system calls, apart from the times.
    pub syscalls: bool,
    /// Rewrites the results in docs/performance.md and its picture.
    pub docs: bool,
    pub svg: Option<PathBuf>,
}

pub const USAGE: &str = "cargo bench --bench compare -- [--rows NAME,...] [--clients NAME,...] \
     [--rounds N] [--quick] [--syscalls] [--docs] [--svg FILE]";

impl Options {
    /// Reads the words; `--bench` is what cargo adds.
    pub fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            rows: Vec::new(),
            clients: Vec::new(),
            rounds: 7,
            quick: false,
            syscalls: false,
            docs: false,
            svg: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} takes a value"));
            match word.as_str() {
                "--bench" => {}
                "--rows" => options.rows = list(value()?),
                "--clients" => options.clients = list(value()?),
                "--rounds" => {
                    let rounds = value()?.parse().ok().filter(|rounds| *rounds > 0);
                    options.rounds = rounds.ok_or("--rounds takes a number above 0")?;
                }
                "--quick" => options.quick = true,
                "--syscalls" => options.syscalls = true,
                "--docs" => options.docs = true,
                "--svg" => options.svg = Some(value()?.into()),
                _ => return Err(format!("{word:?} is unknown\n{USAGE}")),
            }
        }
        Ok(options)
    }
}

fn list(words: &str) -> Vec<String> {
    words.split(',').map(str::to_owned).collect()
}
