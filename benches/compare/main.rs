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
pub mod documents;
pub mod frame;
pub mod helper;
pub mod live;
pub mod measure;
pub mod minimal;
pub mod options;
pub mod picture;
pub mod process;
pub mod raw;
pub mod roles;
pub mod rows;
pub mod run;
pub mod server;
pub mod size;
pub mod syscalls;
pub mod table;
pub mod timed;
pub mod wire;
pub mod work;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
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
        Ok(options) => match benchmark(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error.to_string()),
        },
        Err(problem) => failed(&problem),
    }
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

fn benchmark(options: &Options) -> io::Result<()> {
    let mut world = World::start();
    let (present, absent) = measure::present(options);
    for client in &absent {
        tell(&format!("{}: not installed\n", client.name()));
    }
    let mut all = Vec::new();
    for row in rows::all() {
        let named = options.rows.iter().any(|name| name == row.name);
        if !options.rows.is_empty() && !named {
            continue;
        }
        if options.syscalls {
            tell(&syscalls::count(&mut world, &row, &present));
            continue;
        }
        let mut answers = measure::measure(&world, &row, &present, options);
        let absent = absent.iter();
        answers.extend(absent.map(|client| (*client, Err("left out: not installed".to_owned()))));
        let measured = Measured { row, answers };
        tell(&measured.text());
        all.push(measured);
    }
    write(&all, options)
}

fn write(all: &[Measured], options: &Options) -> io::Result<()> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    if options.docs {
        let results = documents::markdown(all, options);
        documents::replace(&docs.join("performance.md"), &results)?;
        fs::write(docs.join("performance.svg"), picture::svg(all))?;
    }
    match &options.svg {
        Some(file) => fs::write(file, picture::svg(all)),
        None => Ok(()),
    }
}
