//! System calls for each message, counted by `strace`, apart from the times.

use std::fs;
use std::path::Path;

use crate::clients::{Client, Task};
use crate::rows::{Row, What};
use crate::run::{self, World};

/// The part of the work that is done under `strace`.
const PART: f64 = 0.1;

/// A line for each client that can do this row.
pub fn count(world: &mut World, row: &Row, clients: &[Client]) -> String {
    let What::Move(work) = row.what else {
        return String::new();
    };
    let work = work.part(PART);
    let file = world.scratch.path().join("strace");
    world.counting = Some(file.clone());
    let mut text = format!(
        "\n{}: system calls a message, over {} messages\n",
        row.name, work.count
    );
    for client in clients {
        if client.cannot(Task::Move(&work)).is_some() {
            continue;
        }
        let words = match run::move_work(world, *client, &work) {
            Ok(_) => match total(&file) {
                Some(calls) => format!("{:.4}", calls as f64 / work.count as f64),
                None => "not counted: is strace installed?".to_owned(),
            },
            Err(problem) => format!("FAILED: {problem}"),
        };
        text = text + &format!("  {:24}{words}\n", client.name());
    }
    world.counting = None;
    text
}

/// The sum in the last line of a summary.
fn total(file: &Path) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().rfind(|line| line.ends_with(" total"))?;
    line.split_ascii_whitespace().nth(3)?.parse().ok()
}
