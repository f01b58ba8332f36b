//! Every case of the table, several at once; and the table as text.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::case::{Case, Found};
use super::defects;

/// So many at once: most of them wait.
const AT_ONCE: usize = 12;

/// Asks for the table.
const SHOW: &str = "WSTALK_SHOW_TABLE";

#[test]
fn the_table_of_defects_is_found_line_by_line_and_nothing_else_is() {
    let cases: Vec<Case> = defects::all().collect();
    let found = run(&cases);
    if std::env::var_os(SHOW).is_some() {
        let text = table(&cases, &found);
        std::io::stdout()
            .write_all(text.as_bytes())
            .expect("a stdout to print to");
    }
    let mut wrong = String::new();
    for (case, found) in cases.iter().zip(&found) {
        let problems = match found {
            Some(found) => case.judge(found),
            None => vec!["it panicked: see above".to_owned()],
        };
        for problem in problems {
            writeln!(wrong, "{}: {problem}", case.name).expect("a string takes everything");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_table_has_forty_defects_and_what_is_odd_but_legal() {
    let legal = defects::all().filter(|case| case.due.code == 0).count();
    let defects = defects::all().count() - legal;
    assert!(defects >= 40 && legal >= 10, "{defects} and {legal}");
    let mut names: Vec<&str> = defects::all().map(|case| case.name).collect();
    names.sort_unstable();
    for two in names.windows(2) {
        assert_ne!(two[0], two[1]);
    }
}

/// What each case came to, nothing where it panicked.
fn run(cases: &[Case]) -> Vec<Option<Found>> {
    let next = AtomicUsize::new(0);
    let found: Vec<_> = cases.iter().map(|_| Mutex::new(None)).collect();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed))
                    && let Some(case) = cases.get(at)
                {
                    let came = std::panic::catch_unwind(|| case.run()).ok();
                    *found[at].lock().unwrap_or_else(PoisonError::into_inner) = came;
                }
            });
        }
    });
    found
        .into_iter()
        .map(|came| came.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// For people and notes: what the server did, and what was told of it.
fn table(cases: &[Case], found: &[Option<Found>]) -> String {
    let mut text = String::new();
    for (case, found) in cases.iter().zip(found) {
        let Some(found) = found else { continue };
        let told = match found.told.as_str() {
            "" => "passes\n".to_owned(),
            told => format!("exit {}, {}:{told}\n", found.code, case.scene.name),
        };
        writeln!(text, "the server {}: {told}", case.name).expect("a string takes everything");
    }
    text
}
