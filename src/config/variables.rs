//! Variables of transcripts, as the options set them.

use super::{secrets, usage};
use crate::cli::VariableArgs;
use crate::error::Error;
use crate::masker::SHORTEST;
use crate::secret::Secret;
use crate::transcript::{Value, Variables, is_name};

/// Variables, and which of them are secret.
pub(super) struct Known {
    pub(super) variables: Variables,
    pub(super) secrets: Vec<Secret>,
}

/// What the options set; `base` is the server's URL.
///
/// # Errors
/// `Usage` for what is no variable, and for secrets that could not be masked; `Io` when a
/// file cannot be read.
pub(super) fn known(args: &VariableArgs, base: Option<&str>) -> Result<Known, Error> {
    let mut variables = Variables::default();
    for file in &args.variables_file {
        let text = secrets::read_text("--variables-file", file)?;
        let lines = text.lines().enumerate();
        let is_said = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        for (index, line) in lines.filter(|(_, line)| is_said(line)) {
            let place = format!("--variables-file {}: line {}", file.display(), index + 1);
            let (name, value) = pair(&place, line.trim())?;
            variables.set(name, Value::given(value));
        }
    }
    for text in &args.variable {
        let (name, value) = pair("--variable", text)?;
        variables.set(name, Value::given(value));
    }
    if let Some(url) = base {
        if args.variable.iter().any(|text| text.starts_with("base=")) {
            return Err(usage(
                "--url and --variable base=… are the same",
                "leave one of them out",
            ));
        }
        variables.set("base", Value::given(url));
    }
    let mut secrets = Vec::new();
    for text in &args.secret {
        let (name, secret) = secret(text)?;
        if secret.reveal().len() < SHORTEST {
            return Err(usage(
                &format!(
                    "--secret {name}: a secret of less than {SHORTEST} bytes cannot be masked, it would be found everywhere"
                ),
                "--variable sets what is no secret",
            ));
        }
        variables.set(name, Value::given(secret.reveal()));
        secrets.push(secret);
    }
    Ok(Known { variables, secrets })
}

/// `NAME=VALUE`
fn pair<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Error> {
    match text.split_once('=') {
        Some((name, value)) if is_name(name) => Ok((name, value)),
        Some((name, _)) => Err(usage(
            &format!(
                "{option}: {} is not a name for a variable",
                shown(option, name)
            ),
            "names are letters, digits, `_` and `-`, and begin with a letter or `_`",
        )),
        None => Err(usage(
            &format!("{option}: there is no `=` in it"),
            "write NAME=VALUE",
        )),
    }
}

/// What stands before the `=`, unless it may be the secret itself.
fn shown(option: &str, name: &str) -> String {
    match option {
        "--secret" => "what stands before the `=`".into(),
        _ => format!("`{name}`"),
    }
}

/// `NAME=VALUE`, `NAME=@FILE`, or `NAME` of the environment.
fn secret(text: &str) -> Result<(&str, Secret), Error> {
    if text.contains('=') {
        let (name, value) = pair("--secret", text)?;
        let value = secrets::given(&format!("--secret {name}"), value)?;
        return Ok((name, value));
    }
    if !is_name(text) {
        return pair("--secret", text).map(|(name, value)| (name, Secret::new(value)));
    }
    match std::env::var(text) {
        Ok(value) => Ok((text, Secret::new(value))),
        Err(_) => Err(usage(
            &format!("--secret {text}: the environment has no variable {text}"),
            "--secret NAME=@FILE reads it from a file",
        )),
    }
}
