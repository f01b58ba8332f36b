//! Binary data as rows of hex with a text column.

use std::fmt::Write;

const ROW: usize = 16;

/// Rows of sixteen bytes: offset, hex, and what is printable ASCII.
pub(super) fn dump(bytes: &[u8], out: &mut String) {
    for (row, bytes) in bytes.chunks(ROW).enumerate() {
        // Writing into a string cannot fail.
        let _ = write!(out, "\n  {:08x} ", row * ROW);
        for at in 0..ROW {
            if at % 8 == 0 {
                out.push(' ');
            }
            let _ = match bytes.get(at) {
                Some(byte) => write!(out, "{byte:02x} "),
                None => write!(out, "   "),
            };
        }
        let shown = |byte: &u8| {
            if byte.is_ascii_graphic() || *byte == b' ' {
                char::from(*byte)
            } else {
                '.'
            }
        };
        out.push_str(" |");
        out.extend(bytes.iter().map(shown));
        out.push('|');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_line_up_and_hold_nothing_but_ascii() {
        let mut out = String::new();
        dump(b"0123456789abcdef\x00\x1b\xffz", &mut out);
        let rows = [
            "",
            "  00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
            "  00000010  00 1b ff 7a                                       |...z|",
        ];
        assert_eq!(out, rows.join("\n"));
    }
}
