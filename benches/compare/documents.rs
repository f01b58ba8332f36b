//! Writes results into docs/performance.md, between its two markers, and the
//! picture beside it.

use std::fs;
use std::io;
use std::path::Path;

use crate::clients::{Client, Task};
use crate::measure::STARTS;
use crate::options::Options;
use crate::run::World;
use crate::table::Measured;

const BEGIN: &str = "<!-- results: written by the benchmark -->";
const END: &str = "<!-- end of results -->";

/// The Markdown of all rows, with the machine and the missed demands before it.
pub fn markdown(all: &[Measured], options: &Options) -> String {
    let mut text = format!("{}\n\n", conditions(options));
    text.push_str("Demands that are missed:\n\n");
    let missed = all.iter().flat_map(|row| {
        let verdicts = row.verdicts().into_iter().filter(|verdict| !verdict.met);
        verdicts.map(|verdict| format!("- {}: {}\n", row.row.title, verdict.text))
    });
    let missed: String = missed.collect();
    text.push_str(if missed.is_empty() {
        "- none\n"
    } else {
        &missed
    });
    for row in all {
        text = text + "\n" + &row.markdown();
    }
    text
}

/// Replaces what is between the markers of `file`.
pub fn replace(file: &Path, results: &str) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    let parts = text.split_once(BEGIN).and_then(|(head, rest)| {
        let (_, tail) = rest.split_once(END)?;
        Some((head, tail))
    });
    let (head, tail) = parts.ok_or_else(|| io::Error::other("the markers are not there"))?;
    fs::write(file, format!("{head}{BEGIN}\n\n{results}\n{END}{tail}"))
}

fn conditions(options: &Options) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("an unknown processor", |rest| {
        rest.trim_start_matches([' ', '\t', ':'])
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = release.split('.').take(2).collect::<Vec<_>>().join(".");
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).unwrap_or("?").to_owned();
    let amount = if options.quick {
        "a tenth of the work"
    } else {
        "the whole work"
    };
    format!(
        "{model}, {cores} cores, Linux {}; medians of {} rounds in alternation, {amount} \
         (starts: {STARTS} in each round). Load over five minutes at the end: {load}.",
        kernel.trim(),
        options.rounds
    )
}

/// The command line of a client, as a reader can repeat it.
pub fn command(world: &World, client: Client, task: Task<'_>) -> Option<String> {
    let words = world.command(client, task, 1)?;
    let name = words.first()?.rsplit('/').next()?;
    let ca = world.ca.display().to_string();
    let shown = words[1..].iter().map(|word| match word {
        word if *word == ca => "CERT".to_owned(),
        word if word.contains("://") => "URL".to_owned(),
        word => word.clone(),
    });
    Some([vec![name.to_owned()], shown.collect()].concat().join(" "))
}
