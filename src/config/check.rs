//! What a run of checks is to do: files, variables, secrets, and how servers are reached.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::plan::{self, Connecting};
use super::transcript::{folder, read};
use super::variables::{self, Known};
use super::{Ask, console, foresight, style, talk, usage};
use crate::check::{Approach, Given, Job, Rules, Telling, Tells};
use crate::cli::{CheckArgs, DisplayArgs};
use crate::context::Context;
use crate::course::Files;
use crate::error::{Action, Error};
use crate::masker::Masker;
use crate::report::{Format, Page, Reports};
use crate::terminal;

/// A run of checks, ready to begin.
pub struct Check {
    pub jobs: Vec<Job>,
    pub rules: Rules,
    pub threads: usize,
    pub telling: Telling,
    pub reports: Vec<(Format, PathBuf)>,
    /// What was set for nothing.
    pub remarks: Vec<String>,
}

/// Reads every file and sees that it can be run.
///
/// # Errors
/// All of them: `Usage` for what is wrong with an option or a transcript, those of the
/// plan, `Io` for files that cannot be read.
pub fn check(args: &CheckArgs, context: &Context, ask: Ask<'_>) -> Result<Check, Vec<Error>> {
    let one = |error| vec![error];
    if args.files.iter().filter(|name| *name == "-").count() > 1 {
        return Err(one(usage(
            "stdin can be read once",
            "leave all `-` but one out",
        )));
    }
    let reports = reports(args);
    Reports::spare(&reports, &args.files).map_err(one)?;
    let mut known = variables::known(&args.variables, args.url.as_deref()).map_err(one)?;
    let approach = approach(args, context, ask).map_err(one)?;
    known.secrets.extend(approach.plan.secrets());
    let jobs = jobs(args, &approach, &known)?;
    Ok(Check {
        remarks: unused(args, &jobs),
        jobs,
        rules: Rules {
            variables: known.variables,
            limits: talk::limits(&args.limits, talk::MAX_MESSAGE),
            console: console(&args.display, args.verbose > 0, context)
                .exposing(talk::exposure(args.show_secrets)),
            frames: args.verbose > 1,
            recordings: args.record_on_fail.clone(),
            conversation: None,
        },
        threads: args.jobs.into(),
        telling: telling(args, context),
        reports,
    })
}

/// Every file, understood, and the folder for recordings; all that is wrong is told at once.
fn jobs(args: &CheckArgs, approach: &Approach, known: &Known) -> Result<Vec<Job>, Vec<Error>> {
    let mut jobs = Vec::new();
    let mut errors = Vec::new();
    for name in &args.files {
        match job(name, args, approach, known) {
            Ok(job) => jobs.push(job),
            Err(error) => errors.push(error),
        }
    }
    if let Some(folder) = &args.record_on_fail
        && let Err(cause) = fs::create_dir_all(folder)
    {
        errors.push(Error::Io {
            action: Action::Write,
            medium: folder.display().to_string(),
            cause,
        });
    }
    match errors.is_empty() {
        true => Ok(jobs),
        false => Err(errors),
    }
}

/// The options that no transcript heeds: perhaps it goes to another server than was meant.
fn unused(args: &CheckArgs, jobs: &[Job]) -> Vec<String> {
    let is_named = |name: &str| {
        let name = format!("{{{{{name}}}}}");
        let mut texts = jobs.iter().map(|job| job.transcript.source.text());
        texts.any(|text| text.contains(&name))
    };
    let variables = args.variables.variable.iter().chain(&args.variables.secret);
    let names = variables.map(|text| text.split('=').next().unwrap_or_default());
    let unused = names.filter(|name| !is_named(name));
    let mut remarks: Vec<String> = unused
        .map(|name| format!("no transcript has {{{{{name}}}}}, which was set"))
        .collect();
    if args.url.is_some() && !is_named("base") {
        remarks.push("no transcript has {{base}}: --url changes nothing".into());
    }
    remarks
}

fn telling(args: &CheckArgs, context: &Context) -> Telling {
    Telling {
        page: page(&args.display, context),
        progress: context.stderr_is_terminal && !context.dumb && !args.display.quiet,
        tells: match args.display.quiet {
            true => Tells::Failures,
            false => Tells::All,
        },
    }
}

/// stderr, for verdicts.
pub(super) fn page(args: &DisplayArgs, context: &Context) -> Page {
    let columns = || terminal::window(std::io::stderr()).columns;
    Page {
        style: style(args, context, context.stderr_is_terminal),
        columns: context.stderr_is_terminal.then(columns),
    }
}

fn reports(args: &CheckArgs) -> Vec<(Format, PathBuf)> {
    let asked = [
        (Format::Junit, &args.report_junit),
        (Format::Tap, &args.report_tap),
        (Format::Json, &args.report_json),
    ];
    let asked = asked.into_iter();
    asked
        .filter_map(|(format, path)| Some((format, path.clone()?)))
        .collect()
}

fn approach(args: &CheckArgs, context: &Context, ask: Ask<'_>) -> Result<Approach, Error> {
    let connecting = Connecting {
        handshake: &args.handshake,
        reach: &args.reach,
        tls: &args.tls,
    };
    // Where to is said by the files.
    let plan = plan::plan(&connecting, "ws://localhost", context, ask)?;
    Ok(Approach {
        plan,
        given: Given {
            subprotocols: !args.handshake.subprotocol.is_empty(),
            trust: args.tls.insecure || args.tls.cacert.is_some(),
            connect_timeout: args.reach.connect_timeout.is_some(),
            max_message: args.limits.max_message_size.is_some(),
            user_agent: args.handshake.user_agent.is_some(),
        },
        trusts: Vec::new(),
        max_message: talk::max_message(&args.limits),
    })
}

/// A file that was understood.
fn job(name: &str, args: &CheckArgs, approach: &Approach, known: &Known) -> Result<Job, Error> {
    let transcript = read(name, &known.variables)?;
    foresight::look_at_urls(name, &transcript, &known.variables)?;
    let folder = folder(name);
    let mut approach = approach.clone();
    approach.trusts = foresight::trusts(name, &transcript, &folder, &known.variables)?;
    let files = Files {
        root: args
            .variables
            .file_root
            .clone()
            .unwrap_or_else(|| folder.clone()),
        folder,
        largest: approach.max_message,
    };
    foresight::look_at_files(name, &transcript, &files, &known.variables)?;
    let own = foresight::own_secrets(&transcript, &known.variables);
    let masker = match args.show_secrets {
        true => Masker::default(),
        false => Masker::new(known.secrets.iter().chain(&own)),
    };
    Ok(Job {
        name: name.to_owned(),
        masker: Arc::new(masker),
        transcript: Arc::new(transcript),
        files,
        approach,
    })
}
