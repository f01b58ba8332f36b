//! The pages, taken at their word: every command line that README.md and the pages below
//! `docs/` show is run as a person would run it, in a shell, with the built program on the
//! `PATH`, in a folder that has the files it names, against servers on the loopback.
//!
//! `pages` takes the lines out of the blocks `sh` and `console`; `table` says of each what
//! it is run against and what has to come of it; `site` builds that, and `run` runs it.
//! Hosts and ports of the pages are replaced by those of the servers, and nothing else.
//! Where a line would be a prompt, its stdin is a pipe that ends at once, unless it asks
//! for a password: that one has a terminal. `console` holds what the pages show against
//! what is really shown, `messages` the table of troubleshooting.

mod console;
mod messages;
mod pages;
mod run;
mod site;
mod table;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::support::abreast;

/// They wait for their servers and for the end of `--linger`.
const AT_ONCE: usize = 8;

#[test]
fn every_command_of_the_pages_is_known_and_nothing_else_is() {
    let written = pages::commands();
    let written: BTreeSet<&str> = written.iter().map(|command| &*command.line).collect();
    let rows = table::rows();
    let run = rows.iter().map(|row| row.line);
    let shown = console::SHOWN.iter().map(|shown| shown.line);
    let built = table::BUILT.iter().map(|built| built.line);
    let known: Vec<&str> = run.chain(shown).chain(built).collect();
    for line in &written {
        assert!(
            known.contains(line),
            "no test runs this line of a page; add a row for it to tests/command/readme/table.rs:\n  {line}"
        );
    }
    for line in &known {
        assert!(
            written.contains(line),
            "no page has this line any more; take it out of tests/command/readme:\n  {line}"
        );
    }
    let once: BTreeSet<&&str> = known.iter().collect();
    assert_eq!(once.len(), known.len(), "a line has two rows");
    assert!(rows.len() > 35, "only {} rows", rows.len());
}

#[test]
fn every_command_of_the_pages_does_what_they_say() {
    let failures = Mutex::new(Vec::new());
    abreast(AT_ONCE, table::rows(), |row| {
        let outcome = catch_unwind(AssertUnwindSafe(|| run::run(&row)));
        if let Err(panic) = outcome {
            let told = panic.downcast_ref::<String>().cloned();
            let told = told.unwrap_or_else(|| "it panicked: see above".to_owned());
            let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
            failures.push(format!("{}\n{told}", row.line));
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn what_is_built_by_a_command_of_the_pages_is_built_by_ci_too() {
    for built in table::BUILT {
        let file = pages::read(built.place);
        assert!(
            file.contains(built.there),
            "{} no longer has {:?}, which stands for: {}",
            built.place,
            built.there,
            built.line
        );
    }
}

/// Pages with commands that are held elsewhere.
#[test]
fn no_page_with_commands_is_left_out() {
    for (page, place, why) in pages::ELSEWHERE {
        assert!(
            pages::read(place).contains(why),
            "{place} does not hold {page}"
        );
    }
}
