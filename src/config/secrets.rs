//! Secrets that options take: written out, in a file, or asked for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::usage;
use crate::error::{Action, Error};
use crate::secret::Secret;

/// Asks for what stands in the question, on the terminal.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> Result<Secret, Error>;

/// The largest file of a secret in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// What an option was given: `@FILE` stands for the file's content without its last
/// line end, which keeps it off the process list.
///
/// # Errors
/// `Io` when the file cannot be read; `Usage` when it is no text, has several lines
/// or is too long.
pub(super) fn given(option: &str, text: &str) -> Result<Secret, Error> {
    let Some(file) = text.strip_prefix('@') else {
        return Ok(Secret::new(text));
    };
    let text = read_text(option, Path::new(file))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line.chars().any(char::is_control) {
        true => Err(usage(
            &format!("{option}: {file} holds more than a line of text"),
            "the file should hold the secret alone",
        )),
        false => Ok(Secret::new(line)),
    }
}

/// A small file, whole; `-` is stdin.
///
/// # Errors
/// `Io` when it cannot be read; `Usage` when it is not UTF-8 or too long.
pub(super) fn read_text(option: &str, file: &Path) -> Result<String, Error> {
    let failed = |cause| Error::Io {
        action: Action::Read,
        medium: file.display().to_string(),
        cause,
    };
    let bytes = read(file).map_err(failed)?;
    let wrong = |what: &str| {
        usage(
            &format!("{option}: {} {what}", file.display()),
            "name a small file of text",
        )
    };
    if bytes.len() as u64 > MAX_FILE {
        return Err(wrong("is longer than 64 KiB"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))
}

/// At most one byte more than allowed, so that a device without an end has one.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut source: Box<dyn Read> = match file == Path::new("-") {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(file)?),
    };
    source.by_ref().take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
