//! TAP 14, the Test Anything Protocol: a line for each file, behind those that failed
//! what is to be known, in YAML.

use std::fmt::Write as _;

use super::{Failure, Outcome, Run, Said, Verdict, human};
use crate::render::escape;
use crate::visible::Sight;

/// The report of a run. What was not run is skipped, which no reader takes for a
/// failure: so a run that was broken off ends with `Bail out!`.
pub(super) fn report(run: &Run) -> String {
    let mut out = format!("TAP version 14\n1..{}\n", run.verdicts.len());
    let mut why = None;
    for (number, verdict) in run.verdicts.iter().enumerate() {
        line(number + 1, verdict, &mut out);
        match &verdict.outcome {
            Outcome::Passed => {}
            Outcome::NotRun(reason) => why = why.or(Some(reason)),
            Outcome::Failed(failure) => block(verdict, failure, &mut out),
        }
    }
    if let Some(reason) = why {
        out.push_str(&format!("Bail out! {}\n", escaped(reason)));
    }
    out
}

/// `not ok 2 - login.wst`
fn line(number: usize, verdict: &Verdict, out: &mut String) {
    let not = match verdict.outcome {
        Outcome::Failed(_) => "not ",
        _ => "",
    };
    let name = escaped(&human::name(&verdict.file));
    out.push_str(&format!("{not}ok {number} - {name}"));
    if let Outcome::NotRun(reason) = &verdict.outcome {
        out.push_str(&format!(" # SKIP {}", escaped(reason)));
    }
    out.push('\n');
}

/// One line in which nothing begins a directive.
fn escaped(text: &str) -> String {
    escape(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// What is to be known of a failure, as TAP 14 has it: YAML, indented by two.
fn block(verdict: &Verdict, failure: &Failure, out: &mut String) {
    out.push_str("  ---\n");
    let mut text = |name: &str, value: &str| {
        out.push_str(&format!("  {name}: {}\n", scalar(value)));
    };
    text("message", &failure.message);
    text("kind", failure.kind);
    text("file", &verdict.file);
    if let Some(place) = failure.place {
        out.push_str(&format!("  line: {}\n", place.line));
        out.push_str(&format!("  column: {}\n", place.column));
    }
    for (name, value) in [
        ("source", failure.place.map(|_| &failure.source)),
        ("expected", failure.expected.as_ref()),
        ("received", failure.received.as_ref()),
    ] {
        optional(name, value.map(String::as_str), out);
    }
    differences(&failure.differences, out);
    last(&failure.last, out);
    optional("close", failure.close.as_deref(), out);
    optional("hint", failure.hint.as_deref(), out);
    let recording = failure.recording.as_ref();
    let recording = recording.map(|path| path.to_string_lossy());
    optional("recording", recording.as_deref(), out);
    out.push_str(&format!("  exit: {}\n", failure.exit_code));
    let milliseconds = verdict.duration.as_millis();
    out.push_str(&format!("  duration_ms: {milliseconds}\n  ...\n"));
}

fn optional(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        out.push_str(&format!("  {name}: {}\n", scalar(value)));
    }
}

/// On one line: some readers take a line of a list for a member, if it has a colon.
fn differences(all: &[String], out: &mut String) {
    if !all.is_empty() {
        let all: Vec<String> = all.iter().map(|one| scalar(one)).collect();
        out.push_str(&format!("  differences: [{}]\n", all.join(", ")));
    }
}

/// A list of mappings, one for each message.
fn last(all: &[Said], out: &mut String) {
    if !all.is_empty() {
        out.push_str("  last:\n");
    }
    for said in all {
        let direction = said.direction.name();
        out.push_str(&format!("    - age_ms: {}\n", said.age.as_millis()));
        if let Some(client) = &said.client {
            out.push_str(&format!("      client: {}\n", scalar(client)));
        }
        out.push_str(&format!("      direction: {direction}\n"));
        out.push_str(&format!("      text: {}\n", scalar(&said.text)));
    }
}

/// A text in YAML's double quotes (YAML 1.2 section 7.3.1), on one line.
fn scalar(text: &str) -> String {
    let mut out = String::from("\"");
    let mut sight = Sight::new();
    for c in text.chars() {
        // Writing to a string cannot fail.
        let _ = match (c, u32::from(c)) {
            ('"' | '\\', _) => write!(out, "\\{c}"),
            ('\n', _) => write!(out, "\\n"),
            ('\t', _) => write!(out, "\\t"),
            ('\r', _) => write!(out, "\\r"),
            (c, code) if sight.hides(c) => match code {
                0..=0xff => write!(out, "\\x{code:02x}"),
                0x100..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            },
            (c, _) => write!(out, "{c}"),
        };
    }
    out + "\""
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::{awkward, mixed, of, run, verdict};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_report_has_a_line_for_each_file_and_a_block_for_each_that_failed() {
        let expected = r#"TAP version 14
1..4
ok 1 - checks/chat/login.wst
not ok 2 - login.wst
  ---
  message: "expected {\"type\":\"welcome\",\"id\":7}, but what came differs"
  kind: "expectation"
  file: "login.wst"
  line: 14
  column: 3
  source: "< {\"type\":\"welcome\",\"id\":7}"
  expected: "{\"type\":\"welcome\",\"id\":7}"
  received: "{\"type\":\"welcome\",\"id\":8,\"name\":\"<b>&\"}"
  differences: ["$.id: expected 7, received 8"]
  last:
    - age_ms: 5012
      direction: sent
      text: "{\"type\":\"hello\"}"
    - age_ms: 340
      direction: received
      text: "/ping k"
  close: "closed by the server: 1008 (policy violation) \"quota\""
  recording: "failed/login.jsonl"
  exit: 1
  duration_ms: 5012
  ...
not ok 3 - stdin
  ---
  message: "cannot connect to 127.0.0.1:1: connection refused"
  kind: "connect"
  file: "-"
  hint: "is the server running?"
  exit: 7
  duration_ms: 2
  ...
ok 4 - a \#1\\.wst # SKIP interrupted
Bail out! interrupted
"#;
        assert_eq!(report(&mixed()), expected);
        let passed = run(vec![verdict("a.wst", 1, Outcome::Passed)]);
        assert_eq!(report(&passed), "TAP version 14\n1..1\nok 1 - a.wst\n");
    }

    #[test]
    fn a_scalar_is_on_one_line_and_escaped_as_yaml_wants_it() {
        assert_eq!(
            scalar("a\"\\\n\t\r\0\u{85}\u{202e}\u{e0041}é😀"),
            r#""a\"\\\n\t\r\x00\x85\u202e\U000e0041é😀""#
        );
    }

    /// What a scalar of ours means.
    fn meant(scalar: &str) -> Option<String> {
        let mut rest = scalar.strip_prefix('"')?.strip_suffix('"')?;
        let mut text = String::new();
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            let shown = !c.is_control() && c != '\u{feff}';
            if c == '"' || !shown {
                return None;
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let kind = rest.chars().next()?;
            rest = &rest[kind.len_utf8()..];
            let digits = match kind {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            text.push(match kind {
                '"' | '\\' => kind,
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                _ if digits > 0 => {
                    let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
                    rest = &rest[digits..];
                    char::from_u32(code)?
                }
                _ => return None,
            });
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn whatever_is_told_each_line_is_one_of_ours(text in awkward()) {
            let report = report(&of(&text));
            let lines: Vec<&str> = report.split_terminator('\n').collect();
            prop_assert_eq!(&lines[..2], ["TAP version 14", "1..2"]);
            prop_assert!(lines[2].starts_with("not ok 1 - "));
            prop_assert!(!lines[2].contains(" # "));
            prop_assert_eq!((lines[3], lines[lines.len() - 3]), ("  ---", "  ..."));
            for line in &lines[4..lines.len() - 3] {
                let (name, value) = line.trim_start().split_once(':').unwrap();
                let name = name.strip_prefix("- ").unwrap_or(name);
                prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
                let value = match name {
                    "differences" => {
                        let all = value.strip_prefix(" [").and_then(|all| all.strip_suffix(']'));
                        let half = all.map(|all| all.split_at(all.len() / 2 - 1));
                        let (one, other) = half.unwrap();
                        prop_assert_eq!(other.strip_prefix(", "), Some(one));
                        one
                    }
                    "kind" => continue,
                    _ if value.starts_with(" \"") => &value[1..],
                    _ => {
                        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b' ';
                        prop_assert!(value.bytes().all(is_word), "{}", line);
                        continue;
                    }
                };
                prop_assert_eq!(meant(value), Some(text.clone()), "{}", line);
            }
            let (skipped, bail) = (lines[lines.len() - 2], lines[lines.len() - 1]);
            prop_assert_eq!(skipped.matches(" # ").count(), 1);
            prop_assert!(skipped.contains(" # SKIP ") && bail.starts_with("Bail out! "));
        }
    }
}
