//! Control characters made visible.

use std::borrow::Cow;

use crate::visible::{Sight, is_visible, push_escape};

/// The text with everything that could move a cursor, change a colour, turn the
/// direction of writing, hide or cover something shown as an escape of JSON: `\n`,
/// `\u001b`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if is_visible(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut sight = Sight::new();
    for letter in text.chars() {
        match sight.hides(letter) {
            true => push_escape(letter, &mut shown),
            false => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// The same for bytes, of which those that are not UTF-8 become U+FFFD.
pub fn escape_bytes(bytes: &[u8]) -> String {
    escape(&String::from_utf8_lossy(bytes)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_drives_a_terminal_comes_through() {
        let cases = [
            ("plain text, ünïcode 🎉", "plain text, ünïcode 🎉"),
            ("\x1b[2J\x07", "\\u001b[2J\\u0007"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{9b}1m\u{202e}x\u{7f}", "\\u009b1m\\u202ex\\u007f"),
            ("\u{301}a\u{200b}\u{e0041}", "\\u0301a\\u200b\\udb40\\udc41"),
        ];
        for (text, shown) in cases {
            assert_eq!(escape(text), shown);
        }
        assert_eq!(escape_bytes(b"\xff\x1b"), "\u{fffd}\\u001b");
    }
}
