//! The lines that tell of a failure.

use std::fmt::Write;

use crate::error::{Error, ProxyProblem, Refusal};
use crate::hint;
use crate::secret::Exposure;
use crate::target::Target;

use super::head::head_lines;
use super::{Style, escape};

/// The lines that tell of a failure: what, why, and what to do.
pub fn failure(
    error: &Error,
    target: Option<&Target>,
    style: &Style,
    exposure: Exposure,
) -> String {
    let mut text = format!(
        "wstalk: {} {}\n",
        style.error("error:"),
        escape(&exposure.of(&error.to_string()))
    );
    match error.bare() {
        Error::Refused(refused) => text.push_str(&refusal(refused, exposure)),
        Error::Proxy(failure) => {
            if let ProxyProblem::Refused(refused) = &failure.problem {
                text.push_str(&refusal(refused, exposure));
            }
        }
        Error::Transcript { line, .. } if !line.is_empty() => {
            let _ = writeln!(text, "  {}", escape(&exposure.of(line)));
        }
        _ => {}
    }
    text.push_str(&hint(error, target, style, exposure));
    text
}

/// The line that says what to do; empty where we do not know.
pub fn hint(error: &Error, target: Option<&Target>, style: &Style, exposure: Exposure) -> String {
    match hint::hint(error, target) {
        Some(hint) => format!("{} {}\n", style.hint("hint:"), escape(&exposure.of(&hint))),
        None => String::new(),
    }
}

/// The head and the body of a refusal, escaped, each line behind two blanks.
fn refusal(refusal: &Refusal, exposure: Exposure) -> String {
    let mut text = String::new();
    let head = refusal.response.head.raw.trim_ascii_end();
    for line in head_lines(head, exposure) {
        let _ = writeln!(text, "  {line}");
    }
    let body = refusal.body.bytes.trim_ascii_end();
    if !body.is_empty() {
        text.push('\n');
        for line in body.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let _ = writeln!(text, "  {}", escape(&String::from_utf8_lossy(line)));
        }
    }
    if refusal.body.cut {
        let _ = writeln!(text, "  (the body is cut off here)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_cure_and_escapes_what_it_quotes() {
        let error = Error::Closed {
            code: 1013,
            reason: "later\x1b[0m".into(),
        };
        assert_eq!(
            failure(&error, None, &Style::plain(), Exposure::Masked),
            "wstalk: error: the server closed the connection with 1013 \"later\\u001b[0m\"\nhint: try again later\n"
        );
    }
}
