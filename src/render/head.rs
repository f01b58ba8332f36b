//! The head of a request or an answer, line by line, as it stands on the wire.

use super::escape;
use crate::secret::{self, Exposure};

/// The lines of a head without their line ends, escaped; the empty line at its end
/// is one of them. The values of secrets are masked unless they are to be shown.
pub(super) fn head_lines(raw: &[u8], exposure: Exposure) -> Vec<String> {
    let lines = raw.strip_suffix(b"\n").unwrap_or(raw);
    let lines = lines.split(|byte| *byte == b'\n');
    let mut hidden = false;
    let shown = lines.enumerate().map(|(place, line)| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line);
        let line = match (exposure, place) {
            (Exposure::Shown, _) => line,
            (Exposure::Masked, 0) => secret::text(&line).into_owned().into(),
            (Exposure::Masked, _) => masked(&line, &mut hidden).into(),
        };
        escape(&line).into_owned()
    });
    shown.collect()
}

/// A header's line, its value masked if it is a secret. `hidden` is whether the one
/// before was masked: then a line that goes on with its value is, too.
fn masked(line: &str, hidden: &mut bool) -> String {
    if line.starts_with([' ', '\t']) && *hidden {
        return format!(" {}", secret::MASK);
    }
    let Some((name, value)) = line.split_once(':') else {
        *hidden = false;
        return secret::text(line).into_owned();
    };
    let value = value.trim_start();
    // Not every server knows that no blank may stand before the colon.
    let shown = secret::header(name.trim(), value);
    *hidden = shown != value;
    format!("{name}: {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] = b"GET /a:b?token=abc HTTP/1.1\r\nHost: h\r\nauthorization: Basic eA==\r\nX-Odd:a\x1b\r\n\r\n";

    #[test]
    fn a_head_is_shown_line_by_line_with_its_secrets_masked() {
        let expected = [
            "GET /a:b?token=*** HTTP/1.1",
            "Host: h",
            "authorization: Basic ***",
            "X-Odd: a\\u001b",
            "",
        ];
        assert_eq!(head_lines(REQUEST, Exposure::Masked), expected);
    }

    #[test]
    fn a_blank_before_the_colon_uncovers_nothing() {
        let head = b"HTTP/1.1 200 x: y\nSet-Cookie : a=b\nCookie\t: c\n\n";
        let expected = [
            "HTTP/1.1 200 x: y",
            "Set-Cookie : ***",
            "Cookie\\t: ***",
            "",
        ];
        assert_eq!(head_lines(head, Exposure::Masked), expected);
    }

    #[test]
    fn what_is_to_be_shown_is_shown_as_it_stands() {
        let expected = [
            "GET /a:b?token=abc HTTP/1.1",
            "Host: h",
            "authorization: Basic eA==",
            "X-Odd:a\\u001b",
            "",
        ];
        assert_eq!(head_lines(REQUEST, Exposure::Shown), expected);
    }

    #[test]
    fn a_secret_does_not_show_on_the_lines_that_go_on_with_it() {
        let head = b"HTTP/1.1 200 OK\nSet-Cookie: a=b;\n  c=d\nX: y\n\tz\n\n";
        let expected = [
            "HTTP/1.1 200 OK",
            "Set-Cookie: ***",
            " ***",
            "X: y",
            "\\tz",
            "",
        ];
        assert_eq!(head_lines(head, Exposure::Masked), expected);
    }
}
