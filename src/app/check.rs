//! A run of checks: from its options to its exit code.

use super::{exit_code, report, system};
use crate::check;
use crate::cli::CheckArgs;
use crate::config;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::password;
use crate::report::{Outcome, Reports, Run};
use crate::run_limit::RunLimit;

/// Runs transcripts as tests.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<u8, Error> {
    let console = config::console(&args.display, args.verbose > 0, context);
    let limit = RunLimit::start(args.reach.max_time);
    let mut engine = Engine::new().map_err(system)?;
    let prepared = config::check(args, context, &mut |question| {
        engine.heed_signals().map_err(system)?;
        password::ask(question, limit, &mut engine)
    });
    drop(engine);
    let check = match prepared {
        Ok(check) => check,
        Err(errors) => return Ok(report(&errors, None, &console)),
    };
    let reports = Reports::open(&check.reports)?;
    let result = check::run(check.jobs, check.rules, check.threads, check.telling, limit)?;
    let mut errors = reports.write(&result.run);
    errors.extend(result.error);
    console.errors(&errors, None);
    Ok(match exit_code(&errors) {
        0 => verdict(&result.run),
        code => code,
    })
}

/// 1 if any expectation was not met, else the code of the first file that failed.
fn verdict(run: &Run) -> u8 {
    let failures = run
        .verdicts
        .iter()
        .filter_map(|verdict| match &verdict.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Passed | Outcome::NotRun(_) => None,
        });
    match failures.clone().any(|failure| failure.is_expectation()) {
        true => 1,
        false => failures
            .clone()
            .next()
            .map_or(0, |failure| failure.exit_code),
    }
}
