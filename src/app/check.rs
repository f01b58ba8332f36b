//! A run of checks: from its options to its exit code.

use super::{asking, exit_code, system};
use crate::check;
use crate::cli::{CheckArgs, TalkArgs};
use crate::config;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::Error;
use crate::report::{self, Failure, Outcome, Reports, Run};
use crate::run_limit::RunLimit;

/// Runs transcripts as tests.
pub(super) fn check(args: &CheckArgs, context: &Context) -> Result<u8, Error> {
    let console = config::console(&args.display, args.verbose > 0, context);
    let limit = RunLimit::start(args.reach.max_time);
    let mut engine = Engine::new().map_err(system)?;
    let prepared = config::check(args, context, &mut asking(&mut engine, limit));
    drop(engine);
    let check = match prepared {
        Ok(check) => check,
        Err(errors) => return Ok(super::report(&errors, None, &console)),
    };
    let reports = Reports::open(&check.reports)?;
    let finished = check::run(check.jobs, check.rules, check.threads, check.telling, limit)?;
    let mut errors = reports.write(&finished.run);
    errors.extend(finished.errors);
    console.errors(&errors, None);
    Ok(match exit_code(&errors) {
        0 => verdict(&finished.run),
        code => code,
    })
}

/// A conversation of which the command line says what it expects.
pub(super) fn expect(args: &TalkArgs, url: &str, context: &Context) -> Result<u8, Error> {
    let console = config::console(&args.display, args.exchange.verbose > 0, context);
    let limit = RunLimit::start(args.reach.max_time);
    let mut engine = Engine::new().map_err(system)?;
    let check = config::expecting(args, url, context, limit, &mut asking(&mut engine, limit))?;
    drop(engine);
    let target = check
        .jobs
        .first()
        .map(|job| job.approach.plan.target.clone());
    let page = check.telling.page;
    let finished = check::run(check.jobs, check.rules, check.threads, check.telling, limit)?;
    console.errors(&finished.errors, target.as_ref());
    let code = exit_code(&finished.errors);
    if code != 0 {
        return Ok(code);
    }
    let Some(mut verdict) = finished.run.verdicts.into_iter().next() else {
        return Ok(0);
    };
    let Outcome::Failed(failure) = &mut verdict.outcome else {
        return Ok(0);
    };
    let code = failure.exit_code;
    name_option(failure);
    console.lines(&report::failure(&verdict, &page));
    Ok(code)
}

/// Puts the option in front instead of the line of a file, which there is none.
fn name_option(failure: &mut Failure) {
    if failure.place.take().is_none() {
        return;
    }
    let (option, text) = match failure.source.split_once(' ') {
        Some((">", text)) => ("--execute", text),
        Some(("<", text)) => ("--expect", text),
        _ => return,
    };
    failure.message = format!("{option} \"{text}\": {}", failure.message);
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
