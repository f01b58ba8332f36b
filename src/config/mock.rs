//! What a server plays that stands in for another one.

use std::sync::Arc;

use super::transcript::{folder, misunderstood, read};
use super::{check, usage, variables};
use crate::cli::{DisplayArgs, VariableArgs};
use crate::context::Context;
use crate::course::Files;
use crate::error::Error;
use crate::masker::Masker;
use crate::mock::Play;
use crate::notation::Line;
use crate::transcript::{Act, Value};

/// The largest file that a client is to send, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Reads a transcript that a server is to play, which listens at `url`.
///
/// # Errors
/// `Usage` when it cannot be understood or played, with the line; `Io` when it cannot be
/// read.
pub fn play(
    name: &str,
    url: &str,
    args: &VariableArgs,
    display: &DisplayArgs,
    context: &Context,
) -> Result<Play, Error> {
    let mut known = variables::known(args, None)?;
    if known.variables.get("base").is_none() {
        known.variables.set("base", Value::given(url));
    }
    let transcript = read(name, &known.variables)?;
    let wrong = |problem| misunderstood(name, transcript.source.text(), problem);
    transcript.check_playable(&known.variables).map_err(wrong)?;
    let sends_files = transcript.steps.iter().any(|step| match &step.act {
        Act::Send(written) => matches!(written.line(&known.variables), Ok(Line::File { .. })),
        _ => false,
    });
    if name == "-" && sends_files && args.file_root.is_none() {
        return Err(usage(
            "a transcript from stdin has no folder for /file",
            "--file-root DIR names one",
        ));
    }
    let folder = folder(name);
    Ok(Play {
        name: name.to_owned(),
        transcript: Arc::new(transcript),
        files: Files {
            root: args.file_root.clone().unwrap_or_else(|| folder.clone()),
            folder,
            largest: MAX_FILE,
        },
        masker: Arc::new(Masker::new(known.secrets.iter())),
        variables: known.variables,
        page: check::page(display, context),
    })
}
