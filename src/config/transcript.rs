//! Transcripts on the command line: read, and what is wrong with them told with the line.

use std::path::{Path, PathBuf};

use super::{files, usage};
use crate::error::Error;
use crate::secret::is_secret_header;
use crate::transcript::{Place, Problem, Transcript, Variables};

/// Characters of a line in an error, at most.
const WIDE: usize = 160;
/// The largest transcript, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Reads a transcript, `-` being stdin.
///
/// # Errors
/// `Io` when it cannot be read; `Usage` when it cannot be understood, with the place.
pub(super) fn read(name: &str, variables: &Variables) -> Result<Transcript, Error> {
    if name.is_empty() {
        return Err(usage(
            "a transcript has an empty name",
            "perhaps a shell's variable in quotes is not set; `-` reads stdin",
        ));
    }
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
