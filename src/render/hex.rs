//! Binary data as rows of hex with a text column.

use std::fmt::Write;

/// Bytes in a row: as many as the window holds.
const ROWS: [usize; 3] = [16, 8, 4];

/// What a row shows.
#[derive(Clone, Copy)]
struct Form {
    bytes: usize,
    /// Digits of the offset, at least.
    digits: usize,
    text: bool,
}

impl Form {
    /// The widest that `columns` hold.
    fn of(columns: usize) -> Self {
        let full = |bytes| Form {
            bytes,
            digits: 8,
            text: true,
        };
        let fitting = ROWS
            .map(full)
            .into_iter()
            .find(|form| form.width() <= columns);
        fitting.unwrap_or(Form {
            bytes: 4,
            digits: 4,
            text: false,
        })
    }

    fn width(self) -> usize {
        let groups = self.bytes.div_ceil(8);
        2 + self.digits + 1 + groups + 3 * self.bytes + 2 + self.bytes + 1
    }
}

/// Bytes in a row of a window of so many columns.
pub(super) fn row(columns: usize) -> usize {
    Form::of(columns).bytes
}

/// Rows for a window of so many columns, 20 at least: offset, hex, and, unless it is
/// too narrow, what is printable ASCII. Each begins with a line break.
pub(super) fn dump(bytes: &[u8], columns: usize, out: &mut String) {
    let form = Form::of(columns);
    for (row, bytes) in bytes.chunks(form.bytes).enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(
            out,
            "\n  {:0digits$x} ",
            row * form.bytes,
            digits = form.digits
        );
        hex(bytes, form, out);
        if form.text {
            out.push_str(" |");
            out.extend(bytes.iter().copied().map(printable));
            out.push('|');
        }
        while out.ends_with(' ') {
            out.pop();
        }
    }
}

fn hex(bytes: &[u8], form: Form, out: &mut String) {
    for at in 0..form.bytes {
        if at % 8 == 0 {
            out.push(' ');
        }
        let _ = match bytes.get(at) {
            Some(byte) => write!(out, "{byte:02x} "),
            None => write!(out, "   "),
        };
    }
}

fn printable(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8], columns: usize) -> String {
        let mut out = String::new();
        dump(bytes, columns, &mut out);
        out
    }

    #[test]
    fn rows_line_up_and_hold_nothing_but_ascii() {
        let expected = [
            "",
            "  00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
            "  00000010  00 1b ff 7a                                       |...z|",
        ];
        let found = rows(b"0123456789abcdef\x00\x1b\xffz", 80);
        assert_eq!(found, expected.join("\n"));
    }

    #[test]
    fn a_row_fits_into_the_window() {
        for (columns, second) in [
            (
                200,
                "  00000010  41 41                                             |AA|",
            ),
            (79, "  00000008  41 41 41 41 41 41 41 41  |AAAAAAAA|"),
            (47, "  00000008  41 41 41 41 41 41 41 41  |AAAAAAAA|"),
            (46, "  00000004  41 41 41 41  |AAAA|"),
            (31, "  00000004  41 41 41 41  |AAAA|"),
            (30, "  0004  41 41 41 41"),
            (20, "  0004  41 41 41 41"),
        ] {
            let found = rows(&[b'A'; 18], columns);
            assert_eq!(found.lines().nth(2), Some(second), "{columns}");
            assert!(found.lines().all(|row| row.len() <= columns), "{found}");
        }
    }
}
