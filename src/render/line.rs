//! A message as the screen shows it, in the notation.

use crate::message::{Kind, Message, MessageRef};
use crate::notation;

use super::{Style, hex};

/// Binary messages up to this size are shown as the notation writes them.
const SHORT_BINARY: usize = 32;
/// Of longer ones this much is shown, in bytes.
const MAX_DUMP: usize = 256;
/// Of texts this much is shown, in bytes: escaped they may be six times as long.
const MAX_TEXT: usize = 1024 * 1024;

/// A received data message, behind `< `; ends with a line break.
pub fn received(kind: Kind, bytes: &[u8], style: &Style) -> String {
    let mut text = style.received("< ");
    match (kind, str::from_utf8(bytes)) {
        (Kind::Text, Ok(message)) => written(message, &mut text),
        // Text is UTF-8 when it gets here; if not, it is shown as bytes.
        _ => binary(bytes, &mut text),
    }
    text.push('\n');
    text
}

/// A received ping or pong, behind `< `; ends with a line break.
pub fn received_control(message: MessageRef<'_>, style: &Style) -> String {
    let mut text = style.received("< ");
    notation::write(message, &mut text);
    text.push('\n');
    text
}

/// A message that we sent, behind `> `; ends with a line break.
pub fn sent(message: &Message, style: &Style) -> String {
    let mut text = style.sent("> ");
    match message {
        Message::Text(message) => written(message, &mut text),
        Message::Binary(bytes) => binary(bytes, &mut text),
        other => text.push_str(&notation::print(other)),
    }
    text.push('\n');
    text
}

/// Text as the notation writes it, cut where no screen shows it any more.
fn written(message: &str, text: &mut String) {
    let mut end = message.len().min(MAX_TEXT);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let shown = &message[..end];
    notation::write(MessageRef::Text(shown), text);
    if shown.len() < message.len() {
        text.push_str(&format!(
            "… ({} bytes, the first {} shown)",
            message.len(),
            shown.len()
        ));
    }
}

fn binary(bytes: &[u8], text: &mut String) {
    match bytes.len() <= SHORT_BINARY {
        true => notation::write(MessageRef::Binary(bytes), text),
        false => dumped(bytes, text),
    }
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
        let ours = sent(&Message::Binary(vec![0; 1000]), &Style::plain());
        assert_eq!(ours.lines().count(), 17);
    }

    #[test]
    fn text_beyond_a_mebibyte_is_cut_with_its_true_length() {
        let long = format!("{}é!", "x".repeat(MAX_TEXT - 1));
        let text = shown(Kind::Text, long.as_bytes());
        let told = "x… (1048578 bytes, the first 1048575 shown)\n";
        assert!(text.ends_with(told), "{}", &text[MAX_TEXT - 9..]);
        assert_eq!(text.len(), 2 + MAX_TEXT - 1 + told.len() - 1);
        let whole = "x".repeat(MAX_TEXT);
        assert_eq!(shown(Kind::Text, whole.as_bytes()).len(), MAX_TEXT + 3);
    }
}
