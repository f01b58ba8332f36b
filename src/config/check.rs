//! What a run of checks is to do: files, variables, secrets, and how servers are reached.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{self, Connecting};
use super::variables::{self, Known};
use super::{Ask, console, files, style, talk, tls, usage};
use crate::check::{Approach, Given, Job, Rules, Telling, Tells};
use crate::cli::{CheckArgs, DisplayArgs};
use crate::context::Context;
use crate::course::Files;
use crate::error::{Action, Error};
use crate::masker::Masker;
use crate::net::Trust;
use crate::report::{Format, Page, Reports};
use crate::secret::{self, Exposure, Secret, is_secret_header};
use crate::target::Target;
use crate::terminal;
use crate::transcript::{
    Act, Connect, ConnectOption, Context as Filling, Place, Problem, Transcript, Variables,
};

/// Characters of a line in an error, at most.
const WIDE: usize = 160;
/// The largest transcript, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A run of checks, ready to begin.
pub struct Check {
    pub jobs: Vec<Job>,
    pub rules: Rules,
    pub threads: usize,
    pub telling: Telling,
    pub reports: Vec<(Format, PathBuf)>,
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
    let shown = args.show_secrets;
    let mut jobs = Vec::new();
    let mut errors = Vec::new();
    for name in &args.files {
        match job(name, args, &approach, &known) {
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
    if !errors.is_empty() {
        return Err(errors);
    }
    if shown {
        for job in &mut jobs {
            job.masker = Arc::default();
        }
    }
    let exposure = match shown {
        true => Exposure::Shown,
        false => Exposure::Masked,
    };
    Ok(Check {
        jobs,
        rules: Rules {
            variables: known.variables,
            limits: talk::limits(&args.limits, talk::MAX_MESSAGE),
            console: console(&args.display, args.verbose > 0, context).exposing(exposure),
            frames: args.verbose > 1,
            recordings: args.record_on_fail.clone(),
            conversation: None,
        },
        threads: args.jobs.into(),
        telling: telling(args, context),
        reports,
    })
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
        max_message: args.limits.max_message_size.unwrap_or(talk::MAX_MESSAGE),
    })
}

/// A file that was understood.
fn job(name: &str, args: &CheckArgs, approach: &Approach, known: &Known) -> Result<Job, Error> {
    let transcript = read(name, &known.variables)?;
    look_at_urls(name, &transcript, &known.variables)?;
    let folder = folder(name);
    let mut approach = approach.clone();
    approach.trusts = trusts(name, &transcript, &folder, &known.variables)?;
    let files = Files {
        root: args
            .variables
            .file_root
            .clone()
            .unwrap_or_else(|| folder.clone()),
        folder,
        largest: approach.max_message,
    };
    look_at_files(name, &transcript, &files, &known.variables)?;
    let own = own_secrets(&transcript, &known.variables);
    Ok(Job {
        name: name.to_owned(),
        masker: Arc::new(Masker::new(known.secrets.iter().chain(&own))),
        transcript: Arc::new(transcript),
        files,
        approach,
    })
}

/// Reads a transcript, `-` being stdin.
///
/// # Errors
/// `Io` when it cannot be read; `Usage` when it cannot be understood, with the place.
pub(super) fn read(name: &str, variables: &Variables) -> Result<Transcript, Error> {
    let bytes = files::read_or_stdin(Path::new(name), MAX_FILE)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        usage(&format!("{name}:{line}: not UTF-8"), "a transcript is text")
    })?;
    Transcript::parse(&text, variables).map_err(|problem| misunderstood(name, &text, problem))
}

/// What cannot be understood, with the line itself.
pub(super) fn misunderstood(name: &str, text: &str, problem: Problem) -> Error {
    let Place { line, column } = problem.place;
    let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    // Credentials may stand there as they are.
    let tells = ["header", "user", "bearer", "cookie"];
    let first = source.split_whitespace().next().unwrap_or_default();
    let first = first.trim_matches(['-', ':']).to_ascii_lowercase();
    let is_secret = tells.contains(&&*first) || is_secret_header(&first);
    let source = if is_secret { "" } else { source };
    Error::Transcript {
        place: format!("{name}:{line}:{column}"),
        message: problem.message,
        line: excerpt(source.trim_end(), column),
        hint: problem.hint.unwrap_or_default(),
    }
}

/// As much of a line as a window shows, around this column.
fn excerpt(line: &str, column: usize) -> String {
    if line.len() <= WIDE {
        return line.to_owned();
    }
    let from = column.saturating_sub(WIDE / 2);
    let part: String = line.chars().skip(from).take(WIDE).collect();
    let before = if from > 0 { "…" } else { "" };
    let behind = if before.len() + part.len() < line.len() {
        "…"
    } else {
        ""
    };
    format!("{before}{part}{behind}")
}

/// What paths in a transcript are relative to.
pub(super) fn folder(name: &str) -> PathBuf {
    let parent = match name {
        "-" => None,
        name => Path::new(name).parent(),
    };
    let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The certificates that a transcript trusts.
fn trusts(
    name: &str,
    transcript: &Transcript,
    folder: &Path,
    variables: &Variables,
) -> Result<Vec<(Place, Trust)>, Error> {
    let settings = connects(transcript).flat_map(|connect| &connect.settings);
    let named = settings.filter(|setting| setting.option == ConnectOption::Cacert);
    named
        .map(|setting| {
            let file = setting.value.fill(Filling::Text, variables);
            let file =
                file.map_err(|problem| misunderstood(name, transcript.source.text(), problem))?;
            let path = folder.join(file.text.trim());
            // A pipe would be waited for, and a device may never end.
            if path.metadata().is_ok_and(|found| !found.is_file()) {
                let problem = Problem {
                    place: setting.value.place(),
                    message: "this is no regular file".into(),
                    hint: None,
                };
                return Err(misunderstood(name, transcript.source.text(), problem));
            }
            Ok((setting.place, tls::authorities(&path)?))
        })
        .collect()
}

/// Sees that the files are there that are to be sent, as far as their names are known.
fn look_at_files(
    name: &str,
    transcript: &Transcript,
    files: &Files,
    variables: &Variables,
) -> Result<(), Error> {
    for step in &transcript.steps {
        let Act::Send(written) = &step.act else {
            continue;
        };
        let Ok(crate::notation::Line::File { path, .. }) = written.line(variables) else {
            continue;
        };
        files.check(&path).map_err(|error| {
            let (message, hint) = match error {
                Error::Input { message, hint, .. } => (message, Some(hint)),
                error => (error.to_string(), None),
            };
            let problem = Problem {
                place: step.place,
                message,
                hint,
            };
            misunderstood(name, transcript.source.text(), problem)
        })?;
    }
    Ok(())
}

/// Sees that what is known of URLs makes sense: not those that hold what a line captures.
fn look_at_urls(name: &str, transcript: &Transcript, variables: &Variables) -> Result<(), Error> {
    let facts = transcript.steps.iter().flat_map(|step| match &step.act {
        Act::Open(answer) => &*answer.facts,
        Act::Expect(expectation) => &*expectation.facts,
        _ => &[],
    });
    let captured: Vec<&str> = facts.filter_map(|fact| fact.sets()).collect();
    for Connect { url, .. } in connects(transcript) {
        let names = url.names();
        if names.iter().any(|(name, _)| captured.contains(name)) {
            continue;
        }
        let filled = url.fill(Filling::Text, variables);
        let parsed = filled.and_then(|url| {
            let wrong = Target::parse(url.text.trim());
            wrong.map_err(|error| url.wrong(error.to_string(), error.hint()))
        });
        parsed.map_err(|problem| misunderstood(name, transcript.source.text(), problem))?;
    }
    Ok(())
}

fn connects(transcript: &Transcript) -> impl Iterator<Item = &Connect> {
    transcript.steps.iter().filter_map(|step| match &step.act {
        Act::Connect(connect) => Some(connect),
        _ => None,
    })
}

/// The password in a URL, and its parameters that are named like secrets.
fn of_url(url: &str) -> Vec<Secret> {
    let places = secret::places(url).into_iter();
    let values = places.map(|(start, end)| {
        let value = &url[start..end];
        // What stands before an `@` is a user's name, too.
        let password = value
            .split_once(':')
            .filter(|_| url[..start].ends_with("//"));
        Secret::new(password.map_or(value, |(_, password)| password))
    });
    let target = Target::parse(url.trim()).ok();
    let password = target
        .as_ref()
        .and_then(|target| target.userinfo()?.password());
    values.chain(password.cloned()).collect()
}

/// Credentials that stand in the transcript itself: they are not shown either.
fn own_secrets(transcript: &Transcript, variables: &Variables) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for connect in connects(transcript) {
        if let Ok(url) = connect.url.fill(Filling::Text, variables) {
            secrets.extend(of_url(&url.text));
        }
    }
    for setting in connects(transcript).flat_map(|connect| &connect.settings) {
        let Ok(value) = setting.value.fill(Filling::Text, variables) else {
            continue;
        };
        let text = value.text.trim();
        let secret = match (setting.option, text.split_once(':')) {
            (ConnectOption::Bearer | ConnectOption::Cookie, _) => text,
            (ConnectOption::User, Some((_, password))) => password,
            (ConnectOption::Header, Some((header, value))) if is_secret_header(header.trim()) => {
                let value = value.trim();
                value.split_once(' ').map_or(value, |(_, rest)| rest)
            }
            _ => continue,
        };
        secrets.push(Secret::new(secret.trim()));
    }
    secrets
}
