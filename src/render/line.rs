//! A message as the screen shows it, in the notation.

use crate::message::{Kind, Message, MessageRef};
use crate::notation;

use super::{Style, hex};

/// Binary messages up to this size are shown as the notation writes them.
const SHORT_BINARY: usize = 32;
/// Of longer ones this much is shown, in bytes.
const MAX_DUMP: usize = 256;

/// A received data message, behind `< `; ends with a line break.
pub fn received(kind: Kind, bytes: &[u8], style: &Style) -> String {
    let mut text = style.received("< ");
    match kind {
        Kind::Text => {
            // Text is UTF-8 when it gets here; if not, it is shown as bytes.
            let message = str::from_utf8(bytes).map_or(MessageRef::Binary(bytes), MessageRef::Text);
            notation::write(message, &mut text);
        }
        Kind::Binary if bytes.len() <= SHORT_BINARY => {
            notation::write(MessageRef::Binary(bytes), &mut text);
        }
        Kind::Binary => dumped(bytes, &mut text),
    }
    text.push('\n');
    text
}

/// A message that we sent, behind `> `; ends with a line break.
pub fn sent(message: &Message, style: &Style) -> String {
    format!("{}{}\n", style.sent("> "), notation::print(message))
}

fn dumped(bytes: &[u8], text: &mut String) {
    let shown = &bytes[..bytes.len().min(MAX_DUMP)];
    text.push_str(&format!("/binary ({} bytes", bytes.len()));
    if shown.len() < bytes.len() {
        text.push_str(&format!(", the first {} shown", shown.len()));
    }
    text.push(')');
    hex::dump(shown, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: Kind, bytes: &[u8]) -> String {
        received(kind, bytes, &Style::plain())
    }

    #[test]
    fn messages_are_shown_in_the_notation() {
        assert_eq!(shown(Kind::Text, b"hello"), "< hello\n");
        assert_eq!(shown(Kind::Text, b"/x"), "< //x\n");
        assert_eq!(
            shown(Kind::Text, b"a\x1b[2Jb"),
            "< /string \"a\\u001b[2Jb\"\n"
        );
        assert_eq!(shown(Kind::Binary, &[1, 2, 255]), "< /binary 01 02 ff\n");
    }

    #[test]
    fn long_binary_is_dumped_and_cut_with_its_true_length() {
        let text = shown(Kind::Binary, &[b'A'; 33]);
        assert!(
            text.starts_with("< /binary (33 bytes)\n  00000000  41 "),
            "{text}"
        );
        let text = shown(Kind::Binary, &[0; 1000]);
        assert!(text.starts_with("< /binary (1000 bytes, the first 256 shown)\n"));
        assert_eq!(text.lines().count(), 17);
    }
}
