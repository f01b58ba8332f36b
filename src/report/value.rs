//! Texts of any length, made as short as they are shown. What was cut ends with `…` and
//! the length of the whole: `… (12,345 bytes)`.

use crate::json::{Scan, scan};
use crate::masker::{Masker, floor};
use crate::message::MessageRef;
use crate::notation;
use crate::render::bytes;
use crate::visible;

/// Longer messages are not written down whole to be cut afterwards, in bytes.
const LARGE: usize = 64 * 1024;
/// Narrower places have no room for a length, in columns.
const NARROW: usize = 40;

/// A text without secrets, of which `limit` bytes are left, about.
pub(super) fn masked(text: &str, limit: usize, masker: &Masker) -> String {
    short(text, text.len(), limit, masker)
}

/// A message in the notation, the same way: it takes `limit` bytes at most, and then
/// the length of its payload is told.
pub(super) fn message(message: MessageRef<'_>, limit: usize, masker: &Masker) -> String {
    let (payload, is_large) = match message {
        MessageRef::Text(text) => (text.len(), text.len() > LARGE),
        MessageRef::Binary(bytes) => (bytes.len(), bytes.len() > LARGE),
        MessageRef::Ping(bytes) | MessageRef::Pong(bytes) | MessageRef::Close(bytes) => {
            (bytes.len(), false)
        }
    };
    let mut line = String::new();
    match message {
        MessageRef::Text(text) if is_large => beginning(text, &mut line),
        MessageRef::Binary(bytes) if is_large => {
            notation::write(MessageRef::Binary(&bytes[..LARGE]), &mut line);
        }
        message => notation::write(message, &mut line),
    }
    short(&line, payload, limit, masker)
}

/// A text without secrets; if that is too long, its beginning and this length.
fn short(text: &str, length: usize, limit: usize, masker: &Masker) -> String {
    if text.len() > limit.max(LARGE) {
        return masker.head(text, limit) + &told(length);
    }
    let mut masked = masker.text(text).into_owned();
    if masked.len() > limit {
        masked.truncate(floor(&masked, limit));
        masked.push_str(&told(length));
    }
    masked
}

/// The beginning of a text whose end is not shown: it is no unfinished JSON.
fn beginning(text: &str, out: &mut String) {
    let head = &text[..floor(text, LARGE)];
    let is_json = head.starts_with(['{', '[']) && scan(head) == Scan::Incomplete;
    match is_json && notation::is_plain(head) {
        true => out.push_str(head),
        false => notation::write(MessageRef::Text(head), out),
    }
}

/// A text that may be shown as it is, in so many columns; what was cut before stays told.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if visible::width(text) <= columns {
        return text.to_owned();
    }
    let (text, end) = match cut_before(text) {
        Some((head, end)) => (head, end.to_owned()),
        None => (text, told(text.len())),
    };
    let end = match columns < NARROW {
        true => "…".to_owned(),
        false => end,
    };
    first_columns(text, columns.saturating_sub(visible::width(&end))).to_owned() + &end
}

/// The beginning of a text, in so many columns.
pub(super) fn first_columns(text: &str, columns: usize) -> &str {
    &text[..within(
        text.char_indices().map(|(at, c)| (at + c.len_utf8(), c)),
        columns,
        0,
    )]
}

/// The end of a text, in so many columns.
pub(super) fn last_columns(text: &str, columns: usize) -> &str {
    &text[within(text.char_indices().rev(), columns, text.len())..]
}

/// How far characters go that fit in so many columns, each with the place behind it;
/// `start` where none does.
fn within(characters: impl Iterator<Item = (usize, char)>, columns: usize, start: usize) -> usize {
    let mut left = columns;
    let mut reached = start;
    for (place, c) in characters {
        match left.checked_sub(visible::columns(c)) {
            Some(rest) => left = rest,
            None => break,
        }
        reached = place;
    }
    reached
}

fn told(length: usize) -> String {
    format!("… ({})", bytes(length as u64))
}

/// A text that ends as [`told`] does, and that end.
fn cut_before(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind("… (").filter(|_| text.ends_with(" bytes)"))?;
    Some(text.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    fn masker() -> Masker {
        Masker::new([Secret::new("hunter2")].iter())
    }

    #[test]
    fn a_value_is_masked_then_cut_and_its_length_told() {
        for (text, limit, expected) in [
            ("is hunter2", 20, "is ***"),
            ("is hunter2", 6, "is ***"),
            ("is hunter2", 5, "is **… (10 bytes)"),
            ("é", 1, "… (2 bytes)"),
        ] {
            assert_eq!(masked(text, limit, &masker()), expected);
        }
        let large = "x".repeat(LARGE - 3) + "hunter2, and so on";
        let expected = "x".repeat(LARGE - 3) + "***… (65,551 bytes)";
        assert_eq!(masked(&large, LARGE, &masker()), expected);
    }

    #[test]
    fn a_message_stands_in_the_notation_with_the_length_of_its_payload() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
        let json = format!("[1]{}", " ".repeat(40));
        for (message, expected) in [
            (MessageRef::Text("/hunter2"), "//***".to_owned()),
            (
                MessageRef::Text(&large),
                "{\"a\":\"xxxxxx… (100,008 bytes)".to_owned(),
            ),
            (
                MessageRef::Text(&json),
                "/string \"[1]… (43 bytes)".to_owned(),
            ),
            (
                MessageRef::Binary(&[255; 100]),
                "/binary ff f… (100 bytes)".to_owned(),
            ),
            (
                MessageRef::Binary(&[0; 100_000]),
                "/binary 00 0… (100,000 bytes)".to_owned(),
            ),
            (MessageRef::Ping(b"hunter2"), "/ping ***".to_owned()),
            (MessageRef::Close(b"\x03\xe8"), "/close 1000".to_owned()),
        ] {
            assert_eq!(super::message(message, 12, &masker()), expected);
        }
        let odd = format!("\u{1b}{}", "x".repeat(100_000));
        let shown = super::message(MessageRef::Text(&odd), 20, &masker());
        assert_eq!(shown, "/string \"\\u001bxxxxx… (100,001 bytes)");
    }

    #[test]
    fn what_was_cut_before_keeps_the_length_that_was_told() {
        let cut = "x".repeat(60) + "… (70,000 bytes)";
        assert_eq!(fit(&cut, 50), "x".repeat(34) + "… (70,000 bytes)");
        assert_eq!(fit(&cut, 30), "x".repeat(29) + "…");
        assert_eq!(fit(&"x".repeat(60), 50), "x".repeat(38) + "… (60 bytes)");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 6), "日本語");
    }

    proptest! {
        #[test]
        fn what_fits_is_never_wider_than_its_place(text in "[ -~日é]{0,200}", columns in 1usize..100) {
            prop_assert!(visible::width(&fit(&text, columns)) <= columns);
        }
    }
}
