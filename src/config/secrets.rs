//! Secrets that options take: written out, in a file, or asked for.

use std::path::Path;

use super::{files, usage};
use crate::error::Error;
use crate::secret::Secret;

/// Asks for what stands in the question, on the terminal.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> Result<Secret, Error>;

/// The largest file of a secret in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// What an option was given: `@FILE` stands for the file's content without its last
/// line end, which keeps it off the process list.
///
/// # Errors
/// `Io` when the file cannot be read or is too long; `Usage` when it is no text, or
/// has several lines.
pub(super) fn given(option: &str, text: &str) -> Result<Secret, Error> {
    let Some(file) = text.strip_prefix('@') else {
        return Ok(Secret::new(text));
    };
    let text = read_text(option, Path::new(file))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let wrong = |what: &str| {
        Err(usage(
            &format!("{option}: {file} {what}"),
            "the file should hold the secret alone; @- is stdin, and can be read once",
        ))
    };
    match line {
        "" => wrong("is empty"),
        line if line.chars().any(char::is_control) => wrong("holds more than a line of text"),
        line => Ok(Secret::new(line)),
    }
}

/// A small file, whole; `-` is stdin.
///
/// # Errors
/// `Io` when it cannot be read or is too long; `Usage` when it is not UTF-8.
pub(super) fn read_text(option: &str, file: &Path) -> Result<String, Error> {
    let bytes = files::read_or_stdin(file, MAX_FILE)?;
    String::from_utf8(bytes).map_err(|_| {
        usage(
            &format!("{option}: {} is not UTF-8", file.display()),
            "name a small file of text",
        )
    })
}
