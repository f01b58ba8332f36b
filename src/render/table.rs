//! Names and what there is to say of each, side by side where the window is wide enough.

use crate::visible::width;

/// Where less than this is left for the texts, they stand below the names.
const NARROW: usize = 30;

/// Rows for a window of so many columns: a name, padded to `name` columns, and its text,
/// which goes on below itself. Texts are broken at blanks alone. Both must be escaped.
pub fn table<'a>(
    rows: impl IntoIterator<Item = (&'a str, String)>,
    name: usize,
    columns: usize,
) -> String {
    let beside = columns.saturating_sub(name + 3);
    let mut out = String::new();
    for (label, text) in rows {
        out.push_str("  ");
        out.push_str(label);
        if beside < NARROW {
            for line in wrapped(&text, columns.saturating_sub(4)) {
                out.push_str(&format!("\n    {line}"));
            }
        } else {
            let mut gap = (name + 1).saturating_sub(width(label));
            for line in wrapped(&text, beside) {
                out.push_str(&format!("{:gap$}{line}\n", ""));
                gap = name + 3;
            }
            out.pop();
        }
        out.push('\n');
    }
    out
}

/// The lines of a text; a word that is longer than a line has one of its own.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = width(word);
        let begun = lines.last().is_some_and(|line| !line.is_empty());
        if begun && used + 1 + wide > columns {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(columns: usize) -> String {
        let rows = [
            ("url", "ws://h/".into()),
            (
                "sent",
                "three words that are too long for a narrow window".into(),
            ),
        ];
        table(rows, 6, columns)
    }

    #[test]
    fn texts_stand_beside_their_names_and_go_on_below_themselves() {
        assert_eq!(
            of(80),
            "  url    ws://h/\n  sent   three words that are too long for a narrow window\n"
        );
        assert_eq!(
            of(40),
            "  url    ws://h/\n  sent   three words that are too long\n         for a narrow window\n"
        );
    }

    #[test]
    fn in_a_narrow_window_texts_stand_below_their_names() {
        assert_eq!(
            of(20),
            "  url\n    ws://h/\n  sent\n    three words that\n    are too long for\n    a narrow window\n"
        );
        for columns in 0..20 {
            assert!(of(columns).contains("window\n"));
        }
    }
}
