//! A conversation of which the command line says what it expects (`--expect`).

use std::sync::Arc;

use super::check::{Check, page};
use super::{Ask, TalkMode, talk, usage};
use crate::check::{Approach, Conversation, Given, Job, Rules, Telling, Tells};
use crate::cli::{Acts, TalkArgs};
use crate::context::Context;
use crate::course::Files;
use crate::error::Error;
use crate::masker::Masker;
use crate::run_limit::RunLimit;
use crate::transcript::{Spoken, Transcript, Variables};

/// The conversation of a command line that says what it expects (`--expect`).
///
/// # Errors
/// `Usage` for what cannot be understood or cannot work together; those of the plan.
pub fn expecting(
    args: &TalkArgs,
    url: &str,
    context: &Context,
    limit: RunLimit,
    ask: Ask<'_>,
) -> Result<Check, Error> {
    let mut talk = talk::talk(args, url, context, limit, ask)?;
    let TalkMode::Pipe(settings) = talk.mode else {
        return Err(usage("--expect needs a pipe", ""));
    };
    let masker = Masker::new(talk.plan.secrets().iter());
    // An answer that takes its time is expected like any other.
    talk.limits.message = talk::max_message(&args.exchange.limits);
    let job = Job {
        name: "wstalk: error".into(),
        transcript: Arc::new(spoken(args, url)?),
        files: Files {
            folder: ".".into(),
            root: "/".into(),
            largest: talk.limits.message,
        },
        approach: Approach {
            plan: talk.plan,
            given: Given::default(),
            trusts: Vec::new(),
            max_message: talk.limits.message,
        },
        masker: Arc::new(masker),
    };
    Ok(Check {
        remarks: Vec::new(),
        jobs: vec![job],
        rules: Rules {
            variables: Variables::default(),
            limits: talk.limits,
            console: talk.console,
            frames: talk.frames,
            recordings: None,
            conversation: Some(Conversation {
                format: settings.format,
                display: settings.display,
                record: talk.record,
                stats: talk.stats,
            }),
        },
        threads: 1,
        telling: Telling {
            page: page(&args.display, context),
            progress: false,
            tells: Tells::Nothing,
        },
        reports: Vec::new(),
    })
}

/// The lines of `--execute` and `--expect`, in their order.
fn spoken(args: &TalkArgs, url: &str) -> Result<Transcript, Error> {
    let (mut sent, mut expected) = (args.execute.iter(), args.expect.iter());
    let lines = args.order.iter().filter_map(|act| match act {
        Acts::Execute => sent.next().map(|text| ("--execute", Spoken::Sent(text))),
        Acts::Expect => expected
            .next()
            .map(|text| ("--expect", Spoken::Expected(text))),
    });
    let (options, lines): (Vec<&str>, Vec<Spoken<'_>>) = lines.unzip();
    Transcript::of_options(url, &lines).map_err(|problem| {
        let index = problem.place.line.saturating_sub(2);
        let option = options.get(index).copied().unwrap_or_default();
        let text = match lines.get(index) {
            Some(Spoken::Sent(text) | Spoken::Expected(text)) => *text,
            None => url,
        };
        let column = match problem.place.column.saturating_sub(2) {
            0 | 1 => String::new(),
            column => format!("column {column}: "),
        };
        usage(
            &format!("{option} \"{text}\": {column}{}", problem.message),
            &problem.hint.unwrap_or_default(),
        )
    })
}
