//! The benchmark: wstalk beside other clients, a minimal program on the same
//! primitives, and raw TCP and TLS.
//!
//!     cargo bench --bench compare -- [--rows NAME,...] [--clients NAME,...]
//!         [--rounds N] [--quick] [--syscalls] [--docs] [--svg FILE]
//!
//! docs/performance.md says what is measured and how. Every run is checked for
//! lost, doubled and changed bytes; who fails is in the table with the reason.

pub mod clients;
pub mod compare;
pub mod frame;
pub mod helper;
pub mod live;
pub mod measure;
pub mod minimal;
pub mod options;
pub mod process;
pub mod raw;
pub mod roles;
pub mod rows;
pub mod run;
pub mod server;
pub mod size;
pub mod table;
pub mod timed;
pub mod wire;
pub mod work;

use std::io::Write as _;
use std::process::ExitCode;

use options::Options;
use run::World;
use table::Measured;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match helper::play(&words) {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(error)) => return failed(&error.to_string()),
        None => {}
    }
    match Options::read(&words) {
        Ok(options) => benchmark(&options),
        Err(problem) => return failed(&problem),
    }
    ExitCode::SUCCESS
}

fn failed(problem: &str) -> ExitCode {
    tell(&format!("compare: {problem}\n"));
    ExitCode::FAILURE
}

/// Says something at once.
fn tell(text: &str) {
    // Whoever listened has gone; the documents are still written.
    _ = std::io::stdout().write_all(text.as_bytes());
}

fn benchmark(options: &Options) {
    let world = World::new();
    let (present, absent) = measure::present(options);
    for client in &absent {
        tell(&format!("{}: not installed\n", client.name()));
    }
    let mut all = Vec::new();
    for row in rows::all() {
        if !options.rows.is_empty() && !options.rows.iter().any(|name| name == row.name) {
            continue;
        }
        let mut answers = measure::measure(&world, &row, &present, options);
        answers.extend(absent.iter().map(|client| (*client, Err("left out: not installed".to_owned()))));
        let measured = Measured { row, answers };
        tell(&measured.text());
        all.push(measured);
    }
}
